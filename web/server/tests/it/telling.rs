//! The ways to reach people over HTTP, and the demo's own receiver of messages.
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PATIENCE, Running, VIEWER, json};
use crate::schema;

async fn until(
    what: &str,
    running: &Running,
    path: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let started = Instant::now();
    loop {
        let said = running.get(path).await;
        if wanted(&said) {
            return said;
        }
        assert!(started.elapsed() < PATIENCE, "never {what}: {said:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn channel<'v>(said: &'v Value, name: &str) -> &'v Value {
    let channels = said["channels"].as_array().expect("channels");
    channels.iter().find(|channel| channel["name"] == name).expect("the channel")
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_arrive_at_the_demos_receiver_and_wait_while_it_refuses_them() {
    let running = Running::start().await;
    running.ready().await;
    let document = running.get("/openapi.json").await;
    // A test message, by somebody who may.
    let test = json!({ "channel": "inbox" });
    let tested = json(running.post("/notifications/test", &test).await).await;
    schema::check(&document, "ChannelTested", &tested).unwrap();
    assert_eq!(
        (&tested["delivered"], &tested["kind"]),
        (&json!(true), &json!("webhook")),
        "{tested}"
    );
    let inbox = running.get("/demo/inbox").await;
    schema::check(&document, "DemoInbox", &inbox).unwrap();
    let arrived = &inbox["messages"][0];
    assert_eq!((&arrived["to"], &arrived["signed"]), (&json!("inbox"), &json!(true)), "{inbox}");
    assert!(arrived["text"].as_str().unwrap().contains("Nothing has happened"), "{inbox}");
    let soon = running.post("/notifications/test", &test).await;
    assert_eq!(soon.status(), 429, "not twice in ten seconds");
    assert!(soon.headers().contains_key("retry-after"));
    let unknown = running.post("/notifications/test", &json!({ "channel": "<b>" })).await;
    assert_eq!(unknown.status(), 404);
    let viewer = running.ask(Method::POST, "/api/v1/notifications/test").bearer_auth(VIEWER);
    let viewer = viewer.header("content-type", "application/json").body(test.to_string());
    assert_eq!(viewer.send().await.unwrap().status(), 403);
    let events = running.get("/events?limit=50").await;
    let who = events["events"].as_array().unwrap().iter().find(|e| e["event"]["kind"] == "by_hand");
    assert_eq!(
        who.expect("it is in the journal")["text"],
        "demo-cli sends a test message through inbox."
    );

    // While the receiver refuses, messages wait and say why; then they arrive.
    running.fault("inbox-deaf", true).await;
    running.fault("london-kill", true).await;
    let path = "/notifications?delivery=waiting&channel=pager";
    let waits = |said: &Value| said["notifications"][0]["problem"].is_string();
    let said = until("waiting", &running, path, waits).await;
    schema::check(&document, "Notifications", &said).unwrap();
    let pager = channel(&said, "pager");
    assert_eq!((&pager["least"], &pager["quiet"]), (&json!("critical"), &json!(false)));
    assert!(pager["problem"].as_str().is_some_and(|why| why.contains("503")), "{pager}");
    running.fault("inbox-deaf", false).await;
    let path = "/notifications?delivery=delivered&channel=pager";
    let arrived = |said: &Value| !said["notifications"].as_array().unwrap().is_empty();
    let said = until("delivered", &running, path, arrived).await;
    assert!(said["notifications"].as_array().unwrap().iter().all(|one| one["channel"] == "pager"));
    assert!(channel(&said, "pager")["delivered"].as_u64() > Some(0), "{said}");
    let inbox = running.get("/demo/inbox").await;
    let urgent = |one: &&Value| one["to"] == "pager" && one["severity"] == "critical";
    assert!(inbox["messages"].as_array().unwrap().iter().find(urgent).is_some(), "{inbox}");

    // The dead man's switch was reached, and a malformed filter is refused.
    let reached = |said: &Value| said["heartbeat"]["reached"].is_number();
    let said = until("reached", &running, "/notifications", reached).await;
    assert_eq!(said["heartbeat"]["every_secs"], 10);
    assert!(!said.to_string().contains("/ping"), "where the switch is stays a secret");
    let wrong =
        running.operator(Method::GET, "/notifications?delivery=perhaps").send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    running.stop().await;
}
