//! How the world's caches followed the latest move, as far as it is shown.
use super::json::{FromJson, at, fields};
use super::time;
use crate::words;
use failover_core::Timestamp;
use serde_json::Value;
use std::fmt::Write;

/// A [`web_api::MoveCurve`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Followed {
    /// What was measured.
    pub curve: Measured,
    /// Resolvers that gave the new answer.
    pub new: u32,
    /// Resolvers that answered at all.
    pub answering: u32,
    /// Measured and expected share, at even distances.
    pub points: Vec<Point>,
    /// Resolvers that keep answers for longer than they may.
    pub extenders: Vec<Late>,
}

/// A [`failover_core::Curve`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// The move.
    pub id: u64,
    /// When it was decided.
    pub began: Timestamp,
    /// The providers.
    pub providers: Vec<Provider>,
    /// The resolvers.
    pub resolvers: Vec<Source>,
    /// How far the asking has come, in milliseconds.
    pub asked_ms: u64,
    /// Why nobody is asked any more.
    pub end: Option<String>,
}

/// A [`failover_core::CurveProvider`].
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// When all its name servers that answer gave the new answer.
    pub published_ms: Option<u64>,
}

/// A [`failover_core::CurveSource`].
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// When it first gave the new answer.
    pub new_ms: Option<u64>,
    /// When it last gave another one.
    pub old_ms: Option<u64>,
    /// The largest TTL it showed with the new answer.
    pub new_ttl: Option<u32>,
    /// The largest TTL it showed with another one.
    pub old_ttl: Option<u32>,
    /// Why it gave none.
    pub problem: Option<String>,
}

/// A [`failover_core::CurvePoint`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Milliseconds from the decision.
    pub ms: u64,
    /// The share of resolvers that had given the new answer.
    pub measured: Option<f64>,
    /// The share that was to be expected.
    pub expected: f64,
}

/// A [`failover_core::Extender`].
#[derive(Clone, Debug, PartialEq)]
pub struct Late {
    /// Its name.
    pub name: String,
    /// So many seconds too late.
    pub late_secs: Option<u32>,
    /// It showed this TTL.
    pub ttl_shown: Option<u32>,
}

/// A [`web_api::Curves`].
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// The latest move first.
    pub curves: Vec<Followed>,
}

fields! {
    Curves { curves }
    Followed { curve, new, answering, points, extenders }
    Measured { id, began, providers, resolvers, asked_ms, end }
    Provider { name, published_ms }
    Source { name, operator, new_ms, old_ms, new_ttl, old_ttl, problem }
    Point { ms, measured, expected }
    Late { name, late_secs, ttl_shown }
}

/// Width of the picture in its own units.
pub const WIDTH: u64 = 1000;
/// Height of the picture in its own units.
pub const HEIGHT: u64 = 200;

/// The two lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// What was measured, in steps.
    pub measured: String,
    /// What was to be expected.
    pub expected: String,
}

/// Draws the lines.
pub fn lines(points: &[Point]) -> Lines {
    let mut drawn = Lines::default();
    let whole = points.last().map_or(1, |point| point.ms.max(1));
    for (place, point) in points.iter().enumerate() {
        let x = point.ms * WIDTH / whole;
        let y = |share: f64| {
            let up = (share.clamp(0.0, 1.0) * (HEIGHT - 8) as f64) as u64;
            HEIGHT - 4 - up
        };
        let pen = if place == 0 { 'M' } else { 'L' };
        let _ = write!(drawn.expected, "{pen}{x} {}", y(point.expected));
        if let Some(share) = point.measured {
            // A share holds until the next one: resolvers change one by one.
            let _ = match drawn.measured.is_empty() {
                true => write!(drawn.measured, "M{x} {}", y(share)),
                false => write!(drawn.measured, "H{x}V{}", y(share)),
            };
        }
    }
    drawn
}

/// All of it in a sentence.
pub fn summary(followed: &Followed) -> String {
    let span = time::took(followed.curve.asked_ms);
    let (new, answering) = (followed.new as usize, followed.answering as usize);
    words::curve_summary(new, answering, &span, followed.curve.id)
}

