//! Network interfaces of a new instance.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::network::{referred, require_there};
use super::place::{Place, Scope};
use super::refuse::{invalid, not_ready};
use super::store::Store;
use super::{address, fingerprint, show, subnetwork};

/// The interfaces of a body, with their addresses; ephemeral external ones are still open.
pub(super) fn built(store: &Store, region: &str, body: &Value) -> Result<Vec<Value>, ApiError> {
    let default = vec![json!({})];
    let wanted = body["networkInterfaces"].as_array().filter(|all| !all.is_empty());
    let wanted = wanted.unwrap_or(&default);
    if wanted.len() > 8 {
        let why = "At most 8 network interfaces.";
        return Err(invalid("resource.networkInterfaces", "", why));
    }
    let mut made: Vec<Value> = Vec::new();
    for (number, nic) in wanted.iter().enumerate() {
        let nic = one(store, region, number, nic)?;
        if made.iter().any(|other| other["network"] == nic["network"]) {
            let field = format!("resource.networkInterfaces[{number}].network");
            let link = nic["network"].as_str().unwrap_or_default();
            return Err(invalid(&field, link, "Networks must be distinct for an instance."));
        }
        made.push(nic);
    }
    Ok(made)
}

fn one(store: &Store, region: &str, number: usize, nic: &Value) -> Result<Value, ApiError> {
    let at = |member: &str| format!("resource.networkInterfaces[{number}].{member}");
    let subnet = subnet(store, region, number, nic)?;
    let network = store.items[&subnet]["network"].clone();
    let item = &store.items[&subnet];
    let ip = match nic["networkIP"].as_str().filter(|ip| !ip.is_empty()) {
        None => subnetwork::free_address(store, item).ok_or_else(|| {
            ApiError::new(
                400,
                "ipSpaceExhausted",
                format!("IP space of '{}' is exhausted.", subnet.path(&store.project)),
            )
        })?,
        Some(text) => {
            let ip: Option<Ipv4Addr> = text.parse().ok();
            let range = subnetwork::range_of(item);
            let fits =
                ip.zip(range).filter(|(ip, range)| subnetwork::is_for_instances(*range, *ip));
            let why = "Requested internal IP address is outside the subnetwork CIDR range.";
            let (ip, _) = fits.ok_or_else(|| invalid(&at("networkIP"), text, why))?;
            if !show::users_of_address(store, &json!(text)).is_empty() {
                let message = format!("IP '{text}' is already being used by another resource.");
                return Err(ApiError::new(400, "ipInUseByAnotherResource", message));
            }
            ip
        }
    };
    let mut made = json!({
        "kind": "compute#networkInterface",
        "name": format!("nic{number}"),
        "network": network,
        "subnetwork": store.link(&subnet),
        "networkIP": ip.to_string(),
        "stackType": nic["stackType"].as_str().unwrap_or("IPV4_ONLY"),
        "fingerprint": fingerprint::of(&json!([ip.to_string(), network])),
    });
    let configs = nic["accessConfigs"].as_array().cloned().unwrap_or_default();
    if configs.len() > 1 {
        return Err(invalid(&at("accessConfigs"), "", "At most one access config is supported."));
    }
    if let Some(config) = configs.first() {
        made["accessConfigs"] =
            json!([access_config(store, region, &at("accessConfigs[0]"), config)?]);
    }
    Ok(made)
}

/// An access config with a reserved address, or with none yet.
pub(super) fn access_config(
    store: &Store,
    region: &str,
    field: &str,
    config: &Value,
) -> Result<Value, ApiError> {
    let kind = config["type"].as_str().unwrap_or("ONE_TO_ONE_NAT");
    if kind != "ONE_TO_ONE_NAT" {
        return Err(invalid(&format!("{field}.type"), kind, "Must be ONE_TO_ONE_NAT."));
    }
    let tier = config["networkTier"].as_str().unwrap_or("PREMIUM");
    let mut made = json!({
        "kind": "compute#accessConfig",
        "type": kind,
        "name": config["name"].as_str().unwrap_or("External NAT"),
        "networkTier": tier,
    });
    let Some(ip) = config["natIP"].as_str().filter(|ip| !ip.is_empty()) else { return Ok(made) };
    let field = format!("{field}.natIP");
    let wanted = json!(ip);
    let found = store.all("addresses").find(|(_, item)| item["address"] == wanted);
    let here = |place: &Place| place.scope == Scope::Region(region.to_owned());
    let Some((place, item)) = found.filter(|(place, _)| here(place)) else {
        let why = "The specified external IP address was not found in the region.";
        return Err(invalid(&field, ip, why));
    };
    if item["networkTier"] != tier {
        return Err(invalid(&field, ip, "The address has another network tier."));
    }
    if store.active(place).is_some() {
        return Err(not_ready(store, place));
    }
    if !show::users_of_address(store, &wanted).is_empty() {
        return Err(invalid(&field, ip, "External IP address is already in use."));
    }
    made["natIP"] = wanted;
    Ok(made)
}

/// The subnetwork an interface names, or that of an auto-mode network.
fn subnet(store: &Store, region: &str, number: usize, nic: &Value) -> Result<Place, ApiError> {
    let here = Scope::Region(region.to_owned());
    let field = format!("resource.networkInterfaces[{number}].subnetwork");
    if let Some(link) = nic["subnetwork"].as_str().filter(|link| !link.is_empty()) {
        let place = Place::read(link).filter(|place| place.collection == "subnetworks");
        let place = place.ok_or_else(|| invalid(&field, link, "The URL is malformed."))?;
        if place.scope != here {
            let why = "The subnetwork must be in the region of the instance.";
            return Err(invalid(&field, link, why));
        }
        let item = require_there(store, &place)?;
        if store.active(&place).is_some() {
            return Err(not_ready(store, &place));
        }
        if let Some(network) = nic["network"].as_str().filter(|link| !link.is_empty()) {
            let network = store.link(&referred(store, network)?);
            if item["network"] != network {
                return Err(invalid(&field, link, "The subnetwork is not in the network."));
            }
        }
        return Ok(place);
    }
    let network = nic["network"].as_str().filter(|link| !link.is_empty());
    let network = referred(store, network.unwrap_or("global/networks/default"))?;
    let auto = Place::new(here, "subnetworks", &network.name);
    if store.items[&network]["autoCreateSubnetworks"] == true && store.items.contains_key(&auto) {
        return Ok(auto);
    }
    let why = "Subnetwork should be specified for custom subnetmode network.";
    Err(invalid(&field, "", why))
}

/// Gives every access config without a reserved address a fresh one.
pub(super) fn go_public(store: &mut Store, place: &Place) {
    each_config(store, place, |store, config| {
        if config["natIP"].is_null() {
            config["natIP"] = json!(address::fresh(store));
        }
    });
}

/// Takes the addresses away that are not reserved.
pub(super) fn go_private(store: &mut Store, place: &Place) {
    each_config(store, place, |store, config| {
        let ephemeral = config["natIP"].as_str().is_some_and(|ip| !address::is_static(store, ip));
        if let Some(members) = config.as_object_mut().filter(|_| ephemeral) {
            members.remove("natIP");
        }
    });
}

fn each_config(store: &mut Store, place: &Place, mut change: impl FnMut(&mut Store, &mut Value)) {
    let Some(mut item) = store.items.get(place).cloned() else { return };
    for nic in item["networkInterfaces"].as_array_mut().into_iter().flatten() {
        for config in nic["accessConfigs"].as_array_mut().into_iter().flatten() {
            change(store, config);
        }
    }
    store.items.insert(place.clone(), item);
}
