//! The bounds against the machine itself, in worlds that are rolled: probes with their own phases,
//! fast when something is suspect, lost on the way. Nothing here uses the formulas.
use std::time::Duration;

use failover_core::bound::{Failure, Loss, detection, false_failover, false_failover_under};
use failover_core::{
    CheckId, Failover, Fall, Input, Policy, PolicySpec, Preset, ProviderPolicy, Require, SiteId,
    State, Timestamp, VantageId, Verdict,
};

/// Marsaglia's xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D);
        f64::from(u32::try_from(mixed >> 32).expect("half of it")) / (f64::from(u32::MAX) + 1.0)
    }

    fn pick(&mut self, from: u8, to: u8) -> u8 {
        let roll = self.roll() * f64::from(to - from + 1);
        (from..=to).find(|n| f64::from(n - from + 1) > roll).unwrap_or(to)
    }
}

fn policy(dice: &mut Dice, vantages: u8, checks: u8) -> PolicySpec {
    let names = |prefix: &str, count: u8| (0..count).map(|n| format!("{prefix}{n}")).collect();
    let providers = vec![ProviderPolicy { name: "dns".to_owned(), guarded: true }];
    let spec = Preset::Fast.spec("app", names("site", 2), names("v", vantages), providers);
    let mut spec = spec.with_checks(names("check", checks));
    let fall = dice.pick(1, 4);
    let window = Fall::Window { of: fall + dice.pick(0, 2), failed: fall };
    spec.fall = if dice.roll() < 0.3 { window } else { Fall::InARow(fall) };
    spec.rise = dice.pick(1, 3);
    spec.grey = if dice.roll() < 0.5 { 0 } else { fall + dice.pick(0, 3) };
    spec.quorum = dice.pick(1, vantages);
    spec.require = if dice.roll() < 0.5 { Require::All } else { Require::Any };
    spec
}

fn stamp(nanos: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000_000).plus(Duration::from_nanos(nanos))
}

/// A machine that is told what probes of its first site have found.
struct World {
    machine: Failover,
    checks: u8,
}

impl World {
    fn new(spec: &PolicySpec) -> Self {
        let checks = u8::try_from(spec.checks.len()).expect("few");
        let machine = Failover::new(Policy::new(spec.clone()).expect("valid"), State::default());
        Self { machine, checks }
    }

    /// Gives the machine what `path` (a vantage's check) found of the first site.
    fn probe(&mut self, path: u8, ok: bool, started: u64, now: u64) {
        let vantage = VantageId(path / self.checks);
        let check = CheckId(path % self.checks);
        let at = stamp(started);
        self.machine.step(stamp(now), Input::Probed { vantage, site: SiteId(0), check, ok, at });
    }

    fn is_down(&self, now: u64) -> bool {
        self.machine.view(stamp(now)).sites[0].verdict == Verdict::Down
    }
}

/// Seconds until a verdict of *down* on a site that is well, probed in rounds of a second.
fn until_false(spec: &PolicySpec, loss: &Loss, dice: &mut Dice) -> f64 {
    let mut world = World::new(spec);
    let paths = u8::try_from(spec.vantages.len()).expect("few") * world.checks;
    // Up, and everything counted as met: where the bound begins.
    for second in 0..u64::from(spec.rise) {
        (0..paths).for_each(|path| {
            let now = second * 1_000_000_000;
            world.probe(path, true, now, now);
        });
    }
    for second in u64::from(spec.rise).. {
        let shared = dice.roll() < loss.shared();
        let lost: Vec<bool> = (0..paths).map(|_| dice.roll() < loss.own() || shared).collect();
        let now = second * 1_000_000_000;
        for (path, lost) in (0..paths).zip(lost) {
            world.probe(path, !lost, now, now);
        }
        if world.is_down(now) {
            return (second - u64::from(spec.rise) + 1) as f64;
        }
    }
    f64::INFINITY
}

