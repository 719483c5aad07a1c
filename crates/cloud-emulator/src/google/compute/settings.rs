//! What of an instance can be set while it runs: labels, metadata, tags, protection, its address.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::network::require_there;
use super::place::{Place, Scope, region_of};
use super::refuse::{invalid, not_found};
use super::store::Store;
use super::work::{Call, Job, require_ready};
use super::{check, fingerprint, nic, project};

/// `POST …/setLabels`, of instances, disks and addresses.
pub(super) fn set_labels(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let labels = json!(check::labels("labels", &body["labels"])?);
    let mut store = call.compute.store();
    let item = require_there(&store, &place)?;
    require_ready(&store, &place)?;
    fingerprint::require(&body["labelFingerprint"], &item["labelFingerprint"], "labels")?;
    set(call, &mut store, place, "setLabels", move |item| {
        item["labelFingerprint"] = json!(fingerprint::of(&labels));
        item["labels"] = labels;
    })
}

/// `POST …/setMetadata`: replaces all of it. What boots later sees it.
pub(super) fn set_metadata(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let items = check::items("metadata", &body)?;
    project::require_keys(call, &items)?;
    let mut store = call.compute.store();
    let item = require_there(&store, &place)?;
    require_ready(&store, &place)?;
    fingerprint::require(&body["fingerprint"], &item["metadata"]["fingerprint"], "metadata")?;
    set(call, &mut store, place, "setMetadata", move |item| {
        item["metadata"] = fingerprint::metadata(items);
    })
}

/// `POST …/setTags`
pub(super) fn set_tags(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let tags = check::tags(&body)?;
    let mut store = call.compute.store();
    let item = require_there(&store, &place)?;
    require_ready(&store, &place)?;
    fingerprint::require(&body["fingerprint"], &item["tags"]["fingerprint"], "tags")?;
    set(call, &mut store, place, "setTags", move |item| {
        item["tags"] = fingerprint::tags(&tags);
    })
}

/// `POST …/setDeletionProtection`
pub(super) fn set_deletion_protection(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let on = call.request.query.given("deletionProtection") != Some("false");
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    set(call, &mut store, place, "setDeletionProtection", move |item| {
        item["deletionProtection"] = json!(on);
    })
}

/// `POST …/addAccessConfig`
pub(super) fn add_access_config(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let mut store = call.compute.store();
    let number = interface(call, &store, &place)?;
    let Scope::Zone(zone) = &place.scope else { return Err(not_found(&store, &place)) };
    if !store.items[&place]["networkInterfaces"][number]["accessConfigs"].is_null() {
        let why = "At most one access config is supported.";
        return Err(invalid("networkInterface", &format!("nic{number}"), why));
    }
    let config = nic::access_config(&store, region_of(zone), "accessConfig", &body)?;
    let job = Job::new(place.clone(), "addAccessConfig", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        let Some(item) = store.items.get_mut(&place).filter(|_| good) else { return };
        item["networkInterfaces"][number]["accessConfigs"] = json!([config]);
        if item["status"] == "RUNNING" {
            nic::go_public(store, &place);
        }
    }))
}

/// `POST …/deleteAccessConfig`
pub(super) fn delete_access_config(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    let number = interface(call, &store, &place)?;
    let name = call.request.query.given("accessConfig").unwrap_or_default();
    let present = &store.items[&place]["networkInterfaces"][number]["accessConfigs"][0]["name"];
    if *present != name {
        return Err(invalid("accessConfig", name, "There is no such access config."));
    }
    set(call, &mut store, place, "deleteAccessConfig", move |item| {
        if let Some(nic) = item["networkInterfaces"][number].as_object_mut() {
            nic.remove("accessConfigs");
        }
    })
}

/// The place of the interface the query names, of an instance that is there and ready.
fn interface(call: &Call<'_>, store: &Store, place: &Place) -> Result<usize, ApiError> {
    let item = require_there(store, place)?;
    require_ready(store, place)?;
    let name = call.request.query.given("networkInterface").unwrap_or_default();
    let nics = item["networkInterfaces"].as_array();
    let found = nics.and_then(|all| all.iter().position(|nic| nic["name"] == name));
    found.ok_or_else(|| invalid("networkInterface", name, "There is no such interface."))
}

fn set(
    call: &Call<'_>,
    store: &mut Store,
    place: Place,
    kind: &'static str,
    change: impl FnOnce(&mut Value) + Send + 'static,
) -> Result<Value, ApiError> {
    let job = Job::new(place.clone(), kind, call.compute.pace.quick);
    Ok(call.compute.begin(store, call, job, move |_, store, good| {
        if let Some(item) = store.items.get_mut(&place).filter(|_| good) {
            change(item);
        }
    }))
}
