//! The controls: play, step, begin again, how fast, and the line of time to move along.
use super::bench::{Bench, Shown};
use super::line::{self, Line};
use crate::el::{El, div, el, span};
use crate::kept::Kept;
use crate::part::command::button;
use crate::words::simulator as say;
use leptos::prelude::*;

const SPEEDS: [u32; 8] = [1, 2, 5, 10, 50, 100, 500, 1_000];
/// Places of the slider; finer than anybody's hand.
const PLACES: u64 = 1_000;

/// The controls of a bench, on which there is a world or an incident.
pub fn transport(bench: Bench, is_world: bool) -> El {
    let word = move || if bench.playing.get() { say::SIM_PAUSE } else { say::SIM_PLAY }.to_owned();
    let play = button("button primary")
        .attr("data-test", "sim-play")
        .on("click", move |_| bench.play(!bench.playing.get_untracked()))
        .text_fn(word);
    let step = button("button").attr("data-test", "sim-step").on("click", move |_| bench.step());
    let restart = button("button").attr("data-test", "sim-restart");
    let restart = restart.on("click", move |_| bench.go(0));
    let time = move || {
        bench
            .shown
            .with(|shown| say::sim_of_length(&line::moment(shown.age), &line::moment(shown.length)))
    };
    let seeks = Kept::new(move || bench.shown.with(|shown| shown.seeks));
    let working = move || if seeks.get() { say::SIM_WORKING.text() } else { "" }.to_owned();
    let buttons = div("transport-buttons")
        .child(play)
        .child(step.text(say::SIM_STEP))
        .child(restart.text(say::SIM_RESTART))
        .child(el("label").class("speed").text(say::SIM_SPEED).text(" ").child(speeds(bench)))
        .child(span("facts").text_fn(working))
        .child(span("moment").attr("data-test", "sim-time").text_fn(time));
    el("section")
        .class("card transport")
        .attr("aria-label", say::SIM_TIME)
        .child(buttons)
        .child(picture(bench))
        .child(scrub(bench))
        .child(legend(is_world))
}

fn speeds(bench: Bench) -> El {
    let choose = move |event: web_sys::Event| {
        bench.speed.set(event_target_value(&event).parse().unwrap_or(1));
    };
    let choice =
        |speed: u32| el("option").attr("value", speed.to_string()).text(say::sim_at_speed(speed));
    el("select")
        .attr("data-test", "sim-speed")
        .on("change", choose)
        .value_fn(move || bench.speed.get().to_string())
        .children(SPEEDS.map(choice))
}

fn picture(bench: Bench) -> El {
    let drawn = Kept::new(move || {
        bench.shown.with(|shown| {
            let Shown { marks, outcome, age, length, .. } = shown;
            line::line(marks, outcome.as_ref(), *age, *length)
        })
    });
    let path = |class: &'static str, read: fn(&Line) -> &String| {
        el("path").class(class).attr_fn("d", move || Some(drawn.with(|line| read(line).clone())))
    };
    let past = move || bench.shown.with(|s| s.age * line::WIDTH / s.length.max(1)).to_string();
    let rule = |class: &'static str| el("rect").class(class).attr("y", "23").attr("height", "2");
    let label = move || {
        let marks = bench.shown.with(|shown| {
            let said = shown.marks.iter().map(|m| format!("; {} {}", line::moment(m.at), m.text));
            said.collect::<String>()
        });
        Some(format!("{}{marks}", say::SIM_TIME))
    };
    let label = Kept::new(label);
    el("svg")
        .class("time-line")
        .attr("role", "img")
        .attr_fn("aria-label", move || label.get())
        .attr("viewBox", format!("0 0 {} {}", line::WIDTH, line::HEIGHT))
        .attr("preserveAspectRatio", "none")
        .child(path("line-astray", |line| &line.astray))
        .child(rule("line-all").attr("width", line::WIDTH.to_string()))
        .child(rule("line-past").attr_fn("width", move || Some(past())))
        .child(path("line-verdict", |line| &line.verdicts))
        .child(path("line-done", |line| &line.done))
        .child(path("line-trouble", |line| &line.trouble))
        .child(path("line-move", |line| &line.moves))
        .child(path("line-fault", |line| &line.faults))
}

/// The slider under the line: a world is played again up to where it is put.
fn scrub(bench: Bench) -> El {
    let place =
        move || bench.shown.with(|shown| (shown.age * PLACES / shown.length.max(1)).to_string());
    let said = move || Some(bench.shown.with(|shown| line::moment(shown.age)));
    let go = move |event: web_sys::Event| {
        let place: u64 = event_target_value(&event).parse().unwrap_or(0);
        let length = bench.shown.with_untracked(|shown| shown.length);
        bench.go(place.min(PLACES) * length / PLACES);
    };
    el("input")
        .attr("type", "range")
        .class("scrub")
        .attr("min", "0")
        .attr("max", PLACES.to_string())
        .attr("aria-label", say::SIM_TIME)
        .attr_fn("aria-valuetext", said)
        .attr("data-test", "sim-scrub")
        .value_fn(place)
        .on("input", go)
}

/// What the shapes on the line mean.
fn legend(is_world: bool) -> El {
    let item = |class: &'static str, shape: &'static str, text: &'static str| {
        let key = el("svg")
            .class("key")
            .attr("viewBox", "0 0 16 16")
            .attr("aria-hidden", "true")
            .child(el("path").class(class).attr("d", shape));
        span("legend-item").child(key).text(text)
    };
    let first = if is_world { say::SIM_LEGEND_FAULT.text() } else { say::SIM_LEGEND_EVENT.text() };
    let mut items = vec![
        item("line-fault", "M5 15v-14l6 4l-6 4z", first),
        item("line-verdict", "M8 3v10", say::SIM_LEGEND_VERDICT.text()),
        item("line-move", "M6 1v14l6 -5l-6 -5z", say::SIM_LEGEND_MOVE.text()),
        item("line-done", "M5 5h6v6h-6z", say::SIM_LEGEND_DONE.text()),
        item("line-trouble", "M8 4l-4 8h8z", say::SIM_LEGEND_TROUBLE.text()),
    ];
    if is_world {
        items.push(item("line-astray", "M2 4h12v8h-12z", say::SIM_LEGEND_ASTRAY.text()));
    }
    div("legend facts").children(items)
}
