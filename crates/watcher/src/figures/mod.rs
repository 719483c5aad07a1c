//! What a watcher has counted since it was started: plain numbers, for whoever exports them.
//!
//! Names that stand in maps are the words of the API, so that there are as many as the vocabulary
//! has, and no more.
mod counts;
mod follow;
mod histogram;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use failover_core::{Severity, Timestamp};

pub(crate) use counts::Counts;
pub use histogram::Histogram;

/// All that was counted. What holds at this moment is in the
/// [`Snapshot`](failover_core::Snapshot) instead.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Figures {
    /// The services, in the order they were given.
    pub services: Vec<ServiceFigures>,
    /// The journal.
    pub journal: JournalFigures,
    /// What was handed to the notifier.
    pub notifications: BTreeMap<(Severity, Told), u64>,
    /// Probes that were not looked at because the watcher was too far behind.
    pub probes_dropped: u64,
}

/// What became of something people were to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Told {
    /// The notifier has taken it.
    Handed,
    /// The notifier took too long.
    TimedOut,
    /// Too much was waiting already.
    Dropped,
}

/// What was counted of one service.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServiceFigures {
    /// Its name.
    pub service: String,
    /// Its rows of probes.
    pub probes: Vec<ProbeFigures>,
    /// Events by severity and kind.
    pub events: BTreeMap<(Severity, String), u64>,
    /// Moves by kind and by what became of them.
    pub moves: BTreeMap<(String, MoveStage), u64>,
    /// From the decision to the end of moves that were completed, in seconds.
    pub move_seconds: Histogram,
    /// What attempts to publish came to: by provider and outcome.
    pub attempts: BTreeMap<(String, String), u64>,
    /// From the acceptance by a provider until all its name servers answered so, in seconds.
    pub propagation_seconds: BTreeMap<String, Histogram>,
    /// Commands that were obeyed, and that were refused.
    pub commands: [u64; 2],
    /// Times the watcher noticed that it had been asleep.
    pub gaps: Gaps,
    /// Whether this watcher acts for the service.
    pub leadership: Leadership,
}

/// One row of probes: a check of a site at one address family.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProbeFigures {
    /// The site's name.
    pub site: String,
    /// The check's name.
    pub check: String,
    /// `ipv4` or `ipv6`.
    pub family: &'static str,
    /// By what came of them: `ok`, or the kind of problem.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// How long those took that got an answer, in seconds.
    pub seconds: Histogram,
}

/// How far a move has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MoveStage {
    /// It was decided.
    Started,
    /// Enough providers have it.
    Completed,
    /// It was given up.
    Abandoned,
}

/// Times in which the watcher did nothing for longer than its policy allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gaps {
    /// How often.
    pub count: u64,
    /// How long altogether.
    pub total: Duration,
    /// When the latest one ended, and how long it was.
    pub latest: Option<(Timestamp, Duration)>,
}

/// Whether a watcher leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leadership {
    /// A watcher that is alone always does.
    pub leads: bool,
    /// The highest epoch heard of; 0 without any.
    pub epoch: u64,
}

/// What was counted of the journal, and how it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct JournalFigures {
    /// Transactions that are on the disk.
    pub commits: u64,
    /// Transactions that failed.
    pub failures: u64,
    /// How long the successful ones took, in seconds.
    pub commit_seconds: Histogram,
    /// Whether it can be written.
    pub writable: bool,
    /// Events that wait for the disk.
    pub backlog: u64,
    /// Events that were given up because too many waited.
    pub lost: u64,
    /// How long the write under way has taken so far.
    pub pending: Option<Duration>,
    /// How often facts for a replay were given up.
    pub facts_lost: u64,
    /// The size of its files, if they could be looked at.
    pub bytes: Option<u64>,
}
