//! The bounds against published figures, against each other, and against simulated probes.
use super::chain::{Probing, grey, in_a_row};
use super::*;
use crate::policy::{Fall, Preset, ProviderPolicy};

mod correlated;
mod forecast;
mod losses;
mod page;
mod table;

const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.25 * DAY;

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn spec(preset: Preset) -> PolicySpec {
    let providers = vec![ProviderPolicy { name: "dns".to_owned(), guarded: true }];
    preset.spec("shop", strings(&["london", "paris"]), strings(&["a", "b", "c"]), providers)
}

/// One check every `interval` ms.
fn plain(interval: u64, fall: Fall, rise: u8) -> PolicySpec {
    let mut spec = spec(Preset::Fast);
    spec.checks[0].interval = Duration::from_millis(interval);
    spec.checks[0].fast_interval = Duration::from_millis(interval);
    PolicySpec { fall, rise, grey: 0, ..spec }
}

#[track_caller]
fn about(found: f64, expected: f64, tolerance: f64) {
    let off = (found / expected - 1.0).abs();
    assert!(off <= tolerance, "found {found}, expected {expected}: off by {off}");
}

/// Marsaglia's xorshift64*: enough for counting losses.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D);
        f64::from(u32::try_from(mixed >> 32).expect("half of it")) / f64::from(u32::MAX)
    }
}

/// A check that counts as the documentation of the policy says, written without the formulas.
#[derive(Clone, Default)]
struct Counted {
    down: bool,
    outcomes: Vec<bool>,
}

impl Counted {
    fn probe(&mut self, spec: &PolicySpec, ok: bool) {
        self.outcomes.push(ok);
        let row = |wanted: bool| self.outcomes.iter().rev().take_while(|ok| **ok == wanted).count();
        let rise = usize::from(spec.rise);
        if self.down {
            if row(true) >= rise {
                *self = Self::default();
            }
            return;
        }
        let fallen = match spec.fall {
            Fall::InARow(fall) => row(false) >= usize::from(fall),
            Fall::Window { of, failed } => {
                let latest = self.outcomes.iter().rev().take(of.into());
                latest.filter(|ok| !**ok).count() >= usize::from(failed)
            }
        };
        let mut grey = 0;
        for end in (0..self.outcomes.len()).rev() {
            let recovered =
                end + 1 >= rise && self.outcomes[end + 1 - rise..=end].iter().all(|ok| *ok);
            if recovered {
                break;
            }
            grey += usize::from(!self.outcomes[end]);
        }
        self.down = fallen || (spec.grey > 0 && grey >= usize::from(spec.grey));
        // No case has a longer memory than eight outcomes.
        if row(true) >= 8 {
            self.outcomes.clear();
        }
    }
}

/// Mean rounds, probed by all vantages at once, that fewer than a quorum of them are down; and how
/// often a quorum was.
fn simulated(spec: &PolicySpec, vantages: usize, need: usize, loss: f64) -> (f64, f64) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut checks = vec![vec![Counted::default(); spec.checks.len()]; vantages];
    let (mut good, mut falls, mut was_down) = (0_u32, 0_u32, false);
    for _ in 0..60_000 {
        for check in checks.iter_mut().flatten() {
            check.probe(spec, dice.roll() >= loss);
        }
        let down = |checks: &&Vec<Counted>| {
            checks.iter().filter(|check| check.down).count() >= checks_needed(spec)
        };
        let is_down = checks.iter().filter(down).count() >= need;
        good += u32::from(!is_down);
        falls += u32::from(is_down && !was_down);
        was_down = is_down;
    }
    (f64::from(good) / f64::from(falls), f64::from(falls))
}

/// The last column is the hitting time of the whole chain of three vantages that start with nothing
/// counted, solved in exact rational arithmetic.
#[test]
fn false_failovers_are_as_rare_as_exact_arithmetic_says() {
    let rows = [
        (0.01, 1000, 3, 11.690_972, 2_104.096_5),
        (0.01, 500, 4, 584.549_19, 10_520_400.5),
        (0.03, 1000, 3, 0.441_915_3, 2.863_592_5),
        (0.03, 500, 4, 7.365_447_8, 1_590.541_8),
        (0.05, 500, 4, 0.974_652_8, 26.497_352),
    ];
    for (loss, interval, fall, days, years) in rows {
        let found = false_failover(&plain(interval, Fall::InARow(fall), 3), loss);
        about(found.one_vantage, days * DAY, 1e-6);
        about(found.quorum, years * YEAR, 2e-3);
    }
}

