//! The overview: the state in one sentence, then in one picture; a list if there are many.
use super::service::{latest, story};
use crate::el::{El, div, dynamic, each, el, nothing};
use crate::kept::Kept;
use crate::live::{Live, Watched};
use crate::model::lane::lanes;
use crate::model::route::Route;
use crate::model::tone::Tone;
use crate::model::{notice, sentence, site_names, tone};
use crate::part::events::brief;
use crate::part::icon::{Icon, glyph};
use crate::part::notices::plain;
use crate::part::outlook::outlook_card;
use crate::part::picture::picture;
use crate::part::pulse::pulse_lane;
use crate::part::state;
use crate::words::{self, text::Word};
use leptos::prelude::*;

/// The page.
pub fn overview() -> El {
    let live = expect_context::<Live>();
    let only = Kept::new(move || live.only_service());
    let watcher = Kept::new(move || live.with(notice::of_watcher).flatten());
    div("page")
        .child(dynamic(move || watcher.get().map_or_else(nothing, |notice| plain(notice).into())))
        .child(dynamic(move || match only.get() {
            Some(name) => one(Watched::new(live, name)).into(),
            None => many(live).into(),
        }))
}

fn one(service: Watched) -> El {
    let events = el("section")
        .class("card")
        .child(el("h2").text(words::LATEST))
        .child(brief(latest(service)))
        .child(more(words::ALL_ACTIVITY, Route::ACTIVITY));
    div("page")
        .child(story(service))
        .child(picture(service))
        .child(more(words::DETAILS, Route::Service(service.name())))
        .child(div("pair").child(outlook_card(service)).child(events))
}

fn more(text: Word, target: Route) -> El {
    let link = el("a").attr("href", target.hash()).text(text).text(" ").child(glyph(Icon::Next));
    el("p").class("more").child(link)
}

fn many(live: Live) -> El {
    let names = move || live.with(sentence::worst_first).unwrap_or_default();
    let pieces = move || live.with(sentence::overall).unwrap_or_default();
    let rows = each(names, move |name| service_row(Watched::new(live, name)));
    div("page")
        .child(state::sentence(el("h1").class("sentence").attr("data-test", "sentence"), pieces))
        .child(el("section").class("card services").child(rows))
}

fn service_row(service: Watched) -> El {
    let tone = move || service.get(|s| Some(tone::service(s))).unwrap_or(Tone::Unknown);
    let lane = Kept::new(move || {
        service.get(|service| {
            let active = service.view.desired.iter().next()?;
            lanes(service, active).into_iter().next()
        })
    });
    let name = el("span")
        .child(el("strong").text(service.name()))
        .child(el("small").class("mono").text_fn(move || service.get(|s| s.name.clone())));
    let sites = move || service.get(|service| site_names(service, service.view.desired));
    el("a")
        .class("service-row")
        .attr("href", Route::Service(service.name()).hash())
        .child(state::state(tone, move || tone().word().to_owned()))
        .child(name)
        .child(el("span").text_fn(sites))
        .child(pulse_lane(service, lane, false))
        .child(glyph(Icon::Next))
}
