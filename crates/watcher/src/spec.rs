//! What is watched and where it is published: the watcher's own description of both.
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use dns_provider::propagation::NameServer;
use dns_provider::{DnsProvider, Name};
use failover_core::{CheckFacts, Layer, Policy};

use crate::probe;

/// A DNS provider under the name that policies use for it.
#[derive(Clone, Debug)]
pub struct ProviderSpec {
    /// The name policies call it by, such as `google`.
    pub name: String,
    /// The client.
    pub provider: Arc<dyn DnsProvider>,
    /// Where its name servers are asked; `None`: the names are taken from the zone and resolved
    /// through the system's resolver.
    pub servers: Option<Vec<NameServer>>,
    /// How long one operation (read, change with its settling) may take. Keep it below the
    /// policy's `attempt_timeout`, or attempts are given up while they still run.
    pub call_timeout: Duration,
}

impl ProviderSpec {
    /// `provider` under `name`, its name servers as the zone lists them, five seconds per call.
    pub fn new(name: impl Into<String>, provider: Arc<dyn DnsProvider>) -> Self {
        Self { name: name.into(), provider, servers: None, call_timeout: Duration::from_secs(5) }
    }

    /// The same provider, with its name servers at these addresses.
    #[must_use]
    pub fn servers(self, servers: Vec<NameServer>) -> Self {
        Self { servers: Some(servers), ..self }
    }
}

/// One service: a policy and the things the policy calls by place.
#[derive(Clone, Debug)]
pub struct ServiceSpec {
    /// The decision's settings.
    pub policy: Policy,
    /// The owner name people use, such as `app.example.com`.
    pub name: Name,
    /// The TTL it is published with, in seconds.
    pub ttl: u32,
    /// The sites, in the policy's order.
    pub sites: Vec<SiteSpec>,
    /// The checks, in the policy's order.
    pub checks: Vec<health::Check>,
    /// What each of them looks at, in the same order; what is missing follows from the kind
    /// ([`layer_of`]). It is shown and never decided upon.
    pub layers: Vec<Layer>,
    /// The zone at each provider, in the policy's order of providers.
    pub zones: Vec<ZoneRef>,
}

/// One site of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteSpec {
    /// Its name, as in the policy.
    pub name: String,
    /// Where it is, in the owner's words: "Google, London".
    pub location: String,
    /// What the name points to while this site is active: IPv4 addresses become the A RRset, IPv6
    /// addresses the AAAA RRset. Probes go to the first address of each family.
    pub targets: Vec<IpAddr>,
}

/// How a zone is found at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneRef {
    /// By the provider's own identifier.
    Id(String),
    /// By its apex; must be one public zone.
    Name(Name),
}

impl ServiceSpec {
    /// The checks as they are shown.
    pub(crate) fn check_facts(&self) -> Vec<CheckFacts> {
        let decided = self.policy.spec().checks.iter();
        let facts = decided.zip(&self.checks).enumerate().map(|(place, (decided, check))| {
            let layer = self.layers.get(place).copied();
            CheckFacts {
                name: decided.name.clone(),
                what: probe::words(&check.kind),
                layer: layer.unwrap_or_else(|| layer_of(&check.kind)),
            }
        });
        facts.collect()
    }
}

/// What a check looks at, as far as its kind tells: a page is made by the application, a database
/// answers for itself, and everything else only says that somebody is there.
pub fn layer_of(kind: &health::Kind) -> Layer {
    /// Where MySQL's protocol is spoken, and PostgreSQL's.
    const DATABASES: [u16; 2] = [3306, 5432];
    match kind {
        health::Kind::Http(_) => Layer::Application,
        health::Kind::Mariadb(_) => Layer::Database,
        health::Kind::Tcp { port } if DATABASES.contains(port) => Layer::Database,
        _ => Layer::Proxy,
    }
}
