//! What Prometheus is told: everything the watcher has counted and what holds at this moment.
//!
//! The list of all metrics is in [`list`]; `docs/reference/metrics.md` is the same list for people,
//! and a test holds the two, and what is served, against each other.
mod calls;
mod counted;
pub mod list;
mod page;
mod paths;
mod state;

use failover_core::Snapshot;
use watcher::figures::Figures;

pub use calls::{Calls, Observed};
use page::Page;

/// The content type of [`render`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All that can be seen of a running program.
#[derive(Debug)]
pub struct Seen<'a> {
    /// What holds.
    pub snapshot: &'a Snapshot,
    /// What the watcher has counted.
    pub figures: &'a Figures,
    /// What was asked of the providers.
    pub calls: &'a Calls,
    /// Open live streams.
    pub listeners: usize,
}

/// All metrics in Prometheus' text format.
pub fn render(seen: &Seen<'_>) -> Result<String, String> {
    let mut page = Page::default();
    state::program(&mut page, seen);
    for service in &seen.snapshot.services {
        state::service(&mut page, service);
        paths::service(&mut page, service);
    }
    for service in &seen.figures.services {
        counted::service(&mut page, service, &seen.snapshot.vantage);
    }
    counted::watcher(&mut page, seen.figures);
    calls::all(&mut page, seen.calls);
    page.text()
}
