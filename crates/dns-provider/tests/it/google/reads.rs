//! Reading RRsets.
use dns_provider::{Change, DnsProvider, Expect, Kind};
use serde_json::json;

use super::world::{World, app, app_key, client};
use crate::support::{call, key, name, rrset};

#[tokio::test]
async fn one_rrset_is_asked_for_by_name_and_type() {
    let world = World::new().await;
    let found = world.stored(&app_key()).await.unwrap();
    assert_eq!((found.ttl, found.values.len(), &found.opaque), (60, 1, &None));
    assert_eq!(world.stored(&key("app.schwenk.example", "AAAA")).await, None);
    let sent = world.tap.sent();
    assert_eq!(
        sent[0].target,
        format!(
            "/dns/v1/projects/{}/managedZones/{}/rrsets?prettyPrint=false\
             &name=app.schwenk.example.&type=A",
            world.emulator.info().project,
            world.zone.id
        )
    );
}

#[tokio::test]
async fn names_and_ids_are_encoded() {
    let world = World::new().await;
    let wild = rrset("*.schwenk.example", "A", 60, &["192.0.2.1"]);
    world.start_from(&wild).await;
    assert_eq!(world.stored(&wild.key).await.as_ref(), Some(&wild));
    assert_eq!(world.tap.count("name=%2A.schwenk.example.&"), 1);
    let mut zone = world.zone.clone();
    zone.id = "../../b c?x".to_owned();
    let error = world.dns.rrset(&zone, &app_key(), call()).await.unwrap_err();
    assert_eq!(world.tap.count("/managedZones/..%2F..%2Fb%20c%3Fx/rrsets?"), 1);
    assert!(matches!(error.failure.kind, Kind::NotFound | Kind::Invalid), "{error}");
}

#[tokio::test]
async fn every_page_is_read() {
    let world = World::new().await;
    for n in 0..7 {
        let more = rrset(&format!("n{n}.schwenk.example"), "A", 60, &["192.0.2.1"]);
        world.start_from(&more).await;
    }
    let all = world.dns.rrsets(&world.zone, call()).await.unwrap();
    let dns = client(&world.emulator, &world.tap).page_size(3).build();
    let paged = dns.rrsets(&world.zone, call()).await.unwrap();
    assert_eq!(paged, all);
    assert!(all.len() >= 10 && world.tap.count("pageToken=") >= 3);
}

#[tokio::test]
async fn an_empty_page_may_have_a_successor_and_unknown_fields_do_no_harm() {
    let world = World::new().await;
    world.tap.answer("GET", 200, json!({"nextPageToken": "t1", "unheard_of": [1]}));
    let odd = json!({"name": "App.schwenk.example.", "type": "A", "ttl": 5, "rrdatas": ["192.0.2.9"],
        "novelty": {"x": null}});
    let below =
        json!({"name": "0/25.schwenk.example.", "type": "PTR", "ttl": 5, "rrdatas": ["a."]});
    world.tap.answer("pageToken=t1", 200, json!({"rrsets": [below, odd], "nextPageToken": ""}));
    let all = world.dns.rrsets(&world.zone, call()).await.unwrap();
    assert_eq!(all, [app(&["192.0.2.9"], 5)]);
    world.tap.answer("GET", 200, json!({}));
    assert_eq!(world.dns.rrsets(&world.zone, call()).await.unwrap(), []);
}

#[tokio::test]
async fn a_page_token_that_comes_twice_ends_the_list_with_an_error() {
    let world = World::new().await;
    for _ in 0..5 {
        world.tap.answer("GET", 200, json!({"nextPageToken": "again"}));
    }
    let error = world.dns.rrsets(&world.zone, call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Protocol);
    assert!(error.to_string().contains("came twice"), "{error}");
    assert_eq!(world.tap.sent().len(), 2);
}

#[tokio::test]
async fn a_routing_policy_is_opaque_and_never_changed() {
    let world = World::new().await;
    let policy = json!({"name": "app.schwenk.example.", "type": "A", "ttl": 30, "routingPolicy":
        {"wrr": {"items": [{"weight": 0.5, "rrdatas": ["192.0.2.1"]}]}}});
    let list = json!({"rrsets": [policy]});
    world.tap.answer("GET", 200, &list);
    let found = world.stored(&app_key()).await.unwrap();
    assert_eq!(found.values, Vec::<String>::new());
    let opaque: serde_json::Value = serde_json::from_str(&found.opaque.unwrap()).unwrap();
    assert_eq!(opaque, policy);
    for change in
        [Change::put(app(&["192.0.2.1"], 30), Expect::Any), Change::remove(app_key(), Expect::Any)]
    {
        world.tap.answer("GET", 200, &list);
        let outcome = world.outcome(change).await;
        let failure = outcome.failure().unwrap();
        assert_eq!(failure.kind, Kind::Unsupported);
    }
    assert_eq!(world.tap.changes().len(), 0);
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_a_protocol_failure() {
    let world = World::new().await;
    for body in ["<html>captive</html>", "[]", "{\"rrsets\": 7}"] {
        world.tap.answer("GET", 200, body);
        let error = world.dns.rrsets(&world.zone, call()).await.unwrap_err();
        assert_eq!(error.failure.kind, Kind::Protocol, "{body}");
    }
}

#[tokio::test]
async fn nulls_and_numbers_as_texts_are_read_too() {
    let world = World::new().await;
    let odd = json!({"kind": null, "nextPageToken": null, "rrsets": [{"ttl": "60", "type": "A",
        "name": "app.schwenk.example.", "rrdatas": ["192.0.2.9"], "routingPolicy": null,
        "signatureRrdatas": null, "brandNew": {"a": [1]}}]});
    world.tap.answer("/rrsets?", 200, odd);
    let found = world.stored(&app_key()).await.unwrap();
    assert_eq!((found.ttl, found.values[0].as_str(), found.opaque), (60, "192.0.2.9", None));

    world.tap.answer("/rrsets?", 200, json!({"rrsets": null, "nextPageToken": ""}));
    assert_eq!(world.stored(&app_key()).await, None);

    let zones = json!({"managedZones": [{"name": "odd", "dnsName": "schwenk.example.", "id": 7,
        "nameServers": ["ns1.example.net.", "not a name"], "visibility": null,
        "peeringConfig": null, "dnssecConfig": null, "labels": null}]});
    world.tap.answer("/managedZones?", 200, zones);
    let zone = world.dns.zones(call()).await.unwrap().remove(0);
    assert_eq!((zone.id.as_str(), zone.name_servers), ("odd", vec![name("ns1.example.net")]));
}

#[tokio::test]
async fn an_rrset_that_is_not_understood_does_not_read_as_missing() {
    let world = World::new().await;
    let odd = json!({"rrsets": [{"name": "app.schwenk.example.", "type": "A", "ttl": "soon",
        "rrdatas": ["192.0.2.9"]}]});
    world.tap.answer("/rrsets?", 200, odd);
    let error = world.dns.rrset(&world.zone, &app_key(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Protocol);
    assert!(error.to_string().contains("was not understood"), "{error}");
}
