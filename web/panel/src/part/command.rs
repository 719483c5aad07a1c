//! A button that commands something at once, and shows next to itself why it could not.
use super::state::{english, told};
use crate::api;
use crate::el::{El, div, dynamic, el, nothing, span};
use crate::kept::Slot;
use crate::live::Watched;
use crate::words;
use failover_core::Command;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::Problem;

/// A problem where it happened.
pub fn trouble(problem: Slot<Option<Problem>>) -> AnyView {
    dynamic(move || match problem.get() {
        None => nothing(),
        Some(problem) => div("trouble")
            .attr("role", "alert")
            .child(told(
                el("strong"),
                words::spoken(&format!("problem.{}", problem.kind)),
                problem.title,
            ))
            .child(english(el("span")).text(problem.detail))
            .into(),
    })
}

/// A button.
pub fn button(class: &'static str) -> El {
    el("button").attr("type", "button").class(class)
}

/// A button for a command that harms nobody and can be undone: one click. `done` is called when it
/// was obeyed.
pub fn command_button(
    service: Watched,
    class: &'static str,
    text: String,
    command: impl Fn() -> Option<Command> + Send + 'static,
    done: impl Fn() + Copy + Send + 'static,
) -> El {
    let live = service.live();
    let busy = Slot::new(false);
    let problem = Slot::new(None::<Problem>);
    let send = move |_| {
        let Some(command) = command() else { return };
        busy.set(true);
        problem.set(None);
        let name = service.name();
        spawn_local(async move {
            match api::command(&name, command).await {
                Ok(()) => done(),
                Err(error) => {
                    problem.set(Some(live.notice(error)));
                }
            }
            // The button may be gone with what it was there for.
            busy.set(false);
        });
    };
    let button = button(class)
        .flag("disabled", move || busy.get() || !live.may_command())
        .on("click", send)
        .text(text);
    span("command").child(button).child(trouble(problem))
}
