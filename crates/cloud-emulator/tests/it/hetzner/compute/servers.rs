//! Making, showing and removing servers.

use serde_json::{Value, json};

use super::{Hetzner, KEY, instant, wish};

#[tokio::test]
async fn a_new_server_is_initializing_then_starting_then_running() {
    let hetzner = Hetzner::with(cloud_emulator::Options::default()).await;
    let made = hetzner.server("web-1", json!({})).await.json;
    assert_eq!(made["server"]["status"], "initializing");
    assert_eq!(made["server"]["locked"], true);
    let (action, next) = (&made["action"], &made["next_actions"][0]);
    assert_eq!(
        (&action["command"], &next["command"]),
        (&json!("create_server"), &json!("start_server"))
    );
    assert_eq!((&action["status"], &next["status"]), (&json!("running"), &json!("running")));
    let resource = json!([{"id": made["server"]["id"], "type": "server"}]);
    assert_eq!((&action["resources"], &next["resources"]), (&resource, &resource));
    assert_eq!(hetzner.ended(action).await["status"], "success");
    let between = hetzner.see(&made["server"]["id"]).await["status"].clone();
    assert!(between == "starting" || between == "running", "{between}");
    assert_eq!(hetzner.ended(next).await["status"], "success");
    let server = hetzner.see(&made["server"]["id"]).await;
    assert_eq!((&server["status"], &server["locked"]), (&json!("running"), &json!(false)));
}

#[tokio::test]
async fn a_server_has_every_member_its_description_requires() {
    let hetzner = instant().await;
    let made = hetzner.server("web-1", json!({"labels": {"role": "app"}})).await.json;
    let server = &made["server"];
    for member in [
        "id",
        "name",
        "status",
        "created",
        "public_net",
        "private_net",
        "server_type",
        "location",
        "image",
        "iso",
        "rescue_enabled",
        "locked",
        "backup_window",
        "outgoing_traffic",
        "ingoing_traffic",
        "included_traffic",
        "protection",
        "labels",
        "primary_disk_size",
    ] {
        assert!(server.get(member).is_some(), "{member} is missing: {server}");
    }
    assert!(server.get("datacenter").is_none(), "removed on 2026-07-01");
    assert_eq!(server["location"]["network_zone"], "eu-central");
    assert_eq!(server["server_type"]["name"], "cx23");
    let ipv4 = &server["public_net"]["ipv4"];
    assert!(ipv4["ip"].as_str().is_some_and(|ip| ip.parse::<std::net::Ipv4Addr>().is_ok()));
    assert!(server["public_net"]["ipv6"]["ip"].as_str().is_some_and(|ip| ip.ends_with("::/64")));
    assert!(made["root_password"].as_str().is_some_and(|text| text.len() >= 16));
}

