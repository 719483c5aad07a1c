//! Records: what the providers publish, side by side.
use crate::el::{El, div, el};
use crate::kept::Slot;
use crate::model::route::Route;
use crate::words;

/// The page; its query says what of it is shown.
pub fn records(_route: Slot<Route>) -> El {
    div("page").child(el("h1").class("page-title").text(words::RECORDS))
}
