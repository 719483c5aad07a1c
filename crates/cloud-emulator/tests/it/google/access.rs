//! Who may call the API, and what a caller without rights is told.

use std::time::Duration;

use cloud_emulator::{Cloud, Emulator, Fault, Options};
use serde_json::{Value, json};

use super::robot::{Robot, now};
use super::{Answer, Google, refused, send};

async fn with(google: &Google, header: Option<&str>, query: &str) -> Answer {
    let url = google.url(&format!("/dns/v1/projects/schwenk-demo/managedZones{query}"));
    let request = google.http.get(url);
    send(match header {
        Some(value) => request.header("authorization", value),
        None => request,
    })
    .await
}

fn info_reason(answer: &Answer) -> Value {
    answer.json()["error"]["details"][0]["reason"].clone()
}

#[tokio::test]
async fn without_a_token_the_answer_is_401_and_says_so() {
    let google = Google::start().await;
    let answer = with(&google, None, "").await;
    assert_eq!(answer.error(), refused(401, "required"));
    assert_eq!(answer.json()["error"]["status"], "UNAUTHENTICATED");
    assert_eq!(info_reason(&answer), "CREDENTIALS_MISSING");
    assert!(answer.headers["www-authenticate"].to_str().expect("text").starts_with("Bearer"));
}

#[tokio::test]
async fn a_bad_token_is_told_apart_from_a_missing_one() {
    let google = Google::start().await;
    for header in ["Bearer ya29.old", "Bearer nonsense", "Bearer a.b.c"] {
        let answer = with(&google, Some(header), "").await;
        assert_eq!(answer.error(), refused(401, "authError"), "{header}");
        let entry = &answer.json()["error"]["errors"][0];
        assert_eq!(entry["location"], "Authorization");
        assert!(answer.message().starts_with("Request had invalid authentication credentials."));
    }
    assert_eq!(
        info_reason(&with(&google, Some("Bearer ya29.old"), "").await),
        "ACCESS_TOKEN_EXPIRED"
    );
    let basic = with(&google, Some("Basic eDp5"), "").await;
    assert_eq!(basic.error(), refused(401, "required"));
}

#[tokio::test]
async fn the_configured_token_counts_in_the_header_and_in_the_query() {
    let google = Google::start().await;
    let token = google.emulator.info().tokens.google.clone();
    with(&google, Some(&format!("Bearer {token}")), "").await.ok();
    with(&google, Some(&format!("bearer {token}")), "").await.ok();
    with(&google, None, &format!("?access_token={token}")).await.ok();
    with(&google, None, &format!("?oauth_token={token}")).await.ok();
}

#[tokio::test]
async fn a_self_signed_token_needs_the_service_as_audience_or_a_scope() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    let base = google.emulator.info().google.clone();
    let claims = |more: Value| {
        let mut claims = json!({
            "iss": robot.email(), "sub": robot.email(), "iat": now() - 10, "exp": now() + 3610,
        });
        for (name, value) in more.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        format!("Bearer {}", robot.sign(&robot.header(), &claims))
    };
    let scope = "https://www.googleapis.com/auth/cloud-platform";
    for good in [
        json!({ "aud": "https://dns.googleapis.com/" }),
        json!({ "aud": base }),
        json!({ "aud": null, "scope": scope }),
        json!({ "scope": format!("email {scope}") }),
    ] {
        with(&google, Some(&claims(good)), "").await.ok();
    }
    for bad in [
        json!({ "aud": "https://compute.googleapis.com/" }),
        json!({ "aud": "https://dns.googleapis.com/", "scope": scope }),
        json!({}),
        json!({ "aud": "https://dns.googleapis.com/", "exp": now() - 5 }),
        json!({ "aud": "https://dns.googleapis.com/", "exp": now() + 7200 }),
        json!({ "aud": "https://dns.googleapis.com/", "sub": "boss@example.com" }),
    ] {
        let answer = with(&google, Some(&claims(bad.clone())), "").await;
        assert_eq!(answer.error(), refused(401, "authError"), "{bad}");
    }
    let other = Emulator::start(Options::default()).await.expect("loopback ports are free");
    let stranger = Robot::of(&other);
    let forged = json!({
        "iss": robot.email(), "sub": robot.email(), "iat": now(), "exp": now() + 3600,
        "aud": "https://dns.googleapis.com/",
    });
    let forged = format!("Bearer {}", stranger.sign(&robot.header(), &forged));
    assert_eq!(with(&google, Some(&forged), "").await.status, 401);
}

#[tokio::test]
async fn revoked_tokens_are_refused_until_that_is_mended() {
    let google = Google::start().await;
    let revoked = Fault::TokenRevoked { cloud: Cloud::Google };
    google.emulator.faults().set(revoked.clone());
    assert_eq!(google.get("").await.error(), refused(401, "authError"));
    google.emulator.faults().clear(&revoked);
    google.get("").await.ok();
}

#[tokio::test]
async fn a_token_that_has_run_out_is_expired() {
    let options = Options { token_lifetime: Duration::ZERO, ..Options::default() };
    let google = Google::with(options).await;
    let url = format!(
        "http://{}/computeMetadata/v1/instance/service-accounts/default/token",
        google.emulator.info().metadata
    );
    let request = google.http.get(url).header("Metadata-Flavor", "Google");
    let body: Value = serde_json::from_str(&send(request).await.text).expect("JSON");
    assert_eq!(body["expires_in"], 0);
    let token = body["access_token"].as_str().expect("a token");
    let answer = with(&google, Some(&format!("Bearer {token}")), "").await;
    assert_eq!(answer.error(), refused(401, "authError"));
    assert_eq!(info_reason(&answer), "ACCESS_TOKEN_EXPIRED");
}
