//! A service-account key and its exchange at the token endpoint.
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cloud_http::google::{SCOPE_DNS, ServiceAccount, ServiceAccountKey, Wiring};
use cloud_http::{Backoff, Failure, Kind, Retry, TokenSource};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::server::{Seen, Server, answer};
use crate::support::{SkipClock, later, transport};

pub const EMAIL: &str = "dns@acme.iam.gserviceaccount.com";

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

/// The private key of the test account.
pub fn pem() -> String {
    let der: Pkcs8V1Der = KEY.as_der().unwrap();
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// A key file of the test account.
pub fn key_file(token_uri: &str) -> Value {
    json!({
        "type": "service_account", "project_id": "acme-prod", "private_key_id": "9f1c0e",
        "private_key": pem(), "client_email": EMAIL, "client_id": "1098",
        "token_uri": token_uri, "universe_domain": "googleapis.com", "unheard_of": [1, 2],
    })
}

pub fn granted(token: &str, expires_in: Value) -> axum::response::Response {
    let body = json!({"access_token": token, "expires_in": expires_in, "token_type": "Bearer"});
    crate::server::json(200, &body)
}

fn wiring(clock: std::sync::Arc<SkipClock>) -> Wiring {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1), 3);
    Wiring::new(transport()).with_clock(clock).with_backoff(backoff)
}

fn account(server: &Server, clock: std::sync::Arc<SkipClock>) -> ServiceAccount {
    let file = key_file(&format!("{}/token", server.url)).to_string();
    let key = ServiceAccountKey::from_json(&file).unwrap();
    ServiceAccount::new(key, &[SCOPE_DNS, "other"], wiring(clock))
}

fn form(seen: &Seen) -> HashMap<String, String> {
    let pairs = seen.body.split('&').map(|pair| pair.split_once('=').unwrap());
    let decode = |text| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into();
    pairs.map(|(name, value)| (name.to_owned(), decode(value))).collect()
}

fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

async fn refusal(status: u16, headers: &'static [(&str, &str)], body: Value) -> Failure {
    let clock = SkipClock::at(noon() + Duration::from_secs(312));
    let server = Server::start(move |_, _| answer(status, headers, &body.to_string())).await;
    account(&server, clock).token(later()).await.unwrap_err()
}

/// Monday, 23 November 2026, 12:00 UTC.
fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_435_200)
}

#[tokio::test]
async fn the_key_is_exchanged_with_a_signed_assertion_at_its_own_token_uri() {
    let server = Server::start(|_, _| granted("ya29.first", json!(3599))).await;
    let token = account(&server, SkipClock::at(noon())).token(later()).await.unwrap();
    assert_eq!(token.expose_secret(), "ya29.first");
    let seen = server.seen();
    assert_eq!((seen.len(), seen[0].method.as_str(), &*seen[0].target), (1, "POST", "/token"));
    assert_eq!(seen[0].header("content-type"), "application/x-www-form-urlencoded");
    let form = form(&seen[0]);
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (message, signature) = form["assertion"].rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, KEY.public_key().as_ref())
        .verify(message.as_bytes(), &signature)
        .unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    assert_eq!(part(header), json!({"alg": "RS256", "typ": "JWT", "kid": "9f1c0e"}));
    let expected = json!({
        "iss": EMAIL, "scope": format!("{SCOPE_DNS} other"), "aud": format!("{}/token", server.url),
        "iat": 1_795_435_190, "exp": 1_795_438_790,
    });
    assert_eq!(part(claims), expected);
}

#[tokio::test]
async fn a_lifetime_may_come_as_text_or_not_at_all() {
    for (expires_in, still_good_after) in
        [(json!("3599"), 3000), (json!(3599.5), 3000), (Value::Null, 100), (json!("soon"), 100)]
    {
        let clock = SkipClock::new();
        let told = expires_in.clone();
        let server = Server::start(move |_, _| granted("ya29.x", told.clone())).await;
        let account = account(&server, clock.clone());
        account.token(clock.later()).await.unwrap();
        clock.skip(Duration::from_secs(still_good_after));
        account.token(clock.later()).await.unwrap();
        assert_eq!(server.seen().len(), 1, "{expires_in}");
    }
}

