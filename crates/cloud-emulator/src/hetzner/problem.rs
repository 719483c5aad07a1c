//! Error answers in the vendor's envelope.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error answer: `{"error": {"code", "message", "details"}}`.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    pub(super) message: String,
    details: Value,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: Value::Null }
    }

    /// 422: one field is wrong, in the given way.
    pub(super) fn field(name: &str, wrong: impl Into<String>) -> Self {
        let wrong = wrong.into();
        let message = format!("invalid input in field '{name}': {wrong}");
        let details = json!({"fields": [{"name": name, "messages": [wrong]}]});
        Self { details, ..Self::invalid(message) }
    }

    /// 422 without saying which field.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", message)
    }

    /// 409: something with this name is already there.
    pub(super) fn exists(field: &str, message: impl Into<String>) -> Self {
        let details = json!({"fields": [{"name": field}]});
        Self { details, ..Self::new(StatusCode::CONFLICT, "uniqueness_error", message) }
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("{what} not found"))
    }

    pub(super) fn incorrect_zone_mode() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "incorrect_zone_mode",
            "this operation is not supported for this zone's mode",
        )
    }

    pub(super) fn protected(message: &str) -> Self {
        Self::new(StatusCode::LOCKED, "protected", message)
    }

    pub(super) fn locked() -> Self {
        Self::new(
            StatusCode::LOCKED,
            "locked",
            "the zone is locked: there is already an action running",
        )
    }

    /// 423: another action is running on the resource.
    pub(super) fn busy(kind: &str) -> Self {
        let message = format!("{kind} is locked: there is already an action running");
        Self::new(StatusCode::LOCKED, "locked", message)
    }

    /// 409: the resource is being changed.
    pub(super) fn changing(kind: &str) -> Self {
        let message = format!("{kind} is being changed by another action, please retry");
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    /// 403: the project has as many of something as it may have.
    pub(super) fn limit(name: &str, message: &str) -> Self {
        let details = json!({"limits": [{"name": name}]});
        let limit = Self::new(StatusCode::FORBIDDEN, "resource_limit_exceeded", message);
        Self { details, ..limit }
    }

    /// 410: what is left of a removed way to call the API.
    pub(super) fn removed(message: &str, announcement: &str) -> Self {
        let details = json!({"announcement": announcement});
        Self { details, ..Self::new(StatusCode::GONE, "deprecated_api_endpoint", message) }
    }

    /// 429, which echoes half of the caller's token, as the vendor's does.
    pub(super) fn rate_limited(limit: u32, token: &str) -> Self {
        let start: String = token.chars().take(32).collect();
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_exceeded",
            format!("Limit of '{limit}' requests per hour for token '{start}...' reached."),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let error = json!({"code": self.code, "message": self.message, "details": self.details});
        (self.status, Json(json!({ "error": error }))).into_response()
    }
}

/// The answer for a status that somebody wants to see.
pub(super) fn injected(status: u16, request: &HeaderMap) -> Response {
    let (code, message) = match status {
        400 => ("json_error", "invalid JSON in request body"),
        401 => ("unauthorized", "the token you have provided is invalid"),
        403 => ("forbidden", "insufficient permissions for this request"),
        404 => ("not_found", "resource not found"),
        405 => ("method_not_allowed", "the request method is not allowed"),
        409 => ("conflict", "the resource has changed during the request, please retry"),
        410 => ("deprecated_api_endpoint", "API functionality was removed"),
        412 => ("resource_unavailable", "the requested resource is currently unavailable"),
        422 => ("invalid_input", "invalid input"),
        423 => ("locked", "the zone is locked: there is already an action running"),
        429 => {
            return Problem::rate_limited(3600, token(request).unwrap_or_default()).into_response();
        }
        502 => ("bad_gateway", "the request could not be answered by the API backend"),
        503 => ("unavailable", "a service or product is currently not available"),
        504 => ("timeout", "the request could not be answered in time, please retry"),
        _ => ("server_error", "error within the API backend"),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Problem::new(status, code, message).into_response()
}

/// The bearer token of a request.
pub(super) fn token(request: &HeaderMap) -> Option<&str> {
    let (scheme, token) = request.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
