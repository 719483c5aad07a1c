//! What the overview, the service's page and the activity say beside the rest.
use super::{count, list};
use failover_core::Layer;

pub const LAYER_UNCHECKED: &str = "not checked";
pub const LAYER_BROKEN: &str = "broken";
pub const LAYER_UNKNOWN: &str = "not known";
pub const NAME_SERVERS: &str = "Name servers";
pub const LAYERS: &str = "Layers, in the order in which people reach them";

pub fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Proxy => "Proxy",
        Layer::Application => "Application",
        Layer::Database => "Database",
    }
}

pub fn layer_broken(which: Layer) -> String {
    format!("{} broken", layer(which))
}

pub fn tail_broken(which: Layer) -> String {
    format!("it breaks at the {}", layer(which).to_lowercase())
}

// Watchers.

pub const WATCHERS: &str = "Watchers";
pub const WATCHER: &str = "Watcher";
pub const THIS_WATCHER: &str = "this one";
pub const ROLE: &str = "Role";
pub const LEADS: &str = "leads";
pub const FOLLOWS: &str = "follows";
pub const NEVER_HEARD: &str = "never heard";
pub const PEER_SEES: &str = "sees sites";
pub const PEER_BLIND: &str = "sees no site up";
pub const PEER_ISOLATED: &str = "cut off: it reaches none of its anchors";
pub const PEER_SILENT: &str = "silent";
pub const NOBODY_LEADS: &str = "Nobody leads, so nothing is moved by itself.";

pub fn heard(span: &str) -> String {
    format!("heard {span} ago")
}

pub fn watchers_lead(leader: &str, epoch: u64, alive: usize, all: usize) -> String {
    format!(
        "{leader} leads, epoch {epoch}; {alive} of {} alive.",
        count(all, "watcher", "watchers")
    )
}

pub fn nobody_leads_for(span: &str) -> String {
    format!("Nobody has led for {span}, so nothing is moved by itself.")
}

pub fn notice_alert_detail(span: &str) -> String {
    format!("For {span}.")
}

// Over time.

pub const HISTORY: &str = "Over time";
pub const RANGE: &str = "How far back";
pub const RANGES: [&str; 4] = ["1 hour", "24 hours", "7 days", "30 days"];
pub const AS_TABLE: &str = "Show as table";
pub const AS_PICTURE: &str = "Show as picture";
pub const HISTORY_AUTOMATION: &str = "Automation";
pub const STATE_FROM: &str = "From";
pub const STATE_LENGTH: &str = "For";
pub const STATE: &str = "State";
pub const SUBJECT: &str = "What";
pub const MOVING: &str = "moving";
pub const ARMED_WORD: &str = "armed";
pub const DISARMED_WORD: &str = "disarmed";
pub const LATCHED_WORD: &str = "latched";
pub const NO_MARKS: &str = "No move and no command in this time.";

pub fn history_summary(name: &str, shares: &[(String, String)]) -> String {
    let shares: Vec<String> =
        shares.iter().map(|(state, span)| format!("{state} for {span}")).collect();
    format!("{name}: {}", list(&shares))
}

pub fn history_known_from(clock: &str) -> String {
    format!("What was before {clock} is not known here.")
}

pub fn history_reading(state: &str, from: &str, span: &str) -> String {
    format!("{state} from {from} for {span}")
}

// Convergence.

pub const CURVE: &str = "How caches followed the latest move";
pub const CURVE_NONE: &str = "No move has been followed yet.";
pub const MEASURED: &str = "measured";
pub const EXPECTED: &str = "to be expected";
pub const RESOLVER: &str = "Resolver";
pub const ANSWERED: &str = "New answer";
pub const LARGEST_TTL: &str = "Largest TTL";
pub const TIME_SINCE: &str = "After";
pub const STILL_OLD: &str = "still the old answer";
pub const NO_ANSWER: &str = "no answer";

pub fn curve_summary(new: usize, answering: usize, of: &str, span: &str) -> String {
    format!(
        "{new} of {} give the new answer, {span} after {of}",
        count(answering, "resolver", "resolvers")
    )
}

pub fn curve_move(id: u64) -> String {
    format!("move {id} was decided")
}

