//! The bounds of a policy against whole worlds: watchers, reports on their way, probes that overlap.
//! Nothing here uses the formulas.
use std::time::Duration;

use failover_core::bound::{Detection, Failure, detection, false_failover};
use failover_core::{
    Fall, Policy, PolicySpec, Preset, ProviderPolicy, Require, SiteId, VantageId, Verdict,
};
use failover_sim::{Fault, Random, Serves, Setup, VantageTrouble, World};

const SITE: SiteId = SiteId(0);

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn between(random: &mut Random, least: u8, most: u8) -> u8 {
    u8::try_from(random.between(least.into(), most.into())).expect("it was one")
}

/// Any way to count, any quorum, with these vantages and checks.
fn policy(random: &mut Random, vantages: u8, checks: u8) -> PolicySpec {
    let names = |prefix: &str, count: u8| (0..count).map(|n| format!("{prefix}{n}")).collect();
    let providers = vec![ProviderPolicy { name: "dns".to_owned(), guarded: true }];
    let spec = Preset::Fast.spec("app", names("site", 2), names("v", vantages), providers);
    let mut spec = spec.with_checks(names("check", checks));
    let fall = between(random, 1, 4);
    let window = Fall::Window { of: fall + between(random, 0, 2), failed: fall };
    spec.fall = if random.chance(300) { window } else { Fall::InARow(fall) };
    spec.rise = between(random, 1, 3);
    spec.grey = if random.chance(500) { 0 } else { fall + between(random, 0, 3) };
    spec.quorum = between(random, 1, vantages);
    spec.require = *random.pick(&[Require::All, Require::Any]);
    spec.freshness = millis(5_000);
    spec
}

fn world(spec: &PolicySpec, seed: u64) -> World {
    let policy = Policy::new(spec.clone()).expect("a valid policy");
    World::new(policy, Setup::default(), seed)
}

fn verdict(world: &World) -> Verdict {
    world.machine().view(world.now()).sites[SITE.index()].verdict
}

/// How long it takes, in pieces, until the machine says that of the first site.
fn until(world: &mut World, says: Verdict, piece: Duration) -> Duration {
    let begin = world.age();
    while verdict(world) != says {
        assert!(world.age() - begin < Duration::from_secs(86_400), "not {says:?} within a day");
        world.advance(piece).unwrap_or_else(|failure| panic!("{failure}"));
    }
    world.age() - begin
}

/// Mean and its standard error, in seconds.
fn mean(times: &[Duration]) -> (f64, f64) {
    let times: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
    let count = times.len() as f64;
    let mean = times.iter().sum::<f64>() / count;
    let squares = times.iter().map(|time| (time - mean) * (time - mean)).sum::<f64>();
    (mean, squares.sqrt() / count)
}

/// What a world adds that no policy knows of: the way to a site and back, the report, the piece.
const ON_TOP: Duration = Duration::from_millis(68 + 15 + 5);

#[test]
fn a_world_sees_a_death_as_soon_as_the_bound_of_its_policy_says() {
    let mut random = Random::new(0x0DEA_D517);
    for case in 0..30 {
        let (vantages, checks) = (between(&mut random, 1, 3), between(&mut random, 1, 2));
        let mut spec = policy(&mut random, vantages, checks);
        for check in &mut spec.checks {
            check.interval = millis(100 * random.between(3, 8));
            check.fast_interval = check.interval / u32::from(between(&mut random, 1, 2));
            check.timeout = millis(50 * random.between(3, 12));
        }
        let cases = [(Failure::Refused, Serves::Refuses), (Failure::BlackHole, Serves::Silent)];
        for (failure, serves) in cases {
            let Detection { worst, expected } = detection(&spec, failure);
            let seen = |seed: u64| {
                let mut world = world(&spec, seed);
                until(&mut world, Verdict::Up, millis(100));
                // At any moment of the interval.
                let calm = millis(5_000 + seed * 37 % 800);
                world.advance(calm).unwrap_or_else(|failure| panic!("{failure}"));
                world.inject(Fault::Site { site: SITE, check: None, serves });
                until(&mut world, Verdict::Down, millis(5))
            };
            let times: Vec<Duration> = (0..50).map(|run| seen(case * 1_000 + run)).collect();
            let latest = times.iter().max().expect("some runs");
            assert!(*latest <= worst + ON_TOP, "{case}: {latest:?}, at worst {worst:?}: {spec:?}");
            let (mean, error) = mean(&times);
            let off = mean - expected.as_secs_f64();
            let right = off > -4.5 * error && off < ON_TOP.as_secs_f64() + 4.5 * error;
            assert!(right, "{case}: {mean} ± {error}, expected {expected:?}: {spec:?}");
        }
    }
}

#[test]
fn a_world_that_loses_probes_errs_no_more_often_than_the_bound_of_its_policy_says() {
    let mut random = Random::new(0x00FA_15E5);
    let mut case = 0;
    while case < 20 {
        let vantages = between(&mut random, 1, 3);
        let mut spec = policy(&mut random, vantages, 1);
        let check = &mut spec.checks[0];
        (check.interval, check.fast_interval) = (millis(500), millis(500));
        check.timeout = millis(200);
        let loses = u16::try_from(random.between(200, 500)).expect("a share");
        let bound = false_failover(&spec, f64::from(loses) / 1000.0).quorum;
        // Long enough to be more than the phases of the probes, short enough to be waited for.
        if !(5.0..60.0).contains(&bound) {
            continue;
        }
        case += 1;
        let errs = |seed: u64| {
            let mut world = world(&spec, seed);
            until(&mut world, Verdict::Up, millis(100));
            world.advance(millis(5_000)).unwrap_or_else(|failure| panic!("{failure}"));
            for vantage in (0..vantages).map(VantageId) {
                let trouble = VantageTrouble::Loses(loses);
                world.inject(Fault::Vantage { vantage, trouble });
            }
            until(&mut world, Verdict::Down, millis(50))
        };
        let times: Vec<Duration> = (0..150).map(|run| errs(case * 1_000 + run)).collect();
        let (mean, error) = mean(&times);
        let context = || format!("{case}: {mean} ± {error} s, the bound {bound} s: {spec:?}");
        assert!(mean + 4.5 * error > bound, "{}", context());
        // One vantage that counts in a row is what the formula says, and not only at least that.
        let exact = vantages == 1 && matches!(spec.fall, Fall::InARow(_)) && spec.grey == 0;
        // The losses begin somewhere in an interval, and what is lost is waited for.
        assert!(!exact || mean - 4.5 * error < bound + 0.7, "{}", context());
    }
}
