//! What is sent for a change, and what is stored afterwards.
use cloud_http::{Kind, Retry};
use dns_provider::{
    Atomicity, Change, DnsProvider, Expect, Guard, Need, Outcome, SystemClock, conformance,
};
use serde_json::{Value, json};

use super::world::{World, app, app_key};
use crate::support::{call, key, rrset};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_passes_the_conformance_suite() {
    let world = World::new().await;
    let result = conformance::run(&world.dns, &world.zone, &SystemClock).await;
    assert!(result.failed().is_empty(), "{result}");
}

#[tokio::test]
async fn values_and_ttl_are_two_steps_with_two_tickets_values_first() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    world.start_from(&old).await;
    let new = app(&["198.51.100.1", "198.51.100.2"], 300);
    let report = world.apply(Change::put(new.clone(), Expect::Exactly(old))).await;
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(report.pending.len(), 2);
    let rrset = format!("/zones/{}/rrsets/app/A", world.zone.id);
    assert_eq!(
        world.spy.lines(),
        [
            format!("GET {rrset}"),
            format!("POST {rrset}/actions/set_records"),
            format!("POST {rrset}/actions/change_ttl"),
        ]
    );
    let sent = world.spy.sent();
    let records = json!({"records": [{"value": "198.51.100.1"}, {"value": "198.51.100.2"}]});
    assert_eq!((&sent[1].body, &sent[2].body), (&records, &json!({"ttl": 300})));
    world.settle(&report).await;
    assert!(world.stored(&app_key()).await.unwrap().same_data(&new));
}

#[tokio::test]
async fn only_what_differs_is_sent() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    for (new, step) in
        [(app(&["192.0.2.2"], 60), "set_records"), (app(&["192.0.2.1"], 61), "change_ttl")]
    {
        world.start_from(&old).await;
        let report = world.apply(Change::put(new, Expect::Exactly(old.clone()))).await;
        assert_eq!(world.spy.count("POST"), 1);
        assert_eq!(world.spy.count(step), 1);
        world.settle(&report).await;
    }
}

#[tokio::test]
async fn creation_is_one_request_without_a_look_before() {
    let world = World::new().await;
    let new = rrset("*.new.schwenk.example", "MX", 120, &["10 mail.example.net."]);
    let report = world.apply(Change::put(new.clone(), Expect::Absent)).await;
    assert_eq!(world.spy.lines(), [format!("POST /zones/{}/rrsets", world.zone.id)]);
    let body = json!({"name": "*.new", "type": "MX", "ttl": 120,
        "records": [{"value": "10 mail.example.net."}]});
    assert_eq!(world.spy.sent()[0].body, body);
    world.settle(&report).await;
    assert_eq!(world.stored(&new.key).await, Some(new));
}

#[tokio::test]
async fn an_rrset_at_the_apex_is_named_by_an_at_sign() {
    let world = World::new().await;
    let apex = rrset("schwenk.example", "TXT", 60, &["v=spf1 -all"]);
    let report = world.apply(Change::put(apex.clone(), Expect::Any)).await;
    world.settle(&report).await;
    assert_eq!(world.spy.sent()[2].body["name"], "@");
    assert_eq!(world.stored(&apex.key).await, Some(apex.clone()));
    let all = world.dns.rrsets(&world.zone, call()).await.unwrap();
    assert!(all.contains(&apex));
    let report = world.apply(Change::remove(apex.key.clone(), Expect::Exactly(apex))).await;
    world.settle(&report).await;
    assert_eq!(world.spy.count("DELETE"), 1);
}

#[tokio::test]
async fn a_comment_survives_as_long_as_its_value() {
    let world = World::new().await;
    let commented = json!({"records": [
        {"value": "192.0.2.1", "comment": "first site"},
        {"value": "192.0.2.2", "comment": "old"}]});
    let (status, _) = world.other("POST", "/rrsets/app/A/actions/set_records", commented).await;
    assert_eq!(status, 201);
    let new = app(&["192.0.2.1", "192.0.2.3"], 60);
    let report = world.apply(Change::put(new, Expect::Any)).await;
    world.settle(&report).await;
    let (_, answer) = world.other("GET", "/rrsets/app/A", Value::Null).await;
    let mut records = answer["rrset"]["records"].as_array().unwrap().clone();
    records.sort_by_key(|record| record["value"].to_string());
    assert_eq!(records[0]["comment"], "first site");
    assert_eq!(records[1]["value"], "192.0.2.3");
    assert!(records[1]["comment"].as_str().is_none_or(str::is_empty));
}

