//! A move on its way: stages per provider instead of a spinner, then the wait for caches.
use super::command::CommandButton;
use super::icon::Shape;
use crate::live::Watched;
use crate::model::progress::{self, Caches, Progress, Track};
use crate::model::time;
use crate::model::tone::Tone;
use crate::words;
use failover_core::Command;
use leptos::prelude::*;

/// The progress of the move worth watching, if there is one.
#[component]
pub fn MoveProgress(service: Watched) -> impl IntoView {
    let seen = service.memo_at(progress::progress);
    let there = Memo::new(move |_| seen.with(Option::is_some));
    view! {
        <Show when=move || there.get()><Card service=service seen=seen/></Show>
    }
}

#[component]
fn Card(service: Watched, seen: Memo<Option<Progress>>) -> impl IntoView {
    let tone = Memo::new(move |_| seen.with(|p| p.as_ref().map_or(Tone::Unknown, |p| p.tone)));
    let open = Memo::new(move |_| seen.with(|p| p.as_ref().and_then(|p| p.open)));
    let stuck = move || open.get().is_some() && tone.get() == Tone::Warn;
    let count = move || seen.with(|p| p.as_ref().map_or(0, |p| p.tracks.len()));
    let caches = Memo::new(move |_| seen.with(|p| p.as_ref().and_then(|p| p.caches.clone())));
    let text = move |read: fn(&Progress) -> &String| {
        move || seen.with(|progress| progress.as_ref().map(|progress| read(progress).clone()))
    };
    view! {
        <section
            class=move || format!("card progress {}", tone.get().class())
            aria-label=text(|progress| &progress.title)
            data-test="progress"
        >
            <header>
                <h2>{text(|progress| &progress.title)}</h2>
                <span class="facts">{text(|progress| &progress.note)}</span>
                <Show when=stuck>
                    <CommandButton
                        service=service
                        command=move |()| open.get_untracked().map(|id| Command::Abandon { id })
                        text=words::ABANDON
                        class="button quiet"
                    />
                </Show>
            </header>
            <ol class="tracks">
                <For each=move || 0..count() key=|place| *place let:place>
                    <TrackRow track=Memo::new(move |_| {
                        seen.with(|p| p.as_ref().and_then(|p| p.tracks.get(place).cloned()))
                    })/>
                </For>
                <CachesRow caches=caches/>
            </ol>
        </section>
    }
}

#[component]
fn TrackRow(track: Memo<Option<Track>>) -> impl IntoView {
    let stage = move || track.with(|track| track.as_ref().map_or(0, |track| track.stage));
    let tone = Memo::new(move |_| track.with(|t| t.as_ref().map_or(Tone::Unknown, |t| t.tone)));
    let steps = words::STAGES.into_iter().enumerate().map(move |(place, name)| {
        let class = move || match stage() {
            reached if place < reached || reached == 3 => "step done",
            reached if place == reached => "step now",
            _ => "step",
        };
        let current = move || (stage() == place).then_some("step");
        view! { <span class=class aria-current=current>{name}</span> }
    });
    let servers = move || {
        let (good, all) = track.with(|track| track.as_ref().map_or((0, 0), |track| track.servers));
        let pip = |place| view! { <span class=if place < good { "pip on" } else { "pip" }></span> };
        let pips = (0..all).map(pip).collect_view();
        (stage() >= 2).then(|| view! { <span class="pip-row" aria-hidden="true">{pips}</span> })
    };
    view! {
        <li class=move || format!("track-row {}", tone.get().class())>
            <span class="track-name">
                <Shape tone=tone/>
                {move || track.with(|track| track.as_ref().map(|track| track.provider.clone()))}
            </span>
            <span class="steps">{steps.collect_view()}</span>
            <span class="track-note">
                {servers}
                {move || track.with(|track| track.as_ref().map(|track| track.note.clone()))}
            </span>
        </li>
    }
}

#[component]
fn CachesRow(caches: Memo<Option<Caches>>) -> impl IntoView {
    let there = Memo::new(move |_| caches.with(Option::is_some));
    let text = move || {
        caches.with(|caches| {
            let caches = caches.as_ref()?;
            Some(words::caches(&time::clock(caches.at), &time::countdown(caches.left_ms)))
        })
    };
    let over = move || {
        caches.with(|c| c.as_ref().map(|c| format!("{:.1}", c.over * 100.0))).unwrap_or_default()
    };
    view! {
        <Show when=move || there.get()>
            <li class="track-row caches">
                <span class="track-name">{words::CACHES}</span>
                <svg class="wait" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="wait-all" width="100" height="4"></rect>
                    <rect class="wait-over" width=over height="4"></rect>
                </svg>
                <span class="track-note">{text}</span>
            </li>
        </Show>
    }
}
