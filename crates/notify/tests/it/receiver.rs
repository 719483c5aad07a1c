//! An HTTP server that answers what it is told to, and remembers what it was sent.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use cloud_http::{HttpOptions, HttpTransport};
use notify::{Kind, Message, Severity};
use serde_json::Value;
use tokio::task::JoinHandle;

/// No machine is so slow that this is not enough.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One answer; `Hang` never comes.
#[derive(Clone, Debug)]
pub enum Answer {
    Say(u16, Vec<(&'static str, String)>, &'static str),
    Hang,
}

pub fn ok(body: &'static str) -> Answer {
    Answer::Say(200, Vec::new(), body)
}

pub fn status(status: u16, body: &'static str) -> Answer {
    Answer::Say(status, Vec::new(), body)
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// The server; gone when dropped.
pub struct Receiver {
    pub url: String,
    script: Script,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Answers these in turn, and the last of them for ever.
    pub async fn start(answers: Vec<Answer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let answers = Arc::new(Mutex::new(answers.into()));
        let script = Script { answers, seen: Arc::default() };
        let router = Router::new().fallback(answer).with_state(script.clone());
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { url, script, task }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().expect("not poisoned").clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    script.seen.lock().expect("not poisoned").push(Seen { method, path, headers, body });
    let next = {
        let mut answers = script.answers.lock().expect("not poisoned");
        if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
    };
    match next.expect("an answer") {
        Answer::Say(status, headers, body) => {
            let response = Response::builder().status(status);
            let response =
                headers.into_iter().fold(response, |all, (name, value)| all.header(name, value));
            response.body(Body::from(body)).expect("a response")
        }
        Answer::Hang => std::future::pending().await,
    }
}

pub fn transport() -> Arc<HttpTransport> {
    Arc::new(HttpTransport::new(HttpOptions::default()).expect("a transport"))
}

pub fn soon() -> Instant {
    Instant::now() + PATIENCE
}

pub fn message(kind: Kind) -> Message {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_910_400);
    Message {
        id: "5f0c2d".to_owned(),
        key: "app/site/london".to_owned(),
        kind,
        severity: Severity::Critical,
        service: Some("app".to_owned()),
        text: "london is down <& out>: \"refused\".".to_owned(),
        at,
        since: Some(at - Duration::from_secs(120)),
        vantage: "fra-1".to_owned(),
        panel: Some("https://schwenk.example.com".to_owned()),
        quiet: false,
    }
}
