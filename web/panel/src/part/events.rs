//! Events as a list; each can be opened to see what it rests on.
use super::command::button;
use super::icon::shape;
use super::state::{ago, fixed_state};
use crate::el::{El, div, each, el, show, span};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::activity::{self, Ballot};
use crate::model::news::Happening;
use crate::model::route::Route;
use crate::model::{service, time};
use crate::words;
use failover_core::Severity;
use leptos::prelude::*;

/// Where events are read from.
pub type Happenings = Kept<Vec<Happening>>;

/// A short list without details; every line leads to its event.
pub fn brief(events: Happenings) -> El {
    let row = move |seq: String| {
        let Some(event) = find(events, &seq) else { return el("li") };
        let (target, at) = (Route::Activity { service: None, event: Some(event.seq) }, event.at);
        el("li")
            .child(mark(event.severity))
            .child(el("a").attr("href", target.hash()).text(event.text))
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
        Some(event) => journal_row(event, route),
        None => el("li"),
    };
    el("div")
        .child(el("ol").class("journal").child(each(move || places(events), row)))
        .child(show(none, || el("p").class("facts").text(words::NO_EVENTS_MATCH)))
}

fn journal_row(event: Happening, route: Slot<Route>) -> El {
    let (seq, at) = (event.seq, event.at);
    let opened = move || matches!(route.get(), Route::Activity { event: Some(e), .. } if e == seq);
    let target = move || {
        let service = match route.get() {
            Route::Activity { service, .. } => service,
            _ => None,
        };
        Some(Route::Activity { service, event: (!opened()).then_some(seq) }.hash())
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
        .child(span("event-text").text(event.text.clone()));
    el("li")
        .class("event")
        .toggle("open", opened)
        .child(line)
        .child(show(opened, move || evidence(event.clone())))
}

fn evidence(event: Happening) -> El {
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
            .child(el("ul").children(ballots.into_iter().map(ballot)));
    }
    let copied = Slot::new(false);
    let copy = move |_| {
        // Without a secure context there is no clipboard, and nothing to be done about it.
        let _ = window().navigator().clipboard().write_text(&activity::markdown(&event));
        copied.set(true);
    };
    let text = move || if copied.get() { words::COPIED } else { words::COPY_MARKDOWN }.to_owned();
    frame
        .child(el("p").class("facts").text(facts))
        .child(button("button quiet").on("click", copy).text_fn(text))
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
