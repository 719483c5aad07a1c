//! Switching, resizing, relabelling, deleting.
use std::collections::BTreeMap;

use cloud_api::{ComputeProvider, Effect, Kind, Power, Retry, Status};
use serde_json::{Value, json};

use super::{action, client, error, list, shown};
use crate::script::Script;
use crate::support::{call, short};

fn done(id: u64) -> Value {
    json!({"action": action(id, "success")})
}

fn types(names: &[&str]) -> Value {
    let offer = json!([{"name": "fsn1", "available": true}]);
    let types: Vec<Value> =
        names.iter().map(|name| json!({"name": name, "locations": offer})).collect();
    list("server_types", &types)
}

#[tokio::test]
async fn a_shutdown_is_over_when_the_server_is_off_and_not_when_its_action_ends() {
    let script = Script::default();
    script
        .reply("GET /servers/501", 200, shown("running", "cx23"))
        .reply("POST /servers/501/actions/shutdown", 201, done(1))
        .reply("GET /servers/501", 200, shown("running", "cx23"))
        .reply("GET /servers/501", 200, shown("stopping", "cx23"))
        .reply("GET /servers/501", 200, shown("off", "cx23"));
    let hetzner = client(&script);
    let ticket = hetzner.power("501", Power::Shutdown, call()).await.unwrap().unwrap();
    let server = hetzner.settle(&ticket, call()).await.unwrap().server.unwrap();
    assert_eq!(server.status, Status::Off);
    script.finished();
}

#[tokio::test]
async fn a_system_that_does_not_listen_is_told_of() {
    let script = Script::default();
    script.reply("POST /servers/501/actions/shutdown", 201, done(1));
    for _ in 0..2000 {
        script.reply("GET /servers/501", 200, shown("running", "cx23"));
    }
    let hetzner = client(&script);
    let ticket = hetzner.power("501", Power::Shutdown, call()).await.unwrap().unwrap();
    let failure = hetzner.settle(&ticket, short()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.effect), (Kind::Timeout, Effect::MaybeApplied));
    assert!(failure.message.contains("has to be powered off"), "{failure}");
}

#[tokio::test]
async fn a_locked_server_is_asked_again_and_a_protected_one_is_not() {
    let script = Script::default();
    script
        .reply("GET /servers/501", 200, shown("off", "cx23"))
        .reply("POST /servers/501/actions/poweron", 423, error("locked"))
        .reply("POST /servers/501/actions/poweron", 201, done(1));
    assert!(client(&script).power("501", Power::Start, call()).await.unwrap().is_some());
    script.reply("DELETE /servers/501", 423, error("protected"));
    let failure = client(&script).delete("501", call()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.retry), (Kind::Busy, Retry::Never));
    script.finished();
}

#[tokio::test]
async fn a_resize_waits_while_the_server_is_locked_and_starts_it_again() {
    let script = Script::default();
    let mut locked = shown("off", "cx23");
    locked["server"]["locked"] = json!(true);
    script
        .reply("GET /servers/501", 200, shown("running", "cx23"))
        .reply("GET /server_types", 200, types(&["cx23", "cx33"]))
        .reply("POST /servers/501/actions/shutdown", 201, done(1))
        .reply("GET /servers/501", 200, locked)
        .reply("GET /servers/501", 200, shown("off", "cx23"))
        .reply(
            "POST /servers/501/actions/change_type",
            201,
            json!({"action": action(2, "running")}),
        )
        .reply("GET /actions?id=2", 200, json!({"actions": [action(2, "success")]}))
        .reply("GET /servers/501", 200, shown("migrating", "cx23"))
        // Whether it is on or off then, Hetzner's texts do not agree.
        .reply("GET /servers/501", 200, shown("off", "cx33"))
        .reply("POST /servers/501/actions/poweron", 201, done(3))
        .reply("GET /servers/501", 200, shown("running", "cx33"));
    let ticket = client(&script).resize("501", "cx33", call()).await.unwrap().unwrap();
    // Another process goes on with the ticket.
    let server = client(&script).settle(&ticket, call()).await.unwrap().server.unwrap();
    assert_eq!((server.machine.as_str(), server.status), ("cx33", Status::Running));
    assert_eq!(
        script.body("POST /servers/501/actions/change_type"),
        json!({"server_type": "cx33", "upgrade_disk": false})
    );
    script.finished();
}

