//! Zones and records of all providers: shown side by side, planned, changed, examined.
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use dns_provider::Name;
use serde::Deserialize;
use utoipa::IntoParams;
use web_api::{
    RecordChange, RecordsChecked, RecordsPlan, RecordsRun, RecordsWanted, ZoneDoctor, ZoneRecords,
    Zones,
};

use super::app::App;
use super::auth::{Operator, Viewer};
use super::command;
use super::input::{Ask, Body, Named};
use super::openapi::{envelope, records as shape};
use super::problem::{Answer, Refusal};
use crate::records::{NotBegun, Page, Planned, Records, check, parse};

const ROWS_DEFAULT: usize = 200;
const ROWS_MAX: usize = 500;
/// The longest somebody can wait for the next news of a change.
const WAIT_MAX: u64 = 30;

/// Whether what is shown may be some seconds old.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ZonesQuery {
    /// Read the providers again; once in a second at most.
    #[serde(default)]
    #[param(required = false, default = false)]
    refresh: bool,
}

/// The zones of all providers.
#[utoipa::path(
    get, path = "/api/v1/records/zones", tag = "records", params(ZonesQuery),
    responses(
        (status = 200, body = shape::Zones, description = "The zones, and who could not be read"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        envelope::Refused,
    )
)]
pub async fn zones(
    State(app): State<App>,
    _: Viewer,
    Ask(query): Ask<ZonesQuery>,
) -> Answer<Json<Zones>> {
    Ok(Json(records(&app)?.zones(query.refresh).await))
}

/// Which records.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecordsQuery {
    /// The zone.
    zone: String,
    /// Only RRsets with these letters in name, type or a value.
    #[serde(default)]
    #[param(required = false)]
    text: String,
    /// Only RRsets in which providers differ.
    #[serde(default)]
    #[param(required = false, default = false)]
    differing: bool,
    /// So many come before the first.
    #[serde(default)]
    #[param(required = false, default = 0)]
    offset: usize,
    /// At most this many.
    #[param(minimum = 1, maximum = 500, default = 200)]
    limit: Option<usize>,
    /// Read the providers again; once in a second at most.
    #[serde(default)]
    #[param(required = false, default = false)]
    refresh: bool,
}

/// One zone, RRset by RRset, with a column for each provider. A provider that cannot be read says so
/// in its column.
#[utoipa::path(
    get, path = "/api/v1/records", tag = "records", params(RecordsQuery),
    responses(
        (status = 200, body = shape::ZoneRecords, description = "The records, side by side"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "No provider has this zone"),
        envelope::Refused,
    )
)]
pub async fn list(
    State(app): State<App>,
    _: Viewer,
    Ask(query): Ask<RecordsQuery>,
) -> Answer<Json<ZoneRecords>> {
    let zone = zone_of(&query.zone)?;
    let limit = query.limit.unwrap_or(ROWS_DEFAULT);
    if !(1..=ROWS_MAX).contains(&limit) {
        return Err(Refusal::bad_request(format!("limit: must be from 1 to {ROWS_MAX}")));
    }
    let RecordsQuery { text, differing, offset, refresh, .. } = query;
    let page = Page { text, differing, offset, limit, refresh };
    let found = records(&app)?.zone(&zone, &page).await;
    found.map(Json).ok_or_else(|| unknown_zone(&zone))
}

/// Which zone is examined.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DoctorQuery {
    /// The zone.
    zone: String,
}

/// What is wrong with a zone's delegation, name servers, agreement and DNSSEC, and what to do about
/// it. Asks name servers, which takes some seconds.
#[utoipa::path(
    get, path = "/api/v1/records/doctor", tag = "records", params(DoctorQuery),
    responses(
        (status = 200, body = shape::ZoneDoctor, description = "The findings, the worst first"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "No provider has this zone"),
        envelope::Refused,
    )
)]
pub async fn doctor(
    State(app): State<App>,
    _: Viewer,
    Ask(query): Ask<DoctorQuery>,
) -> Answer<Json<ZoneDoctor>> {
    let (zone, records) = (zone_of(&query.zone)?, records(&app)?);
    // This is no door to examine the zones of others by.
    let zones = records.zones(false).await.zones;
    if !zones.iter().any(|known| known.name == zone.as_str()) {
        return Err(unknown_zone(&zone));
    }
    Ok(Json(records.doctor(&zone).await))
}

/// Which zone a change is for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CheckQuery {
    /// The zone.
    zone: String,
}

