//! Shared and bursty losses: against formulas, against the independent case, and against rounds
//! that are rolled.
use super::*;

fn loss(rate: f64, correlation: f64, burst: f64) -> Loss {
    Loss::new(rate, correlation, burst).expect("these numbers are in range")
}

fn checks(spec: PolicySpec, names: &[&str], require: Require) -> PolicySpec {
    PolicySpec { require, ..spec.with_checks(strings(names)) }
}

/// Rounds of probes as the documentation of [`Loss`] describes them, written without its formulas
/// for the chain: which probes are lost, by vantage and check.
struct Weather {
    dice: Dice,
    loss: Loss,
    /// The probability that a part is drawn anew; found by trying, not by solving.
    renewal: f64,
    shared: bool,
    own: Vec<bool>,
}

impl Weather {
    fn new(seed: u64, loss: Loss, paths: usize) -> Self {
        let mean_run = |renewal: f64| {
            let stays_good = (1.0 - loss.shared() * renewal) * (1.0 - loss.own() * renewal);
            loss.rate() / ((1.0 - loss.rate()) * (1.0 - stays_good))
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..200 {
            let middle = (low + high) / 2.0;
            if mean_run(middle) > loss.burst() { low = middle } else { high = middle }
        }
        Self { dice: Dice(seed), loss, renewal: high, shared: false, own: vec![false; paths] }
    }

    fn round(&mut self) -> Vec<bool> {
        let (shared, own) = (self.loss.shared(), self.loss.own());
        if self.dice.roll() < self.renewal {
            self.shared = self.dice.roll() < shared;
        }
        for path in &mut self.own {
            if self.dice.roll() < self.renewal {
                *path = self.dice.roll() < own;
            }
        }
        self.own.iter().map(|path| self.shared || *path).collect()
    }
}

/// Mean rounds until a quorum is down, from the start, over `runs` tries, and the standard error.
fn rolled(spec: &PolicySpec, vantages: usize, need: usize, loss: Loss, runs: u32) -> (f64, f64) {
    let checks = spec.checks.len();
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut weather = Weather::new(0x0123_4567_89AB_CDEF, loss, vantages * checks);
    for _ in 0..runs {
        (weather.shared, weather.own) = (false, vec![false; vantages * checks]);
        let mut counted = vec![vec![Counted::default(); checks]; vantages];
        let mut rounds = 0.0;
        loop {
            rounds += 1.0;
            for (check, lost) in counted.iter_mut().flatten().zip(weather.round()) {
                check.probe(spec, !lost);
            }
            let down = |vantage: &&Vec<Counted>| {
                vantage.iter().filter(|check| check.down).count() >= checks_needed(spec)
            };
            if counted.iter().filter(down).count() >= need {
                break;
            }
        }
        sum += rounds;
        squares += rounds * rounds;
    }
    let runs = f64::from(runs);
    let mean = sum / runs;
    (mean, ((squares / runs - mean * mean) / runs).sqrt())
}

#[test]
fn rolled_rounds_agree_for_random_policies_and_losses() {
    let mut dice = Dice(0xC0FF_EE00_1234_5678);
    let mut pick = |from: u32, to: u32| {
        let roll = dice.roll() * f64::from(to - from + 1);
        (from..=to).find(|n| f64::from(n - from + 1) > roll).unwrap_or(to)
    };
    for case in 0..18 {
        let fall = u8::try_from(pick(1, 4)).expect("small");
        let of = u8::try_from(pick(u32::from(fall), 5)).expect("small");
        let fall = match case % 3 {
            0 => Fall::Window { of, failed: fall },
            _ => Fall::InARow(fall),
        };
        let rise = u8::try_from(pick(1, 3)).expect("small");
        let mut spec = plain(1000, fall, rise);
        if case % 2 == 1 {
            spec.grey = fall.failures() + u8::try_from(pick(0, 3)).expect("small");
        }
        let names = ["a", "b"].map(String::from);
        let vantages = pick(1, 3);
        let many = if vantages < 3 { pick(1, 2) } else { 1 };
        spec = spec.with_checks(names[..many as usize].to_vec());
        spec.require = if pick(0, 1) == 0 { Require::All } else { Require::Any };
        spec.quorum = u8::try_from(pick(1, vantages)).expect("small");
        spec.vantages.truncate(vantages as usize);
        let loss = loss(
            f64::from(pick(25, 45)) / 100.0,
            f64::from(pick(0, 10)) / 10.0,
            1.0 + f64::from(pick(0, 3)),
        );
        let found = false_failover_under(&spec, &loss);
        assert!(found.exact, "{spec:?}");
        let (mean, error) = rolled(&spec, spec.vantages.len(), votes_needed(&spec), loss, 1_000);
        let off = (found.mean.quorum - mean).abs();
        assert!(off < 4.5 * error + 1e-9, "{found:?}, rolled {mean} ± {error}: {spec:?} {loss:?}");
    }
}

/// The chain for one vantage has a formula whatever the correlation, and a shared loss of all
/// makes a quorum one vantage.
#[test]
fn the_ends_of_the_scale_have_formulas() {
    for (fall, rate) in [(1, 0.5_f64), (3, 0.01), (4, 0.05), (20, 0.3)] {
        let textbook = (1.0 - rate.powi(fall)) / ((1.0 - rate) * rate.powi(fall));
        let spec = plain(1000, Fall::InARow(u8::try_from(fall).expect("small")), 3);
        for correlation in [0.0, 0.1, 0.7, 1.0] {
            let found = false_failover_under(&spec, &loss(rate, correlation, 1.0));
            about(found.mean.one_vantage, textbook, 1e-9);
        }
        about(false_failover_under(&spec, &loss(rate, 1.0, 1.0)).mean.quorum, textbook, 1e-9);
    }
}

/// A run of losses begins `(1 - p) B / p` probes after a met one on average, and is long enough
/// with probability `(1 - 1/B)^(fall - 1)`: the Gilbert channel's own formula.
#[test]
fn bursts_of_one_path_have_a_formula() {
    for (fall, rate, burst) in [(1, 0.1, 3.0), (3, 0.01, 2.0), (5, 0.05, 8.0)] {
        let spec = plain(1000, Fall::InARow(fall), 3);
        let found = false_failover_under(&spec, &loss(rate, 0.0, burst));
        let goes_on = 1.0 - 1.0 / burst;
        let enough = goes_on.powi(i32::from(fall) - 1);
        // Probes of a run, up to `fall` of them; and the good ones before each run.
        let run: f64 = (0..i32::from(fall)).map(|n| goes_on.powi(n)).sum();
        let good = (1.0 - rate) * burst / rate;
        // The met probe before the first run is none: it stands for the start.
        about(found.mean.one_vantage, (good + run) / enough - 1.0, 1e-9);
    }
}

#[test]
fn without_correlation_and_bursts_it_is_the_independent_bound() {
    let both = checks(plain(1000, Fall::InARow(3), 2), &["http", "tls"], Require::All);
    let window = plain(500, Fall::Window { of: 6, failed: 3 }, 2);
    for (spec, tolerance) in [(plain(1000, Fall::InARow(4), 3), 2e-3), (both, 0.01), (window, 0.01)]
    {
        for rate in [0.005, 0.01, 0.02] {
            let other = false_failover(&spec, rate);
            let found = false_failover_under(&spec, &loss(rate, 0.0, 1.0));
            assert!(found.exact);
            about(found.mean.quorum, other.quorum, tolerance);
            about(found.mean.one_vantage, other.one_vantage, tolerance);
        }
    }
}

#[test]
fn more_correlation_and_longer_bursts_are_never_better_for_a_quorum() {
    let spec = spec(Preset::Fast);
    let mut last = f64::INFINITY;
    for correlation in [0.0, 0.01, 0.1, 0.3, 0.6, 1.0] {
        let found = false_failover_under(&spec, &loss(0.02, correlation, 1.0)).mean.quorum;
        assert!(found < last, "{correlation}");
        last = found;
    }
    let mut last = f64::INFINITY;
    for burst in [1.0, 1.1, 1.5, 3.0] {
        let found = false_failover_under(&spec, &loss(0.02, 0.1, burst)).mean.quorum;
        assert!(found < last, "{burst}");
        last = found;
    }
}

/// What is too large to be solved is bounded: tried where the truth is known.
#[test]
fn what_is_too_large_is_bounded_from_below() {
    let five = |fall, grey| {
        let mut spec = plain(1000, fall, 2);
        spec.vantages = strings(&["a", "b", "c", "d", "e"]);
        PolicySpec { quorum: 3, grey, ..spec }
    };
    // Without the grey counter, which comes into play far more rarely, these are exact.
    for (fall, kind) in [
        (Fall::InARow(3), loss(0.02, 0.1, 1.0)),
        (Fall::InARow(4), loss(0.05, 0.05, 1.0)),
        (Fall::InARow(2), loss(0.05, 0.3, 2.0)),
    ] {
        let exact = false_failover_under(&five(fall, 0), &kind);
        let bound = false_failover_under(&five(fall, 12), &kind);
        assert!(exact.exact && !bound.exact, "{exact:?} {bound:?}");
        assert!(bound.mean.quorum <= exact.mean.quorum);
        assert!(bound.mean.quorum > 0.2 * exact.mean.quorum, "{exact:?} {bound:?}");
    }
}

#[test]
fn no_policy_and_no_loss_is_too_much() {
    let mut crowd = spec(Preset::Fast);
    crowd.vantages = (0..32).map(|n| format!("v{n}")).collect();
    crowd.quorum = 17;
    let many: Vec<String> = (0..5).map(|n| format!("c{n}")).collect();
    crowd = crowd.with_checks(many);
    let window = PolicySpec { fall: Fall::Window { of: 64, failed: 32 }, ..crowd.clone() };
    let slow = PolicySpec { fall: Fall::InARow(255), grey: 255, rise: 255, ..crowd };
    for (spec, kind) in [(window, loss(0.5, 0.5, 20.0)), (slow, loss(1.0, 0.3, 1e9))] {
        let found = false_failover_under(&spec, &kind);
        assert!(found.mean.quorum > 0.0 && found.mean.one_vantage > 0.0, "{found:?} {kind:?}");
    }
    let mut empty = spec(Preset::Fast);
    empty.checks = Vec::new();
    assert_eq!(false_failover_under(&empty, &loss(0.1, 0.1, 1.0)).mean.quorum, f64::INFINITY);
    let calm = false_failover_under(&spec(Preset::Fast), &loss(0.0, 1.0, 5.0));
    assert_eq!(calm.mean.quorum, f64::INFINITY);
}

#[test]
fn nonsense_is_refused_with_the_remedy() {
    for (numbers, said) in [
        ((1.1, 0.0, 1.0), "from 0 to 1"),
        ((f64::NAN, 0.0, 1.0), "from 0 to 1"),
        ((0.1, 1.1, 1.0), "from 0 (independent) to 1"),
        ((0.1, -0.1, 1.0), "from 0 (independent) to 1"),
        ((0.1, f64::NAN, 1.0), "from 0 (independent) to 1"),
        ((0.1, 0.1, 0.5), "1 (no bursts) or more"),
        ((0.1, 0.1, f64::NAN), "1 (no bursts) or more"),
        ((0.1, 0.1, f64::INFINITY), "1 (no bursts) or more"),
    ] {
        let (rate, correlation, burst) = numbers;
        let problem = Loss::new(rate, correlation, burst).expect_err("this is nonsense");
        assert!(problem.to_string().contains(said), "{problem}");
    }
}

#[test]
fn what_was_put_in_is_measured() {
    for wanted in [loss(0.2, 0.3, 1.0), loss(0.1, 0.0, 3.0), loss(0.3, 0.6, 4.0)] {
        let mut weather = Weather::new(7, wanted, 3);
        let rounds: Vec<Vec<bool>> = (0..200_000).map(|_| weather.round()).collect();
        let found = measure(&rounds).expect("there are rounds");
        about(found.rate, wanted.rate(), 0.03);
        about(found.burst, wanted.burst(), 0.03);
        assert!((found.mean_correlation - wanted.correlation()).abs() < 0.02, "{found:?}");
        assert!(found.max_correlation >= found.mean_correlation);
        about(found.loss().expect("in range").rate(), wanted.rate(), 0.03);
    }
    let opposite = measure(&[vec![true, false], vec![false, true]]).expect("two rounds");
    about(opposite.max_correlation, -1.0, 1e-12);
    assert_eq!(opposite.loss().expect("none").correlation(), 0.0);
    assert_eq!(measure(&[]), None);
    assert_eq!(measure(&[vec![true], vec![]]), None);
}
