//! Decorators add one thing each and take nothing away.
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cloud_http::{Backoff, Effect, Failure, Kind, Pacer, Rate, Retry};
use dns_provider::decorate::{
    Answer, Asked, DryRun, Observed, Observer, Paced, Recorded, Retrying,
};
use dns_provider::memory::Fault;
use dns_provider::{
    Atomicity, Call, Capabilities, Change, ChangeSet, DnsProvider, Expect, Guard, MemoryDns,
    Outcome, SystemClock, conformance,
};

use crate::support::{apex, call, key, rrset, zone};

fn memory(atomicity: Atomicity) -> Arc<MemoryDns> {
    let can = Capabilities::new(atomicity, Guard::Server, 60);
    let mut stored = apex();
    stored.push(rrset("a.example.com", "A", 60, &["192.0.2.1"]));
    Arc::new(
        MemoryDns::new("memory").with_capabilities(can).with_tickets().with_zone(zone(), stored),
    )
}

fn soon() -> Backoff {
    Backoff::new(Duration::from_millis(1), Duration::from_millis(2), 5)
}

fn busy() -> Failure {
    Failure::new(Kind::Busy, "locked").retry(Retry::Later)
}

fn set() -> ChangeSet {
    let put = |name: &str, value| Change::put(rrset(name, "A", 60, &[value]), Expect::Any);
    let changes = vec![put("a.example.com", "192.0.2.2"), put("b.example.com", "192.0.2.3")];
    ChangeSet::new(zone(), changes)
}

fn all_applied(outcomes: &[(dns_provider::Key, Outcome)]) -> bool {
    outcomes.len() == 2 && outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied)
}

#[tokio::test]
async fn a_stack_of_decorators_still_conforms() {
    let pacer = Arc::new(Pacer::new(Rate::new(1000, 1000.0)));
    let boxed: Box<dyn DnsProvider> = Box::new(memory(Atomicity::PerRrSet));
    let inner = Paced::new(Retrying::new(boxed).with_backoff(soon()), pacer);
    let stack = Recorded::new(inner, Arc::new(Notes::default()));
    let result = conformance::run(&&stack, &zone(), &SystemClock).await;
    assert!(result.failed().is_empty(), "{result}");
}

#[tokio::test]
async fn temporary_failures_are_tried_again_and_lasting_ones_are_not() {
    let dns = memory(Atomicity::WholeSet);
    let retrying = Retrying::new(Arc::clone(&dns)).with_backoff(soon());
    dns.inject(Fault::Read(busy()));
    dns.inject(Fault::Read(busy()));
    assert_eq!(retrying.zones(call()).await.unwrap().len(), 1);
    dns.inject(Fault::Read(Failure::new(Kind::Auth, "revoked")));
    dns.inject(Fault::Read(busy()));
    let error = retrying.rrset(&zone(), &key("a.example.com", "A"), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Auth);
    dns.clear_faults();
    for _ in 0..10 {
        dns.inject(Fault::Apply(busy()));
    }
    let error = retrying.apply(&set(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Busy, "five attempts and no more");
    dns.clear_faults();
    assert_eq!(dns.writes(), 0);
}

#[tokio::test]
async fn only_what_certainly_did_not_happen_is_sent_again() {
    for atomicity in [Atomicity::PerRrSet, Atomicity::WholeSet] {
        let dns = memory(atomicity);
        let retrying = Retrying::new(Arc::clone(&dns)).with_backoff(soon());
        dns.inject(Fault::Refuse(busy()));
        let report = retrying.apply(&set(), call()).await.unwrap();
        assert!(all_applied(&report.outcomes), "{report:?}");
        assert_eq!(dns.writes(), 2);
        for ticket in &report.pending {
            retrying.settle(ticket, call()).await.unwrap();
        }

        let dns = memory(atomicity);
        let retrying = Retrying::new(Arc::clone(&dns)).with_backoff(soon());
        dns.inject(Fault::RequestLost(busy()));
        let report = retrying.apply(&set(), call()).await.unwrap();
        assert!(matches!(report.outcomes[0].1, Outcome::Unknown(_)), "{report:?}");
        assert_eq!(dns.stored("z1")[0].values, ["192.0.2.1"]);
    }
}

#[tokio::test]
async fn no_retry_starts_after_the_lease_or_the_deadline() {
    let dns = memory(Atomicity::PerRrSet);
    let slow = Backoff::new(Duration::from_secs(3600), Duration::from_secs(3600), 5);
    let retrying = Retrying::new(Arc::clone(&dns)).with_backoff(slow);
    dns.inject(Fault::Refuse(
        Failure::new(Kind::RateLimited, "too many").retry(Retry::After(Duration::from_secs(60))),
    ));
    let lease = call().write_before(Instant::now() + Duration::from_secs(30));
    let report = retrying.apply(&set(), lease).await.unwrap();
    assert_eq!(report.outcomes[0].1.failure().unwrap().kind, Kind::RateLimited);
    dns.inject(Fault::Read(
        Failure::new(Kind::RateLimited, "too many").retry(Retry::After(Duration::from_secs(3600))),
    ));
    assert!(retrying.zones(call()).await.is_err());
}

#[tokio::test]
async fn a_dry_run_decorator_changes_nothing_whatever_the_call_says() {
    let dns = memory(Atomicity::WholeSet);
    let report = DryRun::new(Arc::clone(&dns)).apply(&set(), call()).await.unwrap();
    assert!(report.outcomes.iter().all(|(_, outcome)| *outcome == Outcome::NotTried));
    assert_eq!(dns.writes(), 0);
}

#[tokio::test]
async fn a_paced_provider_keeps_a_reserve_for_writes_and_fails_when_the_wait_is_too_long() {
    let dns = memory(Atomicity::WholeSet);
    let pacer = Arc::new(Pacer::new(Rate::new(4, 0.001).reserve(2)));
    let paced = Paced::new(Arc::clone(&dns), pacer);
    let short = || Call::until(Instant::now() + Duration::from_secs(30));
    for _ in 0..2 {
        paced.zones(short()).await.unwrap();
    }
    let error = paced.zones(short()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::RateLimited, Effect::NotApplied));
    let report = paced.apply(&set(), short()).await.unwrap();
    assert!(all_applied(&report.outcomes));
    paced.settle(&report.pending[0], short()).await.unwrap();
    let error = paced.settle(&report.pending[0], short()).await.unwrap_err();
    assert_eq!(error.failure.effect, Effect::MaybeApplied);
}

