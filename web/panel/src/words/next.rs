//! What the machine would do next, and what stands against it.
use super::text::words;
use failover_core::{MoveKind, Why};

words! {
    BLOCKED_DISARMED;
    BLOCKED_LATCHED;
    BLOCKED_NO_CANDIDATE;
    BLOCKED_NOT_LEADER;
    BLOCKED_NO_JOURNAL;
    BLOCKED_SELF_DISTRUST;
    BLOCKED_OTHERWISE;
    BLOCKED_NOT_ADOPTED;
    NEXT_WATCHING;
    DRY_RUN;
    DRY_NOTHING;
    dry_open(to: &str);
    dry_publish(to: &str);
    dry_free(to: &str);
    dry_against(to: &str, n: usize);
    quorum(votes: u8);
    NO_MOVES_LEFT;
    some_moves_left(moves: u8);
    next_nothing(sites: &str);
    next_finish(to: &str);
    next_failover(to: &str);
    next_failback(to: &str);
    next_membership(to: &str);
    next_repair(to: &str);
    next_move(to: &str);
    next_publish_now(to: &str);
    would_failover(to: &str);
    would_failback(to: &str);
    would_membership(to: &str);
    would_repair(to: &str);
    would_move(to: &str);
    would_publish(to: &str);
    looks_again(wait: &str, when: &str);
    WHEN_STALE;
    WHEN_CANDIDATE;
    WHEN_HOLD_DOWN;
    WHEN_BUDGET;
    WHEN_LATCH;
    WHEN_PAUSE;
    WHEN_MAINTENANCE;
    WHEN_FAILBACK;
    WHEN_RETRY;
    WHEN_TIMEOUT;
    WHEN_SPLIT;
    WHEN_LEASE;
    WHEN_SURE;
    blocked_latched_for(wait: &str);
    blocked_hold_down(wait: &str);
    blocked_budget(wait: &str);
    blocked_no_quorum(have: u8, need: u8);
    blocked_too_fresh(site: &str, wait: &str);
    blocked_maintenance(site: &str);
    blocked_lag(site: &str);
    blocked_move_open(id: u64);
    blocked_just_woken(wait: &str);
    blocked_standby(site: &str);
}

pub fn moves_left(moves: u8) -> String {
    if moves == 0 { NO_MOVES_LEFT.into() } else { some_moves_left(moves) }
}

/// A sentence about a site.
type Template = fn(&str) -> String;

pub fn next_wants(reason: MoveKind, to: &str, blocked: bool) -> String {
    let (now, would): (Template, Template) = match reason {
        MoveKind::Failover => (next_failover, would_failover),
        MoveKind::Failback => (next_failback, would_failback),
        MoveKind::Membership => (next_membership, would_membership),
        MoveKind::Repair => (next_repair, would_repair),
        _ => (next_move, would_move),
    };
    if blocked { would(to) } else { now(to) }
}

pub fn next_publish(to: &str, blocked: bool) -> String {
    if blocked { would_publish(to) } else { next_publish_now(to) }
}

pub fn deadline(wait: &str, why: Why) -> String {
    let when = match why {
        Why::Stale => WHEN_STALE,
        Why::CandidateReady => WHEN_CANDIDATE,
        Why::HoldDownEnds => WHEN_HOLD_DOWN,
        Why::BudgetReturns => WHEN_BUDGET,
        Why::LatchEnds => WHEN_LATCH,
        Why::PauseEnds => WHEN_PAUSE,
        Why::MaintenanceEnds => WHEN_MAINTENANCE,
        Why::FailbackDue => WHEN_FAILBACK,
        Why::Retry => WHEN_RETRY,
        Why::AttemptTimeout => WHEN_TIMEOUT,
        Why::SplitAlarm => WHEN_SPLIT,
        Why::LeaseEnds => WHEN_LEASE,
        _ => WHEN_SURE,
    };
    looks_again(wait, &when)
}
