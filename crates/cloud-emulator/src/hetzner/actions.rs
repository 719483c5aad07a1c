//! `/actions` and the lists of a zone's or all zones' actions.

use std::cmp::Ordering;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Hetzner;
use super::action::Action;
use super::page::Params;
use super::problem::Problem;

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/actions", get(several))
        .route("/v1/actions/{id}", get(one))
        .route("/v1/zones/actions", get(of_all_zones))
        .route("/v1/zones/actions/{id}", get(one_of_zones))
        .route("/v1/zones/{zone}/actions", get(of_zone))
        .route("/v1/zones/{zone}/actions/{id}", get(one_of_zone))
}

async fn several(State(hetzner): State<Hetzner>, params: Params) -> Result<Json<Value>, Problem> {
    let ids = params.ids()?;
    if ids.is_empty() {
        return Err(Problem::removed(
            "listing arbitrary actions is no longer possible: id is required",
            "https://docs.hetzner.cloud/changelog\
             #2025-01-30-listing-arbitrary-actions-in-the-actions-list-endpoint-is-removed",
        ));
    }
    let world = hetzner.world();
    let found: Vec<Value> = ids.iter().filter_map(|id| world.action_json(*id)).collect();
    Ok(Json(json!({ "actions": found })))
}

async fn one(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let action = id.parse().ok().and_then(|id: u64| world.action_json(id));
    let action = action.ok_or_else(|| Problem::not_found("action"))?;
    Ok(Json(json!({ "action": action })))
}

async fn one_of_zones(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let action = id.parse().ok().and_then(|id: u64| world.actions.get(&id));
    let action = action.ok_or_else(|| Problem::not_found("action"))?;
    Ok(Json(json!({ "action": action.json() })))
}

async fn one_of_zone(
    State(hetzner): State<Hetzner>,
    Path((zone, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let zone = world.zone(&zone)?.id;
    let action = id
        .parse()
        .ok()
        .and_then(|id: u64| world.actions.get(&id))
        .filter(|action| action.zone == zone)
        .ok_or_else(|| Problem::not_found("action"))?;
    Ok(Json(json!({ "action": action.json() })))
}

async fn of_all_zones(State(hetzner): State<Hetzner>, params: Params) -> Result<Response, Problem> {
    let ids = params.ids()?;
    let actions = hetzner
        .world()
        .actions
        .values()
        .filter(|action| ids.is_empty() || ids.contains(&action.id))
        .cloned()
        .collect();
    list(&params, actions)
}

async fn of_zone(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    let world = hetzner.world();
    let zone = world.zone(&zone)?.id;
    list(&params, world.actions.values().filter(|action| action.zone == zone).cloned().collect())
}

fn list(params: &Params, mut actions: Vec<Action>) -> Result<Response, Problem> {
    actions.retain(|action| params.allows("status", action.status()));
    params.sort(&mut actions, compare);
    let items = actions.iter().map(Action::json).collect();
    params.page("actions", items, 50).map(IntoResponse::into_response)
}

/// Compares actions that are JSON already.
pub(super) fn compare_shown(field: &str, left: &Value, right: &Value) -> Option<Ordering> {
    if field == "id" {
        return Some(left["id"].as_u64().cmp(&right["id"].as_u64()));
    }
    let text = |action: &Value| action[field].as_str().map(str::to_owned);
    ["command", "status", "started", "finished"]
        .contains(&field)
        .then(|| text(left).cmp(&text(right)))
}

fn compare(field: &str, left: &Action, right: &Action) -> Option<Ordering> {
    Some(match field {
        "id" => left.id.cmp(&right.id),
        "command" => left.command.cmp(right.command),
        "status" => left.status().cmp(right.status()),
        "started" => left.started.cmp(&right.started),
        "finished" => left.finished.cmp(&right.finished),
        _ => return None,
    })
}
