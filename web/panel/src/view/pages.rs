//! Which view an address opens.
use super::activity::activity;
use super::later::{
    later_configuration, later_locations, later_notifications, later_records, later_simulator,
};
use super::overview::overview;
use super::service::service;
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
        Route::Locations => later_locations(route),
        Route::Records { .. } => later_records(route),
        Route::Simulator { .. } => later_simulator(route),
        Route::Notifications => later_notifications(route),
        Route::Configuration => later_configuration(route),
    })
}
