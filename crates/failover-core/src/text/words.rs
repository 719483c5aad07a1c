//! The words for things that have just one.
use crate::event::{MoveKind, Severity};
use crate::input::Answer;
use crate::machine::Why;
use crate::policy::PolicySpec;
use crate::text::names::quoted;
use crate::view::Verdict;
use std::fmt;

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        })
    }
}

impl fmt::Display for MoveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Failover => "failover",
            Self::Switchover => "switchover",
            Self::Forced => "forced failover",
            Self::Failback => "failback",
            Self::Membership => "change of members",
            Self::Repair => "repair",
        })
    }
}

impl Why {
    /// What will happen then, as a clause: "the hold-down ends".
    pub const fn text(self) -> &'static str {
        match self {
            Self::Stale => "the report of a vantage goes stale",
            Self::CandidateReady => "the candidate will have been up for long enough",
            Self::HoldDownEnds => "the hold-down ends",
            Self::BudgetReturns => "the circuit breaker allows another move",
            Self::LatchEnds => "the latch lifts by itself",
            Self::PauseEnds => "the pause ends",
            Self::MaintenanceEnds => "a maintenance ends",
            Self::FailbackDue => "the preferred site will have been stable for long enough",
            Self::Retry => "a provider that failed is tried again",
            Self::AttemptTimeout => "an attempt will have gone without receipt for too long",
            Self::SplitAlarm => "a provider will have lagged behind for too long",
            Self::Heartbeat => "nothing else is due",
            Self::LeaseEnds => "the lease of this watcher ends",
        }
    }
}

impl Answer {
    /// What the answer says, as a phrase: "london and falkenstein", "no answer (timed out)".
    pub fn text(&self, spec: &PolicySpec) -> String {
        match self {
            Self::Sites(sites) => sites.text(spec),
            Self::Foreign { text } => format!("something foreign ({})", quoted(text)),
            Self::Silent { text } => format!("no answer ({})", quoted(text)),
        }
    }
}
