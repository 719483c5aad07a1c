//! What the machine would do next, and what stands against it.
use super::{count, points};
use failover_core::{MoveKind, Why};

pub const BLOCKED_DISARMED: &str = "automation is off";
pub const BLOCKED_LATCHED: &str = "it is latched until a human re-arms it";
pub const BLOCKED_NO_CANDIDATE: &str = "no other site is known to be up";
pub const BLOCKED_NOT_LEADER: &str = "another watcher leads";
pub const BLOCKED_NO_JOURNAL: &str = "the journal cannot be written";
pub const BLOCKED_SELF_DISTRUST: &str =
    "everything fails at once: this watcher itself may be cut off";
pub const BLOCKED_OTHERWISE: &str = "something that this panel has no words for";
pub const BLOCKED_NOT_ADOPTED: &str = "what the providers publish is not known yet";
pub const NEXT_WATCHING: &str = "Watches on: there is nothing it could do now.";

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
