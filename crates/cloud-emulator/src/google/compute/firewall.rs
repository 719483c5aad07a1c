//! Firewall rules of a network.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::check;
use super::network::{referred, require_there};
use super::place::{Place, Scope};
use super::refuse::{invalid, required};
use super::work::{Call, Job, require_ready};

/// Members callers may set.
const MEMBERS: [&str; 13] = [
    "allowed",
    "denied",
    "description",
    "destinationRanges",
    "direction",
    "disabled",
    "logConfig",
    "priority",
    "sourceRanges",
    "sourceServiceAccounts",
    "sourceTags",
    "targetServiceAccounts",
    "targetTags",
];

/// `POST …/global/firewalls`
pub(super) fn insert(call: &Call<'_>) -> Result<Value, ApiError> {
    let body = call.body()?;
    let place = Place::new(Scope::Global, "firewalls", &check::name(&body)?);
    let mut store = call.compute.store();
    let network = body["network"].as_str().ok_or_else(|| required("resource.network"))?;
    let network = store.link(&referred(&store, network)?);
    call.require_new(&store, &place)?;
    let mut item = json!({
        "network": network, "priority": 1000, "direction": "INGRESS", "disabled": false,
        "logConfig": {"enable": false},
    });
    merge(&mut item, &body);
    complete(&mut item)?;
    call.dress(&store, &place, &mut item);
    store.items.insert(place.clone(), item);
    let job = Job::new(place.clone(), "insert", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if !good {
            store.items.remove(&place);
        }
    }))
}

/// `PATCH` and `PUT …/global/firewalls/{firewall}`
pub(super) fn change(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let mut store = call.compute.store();
    let mut item = require_there(&store, &place)?.clone();
    require_ready(&store, &place)?;
    let kind = if call.request.method == "PUT" { "update" } else { "patch" };
    merge(&mut item, &body);
    complete(&mut item)?;
    let job = Job::new(place.clone(), kind, call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.items.insert(place, item);
        }
    }))
}

/// `DELETE …/global/firewalls/{firewall}`
pub(super) fn delete(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    let job = Job::new(place.clone(), "delete", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.items.remove(&place);
        }
    }))
}

fn merge(item: &mut Value, body: &Value) {
    for member in MEMBERS {
        if !body[member].is_null() {
            item[member] = body[member].clone();
        }
    }
}

fn complete(item: &mut Value) -> Result<(), ApiError> {
    let inwards = match item["direction"].as_str() {
        Some("INGRESS") => true,
        Some("EGRESS") => false,
        other => {
            let why = "Must be INGRESS or EGRESS.";
            return Err(invalid("resource.direction", other.unwrap_or_default(), why));
        }
    };
    if item["priority"].as_u64().is_none_or(|priority| priority > 65_535) {
        let why = "Must be between 0 and 65535.";
        return Err(invalid("resource.priority", &item["priority"].to_string(), why));
    }
    let rules = match (item["allowed"].as_array(), item["denied"].as_array()) {
        (Some(rules), None) | (None, Some(rules)) if !rules.is_empty() => rules,
        _ => {
            let why = "Exactly one of allowed and denied must be specified.";
            return Err(invalid("resource.allowed", "", why));
        }
    };
    for rule in rules {
        check_rule(rule)?;
    }
    let named = !item["sourceTags"].is_null() || !item["sourceServiceAccounts"].is_null();
    let member = if inwards { "sourceRanges" } else { "destinationRanges" };
    if item[member].is_null() && !(inwards && named) {
        item[member] = json!(["0.0.0.0/0"]);
    }
    for range in item[member].as_array().into_iter().flatten() {
        let text = range.as_str().unwrap_or_default();
        if !is_range(text) {
            return Err(invalid(&format!("resource.{member}[0]"), text, "Must be a CIDR range."));
        }
    }
    Ok(())
}

fn check_rule(rule: &Value) -> Result<(), ApiError> {
    const KNOWN: [&str; 7] = ["tcp", "udp", "icmp", "esp", "ah", "sctp", "ipip"];
    let protocol = rule["IPProtocol"].as_str().unwrap_or_default().to_ascii_lowercase();
    if !KNOWN.contains(&protocol.as_str()) && protocol != "all" && protocol.parse::<u8>().is_err() {
        return Err(invalid("resource.allowed[0].IPProtocol", &protocol, "Unknown protocol."));
    }
    for port in rule["ports"].as_array().into_iter().flatten() {
        let text = port.as_str().unwrap_or_default();
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let fits = match (low.parse::<u16>(), high.parse::<u16>()) {
            (Ok(low), Ok(high)) => low <= high,
            _ => false,
        };
        if !fits || !["tcp", "udp", "sctp"].contains(&protocol.as_str()) {
            return Err(invalid(
                "resource.allowed[0].ports[0]",
                text,
                "Must be a port or a range.",
            ));
        }
    }
    Ok(())
}

fn is_range(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unwrap_or((text, "0"));
    let most = if address.contains(':') { 128 } else { 32 };
    address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|b| b <= most)
}
