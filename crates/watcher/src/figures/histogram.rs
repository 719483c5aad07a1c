//! Times in buckets.
use std::time::Duration;

/// Probes and commits: from half a millisecond to ten seconds.
const FAST: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Moves and what belongs to them: from a tenth of a second to an hour.
const SLOW: &[f64] =
    &[0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];

/// How many times were at most so long, for some lengths.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    bounds: &'static [f64],
    /// One more than bounds: the last is beyond all.
    counts: Vec<u64>,
    sum: f64,
}

impl Histogram {
    /// For probes, commits and calls: from half a millisecond to ten seconds.
    pub fn fast() -> Self {
        Self::of(FAST)
    }

    /// For moves and what belongs to them: from a tenth of a second to an hour.
    pub fn slow() -> Self {
        Self::of(SLOW)
    }

    fn of(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1], sum: 0.0 }
    }

    /// Counts one.
    pub fn take(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        self.counts[self.bounds.partition_point(|bound| *bound < seconds)] += 1;
        self.sum += seconds;
    }

    /// Each bound in seconds with how many times were at most so long.
    pub fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let mut so_far = 0;
        self.bounds.iter().zip(&self.counts).map(move |(bound, count)| {
            so_far += count;
            (*bound, so_far)
        })
    }

    /// How many times there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Their sum in seconds.
    pub fn sum(&self) -> f64 {
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_counts_in_its_bucket_and_in_all_above() {
        let mut histogram = Histogram::slow();
        for millis in [100, 101, 400, 7_200_000] {
            histogram.take(Duration::from_millis(millis));
        }
        let cumulative: Vec<_> = histogram.cumulative().collect();
        assert_eq!(cumulative[..3], [(0.1, 1), (0.25, 2), (0.5, 3)]);
        assert_eq!(cumulative.last(), Some(&(3600.0, 3)));
        assert_eq!(histogram.count(), 4);
        assert!((histogram.sum() - 7200.601).abs() < 1e-9);
    }
}
