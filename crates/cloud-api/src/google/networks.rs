//! Networks and their subnets.
use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind, Request, Retry, encode};
use http::Method;
use serde_json::json;

use super::kept::{Subnetwork, WireNetwork};
use super::settle::Work;
use super::wire::tail;
use super::{GoogleCompute, region_of};
use crate::labels::description;
use crate::name::Owner;
use crate::network::{Network, NetworkSpec, SubnetSpec};
use crate::provider::Networks;
use crate::ticket::{Creation, Ticket};
use crate::validate::check_word;

#[async_trait]
impl Networks for GoogleCompute {
    async fn networks(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Network>, Error> {
        let networks = Request::read("list networks", self.path("global/networks"));
        let subnets = Request::read("list subnets", self.path("aggregated/subnetworks"));
        let (networks, subnets) = futures_util::future::try_join(
            self.list::<WireNetwork>(networks, call),
            self.aggregated::<Subnetwork>(subnets, "subnetworks", call),
        )
        .await?;
        let all = networks.into_iter().map(WireNetwork::network);
        let wanted = all.filter(|network| owner.is_none_or(|owner| network.belongs_to(owner)));
        let with_subnets = wanted.map(|mut network| {
            let own = subnets.iter().filter(|subnet| tail(&subnet.network) == network.id);
            network.subnets = own.filter_map(Subnetwork::subnet).collect();
            network
        });
        Ok(with_subnets.collect())
    }

    async fn create_network(&self, spec: &NetworkSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("create network {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&doing, failure))?;
        let body = json!({
            "name": spec.name,
            "description": description(&spec.owner),
            // Absent would make a legacy network, true one with subnets in every region.
            "autoCreateSubnetworks": false,
            "mtu": 1460,
            "routingConfig": {"routingMode": "REGIONAL"},
        });
        let request = self.change(&doing, Method::POST, "global/networks")?.json(body);
        match self.start(&request, call).await {
            Ok(operation) => {
                let ticket = self.ticket(&Work::new(&operation));
                Ok(Creation::new(spec.name.as_str(), Some(ticket)))
            }
            Err(error) if error.failure.kind == Kind::AlreadyExists => {
                let path = format!("global/networks/{}", spec.name);
                let found: Option<WireNetwork> = self.get(doing.clone(), &path, call).await?;
                let found = found.ok_or(error)?.network();
                self.ours(&doing, &spec.owner, found.owner.as_deref())?;
                Ok(Creation::adopted(found.id, None))
            }
            Err(error) => Err(error),
        }
    }

    async fn create_subnet(&self, spec: &SubnetSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("create subnet {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&doing, failure))?;
        check_word("network", &spec.network).map_err(|failure| self.error(&doing, failure))?;
        let region = region_of(&spec.place);
        let id = format!("{region}/{}", spec.name);
        let body = json!({
            "name": spec.name,
            "description": description(&spec.owner),
            "network": format!("global/networks/{}", spec.network),
            "ipCidrRange": spec.range,
        });
        let path = format!("regions/{}/subnetworks", encode(region));
        let request = self.change(&doing, Method::POST, &path)?.json(body);
        match self.start(&request, call).await {
            Ok(operation) => Ok(Creation::new(id, Some(self.ticket(&Work::new(&operation))))),
            Err(error) if error.failure.kind == Kind::AlreadyExists => {
                let path = format!("{path}/{}", spec.name);
                let found: Option<Subnetwork> = self.get(doing.clone(), &path, call).await?;
                let found = found.ok_or(error)?;
                let range = found.subnet().map(|subnet| subnet.range);
                if tail(&found.network) == spec.network && range == Some(spec.range) {
                    return Ok(Creation::adopted(id, None));
                }
                let range = range.map_or_else(|| "no range".to_owned(), |range| range.to_string());
                let text = format!(
                    "there is a subnet {id} already, with {range} in network {}",
                    tail(&found.network)
                );
                let failure = Failure::new(Kind::AlreadyExists, text).retry(Retry::Never);
                Err(self.error(&doing, failure))
            }
            Err(error) => Err(error),
        }
    }

    async fn delete_subnet(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let (region, name) = self.halves("subnet", id)?;
        let path = format!("regions/{}/subnetworks/{}", encode(region), encode(name));
        self.remove(format!("delete subnet {id}"), &path, call).await
    }

    async fn delete_network(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let doing = format!("delete network {id}");
        check_word("network", id).map_err(|failure| self.error(&doing, failure))?;
        self.remove(doing, &format!("global/networks/{}", encode(id)), call).await
    }
}

impl GoogleCompute {
    /// Removes something that is no server. `None`: there is none.
    pub(super) async fn remove(
        &self,
        doing: String,
        path: &str,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let request = self.change(doing, Method::DELETE, path)?;
        match self.start(&request, call).await {
            Ok(operation) => Ok(Some(self.ticket(&Work::new(&operation)))),
            Err(error) if error.failure.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Refuses what somebody else made.
    pub(super) fn ours(
        &self,
        doing: &str,
        owner: &Owner,
        theirs: Option<&str>,
    ) -> Result<(), Error> {
        if theirs == Some(owner.as_str()) {
            return Ok(());
        }
        let whose = theirs.map_or_else(|| "nobody's".to_owned(), |theirs| format!("{theirs}'s"));
        let text = format!("that name is taken already, by something that is {whose}");
        let failure = Failure::new(Kind::AlreadyExists, text).retry(Retry::Never);
        Err(self.error(doing, failure))
    }
}
