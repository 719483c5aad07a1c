//! The language: the browser's own, or the one that was chosen; remembered by the browser.
//!
//! `boot.js` loads the texts; this changes the choice and begins anew with the others.
use crate::el::El;
use crate::part::bar::icon_button;
use crate::words;
use leptos::prelude::*;

const KEY: &str = "schwenk-language";

/// The button that changes to the other language; it says so in that one.
pub fn language_button() -> El {
    let choose = |_| {
        // A browser that forbids storage keeps its own language.
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, &words::OTHER_LANGUAGE_CODE);
        }
        // Everything is said anew; the address, and with it the page, stays.
        let _ = window().location().reload();
    };
    icon_button()
        .attr("lang", words::OTHER_LANGUAGE_CODE)
        .attr("title", words::OTHER_LANGUAGE)
        .attr("aria-label", words::OTHER_LANGUAGE)
        .attr("data-test", "language")
        .on("click", choose)
        .text(words::OTHER_LANGUAGE_SHORT)
}
