//! The service that the examples of the watcher keep reachable.
use std::net::IpAddr;

use cloud_emulator::Emulator;
use dns_provider::Name;
use failover_core::{Policy, Preset, ProviderPolicy};
use health::{Check, HttpCheck, Kind};
use watcher::{ServiceSpec, SiteSpec, ZoneRef};

use crate::{Failed, Stage};

/// One service on the emulator's two sites, as it is seen from these vantages.
pub fn service_at(
    emulator: &Emulator,
    stages: &[Stage],
    vantages: &[&str],
) -> Result<ServiceSpec, Failed> {
    let info = emulator.info();
    let zone = &stages[0].zone;
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let sites: Vec<String> = info.sites.iter().map(|site| site.name.clone()).collect();
    let providers = stages.iter().map(|stage| ProviderPolicy {
        name: stage.provider.id().to_owned(),
        guarded: stage.provider.capabilities().guard == dns_provider::Guard::Server,
    });
    let spec = Preset::Fast.spec("app", sites, names(vantages), providers.collect());
    let policy = Policy::new(spec).map_err(|problems| format!("{problems:?}"))?;
    let port = info.sites[0].port;
    let mut http = HttpCheck::get(port, "/");
    http.contains = names(&["dbworking"]);
    let timeout = policy.spec().checks[0].timeout;
    let site = |site: &cloud_emulator::SiteInfo| {
        let targets: Vec<IpAddr> = vec![site.address];
        SiteSpec { name: site.name.clone(), location: "the emulator".to_owned(), targets }
    };
    Ok(ServiceSpec {
        policy,
        name: Name::parse(&format!("app.{zone}"))?,
        ttl: 60,
        sites: info.sites.iter().map(site).collect(),
        checks: vec![Check::new(Kind::Http(http), timeout)],
        layers: Vec::new(),
        zones: stages.iter().map(|stage| ZoneRef::Name(stage.zone.clone())).collect(),
    })
}
