//! The token endpoint: which assertions it takes, and how it says no.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cloud_emulator::{Cloud, Emulator, Fault, Options};
use serde_json::{Value, json};

use super::robot::{Robot, now};
use super::{Answer, Google, refused, send};

/// `grant_type` of a signed assertion (RFC 7523).
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Posts an assertion as a form.
async fn exchange(google: &Google, assertion: &str) -> Answer {
    let body = format!("grant_type={}&assertion={assertion}", JWT_BEARER.replace(':', "%3A"));
    form(google, body).await
}

async fn form(google: &Google, body: String) -> Answer {
    let request = google.http.post(&google.emulator.info().google_token_uri);
    send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

/// The OAuth error of an answer: status, code and description.
fn oauth(answer: &Answer) -> (u16, String, String) {
    let body: Value = serde_json::from_str(&answer.text).expect("JSON");
    let text = |member: &str| body[member].as_str().expect("text").to_owned();
    (answer.status, text("error"), text("error_description"))
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body: Value = serde_json::from_str(&answer.text).expect("JSON");
    assert_eq!(body["token_type"], "Bearer");
    assert!(body["expires_in"].as_u64().is_some_and(|seconds| seconds > 3000), "{body}");
    body["access_token"].as_str().expect("a token").to_owned()
}

async fn list_with(google: &Google, token: &str) -> Answer {
    let url = google.url("/dns/v1/projects/schwenk-demo/managedZones");
    send(google.http.get(url).bearer_auth(token)).await
}

#[tokio::test]
async fn a_signed_assertion_is_exchanged_for_a_token_the_api_takes() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    assert_eq!(robot.token_uri(), google.emulator.info().google_token_uri);
    let answer = exchange(&google, &robot.sign(&robot.header(), &robot.claims())).await;
    assert!(answer.headers.contains_key("date"));
    let first = token(&answer);
    list_with(&google, &first).await.ok();
    let second = token(&exchange(&google, &robot.sign(&robot.header(), &robot.claims())).await);
    assert_ne!(first, second);
}

#[tokio::test]
async fn all_three_audiences_are_known_and_no_other() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    let mut claims = robot.claims();
    let own = robot.token_uri().to_owned();
    for audience in
        [&own, "https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token"]
    {
        claims["aud"] = json!(audience);
        token(&exchange(&google, &robot.sign(&robot.header(), &claims)).await);
    }
    for audience in
        [json!("https://dns.googleapis.com/"), json!("https://example.com"), json!(null)]
    {
        claims["aud"] = audience;
        let answer = exchange(&google, &robot.sign(&robot.header(), &claims)).await;
        let (status, code, text) = oauth(&answer);
        assert_eq!((status, code.as_str()), (400, "invalid_grant"));
        assert!(text.contains("audience"), "{text}");
    }
}

#[tokio::test]
async fn padding_no_kid_a_null_subject_and_json_are_fine() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    let mut claims = robot.claims();
    claims["sub"] = json!(null);
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    let padded = robot.encode(&header, &claims, |bytes| URL_SAFE.encode(bytes));
    token(&exchange(&google, &padded.replace('=', "%3D")).await);
    let body = json!({ "grant_type": JWT_BEARER, "assertion": padded });
    let request = google.http.post(&google.emulator.info().google_token_uri);
    token(&send(super::with_json(request, &body)).await);
}

#[tokio::test]
async fn lifetimes_outside_the_hour_are_refused_in_googles_words() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    let with = async |iat: i64, exp: i64| {
        let mut claims = robot.claims();
        claims["iat"] = json!(now() + iat);
        claims["exp"] = json!(now() + exp);
        exchange(&google, &robot.sign(&robot.header(), &claims)).await
    };
    for (iat, exp) in [(-10, 3610), (30, 3630), (-3000, 500)] {
        token(&with(iat, exp).await);
    }
    for (iat, exp) in [(300, 3900), (0, 3700), (-4000, -400), (-100, -10)] {
        let (status, code, text) = oauth(&with(iat, exp).await);
        assert_eq!((status, code.as_str()), (400, "invalid_grant"));
        assert!(text.starts_with("Invalid JWT: Token must be a short-lived token"), "{text}");
    }
}

#[tokio::test]
async fn a_clock_that_is_off_shows_in_the_date_header() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    google.emulator.faults().set(Fault::ClockSkew { seconds: -312 });
    let answer = exchange(&google, &robot.sign(&robot.header(), &robot.claims())).await;
    assert_eq!(oauth(&answer).1, "invalid_grant");
    let date = answer.headers["date"].to_str().expect("text");
    let there = jiff::fmt::rfc2822::parse(date).expect("a date").timestamp().as_second();
    assert!((there - (now() - 312)).abs() <= 5, "{date}");
}

