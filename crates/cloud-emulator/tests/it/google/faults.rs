//! The statuses a fault can order, in Google's words.

use cloud_emulator::{Cloud, Fault};

use super::{Google, ZONE, refused, set};

fn answer(status: u16) -> Fault {
    Fault::Answer {
        cloud: Cloud::Google,
        status,
        count: 1,
        writes_only: false,
        path: None,
        body: None,
    }
}

#[tokio::test]
async fn an_ordered_status_comes_once_in_googles_envelope() {
    let google = Google::start().await;
    for (status, reason) in [
        (429, "rateLimitExceeded"),
        (403, "accessNotConfigured"),
        (401, "authError"),
        (500, "backendError"),
        (503, "backendError"),
    ] {
        google.emulator.faults().set(answer(status));
        assert_eq!(google.get("").await.error(), refused(status, reason));
        google.get("").await.ok();
    }
}

#[tokio::test]
async fn a_rate_limit_and_a_disabled_service_are_recognisable() {
    let google = Google::start().await;
    google.emulator.faults().set(answer(429));
    let limited = google.get("").await;
    assert_eq!(limited.message(), "Resource has been exhausted (e.g. check quota).");
    assert_eq!(limited.json()["error"]["errors"][0]["domain"], "usageLimits");
    google.emulator.faults().set(answer(403));
    let disabled = google.get("").await.json();
    let details = disabled["error"]["details"].as_array().expect("details").clone();
    let info = details.iter().find(|one| one["reason"] == "SERVICE_DISABLED").expect("ErrorInfo");
    let url = info["metadata"]["activationUrl"].as_str().expect("a URL");
    assert!(url.starts_with("https://console.developers.google.com/apis/api/dns.googleapis.com"));
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_has_happened_all_the_same() {
    let google = Google::start().await;
    let fault = Fault::DropAfterCommit { cloud: Cloud::Google, count: 1, path: None };
    google.emulator.faults().set(fault);
    let body = serde_json::json!({
        "additions": [set("www.schwenk.example.", "A", 30, &["203.0.113.1"])],
    });
    let request = google.request(reqwest::Method::POST, &format!("{ZONE}/changes"));
    let lost = request.body(body.to_string()).send().await;
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(google.set("www.schwenk.example.", "A").await.status, 200);
}
