//! What Compute Engine's errors mean: those of answers and those of operations.
use std::time::SystemTime;

use bytes::Bytes;
use cloud_http::google::GoogleErrors;
use cloud_http::{Failure, Kind, Retry, Vendor, excerpt};
use http::Response;
use serde_json::Value;

use super::wire::{Operation, OperationError};

/// Google's errors, and Compute's own codes where it sends those at once instead of in an
/// operation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ComputeErrors;

impl Vendor for ComputeErrors {
    fn failure(&self, response: &Response<Bytes>, wall: SystemTime) -> Failure {
        let mut failure = GoogleErrors.failure(response, wall);
        let code = failure.code.clone().unwrap_or_default();
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let details = body["error"]["details"].as_array().cloned().unwrap_or_default();
        if is_stock_out(&code, &failure.message, &details) {
            failure.kind = Kind::NoCapacity;
            failure.retry = Retry::Never;
            failure.alternatives = zones_available(&details);
        } else if code.starts_with("QUOTA_EXCEEDED") {
            (failure.kind, failure.retry) = (Kind::Quota, Retry::Never);
        } else if failure.kind == Kind::Changed && code == "resourceInUseByAnotherResource" {
            (failure.kind, failure.retry) = (Kind::Busy, Retry::Never);
        }
        failure
    }
}

/// Why an operation failed; `None` if it did not.
pub(super) fn of_operation(operation: &Operation) -> Option<Failure> {
    let errors = operation.error.as_ref().map(|error| error.errors.as_slice()).unwrap_or_default();
    let status = operation.http_error_status_code.filter(|status| *status >= 400);
    if errors.is_empty() && status.is_none() {
        return None;
    }
    let code = errors.first().map(|error| error.code.clone()).filter(|code| !code.is_empty());
    let (kind, retry) = match errors.iter().find_map(meaning) {
        Some(meaning) => meaning,
        None => by_status(status.unwrap_or(500)),
    };
    let mut said: Vec<String> = errors.iter().map(words).filter(|text| !text.is_empty()).collect();
    said.dedup();
    if said.is_empty() {
        said.extend(operation.http_error_message.clone());
    }
    let text = excerpt(said.join(" / ").as_bytes(), 600);
    let text = if text.is_empty() { "the operation failed without a reason" } else { &text };
    let mut failure = Failure::new(kind, text).retry(retry);
    failure.code = code;
    failure.alternatives = errors.iter().flat_map(|e| zones_available(&e.error_details)).collect();
    // Google undoes what it refuses for these reasons; of anything else only a look can tell.
    let undone = [Kind::NoCapacity, Kind::Quota, Kind::Invalid, Kind::AlreadyExists, Kind::Changed];
    let undone = undone.contains(&kind) || matches!(kind, Kind::Forbidden | Kind::RateLimited);
    Some(if undone { failure } else { failure.maybe_applied() })
}

fn meaning(error: &OperationError) -> Option<(Kind, Retry)> {
    let code = error.code.as_str();
    if is_stock_out(code, &error.message, &error.error_details) {
        return Some((Kind::NoCapacity, Retry::Never));
    }
    Some(match code {
        _ if code.starts_with("QUOTA_EXCEEDED") || code == "quotaExceeded" => {
            (Kind::Quota, Retry::Never)
        }
        "RATE_LIMIT_EXCEEDED" | "rateLimitExceeded" | "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED" => {
            (Kind::RateLimited, Retry::Later)
        }
        "RESOURCE_ALREADY_EXISTS" | "alreadyExists" => (Kind::AlreadyExists, Retry::AfterReread),
        "RESOURCE_NOT_FOUND" | "notFound" => (Kind::NotFound, Retry::Never),
        "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE" | "resourceInUseByAnotherResource" => {
            (Kind::Busy, Retry::Never)
        }
        "RESOURCE_NOT_READY" | "resourceNotReady" | "RESOURCE_OPERATION_RATE_EXCEEDED" => {
            (Kind::Busy, Retry::Later)
        }
        "CONDITION_NOT_MET" | "conditionNotMet" | "INVALID_FINGERPRINT" => {
            (Kind::Changed, Retry::AfterReread)
        }
        "PERMISSIONS_ERROR" | "FORBIDDEN" | "forbidden" => (Kind::Forbidden, Retry::Never),
        "UNSUPPORTED_OPERATION" => (Kind::Unsupported, Retry::Never),
        _ if code.starts_with("INVALID") || code == "invalid" => (Kind::Invalid, Retry::Never),
        _ => return None,
    })
}

fn by_status(status: u16) -> (Kind, Retry) {
    match status {
        401 => (Kind::Auth, Retry::Never),
        403 => (Kind::Forbidden, Retry::Never),
        404 => (Kind::NotFound, Retry::Never),
        409 | 412 => (Kind::Changed, Retry::AfterReread),
        429 => (Kind::RateLimited, Retry::Later),
        400..=499 => (Kind::Invalid, Retry::Never),
        _ => (Kind::Unavailable, Retry::AfterReread),
    }
}

