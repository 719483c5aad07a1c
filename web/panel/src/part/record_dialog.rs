//! The dialog of a record: the form, the plan as a diff, and what becomes of it at each provider.
use super::command::{button, trouble};
use super::dialog::dialog;
use super::record_change::Change;
use super::record_form::form;
use super::state::{english, fixed_state, sentence};
use crate::el::{El, div, dynamic, el, nothing, show, span};
use crate::kept::Kept;
use crate::model::records as model;
use crate::model::sentence::pieces;
use crate::view::records::Page;
use crate::words;
use leptos::prelude::*;
use web_api::{RecordsPlanned, RecordsStep};

/// What has become of the latest change, with its undo; stays until the next one.
pub fn run_notice(change: Change) -> AnyView {
    dynamic(move || {
        let run = change.run.get().filter(|run| run.state != "running" && !change.shown.get());
        let Some(run) = run else { return nothing() };
        let undo = (!run.undo.is_empty()).then(|| {
            button("button")
                .attr("data-test", "undo-record")
                .flag("disabled", move || !change.live.may_command())
                .on("click", move |_| change.plan_undo())
                .text(words::RECORDS_UNDO)
        });
        let tone = model::run_tone(&run);
        div("notice")
            .attr("role", "status")
            .attr("data-test", "record-run")
            .child(super::icon::shape(move || tone))
            .child(el("p").text(run.text))
            .maybe(undo)
            .into()
    })
}

/// The dialog.
pub fn record_dialog(page: Page) -> El {
    let change = page.change;
    let title = move || match (change.draft.get(), change.run.with(Option::is_some)) {
        (_, true) => words::RECORDS_APPLYING.to_owned(),
        (Some(draft), _) if draft.known => words::records_edit_title(&draft.key()),
        (Some(draft), _) => words::records_new_title(&draft.zone),
        (None, _) => words::RECORDS_UNDO_TITLE.to_owned(),
    };
    let danger = move || !change.word().is_empty() && change.run.with(Option::is_none);
    let closed = move || change.shown.set(false);
    dialog(move || change.shown.get(), closed, title, danger, move || body(page))
}

fn body(page: Page) -> El {
    let change = page.change;
    let stage = Kept::new(move || {
        let planned = change.plan.with(Option::is_some);
        match (change.run.with(Option::is_some), planned, change.draft.with(Option::is_some)) {
            (true, ..) => 2,
            (_, true, _) => 1,
            (_, _, true) => 0,
            // An undo that is being planned.
            _ => 3,
        }
    });
    el("div").child(dynamic(move || match stage.get() {
        0 => form(page).into(),
        1 => planned(change).into(),
        2 => carried_out(change).into(),
        _ => waiting(change).into(),
    }))
}

fn waiting(change: Change) -> El {
    el("div")
        .child(show(
            move || change.busy.get(),
            || el("p").class("facts").text(words::RECORDS_PLANNING),
        ))
        .child(trouble(change.problem))
        .child(div("dialog-end").child(close(change)))
}

/// The button that closes the dialog.
pub fn close(change: Change) -> El {
    button("button")
        .attr("data-test", "close-record")
        .on("click", move |_| change.shown.set(false))
        .text(words::CLOSE)
}

fn planned(change: Change) -> El {
    let Some(plan) = change.plan.get_untracked() else { return el("div") };
    let empty = model::is_empty(&plan) && plan.allowed;
    let limits = &plan.limits;
    let limits =
        words::records_limits(limits.updates_percent, limits.removals_percent, limits.sample_min);
    let back = move |_| {
        change.plan.set(None);
        change.problem.set(None);
        // An undo has no form to go back to.
        if change.draft.with_untracked(Option::is_none) {
            change.shown.set(false);
        }
    };
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if untrack(|| change.may_apply()) {
            change.apply();
        }
    };
    let word = untrack(|| change.word());
    let class = if word.is_empty() { "button primary" } else { "button danger" };
    let apply = el("button")
        .attr("type", "submit")
        .class(class)
        .attr("data-test", "apply-record")
        .flag("disabled", move || !change.may_apply())
        .text_fn(move || {
            if change.busy.get() { words::SENDING } else { words::RECORDS_APPLY }.to_owned()
        });
    let confirm = el("form")
        .on("submit", submit)
        .maybe((!word.is_empty()).then(|| name_field(change, word)))
        .child(trouble(change.problem))
        .child(
            div("dialog-end")
                .child(button("button").on("click", back).text(words::RECORDS_BACK))
                .child(apply),
        );
    el("div")
        .child(div("diffs").children(plan.providers.into_iter().map(diff)))
        .maybe(empty.then(|| el("p").text(words::RECORDS_NOTHING)))
        .child(el("p").class("facts limits").text(limits))
        .child(confirm)
}

fn name_field(change: Change, word: String) -> El {
    let input = el("input")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("data-test", "confirm-record")
        .on("input", move |event| change.typed.set(event_target_value(&event)));
    let asked = sentence(el("span"), move || pieces(&words::type_to_confirm(&word)));
    el("label").class("typed").child(asked).child(input)
}

fn diff(plan: RecordsPlanned) -> El {
    let same = plan.remove.is_empty() && plan.add.is_empty() && plan.problems.is_empty();
    let line = |class: &'static str| move |line: String| el("code").class(class).text(line);
    div("diff")
        .child(el("strong").text(plan.provider))
        .children(plan.remove.into_iter().map(line("gone")))
        .children(plan.add.into_iter().map(line("new")))
        .maybe(same.then(|| span("facts").text(words::PLAN_NOTHING)))
        .children(
            plan.problems.into_iter().map(|problem| english(el("p").class("note")).text(problem)),
        )
}

fn carried_out(change: Change) -> El {
    let steps = move || {
        let steps = change.run.with(|run| run.as_ref().map(|run| run.steps.clone()));
        div("diffs").children(steps.unwrap_or_default().into_iter().map(step)).into()
    };
    let text = move || change.run.with(|run| run.as_ref().map(model::ended)).unwrap_or_default();
    let undone = move || {
        !change.busy.get()
            && change.run.with(|run| run.as_ref().is_some_and(|run| !run.undo.is_empty()))
    };
    let undo = move || {
        button("button")
            .attr("data-test", "undo-record")
            .flag("disabled", move || !change.live.may_command())
            .on("click", move |_| change.plan_undo())
            .text(words::RECORDS_UNDO)
    };
    el("div")
        .child(dynamic(steps))
        .child(
            el("p")
                .class("ended")
                .attr("role", "status")
                .attr("data-test", "record-ended")
                .text_fn(text),
        )
        .child(trouble(change.problem))
        .child(div("dialog-end").child(show(undone, undo)).child(close(change)))
}

fn step(step: RecordsStep) -> El {
    let line = |line: String| el("code").text(line);
    let found = step.found.map(|found| {
        let head = if found.is_empty() { words::RECORDS_FOUND_NONE } else { words::RECORDS_FOUND };
        el("div").child(span("facts").text(head)).children(found.into_iter().map(line))
    });
    let head = div("step-head")
        .child(el("strong").text(step.provider))
        .child(fixed_state(model::step_tone(&step.state), model::step_word(&step.state)));
    div("diff")
        .child(head)
        .maybe(step.problem.map(|problem| english(el("p").class("note")).text(problem)))
        .maybe(found)
}
