//! The ways to reach people: what each is told, whether it delivers, and a test; the dead man's switch.
use super::command::button;
use super::state::{ago, english, fixed_state};
use crate::api::records as api;
use crate::el::{El, div, dynamic, each, el, nothing, span};
use crate::kept::{Kept, Slot};
use crate::model::channels as told;
use crate::view::notifications::Page;
use crate::words;
use leptos::task::spawn_local;
use web_api::{ChannelState, HeartbeatState, Notifications};

/// All channels.
pub fn channels(page: Page) -> El {
    let names = move || {
        let names = |known: &Notifications| {
            known.channels.iter().map(|channel| channel.name.clone()).collect::<Vec<_>>()
        };
        page.known.with(|known| known.as_ref().map(names)).unwrap_or_default()
    };
    let none = move || {
        page.known.with(|known| known.as_ref().is_some_and(|known| known.channels.is_empty()))
    };
    el("section")
        .class("card")
        .child(el("h2").text(words::TOLD_CHANNELS))
        .child(crate::el::show(none, || el("p").class("note").text(words::TOLD_NO_CHANNELS)))
        .child(div("channels").child(each(names, move |name| channel(page, name))))
}

fn channel(page: Page, name: String) -> El {
    let own = name.clone();
    let state: Kept<Option<ChannelState>> = Kept::new(move || {
        let find = |known: &Notifications| {
            known.channels.iter().find(|channel| channel.name == own).cloned()
        };
        page.known.with(|known| known.as_ref().and_then(find))
    });
    let read = move |read: fn(&ChannelState) -> String| {
        move || state.with(|state| state.as_ref().map(read)).unwrap_or_default()
    };
    let standing = move || {
        let standing = state.with(|state| state.as_ref().map(told::standing));
        standing.map_or_else(nothing, |(tone, word)| fixed_state(tone, word).into())
    };
    let head = div("channel-head")
        .child(el("strong").text(name.clone()))
        .child(span("facts").text_fn(read(|state| state.kind.clone())))
        .child(dynamic(standing));
    div("channel")
        .attr("data-test", format!("channel-{name}"))
        .child(head)
        .child(el("p").class("facts").text_fn(read(told::route)))
        .child(
            el("p").class("facts").text_fn(read(|state| {
                words::told_counts(state.delivered, state.waiting, state.lost)
            })),
        )
        .child(
            english(el("p").class("note"))
                .text_fn(read(|state| state.problem.clone().unwrap_or_default())),
        )
        .child(test(page, name))
}

/// Sends a test message and says what has become of it.
fn test(page: Page, name: String) -> El {
    let busy = Slot::new(false);
    let said = Slot::new(None::<(bool, String)>);
    let mark = format!("test-{name}");
    let send = move |_| {
        let channel = name.clone();
        busy.set(true);
        said.set(None);
        spawn_local(async move {
            let text = match api::test(channel).await {
                Ok(tested) => (tested.delivered, told::tested(&tested)),
                Err(problem) => (false, page.live.notice(problem).detail),
            };
            said.set(Some(text));
            busy.set(false);
            page.load();
        });
    };
    let text = move || if busy.get() { words::TOLD_TESTING } else { words::TOLD_TEST }.to_owned();
    let outcome = move || match said.get() {
        None => nothing(),
        Some((ok, text)) => {
            let tone = told::outcome(ok);
            el("p").attr("role", "status").child(fixed_state(tone, text)).into()
        }
    };
    div("command")
        .child(
            button("button")
                .attr("data-test", mark)
                .flag("disabled", move || busy.get() || !page.live.may_command())
                .on("click", send)
                .text_fn(text),
        )
        .child(dynamic(outcome))
}

/// The dead man's switch.
pub fn switch(known: Slot<Option<Notifications>>) -> El {
    let state =
        Kept::new(move || known.with(|known| known.as_ref().map(|known| known.heartbeat.clone())));
    el("section")
        .class("card")
        .attr("data-test", "switch")
        .child(el("h2").text(words::SWITCH))
        .child(dynamic(move || match state.get() {
            None => nothing(),
            Some(None) => el("p").class("facts").text(words::SWITCH_NONE).into(),
            Some(Some(state)) => switch_state(state).into(),
        }))
}

fn switch_state(state: HeartbeatState) -> El {
    let (tone, word) = told::switch(&state);
    let reached = state.reached.map(|at| el("small").child(ago(move || at)));
    let said = state.said.map(|problem| el("p").class("note").text(words::switch_said(&problem)));
    el("div")
        .child(
            div("channel-head")
                .child(fixed_state(tone, word))
                .maybe(reached)
                .child(span("facts").text(told::every(state.every_secs))),
        )
        .maybe(state.problem.map(|problem| english(el("p").class("note")).text(problem)))
        .maybe(said)
}
