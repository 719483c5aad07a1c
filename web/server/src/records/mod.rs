//! Zones and records at all providers: read side by side, planned, changed, examined.
pub mod doctor;
mod plan;
mod read;
mod run;
mod wanted;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dns_provider::propagation::NameServer;
use dns_provider::{Call, DnsProvider, Key, Name, RecordType, RrSet, Zone};
use tokio::sync::Mutex;

use crate::config::{self, Config};
pub use plan::Planned;
pub use read::Page;
pub use run::{NotBegun, Runs};
pub use wanted::{check, parse};

/// How long what was read of a provider is shown to everybody who looks.
const KEPT: Duration = Duration::from_secs(10);
/// What could not be read is tried again sooner.
const KEPT_FAILURE: Duration = Duration::from_secs(3);
/// Nobody has anything read more often than this.
const KEPT_LEAST: Duration = Duration::from_secs(1);
/// How long somebody who looks waits for a provider.
const LOOK: Duration = Duration::from_secs(10);

/// The providers as the panel's records know them; cheap to clone.
#[derive(Clone, Debug)]
pub struct Records(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    members: Vec<Member>,
    owned: Vec<Owned>,
    /// The name servers of the zone above, where no resolver finds them.
    parent: Vec<NameServer>,
    runs: Runs,
    examined: Mutex<HashMap<Name, (Instant, web_api::ZoneDoctor)>>,
}

/// One provider.
#[derive(Debug)]
struct Member {
    id: String,
    client: Arc<dyn DnsProvider>,
    /// Where its name servers are asked, if not where the zone says.
    servers: Option<Vec<NameServer>>,
    patience: Duration,
    /// The ids of zones that the configuration names.
    pinned: Vec<(Name, String)>,
    zones: Mutex<Option<Kept<Vec<Zone>>>>,
    sets: Mutex<HashMap<String, Kept<Vec<RrSet>>>>,
    /// When something was last changed here: what was read before is old.
    changed: std::sync::Mutex<Option<Instant>>,
}

/// What was read, or why not.
#[derive(Clone, Debug)]
struct Kept<T> {
    /// When the reading began.
    at: Instant,
    result: Result<Arc<T>, String>,
}

/// What a service moves.
#[derive(Debug)]
struct Owned {
    service: String,
    record: Name,
    zone: Name,
    keys: Vec<Key>,
}

impl Records {
    /// The providers of `config` through `clients`, one for each. `parent` are the name servers of the
    /// zone above, if no resolver knows them.
    pub fn new(config: &Config, clients: &[Arc<dyn DnsProvider>], parent: Vec<NameServer>) -> Self {
        let members = config.providers.iter().zip(clients).map(|(provider, client)| Member {
            id: provider.id.clone(),
            client: client.clone(),
            servers: crate::compose::name_servers(provider),
            patience: provider.call_timeout,
            pinned: pinned(config, &provider.id),
            zones: Mutex::default(),
            sets: Mutex::default(),
            changed: std::sync::Mutex::default(),
        });
        let owned = config.services.iter().map(owned);
        Self(Arc::new(Inner {
            members: members.collect(),
            owned: owned.collect(),
            parent,
            runs: Runs::default(),
            examined: Mutex::default(),
        }))
    }

    /// The names of the providers, in the configuration's order.
    pub fn providers(&self) -> Vec<&str> {
        self.0.members.iter().map(|member| member.id.as_str()).collect()
    }

    /// The changes that were made through the API.
    pub fn runs(&self) -> &Runs {
        &self.0.runs
    }

    /// The service that moves this RRset, or that would be cut off by it.
    pub fn service_of(&self, zone: &Name, key: &Key) -> Option<&str> {
        let concerned = |owned: &&Owned| {
            let at_it = key.name == owned.record
                && (owned.keys.contains(key) || key.rtype == RecordType::Cname);
            let cuts = match key.rtype.as_str() {
                "NS" => key.name != owned.zone,
                "DNAME" => true,
                _ => false,
            };
            owned.zone == *zone && (at_it || cuts && owned.record.is_in(&key.name))
        };
        self.0.owned.iter().find(concerned).map(|owned| owned.service.as_str())
    }

    fn member(&self, id: &str) -> Option<&Member> {
        self.0.members.iter().find(|member| member.id == id)
    }
}

impl Member {
    /// The terms of a change that starts now.
    fn call(&self) -> Call {
        Call::until(Instant::now() + self.patience)
    }

    /// The terms of a look that starts now.
    fn look(&self) -> Call {
        Call::until(Instant::now() + self.patience.min(LOOK))
    }

    /// The zone of this name among those it has; `Ok(None)`: it has none.
    fn choose(&self, zones: &[Zone], name: &Name) -> Result<Option<Zone>, String> {
        let pinned = self.pinned.iter().find(|(zone, _)| zone == name).map(|(_, id)| id);
        if let Some(id) = pinned
            && let Some(zone) = zones.iter().find(|zone| zone.id == *id)
        {
            return Ok(Some(zone.clone()));
        }
        let public = |zone: &&Zone| {
            zone.name == *name && zone.visibility == dns_provider::Visibility::Public
        };
        let all: Vec<&Zone> = zones.iter().filter(public).collect();
        match all.as_slice() {
            [] => Ok(None),
            [zone] => Ok(Some((*zone).clone())),
            several => Err(format!(
                "{} has {} public zones called {name}; name the right one with zone_ids in a \
                 service of the configuration",
                self.id,
                several.len()
            )),
        }
    }
}

fn pinned(config: &Config, provider: &str) -> Vec<(Name, String)> {
    let mut found = Vec::new();
    for service in &config.services {
        let members = service.policy.spec().providers.iter().zip(&service.zone_ids);
        for (_, id) in members.filter(|(member, _)| member.name == provider) {
            found.extend(id.clone().map(|id| (service.zone.clone(), id)));
        }
    }
    found
}

fn owned(service: &config::Service) -> Owned {
    let addresses = || service.sites.iter().flat_map(|site| &site.addresses);
    let families = [
        (RecordType::A, addresses().any(std::net::IpAddr::is_ipv4)),
        (RecordType::Aaaa, addresses().any(std::net::IpAddr::is_ipv6)),
    ];
    let keys = families.into_iter().filter(|(_, is_there)| *is_there);
    Owned {
        service: service.policy.spec().service.clone(),
        record: service.record.clone(),
        zone: service.zone.clone(),
        keys: keys.map(|(rtype, _)| Key::new(service.record.clone(), rtype)).collect(),
    }
}
