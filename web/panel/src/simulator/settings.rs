//! The thresholds as sliders, with what they promise and risk beside them.
use super::bench::Bench;
use super::draft;
use super::figures::{Paths, Rarity, Seen, Supposed};
use super::knobs::{Group, Knob, groups, span as spell};
use crate::el::{El, div, dynamic, effect, el, nothing, span};
use crate::kept::{Kept, Slot};
use crate::words::simulator as say;
use failover_core::PolicySpec;
use failover_sim::Script;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// After a slider was moved last; a hand that is still moving is not interrupted by what takes long.
pub const PAUSE: Duration = Duration::from_millis(150);

/// What is done with every script whose policy is valid.
pub type Changed = Arc<dyn Fn(Script) + Send + Sync>;

/// The card.
pub fn settings(bench: Bench, allowed: fn(Knob) -> bool, changed: &Changed) -> El {
    let fields = groups().into_iter().map(|group| fieldset(bench, &group, allowed, changed));
    el("section")
        .class("card")
        .attr("data-test", "sim-settings")
        .child(el("h2").text(say::SIM_THRESHOLDS))
        .child(figures(bench))
        .child(problems(bench))
        .child(div("knobs").children(fields))
}

fn fieldset(bench: Bench, group: &Group, allowed: fn(Knob) -> bool, changed: &Changed) -> El {
    let knobs = group.knobs.iter().copied().filter(|knob| allowed(*knob));
    let legend = el("legend").text(group.title);
    el("fieldset").child(legend).children(knobs.map(|one| knob(bench, one, changed.clone())))
}

fn knob(bench: Bench, knob: Knob, changed: Changed) -> El {
    let values = Kept::new(move || bench.draft.with(|script| knob.values(script)));
    let place = Kept::new(move || {
        let value = bench.draft.with(|script| knob.value(script));
        values.with(|all| all.iter().position(|one| *one == value).unwrap_or(0))
    });
    let turn = move |place: usize| {
        let Some(value) = values.with_untracked(|all| all.get(place).copied()) else { return };
        let mut script = bench.draft.get_untracked();
        knob.set(&mut script, value);
        set(bench, script, &*changed);
    };
    let text = Kept::new(move || bench.draft.with(|s| knob.text(s, knob.value(s))));
    let most = Kept::new(move || values.with(Vec::len) - 1);
    slider(say::knob(knob.key()), knob.key(), (most, place, text), Box::new(turn))
}

/// A slider: how many places it has, on which it is, and what that means.
fn slider(
    name: String,
    key: &str,
    (most, place, text): (Kept<usize>, Kept<usize>, Kept<String>),
    turn: Box<dyn Fn(usize) + Send>,
) -> El {
    let turn = move |event: web_sys::Event| turn(event_target_value(&event).parse().unwrap_or(0));
    let input = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .attr_fn("max", move || Some(most.get().to_string()))
        .attr("data-test", format!("knob-{key}"))
        .attr_fn("aria-valuetext", move || Some(text.get()))
        .value_fn(move || place.get().to_string())
        .on("input", turn);
    el("label")
        .class("knob")
        .child(el("span").text(name))
        .child(span("knob-value").text_fn(move || text.get()))
        .child(input)
}

/// Takes what people have set: plays it, or says why it is refused.
pub fn set(bench: Bench, script: Script, changed: &dyn Fn(Script)) {
    let refused = match draft::policy(&script.spec) {
        Err(problems) => problems,
        Ok(_) => draft::problem(&script).into_iter().collect(),
    };
    let valid = refused.is_empty();
    bench.problems.set(refused);
    bench.draft.set(script.clone());
    if valid {
        changed(script);
    }
}

fn problems(bench: Bench) -> AnyView {
    dynamic(move || {
        let problems = bench.problems.get();
        if problems.is_empty() {
            return nothing();
        }
        let item = |problem| el("span").text(problem);
        div("trouble")
            .attr("role", "alert")
            .attr("data-test", "sim-invalid")
            .child(el("strong").text(say::SIM_INVALID))
            .children(problems.into_iter().map(item))
            .into()
    })
}

