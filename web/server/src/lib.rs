//! Schwenk's program: backend of the panel and command line.
#![forbid(unsafe_code)]

pub mod cli;
mod compose;
pub mod config;
pub mod demo;
pub mod http;
pub mod metrics;
pub mod serve;
mod words;

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
