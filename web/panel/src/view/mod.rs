//! The pages.
pub mod activity;
pub mod configuration;
pub mod keys;
pub mod language;
mod later;
pub mod locations;
pub mod login;
pub mod notifications;
pub mod overview;
pub mod pages;
pub mod records;
pub mod service;
pub mod shell;
pub mod simulator;
pub mod theme;
pub mod voice;
