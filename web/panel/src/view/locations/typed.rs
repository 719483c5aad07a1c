//! What the dialogs of this page end with: a name to type, and two buttons.
use crate::el::{El, div, el, show};
use crate::kept::Slot;
use crate::model::plan::is_typed;
use crate::model::sentence::pieces;
use crate::part::command::{button, trouble};
use crate::part::state::sentence;
use crate::words;
use leptos::prelude::*;
use web_api::Problem;

/// What a dialog needs to be confirmed.
#[derive(Clone, Copy)]
pub struct Confirm {
    /// What was typed.
    pub typed: Slot<String>,
    /// It is being sent.
    pub busy: Slot<bool>,
    /// Why it was refused.
    pub problem: Slot<Option<Problem>>,
}

impl Confirm {
    /// Nothing was typed yet.
    pub fn new() -> Self {
        let (typed, busy) = (Slot::new(String::new()), Slot::new(false));
        Self { typed, busy, problem: Slot::new(None) }
    }

    /// As when the dialog was opened.
    pub fn reset(self) {
        self.typed.set(String::new());
        self.busy.set(false);
        self.problem.set(None);
    }
}

/// The end of a dialog. `name` is to be typed, where there is one; `ready` says what else is needed.
pub fn end(
    confirm: Confirm,
    name: Option<String>,
    verb: impl Fn() -> &'static str + Send + 'static,
    danger: impl Fn() -> bool + Send + 'static,
    ready: impl Fn() -> bool + Copy + Send + Sync + 'static,
    close: impl Fn() + Copy + Send + 'static,
    send: impl Fn() + Copy + Send + 'static,
) -> El {
    let known = StoredValue::new(name);
    let typed = move || {
        known.with_value(|name| match name {
            Some(name) => confirm.typed.with(|typed| is_typed(typed, name)),
            None => true,
        })
    };
    let ready = move || typed() && ready() && !confirm.busy.get();
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if untrack(ready) {
            send();
        }
    };
    let class = move || if danger() { "button danger" } else { "button primary" }.to_owned();
    let sending =
        move || if confirm.busy.get() { words::SENDING.into() } else { verb().to_owned() };
    let cancel = button("button")
        .attr("autofocus", "")
        .attr("data-test", "cancel")
        .on("click", move |_| close())
        .text(words::CANCEL);
    let go = el("button")
        .attr("type", "submit")
        .class_fn(class)
        .flag("disabled", move || !ready())
        .attr("data-test", "confirm")
        .text_fn(sending);
    let field = move || match known.get_value() {
        Some(name) => field(confirm, &name),
        None => el("span"),
    };
    let wants = known.with_value(Option::is_some);
    el("form")
        .on("submit", submit)
        .child(show(move || wants, field))
        .child(trouble(confirm.problem))
        .child(div("dialog-end").child(cancel).child(go))
}

fn field(confirm: Confirm, name: &str) -> El {
    let told = words::type_to_confirm(name);
    let asked = sentence(el("span"), move || pieces(&told));
    let input = el("input")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("data-test", "typed")
        .on("input", move |event| confirm.typed.set(event_target_value(&event)));
    el("label").class("typed").child(asked).child(input)
}
