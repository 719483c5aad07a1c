//! A service for this crate's own tests.
use std::sync::Arc;
use std::time::Duration;

use dns_provider::{MemoryDns, Name, RrSet, Zone};
use failover_core::{
    AnswerMode, CheckPolicy, Drift, Failback, Fall, Fence, Latch, OnAllDown, Policy, PolicySpec,
    ProviderPolicy, Require, SitePolicy, VantageId,
};
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
    let spec = ServiceSpec {
        policy: Policy::new(policy(&sites)).expect("a valid policy"),
        name: Name::parse("app.example.com").expect("a name"),
        ttl: TTL,
        sites,
        checks: vec![Check::new(Kind::Tcp { port: 80 }, Duration::from_millis(500))],
        zones: vec![ZoneRef::Id("z1".to_owned())],
    };
    let families = Family::BOTH.to_vec();
    ServiceSetup { spec, vantage: VantageId(0), providers: vec![0], families }
}

fn policy(sites: &[SiteSpec]) -> PolicySpec {
    let second = Duration::from_secs(1);
    PolicySpec {
        service: "app".to_owned(),
        sites: sites
            .iter()
            .map(|site| SitePolicy { name: site.name.clone(), cold: false })
            .collect(),
        vantages: vec!["here".to_owned()],
        checks: vec![CheckPolicy {
            name: "tcp".to_owned(),
            interval: second,
            fast_interval: second / 4,
            timeout: second / 2,
        }],
        providers: vec![ProviderPolicy { name: "memory".to_owned(), guarded: true }],
        fall: Fall::InARow(3),
        rise: 2,
        grey: 0,
        require: Require::All,
        quorum: 1,
        freshness: 5 * second,
        candidate_up_for: 2 * second,
        hold_down: 300 * second,
        moves_max: 3,
        moves_window: 3600 * second,
        latch: Latch::UntilRearmed,
        failback: Failback::Manual,
        answer: AnswerMode::Active,
        on_all_down: OnAllDown::Hold,
        complete_at: 1,
        drift: Drift::Alert,
        fence: Fence::Never,
        lag_max: None,
        attempt_timeout: 10 * second,
        retry_min: second,
        retry_max: 60 * second,
        split_after: 10 * second,
        pause_max: 86_400 * second,
        tick_gap_max: 5 * second,
    }
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
