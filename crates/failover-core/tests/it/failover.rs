//! One whole failover, step by step.
use std::time::Duration;

use failover_core::{
    Answer, AttemptId, CheckId, Event, Failover, Input, MoveId, Output, Policy, Preset, ProviderId,
    ProviderPolicy, Receipt, SiteId, SiteSet, State, Timestamp, VantageId, explain,
};

const ONE: SiteId = SiteId(0);
const TWO: SiteId = SiteId(1);

fn policy() -> Policy {
    let provider = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let providers = vec![provider("google", true), provider("hetzner", false)];
    let spec = Preset::Fast.spec("shop", names(&["one", "two"]), names(&["here"]), providers);
    Policy::new(spec).expect("a valid policy")
}

struct Bench {
    machine: Failover,
    now: u64,
    recorded: Vec<(Timestamp, Event)>,
}

impl Bench {
    fn new() -> Self {
        let machine = Failover::new(policy(), State::default());
        let mut bench = Self { machine, now: 1_000_000, recorded: Vec::new() };
        for provider in [0, 1] {
            let answer = Answer::Sites(SiteSet::one(ONE));
            bench.step(Input::Stored { provider: ProviderId(provider), answer });
        }
        bench
    }

    fn step(&mut self, input: Input) -> Vec<Output> {
        let now = Timestamp::from_millis(self.now);
        let out = self.machine.step(now, input);
        for output in &out {
            if let Output::Record(event) = output {
                self.recorded.push((now, event.clone()));
            }
        }
        out
    }

    fn probe(&mut self, site: SiteId, ok: bool) -> Vec<Output> {
        let at = Timestamp::from_millis(self.now);
        let (vantage, check) = (VantageId(0), CheckId(0));
        self.step(Input::Probed { vantage, site, check, ok, at })
    }

    /// Probes both sites five times a second for `time`.
    fn watch(&mut self, time: Duration, one: bool, two: bool) -> Vec<Output> {
        let mut all = Vec::new();
        for _ in 0..time.as_millis() / 200 {
            self.now += 200;
            all.extend(self.probe(ONE, one));
            all.extend(self.probe(TWO, two));
        }
        all
    }

    fn receipt(&mut self, attempt: u64, provider: u8, receipt: Receipt) -> Vec<Output> {
        let (attempt, provider) = (AttemptId(attempt), ProviderId(provider));
        self.step(Input::Receipt { attempt, provider, receipt })
    }

    fn answered(&mut self, provider: u8, site: SiteId) -> Vec<Output> {
        let answer = Answer::Sites(SiteSet::one(site));
        self.step(Input::Answered { provider: ProviderId(provider), answer })
    }
}

fn publishes(out: &[Output]) -> Vec<(u8, SiteSet)> {
    out.iter()
        .filter_map(|output| match output {
            Output::Publish { provider, sites, .. } => Some((provider.0, *sites)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_dead_active_site_moves_both_providers_and_the_move_completes() {
    let mut bench = Bench::new();
    assert!(publishes(&bench.watch(Duration::from_secs(10), true, true)).is_empty());
    let out = bench.watch(Duration::from_secs(2), false, true);
    let both = vec![(0, SiteSet::one(TWO)), (1, SiteSet::one(TWO))];
    assert_eq!(publishes(&out), both, "{:#?}", bench.machine.view(Timestamp::from_millis(0)).next);
    bench.receipt(1, 0, Receipt::Applied);
    bench.receipt(2, 1, Receipt::Applied);
    bench.answered(0, TWO);
    assert!(bench.machine.state().generation() == MoveId(1));
    let out = bench.answered(1, TWO);
    let done = Output::Record(Event::MoveCompleted { id: MoveId(1) });
    assert!(out.contains(&done), "{out:#?}");
    for (at, event) in &bench.recorded {
        explain(bench.machine.policy().spec(), *at, event).expect("evidence");
    }
}

#[test]
fn the_fold_of_what_was_recorded_is_the_state() {
    let mut bench = Bench::new();
    bench.watch(Duration::from_secs(10), true, true);
    bench.watch(Duration::from_secs(2), false, true);
    bench.receipt(1, 0, Receipt::Applied);
    bench.receipt(2, 1, Receipt::Unknown { message: "timed out".to_owned() });
    let folded = State::fold(bench.recorded.iter().map(|(at, event)| (*at, event)));
    assert_eq!(&folded, bench.machine.state());
}

#[test]
fn the_latch_keeps_the_service_where_the_failover_put_it() {
    let mut bench = Bench::new();
    bench.watch(Duration::from_secs(10), true, true);
    bench.watch(Duration::from_secs(2), false, true);
    for provider in [0, 1] {
        bench.receipt(u64::from(provider) + 1, provider, Receipt::Applied);
        bench.answered(provider, TWO);
    }
    bench.watch(Duration::from_secs(600), true, true);
    let out = bench.watch(Duration::from_secs(60), true, false);
    assert!(publishes(&out).is_empty());
    assert_eq!(bench.machine.state().desired(), SiteSet::one(TWO));
}
