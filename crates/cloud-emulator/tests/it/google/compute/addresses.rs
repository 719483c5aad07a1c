//! Reserved addresses, and those an instance is given later.

use serde_json::{Value, json};

use super::{REGION, ZONE, instant, nat_ip, refused, wish};

#[tokio::test]
async fn a_reserved_address_is_used_by_one_instance() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{REGION}/addresses"), json!({"name": "ip"})).await;
    let path = format!("{REGION}/addresses/ip");
    let address = google.look(&path).await.ok();
    assert_eq!(
        (&address["status"], &address["networkTier"]),
        (&json!("RESERVED"), &json!("PREMIUM"))
    );
    assert!(address.get("users").is_none());
    let nic = |ip: &Value, tier: &str| {
        json!({"networkInterfaces": [{
            "subnetwork": "regions/europe-west3/subnetworks/web",
            "accessConfigs": [{"natIP": ip, "networkTier": tier}],
        }]})
    };
    for (ip, tier) in [(&json!("192.0.2.99"), "PREMIUM"), (&address["address"], "STANDARD")] {
        let answer = google.make(&format!("{ZONE}/instances"), wish("a", nic(ip, tier))).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{}", answer.text);
    }
    google.made(&format!("{ZONE}/instances"), wish("a", nic(&address["address"], "PREMIUM"))).await;
    let used = google.look(&path).await.ok();
    assert_eq!(used["status"], "IN_USE");
    assert_eq!(used["users"], json!([google.see("a").await["selfLink"]]));
    let taken = wish("b", nic(&address["address"], "PREMIUM"));
    assert_eq!(google.make(&format!("{ZONE}/instances"), taken).await.status, 400);
    let deleted = google.remove(&path).await;
    assert_eq!(deleted.error(), refused(400, "resourceInUseByAnotherResource"));
}

#[tokio::test]
async fn an_access_config_comes_and_goes() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    let path = format!("{ZONE}/instances/a");
    let add = format!("{path}/addAccessConfig?networkInterface=nic0");
    assert_eq!(google.make(&add, json!({})).await.status, 400, "one is the most");
    let gone =
        format!("{path}/deleteAccessConfig?accessConfig=External%20NAT&networkInterface=nic0");
    google.made(&gone, Value::Null).await;
    assert!(nat_ip(&google.see("a").await).is_null());
    google.made(&format!("{REGION}/addresses"), json!({"name": "ip"})).await;
    let ip = google.look(&format!("{REGION}/addresses/ip")).await.ok()["address"].clone();
    google.made(&add, json!({"natIP": ip})).await;
    assert_eq!(nat_ip(&google.see("a").await), &ip);
}

#[tokio::test]
async fn an_address_in_use_can_be_made_a_reserved_one() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    let ip = nat_ip(&google.see("a").await).clone();
    let path = format!("{REGION}/addresses");
    google.made(&path, json!({"name": "kept", "address": ip})).await;
    assert_eq!(google.look(&format!("{path}/kept")).await.ok()["status"], "IN_USE");
    let strange = google.make(&path, json!({"name": "other", "address": "192.0.2.200"})).await;
    assert_eq!(strange.error(), refused(400, "invalid"));
}
