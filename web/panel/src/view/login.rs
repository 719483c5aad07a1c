//! Logging in.
use crate::api;
use crate::el::{El, div, el};
use crate::kept::Slot;
use crate::live::Live;
use crate::part::command::trouble;
use crate::part::icon::mark;
use crate::view::language::language_button;
use crate::words::{self, text::Word};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::Problem;

/// The page.
pub fn login() -> El {
    let live = expect_context::<Live>();
    let (user, password) = (Slot::new(String::new()), Slot::new(String::new()));
    let busy = Slot::new(false);
    let problem = Slot::new(None::<Problem>);
    let enter = move |event: web_sys::Event| {
        event.prevent_default();
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match api::login(user.get_untracked(), password.get_untracked()).await {
                Ok(session) => live.enter(session),
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        });
    };
    let text = move || if busy.get() { words::LOGGING_IN } else { words::LOG_IN }.to_owned();
    let submit = el("button")
        .attr("type", "submit")
        .class("button primary")
        .attr("data-test", "log-in")
        .flag("disabled", move || busy.get())
        .text_fn(text);
    let user_field = field(words::USER, "user", "text", user)
        .attr("autocomplete", "username")
        .attr("autocapitalize", "none")
        .attr("autofocus", "");
    let password_field = field(words::PASSWORD, "password", "password", password)
        .attr("autocomplete", "current-password");
    let form = el("form")
        .on("submit", enter)
        .child(el("h1").child(mark()).text(words::NAME))
        .child(el("p").class("facts").text(words::TAGLINE))
        .child(el("label").text(words::USER).child(user_field))
        .child(el("label").text(words::PASSWORD).child(password_field))
        .child(trouble(problem))
        .child(submit)
        .child(div("login-end").child(language_button()));
    el("main").class("login").child(form)
}

fn field(label: Word, name: &'static str, kind: &'static str, value: Slot<String>) -> El {
    el("input")
        .attr("aria-label", label)
        .attr("name", name)
        .attr("type", kind)
        .attr("required", "")
        .on("input", move |event| value.set(event_target_value(&event)))
}
