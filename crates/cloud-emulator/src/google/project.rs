//! The project resource with its quota, and the collections that are empty here.

use serde_json::{Value, json};

use super::change::limit;
use super::error::{ApiError, Problem};
use super::page::page;
use super::request::Request;
use super::world::{World, find, find_mut};

/// `GET /dns/v1/projects/{project}`
pub(crate) fn get(project: &str, number: u64) -> Value {
    let spec = |kind: &str, algorithm: &str, length: u32| {
        json!({
            "kind": "dns#dnsKeySpec", "keyType": kind, "algorithm": algorithm, "keyLength": length,
        })
    };
    json!({
        "kind": "dns#project", "id": project, "number": number.to_string(),
        "quota": {
            "kind": "dns#quota",
            "managedZones": 10_000,
            "rrsetsPerManagedZone": limit::ZONE_SETS,
            "rrsetAdditionsPerChange": limit::CHANGE_SETS,
            "rrsetDeletionsPerChange": limit::CHANGE_SETS,
            "totalRrdataSizePerChange": limit::CHANGE_BYTES,
            "resourceRecordsPerRrset": limit::SET_RECORDS,
            "nameserversPerDelegation": limit::NAME_SERVERS,
            "dnsKeysPerManagedZone": 4,
            "networksPerManagedZone": 100,
            "managedZonesPerNetwork": 10_000,
            "policies": 100,
            "networksPerPolicy": 100,
            "targetNameServersPerPolicy": 100,
            "targetNameServersPerManagedZone": 50,
            "responsePolicies": 100,
            "networksPerResponsePolicy": 100,
            "responsePolicyRulesPerResponsePolicy": 10_000,
            "gkeClustersPerManagedZone": 100,
            "gkeClustersPerPolicy": 100,
            "gkeClustersPerResponsePolicy": 100,
            "managedZonesPerGkeCluster": 10_000,
            "itemsPerRoutingPolicy": 100,
            "peeringZonesPerTargetNetwork": 10_000,
            "whitelistedKeySpecs": [
                spec("keySigning", "rsasha256", 2048), spec("zoneSigning", "rsasha256", 1024),
                spec("keySigning", "ecdsap256sha256", 256),
                spec("zoneSigning", "ecdsap256sha256", 256),
            ],
        },
    })
}

/// The list answers of collections nothing can be put into here.
pub(crate) fn empty(member: &str, request: &Request) -> Result<Value, ApiError> {
    // Google's list of response policies is the one without a `kind`.
    let kind = match member {
        "policies" => Some("dns#policiesListResponse"),
        "dnsKeys" => Some("dns#dnsKeysListResponse"),
        _ => None,
    };
    page(&request.query, kind, member, Vec::new())
}

/// `GET …/managedZones/{zone}/dnsKeys`: no zone is signed.
pub(crate) fn dns_keys(world: &World, zone: &str, request: &Request) -> Result<Value, ApiError> {
    find(&world.zones(), zone)?;
    empty("dnsKeys", request)
}

/// `GET …/managedZones/{zone}/dnsKeys/{key}`
pub(crate) fn dns_key(world: &World, zone: &str, key: &str) -> Result<Value, ApiError> {
    find(&world.zones(), zone)?;
    Err(Problem::missing("parameters.dnsKeyId", key).into())
}

/// `POST …/managedZones/{zone}:{verb}`: the zone's IAM policy.
pub(crate) fn iam(
    world: &World,
    zone: &str,
    verb: &str,
    request: &Request,
) -> Result<Value, ApiError> {
    let body = request.object()?;
    let mut zones = world.zones();
    let zone = find_mut(&mut zones, zone)?;
    match verb {
        "getIamPolicy" => Ok(zone.iam.clone()),
        "setIamPolicy" if body["policy"].is_object() => {
            zone.iam = body["policy"].clone();
            zone.iam["etag"] = json!("ACAC");
            Ok(zone.iam.clone())
        }
        "setIamPolicy" => Err(Problem::required("policy").into()),
        "testIamPermissions" => Ok(json!({ "permissions": body["permissions"] })),
        _ => Err(ApiError::new(404, "notFound", "Method not found.")),
    }
}
