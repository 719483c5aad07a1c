//! The web panel.
