//! The few icons, as inline SVG.
use crate::model::tone::Tone;
use leptos::prelude::*;

/// The product's mark: an arm that swings from one place to another.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
            <path class="mark-arc" d="M4.5 13.5A8.5 8.5 0 0 1 19.5 13.5"></path>
            <path class="mark-arm" d="M12 20 18.2 10.6M18.6 14.9 19.7 13.6 18.2 10.6"></path>
            <circle class="mark-old" cx="4.5" cy="15.5" r="2"></circle>
            <circle class="mark-pivot" cx="12" cy="20" r="2"></circle>
        </svg>
    }
}

/// A state's shape: told apart without colour.
#[component]
pub fn Shape(#[prop(into)] tone: Signal<Tone>) -> impl IntoView {
    view! {
        <svg class=move || format!("shape {}", tone.get().class()) viewBox="0 0 16 16" aria-hidden="true">
            <path d=move || outline(tone.get())></path>
        </svg>
    }
}

fn outline(tone: Tone) -> &'static str {
    match tone {
        Tone::Up => "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z",
        Tone::Warn => "M8 1.5 15 14H1z",
        Tone::Down => "M2.5 2.5h11v11h-11z",
        Tone::Unknown => {
            "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zm0 2.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 1 1 0-7.6z"
        }
        Tone::Maint => "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z",
    }
}

/// A picture on a button; the button has the words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Auto,
    Light,
    Dark,
    Leave,
    Bolt,
    Close,
    Next,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Auto => "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 1 1 0 11",
            Self::Light => {
                "M8 5a3 3 0 1 0 0 6 3 3 0 1 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 \
                 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13"
            }
            Self::Dark => "M13 9.8A5.5 5.5 0 1 1 6.2 3 4.4 4.4 0 0 0 13 9.8z",
            Self::Leave => "M6 2.5H3v11h3M7 8h7M11 5l3 3-3 3",
            Self::Bolt => "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
            Self::Close => "M3.5 3.5l9 9M12.5 3.5l-9 9",
            Self::Next => "M6 3l5 5-5 5",
        }
    }
}

/// An icon in the colour of the text around it.
#[component]
pub fn Glyph(#[prop(into)] icon: Signal<Icon>) -> impl IntoView {
    view! {
        <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
            <path d=move || icon.get().path() class:filled=move || icon.get() == Icon::Auto></path>
        </svg>
    }
}
