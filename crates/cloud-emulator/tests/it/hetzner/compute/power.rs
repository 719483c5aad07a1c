//! Power, size, console, and what is locked meanwhile.

use std::time::Duration;

use cloud_emulator::{Cloud, Fault, Options};
use serde_json::{Value, json};

use super::super::send;
use super::{Hetzner, instant};

async fn with_server() -> (Hetzner, Value) {
    let hetzner = instant().await;
    let id = hetzner.server("web-1", json!({})).await.json["server"]["id"].clone();
    (hetzner, id)
}

#[tokio::test]
async fn a_server_is_switched_off_and_on() {
    let (hetzner, id) = with_server().await;
    for (action, command, status) in [
        ("poweroff", "stop_server", "off"),
        ("poweron", "start_server", "running"),
        ("poweron", "start_server", "running"),
        ("reboot", "reboot_server", "running"),
        ("reset", "reset_server", "running"),
        ("shutdown", "shutdown_server", "off"),
        ("reset", "reset_server", "off"),
    ] {
        let url =
            hetzner.request(reqwest::Method::POST, &format!("/servers/{id}/actions/{action}"));
        let done = send(url).await;
        assert_eq!((done.status, &done.json["action"]["command"]), (201, &json!(command)));
        assert_eq!(hetzner.see(&id).await["status"], status, "after {action}");
    }
}

