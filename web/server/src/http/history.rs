//! How a service stood over time, told from the journal.
mod fold;

use axum::Json;
use axum::extract::State;
use failover_core::{ServiceSnapshot, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;
use watcher::EventQuery;
use web_api::History;

use super::app::{App, service};
use super::auth::Viewer;
use super::input::{Ask, Named};
use super::openapi::{self, envelope};
use super::problem::{Answer, Refusal};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// The longest time that is told at once.
const LONGEST_MS: u64 = 400 * DAY_MS;
/// So many events are looked at; what lies before them is not known.
const EVENTS_MAX: u32 = 5000;

/// Which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// The first moment, in milliseconds since the Unix epoch; a day before `to` if it is left out.
    from: Option<u64>,
    /// The last moment; now if it is left out.
    to: Option<u64>,
}

/// How a service, its sites and its automation stood over time.
#[utoipa::path(
    get, path = "/api/v1/services/{service}/history", tag = "look",
    params(("service" = String, Path, description = "The service's name"), HistoryQuery),
    responses(
        (status = 200, body = openapi::history::History, description = "The states over time"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed, or the time is longer than 400 days"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such service"),
        envelope::Refused,
    )
)]
pub async fn history(
    State(app): State<App>,
    _: Viewer,
    Named(name): Named,
    Ask(query): Ask<HistoryQuery>,
) -> Answer<Json<History>> {
    let snapshot = app.watcher().snapshot();
    let sites = sites(service(&snapshot, &name)?);
    let to = query.to.unwrap_or_else(|| snapshot.at.as_millis()).min(snapshot.at.as_millis());
    let from = query.from.unwrap_or_else(|| to.saturating_sub(DAY_MS));
    if from >= to {
        return Err(Refusal::bad_request("from must be before to, and in the past"));
    }
    if to - from > LONGEST_MS {
        return Err(Refusal::bad_request("from and to may be at most 400 days apart"));
    }
    let (from, to) = (Timestamp::from_millis(from), Timestamp::from_millis(to));
    let query = EventQuery {
        service: Some(name.clone()),
        until: Some(to),
        kinds: fold::KINDS.iter().map(|kind| (*kind).to_owned()).collect(),
        limit: EVENTS_MAX,
        ..EventQuery::default()
    };
    let read = app.watcher().search(query).await;
    let mut events = read.map_err(|error| Refusal::unavailable(error.to_string()))?;
    events.reverse();
    let all = events.len() < EVENTS_MAX as usize;
    let known_from =
        if all { from } else { events.first().map_or(from, |event| event.at).max(from) };
    Ok(Json(fold::history(&name, sites, &events, (from, to), known_from)))
}

fn sites(service: &ServiceSnapshot) -> Vec<String> {
    service.sites.iter().map(|site| site.name.clone()).collect()
}
