//! Which view an address opens.
use super::later::{
    later_activity, later_configuration, later_locations, later_notifications, later_records,
    later_service, later_simulator,
};
use super::overview::overview;
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
        Route::Service(_) => later_service(route),
        Route::Activity { .. } => later_activity(route),
        Route::Locations => later_locations(route),
        Route::Records { .. } => later_records(route),
        Route::Simulator { .. } => later_simulator(route),
        Route::Notifications => later_notifications(route),
        Route::Configuration => later_configuration(route),
    })
}
