//! Where the panel starts.
use crate::el::{dynamic, el};
use crate::kept::Kept;
use crate::live::{Live, Who};
use crate::view::login::login;
use crate::view::shell::shell;
use crate::view::theme::ThemeChoice;
use crate::words;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by `boot.js` once the module and the texts of the language are loaded.
#[wasm_bindgen]
pub fn start(texts: String) {
    // A release build has no room for it, and no console that anybody reads.
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    words::text::learn(texts.leak());
    if let Some(waiting) = document().get_element_by_id("loading") {
        waiting.remove();
    }
    mount_to_body(app);
}

fn app() -> AnyView {
    let live = Live::start();
    provide_context(live);
    provide_context(ThemeChoice::remembered());
    let somebody = Kept::new(move || {
        live.who.with(|who| match who {
            Who::Asking => None,
            Who::Nobody => Some(false),
            Who::Somebody(_) => Some(true),
        })
    });
    dynamic(move || match somebody.get() {
        None => el("p").class("facts loading").text(words::WAITING).into(),
        Some(false) => login().into(),
        Some(true) => shell().into(),
    })
}
