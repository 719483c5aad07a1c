//! The metadata server of a Compute Engine instance, on a port of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::google::{Api, Grant, PROJECT_NUMBER, Query, scope, segments};

/// The server with the tokens it has handed out.
struct Metadata {
    api: Arc<Api>,
    cached: Mutex<HashMap<Vec<String>, (String, Instant)>>,
}

/// A token with less than this left is replaced, and not before.
const REFRESH_BELOW: Duration = Duration::from_secs(300);

/// All of it; every path but `/` wants the header `Metadata-Flavor: Google`.
pub(crate) fn router(api: Arc<Api>) -> Router {
    let metadata = Metadata { api, cached: Mutex::default() };
    Router::new().fallback(answer).with_state(Arc::new(metadata))
}

async fn answer(State(metadata): State<Arc<Metadata>>, request: Request) -> Response {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let mut response = metadata.page(request.uri().path(), &query, request.headers());
    let headers = response.headers_mut();
    headers.insert("metadata-flavor", HeaderValue::from_static("Google"));
    headers.insert(header::SERVER, HeaderValue::from_static("Metadata Server for VM"));
    headers.insert(header::X_XSS_PROTECTION, HeaderValue::from_static("0"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    if let Ok(date) = HeaderValue::from_str(&metadata.api.access.clock.http_date()) {
        headers.insert(header::DATE, date);
    }
    response
}

impl Metadata {
    fn page(&self, path: &str, query: &Query, headers: &HeaderMap) -> Response {
        let parts = segments(path);
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
        let path = match parts.as_slice() {
            // Go's detection asks without the header and looks at the answer's.
            [] => return text("computeMetadata/\n"),
            ["computeMetadata"] => return text("v1/\n"),
            ["computeMetadata", "v1", rest @ ..] => rest,
            _ => return absent(),
        };
        if headers.contains_key("x-forwarded-for") {
            return refused("Requests with an X-Forwarded-For header are not served.");
        }
        let flavor = headers.get("metadata-flavor").and_then(|value| value.to_str().ok());
        if !flavor.is_some_and(|flavor| flavor.eq_ignore_ascii_case("google")) {
            return refused("Missing Metadata-Flavor:Google header.");
        }
        if let ["instance", "service-accounts", account, "token"] = path
            && (*account == "default" || *account == self.email())
        {
            return json_text(&self.token(query));
        }
        let mut found = &self.tree();
        for part in path {
            match found.get(*part) {
                Some(below) => found = below,
                None => return absent(),
            }
        }
        written(found, query)
    }

    fn email(&self) -> &str {
        self.api.access.key.client_email()
    }

    /// The same token for the same scopes until shortly before its end.
    fn token(&self, query: &Query) -> Value {
        let asked = query.given("scopes").unwrap_or(scope::ALL);
        let mut scopes: Vec<String> =
            asked.split([',', ' ']).filter(|s| !s.is_empty()).map(str::to_owned).collect();
        scopes.sort();
        let tokens = &self.api.access.tokens;
        let now = Instant::now();
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let known = cached.get(&scopes).filter(|(_, end)| *end > now + REFRESH_BELOW).cloned();
        let (token, end) = known.unwrap_or_else(|| {
            let grant = Grant { user: self.email().to_owned(), scopes: scopes.clone() };
            let fresh = (tokens.issue(grant), now + tokens.lifetime());
            cached.insert(scopes, fresh.clone());
            fresh
        });
        let left = end.saturating_duration_since(now).as_secs();
        json!({ "access_token": token, "expires_in": left, "token_type": "Bearer" })
    }

    /// Everything but the token, as one tree.
    fn tree(&self) -> Value {
        let project = &self.api.project.id;
        let account = json!({
            "aliases": ["default"], "email": self.email(), "scopes": [scope::ALL],
        });
        let mut accounts = Map::new();
        accounts.insert("default".to_owned(), account.clone());
        accounts.insert(self.email().to_owned(), account);
        json!({
            "instance": {
                "attributes": {},
                "hostname": format!("watcher.europe-west3-a.c.{project}.internal"),
                "id": 4_520_031_799_277_581_759_u64,
                "machineType": format!("projects/{PROJECT_NUMBER}/machineTypes/e2-micro"),
                "name": "watcher",
                "service-accounts": accounts,
                "zone": format!("projects/{PROJECT_NUMBER}/zones/europe-west3-a"),
            },
            "project": {
                "attributes": {},
                "numeric-project-id": PROJECT_NUMBER.parse::<u64>().unwrap_or_default(),
                "project-id": project,
            },
            "universe": { "universe-domain": "googleapis.com" },
        })
    }
}

/// A leaf as text, a directory as a listing, or JSON where that is asked for.
fn written(found: &Value, query: &Query) -> Response {
    let recursive = query.get("recursive").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let alt = query.given("alt");
    match found {
        Value::Object(below) if !recursive => {
            let line = |(name, value): (&String, &Value)| match value {
                Value::Object(_) => format!("{name}/\n"),
                _ => format!("{name}\n"),
            };
            text(&below.iter().map(line).collect::<String>())
        }
        Value::Object(_) => json_text(found),
        _ if alt == Some("json") => json_text(found),
        Value::Array(items) => {
            let lines = items.iter().filter_map(Value::as_str).map(|item| format!("{item}\n"));
            text(&lines.collect::<String>())
        }
        Value::String(value) => text(value),
        other => text(&other.to_string()),
    }
}

fn text(body: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/text")], body.to_owned()).into_response()
}

fn json_text(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn refused(why: &str) -> Response {
    html(StatusCode::FORBIDDEN, why)
}

fn absent() -> Response {
    html(StatusCode::NOT_FOUND, "The requested URL was not found on this server.")
}

fn html(status: StatusCode, why: &str) -> Response {
    let code = status.as_u16();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error {code}</title>\n\
         <p><b>{code}.</b> {why}\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")], page).into_response()
}
