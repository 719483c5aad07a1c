//! From what is wanted and what is there to steps. Nothing is asked and nothing is changed here.
mod ground;
mod offer;
mod servers;
mod surplus;

use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;

use super::cost::cost;
use super::model::{Blueprint, LocationSpec};
use super::scripts::{Scripts, short};
use super::seen::{Inventory, Seen};
use super::step::{Action, Plan, Remark, Step, Thing};
use crate::address::Address;
use crate::name::{Name, Owner};

/// What has to be done to turn what was seen into what is wanted.
///
/// * What carries the owner and is not wanted is removed; what does not is never touched, and
///   blocks the plan where it is in the way.
/// * A blueprint that cannot be fulfilled (an unknown machine type, a range in use) blocks it too.
/// * What cannot be changed any more (a boot script at Hetzner, an image) is a notice with what to
///   do by hand.
pub fn plan(blueprint: &Blueprint, seen: &Seen, scripts: &dyn Scripts) -> Plan {
    let (steps, blocked, notices) = (Vec::new(), Vec::new(), Vec::new());
    let mut draft = Draft { blueprint, seen, steps, blocked, notices };
    for (provider, failure) in seen.unseen() {
        let text = format!("it cannot be seen what is there: {failure}");
        draft.block(provider, None, provider, text);
    }
    for (provider, inventory) in seen.seen() {
        draft.keys(provider, inventory);
        for note in &inventory.notes {
            draft.notice(provider, None, provider, note);
        }
    }
    for location in &blueprint.locations {
        if let Some(inventory) = seen.at(&location.provider) {
            draft.offer(location, inventory);
            draft.ground(location, inventory);
        }
    }
    draft.servers(scripts);
    for (provider, inventory) in seen.seen() {
        draft.surplus(provider, inventory);
    }
    draft.end()
}

/// The address reserved under this name for this owner.
pub(super) fn reserved<'a>(
    inventory: &'a Inventory,
    owner: &Owner,
    name: &Name,
) -> Option<&'a Address> {
    inventory.addresses.iter().find(|address| {
        address.name == name.as_str() && address.owner.as_deref() == Some(owner.as_str())
    })
}

/// The reserved IPv4 address of this name, wherever it is.
pub(super) fn public(seen: &Seen, owner: &Owner, name: &Name) -> Option<Ipv4Addr> {
    let found = seen.seen().find_map(|(_, inventory)| reserved(inventory, owner, name));
    match found?.address {
        Some(IpAddr::V4(address)) => Some(address),
        _ => None,
    }
}

/// A plan that is being made.
struct Draft<'a> {
    blueprint: &'a Blueprint,
    seen: &'a Seen,
    steps: Vec<Step>,
    blocked: Vec<Remark>,
    notices: Vec<Remark>,
}

impl Draft<'_> {
    fn owner(&self) -> &Owner {
        &self.blueprint.owner
    }

    fn is_ours(&self, owner: Option<&str>) -> bool {
        owner == Some(self.blueprint.owner.as_str())
    }

    fn block(
        &mut self,
        provider: &str,
        location: Option<&LocationSpec>,
        about: &str,
        message: impl Into<String>,
    ) {
        self.blocked.push(remark(provider, location, about, message.into()));
    }

    fn notice(
        &mut self,
        provider: &str,
        location: Option<&LocationSpec>,
        about: &str,
        message: impl Into<String>,
    ) {
        self.notices.push(remark(provider, location, about, message.into()));
    }

    /// A step in a location.
    fn step(
        &mut self,
        action: Action,
        thing: Thing,
        location: &LocationSpec,
        name: &str,
        detail: impl Into<String>,
        reason: impl Into<String>,
    ) -> &mut Step {
        self.steps.push(Step {
            action,
            thing,
            provider: location.provider.clone(),
            location: Some(location.name.to_string()),
            name: name.to_owned(),
            detail: detail.into(),
            reason: reason.into(),
            id: None,
        });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    fn end(mut self) -> Plan {
        self.blocked.sort();
        self.blocked.dedup();
        self.notices.sort();
        self.notices.dedup();
        let fingerprint = self.fingerprint();
        Plan {
            cost: cost(self.blueprint, self.seen),
            steps: self.steps,
            blocked: self.blocked,
            notices: self.notices,
            fingerprint,
        }
    }

    /// Of the blueprint, of what the owner has, and of what is to be done. What a server is doing
    /// just now is left out: that changes by itself.
    fn fingerprint(&self) -> String {
        let ours = self.seen.seen().map(|(id, all)| {
            let owned = |owner: &Option<String>| self.is_ours(owner.as_deref());
            let servers =
                all.servers.iter().filter(|one| owned(&one.owner)).map(|one| {
                    json!([one.id, one.machine, one.labels, one.public_v4, one.private])
                });
            let addresses = all.addresses.iter().filter(|one| owned(&one.owner));
            let addresses = addresses.map(|one| json!([one.id, one.name, one.address]));
            let networks = all.networks.iter().filter(|one| owned(&one.owner));
            let networks = networks.map(|one| json!([one.id, one.name, one.subnets]));
            let openings = all.openings.iter().filter(|one| owned(&one.owner));
            let openings = openings.map(|one| json!([one.id, one.name]));
            let mut lists: Vec<String> = servers
                .chain(addresses)
                .chain(networks)
                .chain(openings)
                .map(|one| one.to_string())
                .collect();
            lists.sort();
            json!([id, lists])
        });
        let all = json!({
            "blueprint": self.blueprint,
            "there": ours.collect::<Vec<_>>(),
            "steps": self.steps,
            "blocked": self.blocked,
        });
        short(&[all.to_string()])[..16].to_owned()
    }
}

fn remark(provider: &str, location: Option<&LocationSpec>, about: &str, message: String) -> Remark {
    Remark {
        provider: provider.to_owned(),
        location: location.map(|location| location.name.to_string()),
        about: about.to_owned(),
        message,
    }
}

/// Whose something is, for people.
fn whose(owner: Option<&str>) -> String {
    owner.map_or_else(|| "nobody's".to_owned(), |owner| format!("{owner}'s"))
}

impl Seen {
    /// The wanted servers with their addresses, the public ones as far as they are reserved.
    pub fn layout(&self, blueprint: &Blueprint) -> crate::layout::Layout {
        blueprint.layout(|name| public(self, &blueprint.owner, name))
    }
}
