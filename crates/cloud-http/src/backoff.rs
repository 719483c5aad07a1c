//! How long to wait before trying again.
use std::time::Duration;

/// Truncated exponential back-off with full jitter: a pause is drawn evenly from nothing up to a
/// ceiling that doubles with every retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The ceiling of the first pause.
    pub first: Duration,
    /// The ceiling never grows beyond this.
    pub cap: Duration,
    /// The most attempts of one request, the first included.
    pub attempts_max: u32,
}

impl Backoff {
    /// A back-off from `first` to `cap`, with at most `attempts_max` attempts.
    pub fn new(first: Duration, cap: Duration, attempts_max: u32) -> Self {
        Self { first, cap, attempts_max }
    }

    /// The longest pause before retry number `retry`, counted from 0.
    pub fn ceiling(&self, retry: u32) -> Duration {
        self.first.saturating_mul(2u32.saturating_pow(retry)).min(self.cap)
    }

    /// A pause for retry number `retry`, counted from 0: evenly drawn up to the ceiling.
    pub fn pause(&self, retry: u32) -> Duration {
        jitter(self.ceiling(retry))
    }
}

impl Default for Backoff {
    /// 1 s doubling to 60 s, as both vendors recommend. Ten attempts outlast any sensible
    /// deadline; the deadline is what ends the retries.
    fn default() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(60), 10)
    }
}

/// A duration drawn evenly from nothing up to `max`.
pub(crate) fn jitter(max: Duration) -> Duration {
    // Without randomness the full ceiling is the considerate choice.
    getrandom::u32().map_or(max, |draw| max.mul_f64(f64::from(draw) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let backoff = Backoff::default();
        let seconds: Vec<u64> = (0..8).map(|n| backoff.ceiling(n).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.ceiling(u32::MAX).as_secs(), 60);
    }

    #[test]
    fn pauses_differ_and_stay_below_the_ceiling() {
        let backoff = Backoff::default();
        let pauses: Vec<Duration> = (0..64).map(|_| backoff.pause(3)).collect();
        assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(8)));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        let mean = pauses.iter().sum::<Duration>() / 64;
        assert!(mean > Duration::from_secs(2) && mean < Duration::from_secs(6), "{mean:?}");
    }
}
