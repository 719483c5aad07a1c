//! Actions: how they end, and where they are found.

use std::time::{Duration, Instant};

use cloud_emulator::{Cloud, Fault, Options};
use serde_json::json;

use super::{Hetzner, RRSETS, records};

#[tokio::test]
async fn an_action_runs_and_then_succeeds_and_the_zone_is_updating_meanwhile() {
    let hetzner = Hetzner::start().await;
    let held = Fault::ActionHang { cloud: Cloud::Hetzner };
    hetzner.emulator.faults().set(held.clone());
    let path = format!("{RRSETS}/app/A/actions/set_records");
    let action = hetzner.post(&path, records(&["127.0.20.1"])).await.json["action"].clone();
    assert_eq!((&action["status"], &action["finished"]), (&json!("running"), &json!(null)));
    assert!(action["progress"].as_u64().is_some_and(|percent| percent < 100));
    let zone = hetzner.emulator.info().zone.clone().and_then(|zone| zone.hetzner).unwrap().id;
    assert_eq!(action["resources"], json!([{"id": zone, "type": "zone"}]));
    let status =
        async || hetzner.get("/zones/schwenk.example").await.json["zone"]["status"].clone();
    assert_eq!(status().await, "updating");
    hetzner.emulator.faults().clear(&held);
    let ended = hetzner.ended(&action).await;
    assert_eq!((&ended["status"], &ended["progress"]), (&json!("success"), &json!(100)));
    assert_eq!((&ended["error"], &ended["started"]), (&json!(null), &action["started"]));
    assert!(ended["finished"].as_str().is_some_and(|time| time.ends_with('Z') && time.len() == 20));
    assert_eq!(status().await, "ok");
}

#[tokio::test]
async fn an_action_takes_its_time() {
    let action_delay = Duration::from_millis(300);
    let hetzner = Hetzner::with(Options { action_delay, ..Options::default() }).await;
    let started = Instant::now();
    let path = format!("{RRSETS}/app/A/actions/change_ttl");
    let action = hetzner.post(&path, json!({"ttl": 90})).await.json["action"].clone();
    assert_eq!(action["status"], "running");
    assert_eq!(hetzner.ended(&action).await["status"], "success");
    assert!(started.elapsed() >= action_delay, "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_action_without_delay_has_succeeded_in_the_answer_that_creates_it() {
    let hetzner = Hetzner::start().await;
    let path = format!("{RRSETS}/app/A/actions/change_ttl");
    let action = hetzner.post(&path, json!({"ttl": 90})).await.json["action"].clone();
    assert_eq!((&action["status"], &action["progress"]), (&json!("success"), &json!(100)));
}

#[tokio::test]
async fn several_actions_are_asked_for_at_once_and_unknown_ones_left_out() {
    let hetzner = Hetzner::start().await;
    let mut ids = Vec::new();
    for ttl in [90, 120] {
        let path = format!("{RRSETS}/app/A/actions/change_ttl");
        ids.push(hetzner.post(&path, json!({ "ttl": ttl })).await.json["action"]["id"].clone());
    }
    let several = hetzner.get(&format!("/actions?id={}&id=1&id={}", ids[0], ids[1])).await;
    assert_eq!(several.ids("actions"), ids);
    assert!(several.json.get("meta").is_none(), "{several:?}");
    let none = hetzner.get("/actions?id=1").await;
    assert_eq!((none.status, none.ids("actions").len()), (200, 0));
    hetzner.get("/actions?id=x").await.refuses("id");
    hetzner.get("/actions").await.is_error(410, "deprecated_api_endpoint");
    hetzner.get("/actions/1").await.is_error(404, "not_found");
}

#[tokio::test]
async fn an_action_is_found_everywhere_it_should_be() {
    let hetzner = Hetzner::start().await;
    let created = hetzner.post("/zones", json!({"name": "b.example", "mode": "primary"})).await;
    let (id, zone) = (&created.json["action"]["id"], &created.json["zone"]["id"]);
    for path in [
        format!("/actions/{id}"),
        format!("/zones/actions/{id}"),
        format!("/zones/{zone}/actions/{id}"),
        format!("/zones/b.example/actions/{id}"),
    ] {
        let found = hetzner.get(&path).await;
        assert_eq!((&found.json["action"]["id"], found.status), (id, 200), "{path}");
    }
    hetzner.get(&format!("/zones/schwenk.example/actions/{id}")).await.is_error(404, "not_found");
    for path in ["/zones/actions", "/zones/b.example/actions"] {
        let list = hetzner.get(path).await;
        assert_eq!(list.ids("actions"), std::slice::from_ref(id));
        assert_eq!(list.json["meta"]["pagination"]["total_entries"], 1);
    }
    assert_eq!(hetzner.get("/zones/schwenk.example/actions").await.ids("actions").len(), 0);
}

#[tokio::test]
async fn an_action_outlives_its_zone() {
    let hetzner = Hetzner::start().await;
    let deleted = hetzner.delete("/zones/schwenk.example").await;
    let id = &deleted.json["action"]["id"];
    assert_eq!(hetzner.get(&format!("/actions/{id}")).await.status, 200);
    hetzner.get("/zones/schwenk.example/actions").await.is_error(404, "not_found");
}

#[tokio::test]
async fn lists_of_actions_are_filtered_and_sorted() {
    let hetzner = Hetzner::start().await;
    let path = format!("{RRSETS}/app/A/actions");
    hetzner.post(&format!("{path}/change_ttl"), json!({"ttl": 90})).await;
    hetzner.post(&format!("{path}/set_records"), records(&["192.0.2.1"])).await;
    let commands = async |query: &str| {
        let list = hetzner.get(&format!("/zones/actions?{query}")).await;
        let actions = list.json["actions"].as_array().cloned().unwrap_or_default();
        actions.iter().map(|one| one["command"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (ttl, set) = ("change_rrset_ttl", "set_rrset_records");
    assert_eq!(commands("sort=command:desc").await, [set, ttl]);
    assert_eq!(commands("sort=id").await, [ttl, set]);
    assert_eq!(commands("status=success").await, [ttl, set]);
    assert_eq!(commands("status=running&status=error").await, [""; 0]);
}
