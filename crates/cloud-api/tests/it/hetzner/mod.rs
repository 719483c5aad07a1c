//! The Hetzner client against scripted answers, written from the vendor's description.
mod create;
mod groups;
mod power;

use std::sync::Arc;
use std::time::Duration;

use cloud_api::{HetznerCloud, ServerSpec};
use cloud_http::Backoff;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::script::Script;
use crate::support::spec;

const TOKEN: &str = "jEheVytlAoFl7F8MqUQ7jAo2hOXASztXjEheVytlAoFl7F8MqUQ7jAo2hOXASztX";

/// A client that answers come to from `script`, in no hurry and without long pauses.
fn client(script: &Script) -> HetznerCloud {
    let pause = Duration::from_millis(1);
    HetznerCloud::builder(SecretString::from(TOKEN), Arc::new(script.clone()))
        .endpoint("http://127.0.0.1:1")
        .backoff(Backoff::new(pause, pause, 4))
        .polling(pause, pause)
        .build()
        .unwrap()
}

fn web() -> ServerSpec {
    spec("fsn1", "cx23")
}

fn action(id: u64, status: &str) -> Value {
    json!({"id": id, "command": "some_command", "status": status, "progress": 0, "error": null,
        "resources": [{"id": 501, "type": "server"}]})
}

fn error(code: &str) -> Value {
    json!({"error": {"code": code, "message": "no", "details": null}})
}

/// The server 501 of owner `acme`, without the `datacenter` that was removed.
fn server(status: &str, machine: &str) -> Value {
    json!({
        "id": 501, "name": "web-1", "status": status, "locked": false,
        "created": "2026-11-22T10:10:00+00:00",
        "server_type": {"id": 114, "name": machine, "architecture": "x86"},
        "location": {"id": 1, "name": "fsn1", "network_zone": "eu-central"},
        "public_net": {"ipv4": {"id": 11, "ip": "203.0.113.9", "blocked": false},
            "ipv6": {"id": 12, "ip": "2001:db8:7::/64", "blocked": false}, "floating_ips": []},
        "private_net": [], "labels": {"schwenk-owner": "acme", "role": "app"},
        "protection": {"delete": false, "rebuild": false},
    })
}

/// An answer with the server 501.
fn shown(status: &str, machine: &str) -> Value {
    json!({"server": server(status, machine)})
}

fn list(what: &str, items: &[Value]) -> Value {
    let pagination = json!({"page": 1, "per_page": 50, "next_page": null});
    json!({what: items, "meta": {"pagination": pagination}})
}
