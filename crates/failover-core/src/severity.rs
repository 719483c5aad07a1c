//! Who is woken by an event.
use crate::event::{Event, MoveKind, Severity};
use crate::input::Receipt;
use crate::view::Verdict;

impl Event {
    /// How urgent this is: *critical* wakes somebody, *warning* is for today, *info* for later.
    pub fn severity(&self) -> Severity {
        match self {
            Self::AllDown
            | Self::BudgetSpent { .. }
            | Self::Split { .. }
            | Self::Held { .. }
            | Self::VerdictChanged { to: Verdict::Down, .. }
            | Self::MoveStarted { reason: MoveKind::Failover | MoveKind::Forced, .. } => {
                Severity::Critical
            }
            Self::DriftSeen { .. }
            | Self::VantageIsolated { .. }
            | Self::MoveAbandoned { .. }
            | Self::MoveStarted { reason: MoveKind::Repair, .. }
            | Self::Disarmed { .. }
            | Self::Latched { .. }
            | Self::LeadershipLost { .. }
            | Self::FenceEnded { ok: false, .. }
            | Self::StandbyStarted { ok: false, .. }
            | Self::ByHand { failed: true, .. }
            | Self::AttemptEnded {
                receipt: Receipt::Refused { .. } | Receipt::Unknown { .. },
                ..
            } => Severity::Warning,
            _ => Severity::Info,
        }
    }
}
