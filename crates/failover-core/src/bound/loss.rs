//! How probes of a site that is well get lost: how often, how much together, how long in a row.
use std::fmt;

/// How probes are lost although the site is well.
///
/// Probes go out in rounds: one of each check from each vantage. Something that all paths share,
/// such as a transit provider or the site's own line, is bad in some rounds and then loses every
/// probe; each path has its own trouble beside. With the rate *p* and the correlation *rho* the
/// shared part is bad in the share *c* of all rounds, a path's own in the share *i*:
///
/// ```text
/// c = rho p / (1 - p + rho p)        i = p (1 - rho)
/// ```
///
/// so that each probe is lost with probability `1 - (1 - c)(1 - i) = p`, and the errors of any two
/// probes of a round have the correlation coefficient `c (1 - i)^2 (1 - c) / (p (1 - p)) = rho`.
///
/// Without bursts the rounds are independent. With bursts of *B* lost probes on average, both parts
/// are Gilbert channels (a two-state Markov chain whose bad state loses everything) with the same
/// memory: from good to bad with `x s`, back with `(1 - x) s`, where *x* is *c* or *i*, and *s* is
/// the smaller root of `(c + i) s - c i s^2 = p / ((1 - p) B)`, which makes the mean run of lost
/// probes of one path exactly *B*. Independent rounds are the case `s = 1`, where a run has
/// `1 / (1 - p)` probes on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    rate: f64,
    correlation: f64,
    burst: f64,
}

/// Why these numbers describe no loss.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LossProblem {
    /// The rate is not from 0 to 1.
    Rate(f64),
    /// The correlation is not from 0 to 1.
    Correlation(f64),
    /// The mean burst is not 1 or more, or not finite.
    Burst(f64),
}

impl fmt::Display for LossProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(found) => {
                write!(f, "a loss of {found}; write the lost share of all probes, from 0 to 1")
            }
            Self::Correlation(found) => {
                write!(f, "a correlation of {found}; it must be from 0 (independent) to 1 (one)")
            }
            Self::Burst(found) => {
                write!(f, "bursts of {found} probes; it must be 1 (no bursts) or more, and finite")
            }
        }
    }
}

impl std::error::Error for LossProblem {}

impl Loss {
    /// Each probe is lost with probability `rate`, whatever happens to the others.
    pub fn independent(rate: f64) -> Result<Self, LossProblem> {
        Self::new(rate, 0.0, 1.0)
    }

    /// Lost are the share `rate` of all probes (0 to 1), with a `correlation` between the errors
    /// of any two probes of a round (0 to 1), in runs of `burst` probes on average (1 or more;
    /// what is below `1 / (1 - rate)` means independent rounds, there are no shorter runs).
    ///
    /// A measured correlation below 0 is to be given as 0.
    pub fn new(rate: f64, correlation: f64, burst: f64) -> Result<Self, LossProblem> {
        if !(0.0..=1.0).contains(&rate) {
            return Err(LossProblem::Rate(rate));
        }
        if !(0.0..=1.0).contains(&correlation) {
            return Err(LossProblem::Correlation(correlation));
        }
        if !(burst.is_finite() && burst >= 1.0) {
            return Err(LossProblem::Burst(burst));
        }
        Ok(Self { rate, correlation, burst })
    }

    /// The share of all probes that are lost.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The correlation coefficient of the errors of two probes of one round.
    pub fn correlation(&self) -> f64 {
        self.correlation
    }

    /// The mean number of probes lost in a row on one path.
    pub fn burst(&self) -> f64 {
        if self.has_bursts() { self.burst } else { 1.0 / (1.0 - self.rate) }
    }

    /// The share of rounds in which the shared part loses everything: *c*.
    pub fn shared(&self) -> f64 {
        let Self { rate, correlation, .. } = *self;
        let some = 1.0 - rate + correlation * rate;
        if some > 0.0 { correlation * rate / some } else { 0.0 }
    }

    /// The share of rounds in which a path loses its probe by itself: *i*.
    pub fn own(&self) -> f64 {
        self.rate * (1.0 - self.correlation)
    }

    /// Whether one round tells anything about the next.
    pub(super) fn has_bursts(&self) -> bool {
        self.rate > 0.0 && self.rate < 1.0 && self.burst * (1.0 - self.rate) > 1.0
    }

    /// The two parts as channels: the shared one and a path's own.
    pub(super) fn channels(&self) -> (Channel, Channel) {
        let (shared, own) = (self.shared(), self.own());
        let mut renewal = 1.0;
        if self.has_bursts() {
            let begins = self.rate / ((1.0 - self.rate) * self.burst);
            let root = ((shared + own) * (shared + own) - 4.0 * shared * own * begins).max(0.0);
            renewal = (2.0 * begins / (shared + own + root.sqrt())).min(1.0);
        }
        (Channel { bad: shared, renewal }, Channel { bad: own, renewal })
    }
}

/// A two-state chain whose bad state loses everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    /// The share of rounds it is bad.
    bad: f64,
    /// The probability that a round is drawn anew; else it is as the one before.
    renewal: f64,
}

impl Channel {
    /// The probability that the next round is bad.
    pub(super) fn next_bad(self, now_bad: bool) -> f64 {
        if now_bad { 1.0 - (1.0 - self.bad) * self.renewal } else { self.bad * self.renewal }
    }
}
