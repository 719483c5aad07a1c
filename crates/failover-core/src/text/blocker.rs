//! What stands against a move.
use super::moment::{moment, span};
use super::names::{count, sentence, site};
use crate::policy::PolicySpec;
use crate::time::Timestamp;
use crate::view::Blocker;

impl Blocker {
    /// What stands against the move and for how long from `now` on; a sentence.
    pub fn text(&self, spec: &PolicySpec, now: Timestamp) -> String {
        sentence(&self.clause(spec, |until| match until.since(now) {
            left if left.is_zero() => "for a moment".to_owned(),
            left => format!("for another {}", span(left)),
        }))
    }

    /// The same as part of a sentence about the past, with moments instead of what is left.
    pub(super) fn past(&self, spec: &PolicySpec) -> String {
        self.clause(spec, |until| format!("until {}", moment(until)))
    }

    fn clause(&self, spec: &PolicySpec, time: impl Fn(Timestamp) -> String) -> String {
        match self {
            Self::Disarmed => "the service is disarmed".to_owned(),
            Self::Latched { until: None } => {
                "the service is latched after a failover until somebody re-arms it".to_owned()
            }
            Self::Latched { until: Some(until) } => {
                format!("the service is latched after a failover {}", time(*until))
            }
            Self::HoldDown { until } => {
                format!("the last move is too recent, hold-down {}", time(*until))
            }
            Self::Budget { until } => format!(
                "there were {} within {} already, the circuit breaker is open {}",
                count(spec.moves_max.into(), "automatic move"),
                span(spec.moves_window),
                time(*until)
            ),
            Self::NoQuorum { have, need } => format!(
                "only {have} of {} say that the active site is down, {need} must",
                count(spec.vantages.len(), "vantage")
            ),
            Self::NoCandidate => "no other site is known to be up".to_owned(),
            Self::CandidateTooFresh { site: place, until } => format!(
                "the candidate {} has not been up for long enough, it must prove itself {}",
                site(spec, *place),
                time(*until)
            ),
            Self::InMaintenance { site: place } => {
                format!("the candidate {} is in maintenance", site(spec, *place))
            }
            Self::Lag { site: place } => format!(
                "the database of the candidate {} lags too far, or nobody knows how far",
                site(spec, *place)
            ),
            Self::MoveOpen { id } => format!("move {} is still open", id.0),
            Self::NotLeader => "this watcher does not lead".to_owned(),
            Self::NoJournal => "the journal cannot be written".to_owned(),
            Self::SelfDistrust => {
                "all sites fail at once, so this watcher may itself be cut off".to_owned()
            }
            Self::JustWoken { until } => {
                format!("this watcher was asleep and looks again first, {}", time(*until))
            }
            Self::StandbyStarting { site: place } => {
                format!("the cold standby {} is being started", site(spec, *place))
            }
            Self::NotAdopted => "nothing is known yet of what the providers publish".to_owned(),
        }
    }
}
