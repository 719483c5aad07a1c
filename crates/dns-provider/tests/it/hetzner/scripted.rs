//! Answers that the real service may give and the emulator does not.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_http::{Effect, Kind, Retry, Transport, TransportError};
use dns_provider::{Change, ChangeSet, DnsProvider, Expect, HetznerDns, Outcome, Zone};
use http::{Request, Response};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{call, name, rrset};

/// Gives the scripted answers one after the other and writes the requests down.
#[derive(Debug)]
struct Script {
    answers: Mutex<VecDeque<Response<Bytes>>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: Request<Bytes>,
        _deadline: Instant,
    ) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        self.asked.lock().unwrap().push(format!("{} {path}", request.method()));
        Ok(self.answers.lock().unwrap().pop_front().expect("no more requests than answers"))
    }
}

fn answer(status: u16, body: Value) -> Response<Bytes> {
    Response::builder().status(status).body(body.to_string().into()).unwrap()
}

fn client(answers: Vec<Response<Bytes>>) -> (HetznerDns, Arc<Script>) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into()), asked: Mutex::default() });
    let transport = Arc::clone(&script) as Arc<dyn Transport>;
    let dns = HetznerDns::builder(SecretString::from("t".repeat(64)), transport)
        .polling(Duration::from_millis(1), Duration::from_millis(2))
        .build()
        .unwrap();
    (dns, script)
}

fn asked(script: &Script) -> Vec<String> {
    script.asked.lock().unwrap().clone()
}

fn action(status: &str, error: Value) -> Value {
    json!({"id": 7, "command": "set_rrset_records", "status": status, "progress": 50,
        "started": "2026-11-23T10:00:00+00:00", "resources": [], "error": error, "brand_new": 1})
}

fn stored(value: &str) -> Response<Bytes> {
    let rrset = json!({"id": "app/A", "name": "app", "type": "A", "ttl": 60, "zone": 1,
        "records": [{"value": value, "comment": null}], "labels": {}, "future": [1, 2]});
    answer(200, json!({ "rrset": rrset }))
}

fn change(expect: Expect) -> ChangeSet {
    let zone = Zone::new("1", name("example.com"), Vec::new());
    let desired = rrset("app.example.com", "A", 60, &["192.0.2.2"]);
    ChangeSet::new(zone, vec![Change::put(desired, expect)])
}

fn old() -> Expect {
    Expect::Exactly(rrset("app.example.com", "A", 60, &["192.0.2.1"]))
}

#[tokio::test]
async fn an_action_that_has_ended_already_is_not_waited_for() {
    // A success may carry an error object; the status alone decides.
    let done = || answer(201, json!({"action": action("success", json!({"code": "x"}))}));
    let (dns, script) = client(vec![stored("192.0.2.1"), done()]);
    let report = dns.apply(&change(Expect::Any), call()).await.unwrap();
    assert_eq!((&report.outcomes[0].1, report.pending.len()), (&Outcome::Applied, 0));
    assert_eq!(asked(&script).len(), 2);

    let (dns, script) = client(vec![stored("192.0.2.1"), done(), stored("192.0.2.2")]);
    let report = dns.apply(&change(old()), call()).await.unwrap();
    dns.settle(&report.pending[0], call()).await.unwrap();
    assert!(asked(&script).iter().all(|line| !line.contains("/v1/actions?")));
}

#[tokio::test]
async fn an_action_that_has_failed_already_leaves_the_outcome_unknown() {
    let error = json!({"code": "action_failed", "message": ""});
    let failed = answer(201, json!({"action": action("error", error)}));
    let (dns, _) = client(vec![stored("192.0.2.1"), failed]);
    let report = dns.apply(&change(Expect::Any), call()).await.unwrap();
    let Outcome::Unknown(failure) = &report.outcomes[0].1 else { panic!("{report:?}") };
    assert_eq!(failure.code.as_deref(), Some("action_failed"));
    assert_eq!((failure.effect, failure.retry), (Effect::MaybeApplied, Retry::AfterReread));
}

#[tokio::test]
async fn a_status_nobody_knows_yet_is_waited_out() {
    let polled = |status| answer(200, json!({"actions": [action(status, Value::Null)]}));
    let started = answer(201, json!({"action": action("queued", Value::Null)}));
    let answers =
        vec![stored("192.0.2.1"), started, polled("paused"), polled("running"), polled("success")];
    let (dns, script) = client(answers);
    let report = dns.apply(&change(Expect::Any), call()).await.unwrap();
    dns.settle(&report.pending[0], call()).await.unwrap();
    assert_eq!(asked(&script)[2..], ["GET /v1/actions?id=7"; 3]);
}

