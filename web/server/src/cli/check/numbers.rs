//! How soon a failure is seen, and how often one is seen that is none.
use std::time::Duration;

use failover_core::PolicySpec;
use failover_core::bound::{Failure, detection, false_failover};
use serde::Serialize;

use crate::cli::out::table;
use crate::config::duration::show;

/// Probes lost on the way, of all: a good path, a usual one, a bad one.
const LOSSES: [f64; 3] = [0.001, 0.01, 0.05];

/// The two sides of a policy.
#[derive(Debug, Serialize)]
pub struct Numbers {
    refused: Seen,
    black_hole: Seen,
    false_failovers: Vec<Spurious>,
}

/// From a site's death to the verdict.
#[derive(Debug, Serialize)]
struct Seen {
    worst_ms: u64,
    expected_ms: u64,
}

/// False verdicts at one rate of loss.
#[derive(Debug, Serialize)]
struct Spurious {
    /// The part of all probes that fail although the site is well.
    loss: f64,
    /// Mean time between two, in seconds; absent if there are none in any time that matters.
    seconds_between: Option<f64>,
    /// The probability of at least one within a day.
    per_day: f64,
}

pub fn numbers(policy: &PolicySpec) -> Numbers {
    let seen = |failure| {
        let bound = detection(policy, failure);
        Seen { worst_ms: millis(bound.worst), expected_ms: millis(bound.expected) }
    };
    let spurious = |loss| {
        let bound = false_failover(policy, loss);
        let between = bound.quorum;
        Spurious {
            loss,
            seconds_between: between.is_finite().then_some(between),
            per_day: bound.per_day(),
        }
    };
    Numbers {
        refused: seen(Failure::Refused),
        black_hole: seen(Failure::BlackHole),
        false_failovers: LOSSES.into_iter().map(spurious).collect(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The numbers for people.
pub fn describe(numbers: &Numbers, ttl: u32) -> String {
    let seen = |what: &str, seen: &Seen| {
        vec![
            format!("  {what}"),
            format!("seen after {} on average,", show(Duration::from_millis(seen.expected_ms))),
            format!("{} at worst", show(Duration::from_millis(seen.worst_ms))),
        ]
    };
    let mut rows = vec![seen("refused", &numbers.refused), seen("black hole", &numbers.black_hole)];
    for spurious in &numbers.false_failovers {
        let percent = spurious.loss * 100.0;
        let between = spurious.seconds_between.map_or_else(|| "never".to_owned(), long);
        rows.push(vec![
            format!("  {percent} % lost"),
            format!("a false alarm every {between},"),
            format!("{:.2e} per day", spurious.per_day),
        ]);
    }
    rows.push(vec![
        "  caches".to_owned(),
        format!("may keep the old answer {ttl} s longer"),
        String::new(),
    ]);
    table(&rows)
}

/// A time that nobody counts in seconds.
fn long(seconds: f64) -> String {
    const UNITS: [(f64, &str); 4] =
        [(31_557_600.0, "years"), (86_400.0, "days"), (3600.0, "hours"), (60.0, "min")];
    let (size, unit) = UNITS.into_iter().find(|(size, _)| seconds >= *size).unwrap_or((1.0, "s"));
    let count = seconds / size;
    if count >= 1e6 { format!("{count:.0e} {unit}") } else { format!("{count:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_shown_in_fitting_units() {
        assert_eq!(long(30.0), "30.0 s");
        assert_eq!(long(7200.0), "2.0 hours");
        assert_eq!(long(3.2e8), "10.1 years");
        assert_eq!(long(3.2e20), "1e13 years");
    }
}
