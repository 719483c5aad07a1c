//! What the error answers of Google's APIs mean
//! (<https://cloud.google.com/apis/design/errors#http_mapping>).
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use crate::{Failure, Kind, Retry, Vendor, clock_skew, excerpt, lenient};

/// Tells Google's error answers apart by their reason, not by their status alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct GoogleErrors;

#[derive(Default, Deserialize)]
struct Envelope {
    error: Option<Wire>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    message: String,
    status: Option<String>,
    errors: Vec<Item>,
    details: Vec<Detail>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    reason: Option<String>,
    message: Option<String>,
}

/// One of `google.rpc.ErrorInfo`, `RetryInfo` and others that are not needed here.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    reason: Option<String>,
    metadata: BTreeMap<String, serde_json::Value>,
    retry_delay: Option<String>,
}

impl Vendor for GoogleErrors {
    fn failure(&self, response: &Response<Bytes>, wall: SystemTime) -> Failure {
        let status = response.status().as_u16();
        let envelope: Envelope = lenient::from_slice(response.body()).unwrap_or_default();
        let id = response.headers().get("x-goog-request-id").and_then(|id| id.to_str().ok());
        let failure = match envelope.error {
            None => strange(status, response.body()),
            Some(wire) => {
                let skew = clock_skew(response.headers(), wall, "Google's");
                wire.failure(status, skew)
            }
        };
        failure.request_id(id.map(str::to_owned))
    }
}

impl Wire {
    fn failure(&self, status: u16, skew: Option<String>) -> Failure {
        let (kind, retry) = self.classify(status);
        let mut failure = Failure::new(kind, self.message(status)).retry(retry);
        failure.code = self.reasons().next().map(str::to_owned);
        let wait = self.details.iter().find_map(|d| seconds(d.retry_delay.as_deref()?));
        if let (Retry::Later, Some(wait)) = (failure.retry, wait) {
            failure.retry = Retry::After(wait);
        }
        if let Some(advice) = self.advice(status, skew) {
            failure.message = format!("{}; {advice}", failure.message);
        }
        failure
    }

    /// The reasons, the most specific first: those of the items, of ErrorInfo, and the status.
    fn reasons(&self) -> impl Iterator<Item = &str> {
        let items = self.errors.iter().filter_map(|item| item.reason.as_deref());
        let details = self.details.iter().filter_map(|detail| detail.reason.as_deref());
        items.chain(details).chain(self.status.as_deref())
    }

    fn has(&self, any: &[&str]) -> bool {
        self.reasons().any(|reason| any.contains(&reason))
    }

    /// Too many requests per minute comes as 429, as 403 with a reason, or as a 403 that only its
    /// text tells from a used-up quota.
    fn is_rate_limit(&self, status: u16) -> bool {
        const REASONS: [&str; 4] = [
            "rateLimitExceeded",
            "userRateLimitExceeded",
            "RATE_LIMIT_EXCEEDED",
            "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED",
        ];
        let per_minute = self.message.contains("Quota exceeded for quota metric")
            && self.message.contains("per minute");
        status == 429 || (status == 403 && (self.has(&REASONS) || per_minute))
    }

    fn classify(&self, status: u16) -> (Kind, Retry) {
        if self.is_rate_limit(status) {
            return (Kind::RateLimited, Retry::Later);
        }
        match status {
            400 if self.has(&["resourceNotReady"]) => (Kind::Busy, Retry::Later),
            400 if self.has(&["resourceInUseByAnotherResource"]) => (Kind::Busy, Retry::Never),
            401 => (Kind::Auth, Retry::Never),
            403 if self.has(&["quotaExceeded"]) => (Kind::Quota, Retry::Never),
            403 => (Kind::Forbidden, Retry::Never),
            404 => (Kind::NotFound, Retry::Never),
            408 => (Kind::Timeout, Retry::Later),
            409 if self.has(&["operationInProgress"]) => (Kind::Busy, Retry::Later),
            409 if self.has(&["alreadyExists", "ALREADY_EXISTS"]) => {
                (Kind::AlreadyExists, Retry::AfterReread)
            }
            409 | 412 => (Kind::Changed, Retry::AfterReread),
            500 | 502..=504 => (Kind::Unavailable, Retry::Later),
            _ if status < 500 => (Kind::Invalid, Retry::Never),
            _ => (Kind::Protocol, Retry::Never),
        }
    }

    /// Google's own words; with several errors, all that differ.
    fn message(&self, status: u16) -> String {
        let mut parts = vec![self.message.as_str()];
        parts.extend(self.errors.iter().filter_map(|item| item.message.as_deref()));
        let mut said: Vec<&str> = Vec::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if !said.contains(&part) {
                said.push(part);
            }
        }
        if said.is_empty() {
            return format!("HTTP {status} without a message");
        }
        excerpt(said.join(" / ").as_bytes(), 600)
    }

    /// What to do about it, where Google's words leave that open.
    fn advice(&self, status: u16, skew: Option<String>) -> Option<String> {
        if status == 401 {
            return skew;
        }
        if status != 403 || self.is_rate_limit(status) {
            return None;
        }
        if self.has(&["accessNotConfigured", "SERVICE_DISABLED"]) {
            let url = self.details.iter().find_map(|d| d.metadata.get("activationUrl")?.as_str());
            let url = url.filter(|url| !self.message.contains(url));
            let here = url.map_or_else(String::new, |url| format!(" at {url}"));
            return Some(format!("enable the API{here}; it takes a few minutes to act"));
        }
        if self.has(&["inactiveBillingState", "BILLING_DISABLED", "billingNotEnabled"]) {
            return Some("switch on billing for the project".to_owned());
        }
        if self.has(&["quotaExceeded"]) {
            return None;
        }
        Some("a role granted just now takes a few minutes to act".to_owned())
    }
}

/// An answer without Google's envelope: a proxy's, a load balancer's, or some other server's.
fn strange(status: u16, body: &[u8]) -> Failure {
    let (kind, retry) = match status {
        401 | 407 => (Kind::Auth, Retry::Never),
        408 => (Kind::Timeout, Retry::Later),
        429 => (Kind::RateLimited, Retry::Later),
        500 | 502..=504 => (Kind::Unavailable, Retry::Later),
        // Not NotFound: a wrong base URL must not read as "there is no such record".
        _ => (Kind::Protocol, Retry::Never),
    };
    let hint = if kind == Kind::Protocol { " (is the base URL right?)" } else { "" };
    let said = match excerpt(body, 160).as_str() {
        "" => "an empty body".to_owned(),
        text => format!("\"{text}\""),
    };
    Failure::new(kind, format!("HTTP {status} without Google's error body{hint}: {said}"))
        .retry(retry)
}

/// A `google.protobuf.Duration` in JSON: `"30s"`, `"1.5s"`.
fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.strip_suffix('s')?.parse().ok()?).ok()
}
