//! An HTTP server on loopback that answers as a test says and remembers what it was asked.
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, Method};

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub target: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A running server; it ends with the test.
pub struct Server {
    /// `http://127.0.0.1:port`, without a slash at the end.
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Answers request number `n`, counted from 0, with what `answer(n, request)` says.
    pub async fn start<F>(answer: F) -> Self
    where
        F: Fn(usize, Seen) -> Response + Send + Sync + 'static,
    {
        Self::start_slow(move |n, seen| (Duration::ZERO, answer(n, seen))).await
    }

    /// The same, but every answer comes with the time to hold it back.
    pub async fn start_slow<F>(answer: F) -> Self
    where
        F: Fn(usize, Seen) -> (Duration, Response) + Send + Sync + 'static,
    {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let log = Arc::clone(&seen);
        let answer = Arc::new(answer);
        let app = axum::Router::new().fallback(move |request: Request| -> Answer {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            Box::pin(async move {
                let seen = read(request).await;
                let n = {
                    let mut log = log.lock().unwrap();
                    log.push(seen.clone());
                    log.len() - 1
                };
                let (hold, response) = answer(n, seen);
                tokio::time::sleep(hold).await;
                response
            })
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, task }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(request: Request) -> Seen {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Seen {
        method: parts.method,
        target: parts.uri.to_string(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// An answer with a status, headers and a body.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body.to_owned())).unwrap()
}

/// A JSON answer.
pub fn json(status: u16, body: &serde_json::Value) -> Response {
    answer(status, &[("content-type", "application/json")], &body.to_string())
}
