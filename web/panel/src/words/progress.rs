//! A move on its way, and what name servers say.
use super::text::words;
use failover_core::MoveKind;

words! {
    move_failover(from: &str, to: &str);
    move_switchover(from: &str, to: &str);
    move_forced(from: &str, to: &str);
    move_failback(from: &str, to: &str);
    move_membership(from: &str, to: &str);
    move_repair(to: &str);
    move_other(to: &str);
    move_runs(who: &str, span: &str);
    move_took(who: &str, span: &str);
    step_publishing(span: &str);
    servers_agree(good: usize, all: usize);
    servers_answer(good: usize, all: usize);
    step_failed(message: &str, failures: u32, wait: &str);
    caches(clock: &str, wait: &str);
}

pub fn move_title(reason: MoveKind, from: &str, to: &str) -> String {
    match reason {
        MoveKind::Failover => move_failover(from, to),
        MoveKind::Switchover => move_switchover(from, to),
        MoveKind::Forced => move_forced(from, to),
        MoveKind::Failback => move_failback(from, to),
        MoveKind::Membership => move_membership(from, to),
        MoveKind::Repair => move_repair(to),
        _ => move_other(to),
    }
}

pub fn answered_in(ms: f32) -> String {
    format!("{} · ", crate::model::time::latency(ms))
}
