//! The backend: routes, sessions, live snapshots and the panel's files.
pub mod app;
mod asset;
pub mod auth;
pub mod changes;
mod command;
pub mod configuration;
pub mod demo;
mod headers;
mod history;
mod incident;
mod input;
mod journal;
mod live;
mod locations;
mod login;
mod look;
mod metrics;
mod openapi;
mod plan;
mod problem;
mod records;
mod told;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
pub use plan::lines;
use problem::Refusal;
use tokio::net::TcpListener;
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// Requests that are still answered when the server ends.
const GRACE: Duration = Duration::from_secs(2);

/// Every route there is.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/login", post(login::login))
        .route("/logout", post(login::logout))
        .route("/session", get(login::session))
        .route("/snapshot", get(look::snapshot))
        .route("/live", get(live::live))
        .route("/changes", get(changes::changes))
        .route("/events", get(journal::events))
        .route("/events.jsonl", get(journal::lines))
        .route("/notifications", get(told::notifications))
        .route("/notifications/test", post(told::test))
        .route("/curves", get(look::curves))
        .route("/services/{service}/command", post(command::command))
        .route("/services/{service}/plan", get(plan::plan))
        .route("/services/{service}/history", get(history::history))
        .route("/services/{service}/policy", get(incident::policy))
        .route("/incidents/{seq}", get(incident::incident))
        .route("/records", get(records::list))
        .route("/records/zones", get(records::zones))
        .route("/records/doctor", get(records::doctor))
        .route("/records/check", post(records::checked))
        .route("/records/plan", post(records::plan))
        .route("/records/apply", post(records::apply))
        .route("/records/runs/{run}", get(records::run))
        .route("/locations", get(locations::list))
        .route("/locations/machines", get(locations::machines))
        .route("/locations/job", get(locations::job))
        .route("/locations/plan", get(locations::plan))
        .route("/locations/power", post(locations::power))
        .route("/locations/resize", post(locations::resize))
        .route("/locations/apply", post(locations::apply))
        .route("/locations/destroy", post(locations::destroy))
        .route("/locations/stop", post(locations::stop))
        .route("/configuration", get(configuration::configuration))
        .route("/configuration/providers", get(configuration::providers))
        .route("/demo/faults", get(demo::list))
        .route("/demo/fault", post(demo::set))
        .route("/demo/inbox", get(demo::inbox))
        .route("/health", get(look::health))
        .route("/version", get(look::version))
        .route("/openapi.json", get(openapi::document))
        .method_not_allowed_fallback(problem::wrong_method)
        .fallback(problem::unknown_path)
        .layer(DefaultBodyLimit::max(input::BODY_MAX));
    Router::new()
        .nest("/api/v1", api)
        .route("/metrics", get(metrics::metrics).fallback(problem::wrong_method))
        .fallback(asset::asset)
        .layer(same_origin(&app))
        .layer(from_fn_with_state(app.clone(), headers::add))
        .with_state(app)
}

/// Refuses what another site makes a browser send here.
fn same_origin(app: &App) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let layer = CsrfLayer::new();
    let layer = match app.public_origin() {
        // The configuration has checked that it is an origin.
        Some(origin) => layer.clone().add_trusted_origin(origin).unwrap_or(layer),
        None => layer,
    };
    layer.with_rejection_response(|_| {
        let detail = "this request was made by another site; use Schwenk's own page, or a token";
        let status = axum::http::StatusCode::FORBIDDEN;
        Refusal::new(status, "cross_site", "Request from another site", detail).into_response()
    })
}

/// Serves `app` on `listener` until `shutdown`; then requests under way have two seconds.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    run(listener, router(app), shutdown).await
}

/// Serves only the metrics of `app`, to whoever reaches `listener`.
pub async fn serve_metrics(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    run(listener, metrics::open(app), shutdown).await
}

async fn run(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopped, stop) = tokio::sync::oneshot::channel();
    // A snapshot is several segments; none of them shall wait for the others' acknowledgement.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        shutdown.await;
        let _ = stopped.send(());
    });
    let overdue = async move {
        let _ = stop.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result,
        () = overdue => Ok(()),
    }
}
