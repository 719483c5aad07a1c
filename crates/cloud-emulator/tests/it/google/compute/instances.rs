//! An instance from its insertion to its deletion.

use std::time::Duration;

use cloud_emulator::Options;
use serde_json::{Value, json};

use super::{Google, ZONE, instant, nat_ip, refused, wish};

#[tokio::test]
async fn an_instance_has_full_links_strings_for_large_numbers_and_its_addresses() {
    let google = instant().await;
    google.network().await;
    let more = json!({"labels": {"role": "app"}, "tags": {"items": ["web"]}});
    let operation = google.made(&format!("{ZONE}/instances"), wish("web-1", more)).await;
    assert_eq!(operation["operationType"], "insert");
    let instance = google.see("web-1").await;
    let base = "https://www.googleapis.com/compute/v1/projects/schwenk-demo";
    assert_eq!(instance["selfLink"], format!("{base}{ZONE}/instances/web-1"));
    assert_eq!(operation["targetLink"], instance["selfLink"]);
    assert_eq!(operation["targetId"], instance["id"]);
    assert_eq!(instance["machineType"], format!("{base}{ZONE}/machineTypes/e2-small"));
    assert_eq!(instance["zone"], format!("{base}{ZONE}"));
    assert_eq!(instance["status"], "RUNNING");
    assert!(instance["id"].as_str().is_some_and(|id| id.parse::<u64>().is_ok()));
    let nic = &instance["networkInterfaces"][0];
    assert_eq!(nic["network"], format!("{base}/global/networks/edge"));
    assert_eq!(nic["networkIP"], "10.20.0.2", "the first two are the cloud's");
    assert!(nat_ip(&instance).is_string());
    assert!(instance["disks"][0].get("initializeParams").is_none(), "input only");
    let disk = google.look(&format!("{ZONE}/disks/web-1")).await.ok();
    assert_eq!(disk["users"], json!([instance["selfLink"]]));
    assert_eq!(
        (&disk["sizeGb"], &instance["disks"][0]["source"]),
        (&json!("10"), &disk["selfLink"])
    );
}