#[test]
fn the_machine_errs_as_often_as_the_bound_says() {
    let mut dice = Dice(0x5EED_0000_0000_0001);
    let mut exact = 0;
    for case in 0..20_u8 {
        let vantages = dice.pick(1, 3);
        let mut spec = policy(&mut dice, vantages, if vantages < 3 { 1 + case % 2 } else { 1 });
        for check in &mut spec.checks {
            (check.interval, check.fast_interval) =
                (Duration::from_secs(1), Duration::from_secs(1));
        }
        if vantages == 3 && matches!(spec.fall, Fall::Window { .. }) {
            // Both together have too many states to be solved exactly.
            spec.grey = 0;
        }
        // Long enough that nothing goes stale; all else is the probes'.
        spec.freshness = Duration::from_secs(60);
        let rate = f64::from(dice.pick(38, 58)) / 100.0;
        let correlation = f64::from(dice.pick(0, 3)) / 4.0;
        let loss = Loss::new(rate, correlation, 1.0).expect("in range");
        let found = false_failover_under(&spec, &loss);
        let runs = 250;
        let times: Vec<f64> = (0..runs).map(|_| until_false(&spec, &loss, &mut dice)).collect();
        let mean = times.iter().sum::<f64>() / f64::from(runs);
        let squares = times.iter().map(|time| (time - mean) * (time - mean)).sum::<f64>();
        let error = squares.sqrt() / f64::from(runs);
        let off = mean - found.mean.quorum;
        exact += u32::from(found.exact);
        assert!(
            off > -4.5 * error - 1e-9 && (off < 4.5 * error + 1e-9 || !found.exact),
            "{case}: {found:?}, the machine {mean} ± {error}: {spec:?} {loss:?}"
        );
    }
    assert!(exact > 15, "only {exact} of 20 were solved exactly");
}

/// One probe on its way: when it started, when its outcome is known, whether it is met.
#[derive(Clone, Copy)]
struct Flying {
    path: u8,
    started: u64,
    ends: u64,
    ok: bool,
}

/// How each path probes: the next start, and whether the latest outcome was a failure.
struct Prober {
    next: u64,
    failed: bool,
    /// Starts of probes that wait.
    waiting: Vec<u64>,
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).expect("short")
}

/// Seconds from the death of a site until the machine says so. Probes overlap, and start fast while
/// the latest outcome is a failure or a probe waits for longer than the fast interval.
fn until_seen(spec: &PolicySpec, failure: Failure, dice: &mut Dice) -> f64 {
    const TICK: u64 = 1_000_000;
    let mut world = World::new(spec);
    let paths = u8::try_from(spec.vantages.len()).expect("few") * world.checks;
    let pace = |path: u8| &spec.checks[usize::from(path % world.checks)];
    let warm = spec.checks.iter().map(|check| nanos(check.interval)).max().expect("a check");
    let death = warm * (u64::from(spec.rise) + 1);
    let mut probers: Vec<Prober> = (0..paths)
        .map(|path| {
            let phase = dice.roll() * nanos(pace(path).interval) as f64;
            Prober { next: phase as u64 / TICK * TICK, failed: false, waiting: Vec::new() }
        })
        .collect();
    let paces: Vec<_> = (0..paths).map(|path| pace(path).clone()).collect();
    let mut flying: Vec<Flying> = Vec::new();
    for now in (0..).step_by(TICK as usize) {
        for (path, prober) in (0..paths).zip(&mut probers) {
            let pace = &paces[usize::from(path)];
            let fast = nanos(pace.fast_interval);
            let overdue = prober.waiting.first().is_some_and(|started| started + fast <= now);
            // What was planned at the slow interval comes sooner once there is a suspicion.
            let last = prober.next.saturating_sub(nanos(pace.interval));
            let due = if prober.failed || overdue { last + fast } else { prober.next };
            if due <= now {
                let ok = now < death;
                let takes = if ok || failure == Failure::Refused { 0 } else { nanos(pace.timeout) };
                flying.push(Flying { path, started: now, ends: now + takes, ok });
                prober.waiting.push(now);
                prober.next = now + nanos(pace.interval);
            }
        }
        flying.sort_by_key(|probe| (probe.ends, probe.started));
        let ended = flying.iter().take_while(|probe| probe.ends <= now).count();
        for probe in flying.drain(..ended) {
            let prober = &mut probers[usize::from(probe.path)];
            prober.failed = !probe.ok;
            prober.waiting.retain(|started| *started != probe.started);
            world.probe(probe.path, probe.ok, probe.started, now);
            if !probe.ok && world.is_down(now) {
                return (now - death) as f64 / 1e9;
            }
        }
    }
    f64::INFINITY
}

