//! What goes wrong at Compute Engine.

use cloud_emulator::{Cloud, Fault};
use serde_json::{Value, json};

use super::{Google, REGION, ZONE, instant, refused, wish};

const CLOUD: Cloud = Cloud::Google;

fn stock_out(place: Option<&str>) -> Fault {
    let place = place.map(str::to_owned);
    Fault::StockOut { cloud: CLOUD, place, server_type: None, announced: false }
}

async fn with_network() -> Google {
    let google = instant().await;
    google.network().await;
    google
}

async fn insert(google: &Google) -> Value {
    google.make(&format!("{ZONE}/instances"), wish("a", json!({}))).await.ok()
}

#[tokio::test]
async fn a_stock_out_shows_in_the_operation_and_leaves_nothing_behind() {
    let google = with_network().await;
    google.emulator.faults().set(stock_out(Some("europe-west3-a")));
    let operation = insert(&google).await;
    assert_eq!(
        (&operation["status"], &operation["httpErrorStatusCode"]),
        (&json!("DONE"), &json!(503))
    );
    let error = &operation["error"]["errors"][0];
    assert_eq!(error["code"], "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS");
    let info = &error["errorDetails"][0]["errorInfo"];
    assert_eq!(info["reason"], "resource_availability");
    assert_eq!(info["metadatas"]["zonesAvailable"], "europe-west3-b,europe-west3-c");
    assert_eq!(google.look(&format!("{ZONE}/instances/a")).await.status, 404);
    assert_eq!(google.look(&format!("{ZONE}/disks/a")).await.status, 404);
    google.emulator.faults().set(stock_out(None));
    for zone in ["a", "b", "c"] {
        let kind = format!("zones/europe-west3-{zone}/machineTypes/e2-small");
        let body = wish("a", json!({"machineType": kind}));
        let path = format!("/zones/europe-west3-{zone}/instances");
        let operation = google.make(&path, body).await.ok();
        let details = &operation["error"]["errors"][0]["errorDetails"][0];
        assert_eq!(details["errorInfo"]["metadatas"]["zonesAvailable"], "", "{zone}");
    }
}

#[tokio::test]
async fn a_stopped_instance_may_find_its_place_taken() {
    let google = with_network().await;
    assert!(insert(&google).await["error"].is_null());
    google.made(&format!("{ZONE}/instances/a/stop"), Value::Null).await;
    google.emulator.faults().set(stock_out(Some("europe-west3-a")));
    let operation = google.make(&format!("{ZONE}/instances/a/start"), Value::Null).await.ok();
    assert!(operation["error"]["errors"][0]["code"].as_str().unwrap().starts_with("ZONE_RESOURCE"));
    assert_eq!(google.see("a").await["status"], "TERMINATED");
}

#[tokio::test]
async fn quota_shows_at_once_or_at_the_end() {
    let google = with_network().await;
    let quota = |at_end| Fault::Quota { cloud: CLOUD, count: Some(1), at_end };
    google.emulator.faults().set(quota(false));
    let answer = google.make(&format!("{ZONE}/instances"), wish("a", json!({}))).await;
    assert_eq!(answer.error(), refused(403, "quotaExceeded"));
    google.emulator.faults().set(quota(true));
    let operation = insert(&google).await;
    let error = &operation["error"]["errors"][0];
    assert_eq!(error["code"], "QUOTA_EXCEEDED");
    assert_eq!(error["errorDetails"][0]["quotaInfo"]["limitName"], "CPUS-per-project-region");
    assert!(insert(&google).await["error"].is_null());
}

#[tokio::test]
async fn a_region_has_so_many_processors_and_no_more() {
    let google = with_network().await;
    let body = |name: &str| {
        wish(name, json!({"machineType": "zones/europe-west3-a/machineTypes/e2-standard-8"}))
    };
    for place in 0..9 {
        google.made(&format!("{ZONE}/instances"), body(&format!("s{place}"))).await;
    }
    let answer = google.make(&format!("{ZONE}/instances"), body("s9")).await;
    assert_eq!(answer.error(), refused(403, "quotaExceeded"));
    assert!(answer.message().contains("Quota 'CPUS' exceeded.  Limit: 72.0"), "{}", answer.text);
    let region = google.look(REGION).await.ok();
    assert_eq!(region["quotas"][0]["usage"], 72.0);
}

#[tokio::test]
async fn a_failing_operation_takes_back_what_it_did() {
    let google = with_network().await;
    let fail = |operation: &str| Fault::OperationError {
        cloud: CLOUD,
        operation: Some(operation.to_owned()),
        count: 1,
    };
    google.emulator.faults().set(fail("instances.insert"));
    let body = json!({"name": "other", "autoCreateSubnetworks": false});
    google.made("/global/networks", body).await;
    assert_eq!(insert(&google).await["error"]["errors"][0]["code"], "INTERNAL_ERROR");
    assert_eq!(google.look(&format!("{ZONE}/instances/a")).await.status, 404);
    assert!(insert(&google).await["error"].is_null());
    google.emulator.faults().set(fail("stop"));
    let stopped = google.make(&format!("{ZONE}/instances/a/stop"), Value::Null).await.ok();
    assert!(!stopped["error"].is_null());
    assert_eq!(google.see("a").await["status"], "RUNNING");
}

#[tokio::test]
async fn rate_limits_keys_and_rights_fail_in_their_own_words() {
    let google = with_network().await;
    let faults = google.emulator.faults();
    faults.set(Fault::RateLimited { cloud: CLOUD, count: 1 });
    let limited = google.look("/zones").await;
    assert_eq!(limited.error(), refused(403, "rateLimitExceeded"));
    assert!(limited.message().contains("Quota exceeded for quota metric"), "{}", limited.text);
    faults.set(Fault::SshKeyRefused { cloud: CLOUD });
    let metadata = json!({"items": [{"key": "ssh-keys", "value": "ops:ssh-ed25519 AAAA"}]});
    let body = wish("a", json!({"metadata": metadata}));
    let refusal = google.make(&format!("{ZONE}/instances"), body).await;
    assert_eq!(refusal.error(), refused(400, "invalid"));
    faults.set(Fault::ReadOnly { cloud: CLOUD });
    let body = wish("a", json!({}));
    let barred = google.make(&format!("{ZONE}/instances"), body).await;
    assert_eq!(barred.error(), refused(403, "forbidden"));
    google.look("/zones").await.ok();
}
