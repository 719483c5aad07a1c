//! Sentences about what is so.
use super::list;
use super::text::words;
use failover_core::{MoveKind, Verdict};
use std::fmt::Display;

words! {
    TAIL_UNKNOWN;
    TAIL_OFF;
    TAIL_ARMED;
    TAIL_LATCHED;
    OVERALL_NONE;
    two(most: &str, last: &str);
    site_number(number: u16);
    vantage_number(number: u16);
    live(seconds: u64);
    stale(span: &str);
    stale_banner(span: &str);
    ago(span: &str);
    since(span: &str);
    head_served(name: &str, sites: &str);
    head_moving(name: &str, from: &str, to: &str);
    head_down(name: &str, sites: &str);
    head_unknown(name: &str, sites: &str);
    head_no_answer(name: &str);
    tail_of(site: &str, state: &str);
    tail_up(up: u8, all: u8, span: &str);
    tail_down(down: u8, all: u8, span: &str);
    tail_failed_over(from: &str, span: &str);
    tail_switched_over(from: &str, span: &str);
    tail_forced_over(from: &str, span: &str);
    tail_moved_back(from: &str, span: &str);
    tail_sites_changed(span: &str);
    tail_published_again(span: &str);
    tail_moved_otherwise(from: &str, span: &str);
    tail_off_until(clock: &str);
    overall_up(all: usize);
    overall_down_of(count: usize, all: usize, names: &str);
    overall_warn_of(count: usize, all: usize, names: &str);
    overall_unknown_of(count: usize, all: usize, names: &str);
    pulse_summary(what: &str, probes: usize, failed: usize, latest: &str);
    pulse_reading(span: &str, text: &str);
    fall(failures: u8, fall: u8);
    rise(successes: u8, rise: u8);
    tally(up: u8, all: u8);
    lag(ms: u64);
    ballot_up(span: &str);
    ballot_down(span: &str);
    ballot_unknown(span: &str);
    ballot_failed(failed: usize);
    garbled(status: u16);
    kinds_and_ttl(kinds: &str, ttl: u32);
    DECIMAL;
    date(year: &str, month: &str, day: &str);
    seconds(n: &dyn Display);
    minutes(n: &dyn Display);
    hours(n: u64);
    days(n: u64);
}

pub fn tail_moved(reason: MoveKind, from: &str, span: &str) -> String {
    match reason {
        MoveKind::Failover => tail_failed_over(from, span),
        MoveKind::Switchover => tail_switched_over(from, span),
        MoveKind::Forced => tail_forced_over(from, span),
        MoveKind::Failback => tail_moved_back(from, span),
        MoveKind::Membership => tail_sites_changed(span),
        MoveKind::Repair => tail_published_again(span),
        _ => tail_moved_otherwise(from, span),
    }
}

pub fn counters(failures: u8, to_down: u8, successes: u8, to_up: u8) -> String {
    format!("{}, {}", fall(failures, to_down), rise(successes, to_up))
}

pub fn ballot(verdict: Verdict, span: &str, failed: usize) -> String {
    let said = match verdict {
        Verdict::Up => return ballot_up(span),
        Verdict::Down => ballot_down(span),
        Verdict::Unknown => ballot_unknown(span),
    };
    if failed == 0 { said } else { format!("{said}, {}", ballot_failed(failed)) }
}

pub fn site_without_name(place: u8) -> String {
    site_number(u16::from(place) + 1)
}

pub fn vantage_without_name(place: u8) -> String {
    vantage_number(u16::from(place) + 1)
}

pub fn overall_down(names: &[String], all: usize) -> String {
    overall_down_of(names.len(), all, &list(names))
}

pub fn overall_warn(names: &[String], all: usize) -> String {
    overall_warn_of(names.len(), all, &list(names))
}

pub fn overall_unknown(names: &[String], all: usize) -> String {
    overall_unknown_of(names.len(), all, &list(names))
}
