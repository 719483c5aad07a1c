//! Small pieces of text that change: a state, a moment, a sentence.
use super::icon::Shape;
use crate::live::Live;
use crate::model::{sentence::Piece, time, tone::Tone};
use crate::words;
use failover_core::Timestamp;
use leptos::prelude::*;

/// A state: shape, word and colour together.
#[component]
pub fn State(
    #[prop(into)] tone: Signal<Tone>,
    /// The word; by default the tone's own.
    #[prop(into, optional)]
    word: Option<Signal<String>>,
) -> impl IntoView {
    let text = move || word.map_or_else(|| tone.get().word().to_owned(), |word| word.get());
    view! {
        <span class=move || format!("state {}", tone.get().class())>
            <Shape tone=tone/>
            <span>{text}</span>
        </span>
    }
}

/// A moment: how long ago, with the absolute time as tooltip.
#[component]
pub fn Ago(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let live = expect_context::<Live>();
    let text = move || match time::between(at.get(), live.now()) {
        0..2000 => words::JUST_NOW.to_owned(),
        ms => words::ago(&time::span(ms)),
    };
    view! {
        <time title=move || time::utc(at.get()) datetime=move || time::machine(at.get())>{text}</time>
    }
}

/// A sentence with what matters in it.
#[component]
pub fn Sentence(#[prop(into)] pieces: Signal<Vec<Piece>>) -> impl IntoView {
    let piece = |piece: Piece| {
        if piece.strong {
            view! { <strong>{piece.text}</strong> }.into_any()
        } else {
            view! { <span>{piece.text}</span> }.into_any()
        }
    };
    move || pieces.get().into_iter().map(piece).collect_view()
}
