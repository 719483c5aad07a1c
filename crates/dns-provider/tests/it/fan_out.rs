//! Several providers at once: every one has its say.
use std::sync::Arc;

use cloud_http::{Failure, Kind, Retry};
use dns_provider::lookup::{find_zone, find_zone_by_id};
use dns_provider::memory::Fault;
use dns_provider::{Change, ChangeSet, DnsProvider, Expect, FanOut, MemoryDns, Outcome, Zone};

use crate::support::{call, key, name, rrset, zone};

fn member(id: &str) -> Arc<MemoryDns> {
    let stored = vec![rrset("app.example.com", "A", 60, &["192.0.2.1"])];
    Arc::new(MemoryDns::new(id).with_tickets().with_zone(zone(), stored))
}

fn fan_out(members: &[&Arc<MemoryDns>]) -> FanOut {
    FanOut::new(members.iter().map(|member| Arc::clone(member) as Arc<dyn DnsProvider>).collect())
}

fn switch() -> ChangeSet {
    let desired = rrset("app.example.com", "A", 60, &["198.51.100.1"]);
    ChangeSet::new(zone(), vec![Change::put(desired, Expect::Any)])
}

#[tokio::test]
async fn one_failing_provider_neither_stops_nor_hides_the_others() {
    let (one, two, three) = (member("one"), member("two"), member("three"));
    let down = Failure::new(Kind::Unavailable, "down").retry(Retry::Later);
    one.inject(Fault::Apply(down.clone()));
    let all = fan_out(&[&one, &two, &three]);
    let sets = ["one", "two", "three"].map(|id| (id.to_owned(), switch()));
    let shares = all.apply(&sets, call()).await;

    let ids: Vec<&str> = shares.iter().map(|share| share.provider.as_str()).collect();
    assert_eq!(ids, ["one", "two", "three"]);
    assert_eq!(shares[0].result.as_ref().unwrap_err().failure, down);
    for share in &shares[1..] {
        let report = share.result.as_ref().unwrap();
        assert_eq!(report.outcomes[0].1, Outcome::Applied);
        let settled = all.settle(&report.pending, call()).await;
        assert!(settled.iter().all(|share| share.result.is_ok()));
    }
    assert_eq!([one.writes(), two.writes(), three.writes()], [0, 1, 1]);
}

#[tokio::test]
async fn reads_have_one_share_each_and_an_unknown_provider_is_named() {
    let (one, two) = (member("one"), member("two"));
    two.inject(Fault::Read(Failure::new(Kind::Auth, "token revoked")));
    let all = fan_out(&[&one, &two]);
    let zones = ["one", "two", "three"].map(|id| (id.to_owned(), zone()));
    let shares = all.rrset(&zones, &key("app.example.com", "A"), call()).await;
    assert!(shares[0].result.as_ref().unwrap().is_some());
    assert_eq!(shares[1].result.as_ref().unwrap_err().failure.kind, Kind::Auth);
    let error = shares[2].result.as_ref().unwrap_err().to_string();
    assert!(error.contains("no provider three; there are: one, two"), "{error}");
    assert_eq!(all.zones(call()).await.len(), 2);
}

#[tokio::test]
async fn a_zone_is_found_by_a_name_in_it_or_by_its_id() {
    let dns = MemoryDns::new("memory")
        .with_zone(zone(), Vec::new())
        .with_zone(Zone::new("z2", name("sub.example.com"), Vec::new()), Vec::new());
    let found = find_zone(&dns, &name("app.sub.example.com"), call()).await.unwrap();
    assert_eq!(found.id, "z2");
    assert_eq!(find_zone_by_id(&dns, "z1", call()).await.unwrap(), zone());
    let error = find_zone_by_id(&dns, "z3", call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::NotFound);
    let text = error.to_string();
    assert!(text.contains("these credentials see example.com (id z1), sub"), "{text}");
}
