//! Zones: listed, named, and the ones that look alike.
use cloud_emulator::{Options, SeedZone, State};
use dns_provider::lookup::{find_zone, find_zone_by_id};
use dns_provider::{DnsProvider, Kind, SystemClock, Visibility, conformance};
use serde_json::json;

use super::world::{World, client};
use crate::support::{call, name};

#[tokio::test]
async fn the_client_conforms() {
    let world = World::new().await;
    let zone = find_zone(&world.dns, &world.zone.name, call()).await.unwrap();
    let result = conformance::run(&world.dns, &zone, &SystemClock).await;
    assert!(result.failed().is_empty(), "{result}");
}

#[tokio::test]
async fn all_pages_of_zones_are_read() {
    let seed = |name: &str| SeedZone { name: name.to_owned(), rrsets: Vec::new() };
    let google = ["schwenk.example", "b.example", "c.example", "d.example", "e.example"].map(seed);
    let state = State { google: google.to_vec(), hetzner: Vec::new() };
    let world = World::with(Options { state: Some(state), ..Options::default() }).await;
    let dns = client(&world.emulator, &world.tap).page_size(2).build();
    let zones = dns.zones(call()).await.unwrap();
    let mut names: Vec<_> = zones.iter().map(|zone| zone.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["b.example", "c.example", "d.example", "e.example", "schwenk.example"]);
    assert_eq!(world.tap.count("maxResults=2"), 3);
    assert_eq!(zones[0].name_servers.len(), 4);
    assert!(zones.iter().all(|zone| zone.visibility == Visibility::Public));
}

#[tokio::test]
async fn a_private_twin_makes_the_zone_ambiguous_and_an_explicit_id_settles_it() {
    let world = World::new().await;
    let twin = json!({"name": "inner", "dnsName": "schwenk.example.", "description": "d",
        "visibility": "private", "privateVisibilityConfig": {"networks": []}});
    let (status, answer) = world.other().send("POST", "", twin).await;
    assert_eq!(status, 200, "{answer}");
    let app = name("app.schwenk.example");
    let error = find_zone(&world.dns, &app, call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Invalid);
    let text = error.to_string();
    for part in [world.zone.id.as_str(), "id inner, private", "choose one by its id"] {
        assert!(text.contains(part), "{text}");
    }
    let found = find_zone_by_id(&world.dns, &world.zone.id, call()).await.unwrap();
    assert_eq!(found.visibility, Visibility::Public);
    let error = find_zone_by_id(&world.dns, "inner", call()).await.unwrap_err();
    assert!(error.to_string().contains("private"), "{error}");
    let named = client(&world.emulator, &world.tap).zone(&world.zone.id).build();
    assert_eq!(find_zone(&named, &app, call()).await.unwrap().id, world.zone.id);
}

#[tokio::test]
async fn a_named_zone_is_never_looked_for_in_the_list() {
    let world = World::new().await;
    let number = world.emulator.info().zone.clone().unwrap().google.unwrap().id;
    for id in [world.zone.id.clone(), number] {
        world.tap.forget();
        let dns = client(&world.emulator, &world.tap).zone(&id).build();
        let zones = dns.zones(call()).await.unwrap();
        assert_eq!((zones.len(), &zones[0].id, &zones[0].name), (1, &id, &world.zone.name));
        let app = super::world::app_key();
        assert!(dns.rrset(&zones[0], &app, call()).await.unwrap().is_some());
        assert_eq!(world.tap.count("/managedZones?"), 0);
    }
}

#[tokio::test]
async fn a_named_zone_that_is_missing_names_the_project() {
    let world = World::new().await;
    let dns = client(&world.emulator, &world.tap).zone("nowhere").build();
    let error = dns.zones(call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::NotFound);
    let project = &world.emulator.info().project;
    let text = error.to_string();
    assert!(text.contains("nowhere") && text.contains(project.as_str()), "{text}");
}

#[tokio::test]
async fn zones_the_world_does_not_see_are_told_apart() {
    let world = World::new().await;
    let zone = |name: &str, extra: serde_json::Value| {
        let mut zone = json!({"kind": "dns#managedZone", "name": name, "dnsName": "a.example.",
            "id": "7", "news": {"a": 1}});
        zone.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        zone
    };
    let list = json!({"managedZones": [
        zone("plain", json!({})),
        zone("public", json!({"visibility": "public", "dnssecConfig": {"state": "off"}})),
        zone("signed", json!({"visibility": "public", "dnssecConfig": {"state": "on"}})),
        zone("private", json!({"visibility": "private"})),
        zone("forwarding", json!({"visibility": "private", "forwardingConfig": {}})),
        zone("peering", json!({"visibility": "public", "peeringConfig": {}})),
        zone("odd", json!({"dnsName": "0/25.2.0.192.in-addr.arpa."})),
    ]});
    world.tap.answer("GET", 200, list);
    let zones = world.dns.zones(call()).await.unwrap();
    let seen: Vec<_> = zones.iter().map(|z| (&*z.id, z.visibility == Visibility::Public)).collect();
    let expected = [
        ("plain", true),
        ("public", true),
        ("signed", true),
        ("private", false),
        ("forwarding", false),
        ("peering", false),
    ];
    assert_eq!(seen, expected);
    assert_eq!(zones[0].notes, ["number 7"]);
    assert!(zones[2].notes.iter().any(|note| note.contains("DNSSEC is on")));
    assert!(zones[4].notes.contains(&"a forwarding zone".to_owned()));
    assert!(zones[5].notes.contains(&"a peering zone".to_owned()));
}
