//! Where the examples with servers play: in the built-in emulator, or in a real project when the
//! environment names one. **Real servers cost money**, and everything of the owner
//! `schwenk-example` is removed before and after.
//!
//! | variable | meaning |
//! |---|---|
//! | `SCHWENK_GOOGLE_PROJECT` | a project at Google; credentials as Google's tools find them |
//! | `SCHWENK_HETZNER_SERVERS=yes`, `HCLOUD_TOKEN` | a token of a project at Hetzner |
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_api::{
    Call, ComputeProvider, Creation, GoogleCompute, HetznerCloud, Name, Owner, ServerSpec,
};
use cloud_emulator::Emulator;
use cloud_http::google::{Credentials, SCOPE_CLOUD_PLATFORM, Wiring, application_default};
use secrecy::SecretString;

use crate::{Failed, ThisProcess, emulator, message, soon, transport};

/// A cloud to make servers in.
pub struct Yard {
    /// The cloud.
    pub cloud: Box<dyn ComputeProvider>,
    /// Whose everything will be.
    pub owner: Owner,
    /// Where the servers will stand.
    pub place: String,
    /// A small and a larger machine type.
    pub machines: [String; 2],
    /// The emulator behind it; `None` when this is the real thing.
    pub emulator: Option<Arc<Emulator>>,
}

impl Yard {
    fn new(
        cloud: Box<dyn ComputeProvider>,
        place: &str,
        machines: [&str; 2],
        emulator: Option<Arc<Emulator>>,
    ) -> Result<Self, Failed> {
        let owner = Owner::parse("schwenk-example")?;
        let (place, machines) = (place.to_owned(), machines.map(str::to_owned));
        Ok(Self { cloud, owner, place, machines, emulator })
    }

    /// Ten minutes: making servers takes its time.
    pub fn call(&self) -> Call {
        Call::until(Instant::now() + Duration::from_secs(600))
    }

    /// The smaller machine with Debian.
    pub fn spec(&self, text: &str) -> Result<ServerSpec, Failed> {
        let (owner, machine) = (self.owner.clone(), &self.machines[0]);
        Ok(ServerSpec::new(name(text)?, owner, &self.place, machine, "debian-12"))
    }

    /// Waits until what was begun is done; its id.
    pub async fn done(&self, creation: Creation) -> Result<String, Failed> {
        if let Some(ticket) = &creation.ticket {
            self.cloud.settle(ticket, self.call()).await?;
        }
        Ok(creation.id)
    }

    /// Removes everything of the owner.
    pub async fn clear(&self) -> Result<(), Failed> {
        let (cloud, owner) = (self.cloud.as_ref(), Some(&self.owner));
        let mut tickets = Vec::new();
        for server in cloud.servers(owner, self.call()).await? {
            tickets.extend(cloud.delete(&server.id, self.call()).await?);
        }
        for ticket in &tickets {
            cloud.settle(ticket, self.call()).await?;
        }
        if let Some(openings) = cloud.openings() {
            for opening in openings.openings(owner, self.call()).await? {
                self.settle(openings.close(&opening.id, self.call()).await?).await?;
            }
        }
        if let Some(addresses) = cloud.addresses() {
            for address in addresses.addresses(owner, self.call()).await? {
                self.settle(addresses.release(&address.id, self.call()).await?).await?;
            }
        }
        if let Some(networks) = cloud.networks() {
            for network in networks.networks(owner, self.call()).await? {
                for subnet in &network.subnets {
                    self.settle(networks.delete_subnet(&subnet.id, self.call()).await?).await?;
                }
                self.settle(networks.delete_network(&network.id, self.call()).await?).await?;
            }
        }
        Ok(())
    }

    async fn settle(&self, ticket: Option<cloud_api::Ticket>) -> Result<(), Failed> {
        if let Some(ticket) = ticket {
            self.cloud.settle(&ticket, self.call()).await?;
        }
        Ok(())
    }
}

/// A name for something new.
pub fn name(text: &str) -> Result<Name, Failed> {
    Ok(Name::parse(text)?)
}

/// Google Compute Engine: the real one if `SCHWENK_GOOGLE_PROJECT` is set.
pub async fn google() -> Result<Yard, Failed> {
    const PLACE: (&str, [&str; 2]) = ("europe-west3-a", ["e2-small", "e2-medium"]);
    const SCOPES: &[&str] = &[SCOPE_CLOUD_PLATFORM];
    let transport = transport()?;
    let wiring = Wiring::new(transport.clone());
    if let Ok(project) = std::env::var("SCHWENK_GOOGLE_PROJECT") {
        let found = application_default(&ThisProcess, SCOPES, &wiring, soon()).await;
        let tokens = found.map_err(message)?.tokens;
        let cloud = GoogleCompute::builder(project, tokens, transport).build();
        return Yard::new(Box::new(cloud), PLACE.0, PLACE.1, None);
    }
    let emulator = emulator().await?;
    let info = emulator.info();
    let key = std::fs::read_to_string(&info.key_file)?;
    let found = Credentials::from_json(&key, "the emulator's key", SCOPES, &wiring);
    let tokens = found.map_err(message)?.tokens;
    let builder = GoogleCompute::builder(&info.project, tokens, transport).endpoint(&info.google);
    let cloud = builder.polling(Duration::from_millis(50), Duration::from_millis(500)).build();
    Yard::new(Box::new(cloud), PLACE.0, PLACE.1, Some(emulator))
}

/// The Hetzner Cloud: the real one if `SCHWENK_HETZNER_SERVERS` is `yes`.
pub async fn hetzner() -> Result<Yard, Failed> {
    const PLACE: (&str, [&str; 2]) = ("fsn1", ["cx23", "cx33"]);
    let transport = transport()?;
    if std::env::var("SCHWENK_HETZNER_SERVERS").is_ok_and(|value| value == "yes") {
        let token = std::env::var("HCLOUD_TOKEN").map_err(|_| "HCLOUD_TOKEN is not set")?;
        let cloud = HetznerCloud::builder(SecretString::from(token), transport).build()?;
        return Yard::new(Box::new(cloud), PLACE.0, PLACE.1, None);
    }
    let emulator = emulator().await?;
    let info = emulator.info();
    let token = SecretString::from(info.tokens.hetzner.clone());
    let builder = HetznerCloud::builder(token, transport).endpoint(&info.hetzner);
    let cloud = builder.polling(Duration::from_millis(50), Duration::from_millis(500)).build()?;
    Yard::new(Box::new(cloud), PLACE.0, PLACE.1, Some(emulator))
}
