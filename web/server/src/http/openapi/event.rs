//! The shape of events.
use serde::Serialize;
use utoipa::ToSchema;

use super::command::{Command, Refusal};
use super::policy::PolicySpec;
use super::view::{Blocker, Verdict};

/// One line of the journal.
#[derive(Serialize, ToSchema)]
pub struct EventRecord {
    /// Its place in the journal, counted from 1 over all services.
    pub seq: u64,
    /// When.
    pub at: u64,
    /// Which service.
    pub service: String,
    /// How urgent.
    pub severity: Severity,
    /// One English sentence.
    pub text: String,
    /// What.
    pub event: Event,
}

/// How urgent an event is: who is woken.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

/// Why a move is made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    Failover,
    Switchover,
    Forced,
    Failback,
    Membership,
    Repair,
}

/// What an RRset says, translated into sites.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Exactly the targets of this set of sites, bit n for site n.
    Sites(u16),
    /// Something else.
    Foreign { text: String },
    /// No answer.
    Silent { text: String },
}

/// What became of one attempt to publish.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    Applied,
    AlreadySo,
    /// Nothing changed, and why.
    Refused {
        message: String,
        /// Whether somebody else wrote meanwhile.
        changed: bool,
    },
    /// It may or may not have happened; a read-back decides.
    Unknown {
        message: String,
    },
}

/// What one vantage said when a decision was taken.
#[derive(Serialize, ToSchema)]
pub struct Vote {
    pub vantage: u8,
    pub site: u8,
    pub verdict: Verdict,
    pub since: u64,
    pub reported: u64,
    /// The checks that had failed.
    pub failed: Vec<u8>,
}

/// What a guard was satisfied by.
#[derive(Serialize, ToSchema)]
pub struct Evidence {
    pub votes: Vec<Vote>,
    /// Since when a quorum has said that the candidate is up.
    pub candidate_up_since: Option<u64>,
    /// Lag of the candidate's database in milliseconds.
    pub lag_ms: Option<u64>,
}

/// Something that happened to a service; `kind` says what.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Later events refer to this policy.
    PolicyAdopted { policy: Box<PolicySpec> },
    /// What is published was learnt from the providers.
    Adopted { sites: u16 },
    /// What the quorum believes of a site has changed.
    VerdictChanged { site: u8, from: Verdict, to: Verdict, evidence: Evidence },
    /// A move was decided.
    MoveStarted { id: u64, reason: MoveKind, from: u16, to: u16, who: String, evidence: Evidence },
    /// An attempt to publish begins.
    AttemptStarted { id: u64, attempt: u64, provider: u8 },
    /// An attempt has ended.
    AttemptEnded { id: u64, attempt: u64, provider: u8, receipt: Receipt },
    /// All name servers of a provider answer the move's sites.
    Verified { id: u64, provider: u8 },
    /// Enough providers have accepted and verified the move.
    MoveCompleted { id: u64 },
    /// The move was given up.
    MoveAbandoned { id: u64, who: String },
    /// The providers answer differently for longer than the policy allows.
    Split { id: u64, missing: u8 },
    /// The provider that was behind has caught up.
    Healed { id: u64, provider: u8 },
    /// A provider stores or answers something that was not published.
    DriftSeen { provider: u8, answer: Answer },
    /// The drift is gone.
    DriftGone { provider: u8 },
    /// After an automatic failover the service stays where it is.
    Latched { until: Option<u64> },
    /// The latch was lifted.
    Rearmed { who: String },
    /// Automation may act.
    Armed { who: String },
    /// Automation may not act.
    Disarmed { who: String, until: Option<u64> },
    /// Too many moves: the service disarmed itself.
    BudgetSpent { moves: u32 },
    /// A site was taken out of the choice.
    MaintenanceOn { site: u8, who: String, until: u64 },
    /// A site is back in the choice.
    MaintenanceOff { site: u8, who: String },
    /// A move would be due and is not made.
    Held { blockers: Vec<Blocker> },
    /// No site is up.
    AllDown,
    /// Some site is up again.
    AllDownOver,
    /// A vantage does not trust itself.
    VantageIsolated { vantage: u8 },
    /// A vantage trusts itself again.
    VantageBack { vantage: u8 },
    /// A fence was asked for.
    FenceStarted { site: u8 },
    /// A fence has ended.
    FenceEnded { site: u8, ok: bool },
    /// The start of a cold standby was asked for.
    StandbyStarting { site: u8 },
    /// The start of a cold standby has ended.
    StandbyStarted { site: u8, ok: bool },
    /// This watcher leads now.
    LeadershipTaken { epoch: u64 },
    /// This watcher leads no more.
    LeadershipLost { epoch: u64 },
    /// A command was refused.
    CommandRefused { who: String, command: Command, refusal: Refusal },
    /// The operator has seen the alarm.
    Acknowledged { who: String },
    /// Somebody changes what no service moves; its record names no service.
    ByHand { who: String, what: String, before: Vec<String>, after: Vec<String>, failed: bool },
}
