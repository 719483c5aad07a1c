//! A transport that writes down what goes over the wire, and lets a test step in.
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_http::{HttpOptions, HttpTransport, Transport, TransportError};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;

/// One request, as sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    pub target: String,
    pub body: Value,
}

type Before = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// What happens to the next request that matches.
enum Trick {
    /// It is not sent; this is the answer.
    Answer(u16, String),
    /// Something else happens first.
    Before(Before),
}

/// Real HTTP, written down.
pub struct Tap {
    http: HttpTransport,
    sent: Mutex<Vec<Sent>>,
    tricks: Mutex<Vec<(&'static str, Trick)>>,
}

impl Tap {
    pub fn new() -> Arc<Self> {
        let mut options = HttpOptions::default();
        options.connect_timeout = Duration::from_secs(30);
        let http = HttpTransport::new(options).expect("a transport");
        Arc::new(Self { http, sent: Mutex::default(), tricks: Mutex::default() })
    }

    /// Answers the next request whose `METHOD target` contains `matching`, in the server's place.
    pub fn answer(&self, matching: &'static str, status: u16, body: impl ToString) {
        let trick = Trick::Answer(status, body.to_string());
        self.tricks.lock().unwrap().push((matching, trick));
    }

    /// Does `what` before the next request whose `METHOD target` contains `matching` is sent.
    pub fn before<F>(&self, matching: &'static str, what: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let trick = Trick::Before(Box::new(|| Box::pin(what)));
        self.tricks.lock().unwrap().push((matching, trick));
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// The bodies of all changes sent so far.
    pub fn changes(&self) -> Vec<Value> {
        self.sent().into_iter().filter(|s| s.method == "POST").map(|s| s.body).collect()
    }

    /// How many requests contain `text` in `METHOD target`.
    pub fn count(&self, text: &str) -> usize {
        self.sent().iter().filter(|s| format!("{} {}", s.method, s.target).contains(text)).count()
    }

    pub fn forget(&self) {
        self.sent.lock().unwrap().clear();
    }

    fn trick(&self, line: &str) -> Option<Trick> {
        let mut tricks = self.tricks.lock().unwrap();
        let at = tricks.iter().position(|(matching, _)| line.contains(matching))?;
        Some(tricks.remove(at).1)
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

#[async_trait]
impl Transport for Tap {
    async fn send(
        &self,
        request: Request<Bytes>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, TransportError> {
        let target = request.uri().path_and_query().map_or("", |path| path.as_str()).to_owned();
        let line = format!("{} {target}", request.method());
        let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
        let sent = Sent { method: request.method().to_string(), target, body };
        self.sent.lock().unwrap().push(sent);
        match self.trick(&line) {
            Some(Trick::Answer(status, body)) => {
                let answer = Response::builder().status(status).body(Bytes::from(body));
                return Ok(answer.expect("a response"));
            }
            Some(Trick::Before(what)) => what().await,
            None => {}
        }
        self.http.send(request, deadline).await
    }
}
