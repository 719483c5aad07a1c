//! What can be looked at: the snapshot, the curves, and the program itself.
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use failover_core::MoveId;
use serde::Deserialize;
use utoipa::IntoParams;
use web_api::{Curves, MoveCurve, Version};

use super::app::{App, service};
use super::auth::Viewer;
use super::input::Ask;
use super::openapi::snapshot::Snapshot;
use super::openapi::{curve, envelope};
use super::problem::{Answer, Refusal};

const CURVES_MAX: u32 = 50;

/// Everything at this moment.
#[utoipa::path(
    get, path = "/api/v1/snapshot", tag = "look",
    responses(
        (status = 200, body = Snapshot, description = "The latest snapshot"), envelope::Refused,
    )
)]
pub async fn snapshot(State(app): State<App>, _: Viewer) -> Answer<impl IntoResponse> {
    let json = app.json(&app.watcher().snapshot())?;
    Ok(([(CONTENT_TYPE, "application/json")], json))
}

/// How many are asked for.
pub(super) fn limited(asked: Option<u32>, default: u32, max: u32) -> Answer<u32> {
    let limit = asked.unwrap_or(default);
    if (1..=max).contains(&limit) {
        Ok(limit)
    } else {
        Err(Refusal::bad_request(format!("limit must be from 1 to {max}")))
    }
}

/// Which curves.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CurvesQuery {
    /// Only moves of this service.
    service: Option<String>,
    /// Only the move of this number.
    #[serde(rename = "move")]
    #[param(rename = "move")]
    id: Option<u64>,
    /// At most this many, the latest.
    #[param(minimum = 1, maximum = 50, default = 1)]
    limit: Option<u32>,
}

/// How the world's caches followed the latest moves: who gave the new answer when, and what was to
/// be expected.
#[utoipa::path(
    get, path = "/api/v1/curves", tag = "look", params(CurvesQuery),
    responses(
        (status = 200, body = curve::Curves, description = "The curves, the latest move first"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such service"),
        envelope::Refused,
    )
)]
pub async fn curves(
    State(app): State<App>,
    _: Viewer,
    Ask(query): Ask<CurvesQuery>,
) -> Answer<Json<Curves>> {
    let limit = limited(query.limit, 1, CURVES_MAX)?;
    if let Some(name) = &query.service {
        service(&app.watcher().snapshot(), name)?;
    }
    let read = app.watcher().curves(query.service.as_deref(), query.id.map(MoveId), limit).await;
    let curves = read.map_err(|error| Refusal::unavailable(error.to_string()))?;
    Ok(Json(Curves { curves: curves.into_iter().map(MoveCurve::of).collect() }))
}

/// Whether this process answers at all. Says nothing about the services.
#[utoipa::path(
    get, path = "/api/v1/health", tag = "program", security(()),
    responses((status = 204, description = "It does"))
)]
pub async fn health() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Which program this is.
#[utoipa::path(
    get, path = "/api/v1/version", tag = "program",
    responses(
        (status = 200, body = envelope::Version, description = "Its version"), envelope::Refused,
    )
)]
pub async fn version(_: Viewer) -> Json<Version> {
    Json(Version { version: crate::VERSION.to_owned() })
}
