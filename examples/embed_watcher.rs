//! Embeds the whole loop in another program: two sites, two providers, one failover.
//!
//! `cargo run -p examples --bin embed_watcher`
use std::net::IpAddr;

use cloud_emulator::{Emulator, Fault};
use dns_provider::Name;
use examples::{Failed, Stage, emulator, google_at, hetzner_at, name_servers};
use failover_core::{Policy, Preset, ProviderPolicy, Verdict};
use health::{Check, HttpCheck, Kind};
use watcher::{ProviderSpec, ServiceSpec, SiteSpec, Watcher, ZoneRef};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let emulator = emulator().await?;
    let stages = [google_at(emulator.clone())?, hetzner_at(emulator.clone())?];
    let folder = tempfile::tempdir()?;
    let mut builder = Watcher::builder("here").journal(folder.path().join("journal.sqlite"));
    for stage in &stages {
        let servers = name_servers(&emulator, stage.provider.id())?;
        let spec = ProviderSpec::new(stage.provider.id(), stage.provider.clone());
        builder = builder.provider(spec.servers(servers));
    }
    let watcher = builder.service(service(&emulator, &stages)?).build()?;
    let handle = watcher.handle();
    let mut updates = handle.updates();

    let story = async move {
        let names: Vec<String> =
            emulator.info().sites.iter().map(|site| site.name.clone()).collect();
        while let Some(now) = updates.next().await {
            let view = &now.services[0].view;
            let up = view.sites.iter().filter(|site| site.verdict == Verdict::Up).count();
            if up == names.len() && !view.desired.is_empty() {
                break;
            }
        }
        println!("both sites are up; killing {}", names[0]);
        emulator.faults().set(Fault::SiteKilled { site: names[0].clone() });
        while let Some(now) = updates.next().await {
            let view = &now.services[0].view;
            if view.last_move.as_ref().is_some_and(|done| done.completed.is_some()) {
                for answer in &now.services[0].answers {
                    println!("{:32} answers {:?}", answer.server, answer.values);
                }
                break;
            }
        }
        for record in handle.events(0, 100, None).await.unwrap_or_default().iter().rev() {
            println!("{:3} {}", record.seq, record.text);
        }
    };
    watcher.run(story).await?;
    Ok(())
}

/// One service on the emulator's two sites.
fn service(emulator: &Emulator, stages: &[Stage]) -> Result<ServiceSpec, Failed> {
    let info = emulator.info();
    let zone = &stages[0].zone;
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let sites: Vec<String> = info.sites.iter().map(|site| site.name.clone()).collect();
    let providers = stages.iter().map(|stage| ProviderPolicy {
        name: stage.provider.id().to_owned(),
        guarded: stage.provider.capabilities().guard == dns_provider::Guard::Server,
    });
    let spec = Preset::Fast.spec("app", sites, names(&["here"]), providers.collect());
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
        zones: stages.iter().map(|stage| ZoneRef::Name(stage.zone.clone())).collect(),
    })
}
