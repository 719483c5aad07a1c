//! Routing, tokens, limits and the headers every answer carries.

use std::collections::HashSet;

use cloud_emulator::Options;
use reqwest::Method;
use serde_json::json;

use super::{Hetzner, RRSETS, send};

#[tokio::test]
async fn a_path_that_does_not_exist_is_404_before_the_token_is_looked_at() {
    let hetzner = Hetzner::start().await;
    for path in ["/nothing", "/zones/", "/zones/schwenk.example/nothing", "/volumes"] {
        let answer = send(hetzner.bare(Method::GET, path)).await;
        answer.is_error(404, "not_found");
        assert_eq!(answer.json["error"]["message"], "api route not found");
    }
}

#[tokio::test]
async fn a_known_path_asks_for_the_token_before_it_looks_at_the_method() {
    let hetzner = Hetzner::start().await;
    for method in [Method::GET, Method::PATCH] {
        let answer = send(hetzner.bare(method.clone(), "/zones")).await;
        answer.is_error(401, "unauthorized");
        assert_eq!(answer.json["error"]["message"], "token is required");
        let answer = send(hetzner.bare(method, "/zones").bearer_auth("wrong")).await;
        answer.is_error(401, "unauthorized");
        assert_eq!(answer.json["error"]["message"], "the token you have provided is invalid");
    }
    let answer = send(hetzner.request(Method::PATCH, "/zones")).await;
    answer.is_error(405, "method_not_allowed");
}

#[tokio::test]
async fn the_readonly_token_reads_and_nothing_else() {
    let hetzner = Hetzner::start().await;
    let token = &hetzner.emulator.info().tokens.hetzner_readonly;
    let read = send(hetzner.bare(Method::GET, "/zones").bearer_auth(token)).await;
    assert_eq!(read.status, 200);
    let path = format!("{RRSETS}/app/A/actions/set_records");
    let body = super::records(&["192.0.2.1"]).to_string();
    let write = send(hetzner.bare(Method::POST, &path).bearer_auth(token).body(body)).await;
    write.is_error(401, "token_readonly");
    assert_eq!(hetzner.values("app/A").await, ["127.0.10.1"]);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400_and_the_wrong_json_422() {
    let hetzner = Hetzner::start().await;
    for body in ["", "{", "[]", "\"text\"", "\u{feff}{}"] {
        let answer = send(hetzner.request(Method::POST, "/zones").body(body)).await;
        answer.is_error(400, "json_error");
    }
    hetzner.post("/zones", json!({"name": 7, "mode": "primary"})).await.refuses("name");
    hetzner.post("/zones", json!({"mode": "primary"})).await.refuses("name");
    hetzner.post("/zones", json!({"name": "a.example", "mode": "x"})).await.refuses("mode");
}

#[tokio::test]
async fn every_answer_has_its_own_correlation_id() {
    let hetzner = Hetzner::start().await;
    let mut ids = HashSet::new();
    for path in ["/zones", "/nothing", "/zones/none.example"] {
        let answer = hetzner.get(path).await;
        let id = answer.header("x-correlation-id").to_owned();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(ids.insert(id));
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_is_an_error_in_the_vendor_s_envelope() {
    let hetzner = Hetzner::start().await;
    for path in ["/zones/%FF", "/zones/schwenk.example/rrsets/%C3%28/A", "/servers/%FF"] {
        hetzner.get(path).await.is_error(404, "not_found");
    }
}

#[tokio::test]
async fn the_bucket_drains_by_one_a_request_and_says_when_it_is_full_again() {
    let hetzner = Hetzner::with(Options { rate_limit_per_hour: 20, ..Options::default() }).await;
    let first = hetzner.get("/zones").await;
    let second = hetzner.get("/zones").await;
    let figure = |answer: &super::Answer, name| answer.header(name).parse::<i64>().unwrap();
    assert_eq!(figure(&first, "ratelimit-limit"), 20);
    assert_eq!(figure(&first, "ratelimit-remaining"), 19);
    assert_eq!(figure(&second, "ratelimit-remaining"), 18);
    // 20 an hour: one comes back every 180 s.
    let ahead = figure(&second, "ratelimit-reset") - now();
    assert!((300..=362).contains(&ahead), "{ahead}");
}

#[tokio::test]
async fn an_empty_bucket_is_429_and_echoes_half_of_the_token() {
    let token = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01";
    let options = Options {
        rate_limit_per_hour: 3,
        hetzner_token: Some(token.to_owned()),
        ..Options::default()
    };
    let hetzner = Hetzner::with(options).await;
    for _ in 0..3 {
        assert_eq!(hetzner.get("/zones").await.status, 200);
    }
    let answer = hetzner.get("/zones").await;
    answer.is_error(429, "rate_limit_exceeded");
    assert_eq!(answer.header("ratelimit-remaining"), "0");
    assert_eq!(
        answer.json["error"]["message"],
        "Limit of '3' requests per hour for token '0123456789abcdefghijklmnopqrstuv...' reached."
    );
    // Who has no token drains another bucket.
    assert_eq!(send(hetzner.bare(Method::GET, "/zones")).await.status, 401);
}

#[tokio::test]
async fn the_bucket_refills_continuously() {
    // Ten a second, so that waiting for one takes next to no time.
    let hetzner =
        Hetzner::with(Options { rate_limit_per_hour: 36_000, ..Options::default() }).await;
    let left =
        |answer: &super::Answer| answer.header("ratelimit-remaining").parse::<u32>().unwrap();
    for _ in 0..5 {
        hetzner.get("/zones").await;
    }
    let before = left(&hetzner.get("/zones").await);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let after = left(&hetzner.get("/zones").await);
    assert!(after > before && after < 36_000, "{before} then {after}");
}

#[tokio::test]
async fn names_of_rrsets_may_be_escaped_or_not() {
    let hetzner = Hetzner::start().await;
    let created = hetzner.post(RRSETS, super::rrset("*", "A", &["192.0.2.1"])).await;
    assert_eq!(created.status, 201, "{created:?}");
    for path in ["@/NS", "%40/NS", "*/A", "%2A/A", "%2a/A"] {
        assert_eq!(hetzner.get(&format!("{RRSETS}/{path}")).await.status, 200, "{path}");
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("a clock after 1970").as_secs()).expect("a clock before 2200")
}
