//! Sentences about what is so.
use super::{count, list};
use failover_core::{MoveKind, Verdict, Why};

// Blockers.
pub const BLOCKED_DISARMED: &str = "automation is off";
pub const BLOCKED_LATCHED: &str = "it is latched until a human re-arms it";
pub const BLOCKED_NO_CANDIDATE: &str = "no other site is known to be up";
pub const BLOCKED_NOT_LEADER: &str = "another watcher leads";
pub const BLOCKED_NO_JOURNAL: &str = "the journal cannot be written";
pub const BLOCKED_SELF_DISTRUST: &str =
    "everything fails at once: this watcher itself may be cut off";
pub const BLOCKED_NOT_ADOPTED: &str = "what the providers publish is not known yet";

// The sentence.
pub const TAIL_UNKNOWN: &str = "not enough probes yet";
pub const TAIL_OFF: &str = "automation has switched itself off";
pub const TAIL_ARMED: &str = "automation is armed";
pub const TAIL_LATCHED: &str = "automation is latched";
pub const OVERALL_NONE: &str = "No service is configured.";
pub const NEXT_WATCHING: &str = "Watches on: there is nothing it could do now.";

// Notices.
pub const NOTICE_JOURNAL: &str = "The journal cannot be written, so nothing is changed.";
pub const NOTICE_ALL_DOWN: &str = "No site is up.";
pub const NOTICE_ALL_DOWN_DETAIL: &str =
    "Moving the name would not help anybody. Schwenk keeps watching and changes nothing blindly.";
pub const NOTICE_ALARM: &str = "An alarm waits for somebody.";
pub const NOTICE_ALARM_DETAIL: &str = "Reminders go on until somebody has seen it.";
pub const NOTICE_DISARMED: &str = "Automation is off.";
pub const NOTICE_BLIND_DETAIL: &str = "Its votes count as unknown.";

pub fn site_without_name(place: u8) -> String {
    format!("site {}", u16::from(place) + 1)
}

pub fn vantage_without_name(place: u8) -> String {
    format!("vantage {}", u16::from(place) + 1)
}

// Freshness.

pub fn live(seconds: u64) -> String {
    format!("live · {seconds} s")
}

pub fn stale(span: &str) -> String {
    format!("no news for {span}")
}

pub fn stale_banner(span: &str) -> String {
    format!(
        "No news for {span}. What you see is old; commands are off until Schwenk answers again."
    )
}

pub fn ago(span: &str) -> String {
    format!("{span} ago")
}

pub fn since(span: &str) -> String {
    format!("for {span}")
}

// The sentence.

pub fn head_served(name: &str, sites: &str) -> String {
    format!("**{name}** is served from **{sites}**.")
}

pub fn head_moving(name: &str, from: &str, to: &str) -> String {
    format!("**{name}** is moving from {from} to **{to}**.")
}

pub fn head_down(name: &str, sites: &str) -> String {
    format!("**{name}** is down: it points to **{sites}**, which does not serve.")
}

pub fn head_unknown(name: &str, sites: &str) -> String {
    format!("**{name}** points to **{sites}**; whether it serves is not known yet.")
}

pub fn head_no_answer(name: &str) -> String {
    format!("Where **{name}** points is not known yet.")
}

fn points(number: u8) -> &'static str {
    if number == 1 { "vantage point" } else { "vantage points" }
}

/// During a move it must be said whose state this is.
pub fn tail_of(site: &str, state: &str) -> String {
    format!("{site} is {state}")
}

pub fn tail_up(up: u8, all: u8, span: &str) -> String {
    format!("up from {up} of {all} {} for {span}", points(all))
}

pub fn tail_down(down: u8, all: u8, span: &str) -> String {
    format!("down from {down} of {all} {} for {span}", points(all))
}

pub fn tail_moved(reason: MoveKind, from: &str, span: &str) -> String {
    let verb = match reason {
        MoveKind::Failover => "failed over",
        MoveKind::Switchover => "switched over",
        MoveKind::Forced => "forced over",
        MoveKind::Failback => "moved back",
        MoveKind::Membership => "sites changed",
        MoveKind::Repair => "published again",
        _ => return format!("adopted {span} ago"),
    };
    if matches!(reason, MoveKind::Membership | MoveKind::Repair) {
        return format!("{verb} {span} ago");
    }
    let down = if reason == MoveKind::Failover { ", which was down," } else { "" };
    format!("{verb} from {from}{down} {span} ago")
}

pub fn tail_off_until(clock: &str) -> String {
    format!("automation is off until {clock} UTC")
}

