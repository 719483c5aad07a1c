//! Private networks and the servers in them.

use serde_json::{Value, json};

use super::super::Answer;
use super::{Hetzner, instant, wish};

async fn create(hetzner: &Hetzner, range: &str, subnets: Value) -> Answer {
    let body = json!({"name": "n", "ip_range": range, "subnets": subnets});
    hetzner.post("/networks", body).await
}

fn subnet(range: &str) -> Value {
    json!({"type": "cloud", "network_zone": "eu-central", "ip_range": range})
}

#[tokio::test]
async fn a_network_is_made_without_an_action() {
    let hetzner = instant().await;
    let made = create(&hetzner, "10.0.0.0/16", json!([subnet("10.0.1.0/24")])).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert!(made.json.get("action").is_none());
    let network = &made.json["network"];
    assert_eq!(network["subnets"][0]["gateway"], "10.0.0.1");
    assert_eq!((&network["servers"], &network["routes"]), (&json!([]), &json!([])));
    create(&hetzner, "10.1.0.0/16", json!([])).await.is_error(409, "uniqueness_error");
    assert_eq!(hetzner.delete(&format!("/networks/{}", network["id"])).await.status, 204);
}

#[tokio::test]
async fn ranges_are_private_large_inside_and_apart() {
    let hetzner = instant().await;
    for range in ["8.8.0.0/16", "10.0.0.0/25", "10.0.0.1/16", "fd00::/48", "10.0.0.0"] {
        create(&hetzner, range, json!([])).await.refuses("ip_range");
    }
    for subnets in [
        json!([subnet("10.1.0.0/24")]),
        json!([subnet("10.0.0.0/31")]),
        json!([subnet("10.0.1.0/24"), subnet("10.0.1.128/25")]),
    ] {
        create(&hetzner, "10.0.0.0/16", subnets).await.refuses("ip_range");
    }
    let mut wrong = subnet("10.0.1.0/24");
    wrong["network_zone"] = json!("eu-west");
    create(&hetzner, "10.0.0.0/16", json!([wrong])).await.refuses("network_zone");
    assert_eq!(hetzner.get("/networks").await.ids("networks").len(), 0);
}

#[tokio::test]
async fn subnets_and_routes_come_and_go() {
    let hetzner = instant().await;
    let id = hetzner.network().await;
    let act = async |action: &str, body: Value| {
        hetzner.post(&format!("/networks/{id}/actions/{action}"), body).await
    };
    let next = json!({"type": "cloud", "network_zone": "eu-central"});
    let added = act("add_subnet", next).await;
    assert_eq!((added.status, &added.json["action"]["command"]), (201, &json!("add_subnet")));
    let network = hetzner.get(&format!("/networks/{id}")).await.json["network"].clone();
    assert_eq!(network["subnets"][1]["ip_range"], "10.0.0.0/24", "the first free /24");
    let route = json!({"destination": "10.100.1.0/24", "gateway": "10.0.1.1"});
    assert_eq!(act("add_route", route.clone()).await.status, 201);
    act("add_route", route.clone()).await.refuses("destination");
    assert_eq!(act("delete_route", route).await.status, 201);
    let outside = json!({"destination": "10.100.1.0/24", "gateway": "10.9.1.1"});
    act("add_route", outside).await.refuses("gateway");
    act("change_ip_range", json!({"ip_range": "10.0.0.0/17"})).await.refuses("ip_range");
    assert_eq!(act("change_ip_range", json!({"ip_range": "10.0.0.0/12"})).await.status, 201);
    assert_eq!(act("delete_subnet", json!({"ip_range": "10.0.0.0/24"})).await.status, 201);
    act("delete_subnet", json!({"ip_range": "10.0.0.0/24"})).await.is_error(404, "not_found");
}

#[tokio::test]
async fn servers_get_addresses_of_their_zones_subnets() {
    let hetzner = instant().await;
    let network = hetzner.network().await;
    let one =
        hetzner.server("a", json!({"networks": [network]})).await.json["server"]["id"].clone();
    assert_eq!(hetzner.see(&one).await["private_net"][0]["ip"], "10.0.1.1");
    let two = hetzner.server("b", json!({})).await.json["server"]["id"].clone();
    let body = json!({"network": network, "ip": "10.0.1.9", "alias_ips": ["10.0.1.10"]});
    assert_eq!(hetzner.act(&two, "attach_to_network", body.clone()).await.status, 201);
    let again = hetzner.act(&two, "attach_to_network", body).await;
    again.is_error(422, "server_already_attached");
    let nic = hetzner.see(&two).await["private_net"][0].clone();
    assert_eq!((&nic["ip"], &nic["alias_ips"]), (&json!("10.0.1.9"), &json!(["10.0.1.10"])));
    let three = hetzner.server("c", json!({})).await.json["server"]["id"].clone();
    let body = json!({"network": network, "ip": "10.0.1.10"});
    hetzner.act(&three, "attach_to_network", body).await.is_error(422, "ip_not_available");
    let far = wish("d", json!({"server_type": "ccx13", "location": "ash", "networks": [network]}));
    let refused = hetzner.post("/servers", far).await;
    refused.is_error(422, "invalid_input");
    let message = refused.json["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("no free IP available or is in a different network zone"),
        "{message}"
    );
    let members = hetzner.get(&format!("/networks/{network}/members")).await;
    assert_eq!(members.ids("members"), [one.clone(), two]);
    let path = format!("/networks/{network}/actions/delete_subnet");
    let busy = hetzner.post(&path, json!({"ip_range": "10.0.1.0/24"})).await;
    busy.is_error(422, "service_error");
    let out = hetzner.act(&one, "detach_from_network", json!({"network": network})).await;
    assert_eq!(out.status, 201, "{out:?}");
    assert_eq!(hetzner.see(&one).await["private_net"], json!([]));
}

#[tokio::test]
async fn a_server_joins_no_networks_that_overlap() {
    let hetzner = instant().await;
    let first = hetzner.network().await;
    let second = create(&hetzner, "10.0.0.0/8", json!([subnet("10.9.0.0/24")])).await;
    let second = second.json["network"]["id"].clone();
    let id = hetzner.server("a", json!({"networks": [first]})).await.json["server"]["id"].clone();
    let joined = hetzner.act(&id, "attach_to_network", json!({"network": second})).await;
    joined.is_error(422, "networks_overlap");
}
