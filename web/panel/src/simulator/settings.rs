//! The thresholds as sliders, with what they promise and risk beside them.
use super::bench::Bench;
use super::draft;
use super::figures::{Figures, LOSSES, often};
use super::knobs::{Group, Knob, groups, span as spell};
use crate::el::{El, div, dynamic, el, nothing, span};
use crate::kept::Kept;
use crate::words::simulator as say;
use failover_sim::Script;
use leptos::prelude::*;

/// The card. `changed` is called with every script whose policy is valid.
pub fn settings(
    bench: Bench,
    allowed: fn(Knob) -> bool,
    changed: impl Fn(Script) + Copy + Send + Sync + 'static,
) -> El {
    let fields = groups().into_iter().map(|group| fieldset(bench, &group, allowed, changed));
    el("section")
        .class("card")
        .attr("data-test", "sim-settings")
        .child(el("h2").text(say::SIM_THRESHOLDS))
        .child(figures(bench))
        .child(problems(bench))
        .child(div("knobs").children(fields))
}

fn fieldset(
    bench: Bench,
    group: &Group,
    allowed: fn(Knob) -> bool,
    changed: impl Fn(Script) + Copy + Send + Sync + 'static,
) -> El {
    let knobs = group.knobs.iter().copied().filter(|knob| allowed(*knob));
    let legend = el("legend").text(group.title);
    el("fieldset").child(legend).children(knobs.map(|one| slider(bench, one, changed)))
}

fn slider(bench: Bench, knob: Knob, changed: impl Fn(Script) + Copy + Send + Sync + 'static) -> El {
    let values = Kept::new(move || bench.draft.with(|script| knob.values(script)));
    let place = Kept::new(move || {
        let value = bench.draft.with(|script| knob.value(script));
        values.with(|all| all.iter().position(|one| *one == value).unwrap_or(0))
    });
    let text = Kept::new(move || bench.draft.with(|s| knob.text(s, knob.value(s))));
    let turn = move |event: web_sys::Event| {
        let place: usize = event_target_value(&event).parse().unwrap_or(0);
        let Some(value) = values.with_untracked(|all| all.get(place).copied()) else { return };
        let mut script = bench.draft.get_untracked();
        knob.set(&mut script, value);
        set(bench, script, changed);
    };
    let input = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .attr_fn("max", move || Some(values.with(|all| all.len() - 1).to_string()))
        .attr("data-test", format!("knob-{}", knob.key()))
        .attr_fn("aria-valuetext", move || Some(text.get()))
        .value_fn(move || place.get().to_string())
        .on("input", turn);
    el("label")
        .class("knob")
        .child(el("span").text(say::knob(knob.key())))
        .child(span("knob-value").text_fn(move || text.get()))
        .child(input)
}

/// Takes what people have set: plays it, or says why it is refused.
pub fn set(bench: Bench, script: Script, changed: impl Fn(Script)) {
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
    // The last valid ones: an invalid policy promises nothing.
    let figures = Kept::new(move || {
        bench.draft.with(|script| draft::policy(&script.spec).ok().map(|p| Figures::of(p.spec())))
    });
    let get = move |read: fn(&Figures) -> String| {
        move || figures.with(|known| known.as_ref().map_or_else(|| "–".to_owned(), read))
    };
    let row = |name: String, text: Box<dyn Fn() -> String + Send>| {
        div("fact-row").child(el("dt").text(name)).child(el("dd").text_fn(text))
    };
    let seen = [
        row(say::SIM_IF_REFUSED.to_owned(), Box::new(get(|f| bound(f.refused)))),
        row(say::SIM_IF_SILENT.to_owned(), Box::new(get(|f| bound(f.silent)))),
    ];
    let lost = |place: usize| say::lost(LOSSES[place]);
    let alarms = [
        row(lost(0), Box::new(get(|f| often(f.between[0])))),
        row(lost(1), Box::new(get(|f| often(f.between[1])))),
        row(lost(2), Box::new(get(|f| often(f.between[2])))),
    ];
    div("figures")
        .attr("data-test", "sim-figures")
        .attr("aria-live", "polite")
        .child(div("").child(el("h3").text(say::SIM_DETECTION)).child(list().children(seen)))
        .child(div("").child(el("h3").text(say::SIM_FALSE_ALARMS)).child(list().children(alarms)))
        .child(span("facts").text(say::SIM_BOUND_NOTE))
}

fn bound((expected, worst): (u64, u64)) -> String {
    say::sim_bound(&spell(expected), &spell(worst))
}

fn list() -> El {
    el("dl").class("fact-rows")
}