pub fn overall_up(all: usize) -> String {
    match all {
        1 => "The service is served.".to_owned(),
        _ => format!("All **{all}** services are served."),
    }
}

pub fn overall_down(names: &[String], all: usize) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} of {} {verb} down: **{}**.", names.len(), services(all), list(names))
}

pub fn overall_warn(names: &[String], all: usize) -> String {
    let verb = if names.len() == 1 { "wants" } else { "want" };
    format!("{} of {} {verb} attention: **{}**.", names.len(), services(all), list(names))
}

pub fn overall_unknown(names: &[String], all: usize) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} of {} {verb} not known yet: **{}**.", names.len(), services(all), list(names))
}

fn services(all: usize) -> String {
    count(all, "service", "services")
}

// Probes.

pub fn pulse_summary(what: &str, probes: usize, failed: usize, latest: &str) -> String {
    format!("{what}: {failed} of {probes} probes failed, the latest: {latest}")
}

pub fn pulse_reading(span: &str, text: &str) -> String {
    format!("{span} ago: {text}")
}

pub fn fall(failures: u8, fall: u8) -> String {
    format!("{failures} of {fall} failures to down")
}

pub fn counters(failures: u8, to_down: u8, successes: u8, to_up: u8) -> String {
    format!("{}, {}", fall(failures, to_down), rise(successes, to_up))
}

pub fn rise(successes: u8, rise: u8) -> String {
    format!("{successes} of {rise} successes to up")
}

pub fn tally(up: u8, all: u8) -> String {
    format!("up from {up} of {all} {}", points(all))
}

pub fn lag(ms: u64) -> String {
    format!("database {ms} ms behind")
}

pub fn quorum(votes: u8) -> String {
    match votes {
        1 => "One vote decides".to_owned(),
        votes => format!("{votes} votes decide"),
    }
}

pub fn moves_left(moves: u8) -> String {
    match moves {
        0 => "no automatic move left for now".to_owned(),
        moves => {
            format!("{} left for now", count(moves.into(), "automatic move", "automatic moves"))
        }
    }
}

pub fn servers(good: usize, all: usize) -> String {
    format!("{good} of {}", count(all, "name server", "name servers"))
}

pub fn ballot(verdict: Verdict, span: &str, failed: usize) -> String {
    let checks = match failed {
        0 => String::new(),
        failed => format!(", {} failed", count(failed, "check", "checks")),
    };
    match verdict {
        Verdict::Up => format!("up for {span}"),
        Verdict::Down => format!("down for {span}{checks}"),
        Verdict::Unknown => format!("unknown for {span}{checks}"),
    }
}

// A move on its way.

pub fn move_title(reason: MoveKind, from: &str, to: &str) -> String {
    match reason {
        MoveKind::Failover => format!("Failover from {from} to {to}"),
        MoveKind::Switchover => format!("Switchover from {from} to {to}"),
        MoveKind::Forced => format!("Forced failover from {from} to {to}"),
        MoveKind::Failback => format!("Failback from {from} to {to}"),
        MoveKind::Membership => format!("Change of sites from {from} to {to}"),
        MoveKind::Repair => format!("Publishing {to} again"),
        _ => format!("Publishing {to}"),
    }
}

pub fn move_runs(who: &str, span: &str) -> String {
    format!("decided by {who} {span} ago")
}

pub fn move_took(who: &str, span: &str) -> String {
    format!("decided by {who}, took {span}")
}

pub fn step_publishing(span: &str) -> String {
    format!("asked {span} ago")
}

pub fn servers_agree(good: usize, all: usize) -> String {
    let verb = if all == 1 { "agrees" } else { "agree" };
    format!("{} {verb}", servers(good, all))
}

pub fn servers_answer(good: usize, all: usize) -> String {
    let verb = if all == 1 { "answers" } else { "answer" };
    format!("{} {verb} it", servers(good, all))
}

pub fn answered_in(ms: f32) -> String {
    format!("{} · ", crate::model::time::latency(ms))
}

pub fn step_failed(message: &str, failures: u32, wait: &str) -> String {
    let attempts = count(failures as usize, "attempt", "attempts");
    format!("{attempts} failed, next in {wait}: {message}")
}

pub fn caches(clock: &str, wait: &str) -> String {
    format!("expire at {clock} UTC, in {wait}")
}

// What happens next.

pub fn next_nothing(sites: &str) -> String {
    format!("Nothing to do: {sites} is up, and the name points there.")
}

