//! A service over time: what people found, each site, and automation, from the journal.
use super::command::trouble;
use super::icon::shape;
use super::pulse::share;
use super::state::fixed_state;
use super::table::{cell, table, table_switch};
use crate::api;
use crate::el::{El, div, dynamic, each_place, effect, el, nothing, show, span};
use crate::kept::{Kept, Slot};
use crate::live::Watched;
use crate::model::activity::Filter;
use crate::model::history::{self, Band, LOOKS, RANGES_MS};
use crate::model::news::News;
use crate::model::route::Route;
use crate::model::time;
use crate::model::tone::Tone;
use crate::words::{self, text::Word};
use failover_core::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use web_api::{History, HistoryMark, HistorySpan, Problem};

/// How often the picture is drawn anew while nothing happens.
const REFRESH_MS: u64 = 30_000;

/// What the card knows.
#[derive(Clone, Copy)]
struct Seen {
    service: Watched,
    range: Slot<usize>,
    known: Slot<Option<Arc<History>>>,
    problem: Slot<Option<Problem>>,
}

impl Seen {
    fn load(self) {
        let range = self.range.get_untracked();
        let now = untrack(|| self.service.live().now()).as_millis();
        let from = Timestamp::from_millis(now.saturating_sub(RANGES_MS[range]));
        let name = self.service.name();
        spawn_local(async move {
            let answer = api::history(&name, from).await;
            // Another range may have been chosen meanwhile, and its answer may be here already.
            if self.range.is_gone() || self.range.get_untracked() != range {
                return;
            }
            match answer {
                Ok(history) => {
                    self.problem.set(None);
                    self.known.set(Some(Arc::new(history)));
                }
                Err(problem) => self.problem.set(Some(self.service.live().notice(problem))),
            }
        });
    }

    fn get<T: Default>(self, look: impl FnOnce(&History) -> T) -> T {
        self.known.with(|known| known.as_deref().map(look)).unwrap_or_default()
    }
}

/// The card.
pub fn history_card(service: Watched) -> El {
    // A young watcher has nothing to say of yesterday.
    let young = |all: &News| time::between(all.started, all.at) < RANGES_MS[0];
    let young = untrack(|| service.live().with(young)).unwrap_or_default();
    let range = Slot::new(usize::from(!young));
    let seen = Seen { service, range, known: Slot::new(None), problem: Slot::new(None) };
    let as_table = Slot::new(false);
    let wanted = Kept::new(move || {
        let live = service.live();
        let newest = live.with(|all| {
            let own = all.recent.iter().find(|event| event.service == service.name());
            own.map(|event| event.seq)
        });
        // A table that somebody reads stays as it is until something happens.
        let round = if as_table.get() { 0 } else { live.now().as_millis() / REFRESH_MS };
        (seen.range.get(), newest, round)
    });
    effect(move || {
        wanted.with(|_| ());
        seen.load();
    });
    let header = el("header")
        .class("card-head")
        .child(el("h2").text(words::HISTORY))
        .child(range_choice(seen))
        .child(table_switch(as_table));
    let content = move || match as_table.get() {
        false => picture(seen).into(),
        true => dynamic(move || seen.known.get().map_or_else(nothing, |all| tables(&all).into())),
    };
    el("section")
        .class("card")
        .attr("data-test", "history")
        .child(header)
        .child(trouble(seen.problem))
        .child(dynamic(content))
}

fn range_choice(seen: Seen) -> El {
    let choose = move |event: web_sys::Event| {
        seen.range.set(event_target_value(&event).parse().unwrap_or(1).min(RANGES_MS.len() - 1));
    };
    let chosen = seen.range.get_untracked();
    let option = move |(place, text): (usize, Word)| {
        let option = el("option").attr("value", place.to_string()).text(text);
        if place == chosen { option.attr("selected", "") } else { option }
    };
    el("select")
        .class("range")
        .attr("aria-label", words::RANGE)
        .on("change", choose)
        .children(words::RANGES.into_iter().enumerate().map(option))
}

