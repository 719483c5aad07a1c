//! Servers in memory.
use std::collections::BTreeMap;

use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind};

use super::store::{Entry, Standing, Step, Store};
use super::{MemoryCloud, Todo, late, missing, taken};
use crate::labels;
use crate::name::Owner;
use crate::place::{Image, Machine, Place};
use crate::provider::{
    Addresses, BootData, ComputeProvider, Console, Keys, Networks, Openings, Pricing, Rules,
};
use crate::server::{Power, PrivateAddress, PublicV4, Server, ServerSpec, Status};
use crate::ticket::{Creation, Settled, Ticket};

impl MemoryCloud {
    /// Looks whether `spec` can be made, and whether it has been.
    fn prepare(&self, store: &Store, spec: &ServerSpec) -> Result<Todo<Creation, ()>, Failure> {
        let name = spec.name.as_str();
        if let Some(entry) = store.servers.values().find(|entry| entry.server.name == name) {
            let server = &entry.server;
            if !server.belongs_to(&spec.owner) {
                return Err(taken("server", name, server.owner.as_deref()));
            }
            let ticket = store.open_work(&server.id).map(|number| self.ticket(number));
            return Ok(Todo::Nothing(Creation::adopted(&server.id, ticket)));
        }
        store.known_machine(&spec.place, &spec.machine)?;
        if !store.images.iter().any(|image| image.name == spec.image) {
            return Err(missing("image", &spec.image));
        }
        for attachment in &spec.attachments {
            let network = store.networks.get(&attachment.network);
            let network = network.ok_or_else(|| missing("network", &attachment.network))?;
            let subnet = network.subnets.iter().find(|subnet| subnet.id == attachment.subnet);
            let subnet = subnet.ok_or_else(|| missing("subnet", &attachment.subnet))?;
            if attachment.address.is_some_and(|address| !subnet.range.holds(address)) {
                let text = format!("the address is not in {}", subnet.range);
                return Err(Failure::new(Kind::Invalid, text));
            }
        }
        if let PublicV4::Reserved(id) = &spec.public_v4 {
            let address = store.addresses.get(id).ok_or_else(|| missing("address", id))?;
            if address.server.is_some() {
                let text = format!("the address {} is in use", address.name);
                return Err(Failure::new(Kind::Busy, text));
            }
        }
        if store.servers_max.is_some_and(|most| store.servers.len() >= most) {
            let text = format!("the quota of {} servers is used up", store.servers.len());
            return Err(Failure::new(Kind::Quota, text));
        }
        store.room(&spec.place, &spec.machine)?;
        Ok(Todo::Do(()))
    }

    fn make(&self, store: &mut Store, spec: &ServerSpec) -> Creation {
        let id = format!("server-{}", store.next());
        let mut server = Server::new(&id, spec.name.as_str(), &spec.place, &spec.machine);
        server.status = Status::Starting;
        let marked = labels::mark(&spec.owner, &spec.tags, &spec.labels);
        (server.owner, server.tags, server.labels) = labels::unmark(marked);
        let mut reserved = false;
        match &spec.public_v4 {
            PublicV4::None => {}
            PublicV4::Ephemeral => server.public_v4 = Some(store.fresh_address()),
            PublicV4::Reserved(address) => {
                reserved = true;
                if let Some(address) = store.addresses.get_mut(address) {
                    address.server = Some(id.clone());
                    if let Some(std::net::IpAddr::V4(v4)) = address.address {
                        server.public_v4 = Some(v4);
                    }
                }
            }
        }
        for (index, attachment) in (2..).zip(&spec.attachments) {
            let subnets = store.networks.get(&attachment.network).map(|n| n.subnets.as_slice());
            let subnet = subnets.into_iter().flatten().find(|s| s.id == attachment.subnet);
            let index = index + u32::try_from(store.servers.len()).unwrap_or_default();
            let any = subnet.and_then(|subnet| subnet.range.nth(index));
            if let Some(address) = attachment.address.or(any) {
                server.private.push(PrivateAddress::new(&attachment.network, address));
            }
        }
        let public = spec.public_v4 != PublicV4::None;
        let entry = Entry { server, reserved, public, console: String::new() };
        store.servers.insert(id.clone(), entry);
        let now = self.clock.now();
        let number = store.begin(&id, Step::Run, Status::Starting, now, true);
        Creation::new(id, Some(self.ticket(number)))
    }

    /// Begins `step` on a server, which shows `status` meanwhile.
    fn begin(&self, store: &mut Store, id: &str, step: Step, status: Status) -> Ticket {
        let number = store.begin(id, step, status, self.clock.now(), false);
        self.ticket(number)
    }

    fn doing(&self, what: &str, id: &str) -> String {
        format!("{what} server {id}")
    }
}

fn known<'a>(store: &'a Store, id: &str) -> Result<&'a Server, Failure> {
    store.servers.get(id).map(|entry| &entry.server).ok_or_else(|| missing("server", id))
}

