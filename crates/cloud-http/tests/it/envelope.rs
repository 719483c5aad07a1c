//! What Google's error answers mean.
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cloud_http::google::GoogleErrors;
use cloud_http::{Failure, Kind, Retry, Vendor};
use serde_json::{Value, json};

fn read(status: u16, body: impl ToString) -> Failure {
    read_at(status, body, SystemTime::now())
}

fn read_at(status: u16, body: impl ToString, wall: SystemTime) -> Failure {
    let response = http::Response::builder()
        .status(status)
        .header("date", "Mon, 23 Nov 2026 12:00:00 GMT")
        .body(Bytes::from(body.to_string()))
        .unwrap();
    GoogleErrors.failure(&response, wall)
}

fn error(code: u16, reason: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message,
        "errors": [{"message": message, "domain": "global", "reason": reason}]}})
}

fn with_info(code: u16, reason: &str, info: Value) -> Value {
    let mut body = error(code, reason, "m");
    body["error"]["details"] = json!([{"@type": "type.googleapis.com/google.rpc.Help",
        "links": [{"url": "u"}]}, info]);
    body
}

#[test]
fn the_reason_tells_what_the_status_alone_does_not() {
    use Retry::{AfterReread, Later, Never};
    for (status, reason, kind, retry) in [
        (400, "invalid", Kind::Invalid, Never),
        (400, "containerNotEmpty", Kind::Invalid, Never),
        (400, "resourceNotReady", Kind::Busy, Later),
        (401, "authError", Kind::Auth, Never),
        (403, "forbidden", Kind::Forbidden, Never),
        (403, "accessNotConfigured", Kind::Forbidden, Never),
        (403, "rateLimitExceeded", Kind::RateLimited, Later),
        (403, "userRateLimitExceeded", Kind::RateLimited, Later),
        (403, "quotaExceeded", Kind::Quota, Never),
        (404, "notFound", Kind::NotFound, Never),
        (408, "timeout", Kind::Timeout, Later),
        (409, "alreadyExists", Kind::AlreadyExists, AfterReread),
        (409, "operationInProgress", Kind::Busy, Later),
        (409, "conflict", Kind::Changed, AfterReread),
        (412, "conditionNotMet", Kind::Changed, AfterReread),
        (429, "rateLimitExceeded", Kind::RateLimited, Later),
        (429, "quotaExceeded", Kind::RateLimited, Later),
        (500, "backendError", Kind::Unavailable, Later),
        (503, "backendError", Kind::Unavailable, Later),
        (418, "teapot", Kind::Invalid, Never),
        (501, "notImplemented", Kind::Protocol, Never),
    ] {
        let failure = read(status, error(status, reason, "some words"));
        assert_eq!((failure.kind, failure.retry), (kind, retry), "{status} {reason}");
        assert_eq!(failure.code.as_deref(), Some(reason));
        assert!(failure.message.starts_with("some words"), "{failure}");
    }
}

#[test]
fn a_rate_limit_hides_in_details_and_in_words_too() {
    let info = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"});
    assert_eq!(read(403, with_info(403, "forbidden", info)).kind, Kind::RateLimited);
    let words = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of x";
    assert_eq!(read(403, error(403, "forbidden", words)).kind, Kind::RateLimited);
    let retry = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "30s"});
    let failure = read(429, with_info(429, "rateLimitExceeded", retry));
    assert_eq!(failure.retry, Retry::After(Duration::from_secs(30)));
}

#[test]
fn a_disabled_api_comes_with_the_address_that_enables_it() {
    let url = "https://console.developers.google.com/apis/api/dns.googleapis.com/overview";
    let info = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "SERVICE_DISABLED", "domain": "googleapis.com",
        "metadata": {"activationUrl": url, "service": "dns.googleapis.com"}});
    let failure = read(403, with_info(403, "accessNotConfigured", info));
    assert!(failure.message.contains(&format!("enable the API at {url}")), "{failure}");
    let denied = read(403, error(403, "forbidden", "no"));
    assert!(denied.message.contains("takes a few minutes"), "{denied}");
}

#[test]
fn several_errors_are_all_told() {
    let body = json!({"error": {"code": 403, "message": "a", "errors": [
        {"reason": "quotaExceeded", "message": "a"}, {"reason": "quotaExceeded", "message": "b"}]}});
    assert_eq!(read(403, body).message, "a / b");
}

#[test]
fn a_401_names_a_wrong_clock() {
    let wall = UNIX_EPOCH + Duration::from_secs(1_795_435_200 - 400);
    let failure = read_at(401, error(401, "authError", "bad"), wall);
    assert!(failure.message.contains("400 s behind Google's"), "{failure}");
}

#[test]
fn bodies_of_other_servers_are_not_taken_for_googles() {
    for (status, kind) in [
        (404, Kind::Protocol),
        (403, Kind::Protocol),
        (401, Kind::Auth),
        (429, Kind::RateLimited),
        (502, Kind::Unavailable),
        (503, Kind::Unavailable),
    ] {
        let failure = read(status, "<html><title>Not Google</title></html>");
        assert_eq!(failure.kind, kind, "{status}");
        assert!(failure.message.contains("Not Google"), "{failure}");
    }
    assert!(read(404, "").message.contains("empty body"));
    assert!(read(404, "{}").message.contains("base URL"));
    for odd in [json!({"error": "text"}), json!({"error": {"errors": 7}}), json!([1])] {
        assert_eq!(read(400, odd).kind, Kind::Protocol);
    }
    assert_eq!(read(400, json!({"error": {}})).message, "HTTP 400 without a message");
}

#[test]
fn a_null_in_the_envelope_is_a_missing_part_and_no_other_server() {
    for body in [
        json!({"error": {"code": 404, "message": null, "errors": null, "details": null}}),
        json!({"error": {"code": 404, "message": "", "status": null, "errors": [
            {"message": null, "domain": null, "reason": null}]}}),
    ] {
        let failure = read(404, body);
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (Kind::NotFound, "HTTP 404 without a message")
        );
    }
    let named = json!({"error": {"code": 412, "errors": [{"reason": "conditionNotMet"}],
        "message": null}});
    assert_eq!(read(412, named).code.as_deref(), Some("conditionNotMet"));
}
