//! What is done to an instance: start, stop, reset, another machine type, deletion; its console.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::request::Query;
use super::super::route::unknown;
use super::failure::Failure;
use super::network::require_there;
use super::place::{Place, Scope, region_of};
use super::refuse::{invalid, not_ready, usage};
use super::store::Store;
use super::work::{Call, Job, require_ready};
use super::{Compute, catalogue, insert, nic, settings};
use crate::fault::Cloud;
use crate::machine::Script;

/// `POST …/instances/{instance}/{verb}`
pub(super) fn verb(call: &Call<'_>, place: Place, verb: &str) -> Result<Value, ApiError> {
    match verb {
        "start" => start(call, place),
        "stop" => stop(call, place),
        "reset" => reset(call, place),
        "setMachineType" => set_machine_type(call, place),
        "setLabels" => settings::set_labels(call, place),
        "setMetadata" => settings::set_metadata(call, place),
        "setTags" => settings::set_tags(call, place),
        "setDeletionProtection" => settings::set_deletion_protection(call, place),
        "addAccessConfig" => settings::add_access_config(call, place),
        "deleteAccessConfig" => settings::delete_access_config(call, place),
        _ => Err(unknown()),
    }
}

fn start(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    if store.items[&place]["status"] == "RUNNING" {
        let job = Job::new(place, "start", call.compute.pace.quick);
        return Ok(call.compute.begin(&mut store, call, job, |_, _, _| {}));
    }
    let mut job = Job::new(place.clone(), "start", call.compute.pace.server);
    if let Scope::Zone(zone) = &place.scope {
        let kind = store.linked(&store.items[&place]["machineType"]);
        let kind = kind.map(|(kind, _)| kind.name.clone()).unwrap_or_default();
        job.failure = stock_out(call, zone, &kind);
    }
    set_status(&mut store, &place, "PROVISIONING");
    Ok(call.compute.begin(&mut store, call, job, move |compute, store, good| {
        if good {
            run(compute, store, &place);
        } else {
            set_status(store, &place, "TERMINATED");
        }
    }))
}

fn stop(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    if store.items[&place]["status"] == "TERMINATED" {
        let job = Job::new(place, "stop", call.compute.pace.quick);
        return Ok(call.compute.begin(&mut store, call, job, |_, _, _| {}));
    }
    set_status(&mut store, &place, "STOPPING");
    let job = Job::new(place.clone(), "stop", call.compute.pace.server);
    Ok(call.compute.begin(&mut store, call, job, move |compute, store, good| {
        if !good {
            return set_status(store, &place, "RUNNING");
        }
        set_status(store, &place, "TERMINATED");
        nic::go_private(store, &place);
        if let Some(item) = store.items.get_mut(&place) {
            item["lastStopTimestamp"] = json!(compute.clock.pacific());
        }
        if let Some(machine) = store.machines.get_mut(&place) {
            machine.stop();
        }
    }))
}

fn reset(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    if store.items[&place]["status"] != "RUNNING" {
        return Err(not_ready(&store, &place));
    }
    let job = Job::new(place.clone(), "reset", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |compute, store, good| {
        if good {
            boot(compute, store, &place);
        }
    }))
}

fn set_machine_type(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    let kind = insert::machine_type(&store, &place, &body)?;
    if store.items[&place]["status"] != "TERMINATED" {
        return Err(usage("Instance should be in the STOPPED state."));
    }
    let architecture =
        |item: Option<(&Place, &Value)>| item.map(|(_, item)| item["architecture"].clone());
    let link = store.link(&kind);
    let present = architecture(store.linked(&store.items[&place]["machineType"]));
    if present != architecture(store.linked(&json!(link))) {
        return Err(usage("Machine type has another architecture than the boot disk."));
    }
    let job = Job::new(place.clone(), "setMachineType", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if let Some(item) = store.items.get_mut(&place).filter(|_| good) {
            item["machineType"] = json!(link);
        }
    }))
}

/// `DELETE …/instances/{instance}`
pub(super) fn delete(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    let item = require_there(&store, &place)?;
    if item["deletionProtection"] == true {
        return Err(usage(
            "Resource cannot be deleted if it's protected against deletion. Disable the \
             'deletionProtection' field and try again",
        ));
    }
    require_ready(&store, &place)?;
    let before = item["status"].as_str().unwrap_or_default().to_owned();
    let disks: Vec<Place> = item["disks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|disk| disk["autoDelete"] == true)
        .filter_map(|disk| Place::read(disk["source"].as_str()?))
        .collect();
    set_status(&mut store, &place, "STOPPING");
    let job = Job::new(place.clone(), "delete", call.compute.pace.server);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.items.retain(|other, _| *other != place && !disks.contains(other));
            store.machines.remove(&place);
        } else {
            set_status(store, &place, &before);
        }
    }))
}

/// `GET …/instances/{instance}/serialPort`
pub(super) fn serial_port(store: &Store, place: &Place, query: &Query) -> Result<Value, ApiError> {
    require_there(store, place)?;
    let port = query.given("port").unwrap_or("1");
    if !["1", "2", "3", "4"].contains(&port) {
        return Err(invalid("port", port, "Must be between 1 and 4."));
    }
    let machine = store.machines.get(place).filter(|_| port == "1");
    let text = machine.map(crate::machine::Machine::console).unwrap_or_default();
    let from = query.given("start").unwrap_or("0");
    let from = from.parse::<usize>().map_err(|_| invalid("start", from, "Must be a number."))?;
    // The console is ASCII unless a name is not; names are.
    let from = from.min(text.len());
    Ok(json!({
        "kind": "compute#serialPortOutput",
        "contents": text.get(from..).unwrap_or_default(),
        "start": from.to_string(),
        "next": text.len().to_string(),
        "selfLink": format!("{}/serialPort", store.link(place)),
    }))
}

/// The failure of an operation that needs capacity where there is none.
pub(super) fn stock_out(call: &Call<'_>, zone: &str, kind: &str) -> Option<Failure> {
    let out = |zone: &str| call.compute.faults.stock_out(Cloud::Google, zone, kind);
    if !out(zone) {
        return None;
    }
    let others: Vec<String> =
        catalogue::zones(region_of(zone)).into_iter().filter(|other| !out(other)).collect();
    Some(Failure::stock_out(zone, kind, &others))
}

/// The instance has been started: it runs, has its addresses, and boots.
pub(super) fn run(compute: &Compute, store: &mut Store, place: &Place) {
    set_status(store, place, "RUNNING");
    nic::go_public(store, place);
    if let Some(item) = store.items.get_mut(place) {
        item["cpuPlatform"] = json!("Intel Broadwell");
        item["lastStartTimestamp"] = json!(compute.clock.pacific());
    }
    boot(compute, store, place);
}

fn boot(compute: &Compute, store: &mut Store, place: &Place) {
    let script = |metadata: &Value| {
        let items = metadata["items"].as_array()?;
        let item = items.iter().find(|item| item["key"] == "startup-script")?;
        Some(Script { kind: "startup script", length: item["value"].as_str()?.len() })
    };
    let own = store.items.get(place).and_then(|item| script(&item["metadata"]));
    let script = own.or_else(|| script(&store.metadata));
    let slow = compute.faults.slowness_of(Cloud::Google, "instances", "boot");
    if let Some(machine) = store.machines.get_mut(place) {
        machine.start(script, compute.pace.boot + slow);
    }
}

fn set_status(store: &mut Store, place: &Place, status: &str) {
    if let Some(item) = store.items.get_mut(place) {
        item["status"] = json!(status);
    }
}