/// The code comes with and without `_WITH_DETAILS`, so its beginning counts; some stock-outs say so
/// only in the details.
fn is_stock_out(code: &str, message: &str, details: &[Value]) -> bool {
    const CODES: [&str; 3] =
        ["ZONE_RESOURCE_POOL_EXHAUSTED", "REGION_RESOURCE_POOL_EXHAUSTED", "STOCKOUT"];
    CODES.iter().any(|start| code.starts_with(start))
        || message.contains("does not have enough resources available")
        || infos(details).any(|info| {
            let reason = info["reason"].as_str();
            matches!(reason, Some("resource_availability" | "stockout"))
        })
}

/// The `ErrorInfo`s: wrapped in an operation's error, bare in an answer's.
fn infos(details: &[Value]) -> impl Iterator<Item = &Value> {
    details.iter().map(|detail| match &detail["errorInfo"] {
        Value::Null => detail,
        info => info,
    })
}

/// Where Google says that there is capacity. The map's name differs between answers and
/// operations.
fn zones_available(details: &[Value]) -> Vec<String> {
    let zones = infos(details).filter_map(|info| {
        let zones = |map: &str| info[map]["zonesAvailable"].as_str();
        zones("metadatas").or_else(|| zones("metadata"))
    });
    let all = zones.flat_map(|zones| zones.split(',')).map(str::trim);
    all.filter(|zone| !zone.is_empty()).map(str::to_owned).collect()
}

/// Google's words, and for a quota which one and how large it is.
fn words(error: &OperationError) -> String {
    let quota = error.error_details.iter().map(|detail| &detail["quotaInfo"]);
    let mut text = error.message.clone();
    for quota in quota.filter(|quota| quota.is_object()) {
        let name = quota["limitName"].as_str().or(quota["metricName"].as_str()).unwrap_or("?");
        let limit = &quota["limit"];
        if !limit.is_null() && !text.contains(name) {
            text = format!("{text} (limit {name}: {limit})");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(errors: Value, status: u16) -> Failure {
        let operation: Operation = serde_json::from_value(json!({
            "name": "operation-1", "status": "DONE", "httpErrorStatusCode": status,
            "httpErrorMessage": "WORDS", "error": {"errors": errors}
        }))
        .unwrap();
        of_operation(&operation).unwrap()
    }

    #[test]
    fn stock_outs_quotas_and_rates_are_three_things() {
        for (code, kind, retry) in [
            ("ZONE_RESOURCE_POOL_EXHAUSTED", Kind::NoCapacity, Retry::Never),
            ("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", Kind::NoCapacity, Retry::Never),
            ("QUOTA_EXCEEDED", Kind::Quota, Retry::Never),
            ("RATE_LIMIT_EXCEEDED", Kind::RateLimited, Retry::Later),
            ("RESOURCE_ALREADY_EXISTS", Kind::AlreadyExists, Retry::AfterReread),
            ("CONDITION_NOT_MET", Kind::Changed, Retry::AfterReread),
            ("RESOURCE_NOT_READY", Kind::Busy, Retry::Later),
            ("SOMETHING_NEW", Kind::Unavailable, Retry::AfterReread),
        ] {
            let failure = failure(json!([{"code": code, "message": "no"}]), 503);
            assert_eq!((failure.kind, failure.retry), (kind, retry), "{code}");
            assert_eq!(failure.code.as_deref(), Some(code));
        }
        assert_eq!(failure(json!([]), 503).message, "WORDS");
        assert_eq!(failure(json!([]), 400).kind, Kind::Invalid);
    }

    #[test]
    fn a_stock_out_names_the_zones_that_have_some() {
        let failure = failure(
            json!([{"code": "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", "message": "The zone \
                does not have enough resources", "errorDetails": [
                {"errorInfo": {"reason": "resource_availability", "domain": "compute.googleapis.com",
                    "metadatas": {"vmType": "e2-small",
                        "zonesAvailable": "europe-west3-b,europe-west3-c"}}},
                {"localizedMessage": {"locale": "en-US", "message": "no"}}]}]),
            503,
        );
        assert_eq!(failure.alternatives, ["europe-west3-b", "europe-west3-c"]);
        assert_eq!(failure.effect, cloud_http::Effect::NotApplied);
    }

    #[test]
    fn a_quota_says_which_one_and_how_large() {
        let failure = failure(
            json!([{"code": "QUOTA_EXCEEDED", "message": "Quota 'CPUS' exceeded.", "errorDetails":
                [{"quotaInfo": {"metricName": "compute.googleapis.com/cpus",
                    "limitName": "CPUS-per-project-region", "limit": 24}}]}]),
            403,
        );
        assert!(failure.message.ends_with("(limit CPUS-per-project-region: 24)"), "{failure}");
    }

    #[test]
    fn a_stock_out_that_comes_at_once_is_recognised_too() {
        let body = json!({"error": {"code": 503, "message": "The zone does not have enough \
            resources available", "errors": [{"reason": "ZONE_RESOURCE_POOL_EXHAUSTED"}],
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "resource_availability",
                "metadata": {"zonesAvailable": "europe-west3-b"}}]}});
        let response = Response::builder().status(503).body(body.to_string().into()).unwrap();
        let failure = ComputeErrors.failure(&response, SystemTime::UNIX_EPOCH);
        assert_eq!((failure.kind, failure.retry), (Kind::NoCapacity, Retry::Never));
        assert_eq!(failure.alternatives, ["europe-west3-b"]);
    }
}
