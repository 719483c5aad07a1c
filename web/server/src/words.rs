//! The machine's terms in words, for terminals.
use failover_core::Blocker;

use crate::config::duration::show_moment;

/// What stands against a move.
pub fn blocker(blocker: &Blocker) -> String {
    match blocker {
        Blocker::Disarmed => "disarmed".to_owned(),
        Blocker::Latched { until: None } => "latched until re-armed".to_owned(),
        Blocker::Latched { until: Some(until) } => {
            format!("latched until {}", show_moment(until.as_millis()))
        }
        Blocker::HoldDown { until } => {
            format!("hold-down until {}", show_moment(until.as_millis()))
        }
        Blocker::Budget { until } => {
            format!("too many moves; the next one after {}", show_moment(until.as_millis()))
        }
        Blocker::NoQuorum { have, need } => {
            format!("{have} of {need} vantages needed say that it is down")
        }
        Blocker::NoCandidate => "no other site is known to be up".to_owned(),
        Blocker::CandidateTooFresh { until, .. } => {
            format!("the target is up too recently; until {}", show_moment(until.as_millis()))
        }
        Blocker::InMaintenance { .. } => "the target is in maintenance".to_owned(),
        Blocker::Lag { .. } => "the target's database lags too far".to_owned(),
        Blocker::MoveOpen { id } => format!("move {} is open", id.0),
        Blocker::NotLeader => "this watcher does not lead".to_owned(),
        Blocker::NoJournal => "the journal cannot be written".to_owned(),
        Blocker::SelfDistrust => "everything fails at once: the watcher may be cut off".to_owned(),
        Blocker::JustWoken { .. } => "the watcher was asleep and looks again first".to_owned(),
        Blocker::StandbyStarting { .. } => "the cold standby is being started".to_owned(),
        Blocker::NotAdopted => "what the providers publish is not known yet".to_owned(),
        _ => "something this version has no word for".to_owned(),
    }
}
