//! Schwenk's program: backend of the panel and command line.
#![forbid(unsafe_code)]

pub mod cli;
mod compose;
pub mod config;
pub mod demo;
pub mod heartbeat;
pub mod http;
pub mod metrics;
pub mod places;
pub mod records;
pub mod serve;
mod systemd;
pub mod telling;
mod words;

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
