//! What happened, as data: the journal is a list of these, and the state is their fold.
use crate::command::{Actor, Command, Refusal};
use crate::id::{AttemptId, CheckId, MoveId, ProviderId, SiteId, SiteSet, VantageId};
use crate::input::{Answer, Receipt};
use crate::policy::PolicySpec;
use crate::time::Timestamp;
use crate::view::Verdict;
use std::sync::Arc;

/// How urgent an event is: who is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Severity {
    /// Somebody may want to know later.
    Info,
    /// Look today.
    Warning,
    /// Look now.
    Critical,
}

/// Why a move is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MoveKind {
    /// Automatic move away from a site that is down.
    Failover,
    /// A human's move while things are healthy.
    Switchover,
    /// A human's move to a site not known to be up.
    Forced,
    /// The move back to a preferred site, by a human or by policy.
    Failback,
    /// `answer = all_up`: the set of sites that are up has changed.
    Membership,
    /// The same answer again, because a provider drifted.
    Repair,
}

/// What one vantage said when a decision was taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Vote {
    /// Which vantage.
    pub vantage: VantageId,
    /// Of which site.
    pub site: SiteId,
    /// What it said; stale and isolated vantages say `Unknown`.
    pub verdict: Verdict,
    /// Since when.
    pub since: Timestamp,
    /// Its latest report.
    pub reported: Timestamp,
    /// The checks that had failed.
    pub failed: Vec<CheckId>,
}

/// What a guard was satisfied by; `explain` checks it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Evidence {
    /// The votes of the configured vantages on the sites concerned.
    pub votes: Vec<Vote>,
    /// Since when a quorum has said that the candidate is up.
    pub candidate_up_since: Option<Timestamp>,
    /// Lag of the candidate's database in milliseconds, if the policy asks for it and it is known.
    pub lag_ms: Option<u64>,
}

/// Something that happened to a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Event {
    /// The places in all later events refer to this policy.
    PolicyAdopted {
        /// The policy.
        policy: Arc<PolicySpec>,
    },
    /// What is published was learnt from the providers, before the first move.
    Adopted {
        /// The sites the providers answer with.
        sites: SiteSet,
    },
    /// What the quorum believes of a site has changed.
    VerdictChanged {
        /// Which site.
        site: SiteId,
        /// Before.
        from: Verdict,
        /// Now.
        to: Verdict,
        /// The votes.
        evidence: Evidence,
    },
    /// A move was decided.
    MoveStarted {
        /// Its number: the new generation.
        id: MoveId,
        /// Why.
        reason: MoveKind,
        /// The answer before.
        from: SiteSet,
        /// The answer after.
        to: SiteSet,
        /// Who decided.
        who: Actor,
        /// On what grounds.
        evidence: Evidence,
    },
    /// An attempt to publish begins.
    AttemptStarted {
        /// The move.
        id: MoveId,
        /// The attempt.
        attempt: AttemptId,
        /// Where.
        provider: ProviderId,
    },
    /// An attempt has ended.
    AttemptEnded {
        /// The move.
        id: MoveId,
        /// The attempt.
        attempt: AttemptId,
        /// Where.
        provider: ProviderId,
        /// How.
        receipt: Receipt,
    },
    /// All name servers of a provider answer the move's sites.
    Verified {
        /// The move.
        id: MoveId,
        /// Whose name servers.
        provider: ProviderId,
    },
    /// Enough providers have accepted and verified the move.
    MoveCompleted {
        /// The move.
        id: MoveId,
    },
    /// The move was given up; what was published stays.
    MoveAbandoned {
        /// The move.
        id: MoveId,
        /// Who gave it up.
        who: Actor,
    },
    /// A provider has not followed a move for longer than the policy allows.
    Split {
        /// The move that is not everywhere yet.
        id: MoveId,
        /// Where it is missing.
        missing: ProviderId,
    },
    /// The provider that was behind has caught up.
    Healed {
        /// The move.
        id: MoveId,
        /// Which provider.
        provider: ProviderId,
    },
    /// A provider stores or answers something that was not published.
    DriftSeen {
        /// Which provider.
        provider: ProviderId,
        /// What it says.
        answer: Answer,
    },
    /// The drift is gone.
    DriftGone {
        /// Which provider.
        provider: ProviderId,
    },
    /// After an automatic failover the service stays where it is.
    Latched {
        /// Until when by itself; `None`: until re-armed.
        until: Option<Timestamp>,
    },
    /// The latch was lifted.
    Rearmed {
        /// By whom.
        who: Actor,
    },
    /// Automation may act.
    Armed {
        /// By whom.
        who: Actor,
    },
    /// Automation may not act.
    Disarmed {
        /// By whom.
        who: Actor,
        /// Until when; `None` only when the circuit breaker tripped.
        until: Option<Timestamp>,
    },
    /// Too many moves: the service disarmed itself.
    BudgetSpent {
        /// Moves within the window.
        moves: u32,
    },
    /// A site was taken out of the choice.
    MaintenanceOn {
        /// Which site.
        site: SiteId,
        /// By whom.
        who: Actor,
        /// Until when.
        until: Timestamp,
    },
    /// A site is back in the choice.
    MaintenanceOff {
        /// Which site.
        site: SiteId,
        /// By whom.
        who: Actor,
    },
    /// A move would be due and is not made.
    Held {
        /// What stands against it.
        blockers: Vec<crate::view::Blocker>,
    },
    /// No site is up.
    AllDown,
    /// Some site is up again.
    AllDownOver,
    /// A vantage does not trust itself.
    VantageIsolated {
        /// Which.
        vantage: VantageId,
    },
    /// A vantage trusts itself again.
    VantageBack {
        /// Which.
        vantage: VantageId,
    },
    /// A fence was asked for.
    FenceStarted {
        /// Which site.
        site: SiteId,
    },
    /// A fence has ended.
    FenceEnded {
        /// Which site.
        site: SiteId,
        /// Whether it worked.
        ok: bool,
    },
    /// The start of a cold standby was asked for.
    StandbyStarting {
        /// Which site.
        site: SiteId,
    },
    /// The start of a cold standby has ended.
    StandbyStarted {
        /// Which site.
        site: SiteId,
        /// Whether it worked.
        ok: bool,
    },
    /// This watcher leads now.
    LeadershipTaken {
        /// Its epoch.
        epoch: u64,
    },
    /// This watcher leads no more.
    LeadershipLost {
        /// The epoch that ended.
        epoch: u64,
    },
    /// A command was refused.
    CommandRefused {
        /// Whose.
        who: Actor,
        /// Which.
        command: Command,
        /// Why.
        refusal: Refusal,
    },
    /// The operator has seen the alarm.
    Acknowledged {
        /// Who.
        who: Actor,
    },
    /// A human changes something about which no machine decides. No machine ever records it, and
    /// it changes no state: it stands in the journal so that people find it.
    ByHand {
        /// Who.
        who: Actor,
        /// What is about to be done, or how it has ended: one sentence.
        what: String,
        /// What was there before, line by line, if that is known.
        before: Vec<String>,
        /// What shall be there afterwards, line by line.
        after: Vec<String>,
        /// Whether something was not done, or nobody knows.
        failed: bool,
    },
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EventRecord {
    /// Its place in the journal, counted from 1 over all services.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which service; empty where it concerns none.
    pub service: String,
    /// How urgent.
    pub severity: Severity,
    /// One English sentence with names instead of places.
    pub text: String,
    /// What.
    pub event: Event,
}
