//! Where the checks take place, and what they do there again and again.
use cloud_http::{Call, Clock, Error};

use super::Setting;
use crate::name::{Name, Owner};
use crate::network::{NetworkSpec, SubnetSpec};
use crate::provider::{ComputeProvider, Networks};
use crate::range::Range;
use crate::server::{Server, ServerSpec, Status};
use crate::ticket::{Creation, Settled, Ticket};

pub(super) struct Ground<'a> {
    pub(super) provider: &'a dyn ComputeProvider,
    pub(super) setting: &'a Setting,
    pub(super) clock: &'a dyn Clock,
}

/// Fails with `why` unless `holds`.
pub(super) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

pub(super) fn text(error: Error) -> String {
    error.to_string()
}

pub(super) fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| error.to_string())
}

pub(super) fn range(text: &str) -> Result<Range, String> {
    Range::parse(text).map_err(|error| error.to_string())
}

impl<'a> Ground<'a> {
    pub(super) fn new(
        provider: &'a dyn ComputeProvider,
        setting: &'a Setting,
        clock: &'a dyn Clock,
    ) -> Self {
        Self { provider, setting, clock }
    }

    pub(super) fn call(&self) -> Call {
        Call::until(self.clock.now() + self.setting.patience)
    }

    pub(super) fn owner(&self) -> &Owner {
        &self.setting.owner
    }

    /// The server most checks play with.
    pub(super) fn spec(&self) -> Result<ServerSpec, String> {
        let Setting { owner, place, machines, image, home, .. } = self.setting;
        let name = name("conformance-server")?;
        let mut spec = ServerSpec::new(name, owner.clone(), place, &machines[0], image);
        spec.attachments.extend(home.clone());
        Ok(spec)
    }

    /// Makes a server and waits until it runs.
    pub(super) async fn make(&self, spec: &ServerSpec) -> Result<Server, String> {
        let creation = self.provider.create(spec, self.call()).await.map_err(text)?;
        self.finish(creation.ticket).await?;
        let server = self.must_see(&creation.id).await?;
        // Adopted or not: where an answer was lost on the way, it is the same attempt's server.
        ensure(server.status == Status::Running, || format!("{server:?}"))?;
        Ok(server)
    }

    pub(super) async fn must_see(&self, id: &str) -> Result<Server, String> {
        let server = self.provider.server(id, self.call()).await.map_err(text)?;
        server.ok_or_else(|| format!("server {id} does not exist"))
    }

    pub(super) async fn settle(&self, ticket: &Ticket) -> Result<Settled, String> {
        self.provider.settle(ticket, self.call()).await.map_err(text)
    }

    /// Waits for whatever there is to wait for.
    pub(super) async fn finish(&self, ticket: Option<Ticket>) -> Result<Settled, String> {
        match ticket {
            Some(ticket) => self.settle(&ticket).await,
            None => Ok(Settled::default()),
        }
    }

    /// Makes a network with one subnet; the ids of both.
    pub(super) async fn network(
        &self,
        networks: &dyn Networks,
    ) -> Result<(String, String), String> {
        let (outer, inner) = (range("10.213.0.0/16")?, range("10.213.4.0/24")?);
        let spec = NetworkSpec::new(name("conformance-net")?, self.owner().clone(), outer);
        let network = networks.create_network(&spec, self.call()).await.map_err(text)?;
        let id = self.done(network).await?;
        let subnet = self.subnet_of(&id, inner)?;
        let subnet = networks.create_subnet(&subnet, self.call()).await.map_err(text)?;
        Ok((id, self.done(subnet).await?))
    }

    pub(super) fn subnet_of(&self, network: &str, range: Range) -> Result<SubnetSpec, String> {
        let name = name("conformance-subnet")?;
        Ok(SubnetSpec::new(network, name, self.owner().clone(), &self.setting.place, range))
    }

    /// Waits for something new and returns its id.
    pub(super) async fn done(&self, creation: Creation) -> Result<String, String> {
        self.finish(creation.ticket).await?;
        Ok(creation.id)
    }

    /// Removes everything of the owner.
    pub(super) async fn clear(&self) -> Result<(), String> {
        let (provider, owner) = (self.provider, Some(self.owner()));
        for server in provider.servers(owner, self.call()).await.map_err(text)? {
            let ticket = provider.delete(&server.id, self.call()).await.map_err(text)?;
            self.finish(ticket).await?;
        }
        if let Some(openings) = provider.openings() {
            for opening in openings.openings(owner, self.call()).await.map_err(text)? {
                let ticket = openings.close(&opening.id, self.call()).await.map_err(text)?;
                self.finish(ticket).await?;
            }
        }
        if let Some(addresses) = provider.addresses() {
            for address in addresses.addresses(owner, self.call()).await.map_err(text)? {
                let ticket = addresses.release(&address.id, self.call()).await.map_err(text)?;
                self.finish(ticket).await?;
            }
        }
        if let Some(networks) = provider.networks() {
            for network in networks.networks(owner, self.call()).await.map_err(text)? {
                for subnet in &network.subnets {
                    let ticket =
                        networks.delete_subnet(&subnet.id, self.call()).await.map_err(text)?;
                    self.finish(ticket).await?;
                }
                let ticket =
                    networks.delete_network(&network.id, self.call()).await.map_err(text)?;
                self.finish(ticket).await?;
            }
        }
        if let Some(keys) = provider.keys() {
            for key in keys.keys(owner, self.call()).await.map_err(text)? {
                keys.forget(&key.id, self.call()).await.map_err(text)?;
            }
        }
        Ok(())
    }
}
