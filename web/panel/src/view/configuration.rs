//! The configuration as it is in force.
use crate::el::{El, div, el};
use crate::words;

/// The page.
pub fn configuration() -> El {
    div("page").child(el("h1").class("page-title").text(words::CONFIGURATION))
}
