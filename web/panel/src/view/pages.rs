//! Which view an address opens.
use super::activity::activity;
use super::configuration::configuration;
use super::locations::locations;
use super::notifications::notifications;
use super::overview::overview;
use super::records::records;
use super::service::service;
use super::simulator::simulator;
use crate::el::{dynamic, el};
use crate::kept::{Kept, Slot};
use crate::live::Live;
use crate::model::route::Route;
use crate::words;
use leptos::prelude::*;

/// The view of `route`. It is built anew when another view is opened, not when its query changes.
pub fn page(live: Live, route: Slot<Route>) -> AnyView {
    let known = Kept::new(move || live.snapshot.with(Option::is_some));
    let view = Kept::new(move || route.with(Route::view));
    dynamic(move || match view.get() {
        _ if !known.get() => el("p").class("facts").text(words::WAITING).into(),
        Route::Overview => overview().into(),
        Route::Service(name) => service(name).into(),
        Route::Activity { .. } => activity(route).into(),
        Route::Locations => locations().into(),
        Route::Records { .. } => records(route).into(),
        Route::Simulator { .. } => simulator(route).into(),
        Route::Notifications => notifications().into(),
        Route::Configuration => configuration().into(),
    })
}
