//! The records' envelopes, pinned.
use serde_json::{Value, json};
use web_api::{
    RecordsChecked, RecordsPlan, RecordsRun, RecordsWanted, ZoneDoctor, ZoneRecords, Zones,
};

use crate::pinned::{pinned, strict};

#[test]
fn zones_and_what_is_in_them() {
    pinned::<Zones>(&json!({
        "zones": [{ "name": "example.com.", "providers": ["google", "hetzner"] }],
        "providers": [
            { "provider": "google", "problem": null },
            { "provider": "hetzner", "problem": "the token is refused" },
        ],
    }));
    let cell = |state: &str, ttl: Option<u32>, values: &[&str]| json!({ "state": state, "ttl": ttl, "values": values, "opaque": false });
    pinned::<ZoneRecords>(&json!({
        "zone": "example.com.",
        "columns": [{
            "provider": "google",
            "problem": null,
            "notes": ["DNSSEC is on"],
            "name_servers": ["ns1.google.test."],
            "count": 3,
            "ttl_min": 60,
            "guard": "server",
        }],
        "rows": [{
            "name": "shop.example.com.",
            "type": "A",
            "cells": [cell("there", Some(60), &["203.0.113.5"]), cell("absent", None, &[])],
            "agreement": "differs",
            "differences": ["missing"],
            "service": "shop",
        }],
        "total": 1,
        "differing": 1,
        "offset": 0,
        "age_secs": 4,
    }));
}

#[test]
fn a_change_its_plan_and_what_becomes_of_it() {
    let change = json!({
        "name": "www.example.com.",
        "type": "A",
        "providers": ["google"],
        "ttl": 300,
        "values": ["203.0.113.5"],
        "remove": false,
    });
    let wanted = json!({
        "zone": "example.com.", "changes": [change], "apex_ns": false, "digest": "0f3a",
    });
    pinned::<RecordsWanted>(&wanted);
    strict::<RecordsWanted>(&wanted);
    let least = json!({ "zone": "z.", "changes": [{ "name": "a", "type": "A", "providers": [] }] });
    let least: RecordsWanted = serde_json::from_value(least).expect("the rest has defaults");
    assert!(!least.apex_ns && !least.changes[0].remove && least.changes[0].values.is_empty());
    pinned::<RecordsPlan>(&json!({
        "zone": "example.com.",
        "digest": "0f3a",
        "providers": [{
            "provider": "google",
            "remove": ["www 60 IN A 198.51.100.7"],
            "add": ["www 300 IN A 203.0.113.5"],
            "problems": ["it is moved by a service"],
            "puts": 1,
            "removals": 0,
            "present": 12,
        }],
        "dangers": ["apex_ns"],
        "allowed": false,
        "limits": { "updates_percent": 30, "removals_percent": 30, "sample_min": 10 },
    }));
    pinned::<RecordsRun>(&json!({
        "id": 7,
        "zone": "example.com.",
        "who": "anna",
        "steps": [
            { "provider": "google", "state": "done", "problem": null, "found": null },
            { "provider": "hetzner", "state": "unknown", "problem": "no answer", "found": [] },
        ],
        "state": "split",
        "text": "google has it, hetzner is not known",
        "undo": [change],
    }));
}

#[test]
fn what_is_wrong_with_a_line_and_with_a_zone() {
    pinned::<RecordsChecked>(&json!({
        "name": null,
        "type": "unknown type",
        "ttl": null,
        "values": [null, "no address"],
        "whole": Value::Null,
    }));
    pinned::<ZoneDoctor>(&json!({
        "zone": "example.com.",
        "findings": [{
            "grade": "critical",
            "code": "lame",
            "text": "ns1 does not answer for the zone",
            "remedy": "remove it from the delegation",
            "said": { "code": "doctor.lame", "with": { "servers": ["ns1"] } },
        }],
        "age_secs": 0,
    }));
}
