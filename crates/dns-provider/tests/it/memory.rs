//! The memory provider keeps to its capabilities and fails on demand.
use std::time::Instant;

use cloud_http::{Effect, Failure, Kind, Retry};
use dns_provider::memory::Fault;
use dns_provider::{
    Atomicity, Call, Capabilities, Change, ChangeSet, DnsProvider, Expect, Guard, MemoryDns,
    Outcome, Report,
};

use crate::support::{call, key, rrset, zone};

fn dns(atomicity: Atomicity, guard: Guard) -> MemoryDns {
    let stored = vec![
        rrset("a.example.com", "A", 60, &["192.0.2.1"]),
        rrset("b.example.com", "A", 60, &["192.0.2.2"]),
    ];
    MemoryDns::new("memory")
        .with_capabilities(Capabilities::new(atomicity, guard, 0))
        .with_zone(zone(), stored)
}

fn set(changes: Vec<Change>) -> ChangeSet {
    ChangeSet::new(zone(), changes)
}

async fn apply(dns: &MemoryDns, changes: Vec<Change>) -> Report {
    dns.apply(&set(changes), call()).await.expect("a report")
}

fn outcome(report: &Report, index: usize) -> &Outcome {
    &report.outcomes[index].1
}

fn kind(outcome: &Outcome) -> Option<Kind> {
    outcome.failure().map(|failure| failure.kind)
}

#[tokio::test]
async fn a_stale_expectation_refuses_a_whole_set_where_sets_are_atomic() {
    let dns = dns(Atomicity::WholeSet, Guard::Server);
    let stale = Expect::Exactly(rrset("a.example.com", "A", 60, &["192.0.2.9"]));
    let report = apply(
        &dns,
        vec![
            Change::put(rrset("a.example.com", "A", 60, &["198.51.100.1"]), stale),
            Change::put(rrset("b.example.com", "A", 60, &["198.51.100.2"]), Expect::Any),
        ],
    )
    .await;
    assert_eq!(kind(outcome(&report, 0)), Some(Kind::Changed));
    assert_eq!(*outcome(&report, 1), Outcome::NotTried);
    assert_eq!(dns.writes(), 0);
}

#[tokio::test]
async fn a_stale_expectation_refuses_only_its_own_change_where_sets_are_not_atomic() {
    let dns = dns(Atomicity::PerRrSet, Guard::ReadThenWrite);
    let report = apply(
        &dns,
        vec![
            Change::put(rrset("a.example.com", "A", 60, &["198.51.100.1"]), Expect::Absent),
            Change::put(rrset("b.example.com", "A", 60, &["198.51.100.2"]), Expect::Any),
        ],
    )
    .await;
    assert_eq!(kind(outcome(&report, 0)), Some(Kind::AlreadyExists));
    assert_eq!(outcome(&report, 0).failure().unwrap().retry, Retry::AfterReread);
    assert_eq!(*outcome(&report, 1), Outcome::Applied);
}

#[tokio::test]
async fn where_nobody_checks_a_precondition_it_is_not_checked() {
    let dns = dns(Atomicity::PerRrSet, Guard::None);
    let desired = rrset("a.example.com", "A", 60, &["198.51.100.1"]);
    let report = apply(&dns, vec![Change::put(desired, Expect::Absent)]).await;
    assert_eq!(*outcome(&report, 0), Outcome::Applied);
}

