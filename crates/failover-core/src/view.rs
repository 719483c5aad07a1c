//! What people and programs are shown of a machine: computed here, shown elsewhere.
use crate::command::Actor;
use crate::event::MoveKind;
use crate::id::{AttemptId, MoveId, SiteId, SiteSet};
use crate::input::Answer;
use crate::machine::Why;
use crate::time::Timestamp;

/// What is believed of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// It serves.
    Up,
    /// It does not serve.
    Down,
    /// Nobody knows.
    #[default]
    Unknown,
}

/// Whether automation may act.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "mode", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mode {
    /// It may.
    Armed {
        /// By whom.
        who: Actor,
        /// Since when.
        since: Timestamp,
    },
    /// It may not.
    Disarmed {
        /// By whom.
        who: Actor,
        /// Since when.
        since: Timestamp,
        /// Until when; `None` only when the circuit breaker tripped.
        until: Option<Timestamp>,
    },
}

/// One check of one site from one vantage: the counters as they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CheckView {
    /// The check's name.
    pub name: String,
    /// What its counters say.
    pub verdict: Verdict,
    /// Failures counted towards *down*.
    pub failures: u8,
    /// Failures needed.
    pub fall: u8,
    /// Successes counted towards *up*.
    pub successes: u8,
    /// Successes needed.
    pub rise: u8,
    /// When the latest probe was started.
    pub reported: Option<Timestamp>,
}

/// What one vantage says of one site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct VoteView {
    /// The vantage's name.
    pub vantage: String,
    /// Its vote; `Unknown` when stale or isolated.
    pub verdict: Verdict,
    /// Since when it says so.
    pub since: Timestamp,
    /// Its report is older than the policy allows.
    pub stale: bool,
    /// It does not trust itself.
    pub isolated: bool,
    /// Its checks.
    pub checks: Vec<CheckView>,
}

/// One site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SiteView {
    /// Its name.
    pub name: String,
    /// What the quorum believes.
    pub verdict: Verdict,
    /// Since when.
    pub since: Timestamp,
    /// Whether the desired answer contains it.
    pub active: bool,
    /// Until when a human took it out of the choice, and who.
    pub maintenance: Option<(Timestamp, Actor)>,
    /// Votes for up, down, unknown.
    pub tally: [u8; 3],
    /// Lag of its database in milliseconds, if watched and known.
    pub lag_ms: Option<u64>,
    /// The votes.
    pub votes: Vec<VoteView>,
}

/// How far a move has come at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "step", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ProviderStep {
    /// It publishes the desired answer and all its name servers say so.
    Settled,
    /// It waits for its turn (fence, standby).
    Waiting,
    /// An attempt runs.
    Publishing {
        /// Which.
        attempt: AttemptId,
        /// Since when.
        since: Timestamp,
    },
    /// The outcome of an attempt is unknown; it is being read back.
    ReadingBack {
        /// Since when.
        since: Timestamp,
    },
    /// Accepted; not all name servers answer it yet.
    Accepted {
        /// Since when.
        since: Timestamp,
    },
    /// An attempt failed; it is tried again.
    Failed {
        /// Why.
        message: String,
        /// When it is tried again.
        retry_at: Timestamp,
        /// How many attempts have failed in a row.
        failures: u32,
    },
}

/// One provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProviderView {
    /// Its name.
    pub name: String,
    /// How far it is with the desired answer.
    pub step: ProviderStep,
    /// The generation it is known to have accepted.
    pub accepted: MoveId,
    /// What it says that was not published, if anything, and since when.
    pub drift: Option<(Answer, Timestamp)>,
}

/// A move.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MoveView {
    /// Its number.
    pub id: MoveId,
    /// Why.
    pub reason: MoveKind,
    /// The answer before.
    pub from: SiteSet,
    /// The answer after.
    pub to: SiteSet,
    /// Who decided.
    pub who: Actor,
    /// When it was decided.
    pub since: Timestamp,
    /// When it was complete.
    pub completed: Option<Timestamp>,
}

