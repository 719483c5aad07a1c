//! What a closed world is made of: the policy, the clock's strides, and how many faults it may see.
use std::time::Duration;

use failover_core::{Failover, Mutant, Policy, SiteId, SiteSet, State};

use super::action::Order;
use crate::property::Goals;

/// Something that may go wrong, or that somebody may do, a limited number of times. With every one
/// limited, the space is finite although time is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Fault {
    /// A site dies or comes back.
    Flip,
    /// A vantage begins to report something else than it sees, or ends it.
    Lie,
    /// A vantage falls silent, or speaks again.
    Mute,
    /// A vantage is cut off from everything and knows it, or is back.
    Isolate,
    /// A provider's API goes down.
    Outage,
    /// A provider refuses a write.
    Refuse,
    /// The answer to a write is lost; the write may or may not have happened.
    Lose,
    /// A write lands later, after its answer was given up.
    Late,
    /// A receipt comes a second time.
    Echo,
    /// Somebody else writes.
    Foreign,
    /// A watcher's process dies between two outputs.
    Crash,
    /// An operator commands something.
    Command,
    /// The lag of a site's database changes.
    Lag,
    /// A watcher's machine is suspended.
    Sleep,
    /// A watcher starts again with a clock that is behind.
    Backwards,
    /// The journal cannot be written for a while.
    Journal,
    /// Compute fails to stop or start a site.
    Compute,
    /// A watcher takes the lease.
    Lease,
}

/// Kinds of faults.
const KINDS: usize = Fault::Lease as usize + 1;

/// How many of each are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Left([u8; KINDS]);

impl Left {
    /// So many of each that is named, none of the others.
    pub fn of(limits: &[(Fault, u8)]) -> Self {
        let mut left = Self::default();
        for (fault, most) in limits {
            left.0[*fault as usize] = *most;
        }
        left
    }

    /// Whether there is one left.
    pub fn has(&self, fault: Fault) -> bool {
        self.0[fault as usize] > 0
    }

    /// One less.
    pub fn spend(&mut self, fault: Fault) {
        self.0[fault as usize] = self.0[fault as usize].saturating_sub(1);
    }
}

/// How the servers of the providers that check a precondition do so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Nobody may have written since the writer has read.
    #[default]
    Version,
    /// What is stored must be what the writer has read, whoever wrote it meanwhile.
    Content,
    /// Not at all: the fault of a provider that accepts any write.
    Nothing,
}

/// A closed world, before anything has happened in it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What is special about it, in a few words.
    pub name: &'static str,
    /// Tells setups of one scope apart in fingerprints.
    pub number: u64,
    /// The policy of the machines.
    pub policy: Policy,
    /// The bounds they are held to.
    pub goals: Goals,
    /// Watchers that share one journal, one or two.
    pub watchers: usize,
    /// Sites that serve at the beginning.
    pub alive: SiteSet,
    /// How far time may move at once, in milliseconds.
    pub strides: &'static [u16],
    /// Whether each vantage's round of reports is an action of its own.
    pub one_by_one: bool,
    /// What operators may command.
    pub orders: &'static [Order],
    /// What others may write in passing; the empty set stands for something foreign.
    pub foreign: &'static [SiteSet],
    /// Which sites may flip.
    pub flips: SiteSet,
    /// How preconditions are checked.
    pub guard: Guard,
    /// How many of each fault may happen.
    pub left: Left,
    /// Whether every step is taken by two copies and compared.
    pub twins: bool,
    /// Whether every state is followed, without faults, until all should be well.
    pub settle: bool,
    /// Longest time by which times in the past are told apart.
    pub horizon: Duration,
    /// The same for the monitor's bounds.
    pub patience: Duration,
    /// A seeded fault of the machine, for the gallery of mutants.
    pub mutant: Option<Mutant>,
}

impl Setup {
    /// A machine as it starts from a journal.
    pub(super) fn machine(&self, journal: &State) -> Failover {
        let machine = Failover::new(self.policy.clone(), journal.clone());
        match self.mutant {
            Some(mutant) => machine.mutated(mutant),
            None => machine,
        }
    }

    /// Whether the watchers share a lease.
    pub(super) fn leased(&self) -> bool {
        self.watchers > 1
    }

    /// All sites of the policy.
    pub(super) fn sites(&self) -> impl Iterator<Item = SiteId> + use<> {
        SiteSet::first(self.policy.spec().sites.len()).iter()
    }
}
