//! The token endpoint: `jwt-bearer` for the service account, `refresh_token` for the user.
//!
//! Errors have OAuth's shape (RFC 6749 §5.2), not that of Google's APIs.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Map, Value, json};

use crate::fault::Cloud;
use crate::google::{Api, Grant, JwtError, Query, claims, random_text, scope};
use crate::key::{KeyError, private_file};

/// The one user account, as `gcloud auth application-default login` would leave it.
#[derive(Clone)]
pub(crate) struct AuthorizedUser {
    client_id: String,
    client_secret: String,
    refresh_token: String,
}

impl AuthorizedUser {
    /// A user with fresh random secrets.
    pub(crate) fn generate() -> Self {
        Self {
            client_id: "764086051850-schwenk.apps.googleusercontent.com".to_owned(),
            client_secret: format!("GOCSPX-{}", random_text()),
            refresh_token: format!("1//{}{}", random_text(), random_text()),
        }
    }

    /// Writes the credentials file, readable by its owner only.
    pub(crate) fn write(&self, path: &Path, token_uri: &str) -> Result<(), KeyError> {
        let file = json!({
            "type": "authorized_user", "client_id": self.client_id,
            "client_secret": self.client_secret, "refresh_token": self.refresh_token,
            "token_uri": token_uri, "universe_domain": "googleapis.com",
        });
        private_file(path, &format!("{file:#}\n"))
    }
}

/// The routes of the token endpoint, today's and the two it had before.
pub(crate) fn router(api: Arc<Api>) -> Router {
    Router::new()
        .route("/token", post(token))
        .route("/o/oauth2/token", post(token))
        .route("/oauth2/v4/token", post(token))
        .with_state(api)
}

/// Why there is no token: OAuth's code and a description.
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into() }
    }

    fn unauthorized(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new(error, description) }
    }
}

impl From<JwtError> for Refusal {
    fn from(error: JwtError) -> Self {
        Self::new("invalid_grant", error.to_string())
    }
}

async fn token(State(api): State<Arc<Api>>, headers: HeaderMap, body: String) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let parameters = Parameters::read(&headers, &body);
    let granted = match parameters.get("grant_type").unwrap_or_default() {
        "" => Err(missing("grant_type")),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => service_account(&api, &parameters, host),
        "refresh_token" => user(&api, &parameters),
        other => {
            Err(Refusal::new("unsupported_grant_type", format!("Invalid grant_type: {other}")))
        }
    };
    let (status, body) = match granted {
        Ok(answer) => (StatusCode::OK, answer),
        Err(refusal) => {
            let body = json!({
                "error": refusal.error, "error_description": refusal.description,
            });
            (refusal.status, body)
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-cache, no-store, max-age=0, must-revalidate".to_owned()),
        (header::PRAGMA, "no-cache".to_owned()),
        (header::DATE, api.access.clock.http_date()),
    ];
    (status, headers, format!("{body:#}")).into_response()
}

fn service_account(api: &Api, parameters: &Parameters, host: &str) -> Result<Value, Refusal> {
    let assertion = parameters.get("assertion").ok_or_else(|| missing("assertion"))?;
    let access = &api.access;
    let claims = claims(assertion, &access.key, access.clock.seconds())?;
    if access.faults.token_revoked(Cloud::Google) {
        return Err(JwtError::Signature.into());
    }
    let audience = claims["aud"].as_str().unwrap_or_default();
    let known = [
        "https://oauth2.googleapis.com/token",
        "https://accounts.google.com/o/oauth2/token",
        "https://www.googleapis.com/oauth2/v4/token",
    ];
    let own = ["/token", "/o/oauth2/token", "/oauth2/v4/token"];
    let here = audience.strip_prefix("http://").and_then(|rest| rest.strip_prefix(host));
    if !known.contains(&audience) && !here.is_some_and(|path| own.contains(&path)) {
        let text = "Invalid JWT: Failed audience check. The right audience is \
                    https://oauth2.googleapis.com/token";
        return Err(Refusal::new("invalid_grant", text));
    }
    let subject = &claims["sub"];
    if !subject.is_null() && subject.as_str() != Some(access.key.client_email()) {
        return Err(Refusal::unauthorized(
            "unauthorized_client",
            "Client is unauthorized to retrieve access tokens using this method, or client not \
             authorized for any of the scopes requested.",
        ));
    }
    let scopes: Vec<String> = claims["scope"]
        .as_str()
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if scopes.is_empty() {
        let text = "Invalid OAuth scope or ID token audience provided.";
        return Err(Refusal::new("invalid_scope", text));
    }
    Ok(granted(api, Grant { user: access.key.client_email().to_owned(), scopes }))
}

fn user(api: &Api, parameters: &Parameters) -> Result<Value, Refusal> {
    let given = |name| parameters.get(name).ok_or_else(|| missing(name));
    let (id, secret) = (given("client_id")?, given("client_secret")?);
    let refresh_token = given("refresh_token")?;
    let user = &api.user;
    if id != user.client_id || secret != user.client_secret {
        return Err(Refusal::unauthorized("invalid_client", "The OAuth client was not found."));
    }
    let revoked = api.access.faults.token_revoked(Cloud::Google);
    if revoked || refresh_token != user.refresh_token {
        return Err(Refusal::new("invalid_grant", "Token has been expired or revoked."));
    }
    // What the user agreed to at login counts, whatever is asked for now.
    let scopes = vec![scope::ALL.to_owned()];
    let mut answer = granted(api, Grant { user: "user@example.com".to_owned(), scopes });
    answer["scope"] = json!(scope::ALL);
    Ok(answer)
}

fn granted(api: &Api, grant: Grant) -> Value {
    let tokens = &api.access.tokens;
    json!({
        "access_token": tokens.issue(grant), "expires_in": tokens.lifetime().as_secs(),
        "token_type": "Bearer",
    })
}

fn missing(name: &str) -> Refusal {
    Refusal::new("invalid_request", format!("Missing required parameter: {name}"))
}

/// The parameters of a request, from a form or from JSON.
struct Parameters(Map<String, Value>);

impl Parameters {
    fn read(headers: &HeaderMap, body: &str) -> Self {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let json = kind.is_some_and(|kind| kind.starts_with("application/json"));
        if json && let Ok(Value::Object(members)) = serde_json::from_str(body) {
            return Self(members);
        }
        Self(Query::parse(body).into_pairs().map(|(name, value)| (name, json!(value))).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|value| !value.is_empty())
    }
}
