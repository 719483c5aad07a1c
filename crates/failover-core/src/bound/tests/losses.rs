//! Losses that are measured from single outcomes, against sources that are known.
use super::*;
use crate::id::{CheckId, VantageId};
use crate::time::Timestamp;
use crate::view::Verdict;
use proptest::prelude::*;

const CHECK: CheckId = CheckId(0);

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A policy with so many vantages, one check and rounds of one second.
fn vantages(count: usize) -> PolicySpec {
    let names: Vec<String> = (0..count).map(|place| format!("v{place}")).collect();
    PolicySpec { vantages: names, ..plain(1000, Fall::InARow(3), 2) }
}

/// Everything that was told comes to count.
fn end(losses: &mut Losses, rounds: usize) -> SiteLosses {
    losses.believed(at(1000 * rounds as u64 + 600_000), Verdict::Up);
    losses.measured().expect("something was counted")
}

/// Tells `rounds`, each path at its own moment of the second.
fn tell(losses: &mut Losses, rounds: &[Vec<bool>]) {
    for (round, paths) in (0..).zip(rounds) {
        for (path, lost) in (0..).zip(paths) {
            let moment = at(1000 * round + 100 * u64::from(path));
            losses.probed(VantageId(path), CHECK, !lost, moment);
        }
    }
}

/// Rounds of paths that share some of their losses.
fn rounds(loss: &Loss, paths: usize, count: usize, dice: &mut Dice) -> Vec<Vec<bool>> {
    let mut round = || {
        let shared = dice.roll() < loss.shared();
        (0..paths).map(|_| (dice.roll() < loss.own()) | shared).collect()
    };
    (0..count).map(|_| round()).collect()
}

proptest! {
    #[test]
    fn counting_one_by_one_finds_what_measuring_all_at_once_finds(
        paths in 1..4_usize,
        bits in prop::collection::vec(any::<u8>(), 1..150),
    ) {
        let rounds: Vec<Vec<bool>> =
            bits.iter().map(|byte| (0..paths).map(|path| byte >> path & 1 == 1).collect()).collect();
        let mut losses = Losses::new(&vantages(paths));
        tell(&mut losses, &rounds);
        let found = end(&mut losses, rounds.len());
        let known = measure(&rounds).expect("there are rounds");
        prop_assert!((found.rate() - known.rate).abs() < 1e-12);
        prop_assert!((found.burst - known.burst).abs() < 1e-12);
        prop_assert!((found.correlation() - known.max_correlation.max(0.0)).abs() < 1e-9);
        prop_assert_eq!(found.probes, (rounds.len() * paths) as u64);
        prop_assert!(found.rate_at_most() >= found.rate());
    }
}

#[test]
fn a_path_that_loses_everything_may_lose_everything() {
    for rounds in 1..400 {
        let mut losses = Losses::new(&vantages(2));
        tell(&mut losses, &vec![vec![true; 2]; rounds]);
        assert_eq!(end(&mut losses, rounds).rate_at_most(), 1.0, "after {rounds} rounds");
    }
}

/// The seeds are fixed: only 4,096 rounds of a pair are kept, which is 82 losses at the smallest
/// rate, so one measurement in a few hundred strays far, and the mean of sixteen does not.
#[test]
fn sources_of_known_correlation_are_found_out() {
    for rate in [0.02, 0.07, 0.2] {
        for correlation in [0.0, 0.3, 0.6, 0.9] {
            let loss = Loss::new(rate, correlation, 1.0).expect("it is one");
            let found: Vec<SiteLosses> = (1..=16).map(|seed| losses_of(&loss, seed)).collect();
            let mean = |of: &dyn Fn(&SiteLosses) -> f64| found.iter().map(of).sum::<f64>() / 16.0;
            let (seen, off) = (
                mean(&SiteLosses::rate),
                mean(&|site| {
                    let pairs = site.pairs.iter().map(|pair| pair.correlation - correlation);
                    pairs.sum::<f64>() / 3.0
                }),
            );
            assert!((seen / rate - 1.0).abs() < 0.05, "{seen} lost instead of {rate}");
            assert!(off.abs() < 0.03, "{correlation} at a rate of {rate} is off by {off}");
        }
    }
}

/// What three paths with such losses measure of themselves.
fn losses_of(loss: &Loss, seed: u64) -> SiteLosses {
    let mut losses = Losses::new(&vantages(3));
    tell(&mut losses, &rounds(loss, 3, 5_000, &mut Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))));
    let found = end(&mut losses, 5_000);
    assert_eq!(found.pairs.len(), 3);
    found
}

#[test]
fn answers_that_come_out_of_order_are_put_in_order() {
    let outcomes = [(3, true), (1, false), (2, true), (0, true), (4, false), (5, false)];
    let mut losses = Losses::new(&vantages(1));
    losses.probed(VantageId(0), CHECK, true, at(0));
    for (second, ok) in outcomes {
        // Once more is once: a step that is taken again brings the same probe.
        losses.probed(VantageId(0), CHECK, ok, at(1000 * second));
        losses.probed(VantageId(0), CHECK, ok, at(1000 * second));
    }
    let found = end(&mut losses, 6);
    assert_eq!((found.probes, found.lost, found.burst), (6, 3, 1.5));
}

