//! The shape of a machine's view.
use serde::Serialize;
use utoipa::ToSchema;

use super::event::{Answer, MoveKind};

/// What is believed of a site.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Up,
    Down,
    Unknown,
}

/// A machine at a moment.
#[derive(Serialize, ToSchema)]
pub struct View {
    /// The service's name.
    pub service: String,
    /// The moment.
    pub now: u64,
    /// Whether automation may act.
    pub mode: Mode,
    /// Latched since when, and until when by itself.
    pub latched: Option<(u64, Option<u64>)>,
    /// What shall be published: a set of sites, bit n for site n.
    pub desired: u16,
    /// The generation of `desired`.
    pub generation: u64,
    /// Since when it is desired.
    pub since: u64,
    /// The sites.
    pub sites: Vec<SiteView>,
    /// The providers.
    pub providers: Vec<ProviderView>,
    /// The move under way.
    pub open_move: Option<MoveView>,
    /// The latest completed or abandoned move.
    pub last_move: Option<MoveView>,
    /// No automatic move before this moment.
    pub hold_down_until: Option<u64>,
    /// Automatic moves left in the window.
    pub moves_left: u8,
    /// Votes needed.
    pub quorum: u8,
    /// What comes next.
    pub next: Next,
    /// An alarm lasts that nobody has acknowledged.
    pub unacknowledged: bool,
}

/// Whether automation may act.
#[derive(Serialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Mode {
    /// It may.
    Armed { who: String, since: u64 },
    /// It may not.
    Disarmed {
        who: String,
        since: u64,
        /// Absent only when the circuit breaker tripped.
        until: Option<u64>,
    },
}

/// One site.
#[derive(Serialize, ToSchema)]
pub struct SiteView {
    pub name: String,
    /// What the quorum believes.
    pub verdict: Verdict,
    /// Since when.
    pub since: u64,
    /// Whether the desired answer contains it.
    pub active: bool,
    /// Until when a human took it out of the choice, and who.
    pub maintenance: Option<(u64, String)>,
    /// Votes for up, down, unknown.
    pub tally: [u8; 3],
    /// Lag of its database in milliseconds, if watched and known.
    pub lag_ms: Option<u64>,
    pub votes: Vec<VoteView>,
}

/// What one vantage says of one site.
#[derive(Serialize, ToSchema)]
pub struct VoteView {
    pub vantage: String,
    /// Unknown when stale or isolated.
    pub verdict: Verdict,
    pub since: u64,
    /// Its report is older than the policy allows.
    pub stale: bool,
    /// It does not trust itself.
    pub isolated: bool,
    pub checks: Vec<CheckView>,
}

/// One check of one site from one vantage.
#[derive(Serialize, ToSchema)]
pub struct CheckView {
    pub name: String,
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
    pub reported: Option<u64>,
}

/// One provider.
#[derive(Serialize, ToSchema)]
pub struct ProviderView {
    pub name: String,
    /// How far it is with the desired answer.
    pub step: ProviderStep,
    /// The generation it is known to have accepted.
    pub accepted: u64,
    /// What it says that was not published, and since when.
    pub drift: Option<(Answer, u64)>,
}

/// How far a move has come at one provider.
#[derive(Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ProviderStep {
    /// It publishes the desired answer and all its name servers say so.
    Settled,
    /// It waits for its turn.
    Waiting,
    /// An attempt runs.
    Publishing { attempt: u64, since: u64 },
    /// The outcome of an attempt is unknown; it is being read back.
    ReadingBack { since: u64 },
    /// Accepted; not all name servers answer it yet.
    Accepted { since: u64 },
    /// An attempt failed; it is tried again.
    Failed { message: String, retry_at: u64, failures: u32 },
}

/// A move.
#[derive(Serialize, ToSchema)]
pub struct MoveView {
    pub id: u64,
    pub reason: MoveKind,
    /// The set of sites before.
    pub from: u16,
    /// The set of sites after.
    pub to: u16,
    pub who: String,
    /// When it was decided.
    pub since: u64,
    /// When it was complete.
    pub completed: Option<u64>,
}

/// What the machine would do next, and what stands against it.
#[derive(Serialize, ToSchema)]
pub struct Next {
    /// The set of sites it would publish; absent if it wants no change.
    pub wants: Option<u16>,
    pub reason: Option<MoveKind>,
    pub blockers: Vec<Blocker>,
    /// When it will look again at the latest, and why.
    pub deadline: Option<(u64, Why)>,
}

/// Why the machine wants to be woken.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Stale,
    CandidateReady,
    HoldDownEnds,
    BudgetReturns,
    LatchEnds,
    PauseEnds,
    MaintenanceEnds,
    FailbackDue,
    Retry,
    AttemptTimeout,
    SplitAlarm,
    LeaseEnds,
}

/// Something that stands against a move that would otherwise be made.
#[derive(Serialize, ToSchema)]
#[serde(tag = "blocker", rename_all = "snake_case")]
pub enum Blocker {
    Disarmed,
    Latched { until: Option<u64> },
    HoldDown { until: u64 },
    Budget { until: u64 },
    NoQuorum { have: u8, need: u8 },
    NoCandidate,
    CandidateTooFresh { site: u8, until: u64 },
    InMaintenance { site: u8 },
    Lag { site: u8 },
    MoveOpen { id: u64 },
    NotLeader,
    NoJournal,
    SelfDistrust,
    JustWoken { until: u64 },
    StandbyStarting { site: u8 },
    NotAdopted,
}