#[test]
fn failures_in_a_row_follow_the_textbook() {
    for (fall, loss) in [(1, 0.5_f64), (3, 0.01), (4, 0.05), (20, 0.3)] {
        let textbook = (1.0 - loss.powi(fall)) / ((1.0 - loss) * loss.powi(fall));
        let fall = u8::try_from(fall).expect("small");
        let found = false_failover(&plain(1000, Fall::InARow(fall), 3), loss);
        about(found.one_vantage, textbook, 1e-9);
    }
}

#[test]
fn simulated_probes_agree_for_every_way_of_counting() {
    let mut grey = plain(1000, Fall::InARow(3), 2);
    grey.grey = 4;
    let checks = plain(1000, Fall::InARow(2), 2).with_checks(strings(&["http", "ping", "tls"]));
    let both = PolicySpec { require: Require::AtLeast(2), ..checks.clone() };
    let any = PolicySpec { require: Require::Any, ..checks };
    let cases = [
        (plain(1000, Fall::InARow(3), 2), 0.35),
        (plain(1000, Fall::Window { of: 5, failed: 3 }, 3), 0.2),
        (plain(1000, Fall::Window { of: 8, failed: 4 }, 2), 0.25),
        (plain(1000, Fall::Window { of: 4, failed: 4 }, 2), 0.4),
        (grey, 0.25),
        (both, 0.25),
        (any, 0.2),
    ];
    for (spec, loss) in cases {
        let found = false_failover(&spec, loss);
        for (vantages, need, mean) in [(1, 1, found.one_vantage), (3, 2, found.quorum)] {
            let (rounds, falls) = simulated(&spec, vantages, need, loss);
            assert!(falls > 200.0, "too few to tell: {falls}");
            // The times are about exponential, so this is four standard deviations.
            about(rounds, mean, 4.0 / falls.sqrt());
        }
    }
}

#[test]
fn a_window_is_solved_like_the_cases_that_have_formulas() {
    let probing = Probing { loss: 0.1, calm: 1.0, fast: 1.0 };
    // Ten probes to a failure on average, then up to three more; another failure among these is
    // the second, and else all begins again.
    let expected = (10.0 + 1.0 + 0.9 + 0.81) / (1.0 - 0.9_f64.powi(3));
    about(window::exact(2, 4, probing).expect("it converges"), expected, 1e-9);
    about(window::exact(6, 6, probing).expect("it converges"), in_a_row(6, probing), 1e-9);
}

#[test]
fn the_bound_for_large_windows_is_on_the_safe_side() {
    for loss in [0.01, 0.05, 0.2] {
        for (failed, of) in [(2, 5), (3, 10), (5, 12), (8, 10)] {
            let probing = Probing { loss, calm: 1.0, fast: 0.5 };
            let exact = window::exact(failed, of, probing).expect("it converges");
            let bound = window::at_least(failed, of, probing);
            assert!(bound <= exact, "{failed} of {of} at {loss}: {bound} > {exact}");
        }
    }
    assert!(window::states(10, 64) > 1 << 16);
    let large = false_failover(&plain(1000, Fall::Window { of: 64, failed: 32 }, 3), 0.05);
    assert!(large.one_vantage > YEAR && large.quorum > large.one_vantage);
}

#[test]
fn a_grey_counter_that_adds_nothing_changes_nothing() {
    let probing = Probing { loss: 0.1, calm: 1.0, fast: 0.4 };
    // One success resets it, so it counts failures in a row.
    about(grey(None, 4, 1, probing), in_a_row(4, probing), 1e-9);
    about(grey(Some(3), 9, 1, probing), in_a_row(3, probing), 1e-9);
    assert!(grey(Some(3), 3, 5, probing) < grey(Some(3), 9, 5, probing));
    assert!(grey(Some(3), 9, 5, probing) < in_a_row(3, probing));
}

#[test]
fn more_loss_is_never_better_and_more_agreement_never_worse() {
    let one = spec(Preset::Fast);
    let two = one.clone().with_checks(strings(&["http", "ping"]));
    let mut last = f64::INFINITY;
    for percent in 1..=60 {
        let loss = f64::from(percent) / 100.0;
        let found = false_failover(&one, loss);
        assert!(found.quorum < last);
        assert!(false_failover(&two, loss).quorum > found.quorum);
        last = found.quorum;
    }
}

