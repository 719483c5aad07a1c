//! Networks, openings, addresses, keys, boot data, console and prices in memory.
use std::net::IpAddr;

use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind};
use secrecy::SecretString;

use super::{MemoryCloud, Todo, missing, taken};
use crate::address::{Address, AddressSpec};
use crate::key::{SshKey, StoredKey, material};
use crate::name::Owner;
use crate::network::{Network, NetworkSpec, Subnet, SubnetSpec};
use crate::opening::{Opening, OpeningSpec};
use crate::price::Prices;
use crate::provider::{Addresses, BootData, Console, Keys, Networks, Openings, Output, Pricing};
use crate::ticket::{Creation, Ticket};
use crate::validate;

fn is_of(owner: Option<&Owner>, theirs: Option<&str>) -> bool {
    owner.is_none_or(|owner| theirs == Some(owner.as_str()))
}

fn busy(text: String) -> Failure {
    Failure::new(Kind::Busy, text)
}

/// What to answer when something of this name and owner is there already.
fn adopt<D>(
    what: &str,
    name: &str,
    owner: &Owner,
    found: Option<(&str, Option<&str>)>,
    otherwise: D,
) -> Result<Todo<Creation, D>, Failure> {
    match found {
        None => Ok(Todo::Do(otherwise)),
        Some((id, theirs)) if is_of(Some(owner), theirs) => {
            Ok(Todo::Nothing(Creation::adopted(id, None)))
        }
        Some((_, theirs)) => Err(taken(what, name, theirs)),
    }
}

