//! Sentences about what is so.
use super::{count, list, points};
use failover_core::{MoveKind, Verdict};

pub const TAIL_UNKNOWN: &str = "not enough probes yet";
pub const TAIL_OFF: &str = "automation has switched itself off";
pub const TAIL_ARMED: &str = "automation is armed";
pub const TAIL_LATCHED: &str = "automation is latched";
pub const OVERALL_NONE: &str = "No service is configured.";

pub fn site_without_name(place: u8) -> String {
    format!("site {}", u16::from(place) + 1)
}

pub fn vantage_without_name(place: u8) -> String {
    format!("vantage {}", u16::from(place) + 1)
}

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
        _ => "moved",
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

pub fn garbled(status: u16) -> String {
    format!("The answer cannot be read (status {status})")
}

pub fn kinds_and_ttl(kinds: &str, ttl: u32) -> String {
    format!("{kinds} · TTL {ttl} s")
}
