//! The verbs on single record sets; each write is a change of its own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::change::{Draft, in_rrset};
use super::changes::commit;
use super::error::{ApiError, Problem};
use super::filter::Filter;
use super::page::page;
use super::request::Request;
use super::rrset::{self, Key, RrSet};
use super::world::{World, find};
use super::zone::Zone;

/// `GET …/rrsets`
pub(crate) fn list(world: &World, zone: &str, request: &Request) -> Result<Value, ApiError> {
    let query = &request.query;
    let name = query.given("name").map(str::to_ascii_lowercase);
    let rtype = query.given("type");
    let filter = query.given("filter");
    if let Some(filter) = filter
        && (name.is_some() || rtype.is_some())
    {
        return Err(Problem::invalid("parameters.filter", filter).into());
    }
    if let (Some(_), None) = (rtype, &name) {
        return Err(Problem::required("parameters.name").into());
    }
    if let Some(name) = name.as_deref().filter(|name| !name.ends_with('.')) {
        return Err(Problem::invalid("parameters.name", name).into());
    }
    let filter = filter.map(Filter::parse).transpose()?;
    let zones = world.zones();
    let zone = find(&zones, zone)?;
    let chosen = zone.rrsets.values().filter(|set| {
        name.as_ref().is_none_or(|name| set.name == *name)
            && rtype.is_none_or(|rtype| set.rtype == rtype)
            && filter.as_ref().is_none_or(|filter| filter.matches(set))
    });
    let items = chosen.map(|set| (set.title(), set.json())).collect();
    page(query, Some("dns#resourceRecordSetsListResponse"), "rrsets", items)
}

/// `GET …/rrsets/{name}/{type}`
pub(crate) fn get(world: &World, zone: &str, name: &str, rtype: &str) -> Result<Value, ApiError> {
    let zones = world.zones();
    Ok(stored(find(&zones, zone)?, name, rtype)?.json())
}

/// `POST …/rrsets`
pub(crate) fn create(world: &Arc<World>, zone: &str, request: &Request) -> Result<Value, ApiError> {
    request.operation_id()?;
    let body = request.object()?;
    let mut answer = Value::Null;
    let draft = |zone: &Zone| {
        let set = read(&body, zone)?;
        answer = set.json();
        Ok(Draft { deletions: Vec::new(), additions: vec![set] })
    };
    commit(world, zone, draft, in_rrset)?;
    Ok(answer)
}

/// `PATCH …/rrsets/{name}/{type}`: members of the body replace those of the stored set.
pub(crate) fn patch(
    world: &Arc<World>,
    zone: &str,
    (name, rtype): (&str, &str),
    request: &Request,
) -> Result<Value, ApiError> {
    request.operation_id()?;
    let body = request.object()?;
    let mut answer = Value::Null;
    let draft = |zone: &Zone| {
        let old = stored(zone, name, rtype)?.clone();
        let mut wanted = json!({ "name": old.name, "type": old.rtype, "ttl": old.ttl });
        let policy = !body["routingPolicy"].is_null();
        if !policy && body["rrdatas"].is_null() {
            wanted["rrdatas"] = json!(old.rrdatas);
            wanted["routingPolicy"] = json!(old.routing);
        }
        for member in ["name", "type", "ttl", "rrdatas", "routingPolicy"] {
            if !body[member].is_null() {
                wanted[member] = body[member].clone();
            }
        }
        let new = read(&wanted, zone)?;
        answer = new.json();
        Ok(Draft { deletions: vec![old], additions: vec![new] })
    };
    commit(world, zone, draft, in_rrset)?;
    Ok(answer)
}

/// `DELETE …/rrsets/{name}/{type}`, which has no precondition on the content.
pub(crate) fn delete(
    world: &Arc<World>,
    zone: &str,
    (name, rtype): (&str, &str),
    request: &Request,
) -> Result<Value, ApiError> {
    request.operation_id()?;
    let draft = |zone: &Zone| {
        let old = stored(zone, name, rtype)?.clone();
        Ok(Draft { deletions: vec![old], additions: Vec::new() })
    };
    commit(world, zone, draft, in_rrset)?;
    Ok(json!({}))
}

fn read(body: &Value, zone: &Zone) -> Result<RrSet, ApiError> {
    let read = rrset::read(body, "entity.rrset", &zone.dns_name);
    read.map_err(|problems| {
        let all = ApiError::from_all(problems);
        all.unwrap_or_else(|| Problem::required("entity.rrset").into())
    })
}

fn stored<'z>(zone: &'z Zone, name: &str, rtype: &str) -> Result<&'z RrSet, ApiError> {
    let name = name.to_ascii_lowercase();
    let set = zone.rrsets.get(&Key::new(&name, rtype)).filter(|set| set.name == name);
    set.ok_or_else(|| Problem::missing("parameters.name", &format!("{name} ({rtype})")).into())
}