#[tokio::test]
async fn an_insertion_goes_through_its_states() {
    let options = Options {
        change_delay: Duration::ZERO,
        server_delay: Duration::from_millis(1500),
        ..Options::default()
    };
    let google = Google::with(options).await;
    google.network().await;
    let operation = google.make(&format!("{ZONE}/instances"), wish("a", json!({}))).await.ok();
    assert!(operation["status"] == "PENDING" || operation["status"] == "RUNNING", "{operation}");
    let again = google.make(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    assert_eq!(again.error(), refused(409, "alreadyExists"));
    let mut seen = Vec::new();
    while seen.last().is_none_or(|last: &Value| last != "RUNNING") {
        let answer = google.look(&format!("{ZONE}/instances/a")).await;
        let state = if answer.status == 404 { json!(404) } else { answer.ok()["status"].clone() };
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let order = [json!(404), json!("PROVISIONING"), json!("STAGING"), json!("RUNNING")];
    let mut places = seen.iter().map(|state| order.iter().position(|one| one == state));
    assert!(places.clone().is_sorted() && places.all(|place| place.is_some()), "{seen:?}");
    let path = format!("{ZONE}/operations/{}", operation["name"].as_str().unwrap());
    let done = google.look(&path).await.ok();
    assert_eq!((&done["status"], &done["progress"]), (&json!("DONE"), &json!(100)));
}

#[tokio::test]
async fn an_ephemeral_address_changes_with_a_stop_and_a_reserved_one_does_not() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{}/addresses", super::REGION), json!({"name": "kept"})).await;
    let kept = google.look(&format!("{}/addresses/kept", super::REGION)).await.ok();
    let fixed = json!({"networkInterfaces": [{
        "subnetwork": "regions/europe-west3/subnetworks/web",
        "accessConfigs": [{"natIP": kept["address"]}],
    }]});
    for (name, more) in [("eph", json!({})), ("res", fixed)] {
        google.made(&format!("{ZONE}/instances"), wish(name, more)).await;
        let before = google.see(name).await;
        google.made(&format!("{ZONE}/instances/{name}/stop"), Value::Null).await;
        let off = google.see(name).await;
        assert_eq!(off["status"], "TERMINATED");
        google.made(&format!("{ZONE}/instances/{name}/start"), Value::Null).await;
        let after = google.see(name).await;
        assert_eq!(
            before["networkInterfaces"][0]["networkIP"],
            after["networkInterfaces"][0]["networkIP"]
        );
        if name == "eph" {
            assert_eq!(nat_ip(&off), &Value::Null);
            assert_ne!(nat_ip(&before), nat_ip(&after));
        } else {
            assert_eq!((nat_ip(&off), nat_ip(&after)), (&kept["address"], &kept["address"]));
        }
        assert!(nat_ip(&after).is_string());
    }
}

#[tokio::test]
async fn the_machine_type_is_set_of_a_stopped_instance_only() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    let path = format!("{ZONE}/instances/a");
    let body = json!({"machineType": "zones/europe-west3-a/machineTypes/e2-medium"});
    let early = google.make(&format!("{path}/setMachineType"), body.clone()).await;
    assert_eq!(early.status, 400);
    assert!(early.message().contains("Instance should be in the STOPPED state"), "{}", early.text);
    google.made(&format!("{path}/stop"), Value::Null).await;
    let absent = json!({"machineType": "zones/europe-west3-a/machineTypes/e9-huge"});
    let absent = google.make(&format!("{path}/setMachineType"), absent).await;
    assert_eq!(absent.error(), refused(400, "invalid"));
    google.made(&format!("{path}/setMachineType"), body).await;
    let machine = google.see("a").await["machineType"].clone();
    assert!(machine.as_str().is_some_and(|link| link.ends_with("/e2-medium")), "{machine}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let google = instant().await;
    google.network().await;
    let zone = "zones/europe-west3-a";
    for (reason, part, more) in [
        ("invalid", "resource.name", json!({"name": "Web"})),
        ("invalid", "resource.name", json!({"name": "a".repeat(64)})),
        ("required", "resource.name", json!({"name": null})),
        (
            "invalid",
            "does not exist in zone",
            json!({"machineType": format!("{zone}/machineTypes/x")}),
        ),
        (
            "invalid",
            "machineType",
            json!({"machineType": "zones/us-east1-b/machineTypes/e2-small"}),
        ),
        ("invalid", "Boot disk", json!({"disks": []})),
        ("invalid", "startup script", json!({"metadata": {"items": [{"key": "startup script"}]}})),
        ("invalid", "labels", json!({"labels": {"Role": "x"}})),
        ("invalid", "tags", json!({"tags": {"items": ["1"]}})),
    ] {
        let answer = google.make(&format!("{ZONE}/instances"), wish("a", more)).await;
        assert_eq!(answer.error(), refused(400, reason), "{}", answer.text);
        assert!(answer.message().contains(part), "{}", answer.text);
    }
    let image = json!({"disks": [{"boot": true, "initializeParams": {
        "sourceImage": "projects/debian-cloud/global/images/family/debian-99",
    }}]});
    for more in [
        image,
        json!({"networkInterfaces": [{"subnetwork": "regions/europe-west3/subnetworks/no"}]}),
        json!({"networkInterfaces": [{"network": "global/networks/default"}]}),
        json!({"networkInterfaces": []}),
    ] {
        let answer = google.make(&format!("{ZONE}/instances"), wish("a", more)).await;
        assert_eq!(answer.error(), refused(404, "notFound"), "{}", answer.text);
    }
    let nowhere = google.make("/zones/europe-west3-x/instances", wish("a", json!({}))).await;
    assert!(nowhere.message().contains("Unknown zone"), "{}", nowhere.text);
    assert!(google.look(&format!("{ZONE}/instances")).await.ok().get("items").is_none());
    assert!(google.look(&format!("{ZONE}/disks")).await.ok().get("items").is_none());
}

#[tokio::test]
async fn a_deletion_takes_the_disks_along_that_want_it_unless_it_is_forbidden() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({"deletionProtection": true}))).await;
    let path = format!("{ZONE}/instances/a");
    assert_eq!(google.remove(&path).await.status, 400);
    let off = format!("{path}/setDeletionProtection?deletionProtection=false");
    google.made(&off, Value::Null).await;
    assert_eq!(google.remove(&path).await.ok()["status"], "DONE");
    assert_eq!(google.look(&path).await.error(), refused(404, "notFound"));
    assert_eq!(google.look(&format!("{ZONE}/disks/a")).await.status, 404);
}

#[tokio::test]
async fn the_serial_port_tells_the_length_of_the_startup_script_and_nothing_of_it() {
    let google = instant().await;
    google.network().await;
    let script = "#!/bin/bash\necho hunter2\n";
    let metadata = json!({"items": [{"key": "startup-script", "value": script}]});
    google.made(&format!("{ZONE}/instances"), wish("a", json!({"metadata": metadata}))).await;
    let path = format!("{ZONE}/instances/a/serialPort");
    let first = google.look(&format!("{path}?port=1")).await.ok();
    let text = first["contents"].as_str().unwrap();
    let line = format!("found startup script, {} bytes", script.len());
    assert!(text.contains(&line) && !text.contains("hunter2"), "{text}");
    assert_eq!((&first["start"], &first["next"]), (&json!("0"), &json!(text.len().to_string())));
    google.made(&format!("{ZONE}/instances/a/reset"), Value::Null).await;
    let rest = google.look(&format!("{path}?start={}", first["next"].as_str().unwrap())).await.ok();
    assert_eq!(
        rest["contents"].as_str().unwrap().matches(&line).count(),
        1,
        "it runs at every boot"
    );
}
