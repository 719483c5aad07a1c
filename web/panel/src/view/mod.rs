//! The pages.
pub mod activity;
pub mod login;
pub mod overview;
pub mod service;
pub mod shell;
pub mod theme;