#[tokio::test]
async fn what_is_so_already_is_not_written_whatever_was_expected() {
    let dns = dns(Atomicity::WholeSet, Guard::Server);
    let same = rrset("a.example.com", "A", 60, &["192.0.2.1"]);
    let gone = key("none.example.com", "A");
    let report =
        apply(&dns, vec![Change::put(same, Expect::Absent), Change::remove(gone, Expect::Any)])
            .await;
    assert!(report.outcomes.iter().all(|(_, outcome)| *outcome == Outcome::AlreadySo));
    assert_eq!(dns.writes(), 0);
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_refused_and_changes_nothing() {
    let dns = dns(Atomicity::WholeSet, Guard::Server);
    let changes = set(vec![
        Change::remove(key("a.example.com", "A"), Expect::Any),
        Change::put(rrset("b.example.com", "A", 60, &["192.0.2.2"]), Expect::Any),
        Change::put(rrset("a.example.com", "AAAA", 60, &["2001:db8::1"]), Expect::Any),
    ]);
    let report = dns.apply(&changes, call().dry_run()).await.unwrap();
    let outcomes: Vec<_> = report.outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(outcomes, [Outcome::NotTried, Outcome::AlreadySo, Outcome::NotTried]);
    assert_eq!(dns.writes(), 0);
}

#[tokio::test]
async fn no_write_starts_after_the_lease_and_nothing_after_the_deadline() {
    let dns = dns(Atomicity::WholeSet, Guard::Server);
    let remove = || set(vec![Change::remove(key("a.example.com", "A"), Expect::Any)]);
    let lease_over = call().write_before(Instant::now());
    let error = dns.apply(&remove(), lease_over).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Expired);
    let late = Call::until(Instant::now());
    let error = dns.apply(&remove(), late).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Timeout, Effect::NotApplied));
    assert_eq!(dns.zones(late).await.unwrap_err().failure.kind, Kind::Timeout);
    assert_eq!(dns.stored("z1").len(), 2);
}

#[tokio::test]
async fn a_lost_answer_and_a_lost_request_look_the_same_but_are_not() {
    let dns = dns(Atomicity::WholeSet, Guard::Server);
    let lost = || Failure::new(Kind::Timeout, "timed out");
    for (fault, stored_after) in
        [(Fault::RequestLost(lost()), "192.0.2.1"), (Fault::AnswerLost(lost()), "198.51.100.1")]
    {
        dns.inject(fault);
        let desired = rrset("a.example.com", "A", 60, &["198.51.100.1"]);
        let report = apply(&dns, vec![Change::put(desired, Expect::Any)]).await;
        assert_eq!(*outcome(&report, 0), Outcome::Unknown(lost().maybe_applied()));
        assert_eq!(dns.stored("z1")[0].values, [stored_after]);
    }
}

#[tokio::test]
async fn a_provider_atomic_in_nothing_can_change_values_without_the_ttl() {
    let dns = dns(Atomicity::None, Guard::ReadThenWrite);
    dns.inject(Fault::Halved(Failure::new(Kind::Unavailable, "second step failed")));
    let desired = rrset("a.example.com", "A", 30, &["198.51.100.1"]);
    let report = apply(&dns, vec![Change::put(desired, Expect::Any)]).await;
    assert_eq!(kind(outcome(&report, 0)), Some(Kind::Unavailable));
    assert_eq!(dns.stored("z1")[0], rrset("a.example.com", "A", 60, &["198.51.100.1"]));
}

#[tokio::test]
async fn a_cname_never_stands_beside_other_records() {
    let cname = || rrset("a.example.com", "CNAME", 60, &["b.example.com."]);
    for atomicity in [Atomicity::WholeSet, Atomicity::PerRrSet] {
        let dns = dns(atomicity, Guard::Server);
        let report = apply(&dns, vec![Change::put(cname(), Expect::Absent)]).await;
        assert_eq!(kind(outcome(&report, 0)), Some(Kind::Invalid));
        let both = vec![
            Change::remove(key("a.example.com", "A"), Expect::Any),
            Change::put(cname(), Expect::Absent),
        ];
        let report = apply(&dns, both).await;
        assert!(report.outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied));
    }
}

#[tokio::test]
async fn a_ticket_can_be_settled_again_and_an_unknown_one_cannot() {
    let dns = dns(Atomicity::WholeSet, Guard::Server).with_tickets();
    let report = apply(&dns, vec![Change::remove(key("a.example.com", "A"), Expect::Any)]).await;
    let [ticket] = report.pending.as_slice() else { panic!("{report:?}") };
    dns.inject(Fault::Settle(Failure::new(Kind::Unavailable, "down").retry(Retry::Later)));
    assert_eq!(dns.settle(ticket, call()).await.unwrap_err().failure.kind, Kind::Unavailable);
    dns.settle(ticket, call()).await.unwrap();
    dns.settle(ticket, call()).await.unwrap();
    let mut foreign = ticket.clone();
    foreign.operation = "change-99".to_owned();
    assert_eq!(dns.settle(&foreign, call()).await.unwrap_err().failure.kind, Kind::NotFound);
}
