//! What the panel's overview, service and activity pages ask for.
use failover_core::Layer;
use failover_core::Verdict::{Down, Up};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Running;
use crate::schema;

fn seqs(answer: &Value) -> Vec<u64> {
    let events = answer["events"].as_array().expect("a list").iter();
    events.map(|event| event["seq"].as_u64().expect("a number")).collect()
}

async fn lines(running: &Running, query: &str) -> Vec<Value> {
    let request = running.operator(Method::GET, &format!("/events.jsonl{query}"));
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    assert_eq!(response.headers()["content-type"], "application/jsonl");
    let name = response.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(name.contains("schwenk-events.jsonl"), "{name}");
    let text = response.text().await.expect("a body");
    assert!(text.is_empty() || text.ends_with('\n'), "whole lines: {text:?}");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_searched_paged_and_taken_away_as_lines() {
    let running = Running::start().await;
    running.ready().await;
    let until = u64::MAX / 2;
    for body in [json!({ "do": "disarm", "until": until }), json!({ "do": "arm" })] {
        assert_eq!(running.post("/services/app/command", &body).await.status(), 200, "{body}");
    }
    let all = running.get("/events?limit=1000").await;
    let document = running.get("/openapi.json").await;
    schema::check(&document, "Events", &all).expect("as described");
    let newest = seqs(&all);
    let page = running.get(&format!("/events?before={}&limit=2", newest[1])).await;
    assert_eq!(seqs(&page), newest[2..4], "the page before");
    let people = running.get("/events?who=demo-cli").await;
    let kinds: Vec<&Value> =
        people["events"].as_array().expect("a list").iter().map(|e| &e["event"]["kind"]).collect();
    assert_eq!(kinds, ["armed", "disarmed"], "{people}");
    let verdicts = running.get("/events?kind=verdict_changed,armed&service=app").await;
    assert!(seqs(&verdicts).len() >= 3, "{verdicts}");
    let none = running.get("/events?severity=critical&text=%25").await;
    assert_eq!(seqs(&none), [0; 0], "a sign of the database's language is only a sign");
    let since = running.get("/events?since=1&until=2").await;
    assert_eq!(seqs(&since), [0; 0]);

    let taken = lines(&running, "").await;
    schema::check(&document, "EventRecord", &taken[0]).expect("as described");
    let mut oldest: Vec<u64> = taken.iter().filter_map(|event| event["seq"].as_u64()).collect();
    oldest.truncate(newest.len());
    let mut expected = newest.clone();
    expected.reverse();
    assert_eq!(oldest, expected, "all of it, the oldest first");
    assert_eq!(lines(&running, "?limit=2").await.len(), 2);
    assert_eq!(lines(&running, "?who=demo-cli&kind=armed").await.len(), 1);

    for query in ["kind=Move", "kind=a%27b", "severity=loud", "before=-1", "who[]=a", "since=now"] {
        for path in ["/events", "/events.jsonl"] {
            let request = running.operator(Method::GET, &format!("{path}?{query}"));
            let response = request.send().await.expect("an answer");
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}?{query}");
        }
    }
    for (path, status) in [
        ("/events.jsonl?limit=100001", StatusCode::BAD_REQUEST),
        ("/events.jsonl?service=other", StatusCode::NOT_FOUND),
    ] {
        let response = running.operator(Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), status, "{path}");
    }
    let stranger = running.ask(Method::GET, "/api/v1/events.jsonl").send().await;
    assert_eq!(stranger.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_stays_visible_in_the_history_and_breaks_at_one_layer() {
    let running = Running::start().await;
    let snapshot = running.ready().await;
    let layers: Vec<Layer> = snapshot.services[0].checks.iter().map(|check| check.layer).collect();
    assert_eq!(layers, [Layer::Proxy, Layer::Application, Layer::Database]);
    assert_eq!(snapshot.services[0].checks[1].name, "application");

    running.fault("london-body", true).await;
    let moved = |view: &failover_core::View| view.sites[1].active && view.open_move.is_none();
    let snapshot = running.until("moved", moved).await;
    let votes = &snapshot.services[0].view.sites[0].votes[0].checks;
    let verdicts: Vec<_> = votes.iter().map(|check| check.verdict).collect();
    assert_eq!(verdicts, [Up, Up, Down], "only what is made from the database is wrong");

    let history = running.get("/services/app/history").await;
    let document = running.get("/openapi.json").await;
    schema::check(&document, "History", &history).expect("as described");
    let states = |place: usize| {
        let spans = history["rows"][place]["spans"].as_array().expect("spans").iter();
        spans.map(|span| span["state"].as_str().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert!(states(0).ends_with(&["moving", "up"]), "{history}");
    assert!(states(1).ends_with(&["up", "down"]), "{history}");
    assert!(states(3).ends_with(&["armed", "latched"]), "{history}");
    assert_eq!(history["marks"][0]["kind"], "move_started", "{history}");

    let now = snapshot.at.as_millis();
    let old = running.get("/services/app/history?from=1000&to=86401000").await;
    assert_eq!(old["rows"][0]["spans"][0]["state"], "unknown", "{old}");
    for (query, status) in [
        ("other/history".to_owned(), 404),
        (format!("app/history?from={now}&to=5"), 400),
        (format!("app/history?from=0&to={now}"), 400),
        ("app/history?from=x".to_owned(), 400),
        ("app/history?form=1".to_owned(), 400),
    ] {
        let request = running.operator(Method::GET, &format!("/services/{query}"));
        assert_eq!(request.send().await.expect("an answer").status(), status, "{query}");
    }
    running.stop().await;
}
