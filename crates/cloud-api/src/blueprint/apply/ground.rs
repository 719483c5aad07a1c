//! Networks, openings, addresses and keys; and the removal of what is not wanted any more.
use std::net::IpAddr;

use cloud_http::{Call, Error, Failure, Kind, Retry};
use futures_util::future::{join, join_all};

use super::round::{Done, Reserved, Round};
use crate::address::AddressSpec;
use crate::blueprint::destroy::remove;
use crate::blueprint::model::LocationSpec;
use crate::blueprint::names;
use crate::blueprint::step::{Action, Step, Thing};
use crate::key::SshKey;
use crate::name::{Name, Owner};
use crate::network::{NetworkSpec, SubnetSpec};
use crate::opening::OpeningSpec;
use crate::provider::{Addresses, ComputeProvider};

impl<'a> Round<'a> {
    /// What the servers of a location stand on.
    pub(super) async fn ground(&self, location: &LocationSpec) {
        let Some((cloud, _)) = self.at(&location.provider) else { return };
        let Ok(name) = names::ground(self.owner(), &location.name) else { return };
        let network = async {
            let Some(network) = self.network(cloud, location, &name).await else { return };
            join(
                self.subnet(cloud, location, &name, &network),
                self.opening(cloud, location, &name, &network),
            )
            .await;
        };
        join(network, self.addresses(cloud, location)).await;
    }