#[tokio::test]
async fn the_soa_serial_does_not_count() {
    let world = World::new().await;
    let soa = world.stored(&key("schwenk.example", "SOA")).await.unwrap();
    let report = world.apply(Change::put(app(&["192.0.2.77"], 60), Expect::Any)).await;
    world.settle(&report).await;
    let raised = world.stored(&soa.key).await.unwrap();
    assert_ne!(raised.values, soa.values, "the emulator raises the serial");
    assert!(raised.same_data(&soa));
    assert_eq!(
        world.outcome(Change::put(soa.clone(), Expect::Exactly(soa))).await,
        Outcome::AlreadySo
    );
}

#[tokio::test]
async fn soa_and_name_servers_of_the_apex_are_neither_removed_nor_created() {
    let world = World::new().await;
    for rtype in ["SOA", "NS"] {
        let set = world.set(vec![Change::remove(key("schwenk.example", rtype), Expect::Any)]);
        let error = world.dns.apply(&set, call()).await.unwrap_err();
        assert_eq!(error.failure.kind, Kind::Invalid);
        assert!(error.to_string().contains("replaced, not removed"), "{error}");
    }
    assert_eq!(world.spy.lines(), [""; 0]);
}

#[tokio::test]
async fn one_refused_change_does_not_stop_the_others() {
    let world = World::new().await;
    let report = world
        .dns
        .apply(
            &world.set(vec![
                Change::put(app(&["198.51.100.1"], 60), Expect::Absent),
                Change::put(rrset("b.schwenk.example", "A", 60, &["192.0.2.2"]), Expect::Absent),
            ]),
            call(),
        )
        .await
        .unwrap();
    let Outcome::Refused(failure) = &report.outcomes[0].1 else { panic!("{report:?}") };
    assert_eq!((failure.kind, failure.retry), (Kind::AlreadyExists, Retry::AfterReread));
    assert_eq!(report.outcomes[1].1, Outcome::Applied);
}

#[tokio::test]
async fn stronger_promises_hold_for_sets_that_allow_them() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    world.start_from(&old).await;
    let create = Change::put(rrset("c.schwenk.example", "A", 60, &["192.0.2.3"]), Expect::Absent);
    let same_ttl = Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(old.clone()));
    let other_ttl = Change::put(app(&["192.0.2.2"], 61), Expect::Exactly(old));
    let whole = Need::new(Atomicity::PerRrSet, Guard::ReadThenWrite);
    let server = Need::new(Atomicity::PerRrSet, Guard::Server);
    for (change, need, taken) in [
        (create, server, true),
        (same_ttl.clone(), server, false),
        (same_ttl, whole, true),
        (other_ttl, whole, false),
    ] {
        let mut set = world.set(vec![change]);
        set.need = need;
        let result = world.dns.apply(&set, call().dry_run()).await;
        let kind = result.as_ref().err().map(|error| error.failure.kind);
        assert_eq!(kind, (!taken).then_some(Kind::Unsupported), "{result:?}");
    }
}

#[tokio::test]
async fn writes_to_one_zone_do_not_overlap() {
    let world = World::new().await;
    let sets: Vec<_> = (1..5)
        .map(|i| {
            let name = format!("h{i}.schwenk.example");
            world.set(vec![Change::put(rrset(&name, "A", 60, &["192.0.2.1"]), Expect::Absent)])
        })
        .collect();
    let reports =
        futures_util::future::join_all(sets.iter().map(|set| world.dns.apply(set, call()))).await;
    assert!(reports.iter().all(|r| r.as_ref().unwrap().outcomes[0].1 == Outcome::Applied));
    let mut posts: Vec<_> = world.spy.sent().into_iter().filter(|s| s.method == "POST").collect();
    posts.sort_by_key(|sent| sent.began);
    assert_eq!(posts.len(), 4);
    assert!(posts.windows(2).all(|pair| pair[0].ended <= pair[1].began));
}
