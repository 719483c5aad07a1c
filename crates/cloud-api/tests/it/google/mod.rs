//! The Google client against scripted answers, written from the vendor's description.
mod metadata;
mod operations;
mod servers;

use std::sync::Arc;
use std::time::Duration;

use cloud_api::{GoogleCompute, ServerSpec};
use cloud_http::{Backoff, Pacer, StaticToken};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::script::Script;
use crate::support::spec;

const BASE: &str = "/compute/v1/projects/acme-prod";
const ZONE: &str = "zones/europe-west3-a";

/// A client that answers come to from `script`, in no hurry and without long pauses.
fn client(script: &Script) -> GoogleCompute {
    let tokens = Arc::new(StaticToken::new(SecretString::from("ya29.secret-token-of-google")));
    let pause = Duration::from_millis(1);
    GoogleCompute::builder("acme-prod", tokens, Arc::new(script.clone()))
        .endpoint("http://127.0.0.1:1/")
        .pacer(Arc::new(Pacer::unlimited()))
        .backoff(Backoff::new(pause, pause, 3))
        .polling(pause, pause)
        .build()
}

fn web() -> ServerSpec {
    spec("europe-west3-a", "e2-small")
}

fn at(method: &str, below: &str) -> String {
    format!("{method} {BASE}/{below}")
}

/// An operation in the zone.
fn operation(name: &str, status: &str) -> Value {
    let zone = format!("https://www.googleapis.com{BASE}/{ZONE}");
    json!({"kind": "compute#operation", "name": name, "status": status, "zone": zone})
}

/// A failed operation in the zone.
fn failed(name: &str, error: Value) -> Value {
    let mut operation = operation(name, "DONE");
    operation["error"] = json!({"errors": [error]});
    operation["httpErrorStatusCode"] = json!(503);
    operation
}

fn error(status: u16, reason: &str) -> Value {
    json!({"error": {"code": status, "message": "no",
        "errors": [{"message": "no", "domain": "global", "reason": reason}]}})
}

/// The instance `web-1` of owner `acme`.
fn instance(status: &str, machine: &str, address: Option<&str>) -> Value {
    let link = |below: &str| format!("https://www.googleapis.com{BASE}/{ZONE}/{below}");
    let access = match address {
        Some(address) => json!({"type": "ONE_TO_ONE_NAT", "natIP": address}),
        None => json!({"type": "ONE_TO_ONE_NAT"}),
    };
    json!({
        "id": "6105395321733014149", "name": "web-1", "status": status,
        "zone": format!("https://www.googleapis.com{BASE}/{ZONE}"),
        "machineType": link(&format!("machineTypes/{machine}")),
        "labels": {"schwenk-owner": "acme", "role": "app"}, "labelFingerprint": "bGFiZWwx",
        "metadata": {"fingerprint": "bWV0YTE=", "items": [
            {"key": "startup-script", "value": "#!/bin/sh\nold\n"},
            {"key": "foreign", "value": "kept"}]},
        "networkInterfaces": [{"networkIP": "10.20.0.2", "network":
            format!("https://www.googleapis.com{BASE}/global/networks/edge"),
            "accessConfigs": [access]}],
    })
}
