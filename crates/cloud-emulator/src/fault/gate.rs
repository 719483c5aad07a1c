//! The gate in front of a vendor's API where requests meet the HTTP faults.

use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use super::{Cloud, Fault, Faults};
use crate::door::Visitor;

/// The vendor's error answer for an injected status; the headers are those of the request.
pub(crate) type ErrorBody = fn(status: u16, request: &HeaderMap) -> Response;

/// Wraps a vendor's API in the faults `answer`, `hang`, `drop_after_commit`, `slow` and
/// `dies_after`.
///
/// The router must be served through a [`crate::door::Door`], which is what cuts connections
/// (and what makes `api_down`).
pub(crate) fn gate(router: Router, cloud: Cloud, faults: Faults, body: ErrorBody) -> Router {
    router.layer(from_fn_with_state(Gate { cloud, faults, body }, pass))
}

#[derive(Clone)]
struct Gate {
    cloud: Cloud,
    faults: Faults,
    body: ErrorBody,
}

/// What a request looks like to a fault.
struct Seen {
    cloud: Cloud,
    write: bool,
    path: String,
}

async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let seen = Seen {
        cloud: gate.cloud,
        write: is_write(&request),
        path: request.uri().path().to_owned(),
    };
    let visitor = request.extensions().get::<ConnectInfo<Visitor>>().map(|info| info.0.clone());
    if gate.faults.dies(gate.cloud) {
        return cut(visitor);
    }
    if let Some(millis) = gate.slowness() {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    if let Some(Fault::Hang { millis, .. }) = gate.faults.take(|fault| seen.hangs(fault)) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        return cut(visitor);
    }
    if let Some(Fault::Answer { status, body, .. }) = gate.faults.take(|fault| seen.answered(fault))
    {
        return gate.answer(status, body, request.headers());
    }
    let response = next.run(request).await;
    let committed = response.status().is_success();
    if committed && seen.concerned(gate.cloud, true, None) && seen.write {
        gate.faults.written(gate.cloud);
    }
    if committed && gate.faults.take(|fault| seen.dropped(fault)).is_some() {
        return cut(visitor);
    }
    response
}

impl Gate {
    fn slowness(&self) -> Option<u64> {
        self.faults.active().iter().find_map(|fault| match fault {
            Fault::Slow { cloud, millis } if *cloud == self.cloud => Some(*millis),
            _ => None,
        })
    }

    fn answer(&self, status: u16, body: Option<String>, request: &HeaderMap) -> Response {
        let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = match body {
            Some(page) => {
                (code, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
            }
            None if code.is_redirection() => code.into_response(),
            None => (self.body)(status, request),
        };
        if code.is_redirection() {
            response.headers_mut().insert(
                header::LOCATION,
                header::HeaderValue::from_static("https://console.example/"),
            );
        }
        response
    }
}

impl Seen {
    fn hangs(&self, fault: &Fault) -> bool {
        matches!(fault, Fault::Hang { cloud, writes_only, path, .. }
            if self.concerned(*cloud, *writes_only, path.as_deref()))
    }

    fn answered(&self, fault: &Fault) -> bool {
        matches!(fault, Fault::Answer { cloud, writes_only, path, .. }
            if self.concerned(*cloud, *writes_only, path.as_deref()))
    }

    fn dropped(&self, fault: &Fault) -> bool {
        matches!(fault, Fault::DropAfterCommit { cloud, path, .. }
            if self.concerned(*cloud, true, path.as_deref()))
    }

    fn concerned(&self, cloud: Cloud, writes_only: bool, path: Option<&str>) -> bool {
        let addressed = match path {
            Some(part) => self.path.contains(part),
            // A client fetches a token before its first request: it would eat the fault.
            None => self.path != "/token",
        };
        cloud == self.cloud && (self.write || !writes_only) && addressed
    }
}

/// Whether a request may change something. Waiting for an operation is a POST and changes nothing.
fn is_write(request: &Request) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    !reads && !request.uri().path().ends_with("/wait")
}

/// Closes the connection; the answer returned here never reaches the wire.
fn cut(visitor: Option<Visitor>) -> Response {
    if let Some(visitor) = visitor {
        visitor.cut();
    }
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
