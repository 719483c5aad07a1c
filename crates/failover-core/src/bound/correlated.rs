//! The mean time to a false verdict where losses come together or in bursts.
use super::counter::{Counters, Rules};
use super::joint::{Pace, fits, until_down};
use super::loss::Loss;
use super::spurious::{false_failover, time_up};
use super::vantage::Shape;
use super::{FalseFailover, checks_needed, votes_needed};
use crate::policy::{Fall, PolicySpec};

/// So many chains are tried before the smallest one; each takes a moment.
const MOST_TRIES: u32 = 2;

/// What is known of the mean time to a false verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Estimate {
    /// The mean times, in seconds.
    pub mean: FalseFailover,
    /// Whether they are those of the model; else those are at least as long.
    pub exact: bool,
}

/// How rarely lost probes make a vantage or a quorum say that a site is down which is well, if
/// losses are shared between paths or come in bursts.
///
/// The mean times are those from "nothing counted" to the first false verdict, in the model that
/// [`Loss`] describes. `spec` should be valid; see the [module](super) for the chain and for what
/// is done where it is too large.
pub fn false_failover_under(spec: &PolicySpec, loss: &Loss) -> Estimate {
    if loss.rate() == 0.0 || spec.checks.is_empty() || spec.vantages.is_empty() {
        let never = FalseFailover { one_vantage: f64::INFINITY, quorum: f64::INFINITY };
        return Estimate { mean: never, exact: true };
    }
    let case = Case::of(spec, loss);
    let whole = Shape {
        vantages: spec.vantages.len(),
        votes: votes_needed(spec),
        checks: spec.checks.len(),
        needed: checks_needed(spec),
    };
    let (quorum, exact) = case.mean(whole);
    let (one_vantage, one_exact) = case.mean(Shape { vantages: 1, votes: 1, ..whole });
    let mut mean = FalseFailover { one_vantage, quorum };
    if loss.correlation() == 0.0 && !loss.has_bursts() {
        let other = false_failover(spec, loss.rate());
        if !one_exact {
            mean.one_vantage = mean.one_vantage.max(other.one_vantage);
        }
        if !exact {
            mean.quorum = mean.quorum.max(other.quorum);
        }
    }
    Estimate { mean, exact: exact && one_exact && case.alike }
}

/// One policy under one kind of loss.
struct Case<'a> {
    spec: &'a PolicySpec,
    loss: &'a Loss,
    rules: Rules,
    pace: Pace,
    /// Whether all checks are probed at the same pace.
    alike: bool,
}

impl<'a> Case<'a> {
    fn of(spec: &'a PolicySpec, loss: &'a Loss) -> Self {
        let seconds = |check: &crate::CheckPolicy| {
            let calm = check.interval.as_secs_f64();
            (calm, check.fast_interval.as_secs_f64().min(calm))
        };
        let first = spec.checks.first().map(seconds);
        let mut pace = Pace { calm: f64::INFINITY, fast: f64::INFINITY, down: 0.0 };
        for (calm, fast) in spec.checks.iter().map(seconds) {
            pace.calm = pace.calm.min(calm);
            pace.fast = pace.fast.min(fast);
            pace.down = pace.down.max(calm);
        }
        let alike = spec.checks.iter().all(|check| Some(seconds(check)) == first);
        let fall = match spec.fall {
            Fall::Window { of, failed } if failed >= of => Fall::InARow(failed),
            fall => fall,
        };
        let rules = Rules { fall, grey: spec.grey, rise: spec.rise };
        Self { spec, loss, rules, pace, alike }
    }

    /// The mean time, and whether it is exact.
    fn mean(&self, shape: Shape) -> (f64, bool) {
        let counters = Counters::of(&self.rules);
        match counters.and_then(|counters| self.solved(&counters, shape, self.pace)) {
            Some(mean) => (mean, true),
            None => (self.at_least(shape), false),
        }
    }

    fn solved(&self, counters: &Counters, shape: Shape, pace: Pace) -> Option<f64> {
        until_down(counters, shape, self.loss, pace)
    }

    /// The best of several lower bounds.
    fn at_least(&self, shape: Shape) -> f64 {
        let mut best = self.of_fewer(self.rules, shape);
        if self.rules.grey > 0 {
            // Whoever's grey counter says *down* before the rest of the policy does, it counts as
            // a false verdict.
            let plain = self.of_fewer(Rules { grey: 0, ..self.rules }, shape);
            let only = Rules { fall: Fall::InARow(self.rules.grey), ..self.rules };
            let grey = self.of_fewer(only, Shape::ONE);
            let count = (shape.vantages * shape.checks) as f64;
            best = best.max(1.0 / (1.0 / plain + count / grey));
        }
        if !self.loss.has_bursts() {
            // Whoever falls, it counts as a false verdict.
            let rate = |check| 1.0 / time_up(self.spec, check, self.loss.rate());
            let rate: f64 = self.spec.checks.iter().map(rate).sum();
            best = best.max(1.0 / (rate * shape.vantages as f64));
        }
        best
    }

    /// The whole if it can be solved, else what some of the vantages with some of their checks do
    /// when all of them have to agree: each false verdict of the whole is one of some of them, and
    /// at least `(votes - 1 choose v - 1)` of these groups turn with it. 0 if nothing is found.
    fn of_fewer(&self, rules: Rules, whole: Shape) -> f64 {
        let Some(counters) = countable(rules) else { return 0.0 };
        let mut tries = 0;
        let checks = [(whole.checks, whole.needed)].into_iter();
        let checks = checks.chain((1..=whole.needed).rev().map(|some| (some, some)));
        for (checks, needed) in checks {
            let vantages = [(whole.vantages, whole.votes)].into_iter();
            for (vantages, votes) in
                vantages.chain((1..=whole.votes).rev().map(|some| (some, some)))
            {
                let shape = Shape { vantages, votes, checks, needed };
                tries += u32::from(fits(&counters, shape, self.loss));
                if tries > MOST_TRIES && shape != Shape::ONE {
                    continue;
                }
                let mut ways = 1.0;
                if vantages < whole.vantages {
                    ways *= choose(whole.vantages, vantages) / choose(whole.votes - 1, votes - 1);
                }
                if checks < whole.checks {
                    let each = choose(whole.checks, checks);
                    ways *= (0..vantages).map(|_| each).product::<f64>();
                }
                // The others' failures may quicken the rounds.
                let always = Pace { calm: self.pace.fast, ..self.pace };
                let pace = if shape == whole { self.pace } else { always };
                if let Some(mean) = self.solved(&counters, shape, pace) {
                    return mean / ways;
                }
            }
        }
        0.0
    }
}

/// The counters by these rules, or by ones that say *down* at least as soon and have few enough
/// states: if k of n probes fail, then half of k do within one half of n.
fn countable(mut rules: Rules) -> Option<Counters> {
    loop {
        if let Some(counters) = Counters::of(&rules) {
            return Some(counters);
        }
        match &mut rules.fall {
            Fall::Window { of, failed } if *of > 1 => {
                (*of, *failed) = (of.div_ceil(2), failed.div_ceil(2));
            }
            _ if rules.grey > 1 => rules.grey /= 2,
            _ => return None,
        }
    }
}

fn choose(from: usize, some: usize) -> f64 {
    (0..some).map(|n| (from - n) as f64 / (n as f64 + 1.0)).product()
}
