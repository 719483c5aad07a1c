//! What servers stand on: networks, subnets, openings, reserved addresses, keys.
use super::{Draft, reserved, whose};
use crate::blueprint::model::LocationSpec;
use crate::blueprint::names;
use crate::blueprint::seen::Inventory;
use crate::blueprint::step::{Action, Step, Thing};
use crate::key::material;
use crate::network::Network;

impl Draft<'_> {
    pub(super) fn ground(&mut self, location: &LocationSpec, inventory: &Inventory) {
        let Ok(name) = names::ground(self.owner(), &location.name) else { return };
        let name = name.to_string();
        self.overlaps(location, inventory, &name);
        let network = inventory.networks.iter().find(|network| network.name == name);
        match network {
            None => {
                let range = location.range.to_string();
                self.step(Action::Create, Thing::Network, location, &name, range, "not there yet");
                self.subnet_step(location, &name);
            }
            Some(network) if !self.is_ours(network.owner.as_deref()) => {
                self.taken(location, Thing::Network, &name, network.owner.as_deref());
            }
            Some(network) => self.subnet(location, network, inventory, &name),
        }
        let opening = inventory.openings.iter().find(|opening| opening.name == name);
        match opening {
            None => {
                let detail = "all IPv4 to the servers, which filter themselves";
                self.step(Action::Create, Thing::Opening, location, &name, detail, "not there yet");
            }
            Some(opening) if !self.is_ours(opening.owner.as_deref()) => {
                self.taken(location, Thing::Opening, &name, opening.owner.as_deref());
            }
            Some(_) => {}
        }
        self.addresses(location, inventory);
    }

    fn subnet_step(&mut self, location: &LocationSpec, name: &str) {
        let range = location.range.to_string();
        self.step(Action::Create, Thing::Subnet, location, name, range, "not there yet");
    }

    fn subnet(
        &mut self,
        location: &LocationSpec,
        network: &Network,
        inventory: &Inventory,
        name: &str,
    ) {
        let provider = &location.provider;
        let other = network.range.filter(|range| !range.covers(&location.range));
        let other = other.or_else(|| {
            let subnets = network.subnets.iter().map(|subnet| subnet.range);
            subnets.into_iter().find(|range| *range != location.range)
        });
        if let Some(other) = other {
            let text = format!(
                "the network has {other} and shall have {}; that cannot be changed while servers \
                 stand in it. Put the range back, or give the location another name",
                location.range
            );
            return self.block(provider, Some(location), name, text);
        }
        let Some(subnet) = network.subnets.first() else {
            return self.subnet_step(location, name);
        };
        let place = location.places.first().and_then(|place| inventory.place(place));
        if let Some(place) = place.filter(|place| place.region != subnet.region) {
            let text = format!(
                "the subnet is in {} and {} in {}; put the places back, or give the location \
                 another name",
                subnet.region, place.name, place.region
            );
            self.block(provider, Some(location), name, text);
        }
    }

    /// Somebody else's networks with the same addresses.
    fn overlaps(&mut self, location: &LocationSpec, inventory: &Inventory, name: &str) {
        for network in &inventory.networks {
            if self.is_ours(network.owner.as_deref()) || network.name == name {
                continue;
            }
            let subnets = network.subnets.iter().map(|subnet| subnet.range);
            let ranges = network.range.into_iter().chain(subnets);
            if let Some(range) = ranges.into_iter().find(|range| range.overlaps(&location.range)) {
                let text = format!(
                    "it overlaps {range} of the network {}, which is {}; choose another range",
                    network.name,
                    whose(network.owner.as_deref())
                );
                let about = location.range.to_string();
                self.block(&location.provider, Some(location), &about, text);
            }
        }
    }

    fn addresses(&mut self, location: &LocationSpec, inventory: &Inventory) {
        for wanted in self.blueprint.wanted() {
            if wanted.location.name != location.name {
                continue;
            }
            let name = wanted.name.to_string();
            let Some(address) = reserved(inventory, self.owner(), &wanted.name) else {
                let foreign = inventory.addresses.iter().find(|address| address.name == name);
                if let Some(foreign) = foreign {
                    self.taken(location, Thing::Address, &name, foreign.owner.as_deref());
                } else {
                    let detail = "one public IPv4 address";
                    self.step(
                        Action::Create,
                        Thing::Address,
                        location,
                        &name,
                        detail,
                        "not there yet",
                    );
                }
                continue;
            };
            let server = address
                .server
                .as_ref()
                .and_then(|id| inventory.servers.iter().find(|server| server.id == *id));
            if let Some(server) = server {
                if server.name != name {
                    let text = format!("its address is in use by {}; take it away", server.name);
                    self.block(&location.provider, Some(location), &name, text);
                }
            } else if !location.places.iter().any(|p| inventory.reaches(&address.region, p)) {
                let reason =
                    format!("the one that is there can be used in {} only", address.region);
                let detail = "one public IPv4 address";
                let id = address.id.clone();
                self.step(Action::Create, Thing::Address, location, &name, detail, reason).id =
                    Some(id);
            } else if address.address.is_none() {
                let reason = "it is still being reserved";
                self.step(Action::Adopt, Thing::Address, location, &name, "", reason);
            }
        }
    }

    pub(super) fn keys(&mut self, provider: &str, inventory: &Inventory) {
        let Some(kept) = &inventory.keys else { return };
        for key in &self.blueprint.keys {
            if kept.iter().any(|kept| material(&kept.public_key) == key.material()) {
                continue;
            }
            let Ok(name) = names::key(self.owner(), &key.name) else { continue };
            let holder = kept.iter().find(|kept| kept.name == name.as_str());
            if let Some(holder) = holder
                && !self.is_ours(holder.owner.as_deref())
            {
                let text = format!(
                    "another key is kept under this name, and it is {}; rename yours",
                    whose(holder.owner.as_deref())
                );
                self.block(provider, None, name.as_str(), text);
                continue;
            }
            self.steps.push(Step {
                action: Action::Create,
                thing: Thing::Key,
                provider: provider.to_owned(),
                location: None,
                name: name.to_string(),
                detail: format!("for {}", key.user),
                reason: holder.map_or("not there yet", |_| "it is another key now").to_owned(),
                id: holder.map(|holder| holder.id.clone()),
            });
        }
    }

    pub(super) fn taken(
        &mut self,
        location: &LocationSpec,
        thing: Thing,
        name: &str,
        owner: Option<&str>,
    ) {
        let text = format!(
            "there is another {} of this name, and it is {}; it is left alone. Rename it, or \
             choose another owner or location name",
            thing.word(),
            whose(owner)
        );
        self.block(&location.provider, Some(location), name, text);
    }
}
