//! How fast the machine is: what happens all the time, what happens at times, what happens once.
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use failover_core::{
    Answer, CheckId, Failover, Input, Output, Policy, Preset, ProviderId, ProviderPolicy, Receipt,
    SiteId, SiteSet, State, Timestamp, VantageId,
};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

const ONE: SiteId = SiteId(0);
const TWO: SiteId = SiteId(1);

fn probe(vantage: u8, site: SiteId, ok: bool, at: Timestamp) -> Input {
    Input::Probed { vantage: VantageId(vantage), site, check: CheckId(0), ok, at }
}

/// Three vantages, two sites, two providers; both sites have been up for a while.
fn watching() -> (Failover, Timestamp) {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let provider = |name: &str| ProviderPolicy { name: name.to_owned(), guarded: true };
    let providers = vec![provider("google"), provider("hetzner")];
    let spec =
        Preset::Fast.spec("shop", names(&["one", "two"]), names(&["a", "b", "c"]), providers);
    let mut machine = Failover::new(Policy::new(spec).expect("a valid policy"), State::default());
    let mut now = Timestamp::from_millis(1_000_000);
    for provider in [0, 1].map(ProviderId) {
        machine.step(now, Input::Stored { provider, answer: Answer::Sites(SiteSet::one(ONE)) });
    }
    for _ in 0..20 {
        now = now.plus(Duration::from_millis(500));
        round(&mut machine, now, true);
    }
    (machine, now)
}

fn round(machine: &mut Failover, now: Timestamp, one: bool) -> Vec<Output> {
    let mut all = Vec::new();
    for vantage in 0..3 {
        all.extend(machine.step(now, probe(vantage, ONE, one, now)));
        all.extend(machine.step(now, probe(vantage, TWO, true, now)));
    }
    all
}

/// From the first failing probe to the end of the move at both providers.
fn failover(mut machine: Failover, mut now: Timestamp) -> Failover {
    let mut open = Vec::new();
    while open.is_empty() {
        now = now.plus(Duration::from_millis(200));
        open = round(&mut machine, now, false);
        open.retain(|output| matches!(output, Output::Publish { .. }));
    }
    for output in open {
        let Output::Publish { attempt, provider, sites, .. } = output else { continue };
        machine.step(now, Input::Receipt { attempt, provider, receipt: Receipt::Applied });
        machine.step(now, Input::Answered { provider, answer: Answer::Sites(sites) });
    }
    assert!(machine.view(now).open_move.is_none());
    machine
}

fn steps(criterion: &mut Criterion) {
    let (mut machine, mut now) = watching();
    let mut turn = 0u8;
    criterion.bench_function("a probe that is met", |bench| {
        bench.iter(|| {
            turn = (turn + 1) % 3;
            // Two hundred probes per second: the deadlines in between are part of the price.
            now = now.plus(Duration::from_millis(5));
            black_box(machine.step(now, probe(turn, ONE, true, now)))
        });
    });
    let (machine, now) = watching();
    criterion.bench_function("a probe that fails", |bench| {
        let fail = |mut machine: Failover| {
            let out = machine.step(now, probe(0, ONE, false, now));
            (machine, out)
        };
        bench.iter_batched(|| machine.clone(), fail, BatchSize::SmallInput);
    });
    criterion.bench_function("a whole failover", |bench| {
        bench.iter_batched(
            || machine.clone(),
            |machine| failover(machine, now),
            BatchSize::SmallInput,
        );
    });
}

/// What the simplest way to count a probe costs, beside the whole machine.
fn floor(criterion: &mut Criterion) {
    let mut counters: BTreeMap<(u8, u8), u32> = BTreeMap::new();
    let mut turn = 0u8;
    criterion.bench_function("floor: one counter in a map", |bench| {
        bench.iter(|| {
            turn = (turn + 1) % 6;
            let counter = counters.entry((turn / 2, turn % 2)).or_default();
            *counter = counter.wrapping_add(1);
            black_box(*counter)
        });
    });
}

/// What those pay who look at every state: a copy, and its name.
fn states(criterion: &mut Criterion) {
    let (machine, now) = watching();
    let moved = failover(machine.clone(), now);
    for (when, machine) in [("watching", machine), ("after a move", moved)] {
        criterion.bench_function(&format!("clone, {when}"), |bench| {
            bench.iter(|| black_box(&machine).clone());
        });
        criterion.bench_function(&format!("digest, {when}"), |bench| {
            bench.iter(|| black_box(&machine).digest());
        });
        criterion.bench_function(&format!("orbit, {when}"), |bench| {
            bench.iter(|| black_box(&machine).orbit(black_box(&[1, 2, 3])));
        });
    }
}

criterion_group!(benches, floor, steps, states);
criterion_main!(benches);
