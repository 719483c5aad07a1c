//! How soon a failure is seen, and how often one is seen that is none.
use std::time::Duration;

use failover_core::PolicySpec;
use failover_core::bound::{
    Failure, SiteLosses, detection, false_failover, false_failover_measured, false_failover_under,
};
use serde::Serialize;

use crate::cli::out::table;
use crate::config::Expect;
use crate::config::duration::{show, show_moment};

/// Probes lost on the way, of all: a good path, a usual one, a bad one.
const LOSSES: [f64; 3] = [0.001, 0.01, 0.05];

/// The two sides of a policy.
#[derive(Debug, Serialize)]
pub struct Numbers {
    refused: Seen,
    black_hole: Seen,
    false_failovers: Vec<Spurious>,
    /// Under what the configuration expects of the network.
    expected: Expected,
    /// Under what the running watcher has measured, if it was asked and has.
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<Measured>,
}

/// From a site's death to the verdict.
#[derive(Debug, Serialize)]
struct Seen {
    worst_ms: u64,
    expected_ms: u64,
}

/// False verdicts where losses are shared and come in bursts as the configuration says.
#[derive(Debug, Serialize)]
struct Expected {
    loss: f64,
    correlation: f64,
    /// Probes lost in a row on average.
    burst: f64,
    /// Mean time to the first, in seconds; absent if there are none in any time that matters.
    seconds_between: Option<f64>,
    /// Whether it is exact; else it is at least as long.
    exact: bool,
    /// The shortest one that is good enough, in seconds.
    target_seconds: f64,
}

/// False verdicts under what was measured: of the worst site.
#[derive(Debug, Serialize)]
struct Measured {
    /// Probes that were counted, of all sites.
    probes: u64,
    /// Those that were lost.
    lost: u64,
    /// Since when, in milliseconds since the Unix epoch.
    since: u64,
    /// Mean time to the first, in seconds; absent if there are none in any time that matters.
    seconds_between: Option<f64>,
    /// Whether it is exact; else it is at least as long.
    exact: bool,
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

pub fn numbers(policy: &PolicySpec, expect: &Expect, losses: &[SiteLosses]) -> Numbers {
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
        expected: expected(policy, expect),
        measured: measured(policy, losses),
    }
}

fn expected(policy: &PolicySpec, expect: &Expect) -> Expected {
    let estimate = false_failover_under(policy, &expect.loss);
    let between = estimate.mean.quorum;
    Expected {
        loss: expect.loss.rate(),
        correlation: expect.loss.correlation(),
        burst: expect.loss.burst(),
        seconds_between: between.is_finite().then_some(between),
        exact: estimate.exact,
        target_seconds: expect.false_failover.as_secs_f64(),
    }
}

fn measured(policy: &PolicySpec, losses: &[SiteLosses]) -> Option<Measured> {
    let estimate = false_failover_measured(policy, losses)?;
    Some(Measured {
        probes: losses.iter().map(|site| site.probes).sum(),
        lost: losses.iter().map(|site| site.lost).sum(),
        since: losses.iter().map(|site| site.since.as_millis()).min()?,
        seconds_between: Some(estimate.mean.quorum).filter(|seconds| seconds.is_finite()),
        exact: estimate.exact,
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The numbers for people.
pub fn describe(numbers: &Numbers, ttl: u32) -> String {
    table(&rows(numbers, ttl))
}

/// The same, line by line.
pub fn rows(numbers: &Numbers, ttl: u32) -> Vec<Vec<String>> {
    let seen = |what: &str, seen: &Seen| {
        vec![
            format!("  {what}"),
            format!("seen after {} on average,", show(Duration::from_millis(seen.expected_ms))),
            format!("{} at worst", show(Duration::from_millis(seen.worst_ms))),
        ]
    };
    let mut rows = vec![seen("refused", &numbers.refused), seen("black hole", &numbers.black_hole)];
    for spurious in &numbers.false_failovers {
        let percent = percent(spurious.loss);
        let between = spell(spurious.seconds_between.unwrap_or(f64::INFINITY));
        rows.push(vec![
            format!("  {percent} % lost"),
            format!("a false alarm every {between},"),
            on_any_day(spurious.per_day),
        ]);
    }
    let Expected { loss, correlation, burst, seconds_between, exact, .. } = &numbers.expected;
    let at_least = if *exact { "" } else { "at least " };
    rows.push(vec![
        "  expected".to_owned(),
        format!(
            "a false alarm every {at_least}{},",
            spell(seconds_between.unwrap_or(f64::INFINITY))
        ),
        format!("{} % lost, correlation {correlation}, {burst:.2} in a row", percent(*loss)),
    ]);
    if let Some(Measured { probes, lost, since, seconds_between, .. }) = &numbers.measured {
        let between = match seconds_between {
            Some(seconds) => format!("a false alarm at most once in {},", spell(*seconds)),
            None => "never a false alarm,".to_owned(),
        };
        rows.push(vec![
            "  measured".to_owned(),
            between,
            format!("{lost} of {probes} probes lost since {}", show_moment(*since)),
        ]);
    }
    rows.push(vec![
        "  caches".to_owned(),
        format!("may keep the old answer {ttl} s longer"),
        String::new(),
    ]);
    rows
}

/// A share in per cent, without the noise of binary fractions.
pub fn percent(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// A time that nobody counts in seconds.
pub fn spell(seconds: f64) -> String {
    if seconds.is_infinite() {
        return "never".to_owned();
    }
    const UNITS: [(f64, &str); 4] =
        [(31_557_600.0, "years"), (86_400.0, "days"), (3600.0, "hours"), (60.0, "min")];
    let (size, unit) = UNITS.into_iter().find(|(size, _)| seconds >= *size).unwrap_or((1.0, "s"));
    let count = seconds / size;
    match count {
        _ if count >= 1e9 => format!("more than a billion {unit}"),
        _ if count >= 1e6 => format!("{:.1} million {unit}", count / 1e6),
        _ => format!("{count:.1} {unit}"),
    }
}

/// How probable something is within a day.
fn on_any_day(chance: f64) -> String {
    match chance {
        _ if chance > 0.995 => "practically certain on any day".to_owned(),
        _ if chance >= 0.01 => format!("{:.0} % on any day", chance * 100.0),
        _ if chance >= 1e-6 => format!("1 in {:.0} on any day", 1.0 / chance),
        _ => "less than 1 in a million on any day".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chance_is_said_without_exponents() {
        assert_eq!(on_any_day(1.0), "practically certain on any day");
        assert_eq!(on_any_day(0.12), "12 % on any day");
        assert_eq!(on_any_day(0.0004), "1 in 2500 on any day");
        assert_eq!(on_any_day(1e-12), "less than 1 in a million on any day");
    }

    #[test]
    fn long_times_are_shown_in_fitting_units() {
        assert_eq!(spell(30.0), "30.0 s");
        assert_eq!(spell(7200.0), "2.0 hours");
        assert_eq!(spell(3.2e8), "10.1 years");
        assert_eq!(spell(f64::INFINITY), "never");
        assert_eq!(percent(0.07), 7.0);
        assert_eq!(spell(3.2e14), "10.1 million years");
        assert_eq!(spell(3.2e20), "more than a billion years");
    }
}
