//! Light, dark, or as the system has it; remembered by the browser.
//!
//! `boot.js` sets the remembered theme before the first paint; this takes over from there.
use crate::kept::Slot;
use leptos::prelude::*;
use web_sys::Storage;

const KEY: &str = "schwenk-theme";

/// The theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Auto,
    Light,
    Dark,
}

impl Theme {
    fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

/// The theme that was chosen; a context.
#[derive(Clone, Copy)]
pub struct ThemeChoice(Slot<Theme>);

impl ThemeChoice {
    /// What was chosen last time.
    pub fn remembered() -> Self {
        let known = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        Self(Slot::new(match known.as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::Auto,
        }))
    }

    /// The present one.
    pub fn get(self) -> Theme {
        self.0.get()
    }

    /// The next one.
    pub fn turn(self) {
        let next = self.0.get_untracked().next();
        self.0.set(next);
        let (page, attribute) = (document().document_element(), next.attribute());
        // A browser that forbids storage forgets the choice with the page, no more.
        match (page, attribute) {
            (Some(page), Some(name)) => {
                let _ = page.set_attribute("data-theme", name);
                let _ = storage().map(|storage| storage.set_item(KEY, name));
            }
            (Some(page), None) => {
                let _ = page.remove_attribute("data-theme");
                let _ = storage().map(|storage| storage.remove_item(KEY));
            }
            (None, _) => {}
        }
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
