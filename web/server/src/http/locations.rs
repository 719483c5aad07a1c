//! The clouds' servers and the blueprint: what there is, and work on it.
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web_api::{
    ApplyRequest, BlueprintPlan, DestroyRequest, LatestJob, Locations, MachineTypes, PlacesJob,
    PowerRequest, ResizeRequest,
};

use super::app::App;
use super::auth::{Operator, Viewer};
use super::input::{Ask, Body};
use super::openapi::envelope;
use super::problem::{Answer, Refusal};
use crate::places::{Places, Refused};

/// How old the answer may be.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LocationsQuery {
    /// Ask the clouds now, unless they were asked within two seconds.
    #[serde(default)]
    #[param(required = false, default = false)]
    fresh: bool,
}

/// What stands at all clouds, at most ten seconds old. A cloud that does not answer says why.
#[utoipa::path(
    get, path = "/api/v1/locations", tag = "places", params(LocationsQuery),
    responses(
        (status = 200, body = Locations, description = "Servers, networks and addresses"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        envelope::Refused,
    )
)]
pub async fn list(
    State(app): State<App>,
    _: Viewer,
    Ask(query): Ask<LocationsQuery>,
) -> Answer<Json<Locations>> {
    let places = places(&app)?;
    places.recall(app.watcher()).await;
    Ok(Json(places.look(&app.watcher().snapshot(), query.fresh).await))
}

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MachinesQuery {
    /// The provider's id.
    provider: String,
    /// The place, as its servers name it.
    place: String,
}

/// What a server at a place can become, with prices where the vendor has some.
#[utoipa::path(
    get, path = "/api/v1/locations/machines", tag = "places", params(MachinesQuery),
    responses(
        (status = 200, body = MachineTypes, description = "The types"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such provider or place"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "The cloud does not answer"),
        envelope::Refused,
    )
)]
pub async fn machines(
    State(app): State<App>,
    _: Viewer,
    Ask(query): Ask<MachinesQuery>,
) -> Answer<Json<MachineTypes>> {
    let found = places(&app)?.machines(&query.provider, &query.place).await;
    found.map(Json).map_err(refusal)
}

/// The latest work at the clouds, with all its steps. Asks no vendor.
#[utoipa::path(
    get, path = "/api/v1/locations/job", tag = "places",
    responses((status = 200, body = LatestJob, description = "The work"), envelope::Refused)
)]
pub async fn job(State(app): State<App>, _: Viewer) -> Answer<Json<LatestJob>> {
    let places = places(&app)?;
    places.recall(app.watcher()).await;
    Ok(Json(LatestJob { job: places.latest() }))
}

/// What would make the blueprint so, and what it costs. Asks the clouds and changes nothing.
#[utoipa::path(
    get, path = "/api/v1/locations/plan", tag = "places",
    responses(
        (status = 200, body = BlueprintPlan, description = "The plan"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "The configuration has no blueprint"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "The secrets of the servers are not where they were (`secrets_missing`)"),
        envelope::Refused,
    )
)]
pub async fn plan(State(app): State<App>, _: Viewer) -> Answer<Json<BlueprintPlan>> {
    places(&app)?.plan().await.map(Json).map_err(refusal)
}

/// Turns a server on or off. Answers once that is written down; the work goes on.
#[utoipa::path(
    post, path = "/api/v1/locations/power", tag = "places", request_body = PowerRequest,
    responses(
        (status = 200, body = LatestJob, description = "It has begun"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such provider or server"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "Refused: `job_running`, `other_server`, `foreign_server`, `server_busy`, \
                        `cloud_silent`"),
        (status = 503, body = envelope::Problem, content_type = "application/problem+json",
         description = "The journal cannot be written, so nothing is done"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn power(
    State(app): State<App>,
    operator: Operator,
    Body(request): Body<PowerRequest>,
) -> Answer<Json<LatestJob>> {
    begun(places(&app)?.power(app.watcher(), operator.actor(), request).await)
}

/// Gives a server another type; it is stopped for that. Answers once that is written down.
#[utoipa::path(
    post, path = "/api/v1/locations/resize", tag = "places", request_body = ResizeRequest,
    responses(
        (status = 200, body = LatestJob, description = "It has begun"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such provider or server"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "Refused, as for the power"),
        (status = 503, body = envelope::Problem, content_type = "application/problem+json",
         description = "The journal cannot be written, so nothing is done"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn resize(
    State(app): State<App>,
    operator: Operator,
    Body(request): Body<ResizeRequest>,
) -> Answer<Json<LatestJob>> {
    begun(places(&app)?.resize(app.watcher(), operator.actor(), request).await)
}

/// Applies the blueprint's plan that somebody has looked at. Answers once that is written down.
#[utoipa::path(
    post, path = "/api/v1/locations/apply", tag = "places", request_body = ApplyRequest,
    responses(
        (status = 200, body = LatestJob, description = "It has begun"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "The configuration has no blueprint"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "Refused: `job_running`, `plan_changed`, `plan_blocked`, `nothing_to_do`, \
                        `not_typed`, `secrets_missing`"),
        (status = 503, body = envelope::Problem, content_type = "application/problem+json",
         description = "The journal cannot be written, so nothing is done"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn apply(
    State(app): State<App>,
    operator: Operator,
    Body(request): Body<ApplyRequest>,
) -> Answer<Json<LatestJob>> {
    begun(places(&app)?.apply(app.watcher(), operator.actor(), request).await)
}

/// Removes everything that carries the blueprint's owner, which has to be typed.
#[utoipa::path(
    post, path = "/api/v1/locations/destroy", tag = "places", request_body = DestroyRequest,
    responses(
        (status = 200, body = LatestJob, description = "It has begun"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "The configuration has no blueprint"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "Refused: `job_running`, `not_typed`"),
        (status = 503, body = envelope::Problem, content_type = "application/problem+json",
         description = "The journal cannot be written, so nothing is done"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn destroy(
    State(app): State<App>,
    operator: Operator,
    Body(request): Body<DestroyRequest>,
) -> Answer<Json<LatestJob>> {
    begun(places(&app)?.destroy(app.watcher(), operator.actor(), request).await)
}

/// Asks the present work to end before its next step; what was begun is finished.
#[utoipa::path(
    post, path = "/api/v1/locations/stop", tag = "places",
    responses(
        (status = 200, body = LatestJob, description = "It will end"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "Refused: `no_job`, `not_stoppable`"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn stop(State(app): State<App>, _: Operator) -> Answer<Json<LatestJob>> {
    begun(places(&app)?.stop())
}

fn begun(result: Result<PlacesJob, Refused>) -> Answer<Json<LatestJob>> {
    result.map(|job| Json(LatestJob { job: Some(job) })).map_err(refusal)
}

fn places(app: &App) -> Answer<&Arc<Places>> {
    app.places().ok_or_else(|| {
        let detail = "this server was started without the clouds of a configuration";
        Refusal::new(StatusCode::NOT_FOUND, "no_clouds", "No clouds", detail)
    })
}

fn refusal(why: Refused) -> Refusal {
    match why {
        Refused::Unknown(kind, detail) => {
            Refusal::new(StatusCode::NOT_FOUND, kind, "There is no such thing", detail)
        }
        Refused::Conflict(kind, detail) => {
            Refusal::new(StatusCode::CONFLICT, kind, "Nothing was changed", detail)
        }
        Refused::Unwritten(detail) => Refusal::unavailable(detail),
    }
}
