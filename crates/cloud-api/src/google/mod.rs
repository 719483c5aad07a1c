//! Google Compute Engine v1 (<https://cloud.google.com/compute/docs/reference/rest/v1>).
//!
//! Every change is answered with an *operation*: that the call succeeded says nothing about the
//! work. Stock-outs and used-up quotas are found in the operation, so a [`Creation`] is a server
//! only once its ticket is settled.
mod addresses;
mod builder;
mod catalogue;
mod instances;
mod kept;
mod metadata;
mod networks;
mod offered;
mod openings;
mod operation;
mod problem;
mod read;
mod settle;
mod spec;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_http::{Call, Client, Error, Failure, Kind, encode};

pub use builder::GoogleComputeBuilder;

use crate::name::Owner;
use crate::place::{Image, Machine, Place};
use crate::provider::{Addresses, BootData, ComputeProvider, Console, Networks, Openings, Rules};
use crate::server::{Power, Server, ServerSpec};
use crate::ticket::{Creation, Settled, Ticket};
use crate::validate::check_word;

/// The servers of one Google Cloud project.
///
/// * **Ids:** a server is `zone/name`, a subnet and an address are `region/name`, a network and an
///   opening are their names.
/// * **Ownership:** servers and addresses carry a label; networks, subnets and openings have no
///   labels at Google, so their descriptions say it.
/// * **Repetition:** every change carries a `requestId`, so that a repeated request is answered
///   with the first one's operation. What exists already is adopted by name and owner.
/// * **Labels and metadata** are changed with the fingerprint just read, and again with a fresh one
///   when somebody else was faster.
/// * **Waiting** is Google's: `wait` answers when the operation is done or after two minutes.
/// * **Ephemeral addresses** are lost with every stop: a restart or a resize says so in
///   [`Settled::moved`]. Reserve an address for anything that a name points to.
/// * **No prices:** they are in another API (Cloud Billing).
/// * [`Power::Reboot`] is a stop and a start, since Google cannot ask a system to reboot;
///   [`Power::PowerOff`] skips what Google calls graceful shutdown, but Google still gives the
///   system up to 90 s to end by itself.
#[derive(Debug)]
pub struct GoogleCompute {
    id: String,
    project: String,
    client: Client,
    /// The same with the patience that `wait` takes.
    waiting: Client,
    rules: Rules,
    poll_first: Duration,
    poll_cap: Duration,
    page_size: Option<u32>,
    disk_type: String,
}

impl GoogleCompute {
    /// Where the API answers.
    pub const ENDPOINT: &str = "https://compute.googleapis.com/";

    /// Starts building a client for the servers of `project`.
    pub fn builder(
        project: impl Into<String>,
        tokens: Arc<dyn cloud_http::TokenSource>,
        transport: Arc<dyn cloud_http::Transport>,
    ) -> GoogleComputeBuilder {
        GoogleComputeBuilder::new(project.into(), tokens, transport)
    }

    /// The path of something in the project; `below` is encoded already.
    fn path(&self, below: &str) -> String {
        format!("/compute/v1/projects/{}/{below}?prettyPrint=false", encode(&self.project))
    }

    fn error(&self, operation: impl Into<String>, failure: Failure) -> Error {
        self.client.error(operation, failure)
    }

    /// The two halves of an id such as `europe-west3-a/web-1`.
    fn halves<'a>(&self, what: &str, id: &'a str) -> Result<(&'a str, &'a str), Error> {
        let wrong = || {
            let text = format!("\"{id}\" is no id of a {what} here: \"place/name\" is");
            self.error(format!("look for {what} {id}"), Failure::new(Kind::Invalid, text))
        };
        let (place, name) = id.split_once('/').ok_or_else(wrong)?;
        check_word("place", place).and(check_word("name", name)).map_err(|_| wrong())?;
        Ok((place, name))
    }
}

/// The region of a zone: `europe-west3-a` is in `europe-west3`. A region is its own.
fn region_of(zone: &str) -> &str {
    match zone.rsplit_once('-') {
        Some((region, letter)) if letter.len() == 1 && region.contains('-') => region,
        _ => zone,
    }
}

#[async_trait]
impl ComputeProvider for GoogleCompute {
    fn id(&self) -> &str {
        &self.id
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    async fn places(&self, call: Call) -> Result<Vec<Place>, Error> {
        self.zones(call).await
    }

    async fn machines(&self, place: &str, call: Call) -> Result<Vec<Machine>, Error> {
        self.machine_types(place, call).await
    }

    async fn image(&self, name: &str, call: Call) -> Result<Option<Image>, Error> {
        self.find_image(name, call).await
    }

    async fn servers(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Server>, Error> {
        self.list_instances(owner, call).await
    }

    async fn server(&self, id: &str, call: Call) -> Result<Option<Server>, Error> {
        Ok(self.instance(id, call).await?.map(wire::Instance::server))
    }

    async fn create(&self, spec: &ServerSpec, call: Call) -> Result<Creation, Error> {
        self.insert(spec, call).await
    }

    async fn delete(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.delete_instance(id, call).await
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

    fn boot_data(&self) -> Option<&dyn BootData> {
        Some(self)
    }

    fn console(&self) -> Option<&dyn Console> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::region_of;

    #[test]
    fn a_zone_is_in_its_region() {
        for (zone, region) in [
            ("europe-west3-a", "europe-west3"),
            ("us-central1-f", "us-central1"),
            ("europe-west3", "europe-west3"),
            ("global", "global"),
        ] {
            assert_eq!(region_of(zone), region);
        }
    }
}