#[tokio::test]
async fn a_server_that_does_not_get_its_new_type_runs_again() {
    let script = Script::default();
    script
        .reply("GET /servers/501", 200, shown("running", "cx23"))
        .reply("GET /server_types", 200, types(&["cx23", "cx33"]))
        .reply("POST /servers/501/actions/shutdown", 201, done(1))
        .reply("GET /servers/501", 200, shown("off", "cx23"))
        .reply("POST /servers/501/actions/change_type", 412, error("resource_unavailable"))
        .reply("POST /servers/501/actions/poweron", 201, done(3));
    let hetzner = client(&script);
    let ticket = hetzner.resize("501", "cx33", call()).await.unwrap().unwrap();
    let failure = hetzner.settle(&ticket, call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::NoCapacity);
    assert!(failure.message.contains("started again with its old type"), "{failure}");
    script.finished();
}

#[tokio::test]
async fn a_type_goes_by_name_or_number() {
    let script = Script::default();
    for wanted in ["cx23", "114"] {
        script.reply("GET /servers/501", 200, shown("running", "cx23"));
        assert_eq!(client(&script).resize("501", wanted, call()).await.unwrap(), None);
    }
    script.reply("GET /servers/501", 200, shown("running", "cx23")).reply(
        "GET /server_types",
        200,
        types(&["cx23", "cx33"]),
    );
    let failure = client(&script).resize("501", "cx99", call()).await.unwrap_err().failure;
    assert!(failure.message.contains("there are cx23, cx33"), "{failure}");
    script.finished();
}

#[tokio::test]
async fn new_labels_are_sent_with_those_of_the_owner() {
    let script = Script::default();
    script.reply("GET /servers/501", 200, shown("running", "cx23")).reply(
        "PUT /servers/501",
        200,
        shown("running", "cx23"),
    );
    let labels = BTreeMap::from([("role".to_owned(), "db".to_owned())]);
    assert_eq!(client(&script).relabel("501", &labels, call()).await.unwrap(), None);
    let sent = script.body("PUT /servers/501");
    assert_eq!(sent, json!({"labels": {"role": "db", "schwenk-owner": "acme"}}));
    script.finished();
}

#[tokio::test]
async fn a_deleted_server_is_waited_for_until_it_is_gone() {
    let script = Script::default();
    script
        .reply("DELETE /servers/501", 200, json!({"action": action(9, "running")}))
        // An action that is forgotten already is none that failed.
        .reply("GET /actions?id=9", 200, json!({"actions": []}))
        .reply("GET /actions?id=9", 200, json!({"actions": []}))
        .reply("GET /servers/501", 200, shown("deleting", "cx23"))
        .reply("GET /servers/501", 404, error("not_found"))
        .reply("DELETE /servers/501", 404, error("not_found"));
    let hetzner = client(&script);
    let ticket = hetzner.delete("501", call()).await.unwrap().unwrap();
    assert_eq!(hetzner.settle(&ticket, call()).await.unwrap().server, None);
    assert_eq!(hetzner.delete("501", call()).await.unwrap(), None);
    script.finished();
}

#[tokio::test]
async fn a_failed_action_says_why() {
    let script = Script::default();
    let mut failed = action(9, "error");
    failed["error"] = json!({"code": "action_failed", "message": "Action failed"});
    script
        .reply("GET /servers/501", 200, shown("off", "cx23"))
        .reply("POST /servers/501/actions/poweron", 201, json!({"action": action(9, "running")}))
        .reply("GET /actions?id=9", 200, json!({"actions": [failed]}));
    let hetzner = client(&script);
    let ticket = hetzner.power("501", Power::Start, call()).await.unwrap().unwrap();
    let failure = hetzner.settle(&ticket, call()).await.unwrap_err().failure;
    assert_eq!(failure.code.as_deref(), Some("action_failed"));
    assert_eq!(failure.effect, Effect::MaybeApplied);
    script.finished();
}

#[tokio::test]
async fn ids_are_numbers_and_anything_else_is_refused_without_a_request() {
    let script = Script::default();
    for id in ["", "web-1", "+1", "1/2", "99999999999999999999999"] {
        let failure = client(&script).server(id, call()).await.unwrap_err().failure;
        assert_eq!(failure.kind, Kind::Invalid, "{id}");
    }
    assert!(script.asked().is_empty());
}

#[tokio::test]
async fn a_server_that_somebody_switched_off_is_not_switched_on_by_an_old_ticket() {
    let script = Script::default();
    script.reply("GET /servers/501", 200, shown("running", "cx23")).reply(
        "POST /servers/501/actions/reset",
        201,
        done(1),
    );
    for _ in 0..10 {
        script.reply("GET /servers/501", 200, shown("off", "cx23"));
    }
    let hetzner = client(&script);
    let ticket = hetzner.power("501", Power::Reset, call()).await.unwrap().unwrap();
    let failure = hetzner.settle(&ticket, call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::Changed);
    assert_eq!(script.count("POST"), 1);
    script.finished();
}
