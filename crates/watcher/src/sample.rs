//! A service for this crate's own tests.
use std::collections::BTreeMap;
use std::sync::Arc;

use dns_provider::{MemoryDns, Name, RrSet, Zone};
use failover_core::{Policy, Preset, ProviderPolicy, VantageId};
use health::{Check, Kind};

use crate::setup::{Family, ServiceSetup};
use crate::spec::{ProviderSpec, ServiceSpec, SiteSpec, ZoneRef};

pub(crate) const TTL: u32 = 60;

/// `app.example.com` on two sites with an address of each family, and a third with IPv4 only.
pub(crate) fn service() -> ServiceSetup {
    let site = |name: &str, targets: &[&str]| SiteSpec {
        name: name.to_owned(),
        location: format!("somewhere near {name}"),
        targets: targets.iter().map(|text| text.parse().expect("an address")).collect(),
    };
    let sites = vec![
        site("one", &["192.0.2.1", "2001:db8::1"]),
        site("two", &["192.0.2.2", "2001:db8::2"]),
        site("three", &["192.0.2.3", "192.0.2.4"]),
    ];
    let names = sites.iter().map(|site| site.name.clone()).collect();
    let memory = ProviderPolicy { name: "memory".to_owned(), guarded: true };
    let policy = Preset::Fast.spec("app", names, vec!["here".to_owned()], vec![memory]);
    let timeout = policy.checks[0].timeout;
    let spec = ServiceSpec {
        policy: Policy::new(policy).expect("a valid policy"),
        name: Name::parse("app.example.com").expect("a name"),
        ttl: TTL,
        sites,
        checks: vec![Check::new(Kind::Tcp { port: 80 }, timeout)],
        layers: Vec::new(),
        zones: vec![ZoneRef::Id("z1".to_owned())],
    };
    let families = Family::BOTH.to_vec();
    let (vantage, power) = (VantageId(0), BTreeMap::new());
    ServiceSetup { spec, vantage, providers: vec![0], families, power }
}

/// The zone `example.com` with these RRsets of `app.example.com`, and a hand on the provider.
pub(crate) fn provider(rrsets: &[(&str, &[&str])]) -> (Arc<MemoryDns>, ProviderSpec, Zone) {
    let zone = Zone::new("z1", Name::parse("example.com").expect("a name"), Vec::new());
    let rrsets = rrsets.iter().map(|(rtype, values)| rrset(rtype, TTL, values)).collect();
    let memory = Arc::new(MemoryDns::new("memory").with_zone(zone.clone(), rrsets));
    (memory.clone(), ProviderSpec::new("memory", memory), zone)
}

pub(crate) fn rrset(rtype: &str, ttl: u32, values: &[&str]) -> RrSet {
    RrSet::parse("app.example.com", rtype, ttl, values).expect("an RRset")
}
