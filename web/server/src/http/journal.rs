//! The journal: page by page, or as lines to take away.
use std::io;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use failover_core::{EventRecord, Severity, Timestamp};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;
use watcher::{EventQuery, Handle};
use web_api::Events;

use super::app::{App, service};
use super::auth::Viewer;
use super::input::Ask;
use super::look::limited;
use super::openapi::{envelope, event};
use super::problem::{Answer, Refusal};

const DEFAULT: u32 = 100;
const MAX: u32 = 1000;
/// As many lines as one download has: some tens of megabytes.
const LINES_MAX: u32 = 100_000;
/// So many events are read from the journal at once for a download.
const BATCH: u32 = 500;
/// The longest text or name that is looked for.
const TEXT_MAX: usize = 1000;

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Only events with a greater number.
    #[serde(default)]
    #[param(required = false, default = 0)]
    after: u64,
    /// Only events with a smaller number: the page before.
    before: Option<u64>,
    /// Only events at this moment or later, in milliseconds since the Unix epoch.
    since: Option<u64>,
    /// Only events at this moment or earlier.
    until: Option<u64>,
    /// At most this many.
    #[param(minimum = 1)]
    limit: Option<u32>,
    /// Only events of this service.
    service: Option<String>,
    /// Only events of these kinds, with commas between them: `move_started,move_completed`.
    kind: Option<String>,
    /// Only events this urgent or more: `info`, `warning` or `critical`.
    #[param(value_type = Option<String>)]
    severity: Option<Severity>,
    /// Only what this person, or `schwenk` itself, has done.
    who: Option<String>,
    /// Only events with these letters in their sentence, service, kind or who did it, whatever their
    /// case.
    text: Option<String>,
}

/// The journal, newest first.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "look", params(EventsQuery),
    responses(
        (status = 200, body = envelope::Events, description = "The events, newest first"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such service"),
        envelope::Refused,
    )
)]
pub async fn events(
    State(app): State<App>,
    _: Viewer,
    Ask(asked): Ask<EventsQuery>,
) -> Answer<Json<Events>> {
    let limit = limited(asked.limit, DEFAULT, MAX)?;
    // Who reads on from a number must miss nothing, so it gets the oldest it has not seen.
    let oldest_first = asked.after != 0;
    let query = EventQuery { oldest_first, limit, ..query(&app, asked)? };
    let read = app.watcher().search(query).await;
    let mut events = read.map_err(|error| Refusal::unavailable(error.to_string()))?;
    if oldest_first {
        events.reverse();
    }
    Ok(Json(Events { events }))
}

/// The journal as JSON Lines, oldest first: one event a line, at most 100 000.
#[utoipa::path(
    get, path = "/api/v1/events.jsonl", tag = "look", params(EventsQuery),
    responses(
        (status = 200, body = event::EventRecord, content_type = "application/jsonl",
         description = "One event a line, the oldest first"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such service"),
        envelope::Refused,
    )
)]
pub async fn lines(
    State(app): State<App>,
    _: Viewer,
    Ask(asked): Ask<EventsQuery>,
) -> Answer<impl IntoResponse> {
    let left = limited(asked.limit, LINES_MAX, LINES_MAX)?;
    let query = EventQuery { oldest_first: true, ..query(&app, asked)? };
    // A journal that cannot be read is said now; later there would be no status to say it with.
    let first = Reading { watcher: app.watcher().clone(), query, left };
    let (first, rest) = first.next().await.map_err(Refusal::unavailable)?;
    let rest = stream::try_unfold(rest, |reading: Option<Reading>| async move {
        match reading {
            Some(reading) => reading.next().await.map(Some).map_err(io::Error::other),
            None => Ok(None),
        }
    });
    let first = stream::iter([Ok::<Bytes, io::Error>(first)]);
    let headers = [
        (CONTENT_TYPE, "application/jsonl"),
        (CONTENT_DISPOSITION, "attachment; filename=\"schwenk-events.jsonl\""),
    ];
    Ok((headers, Body::from_stream(futures_util::StreamExt::chain(first, rest))))
}

/// A download under way: a batch is read when the one before it has been sent.
struct Reading {
    watcher: Handle,
    query: EventQuery,
    left: u32,
}

impl Reading {
    /// The next lines, and how it goes on; `None`: that was all.
    async fn next(mut self) -> Result<(Bytes, Option<Self>), String> {
        let limit = self.left.min(BATCH);
        let query = EventQuery { limit, ..self.query.clone() };
        let events = self.watcher.search(query).await.map_err(|error| error.to_string())?;
        let more = events.len() == limit as usize && self.left > limit;
        self.left -= limit;
        if let Some(last) = events.last() {
            self.query.after = last.seq;
        }
        Ok((text(&events)?, more.then_some(self)))
    }
}

fn text(events: &[EventRecord]) -> Result<Bytes, String> {
    let mut text = Vec::new();
    for event in events {
        serde_json::to_writer(&mut text, event).map_err(|error| error.to_string())?;
        text.push(b'\n');
    }
    Ok(text.into())
}

/// What is asked for in the journal's terms, without a limit.
fn query(app: &App, asked: EventsQuery) -> Answer<EventQuery> {
    if let Some(name) = &asked.service {
        service(&app.watcher().snapshot(), name)?;
    }
    for (key, value) in [("who", &asked.who), ("text", &asked.text), ("kind", &asked.kind)] {
        if value.as_ref().is_some_and(|value| value.len() > TEXT_MAX) {
            return Err(Refusal::bad_request(format!("{key} is too long to look for")));
        }
    }
    let kinds =
        asked.kind.as_deref().unwrap_or_default().split(',').filter(|kind| !kind.is_empty());
    let kinds: Vec<String> = kinds.map(str::to_owned).collect();
    let word = |kind: &String| kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !kinds.iter().all(word) {
        let detail = "kind: write an event's kind such as move_started, several with commas";
        return Err(Refusal::bad_request(detail));
    }
    Ok(EventQuery {
        after: asked.after,
        before: asked.before,
        since: asked.since.map(Timestamp::from_millis),
        until: asked.until.map(Timestamp::from_millis),
        service: asked.service,
        kinds,
        severity: asked.severity,
        who: asked.who.filter(|who| !who.is_empty()),
        text: asked.text.filter(|text| !text.is_empty()),
        ..EventQuery::default()
    })
}
