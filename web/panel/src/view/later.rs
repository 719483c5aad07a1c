//! Pages that are downloaded when they are first opened, and what only the demo needs.
//!
//! Each function marked `wasm_split` is cut out of the panel's module, with everything that only it
//! needs, into a file of its own (`web/panel-dist` does it). Until that file is there the page says
//! so, and if it cannot be had the page offers to try again.
#![allow(unsafe_code, reason = "the macro names its functions for the linker")]

use super::activity::activity;
use super::configuration::configuration;
use super::locations::locations;
use super::notifications::notifications;
use super::records::records;
use super::service::service;
use super::simulator::simulator;
use crate::el::{El, div, dynamic, el, nothing};
use crate::kept::Slot;
use crate::model::route::Route;
use crate::part::drawer::drawer;
use crate::words;
use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use std::pin::Pin;

/// What became of a page's file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum File {
    Asked,
    Missing,
    Here,
}

type Asking = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;
type Opening = Pin<Box<dyn Future<Output = Result<El, SplitLoaderError>>>>;

/// A page for each function: how its file is asked for, and how the page is built once it is there.
macro_rules! later {
    ($($name:ident, $part:ident, $ask:ident, $page:expr;)*) => {$(
        /// The page, whose file is fetched first.
        pub fn $name(route: Slot<Route>) -> AnyView {
            #[wasm_split($name, wasm_split_path = ::leptos::wasm_split, preload($ask), fallible)]
            fn $part(route: Slot<Route>) -> Result<El, SplitLoaderError> {
                Ok(($page)(route))
            }
            arriving(|| Box::pin($ask()), move || Box::pin($part(route)))
        }
    )*};
}

later! {
    later_drawer, part_drawer, ask_drawer, |_: Slot<Route>| drawer();
    later_activity, part_activity, ask_activity, activity;
    later_service, part_service, ask_service, of_service;
    later_configuration, part_configuration, ask_configuration, |_: Slot<Route>| configuration();
    later_locations, part_locations, ask_locations, |_: Slot<Route>| locations();
    later_notifications, part_notifications, ask_notifications, |_: Slot<Route>| notifications();
    later_records, part_records, ask_records, records;
    later_simulator, part_simulator, ask_simulator, simulator;
}

/// The page of the service that the address names; another name is another page.
fn of_service(route: Slot<Route>) -> El {
    match route.get_untracked() {
        Route::Service(name) => service(name),
        _ => div("page"),
    }
}

/// A page whose file is on its way. Once it is there the page is built within the view, so that it
/// finds what the panel provides and is cleaned up with it.
fn arriving(ask: fn() -> Asking, open: impl Fn() -> Opening + Send + 'static) -> AnyView {
    let file = Slot::new(File::Asked);
    fetch(ask, file);
    dynamic(move || match file.get() {
        File::Asked => el("p").class("facts").text(words::FETCHING_PAGE).into(),
        File::Missing => missing(ask, file).into(),
        // Its file is there, so it is ready at once.
        File::Here => match open().now_or_never() {
            Some(Ok(page)) => page.into(),
            _ => nothing(),
        },
    })
}

fn fetch(ask: fn() -> Asking, file: Slot<File>) {
    file.set(File::Asked);
    spawn_local(async move {
        file.set(if ask().await.is_ok() { File::Here } else { File::Missing });
    });
}

fn missing(ask: fn() -> Asking, file: Slot<File>) -> El {
    let again = el("button")
        .class("button")
        .attr("type", "button")
        .on("click", move |_| fetch(ask, file))
        .text(words::TRY_AGAIN);
    div("page")
        .child(el("p").class("banner").attr("role", "alert").text(words::PAGE_MISSING))
        .child(el("p").child(again))
}
