//! Persistent disks: those of instances, and those on their own.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::network::require_there;
use super::place::{Place, Scope, scope_link};
use super::refuse::{in_use, invalid, missing};
use super::store::Store;
use super::work::{Call, Job, require_ready};
use super::{check, fingerprint, image, show};

/// `POST …/zones/{zone}/disks`
pub(super) fn insert(call: &Call<'_>, scope: Scope) -> Result<Value, ApiError> {
    let body = call.body()?;
    let place = Place::new(scope, "disks", &check::name(&body)?);
    let labels = check::labels("resource.labels", &body["labels"])?;
    let mut store = call.compute.store();
    call.require_new(&store, &place)?;
    let wish = Wish {
        image: body["sourceImage"].as_str(),
        size: body["sizeGb"].as_str(),
        kind: body["type"].as_str(),
        field: "resource",
    };
    let mut item = built(&store, &place, &wish)?;
    item["labelFingerprint"] = json!(fingerprint::of(&json!(labels)));
    item["labels"] = json!(labels);
    call.dress(&store, &place, &mut item);
    store.items.insert(place.clone(), item);
    let job = Job::new(place.clone(), "insert", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if !good {
            store.items.remove(&place);
        }
    }))
}

/// `DELETE …/disks/{disk}`
pub(super) fn delete(call: &Call<'_>, place: Place) -> Result<Value, ApiError> {
    let mut store = call.compute.store();
    require_there(&store, &place)?;
    require_ready(&store, &place)?;
    if let Some(user) = show::users_of_disk(&store, &place).first() {
        return Err(in_use(&store, &place, user));
    }
    let job = Job::new(place.clone(), "delete", call.compute.pace.quick);
    Ok(call.compute.begin(&mut store, call, job, move |_, store, good| {
        if good {
            store.items.remove(&place);
        }
    }))
}

/// What a new disk shall be.
pub(super) struct Wish<'w> {
    pub image: Option<&'w str>,
    pub size: Option<&'w str>,
    pub kind: Option<&'w str>,
    /// Where in the body all of it stands.
    pub field: &'w str,
}

/// A disk without what all resources have.
pub(super) fn built(store: &Store, place: &Place, wish: &Wish<'_>) -> Result<Value, ApiError> {
    let field = wish.field;
    let Scope::Zone(zone) = &place.scope else { return Err(missing(&place.path(&store.project))) };
    let source = match wish.image {
        None => Value::Null,
        Some(link) => image::find(link).ok_or_else(|| {
            let path = link.find("projects/").map_or(link, |start| &link[start..]);
            missing(path)
        })?,
    };
    let smallest: u64 = source["diskSizeGb"].as_str().map_or(10, |size| size.parse().unwrap_or(10));
    let size = match wish.size {
        None => smallest,
        Some(text) => match text.parse::<u64>() {
            Ok(size) if (smallest..=65_536).contains(&size) => size,
            _ => {
                let why = format!("Must be between {smallest} and 65536.");
                return Err(invalid(&format!("{field}.diskSizeGb"), text, &why));
            }
        },
    };
    let kind = match wish.kind {
        None => Place::new(place.scope.clone(), "diskTypes", "pd-standard"),
        Some(link) => {
            let found = Place::read(link).filter(|kind| store.items.contains_key(kind));
            let here =
                found.filter(|kind| kind.collection == "diskTypes" && kind.scope == place.scope);
            let why = format!("There is no such disk type in zone '{zone}'.");
            here.ok_or_else(|| invalid(&format!("{field}.diskType"), link, &why))?
        }
    };
    let mut item = json!({
        "zone": scope_link(&store.project, &place.scope),
        "status": "READY",
        "sizeGb": size.to_string(),
        "type": store.link(&kind),
        "physicalBlockSizeBytes": "4096",
        "labelFingerprint": fingerprint::of(&json!({})),
    });
    for (member, from) in [
        ("sourceImage", "selfLink"),
        ("sourceImageId", "id"),
        ("licenses", "licenses"),
        ("guestOsFeatures", "guestOsFeatures"),
        ("architecture", "architecture"),
    ] {
        if !source[from].is_null() {
            item[member] = source[from].clone();
        }
    }
    Ok(item)
}
