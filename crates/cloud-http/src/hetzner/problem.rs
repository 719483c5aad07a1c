//! What Hetzner's error answers mean.
use std::time::SystemTime;

use bytes::Bytes;
use http::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::{Failure, Kind, Retry, Vendor, excerpt, lenient};

/// The length of tokens of the old DNS Console; those of the Cloud API have 64 characters.
const LEGACY_TOKEN: usize = 32;

/// Reads the error envelope of the Hetzner Cloud API
/// (<https://docs.hetzner.cloud/reference/cloud#errors>): the code decides, never the status alone.
#[derive(Debug)]
pub struct HetznerErrors {
    legacy_token: bool,
    what: &'static str,
}

#[derive(Deserialize)]
struct Envelope {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default, deserialize_with = "lenient::text")]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Option<Value>,
}

impl HetznerErrors {
    /// The errors seen by a client with `token`, which looks after `what` ("the zone is",
    /// "the servers are") in the token's project. The token itself is not kept.
    pub fn for_token(token: &SecretString, what: &'static str) -> Self {
        Self { legacy_token: token.expose_secret().len() == LEGACY_TOKEN, what }
    }

    fn advice(&self, kind: Kind) -> String {
        let what = self.what;
        match kind {
            Kind::Auth if self.legacy_token => format!(
                "; a token of 32 characters is one of the old DNS Console, which is switched off: \
                 make an API token in the Cloud Console, in the project {what} in"
            ),
            Kind::Auth => format!(
                "; the token must be an API token of the Cloud Console, made in the project \
                 {what} in"
            ),
            Kind::Forbidden => {
                "; the token may have to be one with read & write permission".to_owned()
            }
            _ => String::new(),
        }
    }
}

impl Vendor for HetznerErrors {
    fn failure(&self, response: &Response<Bytes>, _wall: SystemTime) -> Failure {
        let status = response.status().as_u16();
        let request_id = response.headers().get("x-correlation-id");
        let request_id = request_id.and_then(|id| id.to_str().ok()).map(str::to_owned);
        let body = response.body();
        let failure = match lenient::from_slice::<Envelope>(body) {
            Ok(Envelope { error }) if !(error.code.is_empty() && error.message.is_empty()) => {
                let (kind, retry) = meaning(&error.code).unwrap_or_else(|| by_status(status));
                let details = error.details.as_ref().map_or_else(String::new, details);
                let advice = self.advice(kind);
                let said = match error.message.trim() {
                    "" => format!("status {status} without a message"),
                    text => text.to_owned(),
                };
                let text = format!("{said}{details}{advice}");
                let failure = Failure::new(kind, text).retry(retry);
                if error.code.is_empty() { failure } else { failure.code(error.code) }
            }
            _ => {
                let (kind, retry) = by_status(status);
                let body = excerpt(body, 120);
                let text = format!("status {status}, and no answer of this API: \"{body}\"");
                Failure::new(kind, text).retry(retry)
            }
        };
        failure.request_id(request_id)
    }

    fn redirect_advice(&self) -> &str {
        "this is the legacy DNS Console endpoint or a proxy; use https://api.hetzner.cloud/v1 and \
         a Cloud API token"
    }
}

/// What a code of the API means, whatever the status: 409 and 423 each have a code that is worth
/// another attempt and one that is not.
pub fn meaning(code: &str) -> Option<(Kind, Retry)> {
    Some(match code {
        "unauthorized" => (Kind::Auth, Retry::Never),
        "forbidden" | "token_readonly" => (Kind::Forbidden, Retry::Never),
        "maintenance" | "unavailable" | "bad_gateway" | "server_error" | "service_error" => {
            (Kind::Unavailable, Retry::Later)
        }
        "timeout" => (Kind::Timeout, Retry::Later),
        "resource_limit_exceeded" => (Kind::Quota, Retry::Never),
        // Capacity is no quota: another place or another type may have what this one lacks.
        "resource_unavailable" | "placement_error" => (Kind::NoCapacity, Retry::Never),
        "not_found" => (Kind::NotFound, Retry::Never),
        "method_not_allowed" | "json_error" => (Kind::Protocol, Retry::Never),
        "conflict" | "locked" => (Kind::Busy, Retry::Later),
        // In use or in the wrong state: something else has to be done first.
        "protected"
        | "resource_in_use"
        | "must_be_unassigned"
        | "server_not_stopped"
        | "primary_ip_assigned"
        | "primary_ip_already_assigned" => (Kind::Busy, Retry::Never),
        "uniqueness_error" => (Kind::AlreadyExists, Retry::AfterReread),
        "deprecated_api_endpoint" | "incorrect_zone_mode" | "unsupported_error" => {
            (Kind::Unsupported, Retry::Never)
        }
        "invalid_input" => (Kind::Invalid, Retry::Never),
        "rate_limit_exceeded" => (Kind::RateLimited, Retry::Later),
        _ => return None,
    })
}

fn by_status(status: u16) -> (Kind, Retry) {
    match status {
        401 => (Kind::Auth, Retry::Never),
        403 => (Kind::Forbidden, Retry::Never),
        404 => (Kind::NotFound, Retry::Never),
        408 | 504 => (Kind::Timeout, Retry::Later),
        409 | 423 => (Kind::Busy, Retry::Later),
        422 => (Kind::Invalid, Retry::Never),
        429 => (Kind::RateLimited, Retry::Later),
        500..=599 => (Kind::Unavailable, Retry::Later),
        _ => (Kind::Protocol, Retry::Never),
    }
}

