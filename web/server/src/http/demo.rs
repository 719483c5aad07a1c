//! The demo's drawer: breaks and mends things of the emulated world.
use std::fmt::Debug;

use async_trait::async_trait;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use web_api::{DemoFault, DemoFaults, DemoInbox};

use super::app::App;
use super::auth::{Operator, Viewer};
use super::input::Body;
use super::openapi::envelope;
use super::problem::{Answer, Refusal};

/// A world that can be broken on purpose.
#[async_trait]
pub trait Breakable: Debug + Send + Sync {
    /// What can be broken, and whether it is.
    fn faults(&self) -> DemoFaults;

    /// What has arrived at its receiver of messages.
    fn inbox(&self) -> DemoInbox;

    /// Breaks or mends one thing; `None` if there is no such thing.
    async fn set(&self, id: &str, on: bool) -> Option<Result<(), String>>;
}

/// What can be broken.
#[utoipa::path(
    get, path = "/api/v1/demo/faults", tag = "demo",
    responses(
        (status = 200, body = envelope::DemoFaults, description = "The drawer"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "This is not the demo"),
        envelope::Refused,
    )
)]
pub async fn list(State(app): State<App>, _: Viewer) -> Answer<Json<DemoFaults>> {
    let demo = app.demo().ok_or_else(not_the_demo)?;
    Ok(Json(demo.faults()))
}

/// Breaks or mends one thing; answers what is broken now.
#[utoipa::path(
    post, path = "/api/v1/demo/fault", tag = "demo", request_body = envelope::DemoFault,
    responses(
        (status = 200, body = envelope::DemoFaults, description = "The drawer"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "This is not the demo, or there is no such fault"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn set(
    State(app): State<App>,
    _: Operator,
    Body(fault): Body<DemoFault>,
) -> Answer<Json<DemoFaults>> {
    let demo = app.demo().ok_or_else(not_the_demo)?;
    match demo.set(&fault.id, fault.on).await {
        Some(Ok(())) => Ok(Json(demo.faults())),
        Some(Err(problem)) => Err(Refusal::unavailable(problem)),
        None => {
            let detail = format!("there is no fault \"{}\"; see GET /api/v1/demo/faults", fault.id);
            Err(Refusal::new(StatusCode::NOT_FOUND, "unknown_fault", "Unknown fault", detail))
        }
    }
}

/// What has arrived at the demo's own receiver of messages.
#[utoipa::path(
    get, path = "/api/v1/demo/inbox", tag = "demo",
    responses(
        (status = 200, body = envelope::DemoInbox, description = "The messages, newest first"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "This is not the demo"),
        envelope::Refused,
    )
)]
pub async fn inbox(State(app): State<App>, _: Viewer) -> Answer<Json<DemoInbox>> {
    let demo = app.demo().ok_or_else(not_the_demo)?;
    Ok(Json(demo.inbox()))
}

fn not_the_demo() -> Refusal {
    let detail = "only the demo can be broken on purpose; start it with `schwenk demo`";
    Refusal::new(StatusCode::NOT_FOUND, "not_the_demo", "Not the demo", detail)
}
