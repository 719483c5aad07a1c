//! The snapshots as they happen (Server-Sent Events).
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use failover_core::Snapshot;
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use watcher::Updates;

use super::app::App;
use super::auth::{SessionId, Viewer};
use super::openapi::{self, envelope};
use super::problem::{Answer, Refusal};

/// Between two snapshots on one stream: people see no more than this, and a busy watcher must not
/// keep every browser busy too.
const PACE: Duration = Duration::from_millis(100);
/// A comment on a quiet stream, so that proxies keep it open and a dead one is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// A full snapshot at once and after every change; a slow reader gets only the newest.
#[utoipa::path(
    get, path = "/api/v1/live", tag = "look",
    responses(
        (status = 200, body = openapi::snapshot::Snapshot, content_type = "text/event-stream",
         description = "Server-Sent Events; the data of each is a snapshot as JSON"),
        envelope::Refused,
    )
)]
pub async fn live(State(app): State<App>, viewer: Viewer) -> Answer<impl IntoResponse> {
    let listener = Listener { seat: Seat::take(app, viewer)?, sent: None };
    let events = stream::unfold(listener, Listener::next);
    Ok(Sse::new(events).keep_alive(keep_alive()))
}

/// What keeps a quiet stream open.
pub(super) fn keep_alive() -> KeepAlive {
    KeepAlive::new().interval(KEEP_ALIVE)
}

/// A place for one who listens, of which there are not many.
#[derive(Debug)]
pub(super) struct Seat {
    app: App,
    updates: Updates,
    ending: watch::Receiver<bool>,
    session: Option<SessionId>,
    _place: OwnedSemaphorePermit,
}

impl Seat {
    /// A place, if there is one.
    pub(super) fn take(app: App, viewer: Viewer) -> Answer<Self> {
        let place = app.listeners().try_acquire_owned().map_err(|_| {
            let detail = "too many live streams are open; close some, or poll /api/v1/snapshot";
            let status = StatusCode::TOO_MANY_REQUESTS;
            Refusal::new(status, "too_many_listeners", "Too many listeners", detail).retry_after(5)
        })?;
        Ok(Self {
            updates: app.watcher().updates(),
            ending: app.ending(),
            session: viewer.session,
            app,
            _place: place,
        })
    }

    /// What all requests share.
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// A session that has ended must not go on watching through an open stream.
    pub(super) fn is_welcome(&self) -> bool {
        self.session.is_none_or(|id| self.app.sessions().account(&id).is_some())
    }

    /// The snapshot after `sent`; `None` when the watcher or the server ends.
    pub(super) async fn next(&mut self, sent: Option<u64>) -> Option<Arc<Snapshot>> {
        match sent {
            None => Some(self.app.watcher().snapshot()),
            Some(sent) => self.newer_than(sent).await,
        }
    }

    async fn newer_than(&mut self, sent: u64) -> Option<Arc<Snapshot>> {
        let newer = async {
            tokio::time::sleep(PACE).await;
            loop {
                let snapshot = self.updates.next().await?;
                if snapshot.number > sent {
                    return Some(snapshot);
                }
            }
        };
        tokio::select! {
            snapshot = newer => snapshot,
            _ = self.ending.wait_for(|ending| *ending) => None,
        }
    }

    /// Waits for a moment; `None` when the server ends.
    pub(super) async fn pause(&mut self, time: Duration) -> Option<()> {
        tokio::select! {
            () = tokio::time::sleep(time) => Some(()),
            _ = self.ending.wait_for(|ending| *ending) => None,
        }
    }
}

#[derive(Debug)]
struct Listener {
    seat: Seat,
    /// The number of the latest snapshot that was sent.
    sent: Option<u64>,
}

impl Listener {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let snapshot = self.seat.next(self.sent).await?;
        self.sent = Some(snapshot.number);
        if !self.seat.is_welcome() {
            return None;
        }
        let json = self.seat.app().json(&snapshot).ok()?;
        let text = str::from_utf8(&json).ok()?;
        let event = Event::default().id(snapshot.number.to_string()).data(text);
        Some((Ok(event), self))
    }
}
