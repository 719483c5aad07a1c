//! The project itself, and the metadata all of its instances share.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::catalogue::ONCE;
use super::place::{Place, Scope};
use super::refuse::invalid;
use super::store::Store;
use super::work::{Call, Job};
use super::{check, fingerprint};
use crate::fault::Cloud;

/// `GET /projects/{project}`
pub(super) fn get(store: &Store) -> Value {
    let project = &store.project;
    json!({
        "kind": "compute#project",
        "id": super::super::PROJECT_NUMBER,
        "creationTimestamp": ONCE,
        "name": project,
        "commonInstanceMetadata": store.metadata,
        "quotas": [
            {"metric": "NETWORKS", "limit": 15.0, "usage": store.all("networks").count()},
            {"metric": "FIREWALLS", "limit": 200.0, "usage": store.all("firewalls").count()},
        ],
        "selfLink": format!("https://www.googleapis.com/compute/v1/projects/{project}"),
        "defaultServiceAccount":
            format!("{}-compute@developer.gserviceaccount.com", super::super::PROJECT_NUMBER),
        "xpnProjectStatus": "UNSPECIFIED_XPN_PROJECT_STATUS",
        "defaultNetworkTier": "PREMIUM",
        "vmDnsSetting": "ZONAL_ONLY",
    })
}

/// `POST …/setCommonInstanceMetadata`
pub(super) fn set_metadata(call: &Call<'_>) -> Result<Value, ApiError> {
    let body = call.body()?;
    let items = check::items("resource", &body)?;
    require_keys(call, &items)?;
    let mut store = call.compute.store();
    fingerprint::require(&body["fingerprint"], &store.metadata["fingerprint"], "metadata")?;
    let place = Place::new(Scope::Global, "", "");
    let job =
        Job::new(place, "compute.projects.setCommonInstanceMetadata", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.metadata = fingerprint::metadata(items);
        }
    }))
}

/// Refuses SSH keys while a fault wants it.
pub(super) fn require_keys(call: &Call<'_>, items: &Value) -> Result<(), ApiError> {
    let keys = items.as_array().and_then(|all| all.iter().position(|one| one["key"] == "ssh-keys"));
    match keys {
        Some(place) if call.compute.faults.ssh_key_refused(Cloud::Google) => {
            let field = format!("resource.metadata.items[{place}].value");
            Err(invalid(&field, "ssh-keys", "The SSH key is not accepted."))
        }
        _ => Ok(()),
    }
}
