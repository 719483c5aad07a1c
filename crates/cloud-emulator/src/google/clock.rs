//! Google's clock, which a fault can put ahead of or behind ours.

use jiff::{SignedDuration, Timestamp};

use crate::fault::Faults;

/// Tells the time as the emulated cloud sees it.
#[derive(Clone)]
pub(crate) struct Clock(Faults);

impl Clock {
    pub(crate) fn new(faults: Faults) -> Self {
        Self(faults)
    }

    pub(crate) fn now(&self) -> Timestamp {
        let skew = SignedDuration::from_secs(self.0.clock_skew());
        let now = Timestamp::now();
        now.checked_add(skew).unwrap_or(now)
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.now().as_second()
    }

    /// RFC 3339 with milliseconds, as in `creationTime` and `startTime`.
    pub(crate) fn text(&self) -> String {
        self.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// RFC 3339 as Compute Engine writes it: in California's time, winter or summer.
    pub(crate) fn pacific(&self) -> String {
        let there = self.now().checked_sub(SignedDuration::from_hours(7));
        let there = there.unwrap_or_else(|_| self.now());
        there.strftime("%Y-%m-%dT%H:%M:%S%.3f-07:00").to_string()
    }

    /// The `Date` header.
    pub(crate) fn http_date(&self) -> String {
        self.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}
