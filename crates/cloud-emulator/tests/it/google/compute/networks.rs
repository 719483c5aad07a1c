//! Networks, subnetworks and firewalls.

use serde_json::{Value, json};

use super::{Google, REGION, ZONE, instant, refused, wish};

async fn subnet(google: &Google, name: &str, range: &str) -> super::Answer {
    let body = json!({"name": name, "network": "global/networks/edge", "ipCidrRange": range});
    google.make(&format!("{REGION}/subnetworks"), body).await
}

#[tokio::test]
async fn subnetworks_of_a_network_do_not_overlap() {
    let google = instant().await;
    google.network().await;
    let clash = subnet(&google, "two", "10.20.0.128/25").await;
    assert_eq!(clash.error(), refused(400, "invalid"));
    assert!(clash.message().contains("conflicts with existing subnetwork 'web'"), "{}", clash.text);
    for range in ["10.20.1.1/24", "10.20.1.0/30", "8.8.8.0/24", "x"] {
        assert_eq!(subnet(&google, "two", range).await.error(), refused(400, "invalid"), "{range}");
    }
    assert_eq!(subnet(&google, "two", "10.20.1.0/24").await.status, 200);
    let network = google.look("/global/networks/edge").await.ok();
    assert_eq!(network["subnetworks"].as_array().map(Vec::len), Some(2));
    let grow = |range: &str| json!({ "ipCidrRange": range });
    let path = format!("{REGION}/subnetworks/two/expandIpCidrRange");
    assert_eq!(google.make(&path, grow("10.20.0.0/23")).await.status, 400, "it would overlap");
    let path = format!("{REGION}/subnetworks/web/expandIpCidrRange");
    assert_eq!(google.make(&path, grow("10.20.0.0/25")).await.status, 400, "it would shrink");
    google.remove(&format!("{REGION}/subnetworks/two")).await.ok();
    google.made(&path, grow("10.20.0.0/23")).await;
}

#[tokio::test]
async fn what_is_in_use_stays() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    for path in ["/global/networks/edge".to_owned(), format!("{REGION}/subnetworks/web")] {
        let answer = google.remove(&path).await;
        assert_eq!(answer.error(), refused(400, "resourceInUseByAnotherResource"), "{path}");
        assert!(answer.message().contains("already being used by"), "{}", answer.text);
    }
    google.remove(&format!("{ZONE}/instances/a")).await.ok();
    assert_eq!(google.remove("/global/networks/edge").await.status, 400, "its subnetwork is there");
    google.remove(&format!("{REGION}/subnetworks/web")).await.ok();
    google.remove("/global/networks/edge").await.ok();
    assert_eq!(google.look("/global/networks/edge").await.error(), refused(404, "notFound"));
}

#[tokio::test]
async fn an_auto_mode_network_has_a_subnetwork_in_every_region() {
    let google = instant().await;
    let body = json!({"name": "auto", "autoCreateSubnetworks": true});
    google.made("/global/networks", body).await;
    let regions = google.look("/regions").await.ok()["items"].as_array().unwrap().len();
    let network = google.look("/global/networks/auto").await.ok();
    assert_eq!(network["subnetworks"].as_array().map(Vec::len), Some(regions));
    let nic = json!({"networkInterfaces": [{"network": "global/networks/auto"}]});
    google.made(&format!("{ZONE}/instances"), wish("a", nic)).await;
    assert!(super::nat_ip(&google.see("a").await).is_null(), "no access config, no address");
    let legacy = google.make("/global/networks", json!({"name": "old"})).await;
    assert_eq!(legacy.error(), refused(400, "invalid"));
}

#[tokio::test]
async fn firewalls_are_checked_completed_and_changed() {
    let google = instant().await;
    google.network().await;
    let allowed = json!([{"IPProtocol": "tcp", "ports": ["80", "443"]}]);
    let body = |more: Value| {
        let mut body = json!({"name": "fw", "network": "global/networks/edge", "allowed": allowed});
        for (member, value) in more.as_object().unwrap() {
            body[member] = value.clone();
        }
        body
    };
    for more in [
        json!({"allowed": null}),
        json!({"denied": [{"IPProtocol": "all"}]}),
        json!({"allowed": [{"IPProtocol": "tcp", "ports": ["99999"]}]}),
        json!({"allowed": [{"IPProtocol": "icmp", "ports": ["1"]}]}),
        json!({"allowed": [{"IPProtocol": "nope"}]}),
        json!({"direction": "UP"}),
        json!({"priority": 70_000}),
        json!({"sourceRanges": ["10.0.0.0/33"]}),
    ] {
        let answer = google.make("/global/firewalls", body(more)).await;
        assert_eq!(answer.error(), refused(400, "invalid"), "{}", answer.text);
    }
    google.made("/global/firewalls", body(json!({"targetTags": ["web"]}))).await;
    let rule = google.look("/global/firewalls/fw").await.ok();
    assert_eq!((&rule["priority"], &rule["direction"]), (&json!(1000), &json!("INGRESS")));
    assert_eq!(rule["sourceRanges"], json!(["0.0.0.0/0"]));
    let patch = json!({"sourceRanges": ["192.0.2.0/24"]});
    google.call(reqwest::Method::PATCH, "/global/firewalls/fw", patch).await.ok();
    let rule = google.look("/global/firewalls/fw").await.ok();
    assert_eq!(rule["sourceRanges"], json!(["192.0.2.0/24"]));
    assert_eq!(rule["allowed"], allowed);
    assert_eq!(google.remove("/global/networks/edge").await.status, 400);
    google.remove("/global/firewalls/fw").await.ok();
}