/// What each resolver said.
pub fn says(source: &Source) -> String {
    match (source.new_ms, source.old_ms) {
        (Some(ms), _) => words::new_after(&time::took(ms)),
        (None, Some(_)) => words::STILL_OLD.into(),
        (None, None) => source.problem.clone().unwrap_or_else(|| words::NO_ANSWER.into()),
    }
}

/// What is to be said of those that keep answers for too long, and of the providers.
pub fn remarks(followed: &Followed) -> Vec<String> {
    let provider = |one: &Provider| match one.published_ms {
        Some(ms) => words::curve_published(&one.name, &time::took(ms)),
        None => words::curve_unpublished(&one.name),
    };
    let late = |one: &Late| match (one.late_secs, one.ttl_shown) {
        (Some(seconds), _) => words::extends_late(&one.name, seconds),
        (None, ttl) => words::extends_ttl(&one.name, ttl.unwrap_or_default()),
    };
    let mut remarks: Vec<String> = followed.curve.providers.iter().map(provider).collect();
    remarks.extend(followed.extenders.iter().map(late));
    remarks
}

/// As many points as a table has rows.
pub fn rows(points: &[Point]) -> Vec<Point> {
    let step = points.len().div_ceil(12).max(1);
    points.iter().step_by(step).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::NOW;
    use crate::model::json::parse;
    use failover_core::{Curve, CurveProvider, CurveSource, MoveId};

    fn measured() -> Curve {
        let source = |name: &str, new_ms, old_ms, old_ttl| CurveSource {
            name: name.to_owned(),
            operator: "the demo".to_owned(),
            new_ms,
            old_ms,
            old_ttl,
            asked: 9,
            ..CurveSource::default()
        };
        Curve {
            service: "shop".to_owned(),
            id: MoveId(4),
            began: NOW,
            ttl: 60,
            providers: vec![CurveProvider {
                name: "google".to_owned(),
                ttl_before: 60,
                published_ms: Some(800),
                servers: vec![source("ns1", Some(800), Some(100), Some(60))],
            }],
            resolvers: vec![
                source("honest", Some(30_000), Some(29_000), Some(59)),
                source("stubborn", None, Some(90_000), Some(90)),
                source("dead", None, None, None),
            ],
            asked_ms: 90_000,
            end: None,
        }
    }

    fn followed() -> Followed {
        let curves = web_api::Curves { curves: vec![web_api::MoveCurve::of(measured())] };
        let text = serde_json::to_string(&curves).unwrap();
        parse::<Curves>(&text).unwrap().curves.remove(0)
    }

    #[test]
    fn what_the_server_writes_is_understood() {
        let followed = followed();
        assert_eq!((followed.new, followed.answering), (1, 2));
        assert_eq!((followed.curve.id, followed.curve.began), (4, NOW));
        assert!(followed.points.len() > 10);
        let says: Vec<String> = followed.curve.resolvers.iter().map(says).collect();
        assert_eq!(says, ["after 30.0 s", "still the old answer", "no answer"]);
    }

    #[test]
    fn those_who_keep_answers_for_too_long_are_named() {
        let remarks = remarks(&followed());
        assert_eq!(remarks[0], "google: published after 800 ms");
        assert!(remarks[1].starts_with("stubborn gave the old answer for"), "{remarks:?}");
    }

    #[test]
    fn the_measured_share_holds_until_the_next_one() {
        let point = |ms, measured, expected| Point { ms, measured, expected };
        let drawn =
            lines(&[point(0, None, 0.0), point(500, Some(0.0), 0.5), point(1000, Some(1.0), 1.0)]);
        assert_eq!(drawn.expected, "M0 196L500 100L1000 4");
        assert_eq!(drawn.measured, "M500 196H1000V4");
        assert_eq!(lines(&[]), Lines::default());
    }

    #[test]
    fn the_picture_is_told_in_a_sentence() {
        let expected = "1 of 2 resolvers give the new answer, 1 min after move 4 was decided";
        assert_eq!(summary(&followed()), expected);
        assert!(rows(&followed().points).len() <= 12);
    }
}
