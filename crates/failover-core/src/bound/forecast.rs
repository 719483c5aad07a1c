//! How soon the caches of the world should follow a move: the share that is to be expected.
use std::time::Duration;

/// The share of resolvers that keep answers longer than their TTL allows: 8.74 % of 8,524 open ones
/// ("TTL Violation of DNS Resolvers in the Wild", PAM 2023).
pub const TTL_EXTENDERS: f64 = 0.0874;

/// What is to be expected of caches after a move.
///
/// A name that is asked for steadily stands in each cache with an age that is uniform within its
/// TTL, so that `t` after the decision the share that gives the new answer is
///
/// ```text
/// F(t) = sum over providers of w * min(1, max(0, t - published) / TTL) * (1 - extenders)
/// ```
///
/// with `w` the part of the world's questions that reaches the provider. Names that hardly anybody
/// asks for stand in no cache, and are new everywhere at once: the forecast is for the busy ones.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Forecast {
    /// The providers.
    pub shares: Vec<ForecastShare>,
    /// The share of resolvers that keep answers for longer than they may.
    pub extenders: f64,
}

/// What one provider adds to a [`Forecast`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ForecastShare {
    /// How many of the questions reach it, in any unit: a resolver picks among the name servers.
    pub weight: f64,
    /// When all its name servers answered the new, counted from the decision: the call of its API
    /// and its own propagation. `None`: they do not.
    pub published: Option<Duration>,
    /// The TTL of what was published there before.
    pub ttl: Duration,
}

impl Forecast {
    /// The share of resolvers that give the new answer `after` the decision, within 0 and 1.
    pub fn at(&self, after: Duration) -> f64 {
        let all: f64 = self.shares.iter().map(|share| share.weight.max(0.0)).sum();
        if all <= 0.0 {
            return 0.0;
        }
        let new: f64 =
            self.shares.iter().map(|share| share.weight.max(0.0) * share.new_at(after)).sum();
        (new / all) * (1.0 - self.extenders.clamp(0.0, 1.0))
    }

    /// When `share` of the honest resolvers, those that keep to the TTL, give the new answer; `None`
    /// when they never do because a provider does not publish.
    pub fn honest(&self, share: f64) -> Option<Duration> {
        let honest = Self { extenders: 0.0, ..self.clone() };
        let ends = self.shares.iter().filter_map(|one| Some(one.published? + one.ttl));
        let (mut low, mut high) = (Duration::ZERO, ends.max()?);
        if honest.at(high) < share {
            return None;
        }
        // F never falls, so halving finds the place; a millisecond is finer than anybody measures.
        while high - low > Duration::from_millis(1) {
            let middle = low + (high - low) / 2;
            if honest.at(middle) < share {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(high)
    }
}

impl ForecastShare {
    fn new_at(&self, after: Duration) -> f64 {
        let Some(published) = self.published else { return 0.0 };
        let Some(since) = after.checked_sub(published) else { return 0.0 };
        if self.ttl.is_zero() {
            return 1.0;
        }
        (since.as_secs_f64() / self.ttl.as_secs_f64()).min(1.0)
    }
}
