//! Networks and their subnets.
use async_trait::async_trait;
use cloud_http::{Call, Effect, Error, Failure, Kind, Request, Retry};
use http::Method;
use serde_json::json;

use super::HetznerCloud;
use super::kept::{NetworkAnswer, WireNetwork};
use super::settle::{Goal, Work, unsure};
use super::wire::Started;
use crate::labels::{Labels, mark};
use crate::name::Owner;
use crate::network::{Network, NetworkSpec, SubnetSpec};
use crate::provider::Networks;
use crate::range::Range;
use crate::ticket::{Creation, Ticket};

#[async_trait]
impl Networks for HetznerCloud {
    async fn networks(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Network>, Error> {
        let request = Self::of_owner(Request::read("list networks", "/networks"), owner);
        let networks: Vec<WireNetwork> = self.list(request, "networks", call).await?;
        let networks = networks.into_iter().map(WireNetwork::network);
        Ok(networks.filter(|n| owner.is_none_or(|owner| n.belongs_to(owner))).collect())
    }

    async fn create_network(&self, spec: &NetworkSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("create network {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&doing, failure))?;
        let body = json!({
            "name": spec.name,
            "ip_range": spec.range,
            "labels": mark(&spec.owner, &[], &Labels::new()),
        });
        let request = Request::write(&doing, Method::POST, "/networks").json(body);
        let sent: Result<Started, Error> = self.client.json(&request, call).await;
        let error = match sent {
            Ok(Started { network: Some(network), .. }) => {
                return Ok(Creation::new(network.id.to_string(), None));
            }
            Ok(_) => {
                let text = "the answer names no network";
                self.error(&doing, Failure::new(Kind::Protocol, text).maybe_applied())
            }
            Err(error) => error,
        };
        if !may_be_there(&error) {
            return Err(error);
        }
        match self.network_named(spec.name.as_str(), call).await.map_err(unsure)? {
            Some(network) => {
                self.ours(&doing, &spec.owner, network.owner.as_deref())?;
                Ok(Creation::adopted(network.id, None))
            }
            None => Err(error),
        }
    }

    async fn create_subnet(&self, spec: &SubnetSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("create subnet {}", spec.range);
        spec.validate(&self.rules).map_err(|failure| self.error(&doing, failure))?;
        let network = self.number("network", &spec.network)?;
        let id = format!("{network}/{}", spec.range);
        let zone = self.network_zone(&doing, &spec.place, call).await?;
        let goal = Goal::Subnet { network, range: spec.range };
        let Some(present) = self.network(network, call).await? else {
            let text = format!("there is no network {network}");
            return Err(self.error(&doing, Failure::new(Kind::NotFound, text)));
        };
        if present.subnets.iter().any(|subnet| subnet.range == spec.range) {
            return Ok(Creation::adopted(id, None));
        }
        let body = json!({"type": "cloud", "network_zone": zone, "ip_range": spec.range});
        let path = format!("/networks/{network}/actions/add_subnet");
        let request = Request::write(&doing, Method::POST, path).json(body);
        let sent: Result<Started, Error> = self.client.json(&request, call).await;
        match sent {
            Ok(started) => {
                Ok(Creation::new(id, Some(self.ticket(&Work::new(&started).goal(goal)))))
            }
            Err(error) if may_be_there(&error) || error.failure.kind == Kind::Invalid => {
                let now = self.network(network, call).await.map_err(unsure)?;
                let there = now.is_some_and(|n| n.subnets.iter().any(|s| s.range == spec.range));
                if there { Ok(Creation::adopted(id, None)) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    async fn delete_subnet(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let doing = format!("delete subnet {id}");
        let parts = id
            .split_once('/')
            .and_then(|(network, range)| Some((network, Range::parse(range).ok()?)));
        let Some((network, range)) = parts else {
            let text = format!("\"{id}\" is no id of a subnet here: \"network/range\" is");
            return Err(self.error(doing, Failure::new(Kind::Invalid, text)));
        };
        let number = self.number("network", network)?;
        let Some(present) = self.network(number, call).await? else { return Ok(None) };
        if !present.subnets.iter().any(|subnet| subnet.range == range) {
            return Ok(None);
        }
        let path = format!("/networks/{number}/actions/delete_subnet");
        let request = Request::write(doing, Method::POST, path)
            .json(json!({"ip_range": range}))
            // "Servers are attached" comes with a code that otherwise is worth another attempt.
            .once();
        match self.client.json::<Started>(&request, call).await {
            Ok(started) => Ok(Some(self.ticket(&Work::new(&started)))),
            Err(mut error) => {
                if error.failure.code.as_deref() == Some("service_error") {
                    error.failure.kind = Kind::Busy;
                    error.failure.retry = Retry::Later;
                }
                Err(error)
            }
        }
    }

    async fn delete_network(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let number = self.number("network", id)?;
        let doing = format!("delete network {id}");
        self.erase(doing, format!("/networks/{number}"), call).await.map(|_| None)
    }
}

/// Whether what was asked for may be there in spite of the error.
pub(super) fn may_be_there(error: &Error) -> bool {
    error.failure.effect == Effect::MaybeApplied || error.failure.kind == Kind::AlreadyExists
}

impl HetznerCloud {
    async fn network(&self, id: u64, call: Call) -> Result<Option<Network>, Error> {
        let answer: Option<NetworkAnswer> =
            self.get(format!("read network {id}"), format!("/networks/{id}"), call).await?;
        Ok(answer.map(|answer| answer.network.network()))
    }

    async fn network_named(&self, name: &str, call: Call) -> Result<Option<Network>, Error> {
        let request = Request::read(format!("look for network {name}"), "/networks")
            .query("name", name)
            .urgent();
        let found: Vec<WireNetwork> = self.list(request, "networks", call).await?;
        Ok(found.into_iter().map(WireNetwork::network).find(|network| network.name == name))
    }

    /// Waits until a subnet is shown: the action ends a little earlier.
    pub(super) async fn await_subnet(
        &self,
        network: u64,
        range: Range,
        call: Call,
    ) -> Result<(), Error> {
        let doing = format!("wait for subnet {range} of network {network}");
        let mut pause = self.poll_first;
        loop {
            let now = self.network(network, call).await.map_err(unsure)?;
            match now {
                Some(now) if now.subnets.iter().any(|subnet| subnet.range == range) => {
                    return Ok(());
                }
                Some(_) => self.rest(&doing, "", &mut pause, call).await?,
                None => {
                    let text = format!("network {network} is gone");
                    let failure = Failure::new(Kind::NotFound, text).maybe_applied();
                    return Err(self.error(&doing, failure));
                }
            }
        }
    }
}
