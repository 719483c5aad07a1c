//! VPC networks.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::place::{Place, Scope, scope_link};
use super::refuse::{in_use, invalid, not_found};
use super::store::Store;
use super::work::{Call, Job, require_ready};
use super::{catalogue, check, subnetwork};
use crate::cidr::Cidr;
use crate::fault::Cloud;

/// `POST …/global/networks`
pub(super) fn insert(call: &Call<'_>) -> Result<Value, ApiError> {
    let body = call.body()?;
    let place = Place::new(Scope::Global, "networks", &check::name(&body)?);
    let Some(auto) = body["autoCreateSubnetworks"].as_bool() else {
        let why = "Legacy networks are not supported; autoCreateSubnetworks must be set.";
        return Err(invalid("resource.IPv4Range", "", why));
    };
    let mtu = body["mtu"].as_u64().unwrap_or(1460);
    if !(1300..=8896).contains(&mtu) {
        return Err(invalid("resource.mtu", &mtu.to_string(), "Must be between 1300 and 8896."));
    }
    let mode = body["routingConfig"]["routingMode"].as_str().unwrap_or("REGIONAL");
    let mut store = call.compute.store();
    call.require_new(&store, &place)?;
    if call.compute.faults.quota_exceeded(Cloud::Google, false) {
        let text = "Quota 'NETWORKS' exceeded.  Limit: 15.0 globally.";
        return Err(ApiError::new(403, "quotaExceeded", text));
    }
    let mut item = json!({
        "autoCreateSubnetworks": auto,
        "mtu": mtu,
        "routingConfig": {"routingMode": mode},
        "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
        "description": body["description"].as_str().unwrap_or_default(),
    });
    call.dress(&store, &place, &mut item);
    store.items.insert(place.clone(), item);
    let subnets = if auto { automatic(call, &mut store, &place) } else { Vec::new() };
    let job = Job::new(place.clone(), "insert", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if !good {
            store.items.retain(|present, _| *present != place && !subnets.contains(present));
        }
    }))
}

/// The subnetworks of an auto-mode network: one in every region.
fn automatic(call: &Call<'_>, store: &mut Store, network: &Place) -> Vec<Place> {
    let ranges = Cidr::new([10, 128, 0, 0].into(), 9).parts(20);
    let mut made = Vec::new();
    for (region, range) in catalogue::regions().zip(ranges) {
        let place = Place::new(Scope::Region(region.to_owned()), "subnetworks", &network.name);
        let link = scope_link(&store.project, &place.scope);
        let mut item = subnetwork::body(&store.link(network), &link, range);
        call.dress(store, &place, &mut item);
        store.items.insert(place.clone(), item);
        made.push(place);
    }
    made
}

/// `PATCH …/global/networks/{network}`
pub(super) fn patch(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let body = call.body()?;
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    let job = Job::new(place.clone(), "patch", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if let Some(item) = store.items.get_mut(&place).filter(|_| good) {
            for member in ["routingConfig", "mtu"] {
                if !body[member].is_null() {
                    item[member] = body[member].clone();
                }
            }
        }
    }))
}

/// `DELETE …/global/networks/{network}`
pub(super) fn delete(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    let item = require_there(&store, &place)?;
    let auto = item["autoCreateSubnetworks"] == true;
    require_ready(&store, &place)?;
    let link = json!(store.link(&place));
    let own = |item: &Value| item["network"] == link;
    let firewall = store.all("firewalls").find(|(_, item)| own(item));
    let subnet = store.all("subnetworks").find(|(_, item)| !auto && own(item));
    let inside = |item: &Value| super::show::nics(item).iter().any(&own);
    let instance = store.all("instances").find(|(_, item)| inside(item));
    if let Some((user, _)) = instance.or(subnet).or(firewall) {
        return Err(in_use(&store, &place, user));
    }
    let job = Job::new(place.clone(), "delete", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.items.retain(|other, item| {
                *other != place && (other.collection != "subnetworks" || item["network"] != link)
            });
        }
    }))
}

/// The resource, if it is there.
pub(super) fn require_there<'s>(store: &'s Store, place: &Place) -> Result<&'s Value, ApiError> {
    store.items.get(place).ok_or_else(|| not_found(store, place))
}

/// The network a member of a body refers to.
pub(super) fn referred(store: &Store, link: &str) -> Result<Place, ApiError> {
    let place = Place::read(link).filter(|place| place.collection == "networks");
    let place = place.ok_or_else(|| invalid("resource.network", link, "The URL is malformed."))?;
    require_there(store, &place)?;
    if store.active(&place).is_some_and(|one| matches!(one.kind, "insert" | "delete")) {
        return Err(super::refuse::not_ready(store, &place));
    }
    Ok(place)
}
