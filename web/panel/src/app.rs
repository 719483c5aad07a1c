//! Where the panel starts.
use crate::live::{Live, Who};
use crate::view::login::Login;
use crate::view::shell::Shell;
use crate::view::theme::ThemeChoice;
use crate::words;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the browser once the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    if let Some(waiting) = document().get_element_by_id("loading") {
        waiting.remove();
    }
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let live = Live::start();
    provide_context(live);
    provide_context(ThemeChoice::remembered());
    let stage = Memo::new(move |_| {
        live.who.with(|who| match who {
            Who::Asking => 0,
            Who::Nobody => 1,
            Who::Somebody(_) => 2,
        })
    });
    move || match stage.get() {
        0 => view! { <p class="facts loading">{words::WAITING}</p> }.into_any(),
        1 => view! { <Login/> }.into_any(),
        _ => view! { <Shell/> }.into_any(),
    }
}
