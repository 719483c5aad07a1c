//! Between sites and RRsets, both ways.
use std::collections::BTreeSet;
use std::net::IpAddr;

use dns_provider::RrSet;
use failover_core::{Answer, SiteId, SiteSet};

use crate::setup::{Family, ServiceSetup};

/// What was found under one type: stored at a provider or answered by a name server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// `None` when there is nothing.
    pub(crate) ttl: Option<u32>,
    pub(crate) values: Vec<String>,
    /// Set when the provider stores something that is no plain RRset.
    pub(crate) opaque: bool,
}

impl From<Option<&RrSet>> for Found {
    fn from(stored: Option<&RrSet>) -> Self {
        stored.map_or_else(Self::default, |set| Self {
            ttl: Some(set.ttl),
            values: set.values.clone(),
            opaque: set.opaque.is_some(),
        })
    }
}

impl ServiceSetup {
    /// What `family` shall say while `sites` are published; `None`: nothing.
    pub(crate) fn wanted(&self, sites: SiteSet, family: Family) -> Option<RrSet> {
        let values: Vec<String> = sites
            .iter()
            .flat_map(|site| self.targets(site))
            .filter(|target| Family::of(*target) == family)
            .map(|target| target.to_string())
            .collect();
        (!values.is_empty()).then(|| RrSet::new(self.key(family), self.spec.ttl, values))
    }

    /// The sites that `found` (one entry per managed family) amounts to.
    ///
    /// Values count as a set. Another TTL is as foreign as another address: caches would keep the
    /// answer for a time nobody has planned.
    pub(crate) fn answer(&self, found: &[Found]) -> Answer {
        if found.iter().any(|one| one.opaque) {
            let text = "a routing policy instead of plain addresses".to_owned();
            return Answer::Foreign { text };
        }
        let mut addresses = BTreeSet::new();
        for value in found.iter().flat_map(|one| &one.values) {
            match value.parse::<IpAddr>() {
                Ok(address) => addresses.insert(address),
                Err(_) => return Answer::Foreign { text: spelled(found) },
            };
        }
        let whole = |site: SiteId| self.targets(site).all(|target| addresses.contains(&target));
        let sites: SiteSet = self.site_ids().filter(|site| whole(*site)).collect();
        let covered: BTreeSet<IpAddr> = sites.iter().flat_map(|site| self.targets(site)).collect();
        let ttls_fit = found.iter().filter_map(|one| one.ttl).all(|ttl| ttl == self.spec.ttl);
        if sites.is_empty() || covered != addresses {
            return Answer::Foreign { text: spelled(found) };
        }
        if !ttls_fit {
            let text = format!("{} instead of TTL {}", spelled(found), self.spec.ttl);
            return Answer::Foreign { text };
        }
        Answer::Sites(sites)
    }

    pub(crate) fn targets(&self, site: SiteId) -> impl Iterator<Item = IpAddr> {
        self.spec.sites.get(site.index()).into_iter().flat_map(|site| site.targets.iter().copied())
    }

    pub(crate) fn site_ids(&self) -> impl Iterator<Item = SiteId> + use<> {
        SiteSet::first(self.spec.sites.len()).iter()
    }
}

/// The worst of several answers seen together, for a service that wants `desired`.
///
/// Something foreign is worse than the answer of other sites, and that is worse than the right
/// one. Silence is the worst only when nobody answers: one dead name server of many, or a machine
/// without IPv6, says nothing about what users get.
pub(crate) fn worst<'a>(
    answers: impl IntoIterator<Item = &'a Answer>,
    desired: SiteSet,
) -> Option<Answer> {
    let rank = |answer: &Answer| match answer {
        Answer::Silent { .. } => 0,
        Answer::Sites(sites) if *sites == desired => 1,
        Answer::Sites(_) => 2,
        _ => 3,
    };
    answers.into_iter().max_by_key(|answer| rank(answer)).cloned()
}

/// "192.0.2.1, 192.0.2.2 (TTL 60)", or "nothing".
fn spelled(found: &[Found]) -> String {
    let parts: Vec<String> = found
        .iter()
        .filter(|one| !one.values.is_empty())
        .map(|one| {
            let mut values = one.values.clone();
            values.sort();
            let ttl = one.ttl.map_or(String::new(), |ttl| format!(" (TTL {ttl})"));
            format!("{}{ttl}", values.join(", "))
        })
        .collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" and ") }
}
