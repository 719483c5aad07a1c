//! `/zones`: zones themselves and their zone files.

use std::cmp::Ordering;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Hetzner;
use super::body::Body;
use super::names::check_zone;
use super::page::Params;
use super::problem::Problem;
use super::zone::{Mode, Zone};
use super::{rrsets, zone_actions, zonefile};

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/zones", get(list).post(create))
        .route("/v1/zones/{zone}", get(read).put(update).delete(delete))
        .route("/v1/zones/{zone}/zonefile", get(export))
}

async fn list(State(hetzner): State<Hetzner>, params: Params) -> Result<Response, Problem> {
    let selector = params.selector()?;
    let world = hetzner.world();
    let mut zones: Vec<&Zone> = world
        .zones
        .values()
        .filter(|zone| params.allows("name", &zone.name))
        .filter(|zone| match zone.mode {
            Mode::Primary => params.allows("mode", "primary"),
            Mode::Secondary => params.allows("mode", "secondary"),
        })
        .filter(|zone| selector.selects(&zone.labels))
        .collect();
    params.sort(&mut zones, compare);
    params.page("zones", zones.iter().map(|zone| world.zone_json(zone)).collect(), 50)
}

async fn create(
    State(hetzner): State<Hetzner>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    body.only(&["name", "mode", "ttl", "labels", "primary_nameservers", "rrsets", "zonefile"])?;
    let name = body.required_text("name")?;
    check_zone(name)?;
    let mode = match body.required_text("mode")? {
        "primary" => Mode::Primary,
        "secondary" => Mode::Secondary,
        _ => return Err(Problem::field("mode", "must be primary or secondary")),
    };
    let mut zone = Zone::new(name, mode, hetzner.now());
    if let Some(ttl) = body.ttl()? {
        zone.ttl = ttl;
    }
    zone.labels = body.labels()?.unwrap_or_default();
    match mode {
        Mode::Primary => fill(&mut zone, &body)?,
        Mode::Secondary => zone.primary_nameservers = zone_actions::name_servers(&body)?,
    }
    let (zone, action) = hetzner.create(zone)?;
    Ok((StatusCode::CREATED, Json(json!({"zone": zone, "action": action}))))
}

/// Puts the RRsets or the zone file of a creation into the zone, and what every zone has.
fn fill(zone: &mut Zone, body: &Body) -> Result<(), Problem> {
    let rrsets = body.objects("rrsets")?;
    if let Some(text) = body.text("zonefile")? {
        if !rrsets.is_empty() {
            return Err(Problem::field("rrsets", "must be empty if a zonefile is provided"));
        }
        zonefile::import(zone, text)?;
    }
    for set in &rrsets {
        rrsets::add(zone, set)?;
    }
    zone.complete();
    Ok(())
}

async fn read(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let zone = world.zone(&zone)?;
    Ok(Json(json!({"zone": world.zone_json(zone)})))
}

async fn update(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    body.only(&["labels"])?;
    let labels = body.labels()?;
    let mut world = hetzner.world();
    let id = world.zone(&zone)?.id;
    if let (Some(zone), Some(labels)) = (world.zones.get_mut(&id), labels) {
        zone.labels = labels;
    }
    let zone = world.zone(&zone)?;
    Ok(Json(json!({"zone": world.zone_json(zone)})))
}

async fn delete(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let action = hetzner.delete(&zone)?;
    Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
}

async fn export(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let zone = world.zone(&zone)?;
    zone.require_primary()?;
    Ok(Json(json!({"zonefile": zonefile::export(zone)})))
}

fn compare(field: &str, left: &&Zone, right: &&Zone) -> Option<Ordering> {
    Some(match field {
        "id" => left.id.cmp(&right.id),
        "name" => left.name.cmp(&right.name),
        "created" => left.created.cmp(&right.created),
        _ => return None,
    })
}
