//! Which verb on which path is which method of Compute Engine.

use std::sync::Arc;

use serde_json::Value;

use super::super::error::ApiError;
use super::super::request::Request;
use super::super::route::unknown;
use super::list::{self, Titles};
use super::place::{COLLECTIONS, Place, Scope, known, member};
use super::refuse::{invalid, not_found};
use super::show::shown;
use super::store::Store;
use super::work::Call;
use super::{
    Compute, address, catalogue, disk, firewall, insert, network, operations, power, project,
    settings, subnetwork,
};

/// Carries a call out.
pub(super) fn answer(compute: &Arc<Compute>, request: &Request) -> Result<Value, ApiError> {
    let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", []) => Ok(project::get(&compute.store())),
        ("POST", ["setCommonInstanceMetadata"]) => write(compute, request, project::set_metadata),
        ("GET", ["aggregated", "operations"]) => operations::aggregated(&compute.store(), request),
        ("GET", ["aggregated", collection]) => aggregated(&compute.store(), request, collection),
        ("GET", [collection @ ("zones" | "regions")]) => {
            let store = compute.store();
            list(&store, request, &Scope::Global, collection)
        }
        ("GET", [collection @ ("zones" | "regions"), name]) => {
            get(&compute.store(), Scope::Global, collection, name)
        }
        (_, ["zones", zone, rest @ ..]) => {
            if !compute.store().has_zone(zone) {
                return Err(invalid("zone", zone, "Unknown zone."));
            }
            within(compute, request, Scope::Zone((*zone).to_owned()), rest)
        }
        (_, ["regions", region, rest @ ..]) => {
            if !compute.store().has_region(region) {
                return Err(invalid("region", region, "Unknown region."));
            }
            within(compute, request, Scope::Region((*region).to_owned()), rest)
        }
        (_, ["global", rest @ ..]) => within(compute, request, Scope::Global, rest),
        _ => Err(unknown()),
    }
}

fn within(
    compute: &Arc<Compute>,
    request: &Request,
    scope: Scope,
    path: &[&str],
) -> Result<Value, ApiError> {
    let [collection, rest @ ..] = path else { return Err(unknown()) };
    if *collection == "operations" {
        return operations::answer(&compute.store(), request, &scope, rest);
    }
    let collection = known(collection).filter(|name| scopes(name, &scope)).ok_or_else(unknown)?;
    let place = |name: &str| Place::new(scope.clone(), collection, name);
    match (request.method.as_str(), rest) {
        ("GET", []) => list(&compute.store(), request, &scope, collection),
        ("GET", [name]) => get(&compute.store(), scope, collection, name),
        ("GET", [name, "serialPort"]) if collection == "instances" => {
            power::serial_port(&compute.store(), &place(name), &request.query)
        }
        ("POST", []) => write(compute, request, |call| match collection {
            "addresses" => address::insert(call, scope),
            "disks" => disk::insert(call, scope),
            "firewalls" => firewall::insert(call),
            "instances" => insert::insert(call, scope),
            "networks" => network::insert(call),
            "subnetworks" => subnetwork::insert(call, scope),
            _ => Err(unknown()),
        }),
        ("DELETE", [name]) => write(compute, request, |call| match collection {
            "addresses" => address::delete(call, place(name)),
            "disks" => disk::delete(call, place(name)),
            "firewalls" => firewall::delete(call, place(name)),
            "instances" => power::delete(call, place(name)),
            "networks" => network::delete(call, place(name)),
            "subnetworks" => subnetwork::delete(call, place(name)),
            _ => Err(unknown()),
        }),
        ("PATCH" | "PUT", [name]) => write(compute, request, |call| match collection {
            "firewalls" => firewall::change(call, place(name)),
            "networks" => network::patch(call, place(name)),
            _ => Err(unknown()),
        }),
        ("POST", [name, verb]) => write(compute, request, |call| match collection {
            "instances" => power::verb(call, place(name), verb),
            "subnetworks" if *verb == "expandIpCidrRange" => subnetwork::expand(call, place(name)),
            "addresses" | "disks" if *verb == "setLabels" => {
                settings::set_labels(call, place(name))
            }
            _ => Err(unknown()),
        }),
        _ => Err(unknown()),
    }
}

/// Carries a write out, unless it was made before.
fn write(
    compute: &Arc<Compute>,
    request: &Request,
    action: impl FnOnce(&Call<'_>) -> Result<Value, ApiError>,
) -> Result<Value, ApiError> {
    match Call::new(compute, request)? {
        Ok(call) => action(&call),
        Err(operation) => Ok(operation),
    }
}

/// Whether a collection has members in a scope.
fn scopes(collection: &str, scope: &Scope) -> bool {
    match scope {
        Scope::Zone(_) => {
            matches!(collection, "instances" | "disks" | "diskTypes" | "machineTypes")
        }
        Scope::Region(_) => matches!(collection, "addresses" | "subnetworks"),
        Scope::Global => matches!(collection, "firewalls" | "images" | "networks"),
    }
}

fn get(store: &Store, scope: Scope, collection: &str, name: &str) -> Result<Value, ApiError> {
    let place = Place::new(scope, known(collection).ok_or_else(unknown)?, name);
    let item = store.items.get(&place).filter(|_| store.visible(&place));
    item.map(|item| shown(store, &place, item)).ok_or_else(|| not_found(store, &place))
}

fn list(
    store: &Store,
    request: &Request,
    scope: &Scope,
    collection: &str,
) -> Result<Value, ApiError> {
    let collection = known(collection).ok_or_else(unknown)?;
    let items = store
        .all(collection)
        .filter(|(place, _)| place.scope == *scope && store.visible(place))
        .map(|(place, item)| (place.name.clone(), shown(store, place, item)))
        .collect();
    let project = &store.project;
    let titles = Titles {
        kind: format!("compute#{}List", member(collection)),
        id: match collection {
            "zones" | "regions" => format!("projects/{project}/{collection}"),
            _ => format!("projects/{project}/{scope}/{collection}"),
        },
    };
    list::plain(&request.query, titles, items)
}

fn aggregated(store: &Store, request: &Request, collection: &str) -> Result<Value, ApiError> {
    let everywhere = COLLECTIONS.iter().find(|(name, _)| *name == collection);
    let collection = everywhere.map(|(name, _)| *name).ok_or_else(unknown)?;
    let scopes: Vec<Scope> =
        every_scope().into_iter().filter(|scope| scopes(collection, scope)).collect();
    if scopes.is_empty() || scopes == [Scope::Global] {
        return Err(unknown());
    }
    let items = store
        .all(collection)
        .filter(|(place, _)| store.visible(place))
        .map(|(place, item)| (format!("{}/{}", place.scope, place.name), shown(store, place, item)))
        .collect();
    let titles = Titles {
        kind: format!("compute#{}AggregatedList", member(collection)),
        id: format!("projects/{}/aggregated/{collection}", store.project),
    };
    let scopes: Vec<String> = scopes.iter().map(Scope::to_string).collect();
    list::aggregated(&request.query, titles, (&scopes, collection), items)
}

/// All scopes there are, in order.
pub(super) fn every_scope() -> Vec<Scope> {
    let mut found = vec![Scope::Global];
    for region in catalogue::regions() {
        found.push(Scope::Region(region.to_owned()));
        found.extend(catalogue::zones(region).into_iter().map(Scope::Zone));
    }
    found.sort();
    found
}
