//! What is going to happen, in order of time; what is due together happens as it was planned.
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use failover_core::{ProviderId, SiteId};

use super::call::{Fate, Reply};
use super::provider::Content;

/// Something that is going to happen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happens {
    /// A probe starts.
    Probe { row: u16 },
    /// It ends where it was started.
    Ended { row: u16, at: u64, ok: bool },
    /// Its report arrives at a watcher.
    Heard { watcher: u8, row: u16, at: u64, ok: bool },
    /// The anchors of a vantage were tried.
    Anchored { vantage: u8 },
    /// A watcher looks whether a tick is due.
    Wake { watcher: u8 },
    /// The journal has answered.
    Written { watcher: u8, life: u32 },
    /// The journal is tried again.
    Recover { watcher: u8, life: u32 },
    /// A request reaches a provider.
    Arrives { call: u32, fate: Fate },
    /// Its answer reaches the watcher.
    Replies { call: u32, reply: Reply },
    /// The watcher waits no longer.
    GivesUp { call: u32 },
    /// A provider is looked at.
    Patrol { watcher: u8, provider: ProviderId, token: u32 },
    /// The name servers are asked for a move.
    Verify { watcher: u8, provider: ProviderId, token: u32, pause: u32 },
    /// A name server has the new answer.
    Serves { provider: ProviderId, server: u8, version: u64, content: Content },
    /// A resolver asks again.
    Refetch { resolver: u16 },
    /// A watcher asks for the lease, or for more of it.
    Campaign { watcher: u8, life: u32 },
    /// A dead watcher is started, or a stopped one goes on.
    Returns { watcher: u8, life: u32 },
    /// Compute has stopped a site, or started one.
    Computed { watcher: u8, life: u32, site: SiteId, stop: bool },
    /// A second has passed.
    Passed,
}

struct Due {
    at: u64,
    number: u64,
    what: Happens,
}

/// The queue.
#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Due>,
    planned: u64,
}

impl Queue {
    pub(super) fn plan(&mut self, at: u64, what: Happens) {
        self.planned += 1;
        self.heap.push(Due { at, number: self.planned, what });
    }

    /// The next thing, if it is due by `end`.
    pub(super) fn next(&mut self, end: u64) -> Option<(u64, Happens)> {
        if self.heap.peek()?.at > end {
            return None;
        }
        self.heap.pop().map(|due| (due.at, due.what))
    }

    /// How much was ever planned.
    pub(super) fn planned(&self) -> u64 {
        self.planned
    }
}

impl Ord for Due {
    /// The earliest is the greatest, because a heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}
