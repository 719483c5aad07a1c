//! The API over HTTP: bodies in, JSON out, errors in Google's envelope, batches part by part.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::Value;

use super::access::{Access, Credentials};
use super::batch::{self, Part};
use super::compute::Compute;
use super::error::ApiError;
use super::request::{Query, Rendering, Request, segments};
use super::route::{Project, unknown};
use super::tokens::Service;
use crate::oauth::AuthorizedUser;

/// What the handlers share.
pub(crate) struct Api {
    pub(crate) project: Project,
    pub(crate) compute: Arc<Compute>,
    pub(crate) access: Access,
    pub(crate) user: AuthorizedUser,
}

/// A call before anything is known to be right about it.
#[derive(Clone)]
struct Call<'c> {
    method: &'c str,
    path: &'c str,
    query: Query,
    credentials: Credentials,
    body: Bytes,
}

/// A status and the text of its body.
type Written = (StatusCode, Option<String>);

/// Largest body that is read: well above the largest change.
const LARGEST: usize = 10 << 20;

/// Any request but those of the token endpoint.
pub(crate) async fn any(State(api): State<Arc<Api>>, request: HttpRequest) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        let error = ApiError::new(413, "uploadTooLarge", "Request payload size exceeds the limit");
        return respond(&api, written(Err(error), &Rendering::default()));
    };
    let path = head.uri.path();
    let query = Query::parse(head.uri.query().unwrap_or_default());
    let credentials = Credentials::of(&head.headers, &query);
    if path == "/batch" || path.starts_with("/batch/") {
        return api.batch(&head.headers, &credentials, &body);
    }
    let method = match head.method {
        Method::HEAD => "GET".to_owned(),
        method => method.to_string(),
    };
    let (method, query, body) = overridden(method, query, &head.headers, body);
    let call = Call { method: &method, path, query, credentials, body };
    let waits = call.waits();
    let mut answer = api.call(call.clone());
    if waits && answer.0 == StatusCode::OK {
        api.compute.settled(&segments(call.path)).await;
        answer = api.call(call);
    }
    respond(&api, answer)
}

/// The error answer for a status that was ordered.
pub(crate) fn injected(status: u16, _: &HeaderMap) -> Response {
    let error = ApiError::injected(status, super::PROJECT_NUMBER);
    let rendering = Rendering { pretty: true, ..Rendering::default() };
    let (status, body) = written(Err(error), &rendering);
    dressed((status, body))
}

impl Api {
    fn call(&self, call: Call<'_>) -> Written {
        let pretty = Rendering { mask: None, pretty: call.query.pretty() };
        match self.answered(call) {
            Ok((answer, rendering)) => written(Ok(answer), &rendering),
            Err(error) => written(Err(error), &pretty),
        }
    }

    fn answered(&self, call: Call<'_>) -> Result<(Option<Value>, Rendering), ApiError> {
        let path = segments(call.path);
        let [service, version, projects, project, rest @ ..] = path.as_slice() else {
            return Err(unknown());
        };
        let service = match (service.as_str(), version.as_str()) {
            ("dns", "v1" | "v1beta2") => Service::Dns,
            ("compute", "v1") => Service::Compute,
            _ => return Err(unknown()),
        };
        if projects != "projects" {
            return Err(unknown());
        }
        let write = call.method != "GET" && !call.waits();
        let user = self.access.admit(&call.credentials, service, write);
        let user = user.map_err(|error| error.of(service.host()))?;
        let rendering = call.query.rendering(service)?;
        let own = self.project.is(project);
        if service == Service::Dns && !own {
            return Err(ApiError::project(project));
        }
        let request = Request {
            method: call.method.to_owned(),
            path: rest.to_vec(),
            query: call.query,
            body: call.body,
            user,
        };
        let answer = match service {
            Service::Dns => self.project.answer(&request)?,
            Service::Compute => {
                let answer = self.compute.answer(project, own, &request);
                Some(answer.map_err(|error| error.of(service.host()))?)
            }
        };
        Ok((answer, rendering))
    }