fn figures(bench: Bench) -> El {
    // The last valid one: an invalid policy promises nothing.
    let spec = Kept::new(move || {
        bench.draft.with(|script| draft::policy(&script.spec).ok().map(|p| p.spec().clone()))
    });
    let seen = Kept::new(move || spec.with(|spec| spec.as_ref().map(Seen::of)));
    let get = move |read: fn(&Seen) -> (u64, u64)| {
        move || {
            let bound = seen.with(|known| known.as_ref().map(read));
            bound.map_or_else(
                || "–".to_owned(),
                |(mean, worst)| say::sim_bound(&spell(mean), &spell(worst)),
            )
        }
    };
    let row = |name: &'static str, read: fn(&Seen) -> (u64, u64)| {
        div("fact-row").child(el("dt").text(name)).child(el("dd").text_fn(get(read)))
    };
    let rows = el("dl")
        .class("fact-rows")
        .attr("aria-live", "polite")
        .child(row(say::SIM_IF_REFUSED.text(), |seen| seen.refused))
        .child(row(say::SIM_IF_SILENT.text(), |seen| seen.silent));
    div("figures")
        .attr("data-test", "sim-figures")
        .child(div("").child(el("h3").text(say::SIM_DETECTION)).child(rows))
        .child(wrong_failovers(spec))
        .child(span("facts").text(say::SIM_BOUND_NOTE))
}

/// How rarely it moves for no reason, on paths that people suppose.
fn wrong_failovers(spec: Kept<Option<PolicySpec>>) -> El {
    let paths = Slot::new(Paths::default());
    let rarity = worked_out(spec, paths);
    let say_it = move |read: fn(&Rarity) -> String| {
        move || rarity.with(|known| known.as_ref().map_or_else(|| say::SIM_WORKING.into(), read))
    };
    let several = move || spec.with(|spec| spec.as_ref().is_some_and(|s| s.vantages.len() > 1));
    let alone =
        crate::el::show(several, move || el("p").class("facts").text_fn(say_it(Rarity::alone)));
    let sliders = Supposed::ALL.map(|one| supposed(one, paths));
    div("")
        .child(el("h3").text(say::SIM_FALSE_ALARMS))
        .child(
            div("rarity")
                .attr("aria-live", "polite")
                .attr("data-test", "sim-rarity")
                .child(el("strong").text_fn(say_it(Rarity::text)))
                .child(alone),
        )
        .children(sliders)
}

fn supposed(knob: Supposed, paths: Slot<Paths>) -> El {
    let values = knob.values();
    let place = Kept::new(move || {
        let value = knob.value(paths.get());
        values.iter().position(|one| *one == value).unwrap_or(0)
    });
    let text = Kept::new(move || knob.text(knob.value(paths.get())));
    let turn = move |place: usize| {
        let value = values[place.min(values.len() - 1)];
        paths.update(|paths| *paths = knob.set(*paths, value));
    };
    let most = Kept::new(move || values.len() - 1);
    slider(knob.name().to_owned(), knob.key(), (most, place, text), Box::new(turn))
}

/// Works the bound out a moment after the last change: it may take longer than a picture.
fn worked_out(spec: Kept<Option<PolicySpec>>, paths: Slot<Paths>) -> Slot<Option<Rarity>> {
    let rarity = Slot::new(None);
    let turn = StoredValue::new(0u32);
    effect(move || {
        let (spec, paths) = (spec.get(), paths.get());
        // A rare policy takes a second or two.
        rarity.set(None);
        turn.update_value(|turn| *turn += 1);
        let own = turn.get_value();
        let later = move || {
            // Another change has followed, or the page is gone.
            if turn.try_get_value() == Some(own) {
                rarity.set(spec.as_ref().and_then(|spec| Rarity::of(spec, paths)));
            }
        };
        set_timeout(later, PAUSE);
    });
    rarity
}
