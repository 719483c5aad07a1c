//! What is promised as a number: bounds that a world states and its monitor holds it to.
use failover_core::Policy;
use std::time::Duration;

/// The bounds of the promises that have one. [`Goals::of`] derives them from a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Goals {
    /// Once a provider can be reached and a watcher leads, it stores what is desired again within
    /// this time (S3b, S16).
    pub repair: Duration,
    /// Once an automatic failover is due and nothing stands against it, it is recorded within this
    /// time (S23).
    pub commit: Duration,
    /// A watcher that lives takes a step at least this often (S27); what is outside raises the alarm
    /// when it does not.
    pub heartbeat: Duration,
}

impl Goals {
    /// What `policy` promises in a world that shows its watchers what is stored every `look`, and
    /// in which a call to a provider takes at most `call`.
    pub fn of(policy: &Policy, look: Duration, call: Duration) -> Self {
        let spec = policy.spec();
        let cycle = spec.checks.iter().map(|check| check.interval + check.timeout).max();
        let probes = u32::from(spec.fall.failures()).max(u32::from(spec.grey)) + 1;
        // The latest attempt may just have begun: it is given up, read back, and the next one is
        // made after the longest pause; then it is looked at again.
        let repair = spec.attempt_timeout * 2 + spec.retry_max * 2 + call * 4 + look * 2;
        let found = cycle.unwrap_or_default() * probes;
        let commit = found + spec.candidate_up_for + spec.tick_gap_max;
        Self { repair, commit, heartbeat: spec.tick_gap_max }
    }
}
