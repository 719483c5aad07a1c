//! Sentences about what somebody is about to do.
use super::count;

// The dialog of a move.
pub const PLAN: &str = "What changes";
pub const CHECKED: &str = "Checked";
pub const PLAN_LOADING: &str = "Asking both providers …";
pub const PLAN_NOTHING: &str = "Nothing would change here.";
pub const STALE_DRAFT: &str = "The world has moved since you opened this.";
pub const STALE_DRAFT_DETAIL: &str = "Look at the new plan before you go on.";
pub const LOOK_AGAIN: &str = "Look again";
pub const SENDING: &str = "Sending …";
pub const RETRY: &str = "Try again";

pub fn switch_title(name: &str, to: &str) -> String {
    format!("Switch {name} over to {to}")
}

pub fn force_title(name: &str, to: &str) -> String {
    format!("Force {name} to {to}")
}

pub fn force_warning(to: &str) -> String {
    format!(
        "{to} is not known to serve. If it does not, {} will reach nobody. Do this only when you \
         know better than the probes.",
        "the name"
    )
}

pub fn type_to_confirm(service: &str) -> String {
    format!("Type **{service}** to confirm")
}

pub fn switch_verb(name: &str, to: &str) -> String {
    format!("Switch {name} to {to}")
}

pub fn force_verb(name: &str, to: &str) -> String {
    format!("Force {name} to {to}")
}

pub fn switch_back(site: &str) -> String {
    format!("Switch back to {site} …")
}

pub fn converges(secs: u32) -> String {
    format!(
        "Resolvers may give the old answer for up to {} after the last name server has changed.",
        count(secs as usize, "second", "seconds")
    )
}

// Pauses.

pub const DISARM_TITLE: &str = "Switch automation off";
pub const DISARM_TEXT: &str =
    "Schwenk keeps watching and says what it would do, but moves nothing. It arms itself again.";
pub const MAINTENANCE_TEXT: &str =
    "Automation does not choose this site meanwhile. It returns by itself.";
pub const MAINTENANCE_ACTIVE: &str =
    "The name points to this site now. Maintenance does not move it: switch over first.";
pub const FOR_HOW_LONG: &str = "For how long?";

/// The lengths of [`crate::model::plan::PAUSES`].
pub const PAUSES: [&str; 4] = ["15 minutes", "1 hour", "4 hours", "24 hours"];

pub fn maintenance_title(site: &str) -> String {
    format!("Take {site} out of the choice")
}

pub fn maintenance_until(who: &str, clock: &str) -> String {
    format!("in maintenance until {clock} UTC, by {who}")
}

pub fn armed_since(who: &str, span: &str) -> String {
    format!("by {who}, {span} ago")
}

pub fn disarmed_until(who: &str, clock: Option<&str>) -> String {
    match clock {
        Some(clock) => format!("by {who}, until {clock} UTC"),
        None => format!("by {who}"),
    }
}

pub fn armed_services(armed: usize, all: usize) -> String {
    format!("{armed} of {} armed", count(all, "service", "services"))
}

// Titles.

pub fn title(state: &str, page: &str) -> String {
    format!("{state} · {page} · Schwenk")
}
