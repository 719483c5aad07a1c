//! The live stream.
use failover_core::Snapshot;
use reqwest::{Method, Response};

use crate::harness::{PATIENCE, Running};

/// Reads events until `count` snapshots have come.
async fn snapshots(response: &mut Response, count: usize) -> Vec<Snapshot> {
    let (mut text, mut read) = (String::new(), Vec::new());
    while read.len() < count {
        let chunk = tokio::time::timeout(PATIENCE, response.chunk()).await.expect("in time");
        let Some(chunk) = chunk.expect("no failure") else { break };
        text.push_str(str::from_utf8(&chunk).expect("UTF-8"));
        while let Some((event, rest)) = text.split_once("\n\n") {
            let data = event.lines().find_map(|line| line.strip_prefix("data: "));
            let id = event.lines().find_map(|line| line.strip_prefix("id: "));
            if let Some(data) = data {
                let snapshot: Snapshot = serde_json::from_str(data).expect("a snapshot");
                assert_eq!(id, Some(snapshot.number.to_string().as_str()));
                read.push(snapshot);
            }
            text = rest.to_owned();
        }
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_gets_the_present_at_once_and_then_every_change() {
    let running = Running::start().await;
    let mut stream = running.operator(Method::GET, "/live").send().await.expect("a stream");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers()["cache-control"], "no-cache");
    let seen = snapshots(&mut stream, 4).await;
    assert_eq!(seen[0].services.len(), 1);
    assert!(seen.windows(2).all(|pair| pair[0].number < pair[1].number), "in order");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_the_streams_of_the_session() {
    let running = Running::start().await;
    let body = serde_json::json!({ "user": "demo", "password": running.password }).to_string();
    let login =
        running.ask(Method::POST, "/api/v1/login").header("content-type", "application/json");
    let login = login.body(body).send().await.expect("an answer");
    let cookie = login.headers()["set-cookie"].to_str().expect("text").to_owned();
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let with = |method, path: &str| running.ask(method, path).header("cookie", &cookie);
    let mut stream = with(Method::GET, "/api/v1/live").send().await.expect("a stream");
    snapshots(&mut stream, 1).await;
    with(Method::POST, "/api/v1/logout").send().await.expect("an answer");
    // The stream ends: asking for very many snapshots comes back with few.
    assert!(snapshots(&mut stream, 10_000).await.len() < 10_000);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_are_counted_and_their_places_come_back() {
    let running = Running::start().await;
    let open = || running.operator(Method::GET, "/live").send();
    let mut streams = Vec::new();
    loop {
        let stream = open().await.expect("an answer");
        if stream.status() == 429 {
            assert!(stream.headers().contains_key("retry-after"));
            break;
        }
        assert_eq!(stream.status(), 200);
        streams.push(stream);
        assert!(streams.len() < 1000, "somewhere there must be a limit");
    }
    drop(streams);
    let started = std::time::Instant::now();
    while open().await.expect("an answer").status() != 200 {
        assert!(started.elapsed() < PATIENCE, "the places never come back");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_do_not_delay_the_end() {
    let running = Running::start().await;
    let mut stream = running.operator(Method::GET, "/live").send().await.expect("a stream");
    snapshots(&mut stream, 1).await;
    let elapsed = running.stop().await;
    assert!(elapsed.as_secs() < 5, "it took {elapsed:?}");
}
