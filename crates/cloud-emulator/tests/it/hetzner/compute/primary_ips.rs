//! Reserved addresses.

use serde_json::{Value, json};

use super::{instant, wish};

#[tokio::test]
async fn an_address_moves_between_stopped_servers_only() {
    let hetzner = instant().await;
    let body = json!({"name": "ip", "type": "ipv4", "location": "fsn1"});
    let made = hetzner.post("/primary_ips", body).await;
    assert_eq!((made.status, &made.json["action"]), (201, &json!(null)), "{made:?}");
    let ip = made.json["primary_ip"].clone();
    let path = format!("/primary_ips/{}", ip["id"]);
    let act = async |action: &str, body: Value| {
        hetzner.post(&format!("{path}/actions/{action}"), body).await
    };
    let bare = json!({"public_net": {"enable_ipv4": false}});
    let server = hetzner.server("a", bare).await.json["server"]["id"].clone();
    let to = json!({"assignee_type": "server", "assignee_id": server});
    act("assign", to.clone()).await.is_error(422, "server_not_stopped");
    hetzner.act(&server, "poweroff", json!({})).await;
    assert_eq!(act("assign", to.clone()).await.status, 201);
    act("assign", to).await.is_error(422, "primary_ip_already_assigned");
    assert_eq!(hetzner.see(&server).await["public_net"]["ipv4"]["ip"], ip["ip"]);
    hetzner.delete(&path).await.is_error(422, "must_be_unassigned");
    assert_eq!(act("unassign", json!({})).await.status, 201);
    assert_eq!(hetzner.see(&server).await["public_net"]["ipv4"], json!(null));
    let protect = act("change_protection", json!({"delete": true})).await;
    assert_eq!(protect.status, 201, "{protect:?}");
    hetzner.delete(&path).await.is_error(423, "protected");
    act("change_protection", json!({"delete": false})).await;
    assert_eq!(hetzner.delete(&path).await.status, 204);
}

#[tokio::test]
async fn a_creation_with_an_address_that_does_not_fit_says_why() {
    let hetzner = instant().await;
    let new = async |name: &str, kind: &str, place: &str| {
        let body = json!({"name": name, "type": kind, "location": place});
        hetzner.post("/primary_ips", body).await.json["primary_ip"]["id"].clone()
    };
    let (six, far) = (new("six", "ipv6", "fsn1").await, new("far", "ipv4", "hel1").await);
    let used =
        hetzner.server("a", json!({})).await.json["server"]["public_net"]["ipv4"]["id"].clone();
    for (id, status, code) in [
        (six, 412, "primary_ip_version_mismatch"),
        (far, 422, "primary_ip_datacenter_mismatch"),
        (used, 422, "primary_ip_assigned"),
    ] {
        let body = wish("b", json!({"public_net": {"ipv4": id}}));
        hetzner.post("/servers", body).await.is_error(status, code);
    }
}