#[tokio::test]
async fn the_redirect_of_the_old_api_is_named() {
    let moved = Response::builder()
        .status(301)
        .header("Location", "https://console.hetzner.com/?secret=1")
        .body(Bytes::new())
        .unwrap();
    let (dns, script) = client(vec![moved]);
    let error = dns.zones(call()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("redirect to console.hetzner.com;") && !text.contains("secret"),
        "{text}"
    );
    assert!(text.contains("use https://api.hetzner.cloud/v1 and a Cloud API token"), "{text}");
    assert_eq!((error.failure.kind, asked(&script).len()), (Kind::Protocol, 1));
}

#[tokio::test]
async fn an_answer_to_a_write_that_is_not_understood_is_read_back() {
    let rubbish = answer(200, json!({"surprise": true}));
    let running = answer(200, json!({"actions": []}));
    let (dns, script) = client(vec![stored("192.0.2.1"), rubbish, stored("192.0.2.2"), running]);
    let report = dns.apply(&change(old()), call()).await.unwrap();
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(asked(&script).iter().filter(|line| line.starts_with("POST")).count(), 1);
}

#[tokio::test]
async fn an_rrset_that_vanished_between_look_and_write_is_looked_at_again() {
    let gone = || answer(404, json!({"error": {"code": "not_found", "message": "no"}}));
    let zone = || answer(200, json!({"zone": {"id": 1, "name": "example.com"}}));
    let created = answer(201, json!({"rrset": {}, "action": action("success", Value::Null)}));
    let answers = vec![stored("192.0.2.1"), gone(), gone(), zone(), created];
    let (dns, script) = client(answers);
    let report = dns.apply(&change(Expect::Any), call()).await.unwrap();
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(asked(&script)[4], "POST /v1/zones/1/rrsets");

    let (dns, _) = client(vec![stored("192.0.2.1"), gone(), gone(), zone()]);
    let report = dns.apply(&change(old()), call()).await.unwrap();
    let Outcome::Refused(failure) = &report.outcomes[0].1 else { panic!("{report:?}") };
    assert_eq!(failure.kind, Kind::Changed);
}

#[tokio::test]
async fn an_rrset_that_appeared_between_look_and_write_is_looked_at_again() {
    let gone = answer(404, json!({"error": {"code": "not_found", "message": "no"}}));
    let zone = answer(200, json!({"zone": {"id": 1, "name": "example.com"}}));
    let exists = answer(409, json!({"error": {"code": "uniqueness_error", "message": "there"}}));
    let set = answer(201, json!({"action": action("success", Value::Null)}));
    let (dns, script) = client(vec![gone, zone, exists, stored("192.0.2.9"), set]);
    let report = dns.apply(&change(Expect::Any), call()).await.unwrap();
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert!(asked(&script)[4].ends_with("/rrsets/app/A/actions/set_records"));
}

#[tokio::test]
async fn nulls_and_numbers_as_texts_are_read_too() {
    let rrset = json!({"id": null, "name": "app", "type": "A", "ttl": "60", "zone": "1",
        "records": [{"value": "192.0.2.1", "comment": null}], "labels": null, "protection": null});
    let started = json!({"id": "7", "command": null, "status": "running", "progress": null,
        "started": null, "resources": null, "error": null});
    let ended = json!({"id": 7, "command": null, "status": "success", "error": {"code": null}});
    let answers = vec![
        answer(200, json!({"rrset": rrset, "meta": null})),
        answer(201, json!({"action": started})),
        answer(200, json!({"actions": [ended]})),
    ];
    let (dns, script) = client(answers);
    let report = dns.apply(&change(Expect::Any), call()).await.unwrap();
    assert_eq!((&report.outcomes[0].1, report.pending.len()), (&Outcome::Applied, 1));
    dns.settle(&report.pending[0], call()).await.unwrap();
    assert!(asked(&script)[1].ends_with("/set_records"), "the TTL is as it was");

    let page = |name: &str, next: Value| {
        let zone = json!({"id": "9", "name": name, "ttl": "300", "mode": null,
            "authoritative_nameservers": {"assigned": null, "delegated": null}});
        answer(
            200,
            json!({"zones": [zone], "meta": {"pagination": {"page": 1, "per_page": 1,
            "previous_page": null, "next_page": next, "last_page": null, "total_entries": null}}}),
        )
    };
    let (dns, _) = client(vec![page("a.example", json!("2")), page("b.example", Value::Null)]);
    let zones = dns.zones(call()).await.unwrap();
    assert_eq!((zones.len(), zones[1].id.as_str()), (2, "9"));
}
