//! `/zones/{zone}/rrsets`: RRsets themselves.

use std::cmp::Ordering;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Hetzner;
use super::body::Body;
use super::page::Params;
use super::problem::Problem;
use super::record::{RrSet, check_name, check_type, check_values};
use super::zone::Zone;

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/zones/{zone}/rrsets", get(list).post(create))
        .route("/v1/zones/{zone}/rrsets/{name}/{type}", get(read).put(update).delete(delete))
}

async fn list(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    let selector = params.selector()?;
    let world = hetzner.world();
    let zone = world.zone(&zone)?;
    zone.require_primary()?;
    let mut sets: Vec<&RrSet> = zone
        .rrsets
        .iter()
        .filter(|set| params.allows("name", &set.name) && params.allows("type", &set.rtype))
        .filter(|set| selector.selects(&set.labels))
        .collect();
    params.sort(&mut sets, compare);
    params.page("rrsets", sets.iter().map(|set| set.json(zone.id)).collect(), 100)
}

async fn create(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (rrset, action) = hetzner.change(&zone, "create_rrset", |zone| {
        zone.require_primary()?;
        if body.text("type")? == Some("SOA") {
            return Err(Problem::field("type", "SOA cannot be created"));
        }
        let id = zone.id;
        add(zone, &body).map(|set| set.json(id))
    })?;
    Ok((StatusCode::CREATED, Json(json!({"rrset": rrset, "action": action}))))
}

/// Adds the RRset that a creation's body describes.
pub(super) fn add<'z>(zone: &'z mut Zone, body: &Body) -> Result<&'z RrSet, Problem> {
    body.only(&["name", "type", "ttl", "records", "labels"])?;
    let name = body.required_text("name")?;
    let rtype = body.required_text("type")?;
    let ttl = body.ttl()?;
    let records = body.records()?;
    let labels = body.labels()?.unwrap_or_default();
    check_name(name, &zone.name)?;
    check_type(rtype)?;
    check_values(rtype, &records, &zone.name)?;
    if zone.find(name, rtype).is_some() {
        let message = format!("rrset with name {name:?} and type {rtype:?} already exists");
        return Err(Problem::exists("name", message));
    }
    zone.check_exclusive(name, rtype)?;
    let set = RrSet { labels, ..zone.built(name, rtype, ttl, records) };
    zone.rrsets.push(set);
    zone.existing(name, rtype).map(|set| &*set)
}

async fn read(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let zone = world.zone(&zone)?;
    zone.require_primary()?;
    let set = zone.find(&name, &rtype).ok_or_else(|| Problem::not_found("rrset"))?;
    Ok(Json(json!({"rrset": set.json(zone.id)})))
}

/// Changes labels, and nothing else: the vendor once took records here and did nothing with them.
async fn update(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): Path<(String, String, String)>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    if body.has("records") || body.has("ttl") {
        return Err(Problem::invalid("can't update records with this endpoint"));
    }
    body.only(&["labels"])?;
    let labels = body.labels()?;
    let mut world = hetzner.world();
    let id = world.zone(&zone)?.id;
    let zone = world.zones.get_mut(&id).ok_or_else(|| Problem::not_found("zone"))?;
    zone.require_primary()?;
    let set = zone.existing(&name, &rtype)?;
    if let Some(labels) = labels {
        set.labels = labels;
    }
    Ok(Json(json!({"rrset": set.json(id)})))
}

async fn delete(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): Path<(String, String, String)>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let ((), action) = hetzner.change(&zone, "delete_rrset", |zone| {
        zone.require_primary()?;
        zone.changeable(&name, &rtype)?;
        if rtype == "SOA" {
            return Err(Problem::field("type", "SOA cannot be deleted"));
        }
        zone.rrsets.retain(|set| set.name != name || set.rtype != rtype);
        Ok(())
    })?;
    Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
}

fn compare(field: &str, left: &&RrSet, right: &&RrSet) -> Option<Ordering> {
    Some(match field {
        "id" => left.id().cmp(&right.id()),
        "name" => left.name.cmp(&right.name),
        "created" => left.created.cmp(&right.created),
        _ => return None,
    })
}
