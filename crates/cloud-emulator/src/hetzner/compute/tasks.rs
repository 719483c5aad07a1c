//! Lists of the actions of one resource, or of all resources of a kind.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::actions::compare_shown;
use super::super::page::Params;
use super::super::problem::Problem;
use super::firewall::Firewall;
use super::network::Network;
use super::primary_ip::PrimaryIp;
use super::resource::{Resource, find};
use super::server::Server;
use super::task::Task;

pub(super) fn routes() -> Router<Hetzner> {
    of::<Server>().merge(of::<Network>()).merge(of::<Firewall>()).merge(of::<PrimaryIp>())
}

fn of<T: Resource>() -> Router<Hetzner> {
    let many = T::MANY;
    Router::new()
        .route(&format!("/v1/{many}/actions"), get(of_all::<T>))
        .route(&format!("/v1/{many}/actions/{{action}}"), get(one_of_all::<T>))
        .route(&format!("/v1/{many}/{{id}}/actions"), get(of_one::<T>))
        .route(&format!("/v1/{many}/{{id}}/actions/{{action}}"), get(one_of_one::<T>))
}

async fn of_all<T: Resource>(
    State(hetzner): State<Hetzner>,
    params: Params,
) -> Result<Response, Problem> {
    let ids = params.ids()?;
    let world = hetzner.world();
    let wanted = |task: &&Task| {
        task.resources.iter().any(|(kind, _)| *kind == T::ONE)
            && (ids.is_empty() || ids.contains(&task.id))
    };
    page(&params, world.compute.tasks.values().filter(wanted))
}

async fn of_one<T: Resource>(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    let world = hetzner.world();
    let id = find::<T>(&world.compute, &id)?.common().id;
    page(&params, world.compute.tasks.values().filter(|task| task.concerns(T::ONE, id)))
}

async fn one_of_all<T: Resource>(
    State(hetzner): State<Hetzner>,
    Path(action): Path<String>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let found = action.parse().ok().and_then(|id: u64| world.compute.tasks.get(&id));
    let mine = found.filter(|task| task.resources.iter().any(|(kind, _)| *kind == T::ONE));
    let task = mine.ok_or_else(|| Problem::not_found("action"))?;
    Ok(Json(json!({ "action": task.json() })))
}

async fn one_of_one<T: Resource>(
    State(hetzner): State<Hetzner>,
    Path((id, action)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    let id = find::<T>(&world.compute, &id)?.common().id;
    let found = action.parse().ok().and_then(|id: u64| world.compute.tasks.get(&id));
    let mine = found.filter(|task| task.concerns(T::ONE, id));
    let task = mine.ok_or_else(|| Problem::not_found("action"))?;
    Ok(Json(json!({ "action": task.json() })))
}

fn page<'t>(params: &Params, tasks: impl Iterator<Item = &'t Task>) -> Result<Response, Problem> {
    let mut items: Vec<Value> =
        tasks.filter(|task| params.allows("status", task.status())).map(Task::json).collect();
    params.sort(&mut items, compare_shown);
    params.page("actions", items, 50)
}
