//! Faults as a Hetzner client meets them.

use std::time::{Duration, Instant};

use cloud_emulator::{Cloud, Fault, Options};
use reqwest::Method;
use serde_json::json;

use super::{Hetzner, RRSETS, records, send};

const CLOUD: Cloud = Cloud::Hetzner;

fn answer(status: u16, count: u32) -> Fault {
    Fault::Answer { cloud: CLOUD, status, count, writes_only: false, path: None, body: None }
}

fn set_app() -> String {
    format!("{RRSETS}/app/A/actions/set_records")
}

#[tokio::test]
async fn ordered_errors_come_in_the_vendors_envelope_and_so_many_times() {
    let hetzner = Hetzner::start().await;
    for (status, code) in [
        (409, "conflict"),
        (423, "locked"),
        (429, "rate_limit_exceeded"),
        (500, "server_error"),
        (502, "bad_gateway"),
        (503, "unavailable"),
        (504, "timeout"),
    ] {
        hetzner.emulator.faults().set(answer(status, 2));
        for _ in 0..2 {
            let answer = hetzner.get("/zones").await;
            answer.is_error(status, code);
            assert!(!answer.header("x-correlation-id").is_empty());
        }
        assert_eq!(hetzner.get("/zones").await.status, 200);
        assert_eq!(hetzner.emulator.faults().active(), []);
    }
}

#[tokio::test]
async fn an_ordered_429_looks_like_a_real_one() {
    let hetzner = Hetzner::start().await;
    hetzner.emulator.faults().set(answer(429, 1));
    let answer = hetzner.get("/zones").await;
    assert_eq!(answer.header("ratelimit-remaining"), "0");
    let half = &hetzner.emulator.info().tokens.hetzner[..32];
    let expected = format!("Limit of '3600' requests per hour for token '{half}...' reached.");
    assert_eq!(answer.json["error"]["message"], expected);
}

#[tokio::test]
async fn an_ordered_error_can_spare_reads_or_concern_one_path_or_be_a_proxys_page() {
    let hetzner = Hetzner::start().await;
    let faults = hetzner.emulator.faults();
    let error = |status, writes_only, path: Option<&str>, body: Option<&str>| Fault::Answer {
        cloud: CLOUD,
        status,
        count: 1,
        writes_only,
        path: path.map(str::to_owned),
        body: body.map(str::to_owned),
    };
    faults.set(error(503, true, None, None));
    assert_eq!(hetzner.get("/zones").await.status, 200);
    assert_eq!(hetzner.post(&set_app(), records(&["192.0.2.1"])).await.status, 503);
    assert_eq!(hetzner.values("app/A").await, ["127.0.10.1"]);
    faults.set(error(500, false, Some("/actions/"), None));
    assert_eq!(hetzner.get("/zones").await.status, 200);
    assert_eq!(hetzner.get("/actions/1").await.status, 500);
    faults.set(error(502, false, None, Some("<html>Bad Gateway</html>")));
    let page = hetzner.get("/zones").await;
    assert_eq!((page.status, page.json), (502, json!("<html>Bad Gateway</html>")));
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    faults.set(error(301, false, None, None));
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("{}/zones", hetzner.emulator.info().hetzner);
    let moved = client.get(url).send().await.unwrap();
    assert!(moved.status() == 301 && moved.headers().contains_key("location"));
}

#[tokio::test]
async fn a_hanging_request_is_dropped_unanswered_and_changes_nothing() {
    let hetzner = Hetzner::start().await;
    let fault = Fault::Hang { cloud: CLOUD, millis: 100, count: 1, writes_only: false, path: None };
    hetzner.emulator.faults().set(fault);
    let started = Instant::now();
    let request = hetzner.request(Method::POST, &set_app());
    let result = request.body(records(&["192.0.2.1"]).to_string()).send().await;
    assert!(result.is_err() && started.elapsed() >= Duration::from_millis(100));
    assert_eq!(hetzner.values("app/A").await, ["127.0.10.1"]);
}

#[tokio::test]
async fn a_write_can_be_carried_out_without_an_answer() {
    let hetzner = Hetzner::start().await;
    hetzner.emulator.faults().set(Fault::DropAfterCommit { cloud: CLOUD, count: 1, path: None });
    // Reads, and writes that are refused, do not use it up.
    assert_eq!(hetzner.get("/zones").await.status, 200);
    hetzner.post(&set_app(), records(&["x"])).await.refuses("records");
    let request = hetzner.request(Method::POST, &set_app());
    assert!(request.body(records(&["192.0.2.1"]).to_string()).send().await.is_err());
    assert_eq!(hetzner.values("app/A").await, ["192.0.2.1"]);
    assert_eq!(hetzner.post(&set_app(), records(&["192.0.2.2"])).await.status, 201);
}

