//! The machine's time: monotonic, anchored once to the time of day, counting while suspended.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use failover_core::Timestamp;

/// Counts from an anchor with the monotonic clock: a jump of the wall clock never gets in. A machine
/// that was suspended must notice the gap when it wakes, so what was slept through counts, too.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    wall: Timestamp,
    at: Instant,
    /// Slept through before the anchor.
    slept: Duration,
    /// Milliseconds it was set forward by since, because others had come further.
    ahead: Arc<AtomicU64>,
}

impl Clock {
    /// Anchors at the time of day.
    pub(crate) fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ahead = Arc::default();
        Self { wall: Timestamp::default().plus(wall), at: Instant::now(), slept: slept(), ahead }
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

    /// Sets it forward to `latest`, if it is behind: what the leader before has recorded must not lie
    /// in the future of the next one.
    pub(crate) fn catch_up(&self, latest: Timestamp) {
        let behind = latest.since(self.now());
        if !behind.is_zero() {
            tracing::warn!("the clock is {behind:?} behind the shared log; counting from there");
            let behind = u64::try_from(behind.as_millis()).unwrap_or(0);
            self.ahead.fetch_add(behind, Ordering::SeqCst);
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.stamp(Instant::now())
    }

    /// When `instant` was or will be. An instant before a sleep is taken for one after it: too new
    /// by the sleep, which the machine notices as a gap anyway.
    pub(crate) fn stamp(&self, instant: Instant) -> Timestamp {
        self.stamp_after(instant, slept())
    }

    fn stamp_after(&self, instant: Instant, slept: Duration) -> Timestamp {
        let ahead = Duration::from_millis(self.ahead.load(Ordering::SeqCst));
        let wall = self.wall.plus(slept.saturating_sub(self.slept)).plus(ahead);
        match instant.checked_duration_since(self.at) {
            Some(after) => wall.plus(after),
            None => {
                let before = self.at.duration_since(instant).as_millis();
                let before = u64::try_from(before).unwrap_or(u64::MAX);
                Timestamp::from_millis(wall.as_millis().saturating_sub(before))
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

/// How long the machine has been suspended since it was started, in tenths of a second: the two
/// clocks are read one after the other, and time must not seem to jitter by that.
#[cfg(target_os = "linux")]
pub(crate) fn slept() -> Duration {
    use rustix::time::{ClockId, Timespec, clock_gettime};
    let millis =
        |time: Timespec| i128::from(time.tv_sec) * 1000 + i128::from(time.tv_nsec) / 1_000_000;
    let awake = millis(clock_gettime(ClockId::Monotonic));
    let all = millis(clock_gettime(ClockId::Boottime));
    let tenths = u64::try_from((all - awake + 50) / 100).unwrap_or(0);
    Duration::from_millis(tenths.saturating_mul(100))
}

/// Elsewhere `Instant` is all there is; macOS and Windows have it count in their own ways.
#[cfg(not(target_os = "linux"))]
pub(crate) fn slept() -> Duration {
    Duration::ZERO
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
    fn a_clock_that_catches_up_never_goes_back() {
        let clock = Clock::start();
        let later = clock.now().plus(Duration::from_secs(60));
        clock.clone().catch_up(later);
        assert!(clock.now() >= later);
        clock.catch_up(Timestamp::from_millis(0));
        assert!(clock.now() >= later);
    }

    #[test]
    fn what_is_slept_through_counts() {
        let clock = Clock::start();
        let at = Instant::now();
        let minute = Duration::from_secs(60);
        let awake = clock.stamp_after(at, clock.slept);
        let woken = clock.stamp_after(at, clock.slept + minute);
        assert_eq!(woken.since(awake), minute);
    }

    #[test]
    fn an_instant_before_the_anchor_has_a_stamp_too() {
        let earlier = Instant::now();
        let clock = Clock::start();
        assert!(clock.stamp(earlier) <= clock.now());
    }
}
