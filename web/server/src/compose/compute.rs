//! Clients for the clouds that a blueprint stands in, or that have servers behind a site.
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cloud_api::blueprint::Clouds;
use cloud_api::{ComputeProvider, GoogleCompute, HetznerCloud};
use cloud_http::Transport;
use cloud_http::google::{SCOPE_CLOUD_PLATFORM, Wiring};
use watcher::SiteServers;

use super::credentials;
use crate::config::{Api, Config, Google, Problem, Provider, Site, Standby};
use crate::metrics::Calls;

/// A client for each of these providers, by id; `poll` is how often to ask whether work has ended, if
/// not as usual. Sends nothing, unless a Google project must be learnt from the metadata server.
pub async fn clouds(
    providers: &[Provider],
    poll: Option<Duration>,
    calls: &Calls,
) -> Result<Clouds, Problem> {
    let mut clouds = Clouds::new();
    for provider in providers {
        let client = one(provider, poll, calls).await;
        let client = client.map_err(|message| provider.place.problem(message))?;
        clouds.insert(provider.id.clone(), client);
    }
    Ok(clouds)
}

/// The clients of the clouds whose servers the sites name, by provider id; sends as little.
pub async fn clouds_of_sites(config: &Config, calls: &Calls) -> Result<Clouds, Problem> {
    let sites = config.services.iter().flat_map(|service| &service.sites);
    let named: BTreeSet<&str> =
        sites.filter_map(|site| Some(site.servers.as_ref()?.cloud.as_str())).collect();
    let providers = config.providers.iter().filter(|provider| named.contains(provider.id.as_str()));
    clouds(&providers.cloned().collect::<Vec<_>>(), None, calls).await
}

/// The servers of a site, as the watcher may turn them on and off.
pub fn site_servers(site: &Site, clouds: &Clouds) -> Option<SiteServers> {
    let servers = site.servers.as_ref()?;
    let cloud = clouds.get(&servers.cloud)?.clone();
    let running = match servers.standby {
        Standby::Hot => servers.names.clone(),
        Standby::Warm => servers.databases.clone(),
        Standby::Cold => Vec::new(),
    };
    Some(SiteServers::new(cloud, servers.names.clone(), running))
}

async fn one(
    provider: &Provider,
    poll: Option<Duration>,
    calls: &Calls,
) -> Result<Arc<dyn ComputeProvider>, String> {
    let transport = super::transport(provider.allow_plain)?;
    let transport = calls.on_the_way(transport, &provider.id, "compute");
    match &provider.api {
        Api::Google(google) => self::google(&provider.id, google, poll, transport).await,
        Api::Hetzner { token, endpoint } => {
            let builder = HetznerCloud::builder(token.clone(), transport).id(&provider.id);
            let builder = match endpoint {
                Some(endpoint) => builder.endpoint(endpoint),
                None => builder,
            };
            let builder = match poll {
                Some(poll) => builder.polling(poll, poll),
                None => builder,
            };
            let client = builder.build().map_err(|error| error.failure.to_string())?;
            Ok(Arc::new(client))
        }
    }
}

async fn google(
    id: &str,
    google: &Google,
    poll: Option<Duration>,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn ComputeProvider>, String> {
    let wiring = Wiring::new(transport.clone());
    let variable = |name: &str| std::env::var(name).ok();
    let (tokens, project) = credentials(google, &[SCOPE_CLOUD_PLATFORM], wiring, &variable).await?;
    let builder = GoogleCompute::builder(project, tokens, transport).id(id);
    // Who stands in for Google's DNS mostly stands in for its servers, too.
    let builder = match google.compute_endpoint.as_ref().or(google.endpoint.as_ref()) {
        Some(endpoint) => builder.endpoint(endpoint),
        None => builder,
    };
    let builder = match poll {
        Some(poll) => builder.polling(poll, poll),
        None => builder,
    };
    Ok(Arc::new(builder.build()))
}
