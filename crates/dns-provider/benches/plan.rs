//! How long it takes to plan a zone of ten thousand RRsets.
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dns_provider::plan::{SafetyLimits, Scope, plan};
use dns_provider::{Atomicity, Capabilities, Guard, Name, RrSet, Zone};

const RRSETS: usize = 10_000;

fn zone() -> Zone {
    Zone::new("1", Name::parse("example.com").expect("a name"), Vec::new())
}

/// A zone's RRsets, two addresses each; every tenth with another one than at `generation` 0.
fn rrsets(generation: usize) -> Vec<RrSet> {
    let one = |i: usize| {
        let last = if i.is_multiple_of(10) { generation + 1 } else { 1 };
        let values = [format!("192.0.2.{last}"), format!("198.51.100.{}", i % 250)];
        RrSet::parse(&format!("host{i}.example.com"), "A", 60, &values).expect("an RRset")
    };
    (0..RRSETS).map(one).collect()
}

fn planner(criterion: &mut Criterion) {
    let (zone, limits) = (zone(), SafetyLimits::none());
    let can = Capabilities::new(Atomicity::WholeSet, Guard::Server, 0);
    let (now, same, other) = (rrsets(0), rrsets(0), rrsets(1));
    criterion.bench_function("10,000 RRsets, none to change", |bencher| {
        bencher.iter(|| plan(&zone, black_box(&now), &same, &Scope::Zone, &can, &limits));
    });
    criterion.bench_function("10,000 RRsets, 1,000 to change", |bencher| {
        bencher.iter(|| plan(&zone, black_box(&now), &other, &Scope::Zone, &can, &limits));
    });
}

criterion_group!(benches, planner);
criterion_main!(benches);
