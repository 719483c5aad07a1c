//! The monitor's own count of outcomes, written without a look at the machine's.
use failover_core::{Fall, PolicySpec, Timestamp, Verdict};

/// What one vantage has found with one check of one site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Count {
    pub(super) says: Verdict,
    /// Successes in a row, or failures as a negative number; no further than the policy looks.
    row: i16,
    /// Failures since the last full row of successes.
    grey: u8,
    /// The latest outcomes, the newest in the lowest bit, 1 for a failure.
    window: u64,
    /// Starts of the newest success and of the newest failure.
    good: Timestamp,
    bad: Timestamp,
    /// Start of the newest probe of all.
    pub(super) heard: Option<Timestamp>,
}

impl Count {
    /// One outcome more of a probe that began at `at`.
    pub(super) fn take(&mut self, spec: &PolicySpec, now: Timestamp, ok: bool, at: Timestamp) {
        let at = at.min(now);
        if now.since(at) >= spec.freshness {
            return;
        }
        if self.heard.is_some_and(|heard| at.since(heard) >= spec.freshness) {
            *self = Self::default();
        }
        self.heard = self.heard.max(Some(at));
        self.lengthen(spec, ok, at);
        if let Fall::Window { of, .. } = spec.fall {
            let mask = u64::MAX >> (64 - u32::from(of.clamp(1, 64)));
            self.window = (self.window << 1 | u64::from(!ok)) & mask;
        }
        if !ok {
            self.grey = self.grey.saturating_add(1).min(spec.grey);
        }
        if ok && self.row >= i16::from(spec.rise) {
            self.grey = 0;
            if self.says != Verdict::Up {
                (self.says, self.window) = (Verdict::Up, 0);
            }
        } else if !ok && self.enough_failures(spec) {
            self.says = Verdict::Down;
        }
    }

    /// A probe that began before the newest one of the other kind ends no row and adds to none.
    fn lengthen(&mut self, spec: &PolicySpec, ok: bool, at: Timestamp) {
        let other = if ok { self.bad } else { self.good };
        if at <= other {
            return;
        }
        let most = match spec.fall {
            Fall::InARow(fall) => i16::from(fall),
            _ => 1,
        };
        if ok {
            self.good = self.good.max(at);
            self.row = (self.row.max(0) + 1).min(i16::from(spec.rise));
        } else {
            self.bad = self.bad.max(at);
            self.row = (self.row.min(0) - 1).max(-most);
        }
    }

    fn enough_failures(&self, spec: &PolicySpec) -> bool {
        let enough = match spec.fall {
            Fall::InARow(fall) => self.row <= -i16::from(fall),
            Fall::Window { failed, .. } => self.window.count_ones() >= u32::from(failed),
            _ => false,
        };
        enough || (spec.grey > 0 && self.grey >= spec.grey)
    }

    /// The latest outcome that counts was a failure.
    pub(super) fn is_failing(&self) -> bool {
        self.row < 0
    }

    pub(super) fn is_fresh(&self, spec: &PolicySpec, now: Timestamp) -> bool {
        self.heard.is_some_and(|heard| now.since(heard) < spec.freshness)
    }
}
