//! How much one plan may change.
use serde::{Deserialize, Serialize};

use super::refused::Problem;

/// Limits against a plan that is right by the letter and wrong in fact, such as one made from a
/// list of wanted RRsets that came out half empty.
///
/// ```
/// use dns_provider::plan::SafetyLimits;
/// let limits = SafetyLimits::default();
/// assert_eq!((limits.updates_percent, limits.removals_percent, limits.sample_min), (30, 30, 10));
/// assert_eq!(SafetyLimits::none().removals_percent, 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SafetyLimits {
    /// The most RRsets updated by one plan, in percent of those in scope.
    pub updates_percent: u8,
    /// The most RRsets removed by one plan, in percent of those in scope.
    pub removals_percent: u8,
    /// Below this number of RRsets in scope the percentages mean nothing and do not count.
    pub sample_min: usize,
    /// Whether the name servers at the apex may be changed. The SOA never is.
    pub apex_ns: bool,
}

impl Default for SafetyLimits {
    fn default() -> Self {
        Self { updates_percent: 30, removals_percent: 30, sample_min: 10, apex_ns: false }
    }
}

impl SafetyLimits {
    /// No limits but the protection of the apex.
    pub fn none() -> Self {
        Self { updates_percent: 100, removals_percent: 100, sample_min: 0, apex_ns: false }
    }

    /// The same limits with other percentages; 100 is no limit.
    #[must_use]
    pub fn percent(self, updates: u8, removals: u8) -> Self {
        Self { updates_percent: updates, removals_percent: removals, ..self }
    }

    /// The same limits, but the name servers at the apex may be changed.
    #[must_use]
    pub fn allow_apex_ns(self) -> Self {
        Self { apex_ns: true, ..self }
    }

    pub(super) fn judge(
        &self,
        present: usize,
        updates: usize,
        removals: usize,
        problems: &mut Vec<Problem>,
    ) {
        if present < self.sample_min {
            return;
        }
        let above = |count: usize, percent: u8| count * 100 > present * usize::from(percent);
        if above(updates, self.updates_percent) {
            let percent = self.updates_percent;
            problems.push(Problem::TooManyUpdates { updates, present, percent });
        }
        if above(removals, self.removals_percent) {
            let percent = self.removals_percent;
            problems.push(Problem::TooManyRemovals { removals, present, percent });
        }
    }
}
