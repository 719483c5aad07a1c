//! `instances.insert`.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::disk::{Wish, built};
use super::place::{Place, Scope, region_of, scope_link};
use super::refuse::{invalid, not_found, required};
use super::store::Store;
use super::work::{Call, Job};
use super::{check, failure::Failure, fingerprint, nic, power, project, quota, show};
use crate::fault::Cloud;
use crate::machine::Machine;

/// `POST …/zones/{zone}/instances`
pub(super) fn insert(call: &Call<'_>, scope: Scope) -> Result<Value, ApiError> {
    let body = call.body()?;
    let place = Place::new(scope, "instances", &check::name(&body)?);
    let mut store = call.compute.store();
    let Scope::Zone(zone) = place.scope.clone() else { return Err(not_found(&store, &place)) };
    let region = region_of(&zone).to_owned();
    let labels = json!(check::labels("resource.labels", &body["labels"])?);
    let items = check::items("resource.metadata", &body["metadata"])?;
    project::require_keys(call, &items)?;
    let tags = check::tags(&body["tags"])?;
    call.require_new(&store, &place)?;
    let kind = machine_type(&store, &place, &body)?;
    let nics = nic::built(&store, &region, &body)?;
    let (disks, made) = disks(call, &store, &place, &body)?;
    let failure = capacity(call, &store, &zone, &kind)?;
    let mut item = json!({
        "description": body["description"].as_str().unwrap_or_default(),
        "zone": scope_link(&store.project, &place.scope),
        "machineType": store.link(&kind),
        "status": "PROVISIONING",
        "canIpForward": body["canIpForward"].as_bool().unwrap_or(false),
        "deletionProtection": body["deletionProtection"].as_bool().unwrap_or(false),
        "cpuPlatform": "Unknown CPU Platform",
        "startRestricted": false,
        "tags": fingerprint::tags(&tags),
        "metadata": fingerprint::metadata(items),
        "labelFingerprint": fingerprint::of(&labels),
        "fingerprint": fingerprint::of(&json!([place.name, call.compute.clock.pacific()])),
        "networkInterfaces": nics,
        "disks": disks,
        "scheduling": scheduling(&body)?,
        "serviceAccounts": accounts(&body),
        "shieldedInstanceConfig": shielded(&body),
    });
    if labels.as_object().is_some_and(|labels| !labels.is_empty()) {
        item["labels"] = labels;
    }
    call.dress(&store, &place, &mut item);
    store.items.insert(place.clone(), item);
    for (disk, item) in &made {
        store.items.insert(disk.clone(), item.clone());
    }
    store.machines.insert(place.clone(), Machine::new(&place.name));
    let mut job = Job::new(place.clone(), "insert", call.compute.pace.server);
    job.failure = failure;
    Ok(call.compute.begin(&mut store, call, job, move |compute, store, good| {
        if good {
            power::run(compute, store, &place);
        } else {
            store.items.retain(|other, _| *other != place && made.iter().all(|(d, _)| d != other));
            store.machines.remove(&place);
        }
    }))
}

/// The machine type a body names, if the zone has it.
pub(super) fn machine_type(store: &Store, place: &Place, body: &Value) -> Result<Place, ApiError> {
    let link = body["machineType"].as_str().ok_or_else(|| required("resource.machineType"))?;
    let field = "resource.machineType";
    let kind = Place::read(link).filter(|kind| kind.collection == "machineTypes");
    let kind = kind.ok_or_else(|| invalid(field, link, "The URL is malformed."))?;
    if kind.scope != place.scope {
        let why = "The machine type must be in the zone of the instance.";
        return Err(invalid(field, link, why));
    }
    if !store.items.contains_key(&kind) {
        let why =
            format!("Machine type with name '{}' does not exist in {}.", kind.name, kind.scope);
        return Err(invalid(field, link, &why));
    }
    Ok(kind)
}

/// Refuses what is over the quota; what the zone has no capacity for fails later.
fn capacity(
    call: &Call<'_>,
    store: &Store,
    zone: &str,
    kind: &Place,
) -> Result<Option<Failure>, ApiError> {
    let (faults, region) = (&call.compute.faults, region_of(zone));
    if faults.quota_exceeded(Cloud::Google, false) {
        return Err(quota::exceeded(quota::CPUS, region));
    }
    let cpus = quota::cpus(store, &json!(store.link(kind)));
    quota::require(store, quota::CPUS, region, cpus)?;
    if faults.quota_exceeded(Cloud::Google, true) {
        return Ok(Some(Failure::quota(quota::CPUS.0, quota::CPUS.1, region)));
    }
    Ok(power::stock_out(call, zone, &kind.name))
}

type Disks = (Vec<Value>, Vec<(Place, Value)>);

