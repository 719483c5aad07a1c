//! The API over real HTTP: what it answers, and how it refuses.
use failover_core::{Event, Failover, Output, SiteId, SiteSet, Snapshot, Verdict};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Running, VIEWER, json};
use crate::schema;

/// Only a forced move can be ordered at one watcher alone.
const ALONE: &str = r#"{"do":"arm","alone":true}"#;
const YES: &str = r#"{"do":"force","from":0,"to":1,"alone":"yes"}"#;

/// Checks that a response is a well-formed problem of this kind.
async fn refused(response: Response, status: u16, kind: &str) {
    assert_eq!(response.status(), StatusCode::from_u16(status).expect("a status"), "{kind}");
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{kind}");
    let problem = json(response).await;
    assert_eq!(problem["type"], kind, "{problem}");
    assert_eq!(problem["status"], status, "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
}

const NO_COMMANDS: [&str; 10] =
    ["", "{", "[]", "{}", "{\"do\":\"dance\"}", "{\"do\":\"force\"}", "\u{0}", "null", ALONE, YES];

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_a_problem_and_never_a_server_error() {
    let running = Running::start().await;
    let command = "/services/app/command";
    let raw = |path: &'static str, media: &'static str, body: String| {
        let request = running.operator(Method::POST, path).header("content-type", media);
        request.body(body).send()
    };
    for body in NO_COMMANDS {
        let response = raw(command, "application/json", body.to_owned()).await.expect("an answer");
        refused(response, 400, "bad_request").await;
    }
    let ok = "{\"do\":\"arm\"}".to_owned();
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let response = raw(command, media, ok.clone()).await.expect("an answer");
        refused(response, 415, "wrong_content_type").await;
    }
    let large = format!("{{\"do\":\"arm\",\"x\":\"{}\"}}", "x".repeat(70_000));
    let response = raw(command, "application/json", large).await.expect("an answer");
    refused(response, 413, "too_large").await;
    for path in ["/services/other/command", "/services/%00/command", "/services/../command"] {
        let arm = json!({ "do": "arm" });
        assert_eq!(running.post(path, &arm).await.status(), 404, "{path}");
    }
    refused(
        running.post("/services/other/command", &json!({"do": "arm"})).await,
        404,
        "unknown_service",
    )
    .await;
    for (from, to) in [(0, 2), (200, 1), (255, 255)] {
        let body = json!({ "do": "switch_over", "from": from, "to": to });
        refused(running.post(command, &body).await, 404, "unknown_site").await;
    }
    let get = |path: &'static str| running.operator(Method::GET, path).send();
    for path in ["/curves?limit=0", "/curves?limit=51", "/curves?move=x"] {
        refused(get(path).await.expect("an answer"), 400, "bad_request").await;
    }
    refused(get("/curves?service=other").await.expect("an answer"), 404, "unknown_service").await;
    for path in ["/events?limit=0", "/events?limit=x", "/events?colour=red", "/events?after=-1"] {
        refused(get(path).await.expect("an answer"), 400, "bad_request").await;
    }
    refused(get("/events?service=other").await.expect("an answer"), 404, "unknown_service").await;
    refused(get("/services/app/plan").await.expect("an answer"), 400, "bad_request").await;
    refused(get("/services/%FF/plan?to=x").await.expect("an answer"), 400, "bad_request").await;
    refused(running.post("/services/%FF/command", &json!({"do": "arm"})).await, 400, "bad_request")
        .await;
    refused(get("/services/app/plan?to=x").await.expect("an answer"), 404, "unknown_site").await;
    refused(get("/nothing").await.expect("an answer"), 404, "unknown_path").await;
    refused(get("/services/x/policy").await.expect("an answer"), 404, "unknown_service").await;
    for path in ["/incidents/x", "/incidents/-1", "/incidents/99999999999999999999"] {
        refused(get(path).await.expect("an answer"), 400, "bad_request").await;
    }
    for path in ["/incidents/0", "/incidents/18446744073709551615"] {
        refused(get(path).await.expect("an answer"), 404, "unknown_event").await;
    }
    refused(
        running.post("/demo/fault", &json!({"id": "x", "on": true})).await,
        404,
        "unknown_fault",
    )
    .await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_the_right_one() {
    let running = Running::start().await;
    for (method, path, allow) in [
        (Method::DELETE, "/snapshot", "GET,HEAD"),
        (Method::PUT, "/login", "POST"),
        (Method::GET, "/services/app/command", "POST"),
    ] {
        let response = running.operator(method, path).send().await.expect("an answer");
        assert_eq!(response.headers()["allow"], allow, "{path}");
        refused(response, 405, "wrong_method").await;
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switchover_that_names_the_wrong_site_is_stale() {
    let running = Running::start().await;
    running.ready().await;
    let body = json!({ "do": "switch_over", "from": 1, "to": 0 });
    refused(running.post("/services/app/command", &body).await, 409, "stale_from").await;
    let body = json!({ "do": "rearm" });
    refused(running.post("/services/app/command", &body).await, 409, "already_so").await;
    let events = running.get("/events?service=app").await;
    let refusals = events["events"].as_array().expect("a list").iter();
    let kinds: Vec<&Value> = refusals.map(|record| &record["event"]["kind"]).collect();
    assert!(!kinds.contains(&&json!("move_started")), "{kinds:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switchover_is_planned_commanded_and_seen() {
    let running = Running::start().await;
    running.ready().await;
    let plan = running.get("/services/app/plan?to=falkenstein").await;
    assert_eq!((&plan["from"], &plan["allowed"]), (&json!("london"), &json!(true)), "{plan}");
    let google = &plan["providers"][0];
    assert_eq!(google["remove"], json!(["app.schwenk.example. 60 IN A 127.0.10.1"]), "{plan}");
    assert_eq!(google["add"], json!(["app.schwenk.example. 60 IN A 127.0.20.1"]), "{plan}");
    let body = json!({ "do": "switch_over", "from": 0, "to": 1 });
    let response = running.post("/services/app/command", &body).await;
    assert_eq!(response.status(), 200);
    let answer = json(response).await;
    assert_eq!(answer["events"][0]["event"]["kind"], "move_started", "{answer}");
    assert_eq!(answer["events"][0]["event"]["who"], "demo-cli", "{answer}");
    let moved = |view: &failover_core::View| {
        view.open_move.is_none() && view.sites[1].active && view.generation.0 == 1
    };
    running.until("moved", moved).await;
    let plan = running.get("/services/app/plan?to=falkenstein").await;
    assert_eq!(plan["allowed"], json!(false), "it is there already: {plan}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_to_a_site_that_is_down_says_so() {
    let running = Running::start().await;
    running.ready().await;
    running.fault("falkenstein-kill", true).await;
    let down = |view: &failover_core::View| view.sites[1].verdict == Verdict::Down;
    running.until("down", down).await;
    let plan = running.get("/services/app/plan?to=falkenstein").await;
    assert_eq!(plan["allowed"], json!(false), "{plan}");
    let body = json!({ "do": "switch_over", "from": 0, "to": 1 });
    refused(running.post("/services/app/command", &body).await, 409, "not_up").await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_the_openapi_document_says() {
    let running = Running::start().await;
    let document = running.get("/openapi.json").await;
    running.ready().await;
    let check = |name: &str, value: &Value| {
        schema::check(&document, name, value).unwrap_or_else(|wrong| panic!("{wrong}"));
    };
    let requests = [
        json!({ "do": "disarm", "until": u64::MAX }),
        json!({ "do": "arm" }),
        json!({ "do": "maintenance_on", "site": 1, "until": u64::MAX }),
        json!({ "do": "maintenance_off", "site": 1 }),
        json!({ "do": "switch_over", "from": 0, "to": 1 }),
    ];
    for body in &requests {
        check("Command", body);
        let response = running.post("/services/app/command", body).await;
        check("CommandAnswer", &json(response).await);
        check("Snapshot", &running.get("/snapshot").await);
    }
    let response = running.post("/services/app/command", &json!({ "do": "rearm" })).await;
    check("Problem", &json(response).await);
    check("Events", &running.get("/events?limit=1000").await);
    let curves = running.get("/curves?service=app&limit=5").await;
    assert_eq!(curves["curves"][0]["curve"]["id"], 1, "{curves}");
    check("Curves", &curves);
    check("Curves", &running.get("/curves?move=9").await);
    check("Plan", &running.get("/services/app/plan?to=london").await);
    check("ServicePolicy", &running.get("/services/app/policy").await);
    check("Session", &running.get("/session").await);
    check("Version", &running.get("/version").await);
    check("DemoFaults", &running.get("/demo/faults").await);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_names_every_route_and_nothing_else() {
    let running = Running::start().await;
    let document = running.get("/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths");
    for (path, operations) in paths {
        let path = path.replace("{service}", "app");
        for method in operations.as_object().expect("operations").keys() {
            let method: Method = method.to_uppercase().parse().expect("a method");
            let response = running.ask(method.clone(), &path).send().await.expect("an answer");
            assert_ne!(response.status(), 404, "{method} {path}");
            assert_ne!(response.status(), 405, "{method} {path}");
        }
    }
    let routes = include_str!("../../src/http/mod.rs").matches(".route(\"").count();
    assert_eq!(paths.len(), routes, "{:?}", paths.keys().collect::<Vec<_>>());
    running.stop().await;
}

/// The number of the first event of this kind.
async fn event(running: &Running, kind: &str) -> u64 {
    let events = running.get("/events?limit=1000").await["events"].clone();
    let events = events.as_array().expect("a list");
    let found = events.iter().find(|event| event["event"]["kind"] == kind);
    found.and_then(|event| event["seq"].as_u64()).unwrap_or_else(|| panic!("no {kind}: {events:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_given_to_whoever_may_look_and_replays_identically() {
    let running = Running::start().await;
    running.ready().await;
    running.fault("london-kill", true).await;
    running.until("moved", |view| view.last_move.is_some() && view.open_move.is_none()).await;
    let seq = event(&running, "move_started").await;
    let path = format!("/api/v1/incidents/{seq}");
    assert_eq!(running.ask(Method::GET, &path).send().await.expect("an answer").status(), 401);
    // The facts that led to nothing are written a little later.
    let viewer = running.ask(Method::GET, &path).bearer_auth(VIEWER).send().await;
    let answer = json(viewer.expect("an answer")).await;
    let document = running.get("/openapi.json").await;
    schema::check(&document, "Incident", &answer).unwrap_or_else(|wrong| panic!("{wrong}"));
    let incident: web_api::Incident = serde_json::from_value(answer).expect("an incident");
    assert_eq!((incident.event.seq, incident.moved), (seq, Some(1)));
    let [part] = incident.parts.as_slice() else { panic!("{} parts", incident.parts.len()) };
    let mut machine: Failover = serde_json::from_str(&part.machine).expect("a machine");
    assert!(machine.state().desired() != SiteSet::one(SiteId(1)), "it begins before the move");
    let mut moved = None;
    for fact in &part.facts {
        let outputs = machine.step(fact.at, fact.fact.clone());
        assert_eq!(fact.digest, format!("{:016x}", machine.digest()), "{fact:?}");
        let is_move = |o: &Output| matches!(o, Output::Record(Event::MoveStarted { .. }));
        moved = moved.or(outputs.iter().any(is_move).then_some(fact.at));
    }
    assert_eq!(moved, Some(incident.event.at));
    assert_eq!(machine.state().desired(), SiteSet::one(SiteId(1)));
    // An event that belongs to no move is an incident, too.
    let verdict = event(&running, "verdict_changed").await;
    let other = running.get(&format!("/incidents/{verdict}")).await;
    assert_eq!(other["move"], Value::Null, "{other}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_can_be_read_on_from_a_number() {
    let running = Running::start().await;
    running.ready().await;
    let all = running.get("/events").await["events"].as_array().expect("a list").clone();
    let newest = all[0]["seq"].as_u64().expect("a number");
    assert!(all.windows(2).all(|pair| pair[0]["seq"].as_u64() > pair[1]["seq"].as_u64()));
    assert_eq!(running.get(&format!("/events?after={newest}")).await["events"], json!([]));
    let one = running.get(&format!("/events?after={}&limit=1", newest - 1)).await;
    assert_eq!(one["events"][0], all[0]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_reads_back_as_the_panel_reads_it() {
    let running = Running::start().await;
    let response = running.operator(Method::GET, "/snapshot").send().await.expect("an answer");
    let text = response.text().await.expect("a body");
    let snapshot: Snapshot = serde_json::from_str(&text).expect("a snapshot");
    assert_eq!(serde_json::to_string(&snapshot).expect("JSON"), text);
    running.stop().await;
}
