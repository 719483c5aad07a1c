//! How soon a failure is seen, and how often one is seen that is none: the two sides of a policy.
//!
//! # Detection
//!
//! Let a check have interval *I*, fast interval *F* and timeout *T*, and let *k* failures make it
//! fail. A site dies right after a probe was met. The first probe to notice starts *I* later. From
//! then on probes start every *F*, because a probe counts as suspect as soon as it has failed or
//! has been waiting for *F*; probes overlap, so none waits for another's timeout:
//!
//! ```text
//! worst(refused)    = I + (k - 1) F
//! worst(black hole) = I + (k - 1) F + T
//! ```
//!
//! The moment of death is uniform within *I*, independently for each check and vantage. A vantage
//! says *down* when as many checks have failed as [`Require`] asks for, a quorum
//! does when as many vantages have: order statistics, whose mean is integrated numerically. Time on
//! the wire of a refusal and the way of the report to the watcher come on top.
//!
//! # False failover
//!
//! Let each probe fail by itself with probability *p* although the site is well. A check that is up
//! is a Markov chain of what has been counted; the mean time until it says *down* is
//!
//! ```text
//! U = E[time of one excursion from "nothing counted"] / P(an excursion ends in down)
//! ```
//!
//! which for *k* in a row is the well-known `(1 - p^k) / ((1 - p) p^k)` probes. It stays down for
//! *D* = *I* `(1/q + 1/q^2 + ... + 1/q^rise)`, `q = 1 - p`. Seen on the common grid of the
//! intervals (their greatest common divisor *g*), it is down with probability *D / (U + D)* and
//! falls within one step with *g / (U + D)*. From these two numbers of independent checks follow
//! those of a vantage, and from these those of the quorum, by counting how many are down before and
//! after a step. The mean time between two false verdicts is then (Kac's lemma)
//!
//! ```text
//! P(less than a quorum down) g / P(less than a quorum down before a step, a quorum after it)
//! ```
//!
//! This is exact for `fall` and `grey`, and for a window of up to 65,536 ways to have failed so
//! far. For larger windows the mean time is bounded from below: with *b* the probability that a
//! probe fails and completes the failures of its window, `U >= F / b`, because failures are
//! positively associated (Harris); nor can it be shorter than so many failures take anywhere. A
//! grey counter beside a window adds its rate. Two further simplifications are on the safe side: a
//! check counts as probed at the fast interval while any failure counts, and as recovering at the
//! slow one; and a lost probe counts although one started later was met earlier.
//!
//! # Shared and bursty losses
//!
//! What breaks that bound is loss that several paths share, such as a common transit provider, and
//! loss that lasts. [`false_failover_under`] takes both into account, as [`Loss`] describes them:
//! measured rate, pairwise correlation and mean length of bursts ([`measure`]). There all checks of
//! all vantages are probed in rounds, at the fast interval while a check that is up counts
//! anything; one that is down is probed at the slow interval, in a random part of the fast rounds.
//! The state is what each check has counted (and which channels are bad, if there are bursts);
//! vantages are alike, and so are the checks of one, so that states which differ only in who is who
//! are one. With `T` the mean time from "nothing counted" until a quorum says *down*
//!
//! ```text
//! T = E[time of one excursion from "nothing counted"] / P(an excursion ends in down)
//! ```
//!
//! holds as above; numerator and denominator solve a linear system each, by Gauss-Seidel sweeps,
//! whose terms are all positive: rare events lose no precision.
//!
//! This is exact for up to 10 paths (vantages times checks) and 30,000 states, which are three
//! vantages with one check of any preset, five without a grey counter, or two with two checks.
//! Beyond that [`Estimate::exact`] is false and the mean time is bounded from below, by the best of:
//! the rate at which some smaller group of vantages and checks agrees, times the number of such
//! groups; the same without the grey counter, plus the rate at which any grey counter says *down*;
//! and, without bursts, the rate at which any check does. Windows and grey counters with too many
//! states are replaced by ones that say *down* sooner. Checks that are probed at different paces
//! count as probed at the fastest and as recovering at the slowest.
//!
//! # Measured losses
//!
//! A watcher need not guess: [`Losses`] takes the outcomes of all vantages as they come and counts,
//! over a week and in bounded memory, what was lost while a site was up; [`false_failover_measured`]
//! puts what it found into the bound above.
use crate::policy::{PolicySpec, Require};
use std::time::Duration;

mod chain;
mod correlated;
mod counter;
mod counting;
mod detection;
mod forecast;
mod joint;
mod loss;
mod losses;
mod measured;
mod path_losses;
mod spurious;
mod tally;
#[cfg(test)]
mod tests;
mod vantage;
mod window;

pub use correlated::{Estimate, false_failover_under};
pub use detection::detection;
pub use forecast::{Forecast, ForecastShare, TTL_EXTENDERS};
pub use loss::{Loss, LossProblem};
pub use losses::Losses;
pub use measured::{Measured, measure};
pub use path_losses::{PairLosses, SiteLosses, VantageLosses, false_failover_measured};
pub use spurious::false_failover;

/// How a site fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Failure {
    /// Probes are answered at once, in the negative: the process is gone, the machine is not.
    Refused,
    /// Probes are not answered at all.
    BlackHole,
}

/// From the death of a site until a quorum says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Detection {
    /// At the latest, without losses on the way.
    pub worst: Duration,
    /// On average over the moment of death.
    pub expected: Duration,
}

/// Mean times, in seconds, until a site that is well is said to be down. Infinite if that cannot
/// happen, or only in more than 10^300 seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FalseFailover {
    /// By one vantage.
    pub one_vantage: f64,
    /// By a quorum.
    pub quorum: f64,
}

impl FalseFailover {
    /// The probability that a quorum errs within a day.
    pub fn per_day(&self) -> f64 {
        -(-86_400.0 / self.quorum).exp_m1()
    }
}

/// How many of a site's checks must fail; within 1 and their number even in an invalid policy.
fn checks_needed(spec: &PolicySpec) -> usize {
    let checks = spec.checks.len().max(1);
    match spec.require {
        Require::Any => 1,
        Require::All => checks,
        Require::AtLeast(count) => usize::from(count).clamp(1, checks),
    }
}

/// How many vantages must say *down* for the machine to do so; within 1 and their number even in an
/// invalid policy. A quorum below the majority is not enough while as many say *up*: two quorums
/// that contradict each other are none.
fn votes_needed(spec: &PolicySpec) -> usize {
    let vantages = spec.vantages.len().max(1);
    let quorum = usize::from(spec.quorum).clamp(1, vantages);
    quorum.max(vantages - quorum + 1)
}
