//! Small pieces of text that change: a state, a moment, a sentence.
use super::icon::shape;
use crate::el::{El, dynamic, el, span};
use crate::kept::Kept;
use crate::live::Live;
use crate::model::{sentence::Piece, time, tone::Tone};
use crate::words;
use failover_core::Timestamp;
use leptos::prelude::*;

/// A state: shape, word and colour together.
pub fn state(
    tone: impl Fn() -> Tone + Clone + Send + 'static,
    word: impl Fn() -> String + Send + 'static,
) -> El {
    let class = tone.clone();
    el("span")
        .class_fn(move || format!("state {}", class().class()))
        .child(shape(tone))
        .child(span("").text_fn(word))
}

/// A state that never changes.
pub fn fixed_state(tone: Tone, word: String) -> El {
    span("state").child(shape(move || tone)).child(span("").text(word))
}

/// What the server has said: in the language of the page where there are words for it, else in
/// English and marked as such.
pub fn told(frame: El, said: Option<String>, english: String) -> El {
    match said {
        Some(text) => frame.text(text),
        None => self::english(frame).text(english),
    }
}

/// Marks what is in it as English, where the page is not.
pub fn english(frame: El) -> El {
    if *words::LANGUAGE == *"en" { frame } else { frame.attr("lang", "en") }
}

/// A moment: how long ago, with the absolute time as tooltip.
pub fn ago(at: impl Fn() -> Timestamp + Copy + Send + 'static) -> El {
    let live = expect_context::<Live>();
    let text = move || match time::between(at(), live.now()) {
        0..2000 => words::JUST_NOW.to_owned(),
        ms => words::ago(&time::span(ms)),
    };
    el("time")
        .attr_fn("title", move || Some(time::utc(at())))
        .attr_fn("datetime", move || Some(time::machine(at())))
        .text_fn(text)
}

/// A sentence with what matters in it, inside `frame`.
pub fn sentence(frame: El, pieces: impl Fn() -> Vec<Piece> + Send + Sync + 'static) -> El {
    let pieces = Kept::new(pieces);
    let piece = |piece: Piece| {
        let tag = if piece.strong { "strong" } else { "span" };
        el(tag).text(piece.text)
    };
    // One element around all pieces: they are replaced together.
    frame.child(dynamic(move || span("").children(pieces.get().into_iter().map(piece)).into()))
}
