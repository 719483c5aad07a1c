//! Records: what the providers publish, side by side; changed by plan, undone by another.
use crate::api::records as api;
use crate::el::{El, div, dynamic, effect, el, nothing, show, span};
use crate::kept::Slot;
use crate::live::Live;
use crate::model::records::{self as model, Draft};
use crate::model::route::{Route, field};
use crate::model::tone::Tone;
use crate::part::command::{button, trouble};
use crate::part::doctor::doctor;
use crate::part::record_change::Change;
use crate::part::record_dialog::{record_dialog, run_notice};
use crate::part::record_table::record_table;
use crate::part::state::english;
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_api::{Problem, ZoneRecords, Zones};

/// Letters that follow each other faster are one question.
const TYPING: Duration = Duration::from_millis(250);

/// Everything the page knows.
#[derive(Clone, Copy)]
pub struct Page {
    /// Who may do what.
    pub live: Live,
    /// The zones.
    pub zones: Slot<Option<Zones>>,
    /// The zone that is shown.
    pub zone: Slot<String>,
    /// What is in it.
    pub content: Slot<Option<ZoneRecords>>,
    /// What is searched for.
    pub text: Slot<String>,
    differing: Slot<bool>,
    pages: Slot<usize>,
    problem: Slot<Option<Problem>>,
    busy: Slot<bool>,
    asked: Slot<u64>,
    /// The change that is being made.
    pub change: Change,
}