fn picture(seen: Seen) -> El {
    let bands = Kept::new(move || seen.get(history::bands));
    let count = move || bands.with(Vec::len);
    let marks = el("svg")
        .class("band-picture")
        .attr("viewBox", format!("0 0 {} 8", history::WIDTH))
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(el("path").class("band-mark").attr_fn("d", move || Some(seen.get(history::marks))));
    let from = move || seen.get(|all| time::utc(all.from));
    let axis =
        span("axis band-axis").child(el("small").text_fn(from)).child(el("small").text(words::NOW));
    let unknown = move || {
        seen.get(|all| match all.known_from > all.from {
            true => words::history_known_from(&time::utc(all.known_from)),
            false => String::new(),
        })
    };
    div("bands")
        .child(div("band").child(span("")).child(marks).child(span("")))
        .child(each_place(count, move |place| band_row(seen, bands, place)))
        .child(div("band").child(span("")).child(axis).child(span("")))
        .child(legend())
        .child(el("p").class("facts").text_fn(unknown))
}

fn band_row(seen: Seen, bands: Kept<Vec<Band>>, place: usize) -> El {
    let across = Slot::new(None::<f64>);
    let text = move |read: fn(&Band) -> &String| {
        move || bands.with(|bands| bands.get(place).map(|b| read(b).clone())).unwrap_or_default()
    };
    let path = move |look: usize| {
        let d = move || bands.with(|bands| bands.get(place).map(|band| band.paths[look].clone()));
        let class = move || format!("band-{}", LOOKS[look].class());
        el("path").class_fn(class).attr_fn("d", d)
    };
    let reading = move || {
        let across = across.get()?;
        seen.get(|all| history::reading(all, place, across))
    };
    let summary = text(|band| &band.summary);
    let svg = el("svg")
        .class("band-picture")
        .attr("role", "img")
        .attr_fn("aria-label", move || Some(summary()))
        .attr("viewBox", format!("0 0 {} {}", history::WIDTH, history::HEIGHT))
        .attr("preserveAspectRatio", "none")
        .on("pointermove", move |event| across.set(share(&event)))
        .on("pointerleave", move |_| across.set(None))
        .children((0..LOOKS.len()).map(path));
    div("band").child(span("band-name").text_fn(text(|band| &band.name))).child(svg).child(show(
        move || across.get().is_some(),
        move || span("band-reading").text_fn(move || reading().unwrap_or_default()),
    ))
}

fn legend() -> El {
    let busy =
        [words::MOVING.text(), words::LATCHED_WORD.text(), words::DISARMED_WORD.text()].join(", ");
    let looks = [
        (Tone::Up, format!("{}, {}", words::UP, words::ARMED_WORD)),
        (Tone::Down, words::DOWN.into()),
        (Tone::Warn, busy),
        (Tone::Maint, words::MAINTENANCE.into()),
        (Tone::Unknown, words::UNKNOWN.into()),
    ];
    div("legend").children(looks.into_iter().map(|(tone, word)| fixed_state(tone, word)))
}

fn tables(history: &History) -> El {
    let mut rows = Vec::new();
    for row in &history.rows {
        rows.extend(row.spans.iter().rev().map(|span| state_row(history::name(row), span)));
    }
    let states = [
        words::SUBJECT.text(),
        words::STATE.text(),
        words::STATE_FROM.text(),
        words::STATE_LENGTH.text(),
    ];
    let marks: Vec<Vec<El>> = history.marks.iter().rev().map(mark_row).collect();
    let none = marks.is_empty().then(|| el("p").class("facts").text(words::NO_MARKS));
    let marks = (!marks.is_empty()).then(|| {
        table(words::ACTIVITY.text(), &[words::WHEN.text(), words::ACTIVITY.text()], marks)
    });
    el("div").child(table(words::HISTORY.text(), &states, rows)).maybe(marks).maybe(none)
}

fn state_row(name: String, span: &HistorySpan) -> Vec<El> {
    let tone = history::tone(span.state);
    let word = el("span")
        .class("state")
        .child(shape(move || tone))
        .child(el("span").text(history::state_word(span.state)));
    let length = time::span(time::between(span.from, span.to));
    vec![cell(name), word, cell(time::utc(span.from)), cell(length)]
}

fn mark_row(mark: &HistoryMark) -> Vec<El> {
    let target = Route::Activity { filter: Filter::default(), event: Some(mark.seq) };
    let link = el("a").attr("href", target.hash()).text(mark.text.clone());
    vec![cell(time::utc(mark.at)), link]
}
