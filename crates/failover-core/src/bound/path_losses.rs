//! What was measured of the paths to a site, as people are shown it and as the bound takes it.
use super::correlated::{Estimate, false_failover_under};
use super::loss::{Loss, LossProblem};
use super::tally::Tally;
use crate::id::VantageId;
use crate::policy::PolicySpec;
use crate::time::Timestamp;

/// One-sided 95 %.
const CONFIDENCE: f64 = 1.645;

/// What was lost on the paths to one site while it was up.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SiteLosses {
    /// Since when this was counted.
    pub since: Timestamp,
    /// Probes that count: one of each path and round.
    pub probes: u64,
    /// Those that were lost.
    pub lost: u64,
    /// How many were lost in a row on average; 1 if none was lost.
    pub burst: f64,
    /// By vantage, in the policy's order.
    pub vantages: Vec<VantageLosses>,
    /// By two vantages, and by one with itself if it has several checks.
    pub pairs: Vec<PairLosses>,
}

/// What one vantage lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct VantageLosses {
    /// Which.
    pub vantage: VantageId,
    /// Its probes that count.
    pub probes: u64,
    /// Those that were lost.
    pub lost: u64,
}

/// How much two vantages lose together.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PairLosses {
    /// The one.
    pub one: VantageId,
    /// The other; the same one for its checks among each other.
    pub other: VantageId,
    /// Rounds in which both were heard of.
    pub rounds: u64,
    /// The correlation coefficient of their errors, the largest of any two of their checks.
    pub correlation: f64,
}

impl SiteLosses {
    /// What the counts amount to; `None` while there are none.
    pub(super) fn of(tally: &Tally, vantages: usize, checks: usize) -> Option<Self> {
        let since = tally.since()?;
        let ids = || (0..u8::try_from(vantages).unwrap_or(u8::MAX)).map(VantageId);
        let paths = |id: VantageId| id.index() * checks..(id.index() + 1) * checks;
        let each = ids().map(|vantage| {
            let own = paths(vantage).map(|path| tally.path(path));
            let (probes, lost) = own.fold((0, 0), |(p, l), path| (p + path.probes, l + path.lost));
            VantageLosses { vantage, probes, lost }
        });
        let each: Vec<VantageLosses> = each.collect();
        let mut pairs = Vec::new();
        for one in ids() {
            for other in ids().take_while(|other| *other <= one) {
                let all = paths(one).flat_map(|a| paths(other).map(move |b| (a, b)));
                let found = all.filter(|(a, b)| a > b).map(|(a, b)| tally.pair(a, b));
                let found: Vec<_> = found.filter(|pair| pair.rounds > 0).collect();
                let rounds = found.iter().map(|pair| pair.rounds).max();
                let correlation = found.iter().map(|pair| pair.correlation()).reduce(f64::max);
                if let (Some(rounds), Some(correlation)) = (rounds, correlation) {
                    pairs.push(PairLosses { one: other, other: one, rounds, correlation });
                }
            }
        }
        let all = (0..vantages * checks).map(|path| tally.path(path));
        let (lost, bursts) =
            all.fold((0, 0), |(l, b), path| (l + path.lost_in_all, b + path.bursts));
        Some(Self {
            since,
            probes: each.iter().map(|vantage| vantage.probes).sum(),
            lost: each.iter().map(|vantage| vantage.lost).sum(),
            burst: if bursts > 0 { (lost as f64 / bursts as f64).max(1.0) } else { 1.0 },
            vantages: each,
            pairs,
        })
    }

    /// The lost share of all probes.
    pub fn rate(&self) -> f64 {
        if self.probes == 0 { 0.0 } else { self.lost as f64 / self.probes as f64 }
    }

    /// The largest share that fits what was counted, with 95 % confidence (Wilson's interval): who
    /// has lost none of 300 probes may still lose one in a hundred.
    pub fn rate_at_most(&self) -> f64 {
        if self.probes == 0 {
            return 1.0;
        }
        let (n, p, z) = (self.probes as f64, self.rate(), CONFIDENCE);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        // Where all is lost, rounding would leave less than was measured.
        ((p + z * z / (2.0 * n) + spread) / (1.0 + z * z / n)).clamp(p, 1.0)
    }

    /// The largest correlation of any two paths; below 0 counts as none.
    pub fn correlation(&self) -> f64 {
        self.pairs.iter().map(|pair| pair.correlation).fold(0.0, f64::max)
    }

    /// The loss to reckon with: the largest rate that fits, the largest correlation, and bursts.
    pub fn loss(&self) -> Result<Loss, LossProblem> {
        Loss::new(self.rate_at_most(), self.correlation(), self.burst)
    }
}

/// How rarely `spec` takes for down what is not, under what was measured of its sites: the worst.
///
/// `None` unless something was measured of at least one. See [`false_failover_under`] for what it
/// costs.
pub fn false_failover_measured(spec: &PolicySpec, sites: &[SiteLosses]) -> Option<Estimate> {
    let losses = sites.iter().filter_map(|site| site.loss().ok());
    let estimates = losses.map(|loss| false_failover_under(spec, &loss));
    estimates.min_by(|one, other| one.mean.quorum.total_cmp(&other.mean.quorum))
}
