//! Which verb on which path is which method of the API.

use std::sync::Arc;

use serde_json::Value;

use super::error::{ApiError, Problem};
use super::request::Request;
use super::world::World;
use super::{changes, operations, project, rrsets, zones};

/// The project whose zones these are.
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) world: Arc<World>,
}

impl Project {
    /// Whether a path segment means this project: its id or its number.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.id == key || key.parse() == Ok(self.number)
    }

    /// Carries the call out; `None` is an answer without a body (204).
    pub(crate) fn answer(&self, request: &Request) -> Result<Option<Value>, ApiError> {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            [] => only(request, "GET").map(|()| Some(project::get(&self.id, self.number))),
            ["managedZones", rest @ ..] => self.zones(rest, request),
            [collection @ ("policies" | "responsePolicies"), rest @ ..] => {
                elsewhere(collection, rest, request).map(Some)
            }
            ["locations", ..] => Err(ApiError::injected(501, &self.id)),
            _ => Err(unknown()),
        }
    }

    fn zones(&self, path: &[&str], request: &Request) -> Result<Option<Value>, ApiError> {
        let world = &self.world;
        let answer = match (request.method.as_str(), path) {
            ("GET", []) => zones::list(world, request),
            ("POST", []) => zones::create(world, request),
            ("POST", [target]) if target.contains(':') => {
                let (zone, verb) = target.split_once(':').unwrap_or((target, ""));
                project::iam(world, zone, verb, request)
            }
            ("GET", [zone]) => zones::get(world, zone),
            ("PATCH", [zone]) => zones::change(world, zone, request, false),
            ("PUT", [zone]) => zones::change(world, zone, request, true),
            ("DELETE", [zone]) => return zones::delete(world, zone, request).map(|()| None),
            ("GET", [zone, "rrsets"]) => rrsets::list(world, zone, request),
            ("POST", [zone, "rrsets"]) => rrsets::create(world, zone, request),
            ("GET", [zone, "rrsets", name, rtype]) => rrsets::get(world, zone, name, rtype),
            ("PATCH", [zone, "rrsets", name, rtype]) => {
                rrsets::patch(world, zone, (name, rtype), request)
            }
            ("DELETE", [zone, "rrsets", name, rtype]) => {
                rrsets::delete(world, zone, (name, rtype), request)
            }
            ("GET", [zone, "changes"]) => changes::list(world, zone, request),
            ("POST", [zone, "changes"]) => changes::create(world, zone, request),
            ("GET", [zone, "changes", id]) => changes::get(world, zone, id),
            ("GET", [zone, "operations"]) => operations::list(world, zone, request),
            ("GET", [zone, "operations", id]) => operations::get(world, zone, id),
            ("GET", [zone, "dnsKeys"]) => project::dns_keys(world, zone, request),
            ("GET", [zone, "dnsKeys", key]) => project::dns_key(world, zone, key),
            _ => Err(unknown()),
        };
        answer.map(Some)
    }
}

/// Policies and response policies: nothing exists, and nothing can be made.
fn elsewhere(collection: &str, path: &[&str], request: &Request) -> Result<Value, ApiError> {
    let parameter = match collection {
        "policies" => "parameters.policy",
        _ => "parameters.responsePolicy",
    };
    match (request.method.as_str(), path) {
        ("GET", []) => project::empty(collection, request),
        ("POST", []) => Err(ApiError::injected(501, "")),
        (_, [named, ..]) => Err(Problem::missing(parameter, named).into()),
        _ => Err(unknown()),
    }
}

fn only(request: &Request, method: &str) -> Result<(), ApiError> {
    if request.method == method { Ok(()) } else { Err(unknown()) }
}

/// No such path, or no such verb on it.
pub(crate) fn unknown() -> ApiError {
    ApiError::new(404, "notFound", "Method not found.")
}
