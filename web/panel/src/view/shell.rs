//! The frame around every page: bar, banner, dialogs, and what the tab says.
use super::later::later_drawer;
use super::pages::page;
use super::{keys, voice};
use crate::el::{El, div, effect, el, show};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::fresh::Fresh;
use crate::model::route::Route;
use crate::model::{time, tone};
use crate::part::asked::Asked;
use crate::part::bar::bar;
use crate::part::help::help;
use crate::part::move_dialog::move_dialog;
use crate::part::pause_dialog::pause_dialog;
use crate::part::undo::undo_line;
use crate::words;
use failover_core::Mode;
use leptos::ev::hashchange;
use leptos::prelude::*;

/// The frame.
pub fn shell() -> El {
    let live = expect_context::<Live>();
    let asked = Asked::none();
    provide_context(asked);
    let route = Slot::new(here());
    let follow = window_event_listener(hashchange, move |_| route.set(here()));
    on_cleanup(move || follow.remove());
    keys::listen(live, asked, route);
    name_the_tab(live, route);
    let top = div("top").child(bar(route)).child(stale_banner(live));
    let main = el("main")
        .attr("id", "content")
        .attr("tabindex", "-1")
        .child(undo_line(live))
        .child(page(live, route));
    let frame = div("shell")
        .toggle("stale", move || matches!(live.fresh(), Fresh::Stale(_)))
        .toggle("disarmed", move || is_any_disarmed(live))
        .toggle("drawn", move || asked.drawer.get() && live.is_demo())
        .child(
            el("a")
                .class("skip")
                .attr("href", "#content")
                .on("click", keys::skip)
                .text(words::SKIP),
        )
        .child(top)
        .child(main)
        .child(show(move || live.is_demo(), move || div("later").child(later_drawer(route))));
    el("div")
        .child(frame)
        .child(move_dialog())
        .child(pause_dialog())
        .child(help())
        .child(voice::voice(live))
}

fn is_any_disarmed(live: Live) -> bool {
    let disarmed = |mode: &Mode| matches!(mode, Mode::Disarmed { .. });
    live.with(|all| all.services.iter().any(|s| disarmed(&s.view.mode))).unwrap_or_default()
}

fn stale_banner(live: Live) -> AnyView {
    let text = move || match live.fresh() {
        Fresh::Stale(seconds) => words::stale_banner(&time::span(seconds * 1000)),
        _ => String::new(),
    };
    let banner = move || {
        el("p").class("banner").attr("role", "alert").attr("data-test", "stale").text_fn(text)
    };
    show(move || matches!(live.fresh(), Fresh::Stale(_)), banner)
}

/// The tab says the worst state, in its title and in its icon.
fn name_the_tab(live: Live, route: Slot<Route>) {
    let worst = move || match live.fresh() {
        Fresh::Live(_) => live.with(tone::all).unwrap_or(tone::Tone::Unknown),
        _ => tone::Tone::Unknown,
    };
    let title = Kept::new(move || {
        let page = match route.get() {
            Route::Service(name) => name,
            other => words::page(other.page()).to_owned(),
        };
        words::title(worst().word(), &page)
    });
    effect(move || document().set_title(&title.get()));
    let icon = Kept::new(move || favicon(worst()));
    effect(move || {
        let link = document().query_selector("link[rel=icon]").ok().flatten();
        if let Some(link) = link {
            // An attribute of an element that exists can always be set.
            let _ = link.set_attribute("href", &icon.get());
        }
    });
}

/// The mark in the colour of the state; an icon cannot ask the page's style for it.
fn favicon(tone: tone::Tone) -> String {
    let colour = match tone {
        tone::Tone::Up => "1f8a4c",
        tone::Tone::Maint => "7a55b5",
        tone::Tone::Unknown => "6b7280",
        tone::Tone::Warn => "c77700",
        tone::Tone::Down => "cf2a2a",
    };
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E\
         %3Crect width='24' height='24' rx='6' fill='%23{colour}'/%3E%3Cpath fill='none' \
         stroke='white' stroke-width='2.4' stroke-linecap='round' stroke-linejoin='round' \
         d='M11 18.5 17.5 7.5M18 12.6 17.5 7.5 12.9 9.8'/%3E%3Ccircle cx='11' cy='18.5' r='2' \
         fill='white'/%3E%3C/svg%3E"
    )
}

fn here() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}
