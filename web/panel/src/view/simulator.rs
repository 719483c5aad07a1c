//! The simulator: the decision in a simulated world.
use crate::el::{El, div, el};
use crate::kept::Slot;
use crate::model::route::Route;
use crate::words;

/// The page; its query says what of it is shown.
pub fn simulator(_route: Slot<Route>) -> El {
    div("page").child(el("h1").class("page-title").text(words::SIMULATOR))
}