/// The disks of a body: as members of the instance, and those of them that are new.
fn disks(call: &Call<'_>, store: &Store, place: &Place, body: &Value) -> Result<Disks, ApiError> {
    let wanted = body["disks"].as_array().cloned().unwrap_or_default();
    let boots = wanted.iter().filter(|disk| disk["boot"] == true).count();
    if boots != 1 || wanted[0]["boot"] != true {
        let why = "Boot disk must be specified, exactly one, as the first disk.";
        return Err(invalid("resource.disks", "", why));
    }
    let (mut members, mut made) = (Vec::new(), Vec::new());
    for (number, wish) in wanted.iter().enumerate() {
        let field = format!("resource.disks[{number}]");
        let (disk, item) = match wish["source"].as_str() {
            Some(link) => present(store, &field, link)?,
            None => {
                let (disk, item) = new_disk(call, store, place, (number, &field), wish)?;
                made.push((disk.clone(), item.clone()));
                (disk, item)
            }
        };
        let mut member = json!({
            "kind": "compute#attachedDisk",
            "type": "PERSISTENT",
            "mode": wish["mode"].as_str().unwrap_or("READ_WRITE"),
            "source": store.link(&disk),
            "deviceName": wish["deviceName"].as_str().unwrap_or(&disk.name),
            "index": number,
            "boot": wish["boot"].as_bool().unwrap_or(false),
            "autoDelete": wish["autoDelete"].as_bool().unwrap_or(false),
            "interface": "SCSI",
            "diskSizeGb": item["sizeGb"],
        });
        for name in ["licenses", "guestOsFeatures", "architecture"] {
            if !item[name].is_null() {
                member[name] = item[name].clone();
            }
        }
        members.push(member);
    }
    Ok((members, made))
}

fn present(store: &Store, field: &str, link: &str) -> Result<(Place, Value), ApiError> {
    let place = Place::read(link).filter(|place| place.collection == "disks");
    let wrong = || invalid(&format!("{field}.source"), link, "The URL is malformed.");
    let place = place.ok_or_else(wrong)?;
    let item = store.items.get(&place).ok_or_else(|| not_found(store, &place))?;
    if let Some(user) = show::users_of_disk(store, &place).first() {
        return Err(super::refuse::in_use(store, &place, user));
    }
    Ok((place, item.clone()))
}

fn new_disk(
    call: &Call<'_>,
    store: &Store,
    instance: &Place,
    (number, field): (usize, &str),
    wish: &Value,
) -> Result<(Place, Value), ApiError> {
    let wanted = &wish["initializeParams"];
    let default = match number {
        0 => instance.name.clone(),
        _ => format!("{}-{number}", instance.name),
    };
    let name = wanted["diskName"].as_str().unwrap_or(&default);
    if !check::is_name(name) {
        return Err(invalid(&format!("{field}.initializeParams.diskName"), name, "Bad name."));
    }
    let disk = Place::new(instance.scope.clone(), "disks", name);
    // A disk of that name is silently attached as it is.
    if store.items.contains_key(&disk) {
        return present(store, field, &store.link(&disk));
    }
    let source = wanted["sourceImage"].as_str();
    if number == 0 && source.is_none() {
        return Err(required(&format!("{field}.initializeParams.sourceImage")));
    }
    let field = format!("{field}.initializeParams");
    let size = wanted["diskSizeGb"].as_str().or_else(|| wish["diskSizeGb"].as_str());
    let kind = wanted["diskType"].as_str();
    let mut item = built(store, &disk, &Wish { image: source, size, kind, field: &field })?;
    call.dress(store, &disk, &mut item);
    Ok((disk, item))
}

fn scheduling(body: &Value) -> Result<Value, ApiError> {
    let wanted = &body["scheduling"];
    let model = wanted["provisioningModel"].as_str().unwrap_or("STANDARD");
    let spot = model == "SPOT";
    let restart = wanted["automaticRestart"].as_bool().unwrap_or(!spot);
    if spot && restart {
        let why = "Automatic restart must be disabled for Spot instances.";
        return Err(invalid("resource.scheduling.automaticRestart", "true", why));
    }
    let maintenance = if spot { "TERMINATE" } else { "MIGRATE" };
    Ok(json!({
        "provisioningModel": model,
        "automaticRestart": restart,
        "preemptible": spot,
        "onHostMaintenance": wanted["onHostMaintenance"].as_str().unwrap_or(maintenance),
    }))
}

fn accounts(body: &Value) -> Vec<Value> {
    let number = super::super::PROJECT_NUMBER;
    let default = format!("{number}-compute@developer.gserviceaccount.com");
    let wanted = body["serviceAccounts"].as_array().cloned().unwrap_or_default();
    let own = |account: &Value| match account["email"].as_str() {
        None | Some("default") => default.clone(),
        Some(email) => email.to_owned(),
    };
    wanted
        .iter()
        .map(|account| json!({"email": own(account), "scopes": account["scopes"]}))
        .collect()
}

fn shielded(body: &Value) -> Value {
    let wanted = &body["shieldedInstanceConfig"];
    json!({
        "enableSecureBoot": wanted["enableSecureBoot"].as_bool().unwrap_or(false),
        "enableVtpm": wanted["enableVtpm"].as_bool().unwrap_or(true),
        "enableIntegrityMonitoring": wanted["enableIntegrityMonitoring"].as_bool().unwrap_or(true),
    })
}
