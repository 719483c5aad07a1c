//! The bar above every page: where one is, how fresh it is, and whether automation may act.
use super::asked::{Asked, Pause};
use super::icon::{Icon, glyph, glyph_fn, mark};
use crate::api;
use crate::el::{El, Place, div, dynamic, effect, el, show, span};
use crate::kept::{Kept, Slot};
use crate::live::{Live, Watched};
use crate::model::fresh::Fresh;
use crate::model::route::{Page, Route};
use crate::model::time;
use crate::view::language::language_button;
use crate::view::theme::{Theme, ThemeChoice};
use crate::words;
use failover_core::{Command, Mode};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::{Problem, Role};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

/// The bar.
pub fn bar(route: Slot<Route>) -> El {
    let live = expect_context::<Live>();
    let looks_only = move || live.role() == Some(Role::View);
    let end = div("bar-end")
        .child(freshness(live))
        .child(show(looks_only, || span("facts").text(words::ROLE_VIEW)))
        .child(automation(live, route))
        .child(language_button())
        .child(theme_button())
        .child(leave_button(live));
    let brand = el("a").class("brand").attr("href", Route::Overview.hash());
    el("header")
        .class("bar")
        .child(brand.child(mark()).text(words::NAME))
        .child(pages(live, route))
        .child(end)
}

/// The way to every page. Where it does not fit it is scrolled, and the present page stays in view.
fn pages(live: Live, route: Slot<Route>) -> El {
    let service = Kept::new(move || live.service_of(&route.get()));
    let link = move |page: Page| {
        let place = Place::new();
        let here = Kept::new(move || route.with(Route::page) == page);
        effect(move || {
            if here.get()
                && let Some(link) = place.get()
            {
                let closest = ScrollIntoViewOptions::new();
                closest.set_block(ScrollLogicalPosition::Nearest);
                closest.set_inline(ScrollLogicalPosition::Nearest);
                link.scroll_into_view_with_scroll_into_view_options(&closest);
            }
        });
        el("a")
            .place(place)
            .attr_fn("href", move || Some(page.start(service.get()).hash()))
            .attr_fn("aria-current", move || here.get().then(|| "page".to_owned()))
            .text(words::page(page))
    };
    el("nav").attr("aria-label", words::PAGES).children(Page::ALL.into_iter().map(link))
}

fn freshness(live: Live) -> El {
    let text = move || match live.fresh() {
        Fresh::Waiting => words::WAITING.to_owned(),
        Fresh::Live(seconds) => words::live(seconds),
        Fresh::Stale(seconds) => words::stale(&time::span(seconds * 1000)),
    };
    span("fresh")
        .toggle("live", move || live.fresh().is_live())
        .attr("data-test", "freshness")
        .text_fn(text)
}

/// The switch of the service in view; the count if there are several.
fn automation(live: Live, route: Slot<Route>) -> AnyView {
    let one = Kept::new(move || match route.get() {
        Route::Service(name) => Some(name),
        _ => live.only_service(),
    });
    let count = move || {
        live.with(|all| {
            let armed = |mode: &Mode| matches!(mode, Mode::Armed { .. });
            let services = &all.services;
            let on = services.iter().filter(|service| armed(&service.view.mode)).count();
            words::armed_services(on, services.len())
        })
        .unwrap_or_default()
    };
    dynamic(move || match one.get() {
        Some(name) => switch(Watched::new(live, name)).into(),
        None => span("facts").text_fn(count).into(),
    })
}

fn switch(service: Watched) -> El {
    let live = service.live();
    let asked = expect_context::<Asked>();
    let armed = move || service.get(|s| matches!(s.view.mode, Mode::Armed { .. }));
    let problem = Slot::new(None::<Problem>);
    let story = move || {
        if let Some(problem) = problem.get() {
            return format!("{}: {}", problem.title, problem.detail);
        }
        let now = live.now();
        service.get(|service| match &service.view.mode {
            Mode::Armed { who, since } => {
                words::armed_since(&who.0, &time::span(time::between(*since, now)))
            }
            Mode::Disarmed { who, until, .. } => {
                words::disarmed_until(&who.0, until.map(time::clock).as_deref())
            }
            _ => String::new(),
        })
    };
    let press = move |_| {
        problem.set(None);
        if untrack(armed) {
            asked.pause.set(Some(Pause::Automation(service)));
            return;
        }
        let name = service.name();
        spawn_local(async move {
            if let Err(error) = api::command(&name, Command::Arm).await {
                problem.set(Some(live.notice(error)));
            }
        });
    };
    let word = move || if armed() { words::ARMED } else { words::DISARMED }.to_owned();
    let about = span("switch-words")
        .child(span("unseen").text(words::AUTOMATION))
        .child(el("strong").text_fn(word))
        .child(el("small").text_fn(story));
    el("button")
        .attr("type", "button")
        .class("switch")
        .attr("role", "switch")
        .attr_fn("aria-checked", move || Some(armed().to_string()))
        .attr_fn("title", move || Some(story()))
        .flag("disabled", move || !live.may_command())
        .attr("data-test", "automation")
        .on("click", press)
        .child(span("track").attr("aria-hidden", "true"))
        .child(about)
}

fn theme_button() -> El {
    let theme = expect_context::<ThemeChoice>();
    let icon = move || match theme.get() {
        Theme::Auto => Icon::Auto,
        Theme::Light => Icon::Light,
        Theme::Dark => Icon::Dark,
    };
    let text = move || {
        let text = match theme.get() {
            Theme::Auto => words::THEME_AUTO,
            Theme::Light => words::THEME_LIGHT,
            Theme::Dark => words::THEME_DARK,
        };
        Some(text.to_owned())
    };
    icon_button()
        .attr_fn("title", text)
        .attr_fn("aria-label", text)
        .attr("data-test", "theme")
        .on("click", move |_| theme.turn())
        .child(glyph_fn(icon))
}

fn leave_button(live: Live) -> El {
    let leave = move |_| {
        spawn_local(async move {
            // The cookie may live on if this fails; the panel forgets what it showed either way.
            let _ = api::logout().await;
            live.leave();
        });
    };
    icon_button()
        .attr("title", words::LOG_OUT)
        .attr("aria-label", words::LOG_OUT)
        .attr("data-test", "log-out")
        .on("click", leave)
        .child(glyph(Icon::Leave))
}

/// A button that is nothing but an icon; it still needs a name.
pub fn icon_button() -> El {
    el("button").attr("type", "button").class("icon-button")
}
