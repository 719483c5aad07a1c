//! Servers in the Hetzner Cloud API (<https://docs.hetzner.cloud/reference/cloud#servers>).
//!
//! A change is answered with *actions*; an action that has ended well is not always a change that
//! has taken place, so a ticket is settled by looking at the server.
mod addresses;
mod builder;
mod catalogue;
mod create;
mod kept;
mod keys;
mod networks;
mod offered;
mod openings;
mod power;
mod read;
mod settle;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_http::hetzner::Actions;
use cloud_http::{Backoff, Call, Client, Error, Failure, Kind, Retry, Transport};
use secrecy::SecretString;

pub use builder::HetznerCloudBuilder;

use crate::name::Owner;
use crate::place::{Image, Machine, Place};
use crate::provider::{Addresses, ComputeProvider, Keys, Networks, Openings, Pricing, Rules};
use crate::server::{Power, Server, ServerSpec};
use crate::ticket::{Creation, Settled, Ticket};

/// The servers of one Hetzner Cloud project.
///
/// * **Ids** are Hetzner's numbers; a subnet is `network/range`.
/// * **Ownership** is a label on everything.
/// * **Repetition:** the API has no key for it. After a lost answer, and when a name is taken, what
///   is there is looked up by name and adopted if the owner is right.
/// * **Waiting** calls share their polls, at most 25 actions each. A graceful shutdown's action
///   ends when the signal is sent, so it is the server that is waited for.
/// * A server that shall have a certain private address is made without networks, attached, and
///   then started.
/// * What is `locked` is tried again, what is `protected` is not.
/// * An **opening** is a firewall for all servers with a label, and closes everything that no
///   opening lets in: a server without firewall is open. It sees public traffic only.
/// * A server is billed until it is deleted, switched off or not.
#[derive(Debug)]
pub struct HetznerCloud {
    id: String,
    client: Client,
    rules: Rules,
    actions: Actions,
    backoff: Backoff,
    poll_first: Duration,
    poll_cap: Duration,
}

impl HetznerCloud {
    /// Where the API answers.
    pub const ENDPOINT: &str = "https://api.hetzner.cloud/v1";

    /// Starts building a client for the project `token` belongs to.
    pub fn builder(token: SecretString, transport: Arc<dyn Transport>) -> HetznerCloudBuilder {
        HetznerCloudBuilder::new(token, transport)
    }

    fn error(&self, operation: impl Into<String>, failure: Failure) -> Error {
        self.client.error(operation, failure)
    }

    /// The number in an id.
    fn number(&self, what: &str, id: &str) -> Result<u64, Error> {
        let digits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
        id.parse().ok().filter(|_| digits).ok_or_else(|| {
            let text = format!("\"{id}\" is no id of a {what} here: Hetzner's are numbers");
            self.error(format!("look for {what} {id}"), Failure::new(Kind::Invalid, text))
        })
    }

    /// Refuses what somebody else made.
    fn ours(&self, doing: &str, owner: &Owner, theirs: Option<&str>) -> Result<(), Error> {
        if theirs == Some(owner.as_str()) {
            return Ok(());
        }
        let whose = theirs.map_or_else(|| "nobody's".to_owned(), |theirs| format!("{theirs}'s"));
        let text = format!("that name is taken already, by something that is {whose}");
        let failure = Failure::new(Kind::AlreadyExists, text).retry(Retry::Never);
        Err(self.error(doing, failure))
    }
}

#[async_trait]
impl ComputeProvider for HetznerCloud {
    fn id(&self) -> &str {
        &self.id
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    async fn places(&self, call: Call) -> Result<Vec<Place>, Error> {
        let locations = self.locations(call).await?;
        Ok(locations.into_iter().map(offered::Location::place).collect())
    }

    async fn machines(&self, place: &str, call: Call) -> Result<Vec<Machine>, Error> {
        self.machines_of(place, call).await
    }

    async fn image(&self, name: &str, call: Call) -> Result<Option<Image>, Error> {
        self.find_image(name, call).await
    }

    async fn servers(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Server>, Error> {
        self.list_servers(owner, call).await
    }

    async fn server(&self, id: &str, call: Call) -> Result<Option<Server>, Error> {
        let number = self.number("server", id)?;
        Ok(self.get_server(number, call).await?.map(wire::WireServer::server))
    }

    async fn create(&self, spec: &ServerSpec, call: Call) -> Result<Creation, Error> {
        self.create_server(spec, call).await
    }

    async fn delete(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.delete_server(id, call).await
    }

    async fn power(&self, id: &str, power: Power, call: Call) -> Result<Option<Ticket>, Error> {
        self.switch(id, power, call).await
    }

    async fn resize(&self, id: &str, machine: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.begin_resize(id, machine, call).await
    }

    async fn relabel(
        &self,
        id: &str,
        labels: &BTreeMap<String, String>,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        self.set_labels(id, labels, call).await
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<Settled, Error> {
        self.settle_ticket(ticket, call).await
    }

    fn networks(&self) -> Option<&dyn Networks> {
        Some(self)
    }

    fn openings(&self) -> Option<&dyn Openings> {
        Some(self)
    }

    fn addresses(&self) -> Option<&dyn Addresses> {
        Some(self)
    }

    fn keys(&self) -> Option<&dyn Keys> {
        Some(self)
    }

    fn pricing(&self) -> Option<&dyn Pricing> {
        Some(self)
    }
}