#[async_trait]
impl ComputeProvider for MemoryCloud {
    fn id(&self) -> &str {
        &self.id
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    async fn places(&self, call: Call) -> Result<Vec<Place>, Error> {
        self.read("list places", call, |store| Ok(store.places.clone()))
    }

    async fn machines(&self, place: &str, call: Call) -> Result<Vec<Machine>, Error> {
        self.read("list machine types", call, |store| {
            if !store.places.iter().any(|known| known.name == place) {
                return Err(missing("place", place));
            }
            let here = store.machines.iter().filter(|machine| machine.place == place);
            Ok(here.cloned().collect())
        })
    }

    async fn image(&self, name: &str, call: Call) -> Result<Option<Image>, Error> {
        self.read("look for an image", call, |store| {
            Ok(store.images.iter().find(|image| image.name == name).cloned())
        })
    }

    async fn servers(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Server>, Error> {
        self.read("list servers", call, |store| {
            let all = store.servers.values().map(|entry| &entry.server);
            let wanted = |server: &&Server| owner.is_none_or(|owner| server.belongs_to(owner));
            Ok(all.filter(wanted).cloned().collect())
        })
    }

    async fn server(&self, id: &str, call: Call) -> Result<Option<Server>, Error> {
        self.read(&self.doing("read", id), call, |store| {
            Ok(store.servers.get(id).map(|entry| entry.server.clone()))
        })
    }

    async fn create(&self, spec: &ServerSpec, call: Call) -> Result<Creation, Error> {
        let operation = format!("create server {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&operation, failure))?;
        self.write(
            &operation,
            call,
            |store| self.prepare(store, spec),
            |store, ()| Ok(self.make(store, spec)),
        )
    }

    async fn delete(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &self.doing("delete", id),
            call,
            |store| {
                Ok(if store.servers.contains_key(id) { Todo::Do(()) } else { Todo::Nothing(None) })
            },
            |store, ()| Ok(Some(self.begin(store, id, Step::Remove, Status::Deleting))),
        )
    }

    async fn power(&self, id: &str, power: Power, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &self.doing("switch", id),
            call,
            |store| {
                let on = match known(store, id)?.status {
                    Status::Running => true,
                    Status::Off => false,
                    _ => return Ok(Todo::Do(())),
                };
                match (power, on) {
                    (Power::Start, true) | (Power::Shutdown | Power::PowerOff, false) => {
                        Ok(Todo::Nothing(None))
                    }
                    (Power::Reboot | Power::Reset, false) => {
                        let text = format!("server {id} is off; start it");
                        Err(Failure::new(Kind::Invalid, text))
                    }
                    _ => Ok(Todo::Do(())),
                }
            },
            |store, ()| {
                let (step, status) = match power {
                    Power::Start => (Step::Run, Status::Starting),
                    Power::Shutdown if store.faults.stubborn() => (Step::Never, Status::Running),
                    Power::Shutdown | Power::PowerOff => (Step::Stop, Status::Stopping),
                    Power::Reboot => (Step::Cycle, Status::Stopping),
                    Power::Reset => (Step::Nothing, Status::Running),
                };
                Ok(Some(self.begin(store, id, step, status)))
            },
        )
    }

    async fn resize(&self, id: &str, machine: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &self.doing("resize", id),
            call,
            |store| {
                let server = known(store, id)?;
                if server.machine == machine {
                    return Ok(Todo::Nothing(None));
                }
                store.known_machine(&server.place, machine)?;
                store.room(&server.place, machine)?;
                Ok(Todo::Do(server.status != Status::Off))
            },
            |store, start| {
                let step = Step::Resize(machine.to_owned(), start);
                Ok(Some(self.begin(store, id, step, Status::Changing)))
            },
        )
    }

    async fn relabel(
        &self,
        id: &str,
        labels: &BTreeMap<String, String>,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let operation = self.doing("relabel", id);
        labels::check(labels, &[]).map_err(|failure| self.error(&operation, failure))?;
        self.write(
            &operation,
            call,
            |store| {
                let same = known(store, id)?.labels == *labels;
                Ok(if same { Todo::Nothing(None) } else { Todo::Do(()) })
            },
            |store, ()| {
                if let Some(entry) = store.servers.get_mut(id) {
                    entry.server.labels.clone_from(labels);
                }
                Ok(None)
            },
        )
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<Settled, Error> {
        let operation = format!("settle {}", ticket.operation);
        let number = ticket.operation.strip_prefix("work-").and_then(|n| n.parse().ok());
        let number: u64 = number.filter(|_| ticket.provider == self.id).ok_or_else(|| {
            let text = format!("{} of {} is no ticket of mine", ticket.operation, ticket.provider);
            self.error(&operation, Failure::new(Kind::Invalid, text))
        })?;
        loop {
            let now = self.clock.now();
            if now >= call.deadline {
                return Err(self.error(&operation, late().maybe_applied()));
            }
            let standing = {
                let mut store = self.lock();
                store.advance(now);
                store.standing(number)
            };
            match standing {
                None => {
                    let failure = missing("work", &ticket.operation).maybe_applied();
                    return Err(self.error(&operation, failure));
                }
                Some(Standing::Ended(result)) => {
                    return result.map_err(|failure| self.error(&operation, failure));
                }
                Some(Standing::Open(ready)) => {
                    self.clock.sleep_until(ready.min(call.deadline)).await;
                }
                Some(Standing::Never) => self.clock.sleep_until(call.deadline).await,
            }
        }
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

    fn boot_data(&self) -> Option<&dyn BootData> {
        Some(self)
    }

    fn console(&self) -> Option<&dyn Console> {
        Some(self)
    }

    fn pricing(&self) -> Option<&dyn Pricing> {
        Some(self)
    }
}
