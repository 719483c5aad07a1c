//! Notifications: who is told, and what became of it.
use crate::el::{El, div, el};
use crate::words;

/// The page.
pub fn notifications() -> El {
    div("page").child(el("h1").class("page-title").text(words::NOTIFICATIONS))
}