pub fn next_finish(to: &str) -> String {
    format!("Finishes the move to {to}.")
}

pub fn next_wants(reason: MoveKind, to: &str, blocked: bool) -> String {
    let (now, would) = match reason {
        MoveKind::Failover => ("Fails over to", "Would fail over to"),
        MoveKind::Failback => ("Moves back to", "Would move back to"),
        MoveKind::Membership => ("Answers with", "Would answer with"),
        MoveKind::Repair => ("Publishes again:", "Would publish again:"),
        _ => ("Moves to", "Would move to"),
    };
    if blocked { format!("{would} {to}, but:") } else { format!("{now} {to} now.") }
}

pub fn next_publish(to: &str, blocked: bool) -> String {
    if blocked { format!("Would publish {to}, but:") } else { format!("Publishes {to} now.") }
}

pub fn deadline(wait: &str, why: Why) -> String {
    let when = match why {
        Why::Stale => "when a report goes stale",
        Why::CandidateReady => "when the candidate has been up for long enough",
        Why::HoldDownEnds => "when the hold-down ends",
        Why::BudgetReturns => "when another move is allowed",
        Why::LatchEnds => "when the latch lifts",
        Why::PauseEnds => "when the pause ends",
        Why::MaintenanceEnds => "when a maintenance ends",
        Why::FailbackDue => "when the preferred site has been stable for long enough",
        Why::Retry => "when a provider is tried again",
        Why::AttemptTimeout => "when an attempt has gone unanswered for too long",
        Why::SplitAlarm => "when the providers have differed for too long",
        Why::LeaseEnds => "when its lease ends",
        _ => "to be sure",
    };
    format!("Looks again in {wait}, {when}.")
}

pub fn blocked_latched_for(wait: &str) -> String {
    format!("it is latched for another {wait}")
}

pub fn blocked_hold_down(wait: &str) -> String {
    format!("the last move is too recent; hold-down ends in {wait}")
}

pub fn blocked_budget(wait: &str) -> String {
    format!("too many moves lately; the next is allowed in {wait}")
}

pub fn blocked_no_quorum(have: u8, need: u8) -> String {
    let verb = if have == 1 { "says" } else { "say" };
    let needed = if need == 1 { "is" } else { "are" };
    format!("{have} {} {verb} that the site is down; {need} {needed} needed", points(have))
}

pub fn blocked_too_fresh(site: &str, wait: &str) -> String {
    format!("{site} has not been up for long enough; it will have been in {wait}")
}

pub fn blocked_maintenance(site: &str) -> String {
    format!("{site} is in maintenance")
}

pub fn blocked_lag(site: &str) -> String {
    format!("the database at {site} lags too far, or nobody knows how far")
}

pub fn blocked_move_open(id: u64) -> String {
    format!("move {id} is open")
}

pub fn blocked_just_woken(wait: &str) -> String {
    format!("this watcher was asleep and looks again first, for {wait}")
}

pub fn blocked_standby(site: &str) -> String {
    format!("{site} is being started")
}

// Notices.

pub fn notice_journal_detail(problem: &str) -> String {
    format!("{problem}. Schwenk keeps watching.")
}

pub fn notice_drift(providers: &str) -> String {
    format!("Somebody else changed the answer at {providers}.")
}

pub fn notice_drift_detail(span: &str) -> String {
    format!("Seen {span} ago. It differs from what Schwenk published.")
}

pub fn notice_latched(site: &str) -> String {
    format!("Latched: stays at {site} until a human re-arms it.")
}

pub fn notice_latched_detail(since: &str, until: Option<&str>) -> String {
    let lift = until.map(|wait| format!(" It lifts by itself in {wait}.")).unwrap_or_default();
    format!(
        "After the automatic failover {since} ago there is no other one, so that nothing flaps.{lift}"
    )
}

pub fn notice_way_back(site: &str) -> String {
    format!("{site} is up again.")
}

pub fn notice_way_back_detail(better: &str, active: &str) -> String {
    format!("{better} is preferred, but the name points to {active}.")
}

pub fn notice_disarmed_detail(who: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!(
            "Switched off by {who} until {until} UTC. Schwenk watches and says what it would do."
        ),
        None => {
            "Too many moves: it switched itself off. Find out why before you arm it.".to_owned()
        }
    }
}

pub fn notice_blind(vantages: &str) -> String {
    format!("{vantages} cannot be relied on just now.")
}

// Failures of the panel itself.

pub fn garbled(status: u16) -> String {
    format!("The answer cannot be read (status {status})")
}