/// What `error.details` adds to the message: the fields and what is wrong with each, the limits
/// reached, or where a deprecation was announced.
fn details(details: &Value) -> String {
    let mut parts = Vec::new();
    for field in details["fields"].as_array().into_iter().flatten() {
        let name = field["name"].as_str().unwrap_or("?");
        let messages = field["messages"].as_array().into_iter().flatten();
        let messages: Vec<&str> = messages.filter_map(Value::as_str).collect();
        parts.push(match messages.as_slice() {
            [] => name.to_owned(),
            some => format!("{name}: {}", some.join(", ")),
        });
    }
    for limit in details["limits"].as_array().into_iter().flatten() {
        parts.push(format!("limit {}", limit["name"].as_str().unwrap_or("?")));
    }
    if let Some(announcement) = details["announcement"].as_str() {
        parts.push(format!("see {announcement}"));
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, body: &str) -> Failure {
        let response = Response::builder()
            .status(status)
            .header("X-Correlation-Id", "3f2a9c")
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        let errors = HetznerErrors::for_token(&SecretString::from("x".repeat(64)), "the zone is");
        errors.failure(&response, SystemTime::UNIX_EPOCH)
    }

    fn error(code: &str) -> String {
        format!(r#"{{"error":{{"code":"{code}","message":"no","details":null}}}}"#)
    }

    #[test]
    fn the_code_decides_and_not_the_status() {
        for (status, code, kind, retry) in [
            (409, "conflict", Kind::Busy, Retry::Later),
            (409, "uniqueness_error", Kind::AlreadyExists, Retry::AfterReread),
            (423, "locked", Kind::Busy, Retry::Later),
            (423, "protected", Kind::Busy, Retry::Never),
            (422, "must_be_unassigned", Kind::Busy, Retry::Never),
            (401, "token_readonly", Kind::Forbidden, Retry::Never),
            (403, "resource_limit_exceeded", Kind::Quota, Retry::Never),
            (412, "resource_unavailable", Kind::NoCapacity, Retry::Never),
            (422, "placement_error", Kind::NoCapacity, Retry::Never),
            (403, "maintenance", Kind::Unavailable, Retry::Later),
            (422, "incorrect_zone_mode", Kind::Unsupported, Retry::Never),
            (429, "rate_limit_exceeded", Kind::RateLimited, Retry::Later),
            (422, "brand_new_code", Kind::Invalid, Retry::Never),
            (503, "brand_new_code", Kind::Unavailable, Retry::Later),
        ] {
            let failure = failure(status, &error(code));
            assert_eq!((failure.kind, failure.retry), (kind, retry), "{status} {code}");
            assert_eq!(failure.code.as_deref(), Some(code));
            assert_eq!(failure.request_id.as_deref(), Some("3f2a9c"));
        }
    }

    #[test]
    fn details_are_shown() {
        let body = r#"{"error":{"code":"invalid_input","message":"invalid input in field 'ttl'",
            "details":{"fields":[{"name":"ttl","messages":["must be at least 60"]},
            {"name":"x"}]}}}"#;
        let text = failure(422, body).message;
        assert_eq!(text, "invalid input in field 'ttl' (ttl: must be at least 60; x)");
        let body = r#"{"error":{"code":"resource_limit_exceeded","message":"limit",
            "details":{"limits":[{"name":"zones"}]}}}"#;
        assert_eq!(failure(403, body).message, "limit (limit zones)");
        let body = r#"{"error":{"code":"deprecated_api_endpoint","message":"gone",
            "details":{"announcement":"https://example.com/x"}}}"#;
        assert_eq!(failure(410, body).message, "gone (see https://example.com/x)");
    }

    #[test]
    fn an_answer_of_something_else_is_judged_by_its_status() {
        for body in ["<html>Bad Gateway</html>", "", "{}", r#"{"error":"x"}"#, r#"{"error":{}}"#] {
            let failure = failure(502, body);
            assert_eq!((failure.kind, failure.retry), (Kind::Unavailable, Retry::Later));
            assert!(failure.message.starts_with("status 502"), "{failure}");
        }
    }

    #[test]
    fn what_an_envelope_lacks_is_made_up_for_by_the_rest_of_it() {
        let gone = failure(409, r#"{"error":{"code":"uniqueness_error","message":null}}"#);
        assert_eq!((gone.kind, gone.retry), (Kind::AlreadyExists, Retry::AfterReread));
        assert_eq!(gone.message, "status 409 without a message");
        let bare = failure(404, r#"{"error":{"message":"zone not found","details":null}}"#);
        assert_eq!((bare.kind, bare.code), (Kind::NotFound, None));
        assert!(bare.message.starts_with("zone not found"));
        let odd = failure(422, r#"{"error":{"code":7,"message":"no","details":[]}}"#);
        assert_eq!((odd.kind, odd.code.as_deref()), (Kind::Invalid, Some("7")));
    }

    #[test]
    fn an_old_token_is_recognised_by_its_length() {
        let response = Response::builder().status(401).body(Bytes::from(error("unauthorized")));
        let errors = HetznerErrors::for_token(&SecretString::from("x".repeat(32)), "the zone is");
        let failure = errors.failure(&response.unwrap(), SystemTime::UNIX_EPOCH);
        assert!(failure.message.contains("old DNS Console"), "{failure}");
        assert!(!failure.message.contains("xxxx"));
        assert!(
            super::tests::failure(401, &error("unauthorized")).message.contains("Cloud Console")
        );
    }
}
