//! The demo's own receiver of messages: a webhook and a dead man's switch on loopback, so that people
//! see what arrives without any account.
use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{any, post};
use failover_core::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use web_api::{DemoInbox, DemoMessage};

/// So many messages are kept.
const KEPT: usize = 50;
/// The largest message that is taken.
const BODY_MAX: usize = 16 * 1024;

/// The receiver; it is gone when this is dropped.
#[derive(Debug)]
pub struct Inbox {
    url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    key: SecretString,
    state: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    number: u64,
    messages: VecDeque<DemoMessage>,
    pings: u64,
    deaf: bool,
}

impl Inbox {
    /// Starts it on a free port; messages are signed with `key`.
    pub async fn start(key: SecretString) -> Result<Self, String> {
        let said = |error: std::io::Error| format!("no receiver for messages: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(said)?;
        let url = format!("http://{}", listener.local_addr().map_err(said)?);
        let shared = Arc::new(Shared { key, state: Mutex::default() });
        let router = Router::new()
            .route("/messages/{to}", post(take))
            .route("/ping", any(ping))
            .route("/ping/{how}", any(ping))
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .with_state(shared.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("the receiver of messages has stopped: {error}");
            }
        });
        Ok(Self { url, shared, task })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What has arrived, newest first.
    pub fn seen(&self) -> DemoInbox {
        self.shared.with(|seen| DemoInbox {
            messages: seen.messages.iter().rev().cloned().collect(),
            pings: seen.pings,
        })
    }

    /// Whether it refuses to listen.
    pub fn is_deaf(&self) -> bool {
        self.shared.with(|seen| seen.deaf)
    }

    /// Lets it refuse to listen, or listen again.
    pub fn deafen(&self, deaf: bool) {
        self.shared.with(|seen| seen.deaf = deaf);
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn with<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn take(
    State(shared): State<Arc<Shared>>,
    Path(to): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Ok(message) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let signed = is_signed(&shared.key, &headers, &body);
    let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    shared.with(|seen| {
        if seen.deaf {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        seen.number += 1;
        seen.messages.push_back(DemoMessage {
            number: seen.number,
            at: now(),
            to,
            severity: text("severity"),
            headline: text("headline"),
            text: text("text"),
            signed,
        });
        if seen.messages.len() > KEPT {
            seen.messages.pop_front();
        }
        StatusCode::NO_CONTENT
    })
}

async fn ping(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.with(|seen| {
        if seen.deaf {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        seen.pings += 1;
        StatusCode::OK
    })
}

/// Reckons the signature anew, as every receiver should.
fn is_signed(key: &SecretString, headers: &HeaderMap, body: &[u8]) -> bool {
    let said = headers.get("x-schwenk-signature").and_then(|value| value.to_str().ok());
    let Some(said) = said else { return false };
    let seconds = said.strip_prefix("t=").and_then(|rest| rest.split(',').next());
    let Some(seconds) = seconds.and_then(|text| text.parse().ok()) else { return false };
    let at = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    at.is_some_and(|at| notify::signature(key, at, body) == said)
}

fn now() -> Timestamp {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}