/// Something that stands against a move that would otherwise be made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "blocker", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Blocker {
    /// The service is disarmed.
    Disarmed,
    /// It is latched.
    Latched {
        /// Until when by itself.
        until: Option<Timestamp>,
    },
    /// The last move is too recent.
    HoldDown {
        /// Until when.
        until: Timestamp,
    },
    /// Too many moves within the window.
    Budget {
        /// When the next one is allowed.
        until: Timestamp,
    },
    /// Not enough vantages say that the active site is down.
    NoQuorum {
        /// How many say so.
        have: u8,
        /// How many must.
        need: u8,
    },
    /// No other site is known to be up.
    NoCandidate,
    /// The candidate has not been up for long enough.
    CandidateTooFresh {
        /// Which.
        site: SiteId,
        /// When it will have been.
        until: Timestamp,
    },
    /// The candidate is in maintenance.
    InMaintenance {
        /// Which.
        site: SiteId,
    },
    /// The candidate's database lags too far, or nobody knows how far.
    Lag {
        /// Which.
        site: SiteId,
    },
    /// A move is open.
    MoveOpen {
        /// Which.
        id: MoveId,
    },
    /// This watcher does not lead.
    NotLeader,
    /// The journal cannot be written.
    NoJournal,
    /// The candidate begins to fail, too: the watcher itself may be cut off.
    SelfDistrust,
    /// This watcher was asleep and looks again first.
    JustWoken {
        /// Until when.
        until: Timestamp,
    },
    /// The cold standby is being started.
    StandbyStarting {
        /// Which.
        site: SiteId,
    },
    /// Nothing is known of what the providers publish yet.
    NotAdopted,
}

/// What the machine would do next, and what stands against it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Next {
    /// The answer it would publish if nothing stood against it; `None`: it wants no change.
    pub wants: Option<SiteSet>,
    /// Why it would.
    pub reason: Option<MoveKind>,
    /// What stands against it.
    pub blockers: Vec<Blocker>,
    /// When it will look again at the latest, and why.
    pub deadline: Option<(Timestamp, Why)>,
}

/// A machine at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct View {
    /// The service's name.
    pub service: String,
    /// The moment.
    pub now: Timestamp,
    /// Whether automation may act.
    pub mode: Mode,
    /// Latched since when, and until when by itself.
    pub latched: Option<(Timestamp, Option<Timestamp>)>,
    /// What shall be published.
    pub desired: SiteSet,
    /// The generation of `desired`.
    pub generation: MoveId,
    /// Since when it is desired.
    pub since: Timestamp,
    /// The sites.
    pub sites: Vec<SiteView>,
    /// The providers.
    pub providers: Vec<ProviderView>,
    /// The move under way.
    pub open_move: Option<MoveView>,
    /// The latest completed or abandoned move.
    pub last_move: Option<MoveView>,
    /// No automatic move before this moment.
    pub hold_down_until: Option<Timestamp>,
    /// Automatic moves left in the window.
    pub moves_left: u8,
    /// Votes needed.
    pub quorum: u8,
    /// What comes next.
    pub next: Next,
    /// An alarm lasts that nobody has acknowledged.
    pub unacknowledged: bool,
}

impl View {
    /// A view of a machine that knows nothing yet.
    pub fn empty(service: String, now: Timestamp) -> Self {
        Self {
            service,
            now,
            mode: Mode::Armed { who: Actor("schwenk".to_owned()), since: now },
            latched: None,
            desired: SiteSet::EMPTY,
            generation: MoveId(0),
            since: now,
            sites: Vec::new(),
            providers: Vec::new(),
            open_move: None,
            last_move: None,
            hold_down_until: None,
            moves_left: 0,
            quorum: 0,
            next: Next { wants: None, reason: None, blockers: Vec::new(), deadline: None },
            unacknowledged: false,
        }
    }
}
