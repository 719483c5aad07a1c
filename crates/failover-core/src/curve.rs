//! How the world's caches followed one move: what was measured, and what was to be expected.
//!
//! The watcher asks and fills a [`Curve`], the journal keeps it, the API and the panel show it.
use crate::bound::{Forecast, ForecastShare, TTL_EXTENDERS};
use crate::id::MoveId;
use crate::time::Timestamp;
use std::time::Duration;

/// A cache may count in whole seconds, and a question takes a while: so much later is not late.
const SLACK: Duration = Duration::from_secs(2);

/// How resolvers and name servers followed one move. Times are in milliseconds from the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Curve {
    /// The service.
    pub service: String,
    /// The move.
    pub id: MoveId,
    /// When it was decided.
    pub began: Timestamp,
    /// The TTL it publishes, in seconds.
    pub ttl: u32,
    /// The providers, with what each of their name servers said.
    pub providers: Vec<CurveProvider>,
    /// The resolvers that were asked.
    pub resolvers: Vec<CurveSource>,
    /// How far the asking has come, in milliseconds.
    pub asked_ms: u64,
    /// Why nobody is asked any more; `None`: the asking goes on.
    pub end: Option<CurveEnd>,
}

/// Why the asking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CurveEnd {
    /// Everybody who answers gave the new answer.
    Converged,
    /// The time for it, or the number of questions, was used up.
    Limit,
    /// The next move began.
    Replaced,
    /// The watcher ended.
    Interrupted,
}

/// One provider's part in a [`Curve`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CurveProvider {
    /// Its name.
    pub name: String,
    /// The TTL of what was published there before the move, in seconds.
    pub ttl_before: u32,
    /// When all its name servers that answer gave the new answer.
    pub published_ms: Option<u64>,
    /// Its name servers, one entry per address.
    pub servers: Vec<CurveSource>,
}

/// What one resolver, or one address of a name server, said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CurveSource {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// Where the operator sits, ISO 3166-1 alpha-2; empty when that was not said.
    pub country: String,
    /// The address that was asked, with port.
    pub address: String,
    /// When it first gave the new answer.
    pub new_ms: Option<u64>,
    /// When it last gave another one.
    pub old_ms: Option<u64>,
    /// The largest TTL it showed with the new answer, in seconds.
    pub new_ttl: Option<u32>,
    /// The largest TTL it showed with another one, in seconds.
    pub old_ttl: Option<u32>,
    /// How often it was asked.
    pub asked: u32,
    /// How often no answer came, or none about the name.
    pub errors: u32,
    /// The latest reason for it.
    pub problem: Option<String>,
}

/// A resolver that keeps answers for longer than it may.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Extender {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// So many seconds after the last cache should have forgotten it, it still gave the old answer.
    pub late_secs: Option<u32>,
    /// It showed this TTL, which is more than was published, in seconds.
    pub ttl_shown: Option<u32>,
}

/// A moment of a [`Curve`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CurvePoint {
    /// Milliseconds from the decision.
    pub ms: u64,
    /// The share of resolvers that had given the new answer; `None` before it could be known.
    pub measured: Option<f64>,
    /// The share that was to be expected.
    pub expected: f64,
}

impl CurveSource {
    /// Whether it has answered at all; one that has not says nothing about the name.
    pub fn has_answered(&self) -> bool {
        self.new_ms.is_some() || self.old_ms.is_some()
    }

    fn is_new_by(&self, ms: u64) -> bool {
        self.new_ms.is_some_and(|at| at <= ms)
    }
}

impl CurveProvider {
    /// Whether none of its name servers has answered: nobody can have an old answer from it.
    pub fn is_silent(&self) -> bool {
        !self.servers.iter().any(CurveSource::has_answered)
    }
}

impl Curve {
    /// How many resolvers give the new answer, and how many answer at all.
    pub fn reached(&self) -> (usize, usize) {
        let answering = self.resolvers.iter().filter(|one| one.has_answered());
        let new = self.resolvers.iter().filter(|one| one.new_ms.is_some());
        (new.count(), answering.count())
    }

    /// The share of the answering resolvers that had given the new answer by then.
    pub fn share_at(&self, ms: u64) -> Option<f64> {
        let (_, answering) = self.reached();
        let new = self.resolvers.iter().filter(|one| one.is_new_by(ms)).count();
        (answering > 0).then(|| new as f64 / answering as f64)
    }

    /// When all providers had published that answer at all, if they have.
    pub fn published_ms(&self) -> Option<u64> {
        let answering = self.providers.iter().filter(|provider| !provider.is_silent());
        let all: Option<Vec<u64>> = answering.map(|provider| provider.published_ms).collect();
        all?.into_iter().max()
    }

    /// What was to be expected, from what each provider took to publish.
    pub fn forecast(&self) -> Forecast {
        let share = |provider: &CurveProvider| ForecastShare {
            weight: provider.servers.iter().filter(|one| one.has_answered()).count() as f64,
            published: provider.published_ms.map(Duration::from_millis),
            ttl: Duration::from_secs(provider.ttl_before.into()),
        };
        let shares = self.providers.iter().map(share).collect();
        Forecast { shares, extenders: TTL_EXTENDERS }
    }

