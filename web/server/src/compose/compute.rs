//! Clients for the clouds that a blueprint stands in.
use std::sync::Arc;
use std::time::Duration;

use cloud_api::blueprint::Clouds;
use cloud_api::{ComputeProvider, GoogleCompute, HetznerCloud};
use cloud_http::Transport;
use cloud_http::google::{SCOPE_CLOUD_PLATFORM, Wiring};

use super::credentials;
use crate::config::{Api, Google, Problem, Provider};

/// A client for each of these providers, by id; `poll` is how often to ask whether work has ended, if
/// not as usual. Sends nothing, unless a Google project must be learnt from the metadata server.
pub async fn clouds(providers: &[Provider], poll: Option<Duration>) -> Result<Clouds, Problem> {
    let mut clouds = Clouds::new();
    for provider in providers {
        let client = one(provider, poll).await;
        let client = client.map_err(|message| provider.place.problem(message))?;
        clouds.insert(provider.id.clone(), client);
    }
    Ok(clouds)
}

async fn one(
    provider: &Provider,
    poll: Option<Duration>,
) -> Result<Arc<dyn ComputeProvider>, String> {
    let transport = super::transport(provider.allow_plain)?;
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
    let builder = match &google.compute_endpoint {
        Some(endpoint) => builder.endpoint(endpoint),
        None => builder,
    };
    let builder = match poll {
        Some(poll) => builder.polling(poll, poll),
        None => builder,
    };
    Ok(Arc::new(builder.build()))
}
