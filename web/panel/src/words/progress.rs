//! A move on its way, and what name servers say.
use super::count;
use failover_core::MoveKind;

pub fn servers(good: usize, all: usize) -> String {
    format!("{good} of {}", count(all, "name server", "name servers"))
}

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
