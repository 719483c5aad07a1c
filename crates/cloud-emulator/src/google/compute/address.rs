//! Addresses: reserved ones as resources, and where all external ones come from.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::network::require_there;
use super::place::{Place, Scope, scope_link};
use super::refuse::{in_use, invalid, not_found};
use super::store::Store;
use super::work::{Call, Job, require_ready};
use super::{check, fingerprint, quota, show, subnetwork};
use crate::cidr::Cidr;
use crate::fault::Cloud;

/// `POST …/regions/{region}/addresses`
pub(super) fn insert(call: &Call<'_>, scope: Scope) -> Result<Value, ApiError> {
    let body = call.body()?;
    let place = Place::new(scope, "addresses", &check::name(&body)?);
    let labels = check::labels("resource.labels", &body["labels"])?;
    let mut store = call.compute.store();
    call.require_new(&store, &place)?;
    let Scope::Region(region) = place.scope.clone() else { return Err(not_found(&store, &place)) };
    if call.compute.faults.quota_exceeded(Cloud::Google, false) {
        return Err(quota::exceeded(quota::STATIC_ADDRESSES, &region));
    }
    quota::require(&store, quota::STATIC_ADDRESSES, &region, 1.0)?;
    let mut item = match body["addressType"].as_str().unwrap_or("EXTERNAL") {
        "EXTERNAL" => external(&mut store, &body)?,
        "INTERNAL" => internal(&store, &body)?,
        other => return Err(invalid("resource.addressType", other, "Unknown address type.")),
    };
    let labels = json!(labels);
    item["labelFingerprint"] = json!(fingerprint::of(&labels));
    item["labels"] = labels;
    item["region"] = json!(scope_link(&store.project, &place.scope));
    item["description"] = json!(body["description"].as_str().unwrap_or_default());
    item["status"] = json!("RESERVED");
    call.dress(&store, &place, &mut item);
    store.items.insert(place.clone(), item);
    let job = Job::new(place.clone(), "insert", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if !good {
            store.items.remove(&place);
        }
    }))
}

fn external(store: &mut Store, body: &Value) -> Result<Value, ApiError> {
    let tier = body["networkTier"].as_str().unwrap_or("PREMIUM");
    if !["PREMIUM", "STANDARD"].contains(&tier) {
        return Err(invalid("resource.networkTier", tier, "Unknown network tier."));
    }
    // An ephemeral address that is in use can be made a reserved one.
    let ip = match body["address"].as_str() {
        Some(ip)
            if !show::users_of_address(store, &json!(ip)).is_empty() && !is_static(store, ip) =>
        {
            ip.to_owned()
        }
        Some(ip) => {
            let why = "Specified IP address is not in use by a resource of the project.";
            return Err(invalid("resource.address", ip, why));
        }
        None => fresh(store),
    };
    Ok(json!({"address": ip, "addressType": "EXTERNAL", "networkTier": tier}))
}

fn internal(store: &Store, body: &Value) -> Result<Value, ApiError> {
    let link = body["subnetwork"].as_str().unwrap_or_default();
    let place = Place::read(link).filter(|place| place.collection == "subnetworks");
    let wrong = || invalid("resource.subnetwork", link, "The URL is malformed.");
    let place = place.ok_or_else(wrong)?;
    let subnet = require_there(store, &place)?;
    let ip = subnetwork::free_address(store, subnet)
        .ok_or_else(|| invalid("resource.subnetwork", link, "There is no free address."))?;
    Ok(json!({
        "address": ip.to_string(), "addressType": "INTERNAL", "purpose": "GCE_ENDPOINT",
        "networkTier": "PREMIUM", "subnetwork": store.link(&place),
    }))
}

/// `DELETE …/addresses/{address}`
pub(super) fn delete(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    let item = require_there(&store, &place)?;
    require_ready(&store, &place)?;
    if let Some(user) = show::users_of_address(&store, &item["address"]).first() {
        return Err(in_use(&store, &place, user));
    }
    let job = Job::new(place.clone(), "delete", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.items.remove(&place);
        }
    }))
}

/// An external address nobody has: the next of ranges that stand for nobody (RFC 5737).
pub(super) fn fresh(store: &mut Store) -> String {
    let all: Vec<Ipv4Addr> = [([198, 51, 100, 0], 24), ([192, 0, 2, 0], 24), ([198, 19, 0, 0], 16)]
        .into_iter()
        .flat_map(|(base, bits)| Cidr::new(base.into(), bits).addresses())
        .filter(|ip| !matches!(ip.octets()[3], 0 | 255))
        .collect();
    let start = store.next_address;
    let places = (0..all.len()).map(|step| (start + step) % all.len());
    let free = |place: &usize| {
        let text = json!(all[*place].to_string());
        show::users_of_address(store, &text).is_empty()
            && !is_static(store, &all[*place].to_string())
    };
    let place = places.clone().find(free).unwrap_or(start % all.len());
    store.next_address = place + 1;
    all[place].to_string()
}

/// Whether an address is a reserved one.
pub(super) fn is_static(store: &Store, ip: &str) -> bool {
    store.all("addresses").any(|(_, item)| item["address"] == ip)
}