#[tokio::test]
async fn a_failing_action_ends_in_an_error_and_changes_nothing() {
    let hetzner = Hetzner::with(Options {
        action_delay: Duration::from_millis(20),
        publish_delay: Duration::ZERO,
        ..Options::default()
    })
    .await;
    hetzner.emulator.faults().set(Fault::ActionError { cloud: CLOUD, count: 1 });
    let action = hetzner.post(&set_app(), records(&["192.0.2.1"])).await.json["action"].clone();
    assert_eq!(action["status"], "running");
    let ended = hetzner.ended(&action).await;
    assert_eq!(ended["status"], "error");
    assert_eq!(ended["error"], json!({"code": "action_failed", "message": "Action failed"}));
    assert_eq!(hetzner.values("app/A").await, ["127.0.10.1"]);
    let action = hetzner.post(&set_app(), records(&["192.0.2.1"])).await.json["action"].clone();
    assert_eq!(hetzner.ended(&action).await["status"], "success");
    assert_eq!(hetzner.values("app/A").await, ["192.0.2.1"]);
}

#[tokio::test]
async fn a_hanging_action_runs_until_it_is_let_go() {
    let hetzner = Hetzner::start().await;
    hetzner.emulator.faults().set(Fault::ActionHang { cloud: CLOUD });
    let action = hetzner.post(&set_app(), records(&["192.0.2.1"])).await.json["action"].clone();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let path = format!("/actions/{}", action["id"]);
    assert_eq!(hetzner.get(&path).await.json["action"]["status"], "running");
    let status = hetzner.get("/zones/schwenk.example").await.json["zone"]["status"].clone();
    assert_eq!(status, "updating");
    hetzner.emulator.faults().clear(&Fault::ActionHang { cloud: CLOUD });
    assert_eq!(hetzner.ended(&action).await["status"], "success");
}

#[tokio::test]
async fn a_locked_zone_refuses_writes_and_is_not_protected() {
    let hetzner = Hetzner::start().await;
    hetzner.emulator.faults().set(Fault::Locked { count: Some(1) });
    assert_eq!(hetzner.get("/zones").await.status, 200);
    hetzner.post(&set_app(), records(&["192.0.2.1"])).await.is_error(423, "locked");
    assert_eq!(hetzner.post(&set_app(), records(&["192.0.2.1"])).await.status, 201);
    hetzner.emulator.faults().set(Fault::Locked { count: None });
    for _ in 0..3 {
        hetzner.delete("/zones/schwenk.example").await.is_error(423, "locked");
    }
}

#[tokio::test]
async fn a_revoked_token_is_as_good_as_none() {
    let hetzner = Hetzner::start().await;
    let fault = Fault::TokenRevoked { cloud: CLOUD };
    hetzner.emulator.faults().set(fault.clone());
    let answer = hetzner.get("/zones").await;
    answer.is_error(401, "unauthorized");
    assert_eq!(answer.json["error"]["message"], "the token you have provided is invalid");
    hetzner.emulator.faults().clear(&fault);
    assert_eq!(hetzner.get("/zones").await.status, 200);
}

#[tokio::test]
async fn a_slow_api_takes_its_time() {
    let hetzner = Hetzner::start().await;
    hetzner.emulator.faults().set(Fault::Slow { cloud: CLOUD, millis: 150 });
    let started = Instant::now();
    assert_eq!(hetzner.get("/zones").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_dead_api_refuses_connections_cuts_old_ones_and_comes_back_on_its_port() {
    let hetzner = Hetzner::start().await;
    // This client keeps its connection for the next request.
    assert_eq!(hetzner.get("/zones").await.status, 200);
    let faults = hetzner.emulator.faults();
    faults.set(Fault::ApiDown { cloud: CLOUD });
    faults.settled().await;
    for client in [hetzner.http.clone(), reqwest::Client::new()] {
        let url = format!("{}/zones", hetzner.emulator.info().hetzner);
        let error = client.get(url).send().await.expect_err("nobody answers");
        assert!(error.is_connect() || error.is_request(), "{error:?}");
    }
    let google = &hetzner.emulator.info().google;
    assert_eq!(
        hetzner.http.get(google).send().await.map(|_| ()).map_err(|e| e.to_string()),
        Ok(())
    );
    faults.clear_all();
    faults.settled().await;
    assert_eq!(hetzner.get("/zones").await.status, 200);
}

#[tokio::test]
async fn the_vendors_clock_can_be_wrong() {
    let hetzner = Hetzner::start().await;
    hetzner.emulator.faults().set(Fault::ClockSkew { seconds: 86_400 * 365 });
    let answer = send(hetzner.request(Method::GET, "/zones")).await;
    let here: i64 = answer.header("ratelimit-reset").parse().unwrap();
    hetzner.emulator.faults().clear_all();
    let answer = send(hetzner.request(Method::GET, "/zones")).await;
    let there: i64 = answer.header("ratelimit-reset").parse().unwrap();
    assert!(here - there > 86_400 * 364, "{here} {there}");
}
