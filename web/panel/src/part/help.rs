//! What the keys do.
use super::asked::Asked;
use super::command::button;
use super::dialog::dialog;
use crate::el::{El, div, el};
use crate::model::route::Page;
use crate::words;
use leptos::prelude::*;

/// The dialog; opened by `?`.
pub fn help() -> El {
    let open = expect_context::<Asked>().help;
    let body = move || {
        let pages = Page::ALL.into_iter().zip(1..);
        let pages = pages.map(|(page, key)| (key.to_string(), words::page(page)));
        let others = words::KEY_HELP.into_iter().map(|(key, text)| (key.to_owned(), text));
        let keys = pages.chain(others).fold(el("dl").class("keys"), |keys, (key, text)| {
            keys.child(el("dt").child(el("kbd").text(key))).child(el("dd").text(text))
        });
        let close = button("button")
            .attr("autofocus", "")
            .on("click", move |_| open.set(false))
            .text(words::CLOSE);
        el("div").child(keys).child(div("dialog-end").child(close))
    };
    let title = || words::KEYS.to_owned();
    dialog(move || open.get(), move || open.set(false), title, || false, body)
}
