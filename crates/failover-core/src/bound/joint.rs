//! The mean time until a quorum says *down*, from the joint chain of all vantages' counters.
//!
//! All counters empty is where every excursion begins and nearly every one ends; what one costs and
//! how it ends is solved by sweeping over its states until nothing changes. That stays accurate
//! however rare a false verdict is, which solving for the hitting time itself would not.
use super::chain::Ahead;
use super::counter::Counters;
use super::loss::Loss;
use super::vantage::{Group, Paths, Round, Shape, Vantages, together};
use std::collections::BTreeMap;

/// Larger chains are not built: these take a moment.
const MOST_PATHS: usize = 10;
const MOST_STATES: f64 = 30_000.0;
const MOST_TRANSITIONS: usize = 1_000_000;
const MOST_SWEEPS: u32 = 20_000;
/// Sweeps times transitions.
const MOST_WORK: u64 = 60_000_000;
const PRECISION: f64 = 1e-12;

/// Seconds from one round to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// While no check that is up counts anything.
    pub(super) calm: f64,
    /// While one does.
    pub(super) fast: f64,
    /// For a check that is down.
    pub(super) down: f64,
}

/// Where a round may lead from a state that is not the first.
#[derive(Debug, Default)]
struct Row {
    /// Whether the round comes after the fast interval.
    fast: bool,
    /// The probability of a quorum that says *down*.
    falls: f64,
    /// The probability of the state itself.
    stays: f64,
    /// Other states in which something is counted.
    to: Vec<(u32, f64)>,
}

/// The whole chain: the first row is that of the state in which nothing is counted.
#[derive(Debug, Default)]
struct Rows(Vec<Row>);

/// Whether the chain is small enough to be tried.
pub(super) fn fits(counters: &Counters, shape: Shape, loss: &Loss) -> bool {
    shape.vantages * shape.checks <= MOST_PATHS
        && states(counters, shape, loss.has_bursts()) <= MOST_STATES
}

/// Mean seconds until a quorum says *down*; `None` if the chain is too large or too slow to solve.
pub(super) fn until_down(
    counters: &Counters,
    shape: Shape,
    loss: &Loss,
    pace: Pace,
) -> Option<f64> {
    if !fits(counters, shape, loss) {
        return None;
    }
    Rows::of(counters, shape, loss, pace)?.solve(pace)
}

/// How many states there are at most: groups with less than a quorum down.
fn states(counters: &Counters, shape: Shape, has_bursts: bool) -> f64 {
    let memory = if has_bursts { 2.0 } else { 1.0 };
    let down = memory * counters.down.iter().filter(|down| **down).count() as f64;
    let up = memory * counters.down.len() as f64 - down;
    // Of a vantage, by whether it says that the site is down.
    let checks = |from: usize, to: usize| -> f64 {
        (from..to).map(|d| groups(down, d) * groups(up, shape.checks - d)).sum()
    };
    let (up, down) = (checks(0, shape.needed), checks(shape.needed, shape.checks + 1));
    let all = (0..shape.votes).map(|d| groups(down, d) * groups(up, shape.vantages - d));
    memory * all.sum::<f64>()
}

/// The ways to choose `size` of something that may be repeated.
fn groups(kinds: f64, size: usize) -> f64 {
    (0..size).map(|n| (kinds + n as f64) / (n as f64 + 1.0)).product()
}

impl Rows {
    fn of(counters: &Counters, shape: Shape, loss: &Loss, pace: Pace) -> Option<Self> {
        let (shared, own) = loss.channels();
        let has_bursts = loss.has_bursts();
        let when_down = [pace.calm, pace.fast].map(|gap| (gap / pace.down).clamp(0.0, 1.0));
        let mut vantages = Vantages::new(counters, Paths { own, has_bursts, when_down }, shape);
        // A state is all vantages' and whether the shared part was bad, if that tells anything.
        let mut states: Vec<(Group, bool)> = vec![(vec![0; shape.vantages], false)];
        let mut numbers: BTreeMap<(Group, bool), u32> = BTreeMap::from([(states[0].clone(), 0)]);
        let mut rows = Vec::new();
        let mut size = 0;
        while let Some((group, was_bad)) = states.get(rows.len()).cloned() {
            let bad = shared.next_bad(was_bad);
            let fast = group.iter().any(|vantage| vantages.is_suspicious(*vantage));
            let mut row = Row { fast, ..Row::default() };
            let mut to = BTreeMap::new();
            for (is_bad, chance) in [(false, 1.0 - bad), (true, bad)] {
                if chance <= 0.0 {
                    continue;
                }
                let round = Round { bad: is_bad, fast };
                let each = group.iter().map(|vantage| vantages.after(*vantage, round));
                for (next, its) in together(each.collect::<Vec<_>>().into_iter()) {
                    let down = next.iter().filter(|vantage| vantages.is_down(**vantage)).count();
                    if down >= shape.votes {
                        row.falls += chance * its;
                    } else {
                        *to.entry((next, is_bad && has_bursts)).or_insert(0.0) += chance * its;
                    }
                }
            }
            let here = u32::try_from(rows.len()).ok()?;
            for (state, chance) in to {
                let new = u32::try_from(states.len()).ok()?;
                let number = *numbers.entry(state).or_insert_with_key(|state| {
                    states.push(state.clone());
                    new
                });
                if number == here && here > 0 {
                    row.stays += chance;
                } else if number > 0 {
                    row.to.push((number, chance));
                }
            }
            size += row.to.len() + 1;
            if size > MOST_TRANSITIONS {
                return None;
            }
            rows.push(row);
        }
        Some(Self(rows))
    }

    fn solve(&self, pace: Pace) -> Option<f64> {
        let rows = &self.0;
        let transitions: usize = rows.iter().map(|row| row.to.len() + 1).sum();
        let affordable = MOST_WORK / u64::try_from(transitions).unwrap_or(u64::MAX).max(1);
        let sweeps = MOST_SWEEPS.min(u32::try_from(affordable).unwrap_or(MOST_SWEEPS));
        let mut ahead = vec![Ahead::CLEAN; rows.len()];
        for sweep in 0..sweeps {
            let mut settled = true;
            // There and back: failures lead to later states, successes to earlier ones.
            for step in 1..rows.len() {
                let place = if sweep % 2 == 0 { rows.len() - step } else { step };
                let new = rows[place].ahead(pace, &ahead);
                settled &= close(ahead[place].falls, new.falls)
                    && close(ahead[place].seconds, new.seconds);
                ahead[place] = new;
            }
            if settled {
                return Some(rows.first()?.ahead(pace, &ahead).until_down());
            }
        }
        None
    }
}

impl Row {
    fn ahead(&self, pace: Pace, ahead: &[Ahead]) -> Ahead {
        let seconds = if self.fast { pace.fast } else { pace.calm };
        let mut sum = Ahead { seconds, falls: self.falls };
        for (to, chance) in &self.to {
            sum.seconds += chance * ahead[*to as usize].seconds;
            sum.falls += chance * ahead[*to as usize].falls;
        }
        let leaves = 1.0 - self.stays;
        Ahead { seconds: sum.seconds / leaves, falls: sum.falls / leaves }
    }
}

fn close(old: f64, new: f64) -> bool {
    (new - old).abs() <= PRECISION * new
}
