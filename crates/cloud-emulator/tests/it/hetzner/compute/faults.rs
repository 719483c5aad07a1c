//! What goes wrong with servers.

use std::time::Duration;

use cloud_emulator::{Cloud, Fault, Options};
use serde_json::json;

use super::{Hetzner, KEY, instant, wish};

const CLOUD: Cloud = Cloud::Hetzner;

#[tokio::test]
async fn without_capacity_nothing_is_left_behind() {
    let hetzner = instant().await;
    let out = |place: Option<&str>| Fault::StockOut {
        cloud: CLOUD,
        place: place.map(str::to_owned),
        server_type: None,
        announced: false,
    };
    hetzner.emulator.faults().set(out(Some("fsn1")));
    let refused = hetzner.post("/servers", wish("a", json!({}))).await;
    refused.is_error(412, "resource_unavailable");
    assert_eq!(refused.json["error"]["message"], "error during placement");
    assert_eq!(hetzner.get("/primary_ips").await.ids("primary_ips").len(), 0);
    hetzner.server("a", json!({"location": "hel1"})).await;
    hetzner.emulator.faults().set(out(None));
    for place in ["fsn1", "nbg1", "hel1"] {
        let body = wish("b", json!({"location": place}));
        hetzner.post("/servers", body).await.is_error(412, "resource_unavailable");
    }
}

#[tokio::test]
async fn quota_placement_and_rate_errors_can_be_told_apart() {
    let hetzner = instant().await;
    let faults = hetzner.emulator.faults();
    let create = async || hetzner.post("/servers", wish("a", json!({}))).await;
    faults.set(Fault::Quota { cloud: CLOUD, count: Some(1), at_end: false });
    let quota = create().await;
    quota.is_error(403, "resource_limit_exceeded");
    assert_eq!(quota.json["error"]["details"]["limits"][0]["name"], "servers");
    faults.set(Fault::PlacementError { count: 1 });
    create().await.is_error(422, "placement_error");
    faults.set(Fault::RateLimited { cloud: CLOUD, count: 1 });
    let limited = create().await;
    limited.is_error(429, "rate_limit_exceeded");
    assert_eq!(limited.header("ratelimit-remaining"), "0");
    assert_eq!(create().await.status, 201);
}

#[tokio::test]
async fn a_creation_that_fails_at_its_end_takes_everything_back() {
    let hetzner = instant().await;
    let fail = |operation: &str| Fault::OperationError {
        cloud: CLOUD,
        operation: Some(operation.to_owned()),
        count: 1,
    };
    hetzner.emulator.faults().set(fail("create_server"));
    let made = hetzner.server("a", json!({})).await.json;
    assert_eq!((&made["action"]["status"], &made["server"]), (&json!("error"), &json!(null)));
    assert_eq!(made["next_actions"][0]["status"], "error");
    assert_eq!(hetzner.get("/servers").await.ids("servers").len(), 0);
    assert_eq!(hetzner.get("/primary_ips").await.ids("primary_ips").len(), 0);
    hetzner.emulator.faults().set(fail("start_server"));
    let made = hetzner.server("a", json!({})).await.json;
    assert_eq!(made["action"]["status"], "success");
    let next = &made["next_actions"][0];
    assert_eq!(
        (&next["status"], &next["error"]["code"]),
        (&json!("error"), &json!("action_failed"))
    );
    assert_eq!(hetzner.see(&made["server"]["id"]).await["status"], "off");
}

#[tokio::test]
async fn a_slow_operation_takes_longer_and_the_others_do_not() {
    let hetzner = instant().await;
    let slow = Fault::SlowOperation {
        cloud: CLOUD,
        millis: 400,
        operation: Some("stop_server".to_owned()),
    };
    hetzner.emulator.faults().set(slow);
    let made = hetzner.server("a", json!({})).await.json;
    assert_eq!(made["action"]["status"], "success");
    let begun = std::time::Instant::now();
    let action =
        hetzner.act(&made["server"]["id"], "poweroff", json!({})).await.json["action"].clone();
    assert_eq!(action["status"], "running");
    assert_eq!(hetzner.ended(&action).await["status"], "success");
    assert!(begun.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn a_token_that_may_only_read_reads() {
    let hetzner = instant().await;
    hetzner.emulator.faults().set(Fault::ReadOnly { cloud: CLOUD });
    let refused = hetzner.post("/ssh_keys", json!({"name": "x", "public_key": KEY})).await;
    refused.is_error(401, "token_readonly");
    assert_eq!(hetzner.get("/ssh_keys").await.status, 200);
}

#[tokio::test]
async fn a_locked_cloud_answers_423() {
    let hetzner = instant().await;
    let id = hetzner.server("a", json!({})).await.json["server"]["id"].clone();
    hetzner.emulator.faults().set(Fault::Locked { count: Some(1) });
    hetzner.act(&id, "poweroff", json!({})).await.is_error(423, "locked");
    assert_eq!(hetzner.act(&id, "poweroff", json!({})).await.status, 201);
}

#[tokio::test]
async fn a_cloud_that_dies_has_done_and_answered_its_last_writes() {
    let hetzner = Hetzner::with(Options::default()).await;
    hetzner.emulator.faults().set(Fault::DiesAfter { cloud: CLOUD, count: 2 });
    assert_eq!(hetzner.get("/servers").await.status, 200, "reads do not count");
    hetzner.server("a", json!({})).await;
    hetzner.server("b", json!({})).await;
    for _ in 0..2 {
        let dead = hetzner.request(reqwest::Method::GET, "/servers").send().await;
        assert!(dead.is_err(), "{dead:?}");
    }
    let down = Fault::ApiDown { cloud: CLOUD };
    assert_eq!(hetzner.emulator.faults().active(), std::slice::from_ref(&down));
    hetzner.emulator.faults().clear(&down);
    hetzner.emulator.faults().settled().await;
    assert_eq!(hetzner.get("/servers").await.ids("servers").len(), 2);
}
