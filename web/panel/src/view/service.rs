//! One service: the sentence, what is under way, and everything it rests on.
use crate::el::{El, div, dynamic, el, show};
use crate::kept::Kept;
use crate::live::{Live, Watched};
use crate::model::sentence;
use crate::part::curve::curve_card;
use crate::part::events::{Happenings, brief};
use crate::part::history::history_card;
use crate::part::notices::notices;
use crate::part::outlook::outlook_card;
use crate::part::picture::picture;
use crate::part::progress::move_progress;
use crate::part::state;
use crate::part::votes::votes;
use crate::part::zones::zones;
use crate::words;
use leptos::prelude::*;

/// How many events stand beside the picture.
const LATEST: usize = 6;

/// The page.
pub fn service(name: String) -> El {
    let live = expect_context::<Live>();
    let service = Watched::new(live, name);
    let there = Kept::new(move || service.with(|_| ()).is_some());
    div("page").child(dynamic(move || {
        if there.get() {
            content(service).into()
        } else {
            el("h1").class("sentence").text(words::NO_SUCH_SERVICE).into()
        }
    }))
}

fn content(service: Watched) -> El {
    let events = el("section")
        .class("card")
        .child(el("h2").text(words::LATEST))
        .child(brief(latest(service)));
    // The overview of a single service is its picture already.
    let several = move || service.live().only_service().is_none();
    div("page")
        .child(story(service))
        .child(show(several, move || picture(service)))
        .child(history_card(service))
        .child(votes(service))
        .child(zones(service))
        .child(curve_card(service))
        .child(div("pair").child(outlook_card(service)).child(events))
}

/// The sentence, what wants a decision, and the move on its way.
pub fn story(service: Watched) -> El {
    let head = el("h1").class("sentence").attr("data-test", "sentence");
    let tail = move || {
        let now = service.live().now();
        service.get(|service| sentence::tail(service, now)).join(" · ")
    };
    div("page")
        .child(state::sentence(head, move || service.get(sentence::head)))
        .child(el("p").class("tail").text_fn(tail))
        .child(notices(service))
        .child(move_progress(service))
}

/// The latest events of a service.
pub fn latest(service: Watched) -> Happenings {
    Kept::new(move || {
        let name = service.name();
        let news = service.live().with(|all| {
            let own = all.recent.iter().filter(|event| event.service == name);
            own.take(LATEST).cloned().collect::<Vec<_>>()
        });
        news.unwrap_or_default()
    })
}