#[test]
fn an_outage_and_what_led_to_it_count_for_nothing() {
    let mut losses = Losses::new(&vantages(1));
    let mut now = 0;
    for second in 0..300_u64 {
        // Down from second 100 to 150, and known to be from 103 to 153.
        let serves = !(100..150).contains(&second);
        now = second * 1000;
        losses.probed(VantageId(0), CHECK, serves, at(now));
        let verdict = if (103..153).contains(&second) { Verdict::Down } else { Verdict::Up };
        losses.believed(at(now), verdict);
    }
    losses.believed(at(now + 60_000), Verdict::Up);
    let found = losses.measured().expect("it was up for long");
    assert_eq!(found.lost, 0, "{found:?}");
    assert!((200..250).contains(&found.probes), "{found:?}");
}

#[test]
fn a_short_loss_that_brought_no_verdict_counts() {
    let mut losses = Losses::new(&vantages(2));
    for second in 0..100_u64 {
        let now = at(second * 1000);
        losses.believed(now, Verdict::Up);
        for vantage in [VantageId(0), VantageId(1)] {
            losses.probed(vantage, CHECK, !(50..52).contains(&second), now);
        }
    }
    let found = end(&mut losses, 100);
    assert_eq!((found.probes, found.lost, found.burst), (200, 4, 2.0));
    assert_eq!(found.pairs.len(), 1);
    assert!((found.correlation() - 1.0).abs() < 1e-9, "they were lost together: {found:?}");
}

#[test]
fn the_faster_probes_of_a_suspicion_weigh_no_more() {
    let mut losses = Losses::new(&vantages(1));
    for second in 0..100_u64 {
        losses.probed(VantageId(0), CHECK, second != 50, at(second * 1000));
    }
    for tenth in 1..9 {
        losses.probed(VantageId(0), CHECK, false, at(50_000 + 100 * tenth));
    }
    let found = end(&mut losses, 100);
    assert_eq!((found.probes, found.lost, found.burst), (100, 1, 9.0));
}

#[test]
fn a_vantage_that_distrusts_itself_is_left_out() {
    let mut losses = Losses::new(&vantages(2));
    for second in 0..100_u64 {
        if second == 52 || second == 60 {
            losses.isolated(VantageId(0), second == 52);
        }
        losses.probed(VantageId(0), CHECK, !(50..60).contains(&second), at(second * 1000));
        losses.probed(VantageId(1), CHECK, true, at(second * 1000));
    }
    let found = end(&mut losses, 100);
    assert_eq!(found.lost, 0, "{found:?}");
    assert_eq!(found.vantages[1].probes, 100);
    assert_eq!(found.vantages[0].probes, 40, "what waited was dropped with it");
}

#[test]
fn the_window_slides_and_memory_does_not_grow() {
    let mut spec = vantages(1);
    spec.checks[0].interval = Duration::from_secs(600);
    let mut losses = Losses::new(&spec);
    let day = 86_400_000;
    for probe in 0..30 * 144_u64 {
        let now = at(probe * 600_000);
        losses.probed(VantageId(0), CHECK, probe > 144, now);
        losses.believed(now, Verdict::Up);
    }
    let found = losses.measured().expect("something was counted");
    assert_eq!(found.lost, 0, "the first day is forgotten: {found:?}");
    assert!(found.since > at(22 * day) && found.probes < 8 * 144, "{found:?}");
}

#[test]
fn no_loss_at_all_is_no_promise_of_none() {
    let mut losses = Losses::new(&vantages(3));
    tell(&mut losses, &vec![vec![false; 3]; 100]);
    let found = end(&mut losses, 100);
    assert_eq!((found.rate(), found.correlation(), found.burst), (0.0, 0.0, 1.0));
    assert!((0.005..0.01).contains(&found.rate_at_most()), "{}", found.rate_at_most());
    let spec = vantages(3);
    let estimate = false_failover_measured(&spec, &[found]).expect("it was measured");
    assert!(estimate.mean.quorum.is_finite());
}

#[test]
fn the_worst_site_decides_and_a_shared_path_costs_what_the_bound_says() {
    let spec = vantages(3);
    let mut sites = Vec::new();
    for correlation in [0.0, 0.8] {
        let loss = Loss::new(0.05, correlation, 1.0).expect("it is one");
        let mut losses = Losses::new(&spec);
        tell(&mut losses, &rounds(&loss, 3, 20_000, &mut Dice(11)));
        sites.push(end(&mut losses, 20_000));
    }
    let worst = false_failover_measured(&spec, &sites).expect("both were measured");
    let of = |site: &SiteLosses| false_failover_measured(&spec, std::slice::from_ref(site));
    let (apart, shared) = (of(&sites[0]).expect("one"), of(&sites[1]).expect("other"));
    assert_eq!(worst, shared);
    assert!(shared.mean.quorum * 10.0 < apart.mean.quorum, "{shared:?} {apart:?}");
    assert_eq!(false_failover_measured(&spec, &[]), None);
}

#[test]
fn what_nobody_knows_is_not_looked_at() {
    let mut losses = Losses::new(&vantages(1));
    losses.probed(VantageId(9), CHECK, true, at(0));
    losses.probed(VantageId(0), CheckId(9), true, at(0));
    losses.isolated(VantageId(9), true);
    losses.believed(at(600_000), Verdict::Up);
    assert_eq!(losses.measured(), None);
}
