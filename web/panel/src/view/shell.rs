//! The frame around every page: bar, banner, dialogs, keys, title, and the voice for those who
//! listen.
use super::activity::Activity;
use super::overview::Overview;
use super::service::Service;
use crate::live::Live;
use crate::model::fresh::Fresh;
use crate::model::route::Route;
use crate::model::{activity, time, tone};
use crate::part::asked::Asked;
use crate::part::bar::Bar;
use crate::part::drawer::Drawer;
use crate::part::help::Help;
use crate::part::move_dialog::MoveDialog;
use crate::part::pause_dialog::PauseDialog;
use crate::words;
use failover_core::Mode;
use leptos::ev::{hashchange, keydown};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The frame.
#[component]
pub fn Shell() -> impl IntoView {
    let live = expect_context::<Live>();
    let asked = Asked::none();
    provide_context(asked);
    let route = RwSignal::new(here());
    let follow = window_event_listener(hashchange, move |_| route.set(here()));
    let keys = window_event_listener(keydown, move |event| press(&event, live, asked));
    on_cleanup(move || {
        follow.remove();
        keys.remove();
    });
    let stale = Memo::new(move |_| matches!(live.fresh(), Fresh::Stale(_)));
    let disarmed = Memo::new(move |_| {
        let off = |all: &failover_core::Snapshot| {
            all.services.iter().any(|s| matches!(s.view.mode, Mode::Disarmed { .. }))
        };
        live.with(off).unwrap_or_default()
    });
    let known = Memo::new(move |_| live.snapshot.with(Option::is_some));
    let page = Memo::new(move |_| match route.get() {
        Route::Activity { .. } => Route::ACTIVITY,
        other => other,
    });
    let content = move || match page.get() {
        Route::Overview => view! { <Overview/> }.into_any(),
        Route::Service(name) => view! { <Service name=name/> }.into_any(),
        Route::Activity { .. } => view! { <Activity route=route/> }.into_any(),
    };
    view! {
        <div
            class="shell"
            class:stale=stale
            class:disarmed=disarmed
            class:drawn=move || asked.drawer.get() && live.is_demo()
        >
            <a class="skip" href="#content" on:click=skip>{words::SKIP}</a>
            <div class="top"><Bar route=route/><StaleBanner/></div>
            <main id="content" tabindex="-1">
                <Show when=move || known.get() fallback=|| view! { <p class="facts">{words::WAITING}</p> }>
                    {content}
                </Show>
            </main>
            <Show when=move || live.is_demo()><Drawer/></Show>
        </div>
        <MoveDialog/>
        <PauseDialog/>
        <Help/>
        <Voice/>
        <Title route=route/>
    }
}

#[component]
fn StaleBanner() -> impl IntoView {
    let live = expect_context::<Live>();
    move || match live.fresh() {
        Fresh::Stale(seconds) => {
            let text = words::stale_banner(&time::span(seconds * 1000));
            Some(view! { <p class="banner" role="alert" data-test="stale">{text}</p> })
        }
        _ => None,
    }
}

/// Reads verdict changes and moves aloud, nothing else.
#[component]
fn Voice() -> impl IntoView {
    let live = expect_context::<Live>();
    let said = RwSignal::new(String::new());
    Effect::new(move |seen: Option<Option<u64>>| {
        let seen = seen.flatten();
        let newest = live.with(|all| all.recent.first().map_or(0, |event| event.seq));
        // What had happened before the page was opened is no news.
        if let Some(text) =
            seen.and_then(|seen| live.with(|all| activity::announcement(all, seen)).flatten())
        {
            said.set(text);
        }
        newest.or(seen)
    });
    view! { <div class="unseen" role="status">{move || said.get()}</div> }
}

/// The tab says the worst state, in its title and in its icon.
#[component]
fn Title(route: RwSignal<Route>) -> impl IntoView {
    let live = expect_context::<Live>();
    let worst = Memo::new(move |_| match live.fresh() {
        Fresh::Live(_) => live.with(tone::all).unwrap_or(tone::Tone::Unknown),
        _ => tone::Tone::Unknown,
    });
    Effect::new(move |_| {
        let page = match route.get() {
            Route::Overview => words::OVERVIEW.to_owned(),
            Route::Service(name) => name,
            Route::Activity { .. } => words::ACTIVITY.to_owned(),
        };
        document().set_title(&words::title(worst.get().word(), &page));
    });
    Effect::new(move |_| {
        let icon = document().query_selector("link[rel=icon]").ok().flatten();
        if let Some(icon) = icon {
            // An attribute of an element that exists can always be set.
            let _ = icon.set_attribute("href", &favicon(worst.get()));
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
         %3Crect width='24' height='24' rx='6' fill='%23{colour}'/%3E%3Cg fill='none' \
         stroke='white' stroke-width='2' stroke-linecap='round'%3E%3Cpath \
         d='M5 13A7.6 7.6 0 0 1 19 13'/%3E%3Cpath d='M12 19 17.4 10.4'/%3E%3C/g%3E\
         %3Ccircle cx='12' cy='19' r='2' fill='white'/%3E%3C/svg%3E"
    )
}

fn here() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// The hash belongs to the pages, so the skip link moves the focus itself.
fn skip(event: leptos::ev::MouseEvent) {
    event.prevent_default();
    focus("content");
}

fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|e| e.dyn_into().ok());
    if let Some(element) = element {
        let element: web_sys::HtmlElement = element;
        // What cannot be focused keeps the focus where it was.
        let _ = element.focus();
    }
}

fn press(event: &leptos::ev::KeyboardEvent, live: Live, asked: Asked) {
    let typing = document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    });
    let modal = document().query_selector("dialog[open]").ok().flatten().is_some();
    if modal || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let go = |route: Route| drop(window().location().set_hash(&route.hash()));
    match event.key().as_str() {
        "Escape" => asked.drawer.set(false),
        _ if typing => {}
        "1" => go(Route::Overview),
        "2" => go(Route::ACTIVITY),
        "b" if live.is_demo() => asked.drawer.update(|open| *open = !*open),
        "?" => asked.help.set(true),
        "/" if document().get_element_by_id("filter").is_some() => {
            event.prevent_default();
            focus("filter");
        }
        _ => {}
    }
}