    fn owner(&self) -> &'a Owner {
        &self.job.blueprint.owner
    }

    /// The network's id, once it is there.
    async fn network(
        &self,
        cloud: &dyn ComputeProvider,
        location: &LocationSpec,
        name: &Name,
    ) -> Option<String> {
        let Some(step) = self.making(location, Thing::Network, name.as_str()) else {
            let inventory = self.seen.at(&location.provider)?;
            let found = inventory.networks.iter().find(|one| one.name == name.as_str());
            return found.map(|network| network.id.clone());
        };
        let group = cloud.networks()?;
        let spec = NetworkSpec::new(name.clone(), self.owner().clone(), location.range);
        let mut id = None;
        let well = self.run(step, async {
            let (terms, call) = (&self.job.terms, self.job.terms.call());
            let made = |call| group.create_network(&spec, call);
            let creation = terms.again(call, made).await?;
            terms.created(cloud, &creation, call).await?;
            id = Some(creation.id);
            Ok(Done { adopted: creation.adopted, note: None })
        });
        well.await.then_some(id?)
    }

    async fn subnet(
        &self,
        cloud: &dyn ComputeProvider,
        location: &LocationSpec,
        name: &Name,
        network: &str,
    ) {
        let step = self.making(location, Thing::Subnet, name.as_str());
        let (Some(step), Some(group)) = (step, cloud.networks()) else { return };
        let Some(place) = location.places.first() else { return };
        let owner = self.owner().clone();
        let spec = SubnetSpec::new(network, name.clone(), owner, place, location.range);
        self.run(step, async {
            let (terms, call) = (&self.job.terms, self.job.terms.call());
            let made = |call| group.create_subnet(&spec, call);
            let creation = terms.again(call, made).await?;
            terms.created(cloud, &creation, call).await?;
            self.keep_wires(location, network, &creation.id);
            Ok(Done { adopted: creation.adopted, note: None })
        })
        .await;
    }

    async fn opening(
        &self,
        cloud: &dyn ComputeProvider,
        location: &LocationSpec,
        name: &Name,
        network: &str,
    ) {
        let step = self.making(location, Thing::Opening, name.as_str());
        let (Some(step), Some(group)) = (step, cloud.openings()) else { return };
        let spec = OpeningSpec::everything(name.clone(), self.owner().clone(), network);
        self.run(step, async {
            let (terms, call) = (&self.job.terms, self.job.terms.call());
            let made = |call| group.open(&spec, call);
            let creation = terms.again(call, made).await?;
            terms.created(cloud, &creation, call).await?;
            Ok(Done { adopted: creation.adopted, note: None })
        })
        .await;
    }

    async fn addresses(&self, cloud: &dyn ComputeProvider, location: &LocationSpec) {
        let Some(group) = cloud.addresses() else { return };
        let Some(place) = location.places.first() else { return };
        let steps = self.steps(|step| {
            step.thing == Thing::Address
                && step.action != Action::Delete
                && step.location.as_deref() == Some(location.name.as_str())
        });
        let work = steps.into_iter().map(|(number, step)| async move {
            let work = async {
                let call = self.job.terms.call();
                if let (Action::Create, Some(id)) = (&step.action, &step.id) {
                    self.release(cloud, group, id, call).await?;
                }
                let adopted = self.reserve(cloud, group, &step.name, place, call).await?;
                Ok(Done { adopted, note: None })
            };
            self.run((number, step), work).await
        });
        join_all(work).await;
    }

    /// Gives an address back.
    pub(super) async fn release(
        &self,
        cloud: &dyn ComputeProvider,
        group: &dyn Addresses,
        id: &str,
        call: Call,
    ) -> Result<(), Error> {
        let released = |call| group.release(id, call);
        let ticket = self.job.terms.again(call, released).await?;
        self.job.terms.settled(cloud, ticket.as_ref(), call).await?;
        Ok(())
    }

    /// Reserves the address of a server and finds out which it is; whether it was there already.
    pub(super) async fn reserve(
        &self,
        cloud: &dyn ComputeProvider,
        group: &dyn Addresses,
        name: &str,
        place: &str,
        call: Call,
    ) -> Result<bool, Error> {
        let terms = &self.job.terms;
        let wrong = |failure| Error::new(cloud.id(), format!("reserve address {name}"), failure);
        let parsed = Name::parse(name).map_err(|error| wrong(error.into()))?;
        let spec = AddressSpec::new(parsed, self.owner().clone(), place);
        let reserved = |call| group.reserve(&spec, call);
        let creation = terms.again(call, reserved).await?;
        terms.created(cloud, &creation, call).await?;
        loop {
            let all = group.addresses(Some(self.owner()), call).await?;
            let found = all.into_iter().find(|address| address.name == name);
            if let Some(address) = found
                && let Some(IpAddr::V4(v4)) = address.address
            {
                let reserved = Reserved { id: address.id, region: address.region, address: v4 };
                self.keep_address(name, reserved);
                return Ok(creation.adopted);
            }
            if !terms.rest(call.deadline).await {
                let text = "it is reserved, and the provider does not show which address it is";
                let failure = Failure::new(Kind::Timeout, text).retry(Retry::Later);
                return Err(wrong(failure.maybe_applied()));
            }
        }
    }

    /// Keys for new servers, at all providers that keep them.
    pub(super) async fn keys(&self) {
        let steps = self.steps(|step| step.thing == Thing::Key && step.action == Action::Create);
        // One after the other: that is few requests, and the same key may be listed twice.
        for (number, step) in steps {
            let Some((cloud, _)) = self.at(&step.provider) else { continue };
            let (Some(group), Some(key)) = (cloud.keys(), self.key(step)) else { continue };
            let work = async {
                let call = self.job.terms.call();
                if let Some(id) = &step.id {
                    group.forget(id, call).await?;
                }
                let kept = |call| group.keep(&key, self.owner(), call);
                self.job.terms.again(call, kept).await?;
                Ok(Done::default())
            };
            self.run((number, step), work).await;
        }
    }

    /// The key of a step, under the name it is kept by.
    fn key(&self, step: &Step) -> Option<SshKey> {
        self.stored_keys().into_iter().find(|key| key.name.as_str() == step.name)
    }

    /// All keys, under the names they are kept by.
    pub(super) fn stored_keys(&self) -> Vec<SshKey> {
        let keys = self.job.blueprint.keys.iter();
        let stored = keys.filter_map(|key| {
            let name = names::key(self.owner(), &key.name).ok()?;
            Some(SshKey { name, ..key.clone() })
        });
        stored.collect()
    }

    /// Removes what is not wanted any more, what uses something before what is used.
    pub(super) async fn surplus(&self) {
        let phases: [&[Thing]; 4] = [
            &[Thing::Server],
            &[Thing::Opening, Thing::Address, Thing::Key],
            &[Thing::Subnet],
            &[Thing::Network],
        ];
        for things in phases {
            let steps =
                self.steps(|step| step.action == Action::Delete && things.contains(&step.thing));
            let work = steps.into_iter().filter_map(|(number, step)| {
                let (cloud, _) = self.at(&step.provider)?;
                let id = step.id.as_deref()?;
                Some(self.run((number, step), async move {
                    remove(cloud, step.thing, id, &self.job.terms).await?;
                    Ok(Done::default())
                }))
            });
            if join_all(work).await.contains(&false) {
                return;
            }
        }
    }
}