impl Page {
    /// Reads the zone again.
    pub fn load(self, refresh: bool) {
        let zone = self.zone.get_untracked();
        if zone.is_empty() {
            return;
        }
        let (text, differing) = (self.text.get_untracked(), self.differing.get_untracked());
        let pages = self.pages.get_untracked();
        // An answer that comes after a later question is none.
        let turn = self.asked.get_untracked() + 1;
        self.asked.set(turn);
        self.busy.set(true);
        spawn_local(async move {
            let found = api::zone(&zone, text.trim(), differing, pages, refresh).await;
            if self.asked.is_gone() || self.asked.get_untracked() != turn {
                return;
            }
            self.busy.set(false);
            match found {
                Ok(content) => {
                    self.problem.set(None);
                    self.content.set(Some(content));
                }
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
        });
    }

    fn load_zones(self) {
        spawn_local(async move {
            let found = api::zones().await;
            if self.zone.is_gone() {
                return;
            }
            match found {
                Ok(zones) => {
                    if self.zone.with_untracked(String::is_empty)
                        && let Some(first) = zones.zones.first()
                    {
                        self.zone.set(first.name.clone());
                        self.load(false);
                    }
                    self.zones.set(Some(zones));
                }
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
        });
    }

    /// The names of the providers, in the order of the columns.
    pub fn providers(self) -> Vec<String> {
        let names = |content: &ZoneRecords| {
            content.columns.iter().map(|column| column.provider.clone()).collect()
        };
        self.content.with(|content| content.as_ref().map(names)).unwrap_or_default()
    }
}

/// The page; its query says what of it is shown.
pub fn records(route: Slot<Route>) -> El {
    let live = expect_context::<Live>();
    let page = Page {
        live,
        zones: Slot::new(None),
        zone: Slot::new(String::new()),
        content: Slot::new(None),
        text: Slot::new(String::new()),
        differing: Slot::new(false),
        pages: Slot::new(1),
        problem: Slot::new(None),
        busy: Slot::new(false),
        asked: Slot::new(0),
        change: Change::none(live),
    };
    effect(move || {
        let query = route.with(|route| route.query().to_owned());
        if let Some(zone) = field(&query, "zone") {
            page.zone.set(zone);
            page.text.set(field(&query, "name").unwrap_or_default());
            page.content.set(None);
            page.pages.set(1);
            page.load(false);
        }
    });
    page.load_zones();
    // Whatever was changed is seen at once.
    effect(move || {
        let ended = page.change.ended.get();
        if ended > 0 {
            page.load(true);
        }
    });
    let title = div("title-row")
        .child(el("h1").class("page-title").text(words::RECORDS))
        .child(actions(page));
    div("page")
        .attr("data-test", "records")
        .child(title)
        .child(filters(page))
        .child(run_notice(page.change))
        .child(trouble(page.problem))
        .child(unread(page))
        .child(content(page))
        .child(doctor(live, page.zone))
        .child(record_dialog(page))
}

fn actions(page: Page) -> El {
    let new = move |_| {
        let (zone, providers) = untrack(|| (page.zone.get(), page.providers()));
        page.change.open(Draft::new(&zone, &providers));
    };
    let closed = move || !page.live.may_command() || page.content.with(Option::is_none);
    div("command")
        .child(
            button("button quiet")
                .flag("disabled", move || page.busy.get())
                .on("click", move |_| page.load(true))
                .text(words::RECORDS_AGAIN),
        )
        .child(
            button("button primary")
                .attr("data-test", "new-record")
                .flag("disabled", closed)
                .on("click", new)
                .text(words::RECORDS_NEW),
        )
}

fn filters(page: Page) -> El {
    let typed = move |event: web_sys::Event| {
        page.text.set(event_target_value(&event));
        let now = page.text.get_untracked();
        let later = move || {
            if !page.text.is_gone() && page.text.with_untracked(|text| *text == now) {
                page.pages.set(1);
                page.load(false);
            }
        };
        set_timeout(later, TYPING);
    };
    let text = el("input")
        .attr("type", "search")
        .attr("data-test", "records-filter")
        .attr("placeholder", words::RECORDS_FILTER_HINT)
        .value_fn(move || page.text.get())
        .on("input", typed);
    let only = el("input")
        .attr("type", "checkbox")
        .attr("data-test", "only-differing")
        .checked(move || page.differing.get())
        .on("change", move |event| {
            page.differing.set(event_target_checked(&event));
            page.load(false);
        });
    let only = el("label")
        .class("choice")
        .child(only)
        .child(el("span").text(words::RECORDS_ONLY_DIFFERING));
    div("filters records-filters")
        .child(el("label").text(words::RECORDS_ZONE).child(zone_choice(page)))
        .child(el("label").text(words::FILTER).child(text))
        .child(only)
}

fn zone_choice(page: Page) -> AnyView {
    let choose = |event: web_sys::Event| {
        let query = model::query(&event_target_value(&event), "");
        // An address of our own making is always accepted.
        let _ = window().location().set_hash(&Route::Records { query }.hash());
    };
    dynamic(move || {
        let chosen = page.zone.get();
        let mut names: Vec<String> = page.zones.with(|zones| {
            let zones = zones.as_ref().map(|zones| &zones.zones);
            zones.into_iter().flatten().map(|zone| zone.name.clone()).collect()
        });
        if !chosen.is_empty() && !names.contains(&chosen) {
            names.push(chosen.clone());
        }
        let option = |name: String| {
            let option = el("option").attr("value", name.clone());
            let option = if name == chosen { option.attr("selected", "") } else { option };
            option.text(name)
        };
        el("select")
            .attr("data-test", "zone")
            .on("change", choose)
            .children(names.into_iter().map(option))
            .into()
    })
}

/// Who could not be read, with the reason.
fn unread(page: Page) -> AnyView {
    dynamic(move || {
        let problems: Vec<(String, String)> = page.content.with(|content| {
            let columns = content.iter().flat_map(|content| &content.columns);
            let problem = |column: &web_api::RecordColumn| {
                Some((column.provider.clone(), column.problem.clone()?))
            };
            columns.filter_map(problem).collect()
        });
        if problems.is_empty() {
            return nothing();
        }
        let note = |(provider, problem): (String, String)| {
            div("notice warn")
                .attr("role", "status")
                .child(crate::part::icon::shape(move || Tone::Warn))
                .child(
                    el("p")
                        .child(el("strong").text(words::records_unread(&provider)))
                        .text(" ")
                        .child(english(span("")).text(problem)),
                )
        };
        div("notices").children(problems.into_iter().map(note)).into()
    })
}

fn content(page: Page) -> El {
    let none = move || {
        page.content.with(Option::is_none)
            && page.zones.with(|zones| zones.as_ref().is_some_and(|zones| zones.zones.is_empty()))
    };
    let waiting = move || page.content.with(Option::is_none) && page.problem.with(Option::is_none);
    el("section")
        .class("card")
        .toggle("loading-soft", move || page.busy.get())
        .child(show(none, || el("p").class("facts").text(words::RECORDS_NO_ZONE)))
        .child(show(
            move || waiting() && !none(),
            || el("p").class("facts").text(words::RECORDS_READING),
        ))
        .child(dynamic(move || match page.content.get() {
            None => nothing(),
            Some(content) => shown(page, content).into(),
        }))
}

fn shown(page: Page, content: ZoneRecords) -> El {
    let count = words::records_count(content.total, content.differing);
    let more = content.offset + content.rows.len() < content.total && content.rows.len() < 500;
    let empty = content.rows.is_empty();
    let further = move |_| {
        page.pages.update(|pages| *pages += 1);
        page.load(false);
    };
    el("div")
        .child(el("p").class("facts").attr("data-test", "records-count").text(count))
        .maybe((!empty).then(|| record_table(page, content)))
        .maybe(empty.then(|| el("p").class("facts").text(words::RECORDS_NONE)))
        .maybe(more.then(|| button("button").on("click", further).text(words::RECORDS_MORE)))
}
