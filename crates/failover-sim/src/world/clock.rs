//! A clock that is wrong: it has an offset, it drifts, it jumps.

/// What a clock reads, as a function of true time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Clock {
    /// What it read at `since`.
    read: u64,
    since: u64,
    /// Parts per million by which it is fast.
    ppm: i32,
}

const MILLION: i128 = 1_000_000;

impl Clock {
    /// A clock that reads `read` at the true time `since`.
    pub(super) fn new(read: u64, since: u64, ppm: i32) -> Self {
        Self { read, since, ppm }
    }

    pub(super) fn at(&self, time: u64) -> u64 {
        let passed = i128::from(time) - i128::from(self.since);
        let own = passed * (MILLION + i128::from(self.ppm)) / MILLION;
        clamp(i128::from(self.read) + own)
    }

    /// The true time at which it reads `own`, not before `time`; a millisecond too early at most.
    pub(super) fn when(&self, own: u64, time: u64) -> u64 {
        let left = i128::from(own) - i128::from(self.at(time));
        let wait = left.max(0) * MILLION / (MILLION + i128::from(self.ppm)).max(1);
        clamp(i128::from(time) + wait)
    }

    pub(super) fn jump(&mut self, time: u64, millis: i64) {
        let read = clamp(i128::from(self.at(time)) + i128::from(millis));
        (self.read, self.since) = (read, time);
    }

    pub(super) fn drift(&mut self, time: u64, ppm: i32) {
        (self.read, self.since, self.ppm) = (self.at(time), time, ppm);
    }

    /// How far it is off at `time`, in milliseconds.
    pub(super) fn off(&self, time: u64) -> u64 {
        self.at(time).abs_diff(time)
    }
}

fn clamp(time: i128) -> u64 {
    u64::try_from(time.max(0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_clock_drifts_jumps_and_knows_when_it_will_read_something() {
        let mut clock = Clock::new(1_050, 1_000, 0);
        assert_eq!(clock.at(3_000), 3_050);
        clock.drift(3_000, 1_000);
        assert_eq!(clock.at(13_000), 13_060);
        assert_eq!(clock.when(13_060, 3_000), 13_000);
        clock.jump(13_000, -60);
        assert_eq!(clock.off(13_000), 0);
        assert_eq!(clock.when(5, 13_000), 13_000);
    }
}