#[tokio::test]
async fn a_passing_trouble_is_tried_three_times() {
    for (status, body) in [
        (503, json!({})),
        (500, json!({"error": "internal_failure"})),
        (429, json!({})),
        (400, json!({"error": "temporarily_unavailable"})),
    ] {
        let server = Server::start(move |n, _| match n {
            0 | 1 => answer(status, &[], &body.to_string()),
            _ => granted("ya29.x", json!(3599)),
        })
        .await;
        account(&server, SkipClock::new()).token(later()).await.unwrap();
        assert_eq!(server.seen().len(), 3);
    }
    let server = Server::start(|_, _| answer(503, &[], "<html>unwell</html>")).await;
    let failure = account(&server, SkipClock::new()).token(later()).await.unwrap_err();
    assert_eq!((failure.kind, failure.retry), (Kind::Unavailable, Retry::Later));
    assert!(failure.message.contains("unwell"), "{failure}");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_refused_key_is_not_tried_again_and_named() {
    let body = json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."});
    let server = Server::start(move |_, _| answer(400, &[], &body.to_string())).await;
    let failure = account(&server, SkipClock::new()).token(later()).await.unwrap_err();
    assert_eq!(server.seen().len(), 1);
    assert_eq!((failure.kind, failure.retry), (Kind::Auth, Retry::Never));
    assert_eq!(failure.code.as_deref(), Some("invalid_grant"));
    let text = failure.to_string();
    for part in [EMAIL, "Invalid JWT Signature.", "is the key deleted", server.host()] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_named() {
    let text = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable \
                timeframe. Check your iat and exp values in the JWT claim.";
    let body = json!({"error": "invalid_grant", "error_description": text});
    let date = &[("date", "Mon, 23 Nov 2026 12:00:00 GMT")];
    let failure = refusal(400, date, body).await;
    assert!(
        failure.message.contains("this machine's clock is 312 s ahead of Google's"),
        "{failure}"
    );
}

#[tokio::test]
async fn errors_of_other_shapes_are_understood() {
    let envelope =
        json!({"error": {"code": 403, "message": "gone", "status": "PERMISSION_DENIED"}});
    let failure = refusal(403, &[], envelope).await;
    assert_eq!(failure.code.as_deref(), Some("PERMISSION_DENIED"));
    assert!(failure.message.contains("PERMISSION_DENIED: gone"), "{failure}");
    let failure = refusal(404, &[], json!("lost")).await;
    assert!(failure.message.contains("404") && failure.message.contains("lost"), "{failure}");
    let failure = refusal(302, &[("location", "http://127.0.0.1:1/")], json!(null)).await;
    assert_eq!(failure.kind, Kind::Protocol);
}

#[tokio::test]
async fn an_answer_without_a_token_is_not_quoted() {
    let server = Server::start(|_, _| answer(200, &[], "{\"token\": \"ya29.secret\"}")).await;
    let failure = account(&server, SkipClock::new()).token(later()).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Protocol);
    assert!(!failure.message.contains("ya29"), "{failure}");
}

#[tokio::test]
async fn the_assertion_is_masked_in_an_echo() {
    let server = Server::start(|_, seen| {
        let assertion = form(&seen)["assertion"].clone();
        answer(400, &[], &json!({"error": "invalid", "error_description": assertion}).to_string())
    })
    .await;
    let failure = account(&server, SkipClock::new()).token(later()).await.unwrap_err();
    assert!(
        failure.message.contains("[redacted]") && !failure.message.contains("eyJ"),
        "{failure}"
    );
}

#[test]
fn old_key_files_are_read_and_broken_ones_explained() {
    let mut old = key_file("x");
    for field in ["project_id", "token_uri", "universe_domain", "private_key_id"] {
        old.as_object_mut().unwrap().remove(field);
    }
    let key = ServiceAccountKey::from_json(&old.to_string()).unwrap();
    assert_eq!(key.token_uri, "https://oauth2.googleapis.com/token");
    assert_eq!(key.project_id, None);
    let told = |change: fn(&mut Value)| {
        let mut file = key_file("x");
        change(&mut file);
        ServiceAccountKey::from_json(&file.to_string()).unwrap_err().message
    };
    assert!(told(|file| file["type"] = json!("external_account")).contains("\"external_account\""));
    assert!(told(|file| file["client_email"] = json!("")).contains("\"client_email\""));
    let doubly = told(|file| {
        file["private_key"] = json!(file["private_key"].as_str().unwrap().replace('\n', "\\n"));
    });
    assert!(doubly.contains("escaped twice"), "{doubly}");
    let garbage = told(|file| {
        let body = STANDARD.encode([7; 600]);
        file["private_key"] =
            json!(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"));
    });
    assert!(garbage.contains("not an RSA key"), "{garbage}");
    let cut = ServiceAccountKey::from_json("{\"type\":\n \"service_acc").unwrap_err();
    assert!(cut.message.contains("line 2"), "{cut}");
}