/// What is wrong with an RRset as it is typed, field by field. Asks no provider.
#[utoipa::path(
    post, path = "/api/v1/records/check", tag = "records", params(CheckQuery),
    request_body = shape::RecordChange,
    responses(
        (status = 200, body = shape::RecordsChecked, description = "What is wrong; all null: nothing"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn checked(
    _: Viewer,
    Ask(query): Ask<CheckQuery>,
    Body(change): Body<RecordChange>,
) -> Answer<Json<RecordsChecked>> {
    let zone = zone_of(&query.zone)?;
    Ok(Json(check(&change, Some(&zone))))
}

/// What changes would do at each provider. Reads the providers and changes nothing.
#[utoipa::path(
    post, path = "/api/v1/records/plan", tag = "records", request_body = shape::RecordsWanted,
    responses(
        (status = 200, body = shape::RecordsPlan, description = "The plan, and what stands against it"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "A service moves this record (`moved_by_service`): use a switchover"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn plan(
    State(app): State<App>,
    _: Viewer,
    Body(wanted): Body<RecordsWanted>,
) -> Answer<Json<RecordsPlan>> {
    Ok(Json(planned(records(&app)?, &wanted).await?.shown))
}

/// Carries out the plan with this digest, at each provider by itself. Journalled before it begins and
/// when it has ended; goes on whoever stops listening.
#[utoipa::path(
    post, path = "/api/v1/records/apply", tag = "records", request_body = shape::RecordsWanted,
    responses(
        (status = 202, body = shape::RecordsRun, description = "It has begun"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "The plan holds no more (`stale_plan`), is refused (`plan_refused`), changes \
                        nothing (`already_so`), concerns what a service moves (`moved_by_service`), \
                        or another change is under way (`busy`)"),
        (status = 503, body = envelope::Problem, content_type = "application/problem+json",
         description = "The journal cannot be written, or the watcher is ending"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn apply(
    State(app): State<App>,
    operator: Operator,
    Body(wanted): Body<RecordsWanted>,
) -> Answer<(StatusCode, Json<RecordsRun>)> {
    let records = records(&app)?.clone();
    let Some(digest) = &wanted.digest else {
        return Err(Refusal::bad_request("digest: send that of the plan you have seen"));
    };
    let plan = planned(&records, &wanted).await?;
    let conflict =
        |kind, title, detail: String| Err(Refusal::new(StatusCode::CONFLICT, kind, title, detail));
    let problems: Vec<&str> =
        plan.shown.providers.iter().flat_map(|one| &one.problems).map(String::as_str).collect();
    if !plan.shown.allowed {
        return conflict("plan_refused", "The plan is refused", problems.join("; "));
    }
    if plan.shown.digest != *digest {
        let detail = "something has changed at a provider since the plan was made; nothing was done. \
                      Look at the new plan";
        return conflict("stale_plan", "The plan holds no more", detail.to_owned());
    }
    if plan.is_empty() {
        let detail = "all of it is so already at every provider that was named";
        return conflict("already_so", "There is nothing to do", detail.to_owned());
    }
    let (watcher, who) = (app.watcher().clone(), operator.actor());
    // Once it is in the journal it is carried out, even if the caller has gone.
    let begun = tokio::spawn(async move { records.begin(plan, who, watcher).await }).await;
    match begun {
        Ok(Ok(run)) => Ok((StatusCode::ACCEPTED, Json(run.borrow().clone()))),
        Ok(Err(NotBegun::Busy)) => {
            let detail = "another change is being carried out; wait until it has ended";
            conflict("busy", "Another change is under way", detail.to_owned())
        }
        Ok(Err(NotBegun::Journal(error))) => Err(command::refusal(error)),
        Err(_) => Err(Refusal::unavailable("nothing was changed: the program is ending")),
    }
}

/// For how long to wait.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RunQuery {
    /// Answer when something has changed since this was asked, or after so many seconds.
    #[serde(default)]
    #[param(required = false, minimum = 0, maximum = 30, default = 0)]
    wait: u64,
}

/// How far a change is, provider by provider.
#[utoipa::path(
    get, path = "/api/v1/records/runs/{id}", tag = "records",
    params(("id" = String, Path, description = "The number of the change"), RunQuery),
    responses(
        (status = 200, body = shape::RecordsRun, description = "How far it is"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such change since the start of the program"),
        envelope::Refused,
    )
)]
pub async fn run(
    State(app): State<App>,
    _: Viewer,
    Named(id): Named,
    Ask(query): Ask<RunQuery>,
) -> Answer<Json<RecordsRun>> {
    if query.wait > WAIT_MAX {
        return Err(Refusal::bad_request(format!("wait: must be from 0 to {WAIT_MAX}")));
    }
    let found = id.parse().ok().and_then(|id| records(&app).ok()?.runs().get(id));
    let Some(mut run) = found else {
        let detail = format!(
            "no change since the start of the program has the number \"{}\"; older ones are in the \
             journal",
            id.escape_debug()
        );
        return Err(Refusal::new(StatusCode::NOT_FOUND, "unknown_run", "Unknown change", detail));
    };
    if query.wait > 0 && run.borrow_and_update().state == "running" {
        let _ = tokio::time::timeout(Duration::from_secs(query.wait), run.changed()).await;
    }
    let now = run.borrow().clone();
    Ok(Json(now))
}

async fn planned(records: &Records, wanted: &RecordsWanted) -> Answer<Planned> {
    let (zone, wishes) = parse(wanted, &records.providers()).map_err(Refusal::bad_request)?;
    for wish in &wishes {
        if let Some(service) = records.service_of(&zone, &wish.key) {
            let detail = format!(
                "{} is what the service \"{service}\" moves: use a switchover to change where it \
                 points to, and the configuration to change its TTL",
                wish.key
            );
            let title = "A service moves this record";
            return Err(Refusal::new(StatusCode::CONFLICT, "moved_by_service", title, detail));
        }
    }
    Ok(records.plan(&zone, &wishes, wanted.apex_ns).await)
}

fn records(app: &App) -> Answer<&Records> {
    let detail = "this program serves no records: it was started without its providers";
    app.records().ok_or_else(|| Refusal::unavailable(detail))
}

fn zone_of(text: &str) -> Answer<Name> {
    Name::parse(text).map_err(|error| Refusal::bad_request(format!("zone: {error}")))
}

fn unknown_zone(zone: &Name) -> Refusal {
    let detail = format!("no provider has a public zone {zone}; see /api/v1/records/zones");
    Refusal::new(StatusCode::NOT_FOUND, "unknown_zone", "Unknown zone", detail)
}
