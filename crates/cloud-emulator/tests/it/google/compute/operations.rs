//! Operations: looked up, waited for, repeated, in the way.

use std::time::{Duration, Instant};

use cloud_emulator::{Cloud, Fault, Options};
use serde_json::{Value, json};

use super::{Google, REGION, ZONE, instant, refused, wish};

const ID: &str = "2f0c9f5e-1111-4222-8333-444455556666";

#[tokio::test]
async fn an_operation_is_found_in_the_scope_of_what_it_works_on() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    for (scope, member, count) in [("/global", "", 1), (REGION, "region", 1), (ZONE, "zone", 1)] {
        let list = google.look(&format!("{scope}/operations")).await.ok();
        assert_eq!(list["kind"], "compute#operationList");
        let operations = list["items"].as_array().unwrap();
        assert_eq!(operations.len(), count, "{scope}");
        let operation = &operations[0];
        if !member.is_empty() {
            assert!(operation[member].as_str().is_some_and(|link| link.ends_with(scope)));
        }
        let name = operation["name"].as_str().unwrap();
        assert_eq!(google.look(&format!("{scope}/operations/{name}")).await.ok(), *operation);
        let waited = google.make(&format!("{scope}/operations/{name}/wait"), Value::Null).await;
        assert_eq!(waited.ok(), *operation);
    }
    let lost = google.look(&format!("{ZONE}/operations/operation-1")).await;
    assert_eq!(lost.error(), refused(404, "notFound"));
    let lost = google.make(&format!("{ZONE}/operations/operation-1/wait"), Value::Null).await;
    assert_eq!(lost.error(), refused(404, "notFound"));
}

#[tokio::test]
async fn waiting_ends_with_the_operation_or_with_patience() {
    let options = Options {
        change_delay: Duration::from_millis(400),
        wait_limit: Duration::from_millis(100),
        ..Options::default()
    };
    let google = Google::with(options).await;
    let body = json!({"name": "edge", "autoCreateSubnetworks": false});
    let operation = google.make("/global/networks", body).await.ok();
    let path = format!("/global/operations/{}/wait", operation["name"].as_str().unwrap());
    let (begun, mut waits) = (Instant::now(), 0);
    loop {
        waits += 1;
        if google.make(&path, Value::Null).await.ok()["status"] == "DONE" {
            break;
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(waits < 20, "a wait waits: {waits}");
    let patient = Options { change_delay: Duration::from_millis(300), ..Options::default() };
    let google = Google::with(patient).await;
    let body = json!({"name": "edge", "autoCreateSubnetworks": false});
    let operation = google.make("/global/networks", body).await.ok();
    let path = format!("/global/operations/{}/wait", operation["name"].as_str().unwrap());
    assert_eq!(google.make(&path, Value::Null).await.ok()["status"], "DONE", "one is enough");
}

#[tokio::test]
async fn a_request_id_makes_a_write_once() {
    let google = instant().await;
    let body = json!({"name": "edge", "autoCreateSubnetworks": false});
    let path = format!("/global/networks?requestId={ID}");
    let first = google.made(&path, body.clone()).await;
    assert_eq!(first["clientOperationId"], ID);
    let second = google.make(&path, body.clone()).await.ok();
    assert_eq!(second["name"], first["name"]);
    assert_eq!(
        google.make("/global/networks", body.clone()).await.error(),
        refused(409, "alreadyExists")
    );
    for wrong in ["x", "00000000-0000-0000-0000-000000000000"] {
        let answer =
            google.make(&format!("/global/networks?requestId={wrong}"), body.clone()).await;
        assert_eq!(answer.error(), refused(400, "invalid"));
    }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_found_again_by_its_id() {
    let google = instant().await;
    let other = json!({"name": "other", "autoCreateSubnetworks": false});
    let other = google.made("/global/networks", other).await;
    google.emulator.faults().set(Fault::DropAfterCommit {
        cloud: Cloud::Google,
        count: 1,
        path: None,
    });
    let wait = format!("/global/operations/{}/wait", other["name"].as_str().unwrap());
    google.make(&wait, Value::Null).await.ok();
    let info = google.emulator.info();
    let url = google
        .url(&format!("/compute/v1/projects/{}/global/networks?requestId={ID}", info.project));
    let body = json!({"name": "edge", "autoCreateSubnetworks": false});
    let request = google.http.post(url).bearer_auth(&info.tokens.google).body(body.to_string());
    assert!(request.send().await.is_err());
    let again = google.made(&format!("/global/networks?requestId={ID}"), body).await;
    assert_eq!(again["clientOperationId"], ID);
    assert_eq!(google.look("/global/operations").await.ok()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_an_operation_works_on_is_not_ready_for_another() {
    let google = instant().await;
    google.network().await;
    google.made(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    google.emulator.faults().set(Fault::ActionHang { cloud: Cloud::Google });
    let held = google.make(&format!("{ZONE}/instances/a/stop"), Value::Null).await.ok();
    assert_eq!(google.see("a").await["status"], "STOPPING");
    let meanwhile = google.make(&format!("{ZONE}/instances/a/start"), Value::Null).await;
    assert_eq!(meanwhile.error(), refused(400, "resourceNotReady"));
    assert_eq!(
        google.remove(&format!("{ZONE}/instances/a")).await.error(),
        refused(400, "resourceNotReady")
    );
    let body = json!({"name": "fresh", "autoCreateSubnetworks": false});
    google.make("/global/networks", body).await.ok();
    let subnet =
        json!({"name": "s", "network": "global/networks/fresh", "ipCidrRange": "10.9.0.0/24"});
    let early = google.make(&format!("{REGION}/subnetworks"), subnet).await;
    assert_eq!(early.error(), refused(400, "resourceNotReady"));
    google.emulator.faults().clear_all();
    let path = format!("{ZONE}/operations/{}/wait", held["name"].as_str().unwrap());
    assert_eq!(google.make(&path, Value::Null).await.ok()["status"], "DONE");
    assert_eq!(google.see("a").await["status"], "TERMINATED");
}
