//! Locations: servers and networks of both clouds.
use crate::el::{El, div, el};
use crate::words;

/// The page.
pub fn locations() -> El {
    div("page").child(el("h1").class("page-title").text(words::LOCATIONS))
}