    /// The curve at `count` moments, evenly from the decision to the end of what was asked or is
    /// to be expected.
    pub fn points(&self, count: u32) -> Vec<CurvePoint> {
        let forecast = self.forecast();
        let expected = forecast.honest(1.0).map_or(0, millis);
        let end = self.asked_ms.max(expected).max(1);
        let steps = u64::from(count.max(2) - 1);
        let moment = |step: u64| {
            let ms = end * step / steps;
            let known = ms <= self.asked_ms || self.end == Some(CurveEnd::Converged);
            CurvePoint {
                ms,
                measured: if known { self.share_at(ms) } else { None },
                expected: forecast.at(Duration::from_millis(ms)),
            }
        };
        (0..=steps).map(moment).collect()
    }

    /// Resolvers that keep answers for longer than they may. Nobody is late before all providers
    /// have published: until then the old answer can be had afresh.
    pub fn extenders(&self) -> Vec<Extender> {
        let before = self.providers.iter().map(|provider| provider.ttl_before).max().unwrap_or(0);
        let forgotten = self.published_ms().map(|ms| ms + u64::from(before) * 1000);
        let judge = |one: &CurveSource| {
            let late = forgotten.zip(one.old_ms).and_then(|(forgotten, old)| {
                let late = old.checked_sub(forgotten).filter(|late| *late > millis(SLACK))?;
                Some(u32::try_from(late / 1000).unwrap_or(u32::MAX))
            });
            let long_new = one.new_ttl.filter(|shown| *shown > self.ttl);
            let long_old = one.old_ttl.filter(|shown| *shown > before.max(self.ttl));
            let ttl_shown = long_new.max(long_old);
            (late.is_some() || ttl_shown.is_some()).then(|| Extender {
                name: one.name.clone(),
                operator: one.operator.clone(),
                late_secs: late,
                ttl_shown,
            })
        };
        self.resolvers.iter().filter_map(judge).collect()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, new_ms: Option<u64>, old_ms: Option<u64>) -> CurveSource {
        CurveSource { name: name.to_owned(), new_ms, old_ms, asked: 1, ..CurveSource::default() }
    }

    fn provider(name: &str, ttl_before: u32, published_ms: Option<u64>) -> CurveProvider {
        let old = if published_ms.is_none() { Some(1) } else { None };
        let servers = vec![source("ns", published_ms, old)];
        CurveProvider { name: name.to_owned(), ttl_before, published_ms, servers }
    }

    fn curve(resolvers: Vec<CurveSource>) -> Curve {
        Curve {
            service: "app".to_owned(),
            id: MoveId(3),
            began: Timestamp::from_millis(1000),
            ttl: 60,
            providers: vec![provider("a", 60, Some(1000)), provider("b", 30, Some(5000))],
            resolvers,
            asked_ms: 80_000,
            end: None,
        }
    }

    #[test]
    fn resolvers_that_never_answer_do_not_count() {
        let curve = curve(vec![
            source("quick", Some(2000), None),
            source("slow", Some(40_000), Some(30_000)),
            source("silent", None, None),
        ]);
        assert_eq!(curve.reached(), (2, 2));
        assert_eq!(curve.share_at(1999), Some(0.0));
        assert_eq!(curve.share_at(2000), Some(0.5));
        assert_eq!(curve.share_at(40_000), Some(1.0));
    }

    #[test]
    fn who_gives_the_old_answer_after_everybody_must_have_forgotten_it_is_named() {
        // All have published after 5 s, the longest TTL before was 60 s, and 2 s are nobody's fault.
        let curve = curve(vec![
            source("at the limit", None, Some(67_000)),
            source("late", None, Some(69_000)),
        ]);
        let named = curve.extenders();
        assert_eq!(named.len(), 1);
        assert_eq!((named[0].name.as_str(), named[0].late_secs), ("late", Some(4)));
    }

    #[test]
    fn who_shows_more_ttl_than_was_published_is_named() {
        let honest = CurveSource { new_ttl: Some(60), ..source("honest", Some(1), None) };
        let floor = CurveSource { new_ttl: Some(300), ..source("floor", Some(1), None) };
        let old = CurveSource { old_ttl: Some(61), ..source("old", None, Some(1)) };
        let named = curve(vec![honest, floor, old]).extenders();
        let named: Vec<_> = named.iter().map(|one| (one.name.as_str(), one.ttl_shown)).collect();
        assert_eq!(named, [("floor", Some(300)), ("old", Some(61))]);
    }

    #[test]
    fn nobody_is_late_while_a_provider_still_gives_the_old_answer() {
        let mut curve = curve(vec![source("patient", None, Some(79_000))]);
        curve.providers[1] = provider("b", 30, None);
        assert!(curve.extenders().is_empty());
        assert_eq!(curve.published_ms(), None);
        // From one that does not answer at all, nobody gets an old answer.
        curve.providers[1].servers[0].old_ms = None;
        assert_eq!(curve.published_ms(), Some(1000));
        assert_eq!(curve.extenders().len(), 1);
        assert!(curve.forecast().honest(1.0).is_some(), "it has no part in the forecast");
    }

    #[test]
    fn the_curve_is_drawn_beside_what_was_to_be_expected() {
        let mut curve =
            curve(vec![source("one", Some(10_000), None), source("two", None, Some(1))]);
        curve.asked_ms = 30_000;
        let points = curve.points(14);
        assert_eq!((points.len(), points[0].ms, points[13].ms), (14, 0, 61_000));
        assert_eq!(points[0].measured, Some(0.0));
        assert_eq!(points[3].measured, Some(0.5));
        assert_eq!(points[13].measured, None, "nobody knows what comes");
        assert!((points[13].expected - (1.0 - TTL_EXTENDERS)).abs() < 1e-6);
        assert!(points.windows(2).all(|pair| pair[0].expected <= pair[1].expected));
    }
}
