//! `POST /zones/{zone}/rrsets/{name}/{type}/actions/…`: what changes an RRset's content.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Hetzner;
use super::body::Body;
use super::problem::Problem;
use super::record::{check_name, check_type, check_values};
use super::zone::Zone;

type At = Path<(String, String, String)>;
type Answer = Result<(StatusCode, Json<Value>), Problem>;

pub(super) fn routes() -> Router<Hetzner> {
    let at = |action| format!("/v1/zones/{{zone}}/rrsets/{{name}}/{{type}}/actions/{action}");
    Router::new()
        .route(&at("set_records"), post(set_records))
        .route(&at("add_records"), post(add_records))
        .route(&at("remove_records"), post(remove_records))
        .route(&at("update_records"), post(update_records))
        .route(&at("change_ttl"), post(change_ttl))
        .route(&at("change_protection"), post(change_protection))
}

async fn set_records(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): At,
    body: Body,
) -> Answer {
    body.only(&["records"])?;
    let records = body.records()?;
    started(StatusCode::CREATED, &hetzner, &zone, "set_rrset_records", |zone| {
        let apex = zone.name.clone();
        let set = zone.changeable(&name, &rtype)?;
        check_values(&rtype, &records, &apex)?;
        set.records = records;
        Ok(())
    })
}

async fn add_records(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): At,
    body: Body,
) -> Answer {
    body.only(&["records", "ttl"])?;
    let records = body.records()?;
    let ttl = body.ttl()?;
    started(StatusCode::CREATED, &hetzner, &zone, "add_rrset_records", |zone| {
        if zone.find(&name, &rtype).is_none() {
            check_name(&name, &zone.name)?;
            check_type(&rtype)?;
            check_values(&rtype, &records, &zone.name)?;
            zone.check_exclusive(&name, &rtype)?;
            let set = zone.built(&name, &rtype, ttl, records);
            zone.rrsets.push(set);
            return Ok(());
        }
        let apex = zone.name.clone();
        let set = zone.changeable(&name, &rtype)?;
        if ttl.is_some() && ttl != set.ttl {
            return Err(Problem::field("ttl", "the RRSet would have differing record TTLs"));
        }
        let present = |value: &str| set.records.iter().any(|record| record.value == value);
        if let Some(twice) = records.iter().find(|record| present(&record.value)) {
            let message = format!("record {:?} already exists", twice.value);
            return Err(Problem::exists("records", message));
        }
        set.records.extend(records);
        check_values(&rtype, &set.records, &apex)
    })
}

async fn remove_records(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): At,
    body: Body,
) -> Answer {
    body.only(&["records"])?;
    let records = body.records()?;
    started(StatusCode::CREATED, &hetzner, &zone, "remove_rrset_records", |zone| {
        let set = zone.changeable(&name, &rtype)?;
        for record in &records {
            let Some(place) = set.records.iter().position(|one| one.value == record.value) else {
                return Err(Problem::field("records", format!("{:?} is not there", record.value)));
            };
            set.records.remove(place);
        }
        if set.records.is_empty() {
            if rtype == "SOA" {
                return Err(Problem::field("records", "SOA cannot be deleted"));
            }
            zone.rrsets.retain(|set| set.name != name || set.rtype != rtype);
        }
        Ok(())
    })
}

/// Changes comments only; answers 200 where all other actions answer 201, as documented.
async fn update_records(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): At,
    body: Body,
) -> Answer {
    body.only(&["records"])?;
    let records = body.records()?;
    if records.iter().any(|record| record.comment.is_none()) {
        return Err(Problem::field("records", "comment is required"));
    }
    started(StatusCode::OK, &hetzner, &zone, "update_rrset_records", |zone| {
        let set = zone.changeable(&name, &rtype)?;
        for record in records {
            let present = set.records.iter_mut().find(|one| one.value == record.value);
            let Some(present) = present else {
                return Err(Problem::field("records", format!("{:?} is not there", record.value)));
            };
            present.comment = record.comment;
        }
        Ok(())
    })
}

async fn change_ttl(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): At,
    body: Body,
) -> Answer {
    body.only(&["ttl"])?;
    if !body.has("ttl") {
        return Err(Problem::field("ttl", "is required"));
    }
    let ttl = body.ttl()?;
    started(StatusCode::CREATED, &hetzner, &zone, "change_rrset_ttl", |zone| {
        zone.changeable(&name, &rtype)?.ttl = ttl;
        Ok(())
    })
}

async fn change_protection(
    State(hetzner): State<Hetzner>,
    Path((zone, name, rtype)): At,
    body: Body,
) -> Answer {
    body.only(&["change"])?;
    let change = body.flag("change")?.ok_or_else(|| Problem::field("change", "is required"))?;
    started(StatusCode::CREATED, &hetzner, &zone, "change_rrset_protection", |zone| {
        zone.existing(&name, &rtype)?.protected = change;
        Ok(())
    })
}

fn started(
    status: StatusCode,
    hetzner: &Hetzner,
    zone: &str,
    command: &'static str,
    edit: impl FnOnce(&mut Zone) -> Result<(), Problem>,
) -> Answer {
    let ((), action) = hetzner.change(zone, command, |zone| {
        zone.require_primary()?;
        edit(zone)
    })?;
    Ok((status, Json(json!({ "action": action }))))
}
