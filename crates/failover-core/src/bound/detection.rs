//! The time from a site's death to the quorum's verdict.
use super::counting::at_least;
use super::{Detection, Failure, checks_needed, votes_needed};
use crate::policy::PolicySpec;
use std::time::Duration;

/// Pieces of Simpson's rule between two corners of the integrand.
const PIECES: u32 = 32;

/// How long it takes until a quorum of vantages says that a site which failed for good is down.
///
/// `spec` should be valid; see the [module](super) for the formula and what it leaves out. Failures
/// that were counted before, and vantages that do not report, are not considered.
pub fn detection(spec: &PolicySpec, failure: Failure) -> Detection {
    let latest: Vec<Duration> = spec
        .checks
        .iter()
        .map(|check| {
            let further = u32::from(spec.fall.failures().max(1) - 1);
            let noticed =
                check.interval.saturating_add(check.fast_interval.saturating_mul(further));
            match failure {
                Failure::Refused => noticed,
                Failure::BlackHole => noticed.saturating_add(check.timeout),
            }
        })
        .collect();
    let mut sorted = latest.clone();
    sorted.sort_unstable();
    let worst = sorted.get(checks_needed(spec) - 1).copied().unwrap_or_default();
    let spans: Vec<(f64, f64)> = spec
        .checks
        .iter()
        .zip(&latest)
        .map(|(check, latest)| {
            let latest = latest.as_secs_f64();
            (latest - check.interval.as_secs_f64(), latest)
        })
        .collect();
    let expected = Duration::try_from_secs_f64(mean(spec, &spans)).unwrap_or(worst);
    Detection { worst, expected: expected.min(worst) }
}

/// The mean of the moment when enough vantages see enough checks failed, each check's moment being
/// uniform within its span: the integral of the probability that it has not come yet.
fn mean(spec: &PolicySpec, spans: &[(f64, f64)]) -> f64 {
    let still_up = |time: f64| {
        let failed = spans.iter().map(|(first, last)| share(time, *first, *last));
        let vantage = at_least(checks_needed(spec), failed);
        1.0 - at_least(votes_needed(spec), spec.vantages.iter().map(|_| vantage))
    };
    let mut corners: Vec<f64> = spans.iter().flat_map(|(first, last)| [*first, *last]).collect();
    corners.push(0.0);
    corners.sort_unstable_by(f64::total_cmp);
    corners.windows(2).map(|pair| simpson(pair[0], pair[1], still_up)).sum()
}

fn share(time: f64, first: f64, last: f64) -> f64 {
    if last > first { ((time - first) / (last - first)).clamp(0.0, 1.0) } else { 1.0 }
}

fn simpson(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let width = (to - from) / f64::from(PIECES);
    let piece = |n: u32| {
        let left = from + f64::from(n) * width;
        f(left) + 4.0 * f(left + width / 2.0) + f(left + width)
    };
    (0..PIECES).map(piece).sum::<f64>() * width / 6.0
}
