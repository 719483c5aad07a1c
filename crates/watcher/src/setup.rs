//! All that is fixed once a watcher is built.
use std::collections::BTreeMap;
use std::sync::Arc;

use dns_provider::{Key, RecordType};
use failover_core::{CheckId, PolicySpec, ProviderId, SiteId, VantageId};
use health::{Kind, MariadbCheck, Prober};

use crate::clock::Clock;
use crate::figures::Counts;
use crate::notify::Notifier;
use crate::options::Options;
use crate::power::SitePower;
use crate::spec::{ProviderSpec, ServiceSpec};

/// What the whole watcher is made of.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) version: String,
    pub(crate) vantage: String,
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) prober: Prober,
    pub(crate) notifier: Arc<dyn Notifier>,
    pub(crate) providers: Vec<ProviderSpec>,
    pub(crate) services: Vec<Arc<ServiceSetup>>,
    pub(crate) counts: Arc<Counts>,
}

/// One service, with what follows from its description.
#[derive(Debug)]
pub(crate) struct ServiceSetup {
    pub(crate) spec: ServiceSpec,
    /// This watcher's place among the policy's vantages.
    pub(crate) vantage: VantageId,
    /// Where the policy's providers stand in [`Setup::providers`].
    pub(crate) providers: Vec<usize>,
    /// The families of any site's targets: only their RRsets are ours.
    pub(crate) families: Vec<Family>,
    /// The servers behind the sites, where they may be turned on and off.
    pub(crate) power: BTreeMap<SiteId, Arc<dyn SitePower>>,
}

impl ServiceSetup {
    pub(crate) fn name(&self) -> &str {
        &self.policy().service
    }

    pub(crate) fn policy(&self) -> &PolicySpec {
        self.spec.policy.spec()
    }

    /// The check, if it is one that asks a database.
    pub(crate) fn database(&self, check: CheckId) -> Option<&MariadbCheck> {
        match &self.spec.checks.get(check.index())?.kind {
            Kind::Mariadb(check) => Some(check),
            _ => None,
        }
    }

    pub(crate) fn provider_name(&self, provider: ProviderId) -> &str {
        self.policy().providers.get(provider.index()).map_or("?", |policy| &policy.name)
    }

    pub(crate) fn key(&self, family: Family) -> Key {
        Key::new(self.spec.name.clone(), family.rtype())
    }
}

/// IPv4 or IPv6: one RRset and one row of probes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) const BOTH: [Self; 2] = [Self::V4, Self::V6];

    pub(crate) fn of(address: std::net::IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    pub(crate) fn rtype(self) -> RecordType {
        match self {
            Self::V4 => RecordType::A,
            Self::V6 => RecordType::Aaaa,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }
}
