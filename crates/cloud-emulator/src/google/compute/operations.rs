//! Operations looked up again: in their zone or region, or in the project.

use serde_json::Value;

use super::super::error::ApiError;
use super::super::request::Request;
use super::super::route::unknown;
use super::list::{self, Titles};
use super::place::{Place, Scope};
use super::refuse::not_found;
use super::route::every_scope;
use super::store::Store;

/// `GET`, `GET …/{name}` and `POST …/{name}/wait`, whose waiting is over when this is called.
pub(super) fn answer(
    store: &Store,
    request: &Request,
    scope: &Scope,
    path: &[&str],
) -> Result<Value, ApiError> {
    match (request.method.as_str(), path) {
        ("GET", []) => {
            let own = store.operations.values().filter(|one| one.scope == *scope);
            let items = own.map(|one| (one.name.clone(), one.json(&store.project))).collect();
            let titles = Titles {
                kind: "compute#operationList".to_owned(),
                id: format!("projects/{}/{scope}/operations", store.project),
            };
            list::plain(&request.query, titles, items)
        }
        ("GET", [name]) | ("POST", [name, "wait"]) => {
            let found = store.operations.get(*name).filter(|one| one.scope == *scope);
            let absent = || not_found(store, &Place::new(scope.clone(), "operations", name));
            Ok(found.ok_or_else(absent)?.json(&store.project))
        }
        _ => Err(unknown()),
    }
}

/// `GET …/aggregated/operations`
pub(super) fn aggregated(store: &Store, request: &Request) -> Result<Value, ApiError> {
    let items = store
        .operations
        .values()
        .map(|one| (format!("{}/{}", one.scope, one.name), one.json(&store.project)))
        .collect();
    let titles = Titles {
        kind: "compute#operationAggregatedList".to_owned(),
        id: format!("projects/{}/aggregated/operations", store.project),
    };
    let scopes: Vec<String> = every_scope().iter().map(Scope::to_string).collect();
    list::aggregated(&request.query, titles, (&scopes, "operations"), items)
}
