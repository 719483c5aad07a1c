//! `changes.create`, `changes.get`, `changes.list`, and the one way content of a zone changes.

use std::sync::Arc;

use serde_json::Value;

use super::change::{Draft, Path, in_change};
use super::error::{ApiError, Problem};
use super::page::page;
use super::request::Request;
use super::rrset::RrSet;
use super::world::{Pending, World, find, find_mut};
use super::zone::Change;
use crate::fault::{Cloud, Fate};

/// `POST …/changes`
pub(crate) fn create(world: &Arc<World>, zone: &str, request: &Request) -> Result<Value, ApiError> {
    request.operation_id()?;
    let dns_name = find(&world.zones(), zone)?.dns_name.clone();
    let draft = Draft::read(&request.object()?, &dns_name)?;
    commit(world, zone, |_| Ok(draft), in_change)
}

/// `GET …/changes/{id}`
pub(crate) fn get(world: &World, zone: &str, id: &str) -> Result<Value, ApiError> {
    let zones = world.zones();
    let zone = find(&zones, zone)?;
    let change = id.parse().ok().and_then(|number| zone.change_json(number));
    change.ok_or_else(|| Problem::missing("parameters.changeId", id).into())
}

/// `GET …/changes`
pub(crate) fn list(world: &World, zone: &str, request: &Request) -> Result<Value, ApiError> {
    let query = &request.query;
    if let Some(by) = query.given("sortBy").filter(|by| *by != "changeSequence") {
        return Err(Problem::invalid("parameters.sortBy", by).into());
    }
    let descending = match query.given("sortOrder") {
        None | Some("ascending") => false,
        Some("descending") => true,
        Some(other) => return Err(Problem::invalid("parameters.sortOrder", other).into()),
    };
    let zones = world.zones();
    let zone = find(&zones, zone)?;
    let numbered = (0..zone.changes.len()).map(|id| (id.to_string(), zone.change_json(id)));
    let mut all: Vec<_> =
        numbered.filter_map(|(id, change)| change.map(|change| (id, change))).collect();
    if descending {
        all.reverse();
    }
    page(query, Some("dns#changesListResponse"), "changes", all)
}

/// Applies what `draft` makes of the zone's present content, as one change, and answers it.
pub(crate) fn commit(
    world: &Arc<World>,
    zone: &str,
    draft: impl FnOnce(&super::zone::Zone) -> Result<Draft, ApiError>,
    path: Path,
) -> Result<Value, ApiError> {
    let mut zones = world.zones();
    let zone = find_mut(&mut zones, zone)?;
    let draft = draft(zone)?;
    let sets = draft.apply(zone, path)?;
    let fate = world.faults.operation_fate(Cloud::Google);
    if fate == Fate::Fail {
        return Err(ApiError::injected(500, ""));
    }
    zone.rrsets = sets;
    let json = |sets: &[RrSet]| sets.iter().map(RrSet::json).collect();
    zone.changes.push(Change {
        started: world.clock.text(),
        done: false,
        additions: json(&draft.additions),
        deletions: json(&draft.deletions),
    });
    let (id, number) = (zone.id, zone.changes.len() - 1);
    let answer = zone.change_json(number).unwrap_or_default();
    drop(zones);
    world.finish_later(id, Pending::Change(number), fate == Fate::Hang);
    Ok(answer)
}
