//! Changing RRsets: one transaction, the very object as deletion.
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::{Pacer, Rate};
use dns_provider::{Atomicity, Change, DnsProvider, Effect, Expect, Guard, Kind, Outcome, RrSet};
use serde_json::{Value, json};

use super::world::{World, app, app_key, client};
use crate::support::{call, key, rrset};

#[tokio::test]
async fn it_promises_what_google_keeps() {
    let world = World::new().await;
    let can = world.dns.capabilities();
    assert_eq!((can.atomicity, can.guard), (Atomicity::WholeSet, Guard::Server));
    assert_eq!((can.ttl_min, can.changes_max), (0, 1000));
}

#[tokio::test]
async fn a_whole_set_is_one_change() {
    let world = World::new().await;
    let text = "\"v=spf1 -all\" \"more\"";
    let wanted = [
        app(&["192.0.2.7", "192.0.2.8"], 30),
        rrset("app.schwenk.example", "AAAA", 0, &["2001:db8::1"]),
        rrset("schwenk.example", "TXT", 5, &[text]),
    ];
    let put = |rrset: &RrSet| Change::put(rrset.clone(), Expect::Any);
    let set = world.set(wanted.iter().map(put).collect());
    let report = world.dns.apply(&set, call()).await.unwrap();
    assert!(report.outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied), "{report:?}");
    assert_eq!(report.pending.len(), 1);
    assert_eq!(world.tap.changes().len(), 1);
    for rrset in &wanted {
        assert_eq!(world.stored(&rrset.key).await.as_ref(), Some(rrset));
    }
}

#[tokio::test]
async fn a_deletion_is_the_very_object_that_was_read() {
    let world = World::new().await;
    world.start_from(&app(&["192.0.2.9", "192.0.2.3", "192.0.2.5"], 77)).await;
    let sorted = app(&["192.0.2.3", "192.0.2.5", "192.0.2.9"], 77);
    let change = Change::put(app(&["192.0.2.1"], 60), Expect::Exactly(sorted));
    let path = format!("/{}/rrsets?name=app.schwenk.example.&type=A", world.zone.id);
    let (_, stored) = world.other().send("GET", &path, Value::Null).await;
    assert_eq!(world.outcome(change).await, Outcome::Applied);
    let sent = &world.tap.changes()[0];
    assert_eq!(sent["deletions"], stored["rrsets"]);
    assert_eq!(stored["rrsets"][0]["rrdatas"], json!(["192.0.2.9", "192.0.2.3", "192.0.2.5"]));
}

#[tokio::test]
async fn a_request_has_no_fields_but_those_of_the_api() {
    // The fields of Change and ResourceRecordSet in the API's discovery document.
    let change: BTreeSet<&str> =
        ["additions", "deletions", "id", "isServing", "kind", "startTime", "status"].into();
    let rrset: BTreeSet<&str> =
        ["kind", "name", "routingPolicy", "rrdatas", "signatureRrdatas", "ttl", "type"].into();
    let world = World::new().await;
    world.outcome(Change::put(app(&["192.0.2.1"], 60), Expect::Any)).await;
    world.outcome(Change::remove(app_key(), Expect::Any)).await;
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for sent in world.tap.changes() {
        assert!(keys(&sent).iter().all(|key| change.contains(key.as_str())), "{sent}");
        for list in ["additions", "deletions"] {
            for one in sent[list].as_array().unwrap() {
                assert!(keys(one).iter().all(|key| rrset.contains(key.as_str())), "{one}");
                assert!(one["name"].as_str().unwrap().ends_with('.'));
                assert!(one["ttl"].is_u64());
            }
        }
    }
    assert!(world.tap.sent().iter().all(|sent| sent.target.contains("prettyPrint=false")));
}

#[tokio::test]
async fn one_refusal_keeps_the_whole_set_from_being_sent() {
    let world = World::new().await;
    let servers = world.stored(&key("schwenk.example", "NS")).await.unwrap();
    let set = world.set(vec![
        Change::put(rrset("b.schwenk.example", "A", 60, &["192.0.2.2"]), Expect::Absent),
        Change::put(app(&["192.0.2.1"], 60), Expect::Absent),
        Change::put(servers, Expect::Any),
    ]);
    let report = world.dns.apply(&set, call()).await.unwrap();
    let [first, second, third] = &report.outcomes[..] else { panic!("{report:?}") };
    assert_eq!((&first.1, &third.1), (&Outcome::NotTried, &Outcome::AlreadySo));
    assert_eq!(second.1.failure().unwrap().kind, Kind::AlreadyExists);
    assert_eq!(world.tap.changes().len(), 0);
    assert_eq!(world.stored(&key("b.schwenk.example", "A")).await, None);
}

