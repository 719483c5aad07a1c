//! A transport that writes down what goes over the wire.
use std::sync::Mutex;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_http::{HttpOptions, HttpTransport, Transport, TransportError};
use http::{Request, Response};
use serde_json::Value;

/// One request, as sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    /// Path and query below `/v1`.
    pub path: String,
    pub body: Value,
    pub status: Option<u16>,
    pub began: Instant,
    pub ended: Instant,
}

/// Real HTTP, written down.
#[derive(Debug)]
pub struct Spy {
    http: HttpTransport,
    sent: Mutex<Vec<Sent>>,
}

impl Spy {
    pub fn new() -> Self {
        let http = HttpTransport::new(HttpOptions::default()).expect("a transport");
        Self { http, sent: Mutex::default() }
    }

    /// What was sent so far, in the order of the answers.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// `METHOD path` of everything sent so far.
    pub fn lines(&self) -> Vec<String> {
        self.sent().iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect()
    }

    /// How many requests contain `text` in `METHOD path`.
    pub fn count(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(text)).count()
    }

    pub fn forget(&self) {
        self.sent.lock().unwrap().clear();
    }
}

#[async_trait]
impl Transport for Spy {
    async fn send(
        &self,
        request: Request<Bytes>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        let mut sent = Sent {
            method: request.method().to_string(),
            path: path.strip_prefix("/v1").unwrap_or(path).to_owned(),
            body: serde_json::from_slice(request.body()).unwrap_or(Value::Null),
            status: None,
            began: Instant::now(),
            ended: Instant::now(),
        };
        let answer = self.http.send(request, deadline).await;
        sent.status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        sent.ended = Instant::now();
        self.sent.lock().unwrap().push(sent);
        answer
    }
}
