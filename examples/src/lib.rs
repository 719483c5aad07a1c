//! Where the examples play: against the built-in emulator, or against the real APIs when the
//! environment names a zone.
//!
//! | variable | meaning |
//! |---|---|
//! | `SCHWENK_GOOGLE_ZONE` | a zone at Google Cloud DNS; credentials and project as Google's tools find them |
//! | `SCHWENK_HETZNER_ZONE`, `HCLOUD_TOKEN` | a zone at Hetzner and a token of its project |
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod compute;
mod service;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_emulator::{Emulator, Options};
use cloud_http::google::{Credentials, Surroundings, Wiring, application_default};
use cloud_http::{HttpOptions, HttpTransport, Transport};
use dns_provider::propagation::{NameServer, servers_of};
use dns_provider::{Call, DnsProvider, GoogleDns, HetznerDns, Name, Zone};
use secrecy::SecretString;

pub use service::service_at;

/// Any error; an example has nobody to tell but its reader.
pub type Failed = Box<dyn Error + Send + Sync>;

/// The right to read and change Cloud DNS and nothing else.
const SCOPES: &[&str] = &["https://www.googleapis.com/auth/ndev.clouddns.readwrite"];

/// A provider to play with, and its zone.
pub struct Stage {
    /// The provider.
    pub provider: Arc<dyn DnsProvider>,
    /// A zone that may be changed.
    pub zone: Name,
    /// The emulator behind it; `None` when this is the real thing.
    pub emulator: Option<Arc<Emulator>>,
}

impl Stage {
    /// The name servers to ask: the emulator's own, or those the zone names.
    pub async fn servers(&self, zone: &Zone) -> Result<Vec<NameServer>, Failed> {
        match &self.emulator {
            Some(emulator) => name_servers(emulator, self.provider.id()),
            None => Ok(servers_of(zone).await?),
        }
    }
}

/// An emulator with both clouds, shared by several stages.
pub async fn emulator() -> Result<Arc<Emulator>, Failed> {
    Ok(Arc::new(Emulator::start(Options::default()).await?))
}

/// The name servers of one of the emulator's clouds.
pub fn name_servers(emulator: &Emulator, provider: &str) -> Result<Vec<NameServer>, Failed> {
    let mut servers = Vec::new();
    for server in &emulator.info().dns {
        if server.provider.to_string() == provider {
            let addresses = vec![server.address.parse()?];
            servers.push(NameServer { name: server.server.clone(), addresses });
        }
    }
    Ok(servers)
}

/// Google Cloud DNS: the real one if `SCHWENK_GOOGLE_ZONE` is set.
pub async fn google() -> Result<Stage, Failed> {
    let Ok(zone) = std::env::var("SCHWENK_GOOGLE_ZONE") else {
        return google_at(emulator().await?);
    };
    let transport = transport()?;
    let wiring = Wiring::new(transport.clone());
    let found =
        application_default(&ThisProcess, SCOPES, &wiring, soon()).await.map_err(message)?;
    let project = found.project.ok_or("no project: set GOOGLE_CLOUD_PROJECT")?;
    println!("{}, project {} ({})", found.origin, project.id, project.origin);
    let provider = GoogleDns::builder(project.id, found.tokens, transport).build();
    Ok(Stage { provider: Arc::new(provider), zone: Name::parse(&zone)?, emulator: None })
}

/// The emulator's Google Cloud DNS, with a service-account key as the real one wants it.
pub fn google_at(emulator: Arc<Emulator>) -> Result<Stage, Failed> {
    let transport = transport()?;
    let info = emulator.info();
    let key = std::fs::read_to_string(&info.key_file)?;
    let wiring = Wiring::new(transport.clone());
    let found = Credentials::from_json(&key, "the emulator's key", SCOPES, &wiring);
    let tokens = found.map_err(message)?.tokens;
    let builder = GoogleDns::builder(&info.project, tokens, transport).endpoint(&info.google);
    let zone = emulated_zone(&emulator)?;
    Ok(Stage { provider: Arc::new(builder.build()), zone, emulator: Some(emulator) })
}

/// Hetzner DNS: the real one if `SCHWENK_HETZNER_ZONE` is set.
pub async fn hetzner() -> Result<Stage, Failed> {
    let Ok(zone) = std::env::var("SCHWENK_HETZNER_ZONE") else {
        return hetzner_at(emulator().await?);
    };
    let token = std::env::var("HCLOUD_TOKEN").map_err(|_| "HCLOUD_TOKEN is not set")?;
    let provider = HetznerDns::builder(SecretString::from(token), transport()?).build()?;
    Ok(Stage { provider: Arc::new(provider), zone: Name::parse(&zone)?, emulator: None })
}

/// The emulator's Hetzner DNS.
pub fn hetzner_at(emulator: Arc<Emulator>) -> Result<Stage, Failed> {
    let info = emulator.info();
    let token = SecretString::from(info.tokens.hetzner.clone());
    let provider = HetznerDns::builder(token, transport()?).endpoint(&info.hetzner).build()?;
    let zone = emulated_zone(&emulator)?;
    Ok(Stage { provider: Arc::new(provider), zone, emulator: Some(emulator) })
}

/// Half a minute from now: patient enough for an API, too short to forget about.
pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// A call that may take until [`soon`].
pub fn call() -> Call {
    Call::until(soon())
}

fn emulated_zone(emulator: &Emulator) -> Result<Name, Failed> {
    let zone = emulator.info().zone.as_ref().ok_or("the emulator has no zone")?;
    Ok(Name::parse(&zone.name)?)
}

fn transport() -> Result<Arc<dyn Transport>, Failed> {
    Ok(Arc::new(HttpTransport::new(HttpOptions::default())?))
}

fn message(failure: cloud_http::Failure) -> Failed {
    failure.to_string().into()
}

/// The environment and the files of this process, which the libraries never read by themselves.
struct ThisProcess;

impl Surroundings for ThisProcess {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> std::io::Result<String> {
        std::fs::read_to_string(path)
    }
}
