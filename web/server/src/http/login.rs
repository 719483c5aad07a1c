//! Coming in, going out, and who one is.
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use web_api::{LoginRequest, Session};

use super::app::App;
use super::auth::{Peer, Viewer, set_cookie};
use super::input::Body;
use super::openapi::envelope;
use super::problem::{Answer, Refusal};

/// Starts a session.
#[utoipa::path(
    post, path = "/api/v1/login", tag = "session", security(()),
    request_body = envelope::LoginRequest,
    responses(
        (status = 200, body = envelope::Session, description = "Logged in; the cookie is set"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn login(
    State(app): State<App>,
    peer: Peer,
    Body(request): Body<LoginRequest>,
) -> Answer<impl IntoResponse> {
    let LoginRequest { user, password } = request;
    let account = app.accounts().person(&user, password, peer, app.throttle()).await?;
    let session =
        Session { user: account.name.clone(), role: account.role, demo: app.demo().is_some() };
    let id = app.sessions().start(account);
    let id = id.map_err(|error| Refusal::unavailable(format!("no randomness: {error}")))?;
    let cookie = set_cookie(&app, &id, app.sessions().lifetime().as_secs());
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Json(session)))
}

/// Ends the session, on every connection that uses it.
#[utoipa::path(
    post, path = "/api/v1/logout", tag = "session",
    responses((status = 204, description = "Ended, on every connection"), envelope::Refused)
)]
pub async fn logout(State(app): State<App>, viewer: Viewer) -> impl IntoResponse {
    if let Some(id) = &viewer.session {
        app.sessions().end(id);
    }
    (StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, set_cookie(&app, "", 0))]))
}

/// Who is logged in.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = envelope::Session, description = "Who"), envelope::Refused)
)]
pub async fn session(State(app): State<App>, viewer: Viewer) -> Json<Session> {
    let demo = app.demo().is_some();
    Json(Session { user: viewer.name, role: viewer.role, demo })
}
