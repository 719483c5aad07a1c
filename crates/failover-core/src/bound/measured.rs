//! From recorded outcomes to what [`Loss`] wants: rate, correlation, length of bursts.
use super::loss::{Loss, LossProblem};

/// What was measured of several paths to a site that was well.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Measured {
    /// The lost share of all probes.
    pub rate: f64,
    /// The mean correlation coefficient of the errors of two paths.
    pub mean_correlation: f64,
    /// The largest one of any two paths: the safe choice where paths differ.
    pub max_correlation: f64,
    /// The mean number of probes lost in a row on one path; 1 if none was lost.
    pub burst: f64,
}

impl Measured {
    /// The loss with these figures and the largest correlation. A correlation that was found
    /// negative counts as none.
    pub fn loss(&self) -> Result<Loss, LossProblem> {
        Loss::new(self.rate, self.max_correlation.max(0.0), self.burst)
    }
}

/// Measures `rounds` of probes sent at the same time, one from each path: `true` is a lost one.
///
/// A path that lost nothing or everything is correlated with none: 0. `None` unless there are
/// rounds and all have the same number of paths, at least one.
pub fn measure(rounds: &[Vec<bool>]) -> Option<Measured> {
    let paths = rounds.first()?.len();
    if paths == 0 || rounds.iter().any(|round| round.len() != paths) {
        return None;
    }
    let count = |wanted: &dyn Fn(&[bool]) -> bool| {
        rounds.iter().filter(|round| wanted(round)).count() as f64 / rounds.len() as f64
    };
    let rates: Vec<f64> = (0..paths).map(|path| count(&|round| round[path])).collect();
    let mut correlations = Vec::new();
    for one in 0..paths {
        for other in 0..one {
            let both = count(&|round| round[one] && round[other]);
            let spread = |rate: f64| rate * (1.0 - rate);
            let scale = (spread(rates[one]) * spread(rates[other])).sqrt();
            let together = both - rates[one] * rates[other];
            correlations.push(if scale > 0.0 { together / scale } else { 0.0 });
        }
    }
    let lost: usize = rounds.iter().flatten().filter(|lost| **lost).count();
    let begins = |path: usize| {
        let goes_on = rounds.windows(2).filter(|pair| pair[0][path] && pair[1][path]).count();
        rounds.iter().filter(|round| round[path]).count() - goes_on
    };
    let bursts: usize = (0..paths).map(begins).sum();
    Some(Measured {
        rate: rates.iter().sum::<f64>() / paths as f64,
        mean_correlation: correlations.iter().sum::<f64>() / correlations.len().max(1) as f64,
        max_correlation: correlations.iter().copied().reduce(f64::max).unwrap_or(0.0),
        burst: if bursts > 0 { lost as f64 / bursts as f64 } else { 1.0 },
    })
}
