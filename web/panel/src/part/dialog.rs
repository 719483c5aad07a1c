//! The browser's own dialog: it keeps the focus, closes on Esc and gives the focus back.
use crate::el::{El, Place, effect, el, show};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// A dialog that is there while `open`; `closed` is called when it was closed by any way.
pub fn dialog(
    open: impl Fn() -> bool + Copy + Send + Sync + 'static,
    closed: impl Fn() + Send + 'static,
    title: impl Fn() -> String + Copy + Send + Sync + 'static,
    danger: impl Fn() -> bool + Send + 'static,
    content: impl Fn() -> El + Send + 'static,
) -> El {
    let place = Place::new();
    effect(move || {
        let Some(element) = place.get() else { return };
        let dialog: &HtmlDialogElement = element.unchecked_ref();
        match (open(), dialog.open()) {
            // It can only fail for a dialog that is not in the page any more.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    el("dialog")
        .class("dialog")
        .place(place)
        .toggle("danger", danger)
        .attr_fn("aria-label", move || Some(title()))
        .on("close", move |_| closed())
        .child(show(open, move || el("div").child(el("h2").text_fn(title)).child(content())))
}
