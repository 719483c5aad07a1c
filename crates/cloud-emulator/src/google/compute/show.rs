//! How resources look to callers: with what only the others around them know.

use serde_json::{Value, json};

use super::place::{Place, Scope};
use super::quota;
use super::store::Store;
use crate::fault::Cloud;
use crate::machine::Seen;

/// A resource as it is answered.
pub(super) fn shown(store: &Store, place: &Place, item: &Value) -> Value {
    let mut item = item.clone();
    match place.collection {
        "instances" => {
            let half = store.active(place).is_some_and(super::operation::Operation::is_half_done);
            if item["status"] == "PROVISIONING" && half {
                item["status"] = json!("STAGING");
            }
        }
        "addresses" => {
            let users = users_of_address(store, &item["address"]);
            if !users.is_empty() {
                item["status"] = json!("IN_USE");
                item["users"] = users.iter().map(|place| json!(store.link(place))).collect();
            } else if store.active(place).is_some() {
                item["status"] = json!("RESERVING");
            }
        }
        "networks" => {
            let link = json!(store.link(place));
            let own: Vec<String> = store
                .all("subnetworks")
                .filter(|(_, subnet)| subnet["network"] == link)
                .map(|(place, _)| store.link(place))
                .collect();
            if !own.is_empty() {
                item["subnetworks"] = json!(own);
            }
        }
        "disks" => {
            let users: Vec<String> =
                users_of_disk(store, place).iter().map(|place| store.link(place)).collect();
            if !users.is_empty() {
                item["users"] = json!(users);
            }
        }
        "regions" => item["quotas"] = quota::shown(store, &place.name),
        _ => {}
    }
    item
}

/// Instances that have this external or internal address.
pub(super) fn users_of_address<'s>(store: &'s Store, address: &Value) -> Vec<&'s Place> {
    let has = |instance: &Value| {
        nics(instance).iter().any(|nic| {
            nic["networkIP"] == *address
                || nic["accessConfigs"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|one| one["natIP"] == *address))
        })
    };
    store.all("instances").filter(|(_, item)| has(item)).map(|(place, _)| place).collect()
}

/// Instances a disk is attached to.
pub(super) fn users_of_disk<'s>(store: &'s Store, disk: &Place) -> Vec<&'s Place> {
    let link = json!(store.link(disk));
    let attached = |instance: &Value| {
        instance["disks"].as_array().is_some_and(|all| all.iter().any(|one| one["source"] == link))
    };
    store.all("instances").filter(|(_, item)| attached(item)).map(|(place, _)| place).collect()
}

pub(super) fn nics(instance: &Value) -> &[Value] {
    instance["networkInterfaces"].as_array().map_or(&[], Vec::as_slice)
}

/// The instances as the emulator's owner may see them.
pub(super) fn seen(store: &Store) -> Vec<Seen> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let last = |value: &Value| text(value).rsplit('/').next().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for (place, _) in store.all("instances") {
        let item = shown(store, place, &store.items[place]);
        let machine = store.machines.get(place);
        let (booted, console) = machine.map(crate::machine::Machine::look).unwrap_or_default();
        let nic = &item["networkInterfaces"][0];
        found.push(Seen {
            cloud: Cloud::Google,
            name: place.name.clone(),
            place: match &place.scope {
                Scope::Zone(zone) => zone.clone(),
                other => other.to_string(),
            },
            status: text(&item["status"]),
            server_type: last(&item["machineType"]),
            address: nic["accessConfigs"][0]["natIP"].as_str().map(str::to_owned),
            private: nics(&item).iter().map(|nic| text(&nic["networkIP"])).collect(),
            booted,
            console,
        });
    }
    found
}
