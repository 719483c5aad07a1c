//! The few icons, as inline SVG.
use crate::el::{El, el};
use crate::model::tone::Tone;

fn svg(class: &'static str, size: &'static str) -> El {
    el("svg").class(class).attr("viewBox", size).attr("aria-hidden", "true")
}

fn path(class: &'static str, d: &'static str) -> El {
    el("path").class(class).attr("d", d)
}

/// The product's mark: an arm that swings from one place to another.
pub fn mark() -> El {
    svg("mark", "0 0 24 24")
        .child(path("mark-old", "M12 20 5 8"))
        .child(path("mark-arc", "M7 4.9A16 16 0 0 1 15 4.6"))
        .child(path("mark-arm", "M12 20 19 8M19.4 13.1 19 8 14.4 10.2"))
        .child(path("mark-pivot", "M12 17.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 1 0 0-4.8z"))
}

/// A state's shape: told apart without colour.
pub fn shape(tone: impl Fn() -> Tone + Clone + Send + 'static) -> El {
    let drawn = tone.clone();
    el("svg")
        .class_fn(move || format!("shape {}", tone().class()))
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true")
        .child(el("path").attr_fn("d", move || Some(outline(drawn()).to_owned())))
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
pub fn glyph(icon: Icon) -> El {
    svg("glyph", "0 0 16 16").child(el("path").attr("d", icon.path()))
}

/// One that changes.
pub fn glyph_fn(icon: impl Fn() -> Icon + Send + 'static) -> El {
    let d = move || Some(icon().path().to_owned());
    svg("glyph", "0 0 16 16").child(el("path").attr_fn("d", d))
}
