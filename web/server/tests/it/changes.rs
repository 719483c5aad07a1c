//! The stream of what is new: put together it is what is sent whole.
use std::collections::BTreeMap;
use std::time::Instant;

use failover_core::{Sample, Snapshot};
use reqwest::{Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use web_api::changes::{Change, apply};

use crate::harness::{PATIENCE, Running, json as body};
use crate::schema;

/// A stream of events, read as they come.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    async fn open(running: &Running, path: &str) -> Self {
        let response = running.operator(Method::GET, path).send().await.expect("a stream");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event's number and data.
    async fn next(&mut self) -> (String, Value) {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let found = field("data: ").map(|data| {
                    let id = field("id: ").unwrap_or_default().to_owned();
                    (id, serde_json::from_str(data).expect("JSON"))
                });
                self.text = rest.to_owned();
                if let Some(found) = found {
                    return found;
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.expect("in time").expect("no failure").expect("it goes on");
            self.text.push_str(str::from_utf8(&chunk).expect("UTF-8"));
        }
    }
}

/// What somebody makes of the events who has only read the description.
#[derive(Default)]
struct Picture {
    rest: Value,
    services: Vec<(Value, Vec<Vec<Sample>>)>,
    next: u64,
}

impl Picture {
    fn take(&mut self, change: Change) -> Value {
        if change.event == 0 {
            *self = Self::default();
        }
        assert_eq!(change.event, self.next, "none is missing");
        self.next += 1;
        if let Some(difference) = change.snapshot {
            apply(&mut self.rest, difference).expect("it fits");
        }
        for service in change.services {
            if service.place == self.services.len() {
                self.services.push((Value::Null, Vec::new()));
            }
            let (document, samples) = &mut self.services[service.place];
            if let Some(difference) = service.service {
                apply(document, difference).expect("it fits");
            }
            samples.resize(document["series"].as_array().expect("a list").len(), Vec::new());
            for series in service.samples {
                let place = series.0;
                series.apply(&mut samples[place]).expect("it fits");
            }
        }
        let mut whole = self.rest.clone();
        let services = self.services.iter().map(|(document, samples)| {
            let mut service = document.clone();
            service["view"]["now"] = json!(change.at);
            for (place, samples) in samples.iter().enumerate() {
                service["series"][place]["samples"] = json!(samples);
            }
            service
        });
        whole["services"] = services.collect();
        whole["number"] = json!(change.number);
        whole["at"] = json!(change.at);
        whole
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_amounts_to_what_is_sent_whole() {
    let running = Running::start().await;
    let document = running.get("/openapi.json").await;
    let mut whole = Events::open(&running, "/live").await;
    let mut new = Events::open(&running, "/changes").await;
    let (mut picture, mut pictures, mut snapshots) =
        (Picture::default(), BTreeMap::new(), BTreeMap::new());
    let (mut same, started) = (0, Instant::now());
    while same < 6 {
        assert!(started.elapsed() < PATIENCE, "{same} were the same");
        tokio::select! {
            (_, snapshot) = whole.next() => {
                snapshots.insert(snapshot["number"].as_u64().expect("a number"), snapshot);
            }
            (id, event) = new.next() => {
                schema::check(&document, "Change", &event).unwrap_or_else(|wrong| panic!("{wrong}"));
                assert_eq!(id, event["event"].to_string());
                let change: Change = serde_json::from_value(event).expect("a change");
                let (number, last) = (change.number, change.last);
                let all = picture.take(change);
                if last {
                    pictures.insert(number, all);
                }
            }
        }
        // A slow machine skips snapshots on one of the streams, and not the same on the other.
        for (number, picture) in std::mem::take(&mut pictures) {
            match snapshots.get(&number) {
                Some(snapshot) => {
                    // As what they mean: a latency may be written with more or fewer digits.
                    let [got, sent] = [&picture, snapshot].map(Snapshot::deserialize);
                    assert_eq!(got.expect("one"), sent.expect("one"), "snapshot {number}");
                    same += 1;
                }
                None => {
                    pictures.insert(number, picture);
                }
            }
        }
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_few_samples_gets_few_and_a_query_that_is_none_is_refused() {
    let running = Running::start().await;
    let full =
        |view: &failover_core::View| view.sites.iter().all(|s| s.votes[0].checks[0].successes > 1);
    running.until("probed", full).await;
    let (_, event) = Events::open(&running, "/changes?samples=1").await.next().await;
    let series = event["services"][0]["samples"].as_array().expect("a list").clone();
    assert!(!series.is_empty());
    assert!(series.iter().all(|series| series[2].as_array().is_some_and(|all| all.len() == 1)));
    for query in ["samples=many", "samples=-1", "samples=99999", "sample=3"] {
        let path = format!("/changes?{query}");
        let answer = running.operator(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{query}");
        assert_eq!(body(answer).await["type"], "bad_request", "{query}");
    }
    running.stop().await;
}