#[async_trait]
impl Networks for MemoryCloud {
    async fn networks(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Network>, Error> {
        self.read("list networks", call, |store| {
            let wanted = |network: &&Network| is_of(owner, network.owner.as_deref());
            Ok(store.networks.values().filter(wanted).cloned().collect())
        })
    }

    async fn create_network(&self, spec: &NetworkSpec, call: Call) -> Result<Creation, Error> {
        let operation = format!("create network {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&operation, failure))?;
        let name = spec.name.as_str();
        self.write(
            &operation,
            call,
            |store| {
                let found = store.networks.values().find(|network| network.name == name);
                let found = found.map(|network| (network.id.as_str(), network.owner.as_deref()));
                adopt("network", name, &spec.owner, found, ())
            },
            |store, ()| {
                let mut network = Network::new(format!("network-{}", store.next()), name);
                network.owner = Some(spec.owner.to_string());
                network.range = Some(spec.range);
                let id = network.id.clone();
                store.networks.insert(id.clone(), network);
                Ok(Creation::new(id, None))
            },
        )
    }

    async fn create_subnet(&self, spec: &SubnetSpec, call: Call) -> Result<Creation, Error> {
        let operation = format!("create subnet {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&operation, failure))?;
        self.write(
            &operation,
            call,
            |store| {
                let network = store.networks.get(&spec.network);
                let network = network.ok_or_else(|| missing("network", &spec.network))?;
                let place = store.places.iter().find(|p| p.name == spec.place);
                let place = place.ok_or_else(|| missing("place", &spec.place))?;
                if let Some(same) = network.subnets.iter().find(|s| s.range == spec.range) {
                    return Ok(Todo::Nothing(Creation::adopted(&same.id, None)));
                }
                if network.range.is_some_and(|range| !range.covers(&spec.range)) {
                    let text = format!("{} is not in the range of the network", spec.range);
                    return Err(Failure::new(Kind::Invalid, text));
                }
                if let Some(other) = network.subnets.iter().find(|s| s.range.overlaps(&spec.range))
                {
                    let text = format!("{} overlaps {}", spec.range, other.range);
                    return Err(Failure::new(Kind::Invalid, text));
                }
                Ok(Todo::Do(place.region.clone()))
            },
            |store, region| {
                let id = format!("subnet-{}", store.next());
                if let Some(network) = store.networks.get_mut(&spec.network) {
                    network.subnets.push(Subnet::new(&id, spec.name.as_str(), region, spec.range));
                }
                Ok(Creation::new(id, None))
            },
        )
    }

    async fn delete_subnet(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &format!("delete subnet {id}"),
            call,
            |store| {
                let owns = |network: &&Network| network.subnets.iter().any(|s| s.id == id);
                let Some(network) = store.networks.values().find(owns) else {
                    return Ok(Todo::Nothing(None));
                };
                let range = network.subnets.iter().find(|s| s.id == id).map(|s| s.range);
                let inside = |entry: &&super::store::Entry| {
                    let mut private = entry.server.private.iter();
                    private.any(|p| {
                        p.network == network.id && range.is_some_and(|r| r.holds(p.address))
                    })
                };
                if let Some(entry) = store.servers.values().find(inside) {
                    let text = format!("server {} is in subnet {id}", entry.server.name);
                    return Err(busy(text));
                }
                Ok(Todo::Do(network.id.clone()))
            },
            |store, network| {
                if let Some(network) = store.networks.get_mut(&network) {
                    network.subnets.retain(|subnet| subnet.id != id);
                }
                Ok(None)
            },
        )
    }

    async fn delete_network(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &format!("delete network {id}"),
            call,
            |store| match store.networks.get(id) {
                None => Ok(Todo::Nothing(None)),
                Some(network) if !network.subnets.is_empty() => {
                    Err(busy(format!("network {id} still has subnets")))
                }
                Some(_) => Ok(Todo::Do(())),
            },
            |store, ()| {
                store.networks.remove(id);
                Ok(None)
            },
        )
    }
}

#[async_trait]
impl Openings for MemoryCloud {
    async fn openings(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Opening>, Error> {
        self.read("list openings", call, |store| {
            let wanted = |opening: &&Opening| is_of(owner, opening.owner.as_deref());
            Ok(store.openings.values().filter(wanted).cloned().collect())
        })
    }

    async fn open(&self, spec: &OpeningSpec, call: Call) -> Result<Creation, Error> {
        let operation = format!("create opening {}", spec.name);
        spec.validate().map_err(|failure| self.error(&operation, failure))?;
        let name = spec.name.as_str();
        self.write(
            &operation,
            call,
            |store| {
                let found = store.openings.values().find(|opening| opening.name == name);
                let found = found.map(|opening| (opening.id.as_str(), opening.owner.as_deref()));
                adopt("opening", name, &spec.owner, found, ())
            },
            |store, ()| {
                let mut opening = Opening::new(format!("opening-{}", store.next()), name);
                opening.owner = Some(spec.owner.to_string());
                opening.traffic.clone_from(&spec.traffic);
                opening.sources.clone_from(&spec.sources);
                let id = opening.id.clone();
                store.openings.insert(id.clone(), opening);
                Ok(Creation::new(id, None))
            },
        )
    }

    async fn close(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &format!("remove opening {id}"),
            call,
            |store| {
                let there = store.openings.contains_key(id);
                Ok(if there { Todo::Do(()) } else { Todo::Nothing(None) })
            },
            |store, ()| {
                store.openings.remove(id);
                Ok(None)
            },
        )
    }
}

#[async_trait]
impl Addresses for MemoryCloud {
    async fn addresses(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Address>, Error> {
        self.read("list addresses", call, |store| {
            let wanted = |address: &&Address| is_of(owner, address.owner.as_deref());
            Ok(store.addresses.values().filter(wanted).cloned().collect())
        })
    }

    async fn reserve(&self, spec: &AddressSpec, call: Call) -> Result<Creation, Error> {
        let operation = format!("reserve address {}", spec.name);
        let name = spec.name.as_str();
        self.write(
            &operation,
            call,
            |store| {
                let place = store.places.iter().find(|place| place.name == spec.place);
                let region = place.ok_or_else(|| missing("place", &spec.place))?.region.clone();
                let found = store.addresses.values().find(|address| address.name == name);
                let found = found.map(|address| (address.id.as_str(), address.owner.as_deref()));
                adopt("address", name, &spec.owner, found, region)
            },
            |store, region| {
                let id = format!("address-{}", store.next());
                let ip = IpAddr::V4(store.fresh_address());
                let mut address = Address::new(&id, name, region, Some(ip));
                address.owner = Some(spec.owner.to_string());
                store.addresses.insert(id.clone(), address);
                Ok(Creation::new(id, None))
            },
        )
    }

    async fn release(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &format!("release address {id}"),
            call,
            |store| match store.addresses.get(id) {
                None => Ok(Todo::Nothing(None)),
                Some(Address { server: Some(server), .. }) => {
                    Err(busy(format!("address {id} is used by {server}")))
                }
                Some(_) => Ok(Todo::Do(())),
            },
            |store, ()| {
                store.addresses.remove(id);
                Ok(None)
            },
        )
    }
}

#[async_trait]
impl Keys for MemoryCloud {
    async fn keys(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<StoredKey>, Error> {
        self.read("list keys", call, |store| {
            let wanted = |key: &&StoredKey| is_of(owner, key.owner.as_deref());
            Ok(store.keys.values().filter(wanted).cloned().collect())
        })
    }

    async fn keep(&self, key: &SshKey, owner: &Owner, call: Call) -> Result<StoredKey, Error> {
        let operation = format!("keep key {}", key.name);
        key.check().map_err(|failure| self.error(&operation, failure))?;
        self.write(
            &operation,
            call,
            |store| {
                let mut all = store.keys.values();
                if let Some(same) = all.find(|k| material(&k.public_key) == key.material()) {
                    return Ok(Todo::Nothing(same.clone()));
                }
                match store.keys.values().find(|kept| kept.name == key.name.as_str()) {
                    Some(other) => Err(taken("key", &other.name, other.owner.as_deref())),
                    None => Ok(Todo::Do(())),
                }
            },
            |store, ()| {
                let id = format!("key-{}", store.next());
                let mut kept = StoredKey::new(&id, key.name.as_str(), &key.public_key);
                kept.owner = Some(owner.to_string());
                store.keys.insert(id, kept.clone());
                Ok(kept)
            },
        )
    }

    async fn forget(&self, id: &str, call: Call) -> Result<bool, Error> {
        self.write(
            &format!("forget key {id}"),
            call,
            |store| {
                Ok(if store.keys.contains_key(id) { Todo::Do(()) } else { Todo::Nothing(false) })
            },
            |store, ()| Ok(store.keys.remove(id).is_some()),
        )
    }
}

impl MemoryCloud {
    fn rewrite(&self, what: &str, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        self.write(
            &format!("set the {what} of server {id}"),
            call,
            |store| match store.servers.get(id) {
                None => Err(missing("server", id)),
                Some(_) => Ok(Todo::Do(())),
            },
            |store, ()| {
                if let Some(entry) = store.servers.get_mut(id) {
                    entry.console.push_str("boot data changed\n");
                }
                Ok(None)
            },
        )
    }
}

#[async_trait]
impl BootData for MemoryCloud {
    async fn set_boot_script(
        &self,
        id: &str,
        script: &SecretString,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        validate::check_script(script, &self.rules)
            .map_err(|failure| self.error("set a boot script", failure))?;
        self.rewrite("boot script", id, call)
    }

    async fn set_ssh_keys(
        &self,
        id: &str,
        keys: &[SshKey],
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let checked = keys.iter().try_for_each(SshKey::check);
        checked.map_err(|failure| self.error("set ssh keys", failure))?;
        self.rewrite("ssh keys", id, call)
    }
}

#[async_trait]
impl Console for MemoryCloud {
    async fn output(&self, id: &str, start: u64, call: Call) -> Result<Output, Error> {
        self.read("read a console", call, |store| {
            let entry = store.servers.get(id).ok_or_else(|| missing("server", id))?;
            let text = entry.console.as_str();
            let from = usize::try_from(start).unwrap_or(usize::MAX).min(text.len());
            Ok(Output::new(from as u64, text.len() as u64, text.get(from..).unwrap_or_default()))
        })
    }
}

#[async_trait]
impl Pricing for MemoryCloud {
    async fn prices(&self, call: Call) -> Result<Prices, Error> {
        self.read("read prices", call, |store| Ok(Prices::new("EUR", store.prices.clone())))
    }
}
