//! Who may call, and how often: tokens, the request bucket, and the headers of every answer.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Hetzner;
use super::problem::{Problem, token};
use crate::fault::Cloud;

/// The buckets of requests: one of the project's, one of those who show no valid token.
pub(super) struct Limits {
    limit: u32,
    project: Bucket,
    strangers: Bucket,
}

/// A token bucket, refilled continuously.
struct Bucket(Mutex<(f64, Instant)>);

impl Limits {
    pub(super) fn new(limit: u32) -> Self {
        let full = || Bucket(Mutex::new((f64::from(limit), Instant::now())));
        Self { limit, project: full(), strangers: full() }
    }
}

impl Bucket {
    /// Takes one request out; the second value is what is left.
    fn take(&self, limit: u32, wanted: f64) -> (bool, f64) {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let gained = now.duration_since(bucket.1).as_secs_f64() * f64::from(limit) / 3600.0;
        let level = (bucket.0 + gained).min(f64::from(limit));
        let granted = level >= wanted;
        *bucket = (if granted { level - wanted } else { level }, now);
        (granted, bucket.0)
    }
}

/// Takes a request from the caller's bucket, or answers 429.
pub(super) async fn admit(
    State(hetzner): State<Hetzner>,
    request: Request,
    next: Next,
) -> Response {
    let limits = &hetzner.0.limits;
    let (granted, _) = hetzner.bucket(request.headers()).take(limits.limit, 1.0);
    if granted && !hetzner.0.faults.rate_limited(Cloud::Hetzner) {
        return next.run(request).await;
    }
    Problem::rate_limited(limits.limit, token(request.headers()).unwrap_or_default())
        .into_response()
}

/// Refuses callers without a valid token, and writes with the one that may only read.
pub(super) async fn authenticate(
    State(hetzner): State<Hetzner>,
    request: Request,
    next: Next,
) -> Response {
    let unauthorized =
        |message| Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message).into_response();
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return unauthorized("token is required");
    }
    if !hetzner.knows(request.headers()) {
        return unauthorized("the token you have provided is invalid");
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let barred = hetzner.0.faults.read_only(Cloud::Hetzner);
    if !reads && (barred || token(request.headers()) == Some(&hetzner.0.readonly_token)) {
        let message = "token is only allowed to perform GET requests";
        return Problem::new(StatusCode::UNAUTHORIZED, "token_readonly", message).into_response();
    }
    // Nothing has such a name; the router would say so in words that are not the vendor's.
    if percent_encoding::percent_decode_str(request.uri().path()).decode_utf8().is_err() {
        return Problem::not_found("resource").into_response();
    }
    next.run(request).await
}

/// Adds what every answer carries: a correlation id, the bucket's level, the vendor's time.
pub(super) async fn decorate(
    State(hetzner): State<Hetzner>,
    request: Request,
    next: Next,
) -> Response {
    let caller = request.headers().clone();
    let mut response = next.run(request).await;
    let limit = hetzner.0.limits.limit;
    let (_, level) = hetzner.bucket(&caller).take(limit, 0.0);
    // A 429 somebody has asked for must look like one.
    let limited = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let level = if limited { level.min(0.999) } else { level };
    let missing = f64::from(limit) - level;
    let wait = (missing * 3600.0 / f64::from(limit.max(1))).ceil();
    let now = hetzner.now();
    let reset = now.as_second().saturating_add(wait as i64);
    let headers = response.headers_mut();
    for (name, value) in [
        ("ratelimit-limit", limit.to_string()),
        ("ratelimit-remaining", (level.floor() as u64).to_string()),
        ("ratelimit-reset", reset.to_string()),
        ("x-correlation-id", correlation_id()),
        ("date", now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

impl Hetzner {
    fn knows(&self, caller: &HeaderMap) -> bool {
        let known = token(caller)
            .is_some_and(|token| token == self.0.token || token == self.0.readonly_token);
        known && !self.0.faults.token_revoked(Cloud::Hetzner)
    }

    fn bucket(&self, caller: &HeaderMap) -> &Bucket {
        if self.knows(caller) { &self.0.limits.project } else { &self.0.limits.strangers }
    }
}

fn correlation_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness all ids are alike, which is no reason not to answer.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
