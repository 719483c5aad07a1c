//! Quotas of a region: how much there may be, how much there is.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::place::{Place, Scope, region_of};
use super::store::Store;

pub(super) const CPUS: (&str, f64) = ("CPUS", 72.0);
pub(super) const STATIC_ADDRESSES: (&str, f64) = ("STATIC_ADDRESSES", 21.0);
const INSTANCES: (&str, f64) = ("INSTANCES", 720.0);

/// 403: there would be more than the quota allows.
pub(super) fn exceeded((metric, limit): (&str, f64), region: &str) -> ApiError {
    let text = format!("Quota '{metric}' exceeded.  Limit: {limit:.1} in region {region}.");
    ApiError::new(403, "quotaExceeded", text)
}

/// Refuses so many more of something.
pub(super) fn require(
    store: &Store,
    quota: (&'static str, f64),
    region: &str,
    more: f64,
) -> Result<(), ApiError> {
    if usage(store, quota.0, region) + more > quota.1 {
        return Err(exceeded(quota, region));
    }
    Ok(())
}

/// A region's `quotas`.
pub(super) fn shown(store: &Store, region: &str) -> Value {
    [CPUS, INSTANCES, STATIC_ADDRESSES]
        .into_iter()
        .map(|(metric, limit)| {
            json!({"metric": metric, "limit": limit, "usage": usage(store, metric, region)})
        })
        .collect()
}

/// How many processors a machine type has.
pub(super) fn cpus(store: &Store, machine_type: &Value) -> f64 {
    let found = store.linked(machine_type);
    found.and_then(|(_, item)| item["guestCpus"].as_f64()).unwrap_or(0.0)
}

fn usage(store: &Store, metric: &str, region: &str) -> f64 {
    let here = |place: &Place| match &place.scope {
        Scope::Zone(zone) => region_of(zone) == region,
        Scope::Region(name) => name == region,
        Scope::Global => false,
    };
    let instances = || store.all("instances").filter(|(place, _)| here(place));
    let used: f64 = match metric {
        "CPUS" => instances().map(|(_, item)| cpus(store, &item["machineType"])).sum(),
        "INSTANCES" => instances().map(|_| 1.0).sum(),
        "STATIC_ADDRESSES" => {
            store.all("addresses").filter(|(place, _)| here(place)).map(|_| 1.0).sum()
        }
        _ => 0.0,
    };
    // The sum of nothing is -0.0.
    used + 0.0
}
