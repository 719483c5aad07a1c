//! The actions that change what an RRset holds.

use serde_json::{Value, json};

use super::{Answer, Hetzner, RRSETS, records};

async fn act(hetzner: &Hetzner, set: &str, action: &str, body: Value) -> Answer {
    hetzner.post(&format!("{RRSETS}/{set}/actions/{action}"), body).await
}

async fn serial(hetzner: &Hetzner) -> u32 {
    let soa = hetzner.values("@/SOA").await.remove(0);
    soa.split(' ').nth(2).and_then(|serial| serial.parse().ok()).expect("a serial")
}

#[tokio::test]
async fn setting_records_replaces_them_keeps_the_ttl_and_raises_the_serial() {
    let hetzner = Hetzner::start().await;
    let before = serial(&hetzner).await;
    let set = act(&hetzner, "app/A", "set_records", records(&["127.0.20.1", "192.0.2.1"])).await;
    assert_eq!((set.status, &set.json["action"]["command"]), (201, &json!("set_rrset_records")));
    assert_eq!(hetzner.values("app/A").await, ["127.0.20.1", "192.0.2.1"]);
    assert_eq!(hetzner.get(&format!("{RRSETS}/app/A")).await.json["rrset"]["ttl"], 60);
    assert_eq!(serial(&hetzner).await, before + 1);
}

#[tokio::test]
async fn setting_records_of_an_rrset_that_is_not_there_is_404() {
    let hetzner = Hetzner::start().await;
    let answer = act(&hetzner, "www/A", "set_records", records(&["192.0.2.1"])).await;
    answer.is_error(404, "not_found");
    let answer = act(&hetzner, "app/AAAA", "set_records", records(&["2001:db8::1"])).await;
    answer.is_error(404, "not_found");
}

#[tokio::test]
async fn setting_records_does_not_take_a_ttl() {
    let hetzner = Hetzner::start().await;
    let mut body = records(&["192.0.2.1"]);
    body["ttl"] = json!(60);
    act(&hetzner, "app/A", "set_records", body).await.refuses("ttl");
    assert_eq!(hetzner.values("app/A").await, ["127.0.10.1"]);
}

#[tokio::test]
async fn adding_records_creates_the_rrset_if_need_be() {
    let hetzner = Hetzner::start().await;
    let mut body = records(&["192.0.2.1"]);
    body["ttl"] = json!(300);
    let added = act(&hetzner, "www/A", "add_records", body).await;
    assert_eq!(
        (added.status, &added.json["action"]["command"]),
        (201, &json!("add_rrset_records"))
    );
    assert_eq!(hetzner.get(&format!("{RRSETS}/www/A")).await.json["rrset"]["ttl"], 300);
    assert_eq!(act(&hetzner, "www/A", "add_records", records(&["192.0.2.2"])).await.status, 201);
    assert_eq!(hetzner.values("www/A").await, ["192.0.2.1", "192.0.2.2"]);
    act(&hetzner, "www/BOGUS", "add_records", records(&["x"])).await.refuses("type");
}

#[tokio::test]
async fn adding_records_with_another_ttl_or_an_existing_value_is_refused() {
    let hetzner = Hetzner::start().await;
    let mut body = records(&["192.0.2.1"]);
    body["ttl"] = json!(61);
    act(&hetzner, "app/A", "add_records", body.clone()).await.refuses("ttl");
    body["ttl"] = json!(60);
    assert_eq!(act(&hetzner, "app/A", "add_records", body).await.status, 201);
    let twice = act(&hetzner, "app/A", "add_records", records(&["192.0.2.1"])).await;
    twice.is_error(409, "uniqueness_error");
}

