//! Zones themselves.

use serde_json::json;

use super::{Hetzner, rrset};

#[tokio::test]
async fn a_fresh_zone_has_a_soa_and_the_three_assigned_name_servers() {
    let hetzner = Hetzner::start().await;
    let body = json!({"name": "fresh.example", "mode": "primary", "labels": {"a": "b"}});
    let created = hetzner.post("/zones", body).await;
    assert_eq!(created.status, 201);
    let zone = &created.json["zone"];
    assert_eq!((&zone["record_count"], &zone["ttl"]), (&json!(4), &json!(3600)));
    assert_eq!(zone["labels"], json!({"a": "b"}));
    let servers =
        json!(["hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com.", "helium.ns.hetzner.de."]);
    assert_eq!(zone["authoritative_nameservers"]["assigned"], servers);
    let soa = hetzner.get("/zones/fresh.example/rrsets/@/SOA").await;
    let value = soa.json["rrset"]["records"][0]["value"].as_str().unwrap().to_owned();
    let words: Vec<&str> = value.split(' ').collect();
    assert_eq!(words[..2], ["hydrogen.ns.hetzner.com.", "dns.hetzner.com."]);
    assert_eq!(words[3..], ["86400", "10800", "3600000", "3600"]);
    assert!(words[2].len() == 10 && words[2].ends_with("00"), "{value}");
    let ns = hetzner.get("/zones/fresh.example/rrsets/@/NS").await;
    assert_eq!(ns.json["rrset"]["records"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_zone_is_found_by_id_and_by_name_and_both_are_the_same() {
    let hetzner = Hetzner::start().await;
    let by_name = hetzner.get("/zones/schwenk.example").await;
    let id = by_name.json["zone"]["id"].as_u64().expect("an integer id");
    assert_eq!(hetzner.get(&format!("/zones/{id}")).await.json, by_name.json);
    hetzner.get("/zones/none.example").await.is_error(404, "not_found");
    hetzner.get("/zones/1").await.is_error(404, "not_found");
}

#[tokio::test]
async fn zones_are_created_with_their_rrsets_or_not_at_all() {
    let hetzner = Hetzner::start().await;
    let body = |ttl: u32| {
        let mut www = rrset("www", "A", &["192.0.2.1", "192.0.2.2"]);
        www["ttl"] = json!(ttl);
        json!({"name": "sets.example", "mode": "primary", "ttl": 300, "rrsets": [www]})
    };
    hetzner.post("/zones", body(59)).await.refuses("ttl");
    hetzner.get("/zones/sets.example").await.is_error(404, "not_found");
    let created = hetzner.post("/zones", body(60)).await;
    assert_eq!((created.status, &created.json["zone"]["record_count"]), (201, &json!(6)));
    assert_eq!(created.json["zone"]["ttl"], 300);
}

#[tokio::test]
async fn names_that_cannot_be_zones_are_refused() {
    let hetzner = Hetzner::start().await;
    for name in ["www.fresh.example", "Fresh.example", "fresh.example.", "example", "co.uk", ""] {
        let body = json!({"name": name, "mode": "primary"});
        hetzner.post("/zones", body).await.refuses("name");
    }
    for name in ["fresh.co.uk", "xn--mnchen-3ya.example"] {
        let created = hetzner.post("/zones", json!({"name": name, "mode": "primary"})).await;
        assert_eq!(created.status, 201, "{name}: {created:?}");
    }
}

#[tokio::test]
async fn a_second_zone_of_one_name_is_a_uniqueness_error() {
    let hetzner = Hetzner::start().await;
    let body = json!({"name": "schwenk.example", "mode": "primary"});
    let answer = hetzner.post("/zones", body).await;
    answer.is_error(409, "uniqueness_error");
    assert_eq!(answer.json["error"]["details"]["fields"][0]["name"], "name");
}

#[tokio::test]
async fn labels_are_replaced_as_a_whole_and_nothing_else_can_be_put() {
    let hetzner = Hetzner::start().await;
    let put = async |body| hetzner.put("/zones/schwenk.example", body).await;
    assert_eq!(put(json!({"labels": {"a": "1", "b": "2"}})).await.status, 200);
    let second = put(json!({"labels": {"c": "3"}})).await;
    assert_eq!(second.json["zone"]["labels"], json!({"c": "3"}));
    assert_eq!(put(json!({})).await.json["zone"]["labels"], json!({"c": "3"}));
    put(json!({"labels": {"-": "3"}})).await.refuses("labels");
    put(json!({"ttl": 60})).await.refuses("ttl");
}

#[tokio::test]
async fn a_protected_zone_is_not_deleted() {
    let hetzner = Hetzner::start().await;
    let protect = async |delete: bool| {
        let path = "/zones/schwenk.example/actions/change_protection";
        assert_eq!(hetzner.post(path, json!({ "delete": delete })).await.status, 201);
    };
    protect(true).await;
    hetzner.delete("/zones/schwenk.example").await.is_error(423, "protected");
    protect(false).await;
    let deleted = hetzner.delete("/zones/schwenk.example").await;
    assert_eq!((deleted.status, &deleted.json["action"]["command"]), (201, &json!("delete_zone")));
    hetzner.get("/zones/schwenk.example").await.is_error(404, "not_found");
}

#[tokio::test]
async fn the_zones_ttl_is_that_of_rrsets_without_their_own() {
    let hetzner = Hetzner::start().await;
    let change = async |ttl| {
        let path = "/zones/schwenk.example/actions/change_ttl";
        hetzner.post(path, json!({ "ttl": ttl })).await
    };
    change(json!(59)).await.refuses("ttl");
    change(json!(2_147_483_648_u64)).await.refuses("ttl");
    change(json!("60")).await.refuses("ttl");
    assert_eq!(change(json!(120)).await.status, 201);
    assert_eq!(hetzner.get("/zones/schwenk.example").await.json["zone"]["ttl"], 120);
}

#[tokio::test]
async fn a_secondary_zone_has_primaries_and_no_rrsets() {
    let hetzner = Hetzner::start().await;
    let body = json!({"name": "copy.example", "mode": "secondary",
                      "primary_nameservers": [{"address": "198.51.100.1"}]});
    let created = hetzner.post("/zones", body).await;
    let zone = &created.json["zone"];
    let filled = json!([{"address": "198.51.100.1", "port": 53}]);
    assert_eq!(zone["primary_nameservers"], filled);
    assert_eq!(zone["authoritative_nameservers"]["assigned"], json!([]));
    for path in ["/rrsets", "/rrsets/@/SOA", "/zonefile"] {
        let answer = hetzner.get(&format!("/zones/copy.example{path}")).await;
        answer.is_error(422, "incorrect_zone_mode");
    }
    let ttl = hetzner.post("/zones/copy.example/actions/change_ttl", json!({"ttl": 60})).await;
    ttl.is_error(422, "incorrect_zone_mode");
    let set = hetzner.post("/zones/copy.example/rrsets", rrset("a", "A", &["192.0.2.1"])).await;
    set.is_error(422, "incorrect_zone_mode");
}

#[tokio::test]
async fn primaries_are_overwritten_on_secondary_zones_only() {
    let hetzner = Hetzner::start().await;
    hetzner.post("/zones", json!({"name": "copy.example", "mode": "secondary"})).await;
    let change = async |zone: &str, servers| {
        let path = format!("/zones/{zone}/actions/change_primary_nameservers");
        hetzner.post(&path, json!({ "primary_nameservers": servers })).await
    };
    let one = json!([{"address": "2001:db8::1", "port": 5353}]);
    assert_eq!(change("copy.example", one.clone()).await.status, 201);
    let zone = hetzner.get("/zones/copy.example").await;
    assert_eq!(zone.json["zone"]["primary_nameservers"], one);
    change("schwenk.example", one).await.is_error(422, "incorrect_zone_mode");
    for wrong in [
        json!([{"address": "example.com"}]),
        json!([{"address": "192.0.2.1", "port": 0}]),
        json!([{"address": "192.0.2.1"}, {"address": "192.0.2.1", "port": 54}]),
        json!([{"address": "192.0.2.1", "tsig_algorithm": "md5"}]),
        json!("192.0.2.1"),
    ] {
        change("copy.example", wrong).await.refuses("primary_nameservers");
    }
}
