//! What never changes while a monitor watches: the policy, the bounds, and what follows from them.
use super::Goals;
use failover_core::{Policy, PolicySpec, Require};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// An event that takes longer than this from the decision to the disk is not held against the truth:
/// the world may have changed meanwhile.
pub(super) const SLOWEST_RECORD: Duration = Duration::from_secs(1);

/// Rules that all monitors of one world share. They are no part of what is compared or hashed:
/// monitors are compared within one world only.
#[derive(Clone, Debug)]
pub(super) struct Rules(Arc<Fixed>);

#[derive(Debug)]
pub(super) struct Fixed {
    policy: Policy,
    pub(super) goals: Goals,
    /// Checks that must fail for a site to be down.
    pub(super) needed: usize,
    /// Who has been true, or has served, for this long has left no trace of anything else in what
    /// was counted.
    pub(super) memory: Duration,
}

impl Rules {
    pub(super) fn new(policy: &Policy, goals: Goals) -> Self {
        let spec = policy.spec();
        let needed = match spec.require {
            Require::Any => 1,
            Require::AtLeast(count) => usize::from(count),
            _ => spec.checks.len(),
        };
        let recovery = |interval: Duration, timeout| {
            interval.saturating_mul(u32::from(spec.rise) + 1).saturating_add(timeout)
        };
        let slowest = spec.checks.iter().map(|check| recovery(check.interval, check.timeout)).max();
        let memory = spec.freshness.saturating_add(slowest.unwrap_or_default());
        let memory = memory.saturating_add(SLOWEST_RECORD);
        Self(Arc::new(Fixed { policy: policy.clone(), goals, needed, memory }))
    }
}

impl Fixed {
    pub(super) fn spec(&self) -> &PolicySpec {
        self.policy.spec()
    }

    pub(super) fn quorum(&self) -> usize {
        usize::from(self.spec().quorum)
    }
}

impl Deref for Rules {
    type Target = Fixed;

    fn deref(&self) -> &Fixed {
        &self.0
    }
}

impl PartialEq for Rules {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Rules {}

impl Hash for Rules {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
