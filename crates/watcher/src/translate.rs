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

impl From<&Option<RrSet>> for Found {
    fn from(stored: &Option<RrSet>) -> Self {
        stored.as_ref().map_or_else(Self::default, |set| Self {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn found(ttl: u32, values: &[&str]) -> Found {
        let values: Vec<String> = values.iter().map(|text| (*text).to_owned()).collect();
        Found { ttl: (!values.is_empty()).then_some(ttl), values, opaque: false }
    }

    fn answer(v4: &[&str], v6: &[&str]) -> Answer {
        sample::service().answer(&[found(60, v4), found(60, v6)])
    }

    fn one(site: u8) -> Answer {
        Answer::Sites(SiteSet::one(SiteId(site)))
    }

    #[test]
    fn what_is_wanted_for_a_site_is_the_answer_of_that_site() {
        let service = sample::service();
        for mask in 1..8_u8 {
            let chosen = |site: &SiteId| mask & (1 << site.0) != 0;
            let sites: SiteSet = service.site_ids().filter(chosen).collect();
            let wanted = Family::BOTH.map(|family| Found::from(&service.wanted(sites, family)));
            assert_eq!(service.answer(&wanted), Answer::Sites(sites));
        }
    }

    #[test]
    fn values_count_as_a_set_and_in_any_spelling() {
        assert_eq!(answer(&["192.0.2.4", "192.0.2.3"], &[]), one(2));
        assert_eq!(answer(&["192.0.2.1"], &["2001:0db8:0:0::1"]), one(0));
    }

    #[test]
    fn half_a_site_is_foreign() {
        for (v4, v6) in [
            (&["192.0.2.1"][..], &[][..]),
            (&[], &["2001:db8::1"]),
            (&["192.0.2.3"], &[]),
            (&["192.0.2.1"], &["2001:db8::2"]),
        ] {
            assert!(matches!(answer(v4, v6), Answer::Foreign { .. }), "{v4:?} {v6:?}");
        }
    }

    #[test]
    fn an_address_too_many_is_foreign_and_named() {
        let Answer::Foreign { text } = answer(&["192.0.2.1", "203.0.113.9"], &["2001:db8::1"])
        else {
            panic!("not foreign");
        };
        assert_eq!(text, "192.0.2.1, 203.0.113.9 (TTL 60) and 2001:db8::1 (TTL 60)");
    }

    #[test]
    fn nothing_and_another_ttl_are_foreign() {
        assert_eq!(answer(&[], &[]), Answer::Foreign { text: "nothing".to_owned() });
        let slow = [found(300, &["192.0.2.1"]), found(60, &["2001:db8::1"])];
        let Answer::Foreign { text } = sample::service().answer(&slow) else {
            panic!("not foreign");
        };
        assert!(text.contains("TTL 300") && text.contains("instead of TTL 60"), "{text}");
    }

    #[test]
    fn the_worst_answer_speaks_and_silence_only_when_all_are_silent() {
        let desired = SiteSet::one(SiteId(1));
        let silent = || Answer::Silent { text: "no answer".to_owned() };
        let foreign = || Answer::Foreign { text: "nothing".to_owned() };
        let judge = |all: &[Answer]| worst(all, desired);
        assert_eq!(judge(&[one(1), silent()]), Some(one(1)));
        assert_eq!(judge(&[one(1), one(0), silent()]), Some(one(0)));
        assert_eq!(judge(&[one(0), foreign(), one(1)]), Some(foreign()));
        assert_eq!(judge(&[silent(), silent()]), Some(silent()));
        assert_eq!(judge(&[]), None);
    }
}
