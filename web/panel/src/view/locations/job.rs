//! The latest work: every step, what came of it, and what to do.
use super::Estate;
use super::typed::Confirm;
use crate::el::{El, dynamic, el, nothing, span};
use crate::kept::Kept;
use crate::model::locations::{progress, runs, state_tone};
use crate::model::time;
use crate::part::command::{button, trouble};
use crate::part::state::{fixed_state, told as from_server};
use crate::words;
use crate::words::locations as told;
use leptos::prelude::*;
use web_api::{JobStep, PlacesJob, Said};

/// The card; nothing if there was no work.
pub fn job_card(estate: Estate) -> AnyView {
    let stopping = Confirm::new();
    let job = Kept::new(move || estate.job.get());
    dynamic(move || match job.get() {
        Some(job) => card(estate, stopping, job).into(),
        None => nothing(),
    })
}

fn card(estate: Estate, stopping: Confirm, job: PlacesJob) -> El {
    let (done, all) = progress(&job);
    let first = job.steps.first().map(|step| step.step.name.as_str());
    let title = match first {
        Some(name) => told::job_title(&job.kind, name),
        None => job.title.clone(),
    };
    let by = told::loc_job_by(&job.who, &time::clock(job.began));
    let head = el("header")
        .child(el("h2").text(title))
        .child(fixed_state(state_tone(&job.state), told::job_state(&job.state).into()))
        .child(el("small").text(by))
        .maybe((all > 1).then(|| el("small").text(told::loc_job_progress(done, all))));
    let stop = (runs(&job) && job.can_stop).then(|| {
        let Confirm { busy, problem, .. } = stopping;
        let stop = move |_| estate.work("stop", "{}".to_owned(), busy, problem, || ());
        let is_stopping = job.state == "stopping";
        button("button")
            .attr("data-test", "stop-job")
            .flag("disabled", move || is_stopping || busy.get() || !estate.live.may_command())
            .on("click", stop)
            .text(told::LOC_STOP_JOB)
    });
    let said = |said: &Option<Said>| said.as_ref().and_then(words::said);
    let summary = job.summary.clone();
    let summary = summary.map(|text| from_server(el("p"), said(&job.summary_said), text));
    let advice = job.advice.clone().filter(|_| !runs(&job)).map(|text| {
        el("p")
            .class("advice")
            .child(el("strong").text(told::LOC_WHAT_NOW))
            .text(" ")
            .child(from_server(el("span"), said(&job.advice_said), text))
    });
    el("section")
        .class("card job")
        .attr("data-test", "job")
        .attr("aria-live", "polite")
        .child(head.maybe(stop))
        .child(trouble(stopping.problem))
        .maybe((all > 1).then(|| bar(done, all)))
        .child(el("ol").class("job-steps").children(job.steps.into_iter().map(step)))
        .maybe(summary)
        .maybe(advice)
}

/// How far it is, as a line.
fn bar(done: usize, all: usize) -> El {
    let width = done * 100 / all.max(1);
    el("svg")
        .class("wait")
        .attr("viewBox", "0 0 100 3")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(el("rect").class("wait-all").attr("width", "100").attr("height", "3"))
        .child(el("rect").class("wait-over").attr("width", width.to_string()).attr("height", "3"))
}

fn step(one: JobStep) -> El {
    let JobStep { step, state, note, note_said, advice, advice_said, .. } = one;
    let note = note.map(|note| {
        // What nobody has given a code may be a sentence in which nothing varies.
        let said = note_said.as_ref().map_or_else(|| words::spoken(&note), words::said);
        from_server(el("small").class("step-note"), said, note)
    });
    let advice = advice.map(|advice| {
        let said = advice_said.as_ref().and_then(words::said);
        from_server(el("small").class("step-note"), said, advice)
    });
    let what = format!("{} {}", told::action(&step.action), told::thing(&step.thing));
    el("li")
        .child(fixed_state(state_tone(&state), told::job_state(&state).into()))
        .child(span("").text(what))
        .child(el("strong").class("mono").text(step.name))
        .child(from_server(el("small"), words::spoken(&step.detail), step.detail))
        .maybe(note)
        .maybe(advice)
}
