//! The language: the browser's own, or one that was chosen; remembered by the browser.
//!
//! `boot.js` loads the texts; this changes the choice and begins anew with the others.
use crate::el::{El, div, el};
use crate::part::bar::icon_button;
use crate::words;
use leptos::prelude::*;

const KEY: &str = "schwenk-language";

/// The button that opens the choice. The browser itself opens it and closes it again.
pub fn language_button() -> El {
    let button = icon_button()
        .attr("popovertarget", "languages")
        .attr("title", words::LANGUAGE_NOW)
        .attr("aria-label", words::LANGUAGE_NOW)
        .attr("data-test", "language")
        .text(words::LANGUAGE);
    let choices = div("languages").attr("id", "languages").attr("popover", "").children([
        choice(None, words::LANGUAGE_AUTO).attr("data-test", "language-auto"),
        choice(Some("en"), words::ENGLISH).attr("lang", "en").attr("data-test", "language-en"),
        choice(Some("de"), words::GERMAN).attr("lang", "de").attr("data-test", "language-de"),
    ]);
    div("language").child(button).child(choices)
}

fn choice(code: Option<&'static str>, name: words::text::Word) -> El {
    let storage = || window().local_storage().ok().flatten();
    let chosen = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    let choose = move |_| {
        // A browser that forbids storage keeps its own language.
        if let Some(storage) = storage() {
            let _ = match code {
                Some(code) => storage.set_item(KEY, code),
                None => storage.remove_item(KEY),
            };
        }
        // Everything is said anew; the address, and with it the page, stays.
        let _ = window().location().reload();
    };
    el("button")
        .attr("type", "button")
        .attr("aria-pressed", (chosen.as_deref() == code).to_string())
        .on("click", choose)
        .text(name)
}
