//! The simulator: the decision in a simulated world.
use crate::el::{El, div, dynamic, nothing};
use crate::kept::{Kept, Slot};
use crate::model::route::Route;
use crate::simulator::page;

/// The page; its query says what of it is shown.
pub fn simulator(route: Slot<Route>) -> El {
    let query = Kept::new(move || match route.get() {
        Route::Simulator { query } => Some(query),
        _ => None,
    });
    div("page").child(dynamic(move || match query.get() {
        Some(query) => page::simulator(&query).into(),
        None => nothing(),
    }))
}
