//! A promise that was not kept.
use super::Property;
use std::fmt;

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub property: Property,
    /// What happened instead, for people; empty without the feature `explained`.
    pub text: String,
}

/// Whether a promise was kept.
pub(super) type Kept = Result<(), Broken>;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.property.id(), self.property.name(), self.text)
    }
}

impl std::error::Error for Broken {}

/// Fails with `property` unless `kept`; the text is only made then.
pub(super) fn ensure(kept: bool, property: Property, text: impl FnOnce() -> String) -> Kept {
    if kept { Ok(()) } else { broken(property, text) }
}

/// Fails with `property`; the text is only made where somebody will read it.
pub(super) fn broken(property: Property, text: impl FnOnce() -> String) -> Kept {
    let text = if cfg!(feature = "explained") { text() } else { String::new() };
    Err(Broken { property, text })
}
