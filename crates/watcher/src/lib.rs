//! Drives the decision: probes, providers, journal, verification. Embeddable, without an HTTP server.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod anchors;
mod builder;
mod clock;
mod driver;
mod error;
mod handle;
mod journal;
mod notify;
mod observe;
mod options;
mod probe;
mod publish;
#[cfg(test)]
mod sample;
mod setup;
mod spec;
mod translate;
mod zone;

pub use builder::{Watcher, WatcherBuilder};
pub use error::{BuildError, CommandError, JournalError, RunError};
pub use handle::{Handle, ProviderDiff, Updates};
pub use notify::{LogNotifier, Notifier};
pub use options::{Checkpoint, Options};
pub use spec::{ProviderSpec, ServiceSpec, SiteSpec, ZoneRef};
