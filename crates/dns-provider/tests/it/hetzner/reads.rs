//! Reading: pages, spellings, inherited TTLs, zones that are not there.
use cloud_emulator::{Options, SeedRrSet, SeedZone, State};
use cloud_http::Kind;
use dns_provider::lookup::find_zone;
use dns_provider::{DnsProvider, Zone};
use serde_json::json;

use super::world::{World, client};
use crate::support::{call, key, name};

fn seeded(name: &str, hosts: usize) -> SeedZone {
    let rrsets = (0..hosts)
        .map(|i| SeedRrSet {
            name: format!("h{i}.{name}"),
            rtype: "A".to_owned(),
            ttl: 60,
            values: vec!["192.0.2.1".to_owned()],
        })
        .collect();
    SeedZone { name: name.to_owned(), rrsets }
}

#[tokio::test]
async fn every_page_is_read() {
    let mut zones: Vec<SeedZone> =
        (0..60).map(|i| seeded(&format!("zone{i}.example"), 0)).collect();
    zones.push(seeded("schwenk.example", 230));
    let state = State { google: Vec::new(), hetzner: zones };
    let world = World::with(Options { state: Some(state), ..Options::default() }).await;

    let zones = world.dns.zones(call()).await.unwrap();
    assert_eq!(zones.len(), 61);
    assert_eq!(
        world.spy.lines(),
        ["GET /zones?page=1&per_page=50", "GET /zones?page=2&per_page=50"]
    );

    let zone = find_zone(&world.dns, &name("h7.schwenk.example"), call()).await.unwrap();
    assert_eq!(zone.name, name("schwenk.example"));
    assert_eq!(zone.name_servers.len(), 3);
    world.spy.forget();
    let rrsets = world.dns.rrsets(&zone, call()).await.unwrap();
    // 230 hosts, the SOA and the name servers.
    assert_eq!(rrsets.len(), 232);
    assert_eq!(world.spy.count("/rrsets?page="), 3);
    assert_eq!(world.spy.count("per_page=100"), 3);
}

#[tokio::test]
async fn inherited_ttls_and_relative_names_become_plain() {
    let world = World::new().await;
    for (name, rtype, value) in [("www", "CNAME", "app"), ("@", "MX", "10 mail")] {
        let body = json!({"name": name, "type": rtype, "records": [{"value": value}]});
        let (status, answer) = world.other("POST", "/rrsets", body).await;
        assert_eq!((status, &answer["rrset"]["ttl"]), (201, &json!(null)));
    }
    let (status, _) = world.other("POST", "/actions/change_ttl", json!({"ttl": 777})).await;
    assert_eq!(status, 201);
    let www = world.stored(&key("www.schwenk.example", "CNAME")).await.unwrap();
    assert_eq!((www.ttl, www.values), (777, vec!["app.schwenk.example.".to_owned()]));
    let all = world.dns.rrsets(&world.zone, call()).await.unwrap();
    let mx = all.iter().find(|rrset| rrset.key == key("schwenk.example", "MX")).unwrap();
    assert_eq!((mx.ttl, mx.values.as_slice()), (777, &["10 mail.schwenk.example.".to_owned()][..]));
}

#[tokio::test]
async fn named_zones_are_read_without_listing() {
    let world = World::new().await;
    for zone in [world.zone.id.as_str(), "schwenk.example"] {
        let dns = client(&world.emulator, &world.spy).zone(zone).build().unwrap();
        let zones = dns.zones(call()).await.unwrap();
        assert_eq!(zones[0].id, world.zone.id);
    }
    assert_eq!(world.spy.count("GET /zones?"), 0);
    let dns = client(&world.emulator, &world.spy).zone("other.example").build().unwrap();
    let error = dns.zones(call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::NotFound);
    assert!(error.to_string().contains("only by tokens of the project"), "{error}");
}

#[tokio::test]
async fn a_missing_rrset_is_nothing_and_a_missing_zone_is_an_error() {
    let world = World::new().await;
    assert_eq!(world.stored(&key("none.schwenk.example", "A")).await, None);
    let gone = Zone::new("999", name("schwenk.example"), Vec::new());
    let error = world.dns.rrset(&gone, &key("app.schwenk.example", "A"), call()).await;
    let error = error.unwrap_err();
    assert_eq!(error.failure.kind, Kind::NotFound);
    assert!(error.failure.request_id.is_some(), "the correlation id is kept");
}