#[tokio::test]
async fn a_provider_that_says_too_many_is_left_alone() {
    let dns = memory(Atomicity::WholeSet);
    let pacer = Arc::new(Pacer::new(Rate::new(100, 0.001)));
    let paced = Paced::new(Arc::clone(&dns), pacer);
    dns.inject(Fault::Read(Failure::new(Kind::RateLimited, "too many")));
    assert!(paced.zones(call()).await.is_err());
    let error = paced.zones(call()).await.unwrap_err();
    assert!(error.to_string().contains("allowance is used up"), "{error}");
}

#[derive(Debug, Default)]
struct Notes(Mutex<Vec<Observed>>);

impl Observer for Notes {
    fn observed(&self, observed: &Observed) {
        self.0.lock().unwrap().push(observed.clone());
    }
}

#[tokio::test]
async fn an_observer_hears_of_every_operation_and_of_dropped_ones_too() {
    let dns = memory(Atomicity::WholeSet);
    let notes = Arc::new(Notes::default());
    let recorded = Recorded::new(Arc::clone(&dns), Arc::clone(&notes) as Arc<dyn Observer>);
    let report = recorded.apply(&set(), call()).await.unwrap();
    recorded.settle(&report.pending[0], call()).await.unwrap();
    dns.inject(Fault::Read(busy()));
    assert!(recorded.rrsets(&zone(), call()).await.is_err());
    recorded.rrset(&zone(), &key("x.example.com", "A"), call()).await.unwrap();
    // A provider that never answers, given up by its caller.
    let stuck = Retrying::new(Arc::clone(&dns)).with_backoff(Backoff::new(
        Duration::from_secs(3600),
        Duration::from_secs(3600),
        9,
    ));
    let recorded = Recorded::new(stuck, Arc::clone(&notes) as Arc<dyn Observer>);
    for _ in 0..9 {
        dns.inject(Fault::Apply(busy().retry(Retry::After(Duration::from_secs(1000)))));
    }
    let far = Call::until(Instant::now() + Duration::from_secs(100_000));
    let set = set();
    let given_up = tokio::time::timeout(Duration::from_millis(20), recorded.apply(&set, far));
    assert!(given_up.await.is_err());

    let notes = notes.0.lock().unwrap();
    assert_eq!(notes[0].asked, Asked::Apply(set));
    assert_eq!(notes[0].answer, Ok(Answer::Applied(report.clone())));
    assert_eq!(notes[1].asked, Asked::Settle(report.pending[0].clone()));
    assert_eq!(notes[2].answer, Err(busy()));
    assert_eq!(notes[3].answer, Ok(Answer::RrSet(None)));
    let Err(dropped) = &notes[4].answer else { panic!("{:?}", notes[4]) };
    assert_eq!(dropped.effect, Effect::MaybeApplied);
    assert_eq!(notes.len(), 5);
    let json = serde_json::to_string(&notes[0]).unwrap();
    assert_eq!(serde_json::from_str::<Observed>(&json).unwrap(), notes[0]);
}
