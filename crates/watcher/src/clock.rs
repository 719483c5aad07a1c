//! The machine's time: monotonic, anchored once to the time of day.
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use failover_core::Timestamp;

/// Counts from an anchor with the monotonic clock: a jump of the wall clock never gets in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    wall: Timestamp,
    at: Instant,
}

impl Clock {
    /// Anchors at the time of day.
    pub(crate) fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { wall: Timestamp::default().plus(wall), at: Instant::now() }
    }

    /// The same clock, but never behind `latest`: after a restart with a wall clock that was set
    /// back, time stands still for the machine instead of running backwards.
    pub(crate) fn not_before(self, latest: Timestamp) -> Self {
        if self.wall < latest {
            let behind = latest.since(self.wall);
            tracing::warn!("the wall clock is {behind:?} behind the journal; counting from there");
        }
        Self { wall: self.wall.max(latest), ..self }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.stamp(Instant::now())
    }

    /// When `instant` was or will be.
    pub(crate) fn stamp(&self, instant: Instant) -> Timestamp {
        match instant.checked_duration_since(self.at) {
            Some(after) => self.wall.plus(after),
            None => {
                let before = self.at.duration_since(instant).as_millis();
                let before = u64::try_from(before).unwrap_or(u64::MAX);
                Timestamp::from_millis(self.wall.as_millis().saturating_sub(before))
            }
        }
    }

    /// The monotonic moment of `at`; far-away moments are cut to a day from now.
    pub(crate) fn instant(&self, at: Timestamp) -> Instant {
        let now = Instant::now();
        let ahead = at.since(self.stamp(now)).min(Duration::from_secs(86_400));
        now + ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_was_set_back_does_not_turn_time_around() {
        let clock = Clock::start();
        let latest = clock.now().plus(Duration::from_secs(3600));
        assert!(clock.not_before(latest).now() >= latest);
    }

    #[test]
    fn a_stamp_and_its_instant_belong_together() {
        let clock = Clock::start();
        let at = Instant::now() + Duration::from_secs(5);
        let back = clock.instant(clock.stamp(at));
        let apart = back.max(at) - back.min(at);
        assert!(apart <= Duration::from_millis(2), "{apart:?}");
    }

    #[test]
    fn an_instant_before_the_anchor_has_a_stamp_too() {
        let earlier = Instant::now();
        let clock = Clock::start();
        assert!(clock.stamp(earlier) <= clock.now());
    }
}
