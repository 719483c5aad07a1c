//! Making one server, in the first of its places that has capacity.
use cloud_http::{Call, Error, Failure, Kind};

use super::round::{Done, Reserved, Round};
use crate::blueprint::event::Happened;
use crate::blueprint::labels;
use crate::blueprint::names::Wanted;
use crate::blueprint::scripts::{of_keys, of_script, of_system};
use crate::blueprint::seen::Inventory;
use crate::blueprint::step::{Action, Step};
use crate::provider::ComputeProvider;
use crate::server::{Attachment, PublicV4, ServerSpec};

impl Round<'_> {
    /// Makes a server, or finishes one.
    pub(super) async fn make(
        &self,
        cloud: &dyn ComputeProvider,
        inventory: &Inventory,
        wanted: &Wanted<'_>,
        step: &Step,
    ) -> Result<Done, Error> {
        let places = self.places(inventory, wanted, step);
        let (mut without, mut elsewhere) = (Vec::new(), Vec::new());
        for (number, place) in places.iter().enumerate() {
            let error = match self.make_at(cloud, inventory, wanted, place).await {
                Ok(adopted) => return Ok(Done { adopted, note: moved(place, &without) }),
                Err(error) if error.failure.kind == Kind::NoCapacity => error,
                Err(error) => return Err(error),
            };
            without.push(place.clone());
            elsewhere.extend(error.failure.alternatives.iter().cloned());
            if let Some(to) = places.get(number + 1) {
                let (from, to, failure) = (place.clone(), to.clone(), error.failure);
                self.tell(step, Happened::NextPlace { from, to, failure });
            }
        }
        Err(nowhere(cloud, wanted, &without, elsewhere))
    }

    /// The places to try: an unfinished server's own; else all, beginning where its address is.
    fn places(&self, inventory: &Inventory, wanted: &Wanted<'_>, step: &Step) -> Vec<String> {
        if step.action == Action::Adopt {
            let begun = inventory.servers.iter().find(|one| Some(&one.id) == step.id.as_ref());
            if let Some(server) = begun {
                return vec![server.place.clone()];
            }
        }
        let mut places = wanted.location.places.clone();
        let region = self.address(wanted.name.as_str()).map(|reserved| reserved.region);
        let begin = region
            .and_then(|region| places.iter().position(|place| inventory.reaches(&region, place)));
        places.rotate_left(begin.unwrap_or(0));
        places
    }

    /// Makes it at one place; whether it was there already.
    async fn make_at(
        &self,
        cloud: &dyn ComputeProvider,
        inventory: &Inventory,
        wanted: &Wanted<'_>,
        place: &str,
    ) -> Result<bool, Error> {
        let (terms, call) = (&self.job.terms, self.job.terms.call());
        let address = self.address_at(cloud, inventory, wanted, place, call).await?;
        let spec = self.spec(cloud, inventory, wanted, place, &address)?;
        let created = |call| cloud.create(&spec, call);
        let creation = terms.again(call, created).await?;
        if let Err(error) = terms.created(cloud, &creation, call).await {
            if error.failure.kind == Kind::NoCapacity {
                self.clear(cloud, &creation.id).await?;
            }
            return Err(error);
        }
        // Only now: whoever finds it without this finishes it.
        self.relabel(cloud, &creation.id, labels::made(std::collections::BTreeMap::new())).await?;
        Ok(creation.adopted)
    }

    /// A server that found no capacity after it had been accepted must not be left.
    async fn clear(&self, cloud: &dyn ComputeProvider, id: &str) -> Result<(), Error> {
        let (terms, call) = (&self.job.terms, self.job.terms.call());
        if cloud.server(id, call).await?.is_none() {
            return Ok(());
        }
        let removed = |call| cloud.delete(id, call);
        let ticket = terms.again(call, removed).await?;
        terms.settled(cloud, ticket.as_ref(), call).await?;
        Ok(())
    }

    /// The server's address, another one if the first cannot be used at this place.
    async fn address_at(
        &self,
        cloud: &dyn ComputeProvider,
        inventory: &Inventory,
        wanted: &Wanted<'_>,
        place: &str,
        call: Call,
    ) -> Result<Option<Reserved>, Error> {
        let (Some(group), name) = (cloud.addresses(), wanted.name.as_str()) else {
            return Ok(None);
        };
        if let Some(reserved) = self.address(name) {
            if inventory.reaches(&reserved.region, place) {
                return Ok(Some(reserved));
            }
            self.release(cloud, group, &reserved.id, call).await?;
        }
        self.reserve(cloud, group, name, place, call).await?;
        Ok(self.address(name))
    }

    fn spec(
        &self,
        cloud: &dyn ComputeProvider,
        inventory: &Inventory,
        wanted: &Wanted<'_>,
        place: &str,
        address: &Option<Reserved>,
    ) -> Result<ServerSpec, Error> {
        let (location, servers) = (wanted.location, wanted.servers);
        let blueprint = self.job.blueprint;
        let (name, owner) = (wanted.name.clone(), blueprint.owner.clone());
        let mut spec = ServerSpec::new(name, owner, place, &servers.machine, &location.image);
        spec.disk_gb = servers.disk_gb.filter(|_| inventory.rules.disks);
        spec.ssh_keys = self.stored_keys();
        spec.boot_script = self.script(cloud, wanted)?;
        if let Some((network, subnet)) = self.wires(location) {
            spec.attachments.push(Attachment::new(network, subnet).address(wanted.private));
        } else if cloud.networks().is_some() {
            let text = "its network is not there";
            let failure = Failure::new(Kind::NotFound, text);
            return Err(Error::new(cloud.id(), format!("create server {}", wanted.name), failure));
        }
        if let Some(address) = address {
            spec.public_v4 = PublicV4::Reserved(address.id.clone());
        }
        spec.labels = labels::making(labels::place(location, servers.role));
        let digests = [
            (labels::SCRIPT, of_script(spec.boot_script.as_ref())),
            (labels::KEYS, of_keys(&blueprint.keys)),
            (labels::SYSTEM, of_system(&location.image, servers.disk_gb)),
        ];
        spec.labels.extend(digests.map(|(key, value)| (key.to_owned(), value)));
        Ok(spec)
    }
}

fn moved(place: &str, without: &[String]) -> Option<String> {
    let all = without.join(", ");
    (!without.is_empty()).then(|| format!("at {place}, since there was no capacity at {all}"))
}

fn nowhere(
    cloud: &dyn ComputeProvider,
    wanted: &Wanted<'_>,
    without: &[String],
    mut elsewhere: Vec<String>,
) -> Error {
    elsewhere.retain(|place| !without.contains(place));
    elsewhere.sort();
    elsewhere.dedup();
    let machine = &wanted.servers.machine;
    let known = match elsewhere.is_empty() {
        true => "the provider names no place that has any".to_owned(),
        false => format!("the provider has some at {}", elsewhere.join(", ")),
    };
    let text = format!("no capacity for {machine} at {}; {known}", without.join(", "));
    let failure = Failure::new(Kind::NoCapacity, text).alternatives(elsewhere);
    Error::new(cloud.id(), format!("create server {}", wanted.name), failure)
}