#[tokio::test]
async fn a_set_the_server_refuses_changes_nothing_at_all() {
    let world = World::new().await;
    // The server alone knows that a CNAME cannot stand beside the A of app.
    let set = world.set(vec![
        Change::put(rrset("b.schwenk.example", "A", 60, &["192.0.2.2"]), Expect::Absent),
        Change::put(rrset("app.schwenk.example", "CNAME", 60, &["b.example."]), Expect::Absent),
    ]);
    let report = world.dns.apply(&set, call()).await.unwrap();
    for (_, outcome) in &report.outcomes {
        let failure = outcome.failure().unwrap();
        assert_eq!((failure.kind, failure.effect), (Kind::Invalid, Effect::NotApplied));
        assert!(failure.code.is_some(), "{failure}");
    }
    assert!(report.pending.is_empty());
    assert_eq!(world.stored(&key("b.schwenk.example", "A")).await, None);
}

#[tokio::test]
async fn nothing_is_sent_when_it_is_so_already_or_only_a_rehearsal() {
    let world = World::new().await;
    world.start_from(&app(&["192.0.2.1", "192.0.2.2"], 60)).await;
    let same = Change::put(app(&["192.0.2.2", "192.0.2.1"], 60), Expect::Absent);
    assert_eq!(world.outcome(same).await, Outcome::AlreadySo);
    let gone = Change::remove(key("gone.schwenk.example", "A"), Expect::Absent);
    assert_eq!(world.outcome(gone).await, Outcome::AlreadySo);
    let set = world.set(vec![Change::put(app(&["192.0.2.3"], 60), Expect::Any)]);
    let report = world.dns.apply(&set, call().dry_run()).await.unwrap();
    assert_eq!(report.outcomes[0].1, Outcome::NotTried);
    let nothing = world.dns.apply(&world.set(Vec::new()), call()).await.unwrap();
    assert!(nothing.outcomes.is_empty() && nothing.pending.is_empty());
    assert_eq!(world.tap.changes().len(), 0);
}

#[tokio::test]
async fn the_apex_keeps_its_ns_and_soa_but_they_can_be_replaced() {
    let world = World::new().await;
    for rtype in ["NS", "SOA"] {
        let set = world.set(vec![Change::remove(key("schwenk.example", rtype), Expect::Any)]);
        let error = world.dns.apply(&set, call()).await.unwrap_err();
        assert!(error.to_string().contains("replaced, not removed"), "{error}");
    }
    assert_eq!(world.tap.sent().len(), 0);
    let servers = ["ns-cloud-b1.googledomains.com.", "helium.ns.hetzner.de."];
    let union = rrset("schwenk.example", "NS", 3600, &servers);
    assert_eq!(world.outcome(Change::put(union, Expect::Any)).await, Outcome::Applied);
}

#[tokio::test]
async fn a_big_set_reads_the_zone_once_and_a_bigger_one_is_refused_unsent() {
    let world = World::new().await;
    let many = |count: usize| {
        let one = |n| rrset(&format!("n{n}.schwenk.example"), "A", 60, &["192.0.2.1"]);
        world.set((0..count).map(|n| Change::put(one(n), Expect::Absent)).collect())
    };
    let report = world.dns.apply(&many(200), call()).await.unwrap();
    assert!(report.outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied));
    assert_eq!((world.tap.count("GET"), world.tap.changes().len()), (1, 1));
    world.tap.forget();
    let error = world.dns.apply(&many(1001), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Invalid);
    assert_eq!(world.tap.sent().len(), 0);
}

#[tokio::test]
async fn changes_of_one_zone_go_one_after_another() {
    let world = World::new().await;
    let put = |n: usize| {
        let rrset = rrset(&format!("n{n}.schwenk.example"), "A", 60, &["192.0.2.1"]);
        world.set(vec![Change::put(rrset, Expect::Absent)])
    };
    let sets: Vec<_> = (0..10).map(put).collect();
    let all = sets.iter().map(|set| world.dns.apply(set, call()));
    for report in futures_util::future::join_all(all).await {
        assert_eq!(report.unwrap().outcomes[0].1, Outcome::Applied);
    }
    // Read, write, read, write: no read of the next change before the write of the last one.
    let methods: Vec<String> = world.tap.sent().into_iter().map(|sent| sent.method).collect();
    assert_eq!(methods, ["GET", "POST"].repeat(10));
}

#[tokio::test]
async fn no_write_starts_after_the_lease() {
    let world = World::new().await;
    let set = world.set(vec![Change::put(app(&["192.0.2.1"], 60), Expect::Any)]);
    let ended = call().write_before(Instant::now());
    let error = world.dns.apply(&set, ended).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Expired, Effect::NotApplied));
    let soon = call().write_before(Instant::now() + Duration::from_secs(50));
    let report = world.dns.apply(&set, soon).await.unwrap();
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(world.tap.changes().len(), 1);
}

#[tokio::test]
async fn polling_leaves_a_failover_enough_requests() {
    let world = World::new().await;
    let pacer = Arc::new(Pacer::new(Rate::new(4, 0.0).reserve(2)));
    let dns = client(&world.emulator, &world.tap).pacer(pacer).build();
    let mut polls = 0;
    while dns.rrset(&world.zone, &app_key(), call()).await.is_ok() {
        polls += 1;
    }
    assert_eq!(polls, 2);
    let set = world.set(vec![Change::put(app(&["192.0.2.7"], 60), Expect::Any)]);
    let report = dns.apply(&set, call()).await.unwrap();
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
}