pub fn curve_end(end: &str) -> &'static str {
    match end {
        "converged" => "Everybody who answers has followed.",
        "limit" => "Nobody is asked any more: it took too long.",
        "replaced" => "The next move began before all had followed.",
        _ => "The asking was interrupted.",
    }
}

pub fn curve_published(provider: &str, span: &str) -> String {
    format!("{provider}: published after {span}")
}

pub fn curve_unpublished(provider: &str) -> String {
    format!("{provider}: not published yet")
}

pub fn extends_late(name: &str, seconds: u32) -> String {
    format!("{name} gave the old answer for {seconds} s longer than it may")
}

pub fn extends_ttl(name: &str, ttl: u32) -> String {
    format!("{name} shows a TTL of {ttl} s, more than was published")
}

pub fn new_after(span: &str) -> String {
    format!("after {span}")
}

// What the machine rests on.

pub const LOSSES: &str = "What is lost on the way";

pub fn losses(site: &str, lost: u64, probes: u64, burst: f64) -> String {
    let rate = if probes == 0 { 0.0 } else { lost as f64 * 100.0 / probes as f64 };
    let (whole, part) = ((rate * 100.0) as u64 / 100, (rate * 100.0) as u64 % 100);
    let burst = (burst * 10.0) as u64;
    let probes = count(usize::try_from(probes).unwrap_or(usize::MAX), "probe", "probes");
    if lost == 0 {
        return format!("{site}: none of {probes} was lost while it was up");
    }
    format!(
        "{site}: {lost} of {probes} lost while it was up ({whole}.{part:02} %), {}.{} in a row",
        burst / 10,
        burst % 10
    )
}

pub fn false_failover(span: &str, exact: bool) -> String {
    let least = if exact { "about" } else { "at least" };
    format!("With these losses, a false failover is to be expected once in {least} {span}.")
}

pub const FALSE_NEVER: &str =
    "With these losses, a false failover is not to be expected in any time that matters.";

/// A very long time, as a person would say it.
pub fn years(seconds: f64) -> String {
    let (amount, one, many) = match seconds {
        s if s < 120.0 => (s, "second", "seconds"),
        s if s < 2.0 * 3600.0 => (s / 60.0, "minute", "minutes"),
        s if s < 2.0 * 86_400.0 => (s / 3600.0, "hour", "hours"),
        s if s < 2.0 * 365.0 * 86_400.0 => (s / 86_400.0, "day", "days"),
        s if s < 1e6 * 365.0 * 86_400.0 => (s / (365.0 * 86_400.0), "year", "years"),
        _ => return "a million years".to_owned(),
    };
    count(amount as usize, one, many)
}

// Undo.

pub const UNDO: &str = "Undo";

pub fn undo_armed(service: &str) -> String {
    format!("You armed {service}.")
}

pub fn undo_disarmed(service: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!("You disarmed {service} until {until} UTC."),
        None => format!("You disarmed {service}."),
    }
}

pub fn undo_maintenance_on(site: &str, until: &str) -> String {
    format!("You took {site} out of the choice until {until} UTC.")
}

pub fn undo_maintenance_off(site: &str) -> String {
    format!("You put {site} back into the choice.")
}

// Activity.

pub const KIND: &str = "Kind";
pub const WHO: &str = "Who";
pub const ANYBODY: &str = "anybody";
pub const SHOW_MORE: &str = "Show older";
pub const NO_OLDER: &str = "That is all there is.";
pub const DOWNLOAD_JSONL: &str = "Download as JSON Lines";
pub const COPY_ALL: &str = "Copy all shown as Markdown";
pub const REPLAY: &str = "Replay in the simulator";
pub const PERMALINK: &str = "Link to this entry";
pub const BY: &str = "by";

/// The groups of [`crate::model::activity::KINDS`].
pub const KINDS: [&str; 6] = [
    "moves",
    "states of sites",
    "commands and pauses",
    "name servers and providers",
    "watchers",
    "servers",
];

pub fn report_title(service: Option<&str>, from: &str, to: &str) -> String {
    let service = service.map(|name| format!(" of {name}")).unwrap_or_default();
    format!("## Activity{service}, {from} to {to}")
}
