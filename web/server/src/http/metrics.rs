//! What Prometheus asks for: here with a token, or without one at a door of its own.
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;

use super::app::App;
use super::auth::Viewer;
use super::headers;
use super::openapi::envelope;
use super::problem::{self, Answer, Refusal};
use crate::metrics::{self, Seen};

/// What Prometheus is told; `docs/reference/metrics.md` lists it.
#[utoipa::path(
    get, path = "/metrics", tag = "look",
    responses(
        (status = 200, body = String, content_type = "text/plain",
         description = "All metrics in Prometheus' text format"),
        envelope::Refused,
    )
)]
pub async fn metrics(State(app): State<App>, _: Viewer) -> Answer<impl IntoResponse> {
    page(&app)
}

/// Only the metrics, for whoever reaches the address.
pub fn open(app: App) -> Router {
    Router::new()
        .route("/metrics", get(public))
        .method_not_allowed_fallback(problem::wrong_method)
        .fallback(problem::unknown_path)
        .layer(from_fn_with_state(app.clone(), headers::add))
        .with_state(app)
}

async fn public(State(app): State<App>) -> Answer<impl IntoResponse> {
    page(&app)
}

fn page(app: &App) -> Answer<impl IntoResponse + use<>> {
    let (snapshot, figures) = (app.watcher().snapshot(), app.watcher().figures());
    let listeners = app.listening();
    let seen = Seen { snapshot: &snapshot, figures: &figures, calls: app.calls(), listeners };
    let text = metrics::render(&seen).map_err(Refusal::unavailable)?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}
