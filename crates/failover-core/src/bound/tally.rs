//! How often paths lose their probes, alone and together: counts of a sliding window of days.
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// Counts are kept in parts of this length…
const PART: Duration = Duration::from_secs(6 * 3600);
/// …and so many of them: a week, and the part that is being filled.
const PARTS_MAX: usize = 29;

/// The counts of one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PathTally {
    /// Rounds in which it was probed.
    pub(super) probes: u64,
    /// Those in which the probe was lost.
    pub(super) lost: u64,
    /// All lost probes, also those that were sent faster because of a suspicion.
    pub(super) lost_in_all: u64,
    /// Rows of lost probes.
    pub(super) bursts: u64,
}

/// The counts of two paths in the rounds in which both were probed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PairTally {
    pub(super) rounds: u64,
    pub(super) one: u64,
    pub(super) other: u64,
    pub(super) both: u64,
}

/// The counts of all paths in a window of time.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    paths: usize,
    parts: VecDeque<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    since: Timestamp,
    paths: Vec<PathTally>,
    /// Each path with all before it.
    pairs: Vec<PairTally>,
}

impl Tally {
    pub(super) fn new(paths: usize) -> Self {
        Self { paths, parts: VecDeque::new() }
    }

    /// Adds one round that began `at`.
    pub(super) fn add(&mut self, at: Timestamp, round: &[PathTally]) {
        if self.parts.back().is_none_or(|part| at.since(part.since) >= PART) {
            let paths = vec![PathTally::default(); self.paths];
            let pairs = vec![PairTally::default(); pair(self.paths, 0)];
            self.parts.push_back(Part { since: at, paths, pairs });
            while self.parts.len() > PARTS_MAX {
                self.parts.pop_front();
            }
        }
        let Some(part) = self.parts.back_mut() else { return };
        for (known, new) in part.paths.iter_mut().zip(round) {
            known.add(new);
        }
        for (one, a) in round.iter().enumerate().filter(|(_, path)| path.probes > 0) {
            for (other, b) in round[..one].iter().enumerate().filter(|(_, path)| path.probes > 0) {
                let known = &mut part.pairs[pair(one, other)];
                known.rounds += 1;
                known.one += a.lost;
                known.other += b.lost;
                known.both += a.lost * b.lost;
            }
        }
    }

    /// The beginning of the window; `None` while nothing was counted.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.parts.front().map(|part| part.since)
    }

    pub(super) fn path(&self, path: usize) -> PathTally {
        let mut sum = PathTally::default();
        for part in &self.parts {
            sum.add(&part.paths[path]);
        }
        sum
    }

    /// The counts of two different paths.
    pub(super) fn pair(&self, one: usize, other: usize) -> PairTally {
        let place = pair(one.max(other), one.min(other));
        let mut sum = PairTally::default();
        for PairTally { rounds, one, other, both } in self.parts.iter().map(|p| p.pairs[place]) {
            sum.rounds += rounds;
            sum.one += one;
            sum.other += other;
            sum.both += both;
        }
        sum
    }
}

impl PathTally {
    fn add(&mut self, more: &Self) {
        self.probes += more.probes;
        self.lost += more.lost;
        self.lost_in_all += more.lost_in_all;
        self.bursts += more.bursts;
    }
}

impl PairTally {
    /// The correlation coefficient of the errors of the two; 0 where one lost nothing or everything.
    pub(super) fn correlation(self) -> f64 {
        if self.rounds == 0 {
            return 0.0;
        }
        let share = |count: u64| count as f64 / self.rounds as f64;
        let (one, other) = (share(self.one), share(self.other));
        let scale = (one * (1.0 - one) * other * (1.0 - other)).sqrt();
        if scale > 0.0 { ((share(self.both) - one * other) / scale).clamp(-1.0, 1.0) } else { 0.0 }
    }
}

/// The place of a pair, `one` being the greater; of so many paths there are `pair(paths, 0)`.
fn pair(one: usize, other: usize) -> usize {
    one * one.saturating_sub(1) / 2 + other
}
