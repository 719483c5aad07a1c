//! Why an operation failed: what stands in its `error`.

use serde_json::{Value, json};

/// The error of an operation that is done.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    code: &'static str,
    message: String,
    details: Vec<Value>,
    http: (u16, &'static str),
}

impl Failure {
    /// No capacity in the zone; `others` are zones that have some.
    pub(super) fn stock_out(zone: &str, vm_type: &str, others: &[String]) -> Self {
        let message = format!(
            "The zone '{zone}' does not have enough resources available to fulfill the request. \
             '(resource type:compute)'. Try a different zone, or try again later."
        );
        let info = json!({"errorInfo": {
            "reason": "resource_availability",
            "domain": "compute.googleapis.com",
            "metadatas": {
                "vmType": vm_type, "zone": zone, "zonesAvailable": others.join(","),
                "attachment": "",
            },
        }});
        Self {
            code: "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",
            details: vec![info, localized(&message)],
            message,
            http: (503, "SERVICE UNAVAILABLE"),
        }
    }

    /// The quota turns out to be used up.
    pub(super) fn quota(metric: &str, limit: f64, region: &str) -> Self {
        let message = format!("Quota '{metric}' exceeded.  Limit: {limit:.1} in region {region}.");
        let info = json!({"quotaInfo": {
            "metricName": format!("compute.googleapis.com/{}", metric.to_ascii_lowercase()),
            "limitName": format!("{metric}-per-project-region"),
            "dimensions": {"region": region},
            "limit": limit,
        }});
        Self {
            code: "QUOTA_EXCEEDED",
            details: vec![info, localized(&message)],
            message,
            http: (403, "FORBIDDEN"),
        }
    }

    /// Nobody knows why.
    pub(super) fn internal() -> Self {
        let message = "Internal error. Please try again or contact Google Support. (Code: '-5414')"
            .to_owned();
        let http = (500, "INTERNAL SERVER ERROR");
        Self { code: "INTERNAL_ERROR", message, details: Vec::new(), http }
    }

    /// Writes it into an operation.
    pub(super) fn show(&self, operation: &mut Value) {
        let mut error = json!({"code": self.code, "message": self.message});
        if !self.details.is_empty() {
            error["errorDetails"] = json!(self.details);
        }
        operation["error"] = json!({"errors": [error]});
        operation["httpErrorStatusCode"] = json!(self.http.0);
        operation["httpErrorMessage"] = json!(self.http.1);
    }
}

fn localized(message: &str) -> Value {
    json!({"localizedMessage": {"locale": "en-US", "message": message}})
}