#[test]
fn the_extremes_are_numbers() {
    let spec = spec(Preset::Fast);
    assert_eq!(false_failover(&spec, 0.0).quorum, f64::INFINITY);
    assert_eq!(false_failover(&spec, 0.0).per_day(), 0.0);
    for loss in [1e-300, 1e-6, 0.9, 1.0, 7.0, f64::NAN] {
        for preset in Preset::ALL {
            let found = false_failover(&self::spec(preset), loss);
            assert!(found.quorum > 0.0 && found.one_vantage > 0.0, "{preset} {loss} {found:?}");
        }
    }
    // 0.5 s to the first probe and 0.2 s to each of two more: all fail.
    about(false_failover(&spec, 1.0).one_vantage, 0.9, 1e-9);
}

#[test]
fn the_chance_per_day_is_that_of_rare_independent_accidents() {
    let rare = FalseFailover { one_vantage: DAY, quorum: 1e6 * DAY };
    about(rare.per_day(), 1e-6, 1e-5);
    about(FalseFailover { quorum: DAY, ..rare }.per_day(), 0.632, 0.001);
}

#[test]
fn the_fast_preset_confirms_within_its_promise() {
    let spec = spec(Preset::Fast);
    let refused = detection(&spec, Failure::Refused);
    let black_hole = detection(&spec, Failure::BlackHole);
    assert_eq!(refused.worst, Duration::from_millis(900));
    assert_eq!(black_hole.worst, Duration::from_millis(1700));
    // The median of three moments within half a second.
    about(refused.expected.as_secs_f64(), 0.65, 1e-6);
    about(black_hole.expected.as_secs_f64(), 1.45, 1e-6);
}

#[test]
fn the_fast_preset_with_two_checks_errs_less_than_once_in_a_thousand_years() {
    let spec = spec(Preset::Fast).with_checks(strings(&["http", "tls"]));
    let found = false_failover(&spec, 0.03);
    assert!(found.quorum > 1000.0 * YEAR, "{} years", found.quorum / YEAR);
}

#[test]
fn the_thesis_waits_for_twenty_probes_and_their_timeout() {
    let found = detection(&spec(Preset::Thesis), Failure::BlackHole);
    assert_eq!(found.worst, Duration::from_secs(30));
}

#[test]
fn measured_detection_of_one_prober_fits() {
    // HAProxy, every 2 s, 3 failures, refused: 4.80 s on average of few, 5.56 s at most.
    let mut spec = plain(2000, Fall::InARow(3), 2);
    spec.vantages.truncate(1);
    spec.quorum = 1;
    let found = detection(&spec, Failure::Refused);
    assert_eq!(found.worst, Duration::from_secs(6));
    about(found.expected.as_secs_f64(), 5.0, 1e-6);
}

#[test]
fn expected_detection_agrees_with_rolled_phases() {
    let mut spec = spec(Preset::Fast).with_checks(strings(&["http", "ping", "tls"]));
    spec.checks[1].interval = Duration::from_secs(2);
    spec.checks[2].timeout = Duration::from_millis(100);
    let mut dice = Dice(42);
    for require in [Require::Any, Require::AtLeast(2), Require::All] {
        spec.require = require;
        let found = detection(&spec, Failure::BlackHole);
        let (mut sum, mut latest, rolls) = (0.0, 0.0_f64, 20_000);
        for _ in 0..rolls {
            let mut votes: Vec<f64> = (0..3)
                .map(|_| {
                    let moment = |check: &crate::CheckPolicy| {
                        let more = 2.0 * check.fast_interval.as_secs_f64();
                        let first = dice.roll() * check.interval.as_secs_f64();
                        first + more + check.timeout.as_secs_f64()
                    };
                    let mut failed: Vec<f64> = spec.checks.iter().map(moment).collect();
                    failed.sort_unstable_by(f64::total_cmp);
                    failed[checks_needed(&spec) - 1]
                })
                .collect();
            votes.sort_unstable_by(f64::total_cmp);
            sum += votes[1];
            latest = latest.max(votes[1]);
        }
        about(sum / f64::from(rolls), found.expected.as_secs_f64(), 0.01);
        assert!(latest <= found.worst.as_secs_f64());
    }
}
