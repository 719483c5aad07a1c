//! Hetzner over real HTTP: the API as its documents and its users' error reports describe it.

mod actions;
mod compute;
mod faults;
mod lists;
mod records;
mod rrsets;
mod transport;
mod zonefile;
mod zones;

use std::time::{Duration, Instant};

use cloud_emulator::{Emulator, Options};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::quick;

/// RRsets of the zone every emulator here starts with.
const RRSETS: &str = "/zones/schwenk.example/rrsets";

/// An emulator and a client that talks to its Hetzner.
struct Hetzner {
    emulator: Emulator,
    http: Client,
}

/// An HTTP answer, read to the end.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    json: Value,
}

impl Hetzner {
    /// An emulator whose actions have ended by the time they are answered.
    async fn start() -> Self {
        let (action_delay, publish_delay) = (Duration::ZERO, Duration::ZERO);
        Self::with(Options { action_delay, publish_delay, ..Options::default() }).await
    }

    async fn with(options: Options) -> Self {
        let emulator = quick::start(options).await;
        Self { emulator, http: Client::new() }
    }

    /// A request below `/v1`, without token.
    fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.emulator.info().hetzner))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.emulator.info().tokens.hetzner)
    }

    async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).body(body.to_string())).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, path).body(body.to_string())).await
    }

    /// Asks for an action until it has ended.
    async fn ended(&self, action: &Value) -> Value {
        let path = format!("/actions/{}", action["id"]);
        let started = Instant::now();
        loop {
            let answer = self.get(&path).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let action = answer.json["action"].clone();
            if action["status"] != "running" {
                return action;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{action} does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The values of an RRset of the first zone.
    async fn values(&self, id: &str) -> Vec<String> {
        let answer = self.get(&format!("{RRSETS}/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let records = answer.json["rrset"]["records"].as_array().cloned().unwrap_or_default();
        records.iter().map(|one| one["value"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

impl Answer {
    fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    /// Asserts an error answer in the vendor's envelope.
    fn is_error(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{self:?}");
        let error = self.json["error"].as_object().expect("an error object");
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        assert!(error.contains_key("details"), "{self:?}");
    }

    /// Asserts a refusal of one field.
    fn refuses(&self, field: &str) {
        self.is_error(422, "invalid_input");
        let named = &self.json["error"]["details"]["fields"][0];
        assert_eq!(named["name"], field, "{self:?}");
        assert!(named["messages"][0].is_string(), "{self:?}");
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or("")
    }

    /// The ids in a list.
    fn ids(&self, list: &str) -> Vec<Value> {
        let items = self.json[list].as_array().unwrap_or_else(|| panic!("no {list}: {self:?}"));
        items.iter().map(|item| item["id"].clone()).collect()
    }
}

async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the API answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("a whole body");
    let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer { status, headers, json }
}

fn records(values: &[&str]) -> Value {
    json!({"records": values.iter().map(|value| json!({"value": value})).collect::<Vec<_>>()})
}

fn rrset(name: &str, rtype: &str, values: &[&str]) -> Value {
    json!({"name": name, "type": rtype, "records": records(values)["records"]})
}
