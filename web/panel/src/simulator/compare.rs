//! An incident beside what another policy would have made of it.
use super::bench::Bench;
use super::case::Case;
use super::knobs::{Knob, span as spell};
use super::line::moment;
use super::settings::{Changed, PAUSE, settings};
use crate::el::{El, div, dynamic, each_place, el, show, span};
use crate::kept::{Kept, Slot};
use crate::model::tone::Tone;
use crate::part::state::fixed_state;
use crate::words::simulator as say;
use failover_core::{Policy, Timestamp};
use failover_sim::Script;
use failover_sim::replay::{Row, what_if};
use leptos::prelude::*;
use std::sync::Arc;

/// What the machine was told, newest first.
pub fn told(bench: Bench) -> El {
    let lines = Kept::new(move || bench.shown.with(|shown| shown.told.clone()));
    let row = move |place: usize| {
        let part = move |read: fn(&(u64, String)) -> String| {
            move || lines.with(|all| all.get(place).map(read).unwrap_or_default())
        };
        el("li")
            .child(span("moment").text_fn(part(|line| moment(line.0))))
            .child(el("span").text_fn(part(|line| line.1.clone())))
    };
    let differs = Kept::new(move || bench.shown.with(|shown| shown.differs));
    let standing = move || {
        let (tone, text) = if differs.get() {
            (Tone::Warn, say::SIM_DIFFERS)
        } else {
            (Tone::Up, say::SIM_IDENTICAL)
        };
        fixed_state(tone, text.to_owned()).into()
    };
    el("section")
        .class("card")
        .attr("data-test", "sim-told")
        .child(el("h2").text(say::SIM_TOLD))
        .child(div("promises").child(dynamic(standing)))
        .child(
            el("ul")
                .class("steps-done told")
                .attr("tabindex", "0")
                .child(each_place(move || lines.with(Vec::len), row)),
        )
}

/// The thresholds, and the decisions of both sides.
pub fn otherwise(bench: Bench, case: Arc<Case>) -> El {
    let rows = Slot::new(None::<Vec<Row>>);
    let failed = Slot::new(false);
    let turn = StoredValue::new(0u32);
    let from = case.from;
    let case = StoredValue::new(case);
    let work: Changed = Arc::new(move |script: Script| {
        turn.update_value(|turn| *turn += 1);
        let own = turn.get_value();
        let later = move || {
            // Another movement has followed, or the page is gone.
            if turn.try_get_value() != Some(own) {
                return;
            }
            let Ok(policy) = Policy::new(script.spec.clone()) else { return };
            let told = what_if(&case.get_value().parts, &policy);
            failed.set(told.is_none());
            rows.set(told.map(|told| told.rows));
        };
        set_timeout(later, PAUSE);
    });
    let table = move || match rows.get() {
        Some(rows) => table(rows, from).into(),
        None if failed.get() => el("p").class("note").text(say::SIM_NO_COMPARISON).into(),
        None => el("p").class("facts").text(say::SIM_WHAT_IF_HINT).into(),
    };
    let compared = el("section")
        .class("card")
        .attr("data-test", "sim-what-if")
        .child(el("h2").text(say::SIM_WHAT_IF))
        .child(dynamic(table));
    div("page").child(compared).child(settings(bench, Knob::is_for_incidents, &work))
}

fn table(rows: Vec<Row>, from: Timestamp) -> El {
    let count = |is: fn(&Row) -> bool| rows.iter().filter(|r| r.begins_move && is(r)).count();
    let verdict = say::moves(count(|r| r.recorded.is_some()), count(|r| r.other.is_some()));
    let head = |name: &'static str| el("th").attr("scope", "col").text(name);
    let heads = [say::SIM_DECISION, say::SIM_AS_RECORDED, say::SIM_OTHERWISE, say::SIM_DIFFERENCE]
        .map(|name| head(name.text()));
    let at = move |at: Option<Timestamp>| match at {
        Some(at) => moment(at.as_millis().saturating_sub(from.as_millis())),
        None => say::SIM_NEVER.to_owned(),
    };
    let line = |row: Row| {
        let cell = |text: String| el("td").text(text);
        el("tr")
            .child(el("th").attr("scope", "row").text(say::decided(&row.what)))
            .child(cell(at(row.recorded)))
            .child(cell(at(row.other)))
            .child(cell(apart(&row)))
    };
    let table = el("table")
        .class("decisions")
        .child(el("thead").child(el("tr").children(heads)))
        .child(el("tbody").children(rows.into_iter().map(line)));
    div("page")
        .child(el("p").child(el("strong").text(verdict)))
        .child(div("table-frame").child(table))
        .child(el("p").class("facts").text(say::SIM_ASSUMED))
}

fn apart(row: &Row) -> String {
    let Some((recorded, other)) = row.recorded.zip(row.other) else { return String::new() };
    let (recorded, other) = (recorded.as_millis(), other.as_millis());
    match recorded.abs_diff(other) {
        0 => say::SIM_SAME_MOMENT.to_owned(),
        apart if other > recorded => say::sim_later(&spell(apart)),
        apart => say::sim_earlier(&spell(apart)),
    }
}

/// Later facts are left out: said where the line of time ends too early.
pub fn cut(case: &Case) -> AnyView {
    let cut = case.cut;
    show(move || cut, || el("p").class("note").text(say::SIM_FACTS_CUT))
}
