//! Commands as phrases, refusals as sentences.
use super::moment::moment;
use super::names::site;
use crate::command::{Command, Refusal};
use crate::policy::PolicySpec;

impl Command {
    /// What is asked for, as a phrase: "switch over from london to falkenstein".
    pub fn text(&self, spec: &PolicySpec) -> String {
        match self {
            Self::SwitchOver { from, to } => {
                format!("switch over from {} to {}", site(spec, *from), site(spec, *to))
            }
            Self::Force { from, to } => {
                format!("force a failover from {} to {}", site(spec, *from), site(spec, *to))
            }
            Self::FailBack => "fail back to the preferred site".to_owned(),
            Self::Arm => "arm the service".to_owned(),
            Self::Disarm { until } => format!("disarm the service until {}", moment(*until)),
            Self::Rearm => "re-arm the service".to_owned(),
            Self::MaintenanceOn { site: place, until } => {
                format!("take {} out of the choice until {}", site(spec, *place), moment(*until))
            }
            Self::MaintenanceOff { site: place } => {
                format!("put {} back into the choice", site(spec, *place))
            }
            Self::Abandon { id } => format!("give up move {}", id.0),
            Self::Acknowledge => "acknowledge the alarm".to_owned(),
            Self::Repair => "publish the desired answer again".to_owned(),
        }
    }
}

impl Refusal {
    /// Why the command was refused and, where there is one, what would be right; a sentence.
    pub fn text(&self, spec: &PolicySpec) -> String {
        super::names::sentence(&self.clause(spec))
    }

    pub(super) fn clause(&self, spec: &PolicySpec) -> String {
        let text = match self {
            Self::Stale { active: Some(active) } => {
                let active = site(spec, *active);
                return format!("the active site is {active}; look again and name that one");
            }
            Self::Stale { active: None } => {
                "there is no single active site; look again before you move anything"
            }
            Self::UnknownSite => "the service has no such site",
            Self::AlreadyActive => "the site is active already",
            Self::NotUp => "the target is not known to be up; only a forced failover goes there",
            Self::InMaintenance => "the target is in maintenance; end that first",
            Self::MoveOpen { id } => {
                return format!("move {} is still open; wait for it or give it up first", id.0);
            }
            Self::NoSuchMove => "no such move is open",
            Self::AlreadySo => "it is so already",
            Self::NotLeader => "this watcher does not lead; ask the one that does",
            Self::NoJournal => "the journal cannot be written, so nothing may be changed",
            Self::NoExpiry => "a pause must end in the future",
            Self::NothingBetter => "there is no better site to go back to that is up",
            Self::LagTooLarge => {
                "the database at the target lags too far, or nobody knows how far; only a forced \
                 failover goes there"
            }
        };
        text.to_owned()
    }
}
