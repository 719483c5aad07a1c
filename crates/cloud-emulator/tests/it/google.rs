//! Google over real HTTP: the API as its documents and its users' error reports describe it.

mod access;
mod batch;
mod changes;
mod compute;
mod faults;
mod metadata;
mod rendering;
mod robot;
mod rrsets;
mod tokens;
mod values;
mod zones;

use std::time::{Duration, Instant};

use cloud_emulator::{Emulator, Options};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::quick;

/// The zone every emulator here starts with.
const ZONE: &str = "/managedZones/schwenk-example";

/// An emulator and a client that talks to its Google.
struct Google {
    emulator: Emulator,
    http: Client,
    _directory: TempDir,
}

/// An HTTP answer, read to the end.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Google {
    async fn start() -> Self {
        Self::with(Options { change_delay: Duration::ZERO, ..Options::default() }).await
    }

    async fn with(options: Options) -> Self {
        // Unlike `quick::start` the file stays, for tests that sign with it.
        let directory = TempDir::new().expect("a directory");
        let key_file = directory.path().join("key.json");
        std::fs::write(&key_file, quick::key().await).expect("a file");
        let options = Options { key_file: Some(key_file), ..options };
        let emulator = Emulator::start(options).await.expect("loopback ports are free");
        Self { emulator, http: Client::new(), _directory: directory }
    }

    /// Something on Google's port.
    fn url(&self, path: &str) -> String {
        format!("{}{}", self.emulator.info().google.trim_end_matches('/'), path)
    }

    /// A request below the project, with the configured token.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let info = self.emulator.info();
        let url = self.url(&format!("/dns/v1/projects/{}{path}", info.project));
        self.http.request(method, url).bearer_auth(&info.tokens.google)
    }

    async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        send(with_json(self.request(Method::POST, path), body)).await
    }

    async fn patch(&self, path: &str, body: &Value) -> Answer {
        send(with_json(self.request(Method::PATCH, path), body)).await
    }

    async fn put(&self, path: &str, body: &Value) -> Answer {
        send(with_json(self.request(Method::PUT, path), body)).await
    }

    /// `changes.create` in the first zone.
    async fn change(&self, deletions: &[Value], additions: &[Value]) -> Answer {
        let body = json!({ "deletions": deletions, "additions": additions });
        self.post(&format!("{ZONE}/changes"), &body).await
    }

    /// One set of the first zone.
    async fn set(&self, name: &str, rtype: &str) -> Answer {
        self.get(&format!("{ZONE}/rrsets/{name}/{rtype}")).await
    }

    /// Name and type of every set of the first zone, as listed.
    async fn titles(&self, query: &str) -> Vec<String> {
        let list = self.get(&format!("{ZONE}/rrsets{query}")).await.json();
        let sets = list["rrsets"].as_array().cloned().unwrap_or_default();
        let title = |set: &Value| {
            let text = |member: &str| set[member].as_str().unwrap_or("?").to_owned();
            format!("{} {}", text("name"), text("type"))
        };
        sets.iter().map(title).collect()
    }
}

impl Answer {
    fn json(&self) -> Value {
        assert_eq!(self.headers.get("content-type"), Some(&HeaderValue::from_static(JSON)));
        serde_json::from_str(&self.text).expect("the body is JSON")
    }

    /// The body of an answer that must be 200.
    fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// Code and first reason of an error, after checking the envelope around them.
    fn error(&self) -> (u16, String) {
        let error = &self.json()["error"];
        let first = &error["errors"][0];
        assert_eq!(error["code"], self.status, "{}", self.text);
        for member in [&error["message"], &error["status"], &first["message"], &first["domain"]] {
            assert!(member.is_string(), "{}", self.text);
        }
        (self.status, first["reason"].as_str().expect("a reason").to_owned())
    }

    fn message(&self) -> String {
        self.json()["error"]["message"].as_str().expect("a message").to_owned()
    }
}

const JSON: &str = "application/json; charset=UTF-8";

async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, text: answer.text().await.expect("a body") }
}

fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

/// A record set as clients send it.
fn set(name: &str, rtype: &str, ttl: u32, values: &[&str]) -> Value {
    json!({ "name": name, "type": rtype, "ttl": ttl, "rrdatas": values })
}

fn refused(code: u16, reason: &str) -> (u16, String) {
    (code, reason.to_owned())
}

/// Asks again until it is so; the limit is only there to end a test that would never end.
async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < Duration::from_secs(20), "still not: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
