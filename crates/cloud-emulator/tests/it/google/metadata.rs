//! The metadata server, as detection code and credential libraries use it.

use serde_json::Value;

use super::{Answer, Google, send};

const ACCOUNT: &str = "/computeMetadata/v1/instance/service-accounts/default";

async fn get(google: &Google, path: &str) -> Answer {
    let url = format!("http://{}{path}", google.emulator.info().metadata);
    send(google.http.get(url).header("Metadata-Flavor", "Google")).await
}

#[tokio::test]
async fn every_answer_carries_the_flavour_and_every_request_must() {
    let google = Google::start().await;
    let url = format!("http://{}", google.emulator.info().metadata);
    for (path, flavour, status) in [
        ("/", None, 200),
        ("/computeMetadata/v1/project/project-id", Some("Google"), 200),
        ("/computeMetadata/v1/project/project-id", None, 403),
        ("/computeMetadata/v1/project/project-id", Some("Other"), 403),
        ("/computeMetadata/v1/nothing", Some("Google"), 404),
        ("/elsewhere", Some("Google"), 404),
    ] {
        let mut request = google.http.get(format!("{url}{path}"));
        if let Some(flavour) = flavour {
            request = request.header("Metadata-Flavor", flavour);
        }
        let answer = send(request).await;
        assert_eq!(answer.status, status, "{path} {flavour:?}");
        assert_eq!(answer.headers["metadata-flavor"], "Google", "{path}");
        if status == 403 {
            assert!(answer.text.contains("Missing Metadata-Flavor:Google header."));
        }
    }
    let forwarded = google.http.get(format!("{url}{ACCOUNT}/email"));
    let forwarded = forwarded.header("Metadata-Flavor", "Google");
    assert_eq!(send(forwarded.header("X-Forwarded-For", "1.2.3.4")).await.status, 403);
}

#[tokio::test]
async fn the_token_works_and_stays_the_same_for_the_same_scopes() {
    let google = Google::start().await;
    let token = async |query: &str| {
        let answer = get(&google, &format!("{ACCOUNT}/token{query}")).await;
        assert_eq!(answer.headers["content-type"], "application/json");
        let body: Value = serde_json::from_str(&answer.text).expect("JSON");
        assert!(body["expires_in"].as_u64().is_some_and(|left| left > 300), "{body}");
        body["access_token"].as_str().expect("a token").to_owned()
    };
    let first = token("").await;
    assert_eq!(token("").await, first);
    let url = google.url("/dns/v1/projects/schwenk-demo/managedZones");
    send(google.http.get(&url).bearer_auth(&first)).await.ok();
    let dns = "?scopes=https://www.googleapis.com/auth/ndev.clouddns.readonly,email";
    let reader = token(dns).await;
    assert_ne!(reader, first);
    assert_eq!(token(dns).await, reader);
    send(google.http.get(&url).bearer_auth(&reader)).await.ok();
    let written = send(google.http.post(&url).bearer_auth(&reader).body("{}")).await;
    assert_eq!(written.status, 403);
}

#[tokio::test]
async fn facts_about_instance_and_project_are_plain_text() {
    let google = Google::start().await;
    for (path, expected) in [
        ("project/project-id", "schwenk-demo"),
        ("project/numeric-project-id", "421337421337"),
        ("instance/zone", "projects/421337421337/zones/europe-west3-a"),
        ("instance/service-accounts/default/email", "schwenk@schwenk-demo.iam.gserviceaccount.com"),
        ("universe/universe-domain", "googleapis.com"),
    ] {
        let answer = get(&google, &format!("/computeMetadata/v1/{path}")).await;
        assert_eq!(answer.text, expected);
        assert_eq!(answer.headers["content-type"], "application/text");
    }
    let id = get(&google, "/computeMetadata/v1/instance/id").await.text;
    assert!(id.parse::<u64>().is_ok(), "{id}");
}

#[tokio::test]
async fn directories_are_listed_or_given_whole() {
    let google = Google::start().await;
    let listing = get(&google, "/computeMetadata/v1/instance/service-accounts/").await.text;
    assert!(listing.lines().any(|line| line == "default/"), "{listing}");
    let whole = get(&google, &format!("{ACCOUNT}/?recursive=true")).await;
    assert_eq!(whole.headers["content-type"], "application/json");
    let whole: Value = serde_json::from_str(&whole.text).expect("JSON");
    assert_eq!(whole["aliases"][0], "default");
    assert!(whole["email"].is_string() && whole["scopes"].is_array(), "{whole}");
}
