//! Events as a list; each can be opened to see what it rests on.
use super::command::button;
use super::icon::shape;
use super::state::{ago, english, fixed_state};
use super::undo::undo_button;
use crate::el::{El, div, dynamic, each, el, nothing, show, span};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::activity::{self, Ballot, Filter};
use crate::model::news::Happening;
use crate::model::route::Route;
use crate::model::{service, time, undo};
use crate::words::{self, text::Word};
use failover_core::{ServiceSnapshot, Severity};
use leptos::prelude::*;

/// Where events are read from.
pub type Happenings = Kept<Vec<Happening>>;

/// A short list without details; every line leads to its event.
pub fn brief(events: Happenings) -> El {
    let row = move |seq: String| {
        let Some(event) = find(events, &seq) else { return el("li") };
        let (seq, at) = (event.seq, event.at);
        let target = Route::Activity { filter: Filter::default(), event: Some(seq) };
        el("li")
            .child(mark(event.severity))
            .child(said(el("a").attr("href", target.hash()), &event))
            .child(el("small").child(ago(move || at)))
    };
    let none = move || events.with(Vec::is_empty);
    el("div")
        .child(el("ul").class("brief").child(each(move || places(events), row)))
        .child(show(none, || el("p").class("facts").text(words::NO_EVENTS)))
}

/// The full list; the event that is opened is part of the address.
pub fn journal(events: Happenings, route: Slot<Route>) -> El {
    let none = move || events.with(Vec::is_empty);
    let row = move |seq: String| match find(events, &seq) {
        Some(event) => journal_row(events, event, route),
        None => el("li"),
    };
    el("div")
        .child(el("ol").class("journal").child(each(move || places(events), row)))
        .child(show(none, || el("p").class("facts").text(words::NO_EVENTS_MATCH)))
}

/// The event's sentence; English where there is none in the language of the page.
fn said(frame: El, event: &Happening) -> El {
    let frame = if event.text == event.said { english(frame) } else { frame };
    frame.text(event.text.clone())
}

fn journal_row(events: Happenings, event: Happening, route: Slot<Route>) -> El {
    let (seq, at) = (event.seq, event.at);
    let opened = move || matches!(route.get(), Route::Activity { event: Some(e), .. } if e == seq);
    let target = move || {
        let filter = match route.get() {
            Route::Activity { filter, .. } => filter,
            _ => Filter::default(),
        };
        Some(Route::Activity { filter, event: (!opened()).then_some(seq) }.hash())
    };
    let when = el("time")
        .attr("title", time::utc(at))
        .attr("datetime", time::machine(at))
        .child(el("small").text(time::date(at)))
        .text(" ")
        .text(time::clock(at));
    let line = el("a")
        .class("event-line")
        .attr_fn("href", target)
        .attr_fn("aria-expanded", move || Some(opened().to_string()))
        .child(when)
        .child(mark(event.severity))
        .child(span("event-service mono").text(event.service.clone()))
        .child(said(span("event-text"), &event));
    el("li")
        .class("event")
        .attr("id", format!("event-{seq}"))
        .toggle("open", opened)
        .child(line)
        .child(show(opened, move || evidence(events, event.clone())))
}

fn evidence(events: Happenings, event: Happening) -> El {
    let live = expect_context::<Live>();
    let ballots = untrack(|| {
        live.with(|all| service(all, &event.service).map(|s| activity::ballots(&event, s)))
    });
    let ballots = ballots.flatten().unwrap_or_default();
    let mut facts = format!("#{} · {}", event.seq, time::utc(event.at));
    let mut frame = div("evidence");
    if ballots.is_empty() {
        facts = format!("{facts} · {}", words::NO_EVIDENCE);
    } else {
        frame = frame
            .child(el("h4").text(words::EVIDENCE))
            .child(el("ul").children(ballots.iter().cloned().map(ballot)));
    }
    let facts = el("p").class("facts").text(facts);
    let link =
        |target: String, text: Word| el("a").class("button quiet").attr("href", target).text(text);
    let replay = (event.event.kind == "move_started")
        .then(|| link(format!("#/simulator?incident={}", event.seq), words::REPLAY));
    let own = Route::Activity { filter: Filter::default(), event: Some(event.seq) };
    let entry = event.clone();
    let report = move || activity::markdown(&entry, &ballots);
    let actions = div("event-actions")
        .child(undo(live, events, event))
        .child(copy_button(words::COPY_MARKDOWN, report))
        .child(link(own.hash(), words::PERMALINK))
        .maybe(replay);
    frame.child(facts).child(actions)
}

/// The button that takes the entry back, while that can be done.
fn undo(live: Live, events: Happenings, event: Happening) -> AnyView {
    let undo = Kept::new(move || {
        let now = live.now();
        let entry = |service: &ServiceSnapshot| {
            events.with(|events| undo::of_entry(&event, events, service, now))
        };
        live.with(|all| service(all, &event.service).and_then(entry)).flatten()
    });
    dynamic(move || undo.get().map_or_else(nothing, |undo| undo_button(live, undo).into()))
}

/// A button that copies a text.
pub fn copy_button(name: Word, text: impl Fn() -> String + Send + 'static) -> El {
    let copied = Slot::new(false);
    let copy = move |_| {
        // Without a secure context there is no clipboard, and nothing to be done about it.
        let _ = window().navigator().clipboard().write_text(&text());
        copied.set(true);
    };
    let shown = move || if copied.get() { words::COPIED.text() } else { name.text() }.to_owned();
    button("button quiet").on("click", copy).text_fn(shown)
}

fn mark(severity: Severity) -> El {
    match activity::severity(severity) {
        Some(tone) => shape(move || tone),
        None => span("dot").attr("aria-hidden", "true"),
    }
}

fn ballot(ballot: Ballot) -> El {
    let words = format!("{}, {}: {}", ballot.site, ballot.vantage, ballot.said);
    el("li").child(fixed_state(ballot.tone, words))
}

fn places(events: Happenings) -> Vec<String> {
    events.with(|events| events.iter().map(|event| event.seq.to_string()).collect())
}

fn find(events: Happenings, seq: &str) -> Option<Happening> {
    let seq: u64 = seq.parse().ok()?;
    events.with_untracked(|events| events.iter().find(|event| event.seq == seq).cloned())
}
