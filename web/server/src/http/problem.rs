//! Every error of the API as one shape (RFC 9457).
use axum::Json;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use web_api::Problem;

/// A refusal on its way to the caller.
#[derive(Debug)]
pub struct Refusal {
    problem: Problem,
    retry_after_secs: Option<u64>,
}

/// What an API handler answers.
pub type Answer<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal with a stable word for programs, a title and what would be right.
    pub fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>) -> Self {
        let problem = Problem {
            kind: kind.to_owned(),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
        };
        Self { problem, retry_after_secs: None }
    }

    /// The same, with the time after which trying again makes sense.
    #[must_use]
    pub fn retry_after(self, secs: u64) -> Self {
        Self { retry_after_secs: Some(secs), ..self }
    }

    /// The request is not what the API understands.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", "The request is malformed", detail)
    }

    /// There is no such service.
    pub fn unknown_service(name: &str) -> Self {
        let detail =
            format!("no service is called \"{}\"; see /api/v1/snapshot", name.escape_debug());
        Self::new(StatusCode::NOT_FOUND, "unknown_service", "Unknown service", detail)
    }

    /// There is no such site.
    pub fn unknown_site(name: &str) -> Self {
        let detail = format!("this service has no site \"{}\"", name.escape_debug());
        Self::new(StatusCode::NOT_FOUND, "unknown_site", "Unknown site", detail)
    }

    /// Nobody is logged in.
    pub fn no_session() -> Self {
        let detail = "log in at POST /api/v1/login, or send a token as \"Authorization: Bearer …\"";
        Self::new(StatusCode::UNAUTHORIZED, "no_session", "Not logged in", detail)
    }

    /// Somebody is logged in who may not do this.
    pub fn wrong_role(name: &str) -> Self {
        let detail =
            format!("\"{name}\" may look but not command; this needs the role \"operate\"");
        Self::new(StatusCode::FORBIDDEN, "wrong_role", "Not allowed", detail)
    }

    /// The watcher is ending or cannot work.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let title = "The watcher cannot do this now";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, detail)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Nothing is at this path of the API.
pub async fn unknown_path(uri: Uri) -> Refusal {
    let detail = format!("nothing is at {}; see /api/v1/openapi.json", uri.path());
    Refusal::new(StatusCode::NOT_FOUND, "unknown_path", "Unknown path", detail)
}

/// The path exists, but not with this method; the router adds `Allow`.
pub async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    let detail = format!("{} cannot be asked with {method}; see the Allow header", uri.path());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "Wrong method", detail)
}

/// A path that can only be read was asked to do something else.
pub fn read_only(method: &Method, path: &str) -> Response {
    let detail = format!("{path} cannot be asked with {method}; use GET or HEAD");
    let refusal =
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "Wrong method", detail);
    let mut response = refusal.into_response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}
