//! What happened: the journal, filtered; the filter is part of the address.
use crate::api;
use crate::el::{El, div, effect, el, show, span};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::activity::{self, Filter, PAGE};
use crate::model::news::Happening;
use crate::model::route::Route;
use crate::part::command::{button, trouble};
use crate::part::events::{copy_button, journal};
use crate::part::filters::filters;
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_api::Problem;

/// Until what has arrived is in the page.
const SETTLED: Duration = Duration::from_millis(50);

/// What the page knows.
#[derive(Clone, Copy)]
struct Journal {
    live: Live,
    filter: Kept<Filter>,
    known: Slot<Vec<Happening>>,
    /// Whether there may be older ones than those that are known.
    more: Slot<bool>,
    busy: Slot<bool>,
    problem: Slot<Option<Problem>>,
}

impl Journal {
    fn learn(self, news: &[Happening]) {
        let mut all = self.known.get_untracked();
        if activity::merge(&mut all, news) {
            self.known.set(all);
        }
    }

    /// Asks for an entry that a link leads to, and for those after it.
    fn seek(self, seq: u64) {
        if self.known.with_untracked(|known| known.iter().any(|event| event.seq == seq)) {
            return;
        }
        let filter = self.filter.with_untracked(Filter::clone);
        let query = filter.asked(&format!("limit=1000&after={}", seq.saturating_sub(1)));
        spawn_local(async move {
            let answer = api::events(&query).await;
            if self.known.is_gone() {
                return;
            }
            match answer {
                Ok(page) => self.learn(&self.live.tell(page.events)),
                Err(error) => self.problem.set(Some(self.live.notice(error))),
            }
            set_timeout(move || scroll_to(seq), SETTLED);
        });
    }

    /// Asks for the events before `before`, or for the latest.
    fn load(self, before: Option<u64>) {
        let filter = self.filter.with_untracked(Filter::clone);
        let before = before.map(|seq| format!("&before={seq}")).unwrap_or_default();
        let query = filter.asked(&format!("limit={PAGE}{before}"));
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::events(&query).await;
            // Another filter may have been chosen meanwhile; then this is not what it asks for.
            if self.known.is_gone() || self.filter.with_untracked(|now| *now != filter) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    self.problem.set(None);
                    self.more.set(page.events.len() == PAGE);
                    self.learn(&self.live.tell(page.events));
                }
                Err(error) => self.problem.set(Some(self.live.notice(error))),
            }
        });
    }
}

/// The page.
pub fn activity(route: Slot<Route>) -> El {
    let live = expect_context::<Live>();
    let filter = Kept::new(move || match route.get() {
        Route::Activity { filter, .. } => filter,
        _ => Filter::default(),
    });
    let page = Journal {
        live,
        filter,
        known: Slot::new(Vec::new()),
        more: Slot::new(true),
        busy: Slot::new(false),
        problem: Slot::new(None),
    };
    effect(move || {
        // Older events of another filter would leave gaps that nobody sees.
        filter.with(|_| page.known.set(Vec::new()));
        page.load(None);
        untrack(|| live.with(|all| page.learn(&all.recent)));
    });
    effect(move || {
        live.with(|all| page.learn(&all.recent));
    });
    let opened = Kept::new(move || match route.get() {
        Route::Activity { event, .. } => event,
        _ => None,
    });
    effect(move || {
        if let Some(seq) = opened.get() {
            page.seek(seq);
        }
    });
    let shown = Kept::new(move || {
        let passing = |known: &Vec<Happening>| {
            filter.with(|filter| {
                known.iter().filter(|event| filter.passes(event)).cloned().collect::<Vec<_>>()
            })
        };
        page.known.with(passing)
    });
    div("page")
        .child(head(filter, shown))
        .child(filters(live, filter, shown))
        .child(trouble(page.problem))
        .child(el("section").class("card").child(journal(shown, route)).child(older(page, shown)))
}

/// Brings an entry into view that a link has led to.
fn scroll_to(seq: u64) {
    if let Some(entry) = document().get_element_by_id(&format!("event-{seq}")) {
        entry.scroll_into_view();
    }
}

fn head(filter: Kept<Filter>, shown: Kept<Vec<Happening>>) -> El {
    let report = move || {
        let service = filter.with_untracked(|filter| filter.service.clone());
        let service = (!service.is_empty()).then_some(service);
        shown.with_untracked(|events| activity::report(events, service.as_deref()))
    };
    let file = el("a")
        .class("button quiet")
        .attr("download", "schwenk-events.jsonl")
        .attr("data-test", "jsonl")
        .attr_fn("href", move || Some(filter.with(|filter| api::events_file(&filter.asked("")))))
        .text(words::DOWNLOAD_JSONL);
    el("header")
        .class("page-head")
        .child(el("h1").class("page-title").text(words::ACTIVITY))
        .child(copy_button(words::COPY_ALL, report))
        .child(file)
}

/// The end of the list: what is older, or that there is nothing.
fn older(page: Journal, shown: Kept<Vec<Happening>>) -> AnyView {
    let load = move |_| {
        let oldest = shown.with_untracked(|events| events.last().map(|event| event.seq));
        page.load(oldest);
    };
    let full = move || page.known.with(Vec::len) >= activity::KEPT;
    let any = move || shown.with(|events| !events.is_empty());
    let more = show(
        move || page.more.get() && !full(),
        move || {
            button("button")
                .attr("data-test", "older")
                .flag("disabled", move || page.busy.get())
                .on("click", load)
                .text(words::SHOW_MORE)
        },
    );
    let end = show(move || !page.more.get() && any(), || span("facts").text(words::NO_OLDER));
    div("older").child(more).child(end).into()
}
