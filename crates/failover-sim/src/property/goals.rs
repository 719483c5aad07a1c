//! What is promised as a number: bounds that a world states and its monitor holds it to.
use failover_core::{Fence, Policy};
use std::time::Duration;

/// The bounds of the promises that have one; [`Duration::MAX`] turns one off. [`Goals::of`] derives
/// them from a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Goals {
    /// A settled provider that has gone back to an older answer is repaired within this time
    /// (S3b).
    pub repair: Duration,
    /// A foreign change is noticed within this time (S16).
    pub drift: Duration,
    /// Once a provider can be reached and a watcher leads, it stores what is desired within this
    /// time, however many pauses an earlier failure has left behind (S3b, S16).
    pub converge: Duration,
    /// A provider that is behind and has nothing under way is tried within this time, whatever the
    /// other providers do (S17).
    pub turn: Duration,
    /// Once an automatic failover is due and nothing stands against it, it is recorded within this
    /// time (S23).
    pub commit: Duration,
    /// A watcher that lives takes a step at least this often (S27).
    pub heartbeat: Duration,
}

impl Goals {
    /// What `policy` promises in a world that shows its watchers what is stored every `look`, in
    /// which a call to a provider takes at most `call`, and where sites are probed at the latest
    /// every interval.
    pub fn of(policy: &Policy, look: Duration, call: Duration) -> Self {
        let spec = policy.spec();
        let fence = if spec.fence == Fence::Never { Duration::ZERO } else { spec.attempt_timeout };
        let repair = look * 2 + call * 4;
        // The latest attempt may just have begun: it is given up and read back, the next one is
        // made after the longest pause, and then it is looked at again.
        let turn = spec.attempt_timeout * 2 + spec.retry_max + fence + look + call;
        let probes = |count: u8| {
            let longest = |times: Duration| times * (u32::from(count) + 1);
            spec.checks.iter().map(|check| longest(check.interval) + check.timeout).max()
        };
        let down = probes(spec.fall.failures()).unwrap_or_default();
        let up = probes(spec.rise).unwrap_or_default() + spec.candidate_up_for;
        // Some slack for what a step waits for: the next probe, or the next waking.
        let slack = spec.tick_gap_max / 2 + probes(1).unwrap_or_default();
        Self {
            repair,
            drift: look * 2 + call * 2,
            converge: turn + repair,
            turn,
            commit: down.max(up) + slack + fence,
            heartbeat: spec.tick_gap_max,
        }
    }
}