#[tokio::test]
async fn an_rrset_without_records_vanishes() {
    let hetzner = Hetzner::start().await;
    act(&hetzner, "app/A", "add_records", records(&["192.0.2.1"])).await;
    let unknown = act(&hetzner, "app/A", "remove_records", records(&["192.0.2.9"])).await;
    unknown.refuses("records");
    assert_eq!(
        act(&hetzner, "app/A", "remove_records", records(&["127.0.10.1"])).await.status,
        201
    );
    assert_eq!(hetzner.values("app/A").await, ["192.0.2.1"]);
    assert_eq!(act(&hetzner, "app/A", "remove_records", records(&["192.0.2.1"])).await.status, 201);
    hetzner.get(&format!("{RRSETS}/app/A")).await.is_error(404, "not_found");
    let gone = act(&hetzner, "app/A", "remove_records", records(&["192.0.2.1"])).await;
    gone.is_error(404, "not_found");
}

#[tokio::test]
async fn updating_records_changes_comments_and_answers_200() {
    let hetzner = Hetzner::start().await;
    let body = json!({"records": [{"value": "127.0.10.1", "comment": "site one"}]});
    let updated = act(&hetzner, "app/A", "update_records", body.clone()).await;
    assert_eq!(updated.status, 200);
    assert_eq!(updated.json["action"]["command"], "update_rrset_records");
    let set = hetzner.get(&format!("{RRSETS}/app/A")).await;
    assert_eq!(set.json["rrset"]["records"], body["records"]);
    act(&hetzner, "app/A", "update_records", records(&["127.0.10.1"])).await.refuses("records");
    let other = json!({"records": [{"value": "192.0.2.1", "comment": "x"}]});
    act(&hetzner, "app/A", "update_records", other).await.refuses("records");
}

#[tokio::test]
async fn a_ttl_is_at_least_60_or_the_zones() {
    let hetzner = Hetzner::start().await;
    for wrong in [json!(59), json!(0), json!(-1), json!(1.5), json!("60"), json!(2_147_483_648_u64)]
    {
        act(&hetzner, "app/A", "change_ttl", json!({ "ttl": wrong })).await.refuses("ttl");
    }
    act(&hetzner, "app/A", "change_ttl", json!({})).await.refuses("ttl");
    let ttl = async || hetzner.get(&format!("{RRSETS}/app/A")).await.json["rrset"]["ttl"].clone();
    for right in [json!(2_147_483_647), json!(null)] {
        let changed = act(&hetzner, "app/A", "change_ttl", json!({ "ttl": right })).await;
        assert_eq!(changed.json["action"]["command"], "change_rrset_ttl");
        assert_eq!(ttl().await, right);
    }
    let error = act(&hetzner, "app/A", "change_ttl", json!({"ttl": 59})).await;
    assert_eq!(error.json["error"]["message"], "invalid input in field 'ttl': must be at least 60");
    assert_eq!(
        error.json["error"]["details"],
        json!({"fields": [{"name": "ttl", "messages": ["must be at least 60"]}]})
    );
}

#[tokio::test]
async fn a_protected_rrset_is_not_changed() {
    let hetzner = Hetzner::start().await;
    let protect = async |change: bool| {
        let body = json!({ "change": change });
        let answer = act(&hetzner, "app/A", "change_protection", body).await;
        assert_eq!(answer.json["action"]["command"], "change_rrset_protection");
    };
    protect(true).await;
    for (action, body) in [
        ("set_records", records(&["192.0.2.1"])),
        ("add_records", records(&["192.0.2.1"])),
        ("remove_records", records(&["127.0.10.1"])),
        ("change_ttl", json!({"ttl": 120})),
    ] {
        let answer = act(&hetzner, "app/A", action, body).await;
        answer.is_error(423, "protected");
        assert_eq!(answer.json["error"]["message"], "RRSet(s) is/are change protected");
    }
    hetzner.delete(&format!("{RRSETS}/app/A")).await.is_error(423, "protected");
    protect(false).await;
    assert_eq!(act(&hetzner, "app/A", "change_ttl", json!({"ttl": 120})).await.status, 201);
    act(&hetzner, "app/A", "change_protection", json!({})).await.refuses("change");
}