#[test]
fn the_machine_sees_a_death_as_soon_as_the_bound_says() {
    let mut dice = Dice(0xDEAD_BEEF_0000_0001);
    for case in 0..12_u8 {
        let (vantages, checks) = (dice.pick(1, 3), dice.pick(1, 2));
        let mut spec = policy(&mut dice, vantages, checks);
        for check in &mut spec.checks {
            check.interval = Duration::from_millis(100 * u64::from(dice.pick(2, 6)));
            check.fast_interval = check.interval / u32::from(dice.pick(1, 2));
            check.timeout = Duration::from_millis(50 * u64::from(dice.pick(1, 12)));
        }
        spec.freshness = Duration::from_secs(5);
        for failure in [Failure::Refused, Failure::BlackHole] {
            let bound = detection(&spec, failure);
            let runs = 60;
            let times: Vec<f64> =
                (0..runs).map(|_| until_seen(&spec, failure, &mut dice)).collect();
            let worst = times.iter().copied().fold(0.0, f64::max);
            let mean = times.iter().sum::<f64>() / f64::from(runs);
            let squares = times.iter().map(|time| (time - mean) * (time - mean)).sum::<f64>();
            let error = squares.sqrt() / f64::from(runs);
            // The world looks every millisecond only.
            assert!(
                worst <= bound.worst.as_secs_f64() + 0.0015,
                "{case}: {worst} {bound:?} {spec:?}"
            );
            let off = (mean - bound.expected.as_secs_f64()).abs();
            assert!(off < 4.5 * error + 0.002, "{case}: {mean} ± {error}, {bound:?} {spec:?}");
        }
    }
}

/// With a fast interval that is shorter than the slow one the bound is to be on the safe side.
#[test]
fn probes_that_hurry_err_no_more_often_than_the_bound_says() {
    let mut dice = Dice(0xFA57_0000_0000_0001);
    for (vantages, quorum, rate) in [(1, 1, 0.4), (3, 2, 0.4), (2, 2, 0.45)] {
        let mut spec = policy(&mut dice, vantages, 1);
        (spec.fall, spec.grey, spec.quorum, spec.rise) = (Fall::InARow(3), 0, quorum, 2);
        let bound = false_failover(&spec, rate);
        let runs = 200;
        let times: Vec<f64> =
            (0..runs).map(|_| until_false_hurrying(&spec, rate, &mut dice)).collect();
        let mean = times.iter().sum::<f64>() / f64::from(runs);
        assert!(
            mean * (1.0 + 4.5 / f64::from(runs).sqrt()) > bound.quorum,
            "{bound:?}, the machine {mean}: {spec:?}"
        );
    }
}

/// Seconds until a verdict of *down* on a site that is well: each vantage probes at its own phase,
/// at the fast interval after a failure.
fn until_false_hurrying(spec: &PolicySpec, rate: f64, dice: &mut Dice) -> f64 {
    let mut world = World::new(spec);
    let paths = u8::try_from(spec.vantages.len()).expect("few");
    let (calm, fast) = (nanos(spec.checks[0].interval), nanos(spec.checks[0].fast_interval));
    for _ in 0..spec.rise {
        for path in 0..paths {
            world.probe(path, true, 0, 0);
        }
    }
    let mut next: Vec<u64> = (0..paths).map(|_| 1 + (dice.roll() * calm as f64) as u64).collect();
    loop {
        let path = (0..paths).min_by_key(|path| next[usize::from(*path)]).expect("a vantage");
        let now = next[usize::from(path)];
        let ok = dice.roll() >= rate;
        world.probe(path, ok, now, now);
        if !ok && world.is_down(now) {
            return now as f64 / 1e9;
        }
        next[usize::from(path)] = now + if ok { calm } else { fast };
    }
}
