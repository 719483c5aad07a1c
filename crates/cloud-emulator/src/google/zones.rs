//! The verbs on managed zones.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::error::{ApiError, Problem};
use super::operations;
use super::page::page;
use super::request::Request;
use super::world::{Pending, World, find, find_mut};
use super::zone::{Operation, Zone};
use super::zone_body::{self, Wanted};
use crate::fault::{Cloud, Fate};

const MOST: usize = 10_000;
const SHARDS: [char; 5] = ['b', 'c', 'd', 'e', 'a'];

/// `GET …/managedZones`
pub(crate) fn list(world: &World, request: &Request) -> Result<Value, ApiError> {
    let dns_name = request.query.given("dnsName").map(str::to_ascii_lowercase);
    let zones = world.zones();
    let chosen = zones.iter().filter(|zone| match &dns_name {
        Some(name) => zone.dns_name == *name,
        None => true,
    });
    let mut items: Vec<_> = chosen.map(|zone| (zone.name.clone(), zone.json())).collect();
    items.sort_by(|one, other| one.0.cmp(&other.0));
    page(&request.query, Some("dns#managedZonesListResponse"), "managedZones", items)
}

/// `GET …/managedZones/{zone}`
pub(crate) fn get(world: &World, zone: &str) -> Result<Value, ApiError> {
    Ok(find(&world.zones(), zone)?.json())
}

/// `POST …/managedZones`
pub(crate) fn create(world: &Arc<World>, request: &Request) -> Result<Value, ApiError> {
    let operation = request.operation_id()?;
    let wanted = zone_body::read(&request.object()?)?;
    let mut zones = world.zones();
    if zones.iter().any(|zone| zone.name == wanted.name) {
        return Err(Problem::exists("entity.managedZone", &wanted.name).into());
    }
    if zones.len() >= MOST {
        return Err(Problem::quota("request would exceed quota for managed zones").into());
    }
    let mut zone = build(wanted, &zones, world.clock.text())?;
    zone.operations.push(Operation {
        id: operation.unwrap_or_else(operations::fresh_id),
        started: zone.created.clone(),
        done: true,
        kind: "create",
        user: request.user.clone(),
        old: None,
        new: Some(zone.json()),
    });
    let answer = zone.json();
    zones.push(zone);
    if let Some(zone) = zones.last() {
        world.publish_now(&zones, zone);
    }
    Ok(answer)
}

/// `PATCH` (merge) or `PUT` (replace) `…/managedZones/{zone}`; the answer is an operation.
pub(crate) fn change(
    world: &Arc<World>,
    key: &str,
    request: &Request,
    replace: bool,
) -> Result<Value, ApiError> {
    let operation = request.operation_id()?;
    let body = request.object()?;
    let mut zones = world.zones();
    let zone = find_mut(&mut zones, key)?;
    let current = zone.json();
    for member in ["name", "dnsName", "visibility", "id"] {
        let same = match (&body[member], &current[member]) {
            (Value::Null, _) => true,
            (Value::Number(number), have) => have == &json!(number.to_string()),
            (wanted, have) => wanted == have,
        };
        if !same {
            let shown = body[member].as_str().unwrap_or_default();
            let path = format!("entity.managedZone.{member}");
            return Err(Problem::invalid(&path, shown).into());
        }
    }
    let settings = if replace {
        zone_body::read(&body)?.settings
    } else {
        let merged = zone_body::patch(&zone.settings, &body)?;
        zone_body::with_defaults(merged, zone.private)
    };
    let id = operation.unwrap_or_else(operations::fresh_id);
    if zone.operations.iter().any(|one| one.id == id) {
        return Err(Problem::exists("parameters.clientOperationId", &id).into());
    }
    let fate = world.faults.operation_fate(Cloud::Google);
    if fate == Fate::Fail {
        return Err(ApiError::injected(500, ""));
    }
    zone.settings = settings;
    let operation = Operation {
        id: id.clone(),
        started: world.clock.text(),
        done: false,
        kind: "update",
        user: request.user.clone(),
        old: Some(current),
        new: Some(zone.json()),
    };
    let (zone_id, answer) = (zone.id, operation.json());
    zone.operations.push(operation);
    drop(zones);
    world.finish_later(zone_id, Pending::Operation(id), fate == Fate::Hang);
    Ok(answer)
}

/// `DELETE …/managedZones/{zone}`
pub(crate) fn delete(world: &World, key: &str, request: &Request) -> Result<(), ApiError> {
    request.operation_id()?;
    let mut zones = world.zones();
    let zone = find(&zones, key)?;
    let own = |name: &str, rtype: &str| name == zone.dns_name && matches!(rtype, "NS" | "SOA");
    if !zone.rrsets.values().all(|set| own(&set.name, &set.rtype)) {
        let text = format!(
            "The resource named '{}' cannot be deleted because it contains one or more \
             'resource records'.",
            zone.name
        );
        return Err(ApiError::new(400, "containerNotEmpty", text));
    }
    let id = zone.id;
    if let Some(index) = zones.iter().position(|zone| zone.id == id) {
        let gone = zones.remove(index);
        world.withdraw(&zones, &gone);
    }
    Ok(())
}

/// A new zone with its own number, name servers, NS and SOA.
pub(crate) fn build(wanted: Wanted, zones: &[Zone], created: String) -> Result<Zone, ApiError> {
    let name_servers = if wanted.private {
        vec!["ns-gcp-private.googledomains.com.".to_owned()]
    } else {
        let shard = shard(&wanted.dns_name, zones)?;
        (1..=4).map(|n| format!("ns-cloud-{shard}{n}.googledomains.com.")).collect()
    };
    let mut zone = Zone {
        id: operations::random_number(),
        name: wanted.name,
        dns_name: wanted.dns_name,
        private: wanted.private,
        created,
        name_servers,
        settings: wanted.settings,
        rrsets: BTreeMap::new(),
        changes: Vec::new(),
        operations: Vec::new(),
        published: 0,
        iam: json!({ "etag": "ACAB" }),
    };
    zone.fill();
    Ok(zone)
}

/// The name servers' letter: no two public zones of one name share their servers.
fn shard(dns_name: &str, zones: &[Zone]) -> Result<char, ApiError> {
    let unavailable = || {
        let text = format!(
            "The managed zone '{dns_name}' cannot be created: the DNS name is reserved or there \
             are no more name servers available to host it."
        );
        ApiError::new(400, "managedZoneDnsNameNotAvailable", text)
    };
    const RESERVED: [&str; 12] = [
        ".", "com.", "net.", "org.", "info.", "de.", "io.", "dev.", "app.", "eu.", "uk.", "co.uk.",
    ];
    if RESERVED.contains(&dns_name) {
        return Err(unavailable());
    }
    let taken = |letter: &char| {
        let first = format!("ns-cloud-{letter}1.googledomains.com.");
        zones.iter().any(|zone| {
            zone.dns_name == dns_name && !zone.private && zone.name_servers.first() == Some(&first)
        })
    };
    SHARDS.into_iter().find(|letter| !taken(letter)).ok_or_else(unavailable)
}
