//! The API's own description, made from the handlers and served at `/api/v1/openapi.json`.
//!
//! The modules below say in utoipa's terms what `failover-core` and `web-api` look like as JSON:
//! they know serde only, but for those parts of `web-api` that describe themselves. A test holds real answers against the description.
#![allow(dead_code, reason = "these types are shapes, never values")]

pub(super) mod changes;
pub(super) mod command;
pub(super) mod curve;
pub(super) mod envelope;
pub(super) mod event;
pub(super) mod history;
pub(super) mod incident;
mod policy;
pub(super) mod records;
pub(super) mod snapshot;
mod view;

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    changes as news, command as commands, configuration, demo, history as band,
    incident as incidents, journal, live, locations, login, look, metrics, plan, records as zones,
    told,
};

/// The description of every route.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Schwenk",
        description = "Watch and command a running Schwenk. Sites, vantages, checks and providers \
                       are numbered by their place in the service's policy, counted from 0; \
                       moments are milliseconds since the Unix epoch.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        login::login,
        login::logout,
        login::session,
        look::snapshot,
        live::live,
        news::changes,
        journal::events,
        journal::lines,
        told::notifications,
        told::test,
        look::curves,
        commands::command,
        plan::plan,
        band::history,
        incidents::policy,
        incidents::incident,
        zones::zones,
        zones::list,
        zones::doctor,
        zones::checked,
        zones::plan,
        zones::apply,
        zones::run,
        locations::list,
        locations::machines,
        locations::job,
        locations::plan,
        locations::power,
        locations::resize,
        locations::apply,
        locations::destroy,
        locations::stop,
        configuration::configuration,
        configuration::providers,
        demo::list,
        demo::set,
        demo::inbox,
        look::health,
        look::version,
        metrics::metrics,
        document,
    ),
    components(schemas(event::Event, snapshot::Snapshot)),
    modifiers(&Doors),
    security(("session" = []), ("token" = []))
)]
pub struct Description;

/// The two ways to come in.
struct Doors;

impl Modify for Doors {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let cookie = "The cookie of POST /api/v1/login; `__Host-schwenk` behind TLS.";
        let cookie = ApiKeyValue::with_description("schwenk", cookie);
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
        components.add_security_scheme("session", cookie);
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("token", bearer);
    }
}

static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| Description::openapi().to_json().unwrap_or_else(|_| "{}".to_owned()));

/// This description.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "program", security(()),
    responses(
        (status = 200, content_type = "application/json", description = "An OpenAPI document"),
    )
)]
pub async fn document() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    (headers, DOCUMENT.as_str())
}
