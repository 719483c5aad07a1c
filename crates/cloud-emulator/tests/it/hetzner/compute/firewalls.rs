//! Firewalls, their rules and what they stand in front of.

use serde_json::{Value, json};

use super::instant;

fn rule(port: &str) -> Value {
    json!({"direction": "in", "protocol": "tcp", "port": port, "source_ips": ["0.0.0.0/0", "::/0"]})
}

#[tokio::test]
async fn rules_are_checked_kept_and_replaced() {
    let hetzner = instant().await;
    let body = json!({"name": "web", "rules": [rule("80")], "labels": {"a": "b"}});
    let made = hetzner.post("/firewalls", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.json["actions"][0]["command"], "set_firewall_rules");
    let id = &made.json["firewall"]["id"];
    assert_eq!(made.json["firewall"]["rules"][0]["destination_ips"], json!([]));
    let path = format!("/firewalls/{id}/actions/set_rules");
    for (field, wrong) in [
        ("port", rule("99999")),
        ("port", json!({"direction": "in", "protocol": "tcp", "source_ips": ["::/0"]})),
        (
            "port",
            json!({"direction": "in", "protocol": "icmp", "port": "1", "source_ips": ["::/0"]}),
        ),
        ("source_ips", json!({"direction": "in", "protocol": "icmp"})),
        (
            "source_ips",
            json!({"direction": "in", "protocol": "icmp", "source_ips": ["10.0.0.1/8"]}),
        ),
        ("direction", json!({"direction": "up", "protocol": "icmp", "source_ips": ["::/0"]})),
        ("protocol", json!({"direction": "in", "protocol": "sctp", "source_ips": ["::/0"]})),
    ] {
        hetzner.post(&path, json!({"rules": [wrong]})).await.refuses(field);
    }
    let many: Vec<Value> = (1..=51).map(|port| rule(&port.to_string())).collect();
    hetzner.post(&path, json!({ "rules": many })).await.refuses("rules");
    assert_eq!(hetzner.post(&path, json!({"rules": []})).await.status, 201);
    let now = hetzner.get(&format!("/firewalls/{id}")).await.json;
    assert_eq!(now["firewall"]["rules"], json!([]));
}

#[tokio::test]
async fn a_firewall_is_applied_by_server_and_by_label() {
    let hetzner = instant().await;
    let web = hetzner.post("/firewalls", json!({"name": "web"})).await.json["firewall"].clone();
    let more = json!({"firewalls": [{"firewall": web["id"]}], "labels": {"role": "app"}});
    let server = hetzner.server("a", more).await.json["server"]["id"].clone();
    let shown = hetzner.see(&server).await["public_net"]["firewalls"].clone();
    assert_eq!(shown, json!([{"id": web["id"], "status": "applied"}]));
    hetzner.delete(&format!("/firewalls/{}", web["id"])).await.is_error(422, "resource_in_use");
    let target = json!([{"type": "server", "server": {"id": server}}]);
    let act = async |action: &str, body: Value| {
        hetzner.post(&format!("/firewalls/{}/actions/{action}", web["id"]), body).await
    };
    let again = act("apply_to_resources", json!({"apply_to": target})).await;
    again.is_error(422, "firewall_already_applied");
    let off = act("remove_from_resources", json!({"remove_from": target})).await;
    assert_eq!((off.status, &off.json["actions"][0]["command"]), (201, &json!("remove_firewall")));
    let selector = json!([{"type": "label_selector", "label_selector": {"selector": "role=app"}}]);
    assert_eq!(act("apply_to_resources", json!({"apply_to": selector})).await.status, 201);
    let now = hetzner.get(&format!("/firewalls/{}", web["id"])).await.json;
    let picked = &now["firewall"]["applied_to"][0]["applied_to_resources"];
    assert_eq!(picked[0]["server"]["id"], server);
    let by_hand = act("remove_from_resources", json!({"remove_from": target})).await;
    by_hand.is_error(422, "firewall_managed_by_label_selector");
    act("remove_from_resources", json!({"remove_from": selector})).await;
    assert_eq!(hetzner.delete(&format!("/firewalls/{}", web["id"])).await.status, 204);
    let nobody = json!([{"type": "server", "server": {"id": 1}}]);
    let lost = hetzner.post("/firewalls", json!({"name": "x", "apply_to": nobody})).await;
    lost.is_error(422, "firewall_resource_not_found");
}
