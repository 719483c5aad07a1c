//! The thesis's six servers at both emulated clouds.
use std::sync::Arc;
use std::time::Duration;

use cloud_api::blueprint::{
    Blueprint, Clouds, Job, LocationSpec, Plan, Report, Scripts, ServersSpec, Unobserved, destroy,
};
use cloud_api::{Failure, GoogleCompute, HetznerCloud, Host, Kind, Layout, Owner, Role, SshKey};
use cloud_emulator::{Emulator, Options};
use cloud_http::{Backoff, HttpOptions, HttpTransport, Pacer, StaticToken, Transport};
use secrecy::SecretString;

use super::terms;
use crate::support::{name, owner, range};

pub const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUm anna";

/// Scripts that name every address of the layout, as the real ones do.
pub struct Naming;

impl Scripts for Naming {
    fn script(&self, layout: &Layout, host: &Host) -> Result<Option<SecretString>, Failure> {
        let mut script = format!("#!/bin/sh\n# PASSWORD=hunter2-hunter2 of {}\n", host.name);
        for host in layout.locations.iter().flat_map(|location| &location.hosts) {
            let Some(public) = host.public else {
                let text = format!("{} has no address", host.name);
                return Err(Failure::new(Kind::Invalid, text));
            };
            script += &format!("echo {} {public} {}\n", host.name, host.private);
        }
        Ok(Some(script.into()))
    }
}

pub fn london(count: u32) -> LocationSpec {
    let places = vec!["europe-west2-c".to_owned(), "europe-west2-b".to_owned()];
    let of = |role, count| {
        let mut servers = ServersSpec::new(role, "e2-medium", count);
        servers.disk_gb = Some(10);
        servers
    };
    LocationSpec::new(name("london"), "google", places, range("10.154.0.0/24"), "debian-12")
        .servers(of(Role::Haproxy, 1))
        .servers(of(Role::App, count))
        .servers(of(Role::Db, 1))
}

pub fn falkenstein(machine: &str, count: u32) -> LocationSpec {
    let places = vec!["fsn1".to_owned(), "nbg1".to_owned()];
    LocationSpec::new(name("falkenstein"), "hetzner", places, range("10.0.1.0/24"), "debian-12")
        .servers(ServersSpec::new(Role::Haproxy, machine, 1))
        .servers(ServersSpec::new(Role::App, machine, count))
        .servers(ServersSpec::new(Role::Db, machine, 1))
}

pub fn blueprint(locations: Vec<LocationSpec>) -> Blueprint {
    let keys = vec![SshKey::new(name("anna"), "anna", KEY)];
    Blueprint::new(owner(), keys, locations).expect("a blueprint")
}

/// Six servers in two locations.
pub fn six() -> Blueprint {
    blueprint(vec![london(1), falkenstein("cax11", 1)])
}

pub async fn emulator() -> Emulator {
    let options = Options {
        action_delay: Duration::from_millis(2),
        server_delay: Duration::from_millis(4),
        boot_delay: Duration::from_millis(1),
        rate_limit_per_hour: 10_000_000,
        empty: true,
        ..Options::default()
    };
    Emulator::start(options).await.expect("an emulator")
}

pub fn transport() -> Arc<dyn Transport> {
    Arc::new(HttpTransport::new(HttpOptions::default()).expect("a transport"))
}

/// Clients for both clouds behind a transport.
pub fn clouds(emulator: &Emulator, transport: Arc<dyn Transport>) -> Clouds {
    let info = emulator.info();
    let backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(50), 12);
    let poll = (Duration::from_millis(3), Duration::from_millis(20));
    let token = SecretString::from(info.tokens.hetzner.clone());
    let hetzner = HetznerCloud::builder(token, transport.clone())
        .endpoint(&info.hetzner)
        .pacer(Arc::new(Pacer::unlimited()))
        .backoff(backoff)
        .polling(poll.0, poll.1);
    let tokens = StaticToken::new(SecretString::from(info.tokens.google.clone()));
    let google = GoogleCompute::builder(&info.project, Arc::new(tokens), transport)
        .endpoint(&info.google)
        .pacer(Arc::new(Pacer::unlimited()))
        .backoff(backoff)
        .polling(poll.0, poll.1);
    let mut clouds = Clouds::new();
    clouds.insert("hetzner".to_owned(), Arc::new(hetzner.build().expect("a client")));
    clouds.insert("google".to_owned(), Arc::new(google.build()));
    clouds
}

pub async fn plan(blueprint: &Blueprint, clouds: &Clouds) -> Plan {
    Job::new(blueprint, clouds, &Naming, terms(), &Unobserved).plan().await
}

pub async fn apply(blueprint: &Blueprint, clouds: &Clouds) -> Report {
    let job = Job::new(blueprint, clouds, &Naming, terms(), &Unobserved);
    job.apply(None).await.unwrap_or_else(|refused| panic!("{refused}"))
}

/// Removes everything and makes sure that nothing of ours is left.
pub async fn clear(clouds: &Clouds) {
    let result = destroy(&owner(), clouds, &terms(), &Unobserved).await;
    assert!(result.is_complete(), "{result:#?}");
    let other = Owner::parse("nobody").expect("an owner");
    assert!(destroy(&other, clouds, &terms(), &Unobserved).await.results.is_empty());
}

/// Makes a fault at the emulated clouds.
pub fn fault(emulator: &Emulator, json: serde_json::Value) {
    emulator.faults().set(serde_json::from_value(json).expect("a fault"));
}