#[tokio::test]
async fn a_shutdown_has_succeeded_before_the_server_is_off_if_it_ever_is() {
    let options = Options {
        action_delay: Duration::ZERO,
        server_delay: Duration::from_millis(300),
        ..Options::default()
    };
    let hetzner = Hetzner::with(options).await;
    let made = hetzner.server("web-1", json!({})).await.json;
    let id = made["server"]["id"].clone();
    hetzner.ended(&made["next_actions"][0]).await;
    hetzner.emulator.faults().set(Fault::ShutdownIgnored);
    let action = hetzner.act(&id, "shutdown", json!({})).await.json["action"].clone();
    assert_eq!(action["status"], "success");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(hetzner.see(&id).await["status"], "running", "it did not listen");
    hetzner.emulator.faults().clear_all();
    hetzner.act(&id, "shutdown", json!({})).await;
    while hetzner.see(&id).await["status"] != "off" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn only_a_stopped_server_changes_its_type() {
    let (hetzner, id) = with_server().await;
    let grow = json!({"server_type": "cx33", "upgrade_disk": false});
    hetzner.act(&id, "change_type", grow.clone()).await.is_error(422, "server_not_stopped");
    hetzner.act(&id, "poweroff", json!({})).await;
    for kind in ["cax11", "cx11", "cx23"] {
        let body = json!({"server_type": kind, "upgrade_disk": true});
        hetzner.act(&id, "change_type", body).await.is_error(422, "invalid_server_type");
    }
    assert_eq!(hetzner.act(&id, "change_type", grow).await.status, 201);
    let server = hetzner.see(&id).await;
    assert_eq!(
        (&server["server_type"]["name"], &server["status"]),
        (&json!("cx33"), &json!("off"))
    );
    assert_eq!(server["primary_disk_size"], 40, "the disk was not to grow");
    let back = json!({"server_type": "cx23", "upgrade_disk": true});
    assert_eq!(hetzner.act(&id, "change_type", back.clone()).await.status, 201);
    let grow = json!({"server_type": "cx33", "upgrade_disk": true});
    assert_eq!(hetzner.act(&id, "change_type", grow).await.status, 201);
    assert_eq!(hetzner.see(&id).await["primary_disk_size"], 80);
    hetzner.act(&id, "change_type", back).await.is_error(422, "invalid_server_type");
    hetzner.act(&id, "change_type", json!({"server_type": "cx43"})).await.refuses("upgrade_disk");
}

#[tokio::test]
async fn a_server_is_locked_while_an_action_runs() {
    let (hetzner, id) = with_server().await;
    hetzner.emulator.faults().set(Fault::ActionHang { cloud: Cloud::Hetzner });
    let held = hetzner.act(&id, "poweroff", json!({})).await.json["action"].clone();
    let server = hetzner.see(&id).await;
    assert_eq!((&server["status"], &server["locked"]), (&json!("stopping"), &json!(true)));
    hetzner.act(&id, "poweron", json!({})).await.is_error(423, "locked");
    hetzner.delete(&format!("/servers/{id}")).await.is_error(423, "locked");
    assert_eq!(hetzner.put(&format!("/servers/{id}"), json!({"labels": {}})).await.status, 200);
    hetzner.emulator.faults().clear_all();
    assert_eq!(hetzner.ended(&held).await["status"], "success");
    assert_eq!(hetzner.act(&id, "poweron", json!({})).await.status, 201);
}

#[tokio::test]
async fn actions_are_listed_by_server_by_kind_and_by_number() {
    let (hetzner, id) = with_server().await;
    let off = hetzner.act(&id, "poweroff", json!({})).await.json["action"]["id"].clone();
    let of_one = hetzner.get(&format!("/servers/{id}/actions?sort=id:desc")).await;
    assert_eq!(of_one.ids("actions").len(), 3);
    assert_eq!(of_one.ids("actions")[0], off);
    assert_eq!(hetzner.get("/servers/actions?per_page=2").await.ids("actions").len(), 2);
    for path in [
        format!("/actions/{off}"),
        format!("/servers/actions/{off}"),
        format!("/servers/{id}/actions/{off}"),
    ] {
        assert_eq!(hetzner.get(&path).await.json["action"]["id"], off, "{path}");
    }
    assert_eq!(
        hetzner.get(&format!("/actions?id={off}&id=1")).await.ids("actions"),
        std::slice::from_ref(&off)
    );
    hetzner.get(&format!("/networks/actions/{off}")).await.is_error(404, "not_found");
}

#[tokio::test]
async fn console_password_and_rebuild_bring_their_secrets() {
    let (hetzner, id) = with_server().await;
    let console = hetzner.act(&id, "request_console", json!({})).await.json;
    assert!(console["wss_url"].as_str().is_some_and(|url| url.starts_with("wss://")));
    assert!(console["password"].is_string());
    let reset = hetzner.act(&id, "reset_password", json!({})).await.json;
    assert!(reset["root_password"].is_string());
    let rebuilt = hetzner.act(&id, "rebuild", json!({"image": "debian-13"})).await;
    assert_eq!(rebuilt.status, 201, "{rebuilt:?}");
    assert_eq!(hetzner.see(&id).await["image"]["name"], "debian-13");
}

#[tokio::test]
async fn a_running_server_has_booted_after_a_while_and_says_how_long_its_user_data_is() {
    let options = Options {
        action_delay: Duration::ZERO,
        server_delay: Duration::ZERO,
        boot_delay: Duration::from_millis(400),
        ..Options::default()
    };
    let hetzner = Hetzner::with(options).await;
    let secret = "#!/bin/sh\necho hunter2\n";
    hetzner.server("web-1", json!({"user_data": secret})).await;
    let url = hetzner.emulator.info().servers.clone();
    let seen = async || {
        let text = reqwest::get(&url).await.unwrap().text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()[0].clone()
    };
    let first = seen().await;
    assert_eq!((&first["cloud"], &first["status"]), (&json!("hetzner"), &json!("running")));
    let booted = loop {
        let now = seen().await;
        if now["booted"] == true {
            break now;
        }
        assert!(!now["console"].as_str().unwrap().contains("bytes"));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let console = booted["console"].as_str().unwrap();
    let line = format!("found user data, {} bytes", secret.len());
    assert!(console.contains(&line), "{console}");
    assert!(!console.contains("hunter2"), "{console}");
}
