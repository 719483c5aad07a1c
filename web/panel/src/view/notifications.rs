//! Notifications: who is told, whether that works, and what has become of each message.
use crate::api::records as api;
use crate::el::{El, div, dynamic, el, nothing, show, span};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::channels::{self as told, Filter};
use crate::model::tone::Tone;
use crate::part::channels::{channels, switch};
use crate::part::command::{button, trouble};
use crate::part::icon::shape;
use crate::part::state::{ago, english, fixed_state};
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_api::{DemoInbox, DemoMessage, Notification, Notifications, Problem};

/// How often it is looked whether something has arrived.
const REFRESH: Duration = Duration::from_secs(3);
/// How many are shown at first, and with each "more".
const PAGE: usize = 50;
/// As many as the server gives at once.
const MOST: usize = 1000;

/// Everything the page knows.
#[derive(Clone, Copy)]
pub struct Page {
    /// Who may do what.
    pub live: Live,
    /// The latest answer.
    pub known: Slot<Option<Notifications>>,
    filter: Slot<Filter>,
    limit: Slot<usize>,
    inbox: Slot<Option<DemoInbox>>,
    problem: Slot<Option<Problem>>,
}

impl Page {
    /// Asks again.
    pub fn load(self) {
        if self.filter.is_gone() {
            return;
        }
        let (filter, limit) = (self.filter.get_untracked(), self.limit.get_untracked());
        let demo = untrack(|| self.live.is_demo());
        spawn_local(async move {
            let found = api::notifications(limit, &filter.channel, &filter.delivery).await;
            if self.filter.is_gone() || self.filter.with_untracked(|now| *now != filter) {
                return;
            }
            match found {
                Ok(known) => {
                    self.problem.set(None);
                    self.known.set(Some(known));
                }
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
            if demo && let Ok(inbox) = api::inbox().await {
                self.inbox.set(Some(inbox));
            }
        });
    }
}

/// The page.
pub fn notifications() -> El {
    let page = Page {
        live: expect_context::<Live>(),
        known: Slot::new(None),
        filter: Slot::new(Filter::default()),
        limit: Slot::new(PAGE),
        inbox: Slot::new(None),
        problem: Slot::new(None),
    };
    page.load();
    let again = set_interval_with_handle(move || page.load(), REFRESH);
    on_cleanup(move || {
        if let Ok(again) = again {
            again.clear();
        }
    });
    let waiting = move || page.known.with(Option::is_none) && page.problem.with(Option::is_none);
    div("page")
        .attr("data-test", "notifications")
        .child(el("h1").class("page-title").text(words::NOTIFICATIONS))
        .child(trouble(page.problem))
        .child(show(waiting, || el("p").class("facts").text(words::WAITING)))
        .child(channels(page))
        .child(switch(page.known))
        .child(show(move || page.live.is_demo(), move || arrived(page.inbox)))
        .child(log(page))
}

fn log(page: Page) -> El {
    let rows = Kept::new(move || {
        page.known.with(|known| known.as_ref().map(|known| known.notifications.clone()))
    });
    let more = move || rows.with(|rows| rows.as_ref().map_or(0, Vec::len)) >= page.limit.get();
    let further = move |_| {
        page.limit.update(|limit| *limit = (*limit * 2).min(MOST));
        page.load();
    };
    el("section")
        .class("card")
        .child(el("h2").text(words::TOLD_LOG))
        .child(filters(page))
        .child(dynamic(move || match rows.get() {
            None => nothing(),
            Some(rows) if rows.is_empty() => el("p").class("facts").text(words::TOLD_NONE).into(),
            Some(rows) => el("ol").class("messages").children(rows.into_iter().map(message)).into(),
        }))
        .child(show(
            move || more() && page.limit.get() < MOST,
            move || button("button").on("click", further).text(words::RECORDS_MORE),
        ))
}

fn filters(page: Page) -> El {
    let choose = move |change: fn(&mut Filter, String)| {
        move |event: web_sys::Event| {
            let chosen = event_target_value(&event);
            page.filter.update(|filter| change(filter, chosen));
            page.load();
        }
    };
    let names = Kept::new(move || {
        let names = |known: &Notifications| {
            known.channels.iter().map(|channel| channel.name.clone()).collect::<Vec<_>>()
        };
        page.known.with(|known| known.as_ref().map(names)).unwrap_or_default()
    });
    let option = |(value, text): (String, String)| el("option").attr("value", value).text(text);
    let channel = dynamic(move || {
        let all = [(String::new(), words::TOLD_ALL_CHANNELS.to_owned())].into_iter();
        let names = names.get().into_iter().map(|name| (name.clone(), name));
        el("select")
            .attr("data-test", "told-channel")
            .on("change", choose(|filter, chosen| filter.channel = chosen))
            .children(all.chain(names).map(option))
            .into()
    });
    let deliveries = told::DELIVERIES.map(|word| (word.to_owned(), told::delivery(word).1));
    let all = [(String::new(), words::TOLD_ALL.to_owned())];
    let delivery = el("select")
        .attr("data-test", "told-delivery")
        .on("change", choose(|filter, chosen| filter.delivery = chosen))
        .children(all.into_iter().chain(deliveries).map(option));
    div("filters told-filters")
        .child(el("label").text(words::TOLD_CHANNEL).child(channel))
        .child(el("label").text(words::TOLD_DELIVERY).child(delivery))
}

fn message(one: Notification) -> El {
    let (tone, word) = told::delivery(&one.delivery);
    let word =
        if one.attempts > 1 { format!("{word} {}", words::told_tries(one.attempts)) } else { word };
    let whom = one.service.clone().unwrap_or_else(|| words::TOLD_WATCHER.to_owned());
    let what = format!("{} · {}", told::kind(&one.kind), whom);
    let at = one.at;
    let urgent = told::severity(one.severity).map(|tone| shape(move || tone));
    let body = el("div")
        .child(el("p").child(english(el("span")).text(one.text)))
        .child(el("small").child(ago(move || at)).text(" · ").text(what))
        .maybe(one.problem.map(|problem| english(el("p").class("note")).text(problem)));
    el("li")
        .child(match urgent {
            Some(mark) => mark,
            None => span("dot").attr("aria-hidden", "true"),
        })
        .child(body)
        .child(
            el("div")
                .class("told-became")
                .child(span("mono").text(one.channel))
                .child(fixed_state(tone, word)),
        )
}

/// What the demo's own receiver has seen.
fn arrived(inbox: Slot<Option<DemoInbox>>) -> El {
    let rows = Kept::new(move || {
        inbox.with(|inbox| inbox.as_ref().map(|inbox| inbox.messages.clone())).unwrap_or_default()
    });
    el("section")
        .class("card")
        .attr("data-test", "inbox")
        .child(el("h2").text(words::INBOX))
        .child(el("p").class("facts").text(words::INBOX_HINT))
        .child(dynamic(move || match rows.get() {
            rows if rows.is_empty() => el("p").class("facts").text(words::INBOX_EMPTY).into(),
            rows => el("ol").class("inbox").children(rows.into_iter().take(8).map(arrival)).into(),
        }))
}

fn arrival(one: DemoMessage) -> El {
    let at = one.at;
    let forged = (!one.signed).then(|| fixed_state(Tone::Down, words::INBOX_UNSIGNED.to_owned()));
    // The headline mostly is all of the text.
    let rest = (!one.headline.contains(&one.text)).then(|| el("p").text(one.text));
    el("li")
        .child(span("mono").text(one.to))
        .child(english(el("div").child(el("strong").text(one.headline)).maybe(rest)).maybe(forged))
        .child(el("small").child(ago(move || at)))
}
