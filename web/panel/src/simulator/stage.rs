//! The stage: the live pages' own components, shown a world that is none.
use super::bench::{Bench, Shown};
use super::deeds::Entry;
use super::knobs::span as spell;
use super::outcome::Outcome;
use crate::el::{El, div, dynamic, each, el, nothing, span};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::activity;
use crate::model::tone::Tone;
use crate::part::icon::shape;
use crate::part::outlook::outlook_card;
use crate::part::picture::picture;
use crate::part::state::{fixed_state, state};
use crate::part::votes::votes;
use crate::part::zones::zones;
use crate::view::service::story;
use crate::words::promise::promise;
use crate::words::simulator as say;

/// What is seen: the sentence, the picture and what it rests on.
pub fn stage(bench: Bench) -> El {
    let name = Kept::new(move || bench.stage.only_service());
    let live = bench.stage;
    div("stage").attr("data-test", "sim-stage").child(dynamic(move || match name.get() {
        None => nothing(),
        Some(name) => {
            let service = Watched::new(live, name);
            div("page").child(story(service)).child(picture(service)).into()
        }
    }))
}

/// What the picture rests on, further down.
pub fn behind(bench: Bench) -> El {
    let name = Kept::new(move || bench.stage.only_service());
    let live = bench.stage;
    div("page").child(dynamic(move || match name.get() {
        None => nothing(),
        Some(name) => {
            let service = Watched::new(live, name);
            div("page")
                .child(div("pair").child(outlook_card(service)).child(journal(bench)))
                .child(votes(service))
                .child(zones(service))
                .into()
        }
    }))
}

/// The journal of the world: whoever clicks a line goes to its moment.
fn journal(bench: Bench) -> El {
    let listed = Kept::new(move || bench.shown.with(|shown| shown.listed.clone()));
    let keys = move || listed.with(|all| all.iter().map(|e| e.seq.to_string()).collect());
    let find = move |seq: &str| {
        let seq: u64 = seq.parse().ok()?;
        listed.with_untracked(|all| all.iter().find(|event| event.seq == seq).cloned())
    };
    let row = move |seq: String| match find(&seq) {
        Some(entry) => line(entry),
        None => el("li"),
    };
    el("section")
        .class("card")
        .attr("data-test", "sim-journal")
        .child(el("h2").text(say::SIM_EVENTS))
        .child(el("ul").class("brief long").attr("tabindex", "0").child(each(keys, row)))
}

fn line(event: Entry) -> El {
    let mark = match activity::severity(event.severity) {
        Some(tone) => shape(move || tone),
        None => span("dot").attr("aria-hidden", "true"),
    };
    let at = crate::model::time::clock(event.at);
    el("li").child(mark).child(el("span").text(event.text)).child(el("small").text(at))
}

/// What came of it, and whether the promises hold.
pub fn outcome(bench: Bench) -> El {
    let rows = Kept::new(move || bench.shown.with(rows));
    let row = move |key: String| {
        let place: usize = key.parse().unwrap_or(0);
        let part = move |read: fn(&Row) -> String| {
            move || rows.with(|rows| rows.get(place).map(read).unwrap_or_default())
        };
        div("fact-row")
            .child(el("dt").text_fn(part(|row| row.name.to_owned())))
            .child(el("dd").text_fn(part(|row| row.text.clone())))
    };
    let keys = move || (0..rows.with(Vec::len)).map(|place| place.to_string()).collect();
    el("section")
        .class("card")
        .attr("data-test", "sim-outcome")
        .child(el("h2").text(say::SIM_OUTCOME))
        .child(promises(bench))
        .child(el("dl").class("fact-rows").child(each(keys, row)))
}

#[derive(Clone, PartialEq)]
struct Row {
    name: &'static str,
    text: String,
}

fn rows(shown: &Shown) -> Vec<Row> {
    let Some(outcome) = &shown.outcome else { return Vec::new() };
    let Outcome { trouble, detected, began, everywhere, converged, .. } = outcome;
    let after = |at: &Option<u64>| match (trouble, at) {
        (Some(trouble), Some(at)) => say::sim_after_trouble(&spell(at.saturating_sub(*trouble))),
        _ => say::SIM_NOT_YET.to_owned(),
    };
    let out = if outcome.peak == 0 {
        say::SIM_NOBODY.to_owned()
    } else {
        say::sim_astray(&spell(outcome.astray_ms), outcome.peak.div_ceil(10))
    };
    let row = |name, text| Row { name, text };
    vec![
        row(say::SIM_DETECTED.text(), after(detected)),
        row(say::SIM_BEGAN.text(), after(began)),
        row(say::SIM_EVERYWHERE.text(), after(everywhere)),
        row(say::SIM_CONVERGED.text(), after(converged)),
        row(say::SIM_OUTAGE.text(), out),
    ]
}

fn promises(bench: Bench) -> El {
    let broken = Kept::new(move || bench.shown.with(|shown| shown.broken));
    let content = move || match broken.get() {
        None => state(|| Tone::Up, || say::SIM_PROMISES_HOLD.to_owned()).into(),
        Some(property) => div("trouble")
            .attr("role", "alert")
            .child(fixed_state(Tone::Down, say::SIM_PROMISE_BROKEN.to_owned()))
            .child(el("span").text(say::sim_promise(property.id(), &promise(property))))
            .child(el("span").text(say::SIM_BROKEN_HOW))
            .into(),
    };
    div("promises").attr("data-test", "sim-promises").child(dynamic(content))
}
