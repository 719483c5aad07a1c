//! Subnetworks: a network's range in a region.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::network::{referred, require_there};
use super::place::{Place, Scope, scope_link};
use super::refuse::{in_use, invalid, required};
use super::store::Store;
use super::work::{Call, Job, require_ready};
use super::{check, fingerprint, show};
use crate::cidr::Cidr;

/// `POST …/regions/{region}/subnetworks`
pub(super) fn insert(call: &Call<'_>, scope: Scope) -> Result<Value, ApiError> {
    let body = call.body()?;
    let place = Place::new(scope, "subnetworks", &check::name(&body)?);
    let range = check::range("resource.ipCidrRange", &body["ipCidrRange"])?;
    let network = body["network"].as_str().ok_or_else(|| required("resource.network"))?;
    let mut store = call.compute.store();
    let network = store.link(&referred(&store, network)?);
    call.require_new(&store, &place)?;
    require_apart(&store, &network, range, None)?;
    let mut item = self::body(&network, &scope_link(&store.project, &place.scope), range);
    item["description"] = json!(body["description"].as_str().unwrap_or_default());
    if let Some(access) = body["privateIpGoogleAccess"].as_bool() {
        item["privateIpGoogleAccess"] = json!(access);
    }
    call.dress(&store, &place, &mut item);
    store.items.insert(place.clone(), item);
    let job = Job::new(place.clone(), "insert", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if !good {
            store.items.remove(&place);
        }
    }))
}

/// A subnetwork without what all resources have.
pub(super) fn body(network: &str, region: &str, range: Cidr) -> Value {
    let text = range.to_string();
    json!({
        "network": network,
        "region": region,
        "ipCidrRange": text,
        "gatewayAddress": range.nth(1).map(|ip| ip.to_string()),
        "fingerprint": fingerprint::of(&json!(text)),
        "privateIpGoogleAccess": false,
        "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
        "purpose": "PRIVATE",
        "stackType": "IPV4_ONLY",
    })
}

/// `POST …/subnetworks/{subnetwork}/expandIpCidrRange`
pub(super) fn expand(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let range = check::range("ipCidrRange", &body["ipCidrRange"])?;
    let mut store = call.compute.store();
    let item = require_there(&store, &place)?;
    require_ready(&store, &place)?;
    let present = range_of(item);
    if present.is_none_or(|present| !range.covers(present) || range == present) {
        let why = "The new range must be larger than the present one and contain it.";
        return Err(invalid("ipCidrRange", &range.to_string(), why));
    }
    let network = item["network"].as_str().unwrap_or_default().to_owned();
    require_apart(&store, &network, range, Some(&place))?;
    let job = Job::new(place.clone(), "expandIpCidrRange", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if let Some(item) = store.items.get_mut(&place).filter(|_| good) {
            item["ipCidrRange"] = json!(range.to_string());
            item["gatewayAddress"] = json!(range.nth(1).map(|ip| ip.to_string()));
            item["fingerprint"] = json!(fingerprint::of(&json!(range.to_string())));
        }
    }))
}

/// `DELETE …/subnetworks/{subnetwork}`
pub(super) fn delete(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    let link = json!(store.link(&place));
    let inside = |item: &Value| show::nics(item).iter().any(|nic| nic["subnetwork"] == link);
    let user = store
        .all("instances")
        .find(|(_, item)| inside(item))
        .or_else(|| store.all("addresses").find(|(_, item)| item["subnetwork"] == link));
    if let Some((user, _)) = user {
        return Err(in_use(&store, &place, user));
    }
    let job = Job::new(place.clone(), "delete", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.items.remove(&place);
        }
    }))
}

pub(super) fn range_of(item: &Value) -> Option<Cidr> {
    Cidr::parse(item["ipCidrRange"].as_str()?)
}

/// A free internal address of a subnetwork; the first two and the last two are the cloud's.
pub(super) fn free_address(store: &Store, subnet: &Value) -> Option<Ipv4Addr> {
    let range = range_of(subnet)?;
    let link = &subnet["selfLink"];
    let mut used: Vec<Ipv4Addr> = Vec::new();
    for (_, instance) in store.all("instances") {
        let own = show::nics(instance).iter().filter(|nic| nic["subnetwork"] == *link);
        used.extend(own.filter_map(|nic| nic["networkIP"].as_str()?.parse::<Ipv4Addr>().ok()));
    }
    for (_, address) in store.all("addresses").filter(|(_, item)| item["subnetwork"] == *link) {
        used.extend(address["address"].as_str().and_then(|ip| ip.parse::<Ipv4Addr>().ok()));
    }
    range.addresses().find(|ip| is_for_instances(range, *ip) && !used.contains(ip))
}

/// Whether an address of a range can be an instance's.
pub(super) fn is_for_instances(range: Cidr, ip: Ipv4Addr) -> bool {
    let place = ip.to_bits().wrapping_sub(range.first().to_bits());
    let left = range.last().to_bits().wrapping_sub(ip.to_bits());
    range.contains(ip) && place >= 2 && left >= 2
}

fn require_apart(
    store: &Store,
    network: &str,
    range: Cidr,
    but: Option<&Place>,
) -> Result<(), ApiError> {
    for (other, item) in store.all("subnetworks").filter(|(other, _)| Some(*other) != but) {
        if item["network"] == network && range_of(item).is_some_and(|has| has.overlaps(range)) {
            let Scope::Region(region) = &other.scope else { continue };
            let text = format!(
                "Invalid IPCidrRange: {range} conflicts with existing subnetwork '{}' in region \
                 '{region}'.",
                other.name
            );
            return Err(ApiError::new(400, "invalid", text));
        }
    }
    Ok(())
}