#[tokio::test]
async fn foreign_signatures_accounts_and_algorithms_are_refused() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    let other = Emulator::start(Options::default()).await.expect("loopback ports are free");
    let stranger = Robot::of(&other);
    let mut cases = vec![
        (stranger.sign(&robot.header(), &robot.claims()), "Invalid JWT Signature."),
        (robot.sign(&stranger.header(), &robot.claims()), "Invalid JWT Signature."),
        ("a.b.c".to_owned(), "Invalid JWT: malformed token."),
        ("nothing".to_owned(), "Invalid JWT: malformed token."),
    ];
    let mut claims = robot.claims();
    claims["iss"] = json!("nobody@example.com");
    cases.push((robot.sign(&robot.header(), &claims), "Invalid grant: account not found"));
    let mut unsigned = robot.header();
    unsigned["alg"] = json!("none");
    cases.push((robot.sign(&unsigned, &robot.claims()), "Invalid JWT: Failed signature algorithm"));
    for (assertion, expected) in cases {
        let (status, code, text) = oauth(&exchange(&google, &assertion).await);
        assert_eq!((status, code.as_str()), (400, "invalid_grant"));
        assert!(text.starts_with(expected), "{text}");
    }
}

#[tokio::test]
async fn scopes_are_required_and_delegation_is_not_granted() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    let mut claims = robot.claims();
    claims["scope"] = json!("");
    let (status, code, _) = oauth(&exchange(&google, &robot.sign(&robot.header(), &claims)).await);
    assert_eq!((status, code.as_str()), (400, "invalid_scope"));
    let mut claims = robot.claims();
    claims["sub"] = json!("boss@example.com");
    let (status, code, _) = oauth(&exchange(&google, &robot.sign(&robot.header(), &claims)).await);
    assert_eq!((status, code.as_str()), (401, "unauthorized_client"));
}

#[tokio::test]
async fn missing_and_unknown_parameters_are_named() {
    let google = Google::start().await;
    for (body, code, named) in [
        ("", "invalid_request", "grant_type"),
        ("grant_type=password", "unsupported_grant_type", "password"),
        ("grant_type=refresh_token&client_id=x", "invalid_request", "client_secret"),
        ("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer", "invalid_request", "assertion"),
    ] {
        let (status, found, text) = oauth(&form(&google, body.to_owned()).await);
        assert_eq!((status, found.as_str()), (400, code), "{body}");
        assert!(text.contains(named), "{text}");
    }
}

#[tokio::test]
async fn a_users_refresh_token_gets_tokens_until_it_is_revoked() {
    let google = Google::start().await;
    let text = std::fs::read(&google.emulator.info().user_file).expect("the user's file");
    let user: Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!(user["type"], "authorized_user");
    let mut body = json!({ "grant_type": "refresh_token" });
    for member in ["client_id", "client_secret", "refresh_token"] {
        body[member] = user[member].clone();
    }
    let uri = user["token_uri"].as_str().expect("a URI");
    let post = async |body: &Value| {
        let form: Vec<String> = body
            .as_object()
            .expect("an object")
            .iter()
            .map(|(name, value)| {
                format!("{name}={}", value.as_str().unwrap_or("").replace('/', "%2F"))
            })
            .collect();
        let request = google.http.post(uri).body(form.join("&"));
        send(request.header("content-type", "application/x-www-form-urlencoded")).await
    };
    list_with(&google, &token(&post(&body).await)).await.ok();
    token(&send(super::with_json(google.http.post(uri), &body)).await);
    let mut wrong = body.clone();
    wrong["refresh_token"] = json!("1//old");
    assert_eq!(oauth(&post(&wrong).await).2, "Token has been expired or revoked.");
    wrong["client_secret"] = json!("guess");
    assert_eq!(oauth(&post(&wrong).await).1, "invalid_client");
    google.emulator.faults().set(Fault::TokenRevoked { cloud: Cloud::Google });
    assert_eq!(oauth(&post(&body).await).1, "invalid_grant");
}

#[tokio::test]
async fn a_token_covers_what_it_was_asked_for() {
    let google = Google::start().await;
    let robot = Robot::of(&google.emulator);
    let mut claims = robot.claims();
    claims["scope"] = json!("https://www.googleapis.com/auth/ndev.clouddns.readonly email");
    let reader = token(&exchange(&google, &robot.sign(&robot.header(), &claims)).await);
    list_with(&google, &reader).await.ok();
    let url = google.url("/dns/v1/projects/schwenk-demo/managedZones/schwenk-example");
    let write = send(google.http.delete(url).bearer_auth(&reader)).await;
    assert_eq!(write.error(), refused(403, "insufficientPermissions"));
    claims["scope"] = json!("https://www.googleapis.com/auth/devstorage.read_only");
    let stranger = token(&exchange(&google, &robot.sign(&robot.header(), &claims)).await);
    let read = list_with(&google, &stranger).await;
    assert_eq!(read.error(), refused(403, "insufficientPermissions"));
}

#[cfg(unix)]
#[tokio::test]
async fn credentials_on_disk_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let google = Google::start().await;
    let info = google.emulator.info();
    for file in [&info.key_file, &info.user_file] {
        let mode = std::fs::metadata(file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}