#[tokio::test]
async fn ids_and_names_are_taken_alike() {
    let hetzner = instant().await;
    let body = json!({"name": "ops", "public_key": KEY});
    let key = hetzner.post("/ssh_keys", body).await.json["ssh_key"]["id"].clone();
    let kind = hetzner.get("/server_types?name=cax11").await.json["server_types"][0]["id"].clone();
    let images = hetzner.get("/images?name=debian-12&architecture=arm").await;
    let image = images.json["images"][0]["id"].clone();
    for (name, kind, image, location, key) in [
        ("by-name", json!("cax11"), json!("debian-12"), json!("hel1"), json!("ops")),
        ("by-id", kind.clone(), image.clone(), json!(3), key.clone()),
        (
            "by-text",
            json!(kind.to_string()),
            json!(image.to_string()),
            json!("3"),
            json!(key.to_string()),
        ),
    ] {
        let more =
            json!({"server_type": kind, "image": image, "location": location, "ssh_keys": [key]});
        let made = hetzner.server(name, more).await.json;
        let server = &made["server"];
        assert_eq!(server["server_type"]["name"], "cax11", "{name}");
        assert_eq!(server["image"]["architecture"], "arm", "{name}");
        assert_eq!(server["location"]["name"], "hel1", "{name}");
        assert_eq!(made["root_password"], json!(null), "with keys there is no password");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_field() {
    let hetzner = instant().await;
    for (field, more) in [
        ("server_type", json!({"server_type": "cx99"})),
        ("server_type", json!({"server_type": "cx11"})),
        ("server_type", json!({"location": "ash"})),
        ("image", json!({"image": "debian-99"})),
        ("image", json!({"image": 114_690_389})),
        ("location", json!({"location": "fsn9"})),
        ("ssh_keys", json!({"ssh_keys": ["nobody"]})),
        ("networks", json!({"networks": [1]})),
        ("firewalls", json!({"firewalls": [{"firewall": 1}]})),
        ("user_data", json!({"user_data": "x".repeat(32 * 1024 + 1)})),
        ("public_net", json!({"public_net": {"enable_ipv4": false, "enable_ipv6": false}})),
        ("public_net", json!({"public_net": {"ipv4": 1}})),
        ("datacenter", json!({"datacenter": "fsn1-dc14"})),
        ("labels", json!({"labels": {"a b": "c"}})),
    ] {
        hetzner.post("/servers", wish("web-1", more)).await.refuses(field);
    }
    for name in ["", "web_1", "-web", "web-", "web.", &"x".repeat(64)] {
        hetzner.post("/servers", wish(name, json!({}))).await.refuses("name");
    }
    assert_eq!(hetzner.get("/servers").await.ids("servers").len(), 0);
    assert_eq!(hetzner.get("/primary_ips").await.ids("primary_ips").len(), 0);
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let hetzner = instant().await;
    let first = hetzner.server("web-1", json!({})).await.json["server"]["id"].clone();
    let again = hetzner.post("/servers", wish("web-1", json!({}))).await;
    again.is_error(409, "uniqueness_error");
    assert_eq!(again.json["error"]["message"], "server name is already used");
    let second = hetzner.server("web-2", json!({})).await.json["server"]["id"].clone();
    let path = format!("/servers/{second}");
    hetzner.put(&path, json!({"name": "web-1"})).await.is_error(409, "uniqueness_error");
    let renamed = hetzner.put(&path, json!({"name": "web-3", "labels": {"a": "b"}})).await;
    assert_eq!((renamed.status, &renamed.json["server"]["name"]), (200, &json!("web-3")));
    assert_eq!(hetzner.delete(&format!("/servers/{first}")).await.status, 200);
    hetzner.server("web-1", json!({})).await;
}

#[tokio::test]
async fn lists_are_filtered_by_name_label_and_status_and_come_in_pages() {
    let hetzner = instant().await;
    for place in 0..7 {
        let role = if place % 2 == 0 { "app" } else { "db" };
        let more = json!({"labels": {"role": role}, "start_after_create": place != 0});
        hetzner.server(&format!("s{place}"), more).await;
    }
    let count =
        async |query: &str| hetzner.get(&format!("/servers?{query}")).await.ids("servers").len();
    assert_eq!(count("label_selector=role%3D%3Dapp").await, 4);
    assert_eq!(count("label_selector=role+in+(app,db)").await, 7);
    assert_eq!(count("name=s3").await, 1);
    assert_eq!(count("status=off").await, 1);
    assert_eq!(count("status=off&status=running").await, 7);
    let page = hetzner.get("/servers?page=2&per_page=3&sort=name:desc").await;
    let names: Vec<&Value> =
        page.json["servers"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["s3", "s2", "s1"]);
    assert_eq!(page.json["meta"]["pagination"]["next_page"], 3);
}

#[tokio::test]
async fn a_deleted_server_takes_its_own_addresses_along_and_leaves_the_others() {
    let hetzner = instant().await;
    let body = json!({"name": "kept", "type": "ipv4", "location": "fsn1"});
    let kept = hetzner.post("/primary_ips", body).await.json["primary_ip"]["id"].clone();
    let more = json!({"public_net": {"ipv4": kept}});
    let id = hetzner.server("web-1", more).await.json["server"]["id"].clone();
    assert_eq!(hetzner.get("/primary_ips").await.ids("primary_ips").len(), 2);
    let deleted = hetzner.delete(&format!("/servers/{id}")).await;
    assert_eq!(
        (deleted.status, &deleted.json["action"]["command"]),
        (200, &json!("delete_server"))
    );
    assert_eq!(hetzner.get("/primary_ips").await.ids("primary_ips"), std::slice::from_ref(&kept));
    let kept = hetzner.get(&format!("/primary_ips/{kept}")).await.json["primary_ip"].clone();
    assert_eq!(
        (&kept["assignee_id"], &kept["assignee_type"]),
        (&json!(null), &json!("unassigned"))
    );
    hetzner.get(&format!("/servers/{id}")).await.is_error(404, "not_found");
}

#[tokio::test]
async fn a_protected_server_is_not_deleted() {
    let hetzner = instant().await;
    let id = hetzner.server("web-1", json!({})).await.json["server"]["id"].clone();
    let both = |on: bool| json!({"delete": on, "rebuild": on});
    hetzner.act(&id, "change_protection", json!({"delete": true})).await.refuses("rebuild");
    assert_eq!(hetzner.act(&id, "change_protection", both(true)).await.status, 201);
    hetzner.delete(&format!("/servers/{id}")).await.is_error(423, "protected");
    hetzner.act(&id, "change_protection", both(false)).await;
    assert_eq!(hetzner.delete(&format!("/servers/{id}")).await.status, 200);
}
