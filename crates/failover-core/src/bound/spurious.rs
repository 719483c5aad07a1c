//! The mean time until a site that is well is said to be down.
use super::chain::{Probing, grey, in_a_row};
use super::counting::Flip;
use super::window::k_of_n;
use super::{FalseFailover, checks_needed, votes_needed};
use crate::policy::{CheckPolicy, Fall, PolicySpec};

/// The longest a check stays down in terms of how long it stays up; keeps the arithmetic finite
/// where nearly every probe is lost.
const MOSTLY_DOWN: f64 = 1e12;

/// How rarely probes that fail by themselves, with probability `loss` each and independently, make
/// a vantage or a quorum say that a site is down which is well.
///
/// `spec` should be valid, `loss` between 0 and 1; see the [module](super) for the formula.
pub fn false_failover(spec: &PolicySpec, loss: f64) -> FalseFailover {
    // Not a number is no promise.
    let loss = if loss.is_nan() { 1.0 } else { loss.clamp(0.0, 1.0) };
    if loss == 0.0 || spec.checks.is_empty() || spec.vantages.is_empty() {
        return FalseFailover { one_vantage: f64::INFINITY, quorum: f64::INFINITY };
    }
    let step = grid(&spec.checks);
    let checks = spec.checks.iter().map(|check| {
        let up = time_up(spec, check, loss).min(f64::MAX / MOSTLY_DOWN);
        let down = time_down(spec.rise, check.interval.as_secs_f64(), loss);
        Flip::alternating(up.max(step), down.min(up * MOSTLY_DOWN).max(step), step)
    });
    let vantage = Flip::at_least(checks_needed(spec), checks);
    let quorum = Flip::at_least(votes_needed(spec), spec.vantages.iter().map(|_| vantage));
    FalseFailover { one_vantage: vantage.steps_up() * step, quorum: quorum.steps_up() * step }
}

/// Mean seconds until a check that has counted nothing says *down*.
pub(super) fn time_up(spec: &PolicySpec, check: &CheckPolicy, loss: f64) -> f64 {
    let calm = check.interval.as_secs_f64();
    let probing = Probing { loss, calm, fast: check.fast_interval.as_secs_f64().min(calm) };
    match (spec.fall, spec.grey) {
        (Fall::InARow(fall), 0) => in_a_row(fall.max(1), probing),
        (Fall::InARow(fall), most) => grey(Some(fall.max(1)), most, spec.rise, probing),
        (Fall::Window { of, failed }, 0) => k_of_n(failed, of, probing),
        (Fall::Window { of, failed }, most) => {
            let window = k_of_n(failed, of, probing);
            let grey = grey(None, most, spec.rise, probing);
            1.0 / (1.0 / window + 1.0 / grey)
        }
    }
}

/// Mean seconds until `rise` probes in a row are met.
fn time_down(rise: u8, interval: f64, loss: f64) -> f64 {
    (1..=i32::from(rise.max(1))).map(|met| interval / (1.0 - loss).powi(met)).sum()
}

/// The greatest common divisor of all intervals, in seconds.
fn grid(checks: &[CheckPolicy]) -> f64 {
    let intervals = checks.iter().flat_map(|check| [check.interval, check.fast_interval]);
    let nanos = intervals.map(|time| time.as_nanos()).fold(0, divisor);
    std::time::Duration::from_nanos(u64::try_from(nanos.max(1)).unwrap_or(u64::MAX)).as_secs_f64()
}

fn divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { divisor(b, a % b) }
}
