//! A move on its way: stages per provider instead of a spinner, then the wait for caches.
use super::command::command_button;
use super::icon::shape;
use super::pulse::pip_row;
use crate::el::{El, dynamic, each_place, el, nothing, show, span};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::progress::{self, Progress, Track};
use crate::model::time;
use crate::model::tone::Tone;
use crate::words::{self, text::Word};
use failover_core::Command;
use leptos::prelude::*;

type Seen = Kept<Option<Progress>>;

/// The progress of the move worth watching, if there is one.
pub fn move_progress(service: Watched) -> AnyView {
    let seen = Kept::new(move || {
        let now = service.live().now();
        service.get(|service| progress::progress(service, now))
    });
    show(move || seen.with(Option::is_some), move || card(service, seen))
}

fn card(service: Watched, seen: Seen) -> El {
    let tone = move || seen.with(|p| p.as_ref().map_or(Tone::Unknown, |p| p.tone));
    let open = move || seen.with(|p| p.as_ref().and_then(|p| p.open));
    let count = move || seen.with(|p| p.as_ref().map_or(0, |p| p.tracks.len()));
    let text = move |read: fn(&Progress) -> &String| {
        move || seen.with(|p| p.as_ref().map(|p| read(p).clone())).unwrap_or_default()
    };
    let title = text(|progress| &progress.title);
    let give_up = move || {
        let command = move || untrack(open).map(|id| Command::Abandon { id });
        command_button(service, "button quiet", words::ABANDON.to_owned(), command, || ())
    };
    let header = el("header")
        .child(el("h2").text_fn(title))
        .child(span("facts").text_fn(text(|progress| &progress.note)))
        .child(show(move || open().is_some() && tone() == Tone::Warn, give_up));
    let tracks = el("ol")
        .class("tracks")
        .child(each_place(count, move |place| track_row(seen, place)))
        .child(show(move || caches(seen).is_some(), move || caches_row(seen)));
    el("section")
        .class_fn(move || format!("card progress {}", tone().class()))
        .attr_fn("aria-label", move || Some(title()))
        .attr("data-test", "progress")
        .child(header)
        .child(tracks)
}

fn track_row(seen: Seen, place: usize) -> El {
    let track = move || seen.with(|p| p.as_ref().and_then(|p| p.tracks.get(place).cloned()));
    let stage = move || track().map_or(0, |track| track.stage);
    let tone = move || track().map_or(Tone::Unknown, |track| track.tone);
    let step = move |(place, name): (usize, Word)| {
        let class = move || match stage() {
            reached if place < reached || reached == 3 => "step done",
            reached if place == reached => "step now",
            _ => "step",
        };
        let current = move || (stage() == place).then(|| "step".to_owned());
        el("span").class_fn(move || class().to_owned()).attr_fn("aria-current", current).text(name)
    };
    let name = move || track().map(|track| track.provider).unwrap_or_default();
    let text = move |read: fn(Track) -> String| move || track().map(read).unwrap_or_default();
    let servers = Kept::new(move || track().filter(|t| t.stage >= 2).map(|track| track.servers));
    let pips = dynamic(move || match servers.get() {
        Some((good, all)) => pip_row(good, all).into(),
        None => nothing(),
    });
    el("li")
        .class_fn(move || format!("track-row {}", tone().class()))
        .child(span("track-name").child(shape(tone)).child(el("span").text_fn(name)))
        .child(span("steps").children(words::STAGES.into_iter().enumerate().map(step)))
        .child(span("track-note").child(pips).text_fn(text(|track| track.note)))
}

fn caches(seen: Seen) -> Option<progress::Caches> {
    seen.with(|progress| progress.as_ref().and_then(|progress| progress.caches.clone()))
}

fn caches_row(seen: Seen) -> El {
    let text = move || {
        let words =
            |c: progress::Caches| words::caches(&time::clock(c.at), &time::countdown(c.left_ms));
        caches(seen).map(words).unwrap_or_default()
    };
    let over = move || caches(seen).map(|caches| caches.over_percent.to_string());
    let bar = |class: &'static str| el("rect").class(class).attr("height", "4");
    let wait = el("svg")
        .class("wait")
        .attr("viewBox", "0 0 100 4")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(bar("wait-all").attr("width", "100"))
        .child(bar("wait-over").attr_fn("width", over));
    el("li")
        .class("track-row caches")
        .child(span("track-name").text(words::CACHES))
        .child(wait)
        .child(span("track-note").text_fn(text))
}
