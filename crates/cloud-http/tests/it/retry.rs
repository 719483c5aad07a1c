//! When a request is sent again, and after how long.
use std::sync::Arc;
use std::time::Duration;

use cloud_http::{Backoff, Call, Clock, Effect, Kind, Request, Retry};
use serde_json::json;

use crate::server::{Server, answer};
use crate::support::{SkipClock, TOKEN, call, client, nobody};

fn read() -> Request {
    Request::read("read the thing", "/thing")
}

#[tokio::test]
async fn a_request_carries_the_token_the_agent_and_the_body() {
    let server = Server::start(|_, _| answer(200, &[], "{\"answer\": 42}")).await;
    let request = Request::write("make it", http::Method::POST, "/things/a%2Fb")
        .query("x", "1 2")
        .json(json!({"name": "ä"}));
    let value: serde_json::Value = client(&format!("{}/v1/", server.url))
        .user_agent("t/1")
        .json(&request, call())
        .await
        .unwrap();
    assert_eq!(value, json!({"answer": 42}));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].method.as_str(), &*seen[0].target), ("POST", "/v1/things/a%2Fb?x=1%202"));
    assert_eq!(seen[0].header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(seen[0].header("user-agent"), "t/1");
    assert_eq!(seen[0].header("content-type"), "application/json");
    assert_eq!(seen[0].body, "{\"name\":\"ä\"}");
}

#[tokio::test]
async fn a_busy_server_is_asked_again_after_the_seconds_it_names() {
    let clock = SkipClock::new();
    let server = Server::start(|n, _| match n {
        0 => answer(429, &[("retry-after", "7")], "slow down"),
        _ => answer(200, &[], ""),
    })
    .await;
    let client = client(&server.url).with_clock(clock.clone());
    client.send(&read(), call()).await.unwrap();
    let slept = clock.slept();
    assert_eq!(slept.len(), 1);
    assert!(slept[0] >= Duration::from_secs(7) && slept[0] < Duration::from_secs(9), "{slept:?}");
}

#[tokio::test]
async fn a_busy_server_is_asked_again_at_the_date_it_names_whatever_the_local_clock_says() {
    let clock = SkipClock::at(std::time::UNIX_EPOCH);
    let server = Server::start(|n, _| match n {
        0 => {
            let date = ("date", "Mon, 23 Nov 2026 12:00:00 GMT");
            answer(503, &[date, ("retry-after", "Mon, 23 Nov 2026 12:00:20 GMT")], "")
        }
        _ => answer(200, &[], ""),
    })
    .await;
    let client = client(&server.url).with_clock(clock.clone());
    client.send(&read(), call()).await.unwrap();
    let slept = clock.slept();
    assert!(slept[0] >= Duration::from_secs(20) && slept[0] < Duration::from_secs(22), "{slept:?}");
}

#[tokio::test]
async fn without_a_hint_the_pauses_follow_the_back_off() {
    let clock = SkipClock::new();
    let server =
        Server::start(|n, _| if n < 5 { answer(500, &[], "") } else { answer(200, &[], "") }).await;
    let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4), 10);
    let client = client(&server.url).with_clock(clock.clone()).with_backoff(backoff);
    client.send(&read(), call()).await.unwrap();
    let slept = clock.slept();
    assert_eq!(slept.len(), 5);
    for (pause, ceiling) in slept.iter().zip([1, 2, 4, 4, 4]) {
        assert!(*pause <= Duration::from_secs(ceiling), "{slept:?}");
    }
}

#[tokio::test]
async fn the_deadline_ends_the_retries_before_a_pause_that_would_cross_it() {
    let clock = SkipClock::new();
    let server = Server::start(|_, _| answer(503, &[("retry-after", "25")], "unwell")).await;
    let client = client(&server.url).with_clock(clock.clone());
    let deadline = Call::until(clock.now() + Duration::from_secs(60));
    let error = client.send(&read(), deadline).await.unwrap_err();
    assert_eq!(server.seen().len(), 3);
    assert_eq!(error.failure.kind, Kind::Unavailable);
    assert_eq!(error.failure.retry, Retry::After(Duration::from_secs(25)));
    assert_eq!(error.to_string(), "acme: read the thing: unwell, after 3 attempts");
}

#[tokio::test]
async fn attempts_are_counted_out() {
    let server = Server::start(|_, _| answer(500, &[], "no")).await;
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1), 3);
    let client = client(&server.url).with_backoff(backoff);
    client.send(&read(), call()).await.unwrap_err();
    assert_eq!(server.seen().len(), 3);
    client.send(&read().once(), call()).await.unwrap_err();
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn what_trying_again_cannot_mend_is_not_tried_again() {
    for status in [400, 404, 412] {
        let server = Server::start(move |_, _| answer(status, &[], "no")).await;
        client(&server.url).send(&read(), call()).await.unwrap_err();
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_its_target_never_hears_the_token() {
    let target = Server::start(|_, _| answer(200, &[], "{}")).await;
    let to = format!("{}/elsewhere", target.url);
    for status in [301, 302, 303, 307, 308] {
        let to = to.clone();
        let server = Server::start(move |_, _| answer(status, &[("location", &to)], "")).await;
        let error = client(&server.url).send(&read(), call()).await.unwrap_err();
        assert_eq!(error.failure.kind, Kind::Protocol);
        let text = error.to_string();
        assert!(text.contains("redirect to 127.0.0.1") && text.contains("base URL"), "{text}");
    }
    assert_eq!(target.seen().len(), 0);
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_a_protocol_failure() {
    let server = Server::start(|_, _| answer(200, &[], "<html>sign in</html>")).await;
    let client = client(&server.url);
    let error = client.json::<Vec<u8>>(&read(), call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Protocol, Effect::NotApplied));
    assert!(error.to_string().contains("<html>sign in"), "{error}");
    let write = Request::write("make it", http::Method::POST, "/things");
    let error = client.json::<Vec<u8>>(&write, call()).await.unwrap_err();
    assert_eq!(error.failure.effect, Effect::MaybeApplied);
}

#[tokio::test]
async fn a_dead_server_is_told_from_a_wrong_request() {
    let gone = format!("http://{}", nobody());
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1), 2);
    let error = client(&gone).with_backoff(backoff).send(&read(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Unavailable);
    assert!(error.to_string().contains("refused the connection"), "{error}");
    let error = client("ftp://example.com").send(&read(), call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.retry), (Kind::Invalid, Retry::Never));
}

#[tokio::test]
async fn the_token_is_masked_in_messages_even_when_half_of_it_is_quoted() {
    let half = &TOKEN[..32];
    let body = format!("Limit of '3600' requests per hour for token '{half}...' reached.");
    let server = Server::start(move |_, _| answer(403, &[], &body)).await;
    let error = client(&server.url).send(&read(), call()).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains(&TOKEN[..12]) && text.contains("'[redacted]...'"), "{text}");
}

#[tokio::test]
async fn a_token_with_a_line_break_is_explained() {
    let tokens = Arc::new(cloud_http::StaticToken::new(format!("{TOKEN}\n").into()));
    let client = cloud_http::Client::new(
        "acme",
        "http://127.0.0.1:1",
        crate::support::transport(),
        tokens,
        Arc::new(crate::support::PlainVendor),
    );
    let error = client.send(&read(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Auth);
    assert!(error.to_string().contains("line break") && !error.to_string().contains("0123"));
}
