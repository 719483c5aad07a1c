//! The keyboard.
use crate::kept::Slot;
use crate::live::Live;
use crate::model::route::{Page, Route};
use crate::part::asked::Asked;
use leptos::ev::keydown;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

/// Listens for as long as the page lives.
pub fn listen(live: Live, asked: Asked, route: Slot<Route>) {
    let keys = window_event_listener(keydown, move |event| press(&event, live, asked, route));
    on_cleanup(move || keys.remove());
}

/// The hash belongs to the pages, so the skip link moves the focus itself.
pub fn skip(event: Event) {
    event.prevent_default();
    focus("content");
}

fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|e| e.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // What cannot be focused keeps the focus where it was.
        let _ = element.focus();
    }
}

fn press(event: &KeyboardEvent, live: Live, asked: Asked, route: Slot<Route>) {
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
        "b" if untrack(|| live.is_demo()) => asked.drawer.update(|open| *open = !*open),
        "?" => asked.help.set(true),
        "/" if document().get_element_by_id("filter").is_some() => {
            event.prevent_default();
            focus("filter");
        }
        key => {
            if let Some(page) = Page::of_key(key) {
                go(page.start(untrack(|| live.service_of(&route.get()))));
            }
        }
    }
}
