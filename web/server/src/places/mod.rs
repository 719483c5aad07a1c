//! The places behind the services: what stands at the clouds, what the blueprint wants, and the
//! work on both, for whoever serves the panel.
//!
//! Nothing is kept here but the latest answers of the clouds and the latest work.
mod blueprint;
mod cost;
mod job;
mod look;
mod power;
mod scripts;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cloud_api::blueprint::{Clouds, Terms};
use cloud_api::{ComputeProvider, SystemClock};
use tokio::sync::Mutex as Turns;

use crate::compose;
use crate::config::{Api, Config, Locations};
use crate::metrics::Calls;
use job::Work;
use look::{Looked, Offered};
pub use scripts::Rendered;

/// The longest the clouds may take to show what there is; a panel waits for it.
const LOOK: Duration = Duration::from_secs(15);

/// Why something is not done. Nothing was changed.
#[derive(Debug)]
pub enum Refused {
    /// There is no such thing: a stable word, and what there is.
    Unknown(&'static str, String),
    /// It is not as whoever asks believes, or something is in the way: a stable word, and what.
    Conflict(&'static str, String),
    /// It cannot be written down, so it is not done.
    Unwritten(String),
}

/// All clouds of the configuration, its blueprint, and the latest work there.
pub struct Places {
    clouds: Vec<Cloud>,
    wanted: Option<Locations>,
    sites: Vec<Behind>,
    terms: Terms,
    seen: Turns<Option<Looked>>,
    offered: Turns<BTreeMap<(String, String), Offered>>,
    prices: Turns<BTreeMap<String, (Instant, Option<cloud_api::Prices>)>>,
    work: Mutex<Work>,
}

/// One cloud.
struct Cloud {
    id: String,
    kind: &'static str,
    /// Its client, or why there is none.
    client: Result<Arc<dyn ComputeProvider>, String>,
}

/// A site, and what is known of the servers behind it.
#[derive(Clone)]
struct Behind {
    service: String,
    site: String,
    cloud: Option<String>,
    names: Vec<String>,
    addresses: Vec<IpAddr>,
}

impl Places {
    /// Those of a configuration. Sends nothing, unless a Google project must be learnt from the
    /// metadata server. `poll` is how often to ask whether work has ended, if not as usual.
    pub async fn new(config: &Config, calls: &Calls, poll: Option<Duration>) -> Self {
        let mut clouds = Vec::new();
        for provider in &config.providers {
            let made = compose::clouds(std::slice::from_ref(provider), poll, calls).await;
            let client = match made {
                Ok(mut made) => made.remove(&provider.id).ok_or_else(String::new),
                Err(problem) => Err(problem.message),
            };
            let kind = match &provider.api {
                Api::Google(_) => "google",
                Api::Hetzner { .. } => "hetzner",
            };
            clouds.push(Cloud { id: provider.id.clone(), kind, client });
        }
        let pause = poll.unwrap_or(Duration::from_secs(1));
        let terms = Terms::new(Arc::new(SystemClock));
        let patience = terms.patience;
        Self {
            clouds,
            wanted: config.locations.clone(),
            sites: behind(config),
            terms: terms.patience(patience, pause),
            seen: Turns::default(),
            offered: Turns::default(),
            prices: Turns::default(),
            work: Mutex::default(),
        }
    }

    /// The client of a cloud.
    fn cloud(&self, id: &str) -> Result<&Arc<dyn ComputeProvider>, Refused> {
        let found = self.clouds.iter().find(|cloud| cloud.id == id);
        let found = found.ok_or_else(|| {
            let ids: Vec<&str> = self.clouds.iter().map(|cloud| cloud.id.as_str()).collect();
            let text = format!(
                "there is no provider \"{}\"; there are: {}",
                id.escape_debug(),
                ids.join(", ")
            );
            Refused::Unknown("unknown_provider", text)
        })?;
        let problem = |problem: &String| Refused::Conflict("cloud_silent", problem.clone());
        found.client.as_ref().map_err(problem)
    }

    /// All clients that there are.
    fn all(&self) -> Clouds {
        let there = self
            .clouds
            .iter()
            .filter_map(|cloud| Some((cloud.id.clone(), cloud.client.as_ref().ok()?.clone())));
        there.collect()
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Places").finish_non_exhaustive()
    }
}

fn behind(config: &Config) -> Vec<Behind> {
    let mut all = Vec::new();
    for service in &config.services {
        for site in &service.sites {
            let servers = site.servers.as_ref();
            all.push(Behind {
                service: service.policy.spec().service.clone(),
                site: site.name.clone(),
                cloud: servers.map(|servers| servers.cloud.clone()),
                names: servers.map(|servers| servers.names.clone()).unwrap_or_default(),
                addresses: site.addresses.clone(),
            });
        }
    }
    all
}
