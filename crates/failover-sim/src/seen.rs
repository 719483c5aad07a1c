//! What a monitor is shown: everything that passes between machines and their world, in order.
use failover_core::{
    AttemptId, Event, Failover, Input, MoveId, Output, ProviderId, SiteSet, Timestamp,
};

/// One thing that happened in a world, simulated or explored.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Seen<'a> {
    /// A watcher's machine was given a fact. Shown after the step and before its outputs are
    /// carried out.
    Stepped {
        /// Which watcher, counted from 0.
        watcher: usize,
        /// The moment by this watcher's clock.
        now: Timestamp,
        /// The fact.
        input: &'a Input,
        /// What the machine said.
        outputs: &'a [Output],
        /// The machine after the step.
        machine: &'a Failover,
    },
    /// An event has become durable in the journal (shared by all watchers).
    Recorded {
        /// Whose step it comes from.
        watcher: usize,
        /// The moment it is recorded with.
        at: Timestamp,
        /// The event.
        event: &'a Event,
    },
    /// A write has left a watcher for a provider.
    Sent {
        /// Whose.
        watcher: usize,
        /// Under which lease; 0 for a single watcher.
        epoch: u64,
        /// Where to.
        provider: ProviderId,
        /// The move.
        id: MoveId,
        /// The attempt.
        attempt: AttemptId,
        /// The answer.
        sites: SiteSet,
    },
    /// A write has changed what a provider stores. [`Truth::stored`] shows it already.
    Landed {
        /// Where.
        provider: ProviderId,
        /// The move it belongs to.
        id: MoveId,
        /// The answer stored now.
        sites: SiteSet,
        /// What was stored before.
        before: Stored,
    },
    /// Somebody else has changed what a provider stores.
    Foreign {
        /// Where.
        provider: ProviderId,
    },
    /// A watcher's process has died; what was not recorded is lost.
    Crashed {
        /// Which.
        watcher: usize,
    },
    /// A watcher has built its machine from the journal.
    Restarted {
        /// Which.
        watcher: usize,
        /// The new machine.
        machine: &'a Failover,
        /// The moment.
        now: Timestamp,
    },
    /// Time has passed and nothing else is shown for this moment.
    Passed {
        /// The moment by true time.
        now: Timestamp,
    },
}

/// What one provider stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stored {
    /// The sites whose targets are stored; empty: nothing, or something foreign.
    pub sites: SiteSet,
    /// The generation of the write that stored it; 0: before the first move, or foreign.
    pub generation: MoveId,
}

/// How the world really is, which no watcher can see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Truth {
    /// True time.
    pub now: Timestamp,
    /// The sites that serve.
    pub alive: SiteSet,
    /// The sites that serve some and fail others. Neither alive nor dead: to stay and to leave are
    /// both right.
    pub partly: SiteSet,
    /// Vantages whose reports are true and arrive, one bit each.
    pub honest: u64,
    /// What each provider stores.
    pub stored: Vec<Stored>,
    /// Whether each provider's API can be reached and works.
    pub reachable: Vec<bool>,
}
