//! Events as a list; each can be opened to see what it rests on.
use super::icon::Shape;
use super::state::{Ago, State};
use crate::live::Live;
use crate::model::activity::{self, Ballot};
use crate::model::route::Route;
use crate::model::{service, time};
use crate::words;
use failover_core::{EventRecord, Severity};
use leptos::prelude::*;

/// A short list without details; every line leads to its event.
#[component]
pub fn Brief(#[prop(into)] events: Signal<Vec<EventRecord>>) -> impl IntoView {
    let row = |event: EventRecord| {
        let target = Route::Activity { service: None, event: Some(event.seq) };
        view! {
            <li>
                {mark(event.severity)}
                <a href=target.hash()>{event.text}</a>
                <small><Ago at=Signal::stored(event.at)/></small>
            </li>
        }
    };
    let none = move || events.with(Vec::is_empty);
    view! {
        <ul class="brief">
            <For each=move || events.get() key=|event| event.seq children=row/>
        </ul>
        <Show when=none><p class="facts">{words::NO_EVENTS}</p></Show>
    }
}

/// The full list; the event that is opened is part of the address.
#[component]
pub fn Journal(
    #[prop(into)] events: Signal<Vec<EventRecord>>,
    route: RwSignal<Route>,
) -> impl IntoView {
    let opened = Memo::new(move |_| match route.get() {
        Route::Activity { event, .. } => event,
        _ => None,
    });
    let none = move || events.with(Vec::is_empty);
    view! {
        <ol class="journal">
            <For each=move || events.get() key=|event| event.seq let:event>
                <JournalRow event=event opened=opened route=route/>
            </For>
        </ol>
        <Show when=none><p class="facts">{words::NO_EVENTS_MATCH}</p></Show>
    }
}

#[component]
fn JournalRow(
    event: EventRecord,
    opened: Memo<Option<u64>>,
    route: RwSignal<Route>,
) -> impl IntoView {
    let seq = event.seq;
    let open = Memo::new(move |_| opened.get() == Some(seq));
    let target = move || {
        let service = route.with(|route| match route {
            Route::Activity { service, .. } => service.clone(),
            _ => None,
        });
        Route::Activity { service, event: (!open.get()).then_some(seq) }.hash()
    };
    let (at, severity) = (event.at, event.severity);
    let (name, text) = (event.service.clone(), event.text.clone());
    let event = StoredValue::new(event);
    view! {
        <li class="event" class:open=open>
            <a class="event-line" href=target aria-expanded=move || open.get().to_string()>
                <time title=time::utc(at) datetime=time::machine(at)>
                    <small>{time::date(at)}</small> " " {time::clock(at)}
                </time>
                {mark(severity)}
                <span class="event-service mono">{name}</span>
                <span class="event-text">{text}</span>
            </a>
            <Show when=move || open.get()><Evidence event=event/></Show>
        </li>
    }
}

#[component]
fn Evidence(event: StoredValue<EventRecord>) -> impl IntoView {
    let live = expect_context::<Live>();
    let ballots = untrack(|| {
        event.with_value(|event| {
            live.with(|all| service(all, &event.service).map(|s| activity::ballots(event, s)))
        })
    });
    let ballots = ballots.flatten().unwrap_or_default();
    let none = ballots.is_empty();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = event.with_value(activity::markdown);
        // Without a secure context there is no clipboard, and nothing to be done about it.
        let _ = window().navigator().clipboard().write_text(&text);
        copied.set(true);
    };
    view! {
        <div class="evidence">
            {(!none).then(|| view! {
                <h4>{words::EVIDENCE}</h4>
                <ul>{ballots.into_iter().map(ballot).collect_view()}</ul>
            })}
            <p class="facts">
                "#" {event.with_value(|event| event.seq)} " · "
                {event.with_value(|event| time::utc(event.at))}
                {none.then(|| view! { <span>" · " {words::NO_EVIDENCE}</span> })}
            </p>
            <button type="button" class="button quiet" on:click=copy>
                {move || if copied.get() { words::COPIED } else { words::COPY_MARKDOWN }}
            </button>
        </div>
    }
}

fn mark(severity: Severity) -> impl IntoView {
    match activity::severity(severity) {
        Some(tone) => view! { <Shape tone=Signal::stored(tone)/> }.into_any(),
        None => view! { <span class="dot" aria-hidden="true"></span> }.into_any(),
    }
}

fn ballot(ballot: Ballot) -> impl IntoView {
    let words = format!("{}, {}: {}", ballot.site, ballot.vantage, ballot.said);
    view! { <li><State tone=Signal::stored(ballot.tone) word=Signal::stored(words)/></li> }
}
