//! A transport that answers from a script and remembers what it was asked.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_http::{Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use serde_json::Value;

/// One request: method, path below the base with its query, and body.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub body: Value,
}

/// What to answer.
pub enum Reply {
    Json(u16, Value),
    /// The request arrives, the answer does not.
    Lost,
}

/// Answers each request with the first reply left whose pattern it fits; one that fits none is a
/// mistake of the test and answered with status 599.
#[derive(Clone, Default)]
pub struct Script(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    replies: VecDeque<(String, Reply)>,
    asked: Vec<Asked>,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    /// Answers a request whose method and path begin with `pattern`, such as `GET /servers/1`.
    pub fn reply(&self, pattern: &str, status: u16, json: Value) -> &Self {
        self.push(pattern, Reply::Json(status, json))
    }

    /// Loses the answer to such a request.
    pub fn lose(&self, pattern: &str) -> &Self {
        self.push(pattern, Reply::Lost)
    }

    fn push(&self, pattern: &str, reply: Reply) -> &Self {
        self.0.lock().unwrap().replies.push_back((pattern.to_owned(), reply));
        self
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().asked.clone()
    }

    /// The requests as `METHOD /path`, without their queries.
    pub fn lines(&self) -> Vec<String> {
        let line = |asked: &Asked| {
            let path = asked.path.split('?').next().unwrap_or_default();
            format!("{} {path}", asked.method)
        };
        self.asked().iter().map(line).collect()
    }

    /// How many requests begin like `pattern`.
    pub fn count(&self, pattern: &str) -> usize {
        self.lines().iter().filter(|line| line.starts_with(pattern)).count()
    }

    /// The body of the first request that begins like `pattern`.
    pub fn body(&self, pattern: &str) -> Value {
        let fits = |asked: &&Asked| format!("{} {}", asked.method, asked.path).starts_with(pattern);
        self.asked().iter().find(fits).map(|asked| asked.body.clone()).unwrap_or_default()
    }

    /// Fails unless every reply was used.
    pub fn finished(&self) {
        let left: Vec<String> =
            self.0.lock().unwrap().replies.iter().map(|(pattern, _)| pattern.clone()).collect();
        assert!(left.is_empty(), "never asked for: {left:?}; asked: {:#?}", self.lines());
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: Request<Bytes>,
        _deadline: Instant,
    ) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let line = format!("{} {path}", request.method());
        let mut state = self.0.lock().unwrap();
        state.asked.push(Asked { method: request.method().to_string(), path, body });
        let index = state.replies.iter().position(|(pattern, _)| line.starts_with(pattern));
        let reply = index.and_then(|index| state.replies.remove(index)).map(|(_, reply)| reply);
        match reply {
            Some(Reply::Json(status, json)) => {
                let body = if status == 204 { Bytes::new() } else { json.to_string().into() };
                Ok(Response::builder().status(status).body(body).unwrap())
            }
            Some(Reply::Lost) => {
                Err(TransportError::new(TransportErrorKind::Interrupted, "connection reset"))
            }
            None => {
                let text = format!("the script has no reply to {line}");
                Ok(Response::builder().status(599).body(text.into()).unwrap())
            }
        }
    }
}
