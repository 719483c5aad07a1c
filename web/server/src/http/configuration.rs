//! The configuration that is in effect, and what its credentials can see.
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use dns_provider::{Call, DnsProvider};
use futures_util::future::join_all;
use tokio::sync::Mutex;
use web_api::{Configuration, Consequence, Reached, ReachedProvider};

use super::app::App;
use super::auth::Viewer;
use super::openapi::envelope;
use super::problem::{Answer, Refusal};
use crate::cli::{consequences, doubts};
use crate::config::{self, Config};

/// How long what was seen is good enough: a panel must not eat a vendor's limit.
const KEPT: Duration = Duration::from_secs(30);
/// The longest a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A configuration as it is shown; it holds no secret.
pub struct Settings {
    shown: Configuration,
    providers: Vec<(String, Arc<dyn DnsProvider>)>,
    reached: Mutex<Option<(Instant, Vec<ReachedProvider>)>>,
}

impl Settings {
    /// What is shown of `config`; `providers` are its clients, in its order.
    pub fn new(config: &Config, providers: &[Arc<dyn DnsProvider>]) -> Self {
        let consequences = consequences(config).into_iter();
        let shown = Configuration {
            file: config.origins.file.clone(),
            version: crate::VERSION.to_owned(),
            sections: config::sections(config),
            consequences: consequences
                .map(|(service, lines)| Consequence { service, lines })
                .collect(),
            warnings: doubts(config),
        };
        let ids = config.providers.iter().map(|provider| provider.id.clone());
        let providers = ids.zip(providers.iter().cloned()).collect();
        Self { shown, providers, reached: Mutex::default() }
    }

    /// What the DNS credentials see, at most half a minute old.
    async fn reach(&self) -> Vec<ReachedProvider> {
        let mut reached = self.reached.lock().await;
        if let Some((asked, seen)) = reached.as_ref()
            && asked.elapsed() < KEPT
        {
            return seen.clone();
        }
        let asked = Instant::now();
        let seen = join_all(self.providers.iter().map(async |(id, client)| {
            let begun = Instant::now();
            let zones = client.zones(Call::until(begun + PATIENCE)).await;
            let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            let (zones, zones_problem) = match zones {
                Ok(zones) => (zones.iter().map(|zone| zone.name.to_string()).collect(), None),
                Err(error) => (Vec::new(), Some(error.failure.to_string())),
            };
            let provider = id.clone();
            let (servers, servers_problem) = (None, None);
            ReachedProvider { provider, zones, zones_problem, servers, servers_problem, millis }
        }))
        .await;
        *reached = Some((asked, seen.clone()));
        seen
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}

/// Every setting that is in effect, where it comes from, and what all of them amount to. Secrets
/// do not leave the server.
#[utoipa::path(
    get, path = "/api/v1/configuration", tag = "look",
    responses(
        (status = 200, body = Configuration, description = "The configuration"),
        envelope::Refused,
    )
)]
pub async fn configuration(State(app): State<App>, _: Viewer) -> Answer<Json<Configuration>> {
    Ok(Json(settings(&app)?.shown.clone()))
}

/// What the configured credentials can see now.
#[utoipa::path(
    get, path = "/api/v1/configuration/providers", tag = "look",
    responses(
        (status = 200, body = Reached, description = "The providers, reachable or not"),
        envelope::Refused,
    )
)]
pub async fn providers(State(app): State<App>, _: Viewer) -> Answer<Json<Reached>> {
    let mut providers = settings(&app)?.reach().await;
    if let Some(places) = app.places() {
        let seen = places.look(&app.watcher().snapshot(), false).await;
        for cloud in seen.clouds {
            let Some(one) = providers.iter_mut().find(|one| one.provider == cloud.provider) else {
                continue;
            };
            match cloud.problem {
                None => one.servers = Some(cloud.servers.len()),
                problem => one.servers_problem = problem,
            }
        }
    }
    Ok(Json(Reached { providers }))
}

fn settings(app: &App) -> Answer<&Arc<Settings>> {
    app.settings().ok_or_else(|| {
        let detail = "this server was started without a configuration file";
        Refusal::new(StatusCode::NOT_FOUND, "no_configuration", "No configuration", detail)
    })
}
