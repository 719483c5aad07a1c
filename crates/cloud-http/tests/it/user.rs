//! A user's refresh token.
use std::time::Duration;

use cloud_http::google::{AuthorizedUser, UserCredentials, Wiring};
use cloud_http::{Backoff, Kind, Retry, TokenSource};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::server::{Server, answer};
use crate::service_account::granted;
use crate::support::{later, transport};

pub fn file(token_uri: &str) -> Value {
    json!({
        "type": "authorized_user", "client_id": "764086051850-x.apps.googleusercontent.com",
        "client_secret": "d-FL95Q19q7MQmFpd7hHD0Ty", "refresh_token": "1//0g-refresh&token",
        "quota_project_id": "acme-quota", "token_uri": token_uri,
    })
}

fn user(server: &Server) -> AuthorizedUser {
    let credentials = UserCredentials::from_json(&file(&server.url).to_string()).unwrap();
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1), 3);
    AuthorizedUser::new(credentials, Wiring::new(transport()).with_backoff(backoff))
}

#[tokio::test]
async fn the_refresh_token_is_posted_as_a_form_and_the_quota_project_travels_along() {
    let server = Server::start(|_, _| granted("ya29.u", json!("3599"))).await;
    let user = user(&server);
    assert_eq!(user.token(later()).await.unwrap().expose_secret(), "ya29.u");
    let body = &server.seen()[0].body;
    assert!(body.starts_with("grant_type=refresh_token&client_id=764086051850-x"), "{body}");
    assert!(body.ends_with("&refresh_token=1%2F%2F0g-refresh%26token"), "{body}");
    assert_eq!(user.headers()["x-goog-user-project"], "acme-quota");
}

#[tokio::test]
async fn a_revoked_login_says_how_to_log_in_again() {
    let body = json!({"error": "invalid_grant", "error_description": "Token has been revoked."});
    let server = Server::start(move |_, _| answer(400, &[], &body.to_string())).await;
    let failure = user(&server).token(later()).await.unwrap_err();
    assert_eq!((failure.kind, failure.retry), (Kind::Auth, Retry::Never));
    assert!(failure.message.contains("gcloud auth application-default login"), "{failure}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_file_of_another_type_or_with_gaps_is_refused() {
    let mut other = file("x");
    other["type"] = json!("service_account");
    let failure = UserCredentials::from_json(&other.to_string()).unwrap_err();
    assert!(failure.message.contains("\"service_account\""), "{failure}");
    let mut gap = file("x");
    gap.as_object_mut().unwrap().remove("refresh_token");
    let failure = UserCredentials::from_json(&gap.to_string()).unwrap_err();
    assert!(failure.message.contains("\"refresh_token\""), "{failure}");
}
