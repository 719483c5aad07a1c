//! What carries the owner and is not wanted any more.
use std::collections::BTreeSet;

use super::Draft;
use crate::blueprint::names;
use crate::blueprint::seen::Inventory;
use crate::blueprint::step::{Action, Step, Thing};
use crate::key::material;
use crate::server::Status;

impl Draft<'_> {
    pub(super) fn surplus(&mut self, provider: &str, inventory: &Inventory) {
        let blueprint = self.blueprint;
        let own = || blueprint.locations.iter().filter(|one| one.provider == provider);
        let wanted = blueprint.wanted();
        let wanted = wanted.iter().filter(|one| one.location.provider == provider);
        let hosts: BTreeSet<String> = wanted.map(|one| one.name.to_string()).collect();
        let grounds: BTreeSet<String> = own()
            .filter_map(|location| names::ground(&blueprint.owner, &location.name).ok())
            .map(|name| name.to_string())
            .collect();
        let mut gone = Vec::new();
        let mut seen = BTreeSet::new();
        for server in inventory.servers.iter().filter(|one| self.is_ours(one.owner.as_deref())) {
            // Two of one name can only be in two zones; the plan knows the first.
            let wanted = hosts.contains(&server.name) && seen.insert(&server.name);
            if !wanted && server.status != Status::Deleting {
                let detail = format!("{} at {}", server.machine, server.place);
                gone.push((Thing::Server, server.name.clone(), server.id.clone(), detail));
            }
        }
        for opening in inventory.openings.iter().filter(|one| self.is_ours(one.owner.as_deref())) {
            if !grounds.contains(&opening.name) {
                let detail = String::new();
                gone.push((Thing::Opening, opening.name.clone(), opening.id.clone(), detail));
            }
        }
        for address in inventory.addresses.iter().filter(|one| self.is_ours(one.owner.as_deref())) {
            if !hosts.contains(&address.name) {
                let detail = address.address.map_or_else(String::new, |ip| ip.to_string());
                gone.push((Thing::Address, address.name.clone(), address.id.clone(), detail));
            }
        }
        for network in inventory.networks.iter().filter(|one| self.is_ours(one.owner.as_deref())) {
            if !grounds.contains(&network.name) {
                for subnet in &network.subnets {
                    let (name, detail) = (subnet.name.clone(), subnet.range.to_string());
                    gone.push((Thing::Subnet, name, subnet.id.clone(), detail));
                }
                let detail = network.range.map_or_else(String::new, |range| range.to_string());
                gone.push((Thing::Network, network.name.clone(), network.id.clone(), detail));
            }
        }
        for key in inventory.keys.iter().flatten().filter(|one| self.is_ours(one.owner.as_deref()))
        {
            let of_key = |wanted: &crate::key::SshKey| {
                wanted.material() == material(&key.public_key)
                    || names::key(&blueprint.owner, &wanted.name)
                        .is_ok_and(|name| name.as_str() == key.name)
            };
            if !blueprint.keys.iter().any(of_key) {
                gone.push((Thing::Key, key.name.clone(), key.id.clone(), String::new()));
            }
        }
        for (thing, name, id, detail) in gone {
            self.steps.push(Step {
                action: Action::Delete,
                thing,
                provider: provider.to_owned(),
                location: None,
                name,
                detail,
                reason: format!("it is {}'s and not in the blueprint", blueprint.owner),
                id: Some(id),
            });
        }
    }
}