    /// `POST /batch/…`: every part is a call of its own, with its own answer.
    fn batch(&self, headers: &HeaderMap, outer: &Credentials, body: &[u8]) -> Response {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let parts = kind.and_then(|kind| batch::parts(kind, body));
        let Some(parts) = parts.filter(|parts| (1..=batch::MOST).contains(&parts.len())) else {
            let error = ApiError::new(
                400,
                "badRequest",
                "Failed to parse batch request, error: a batch is multipart/mixed with 1 to 1000 \
                 parts of application/http.",
            );
            return respond(self, written(Err(error), &Rendering::default()));
        };
        let boundary = format!("batch_{}", super::tokens::random_text());
        let mut text = String::new();
        for part in &parts {
            let (status, json) = self.part(part, outer);
            text.push_str(&format!("--{boundary}\r\n"));
            let reason = status.canonical_reason().unwrap_or_default();
            let json = json.unwrap_or_default();
            text.push_str(&batch::written(part, status.as_u16(), reason, &json));
        }
        text.push_str(&format!("--{boundary}--\r\n"));
        let kind = format!("multipart/mixed; boundary={boundary}");
        let mut response = respond(self, (StatusCode::OK, Some(text)));
        if let Ok(kind) = HeaderValue::from_str(&kind) {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    }

    fn part(&self, part: &Part, outer: &Credentials) -> Written {
        let (path, query) = part.target.split_once('?').unwrap_or((&part.target, ""));
        self.call(Call {
            method: &part.method,
            path,
            query: Query::parse(query),
            credentials: outer.or(part.authorization.as_deref()),
            body: part.body.clone(),
        })
    }
}

impl Call<'_> {
    /// Whether it waits for an operation of Compute Engine; it changes nothing then.
    fn waits(&self) -> bool {
        let path = segments(self.path);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        self.method == "POST"
            && path.first() == Some(&"compute")
            && matches!(path.as_slice(), [.., "operations", _, "wait"])
    }
}

/// `X-HTTP-Method-Override`: client libraries send long GETs as POST, the query in the body.
fn overridden(
    method: String,
    query: Query,
    headers: &HeaderMap,
    body: Bytes,
) -> (String, Query, Bytes) {
    let wanted = headers.get("x-http-method-override").and_then(|value| value.to_str().ok());
    match wanted.filter(|_| method == "POST") {
        Some("GET") => {
            let query = Query::parse(&String::from_utf8_lossy(&body));
            ("GET".to_owned(), query, Bytes::new())
        }
        Some(other) => (other.to_owned(), query, body),
        None => (method, query, body),
    }
}

fn written(answer: Result<Option<Value>, ApiError>, rendering: &Rendering) -> Written {
    let (status, value) = match answer {
        Ok(None) => return (StatusCode::NO_CONTENT, None),
        Ok(Some(value)) => match &rendering.mask {
            Some(mask) => (StatusCode::OK, mask.apply(&value)),
            None => (StatusCode::OK, value),
        },
        Err(error) => {
            let status = StatusCode::from_u16(error.code());
            (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.json())
        }
    };
    let text = if rendering.pretty { format!("{value:#}\n") } else { value.to_string() };
    (status, Some(text))
}

/// Like [`dressed`], with the clock of the emulated cloud.
fn respond(api: &Api, answer: Written) -> Response {
    let mut response = dressed(answer);
    if let Ok(date) = HeaderValue::from_str(&api.access.clock.http_date()) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// The headers Google's front end sends with every answer.
fn dressed((status, body): Written) -> Response {
    let mut response = match body {
        Some(text) => (status, Body::from(text)).into_response(),
        None => status.into_response(),
    };
    let headers = response.headers_mut();
    let mut set = |name, value| {
        headers.append(name, HeaderValue::from_static(value));
    };
    if status != StatusCode::NO_CONTENT {
        set(header::CONTENT_TYPE, "application/json; charset=UTF-8");
    }
    for vary in ["Origin", "X-Origin", "Referer"] {
        set(header::VARY, vary);
    }
    set(header::SERVER, "ESF");
    set(header::CACHE_CONTROL, "private");
    set(header::X_XSS_PROTECTION, "0");
    set(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if status == StatusCode::UNAUTHORIZED {
        let challenge = r#"Bearer realm="https://accounts.google.com/", error="invalid_token""#;
        set(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
