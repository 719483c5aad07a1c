//! Whether the provider has what the blueprint names: places, machine types, images.
use super::Draft;
use crate::blueprint::model::{LocationSpec, ServersSpec};
use crate::blueprint::seen::Inventory;
use crate::place::{Image, Machine};

/// The most names of others a message lists.
const NAMES_MAX: usize = 12;

impl Draft<'_> {
    pub(super) fn offer(&mut self, location: &LocationSpec, inventory: &Inventory) {
        let provider = location.provider.as_str();
        let mut region = None;
        for name in &location.places {
            let Some(place) = inventory.place(name) else {
                let all = inventory.places.iter().map(|place| place.name.as_str());
                let text = format!("{provider} has no such place{}", others(name, all));
                self.block(provider, Some(location), name, text);
                continue;
            };
            if !place.up {
                let text = format!("{provider} says that no servers can be made there now");
                self.notice(provider, Some(location), name, text);
            }
            let first = *region.get_or_insert(&place.region);
            if *first != place.region {
                let text = format!(
                    "it is in {} and {} in {first}; one network reaches one of them only",
                    place.region, location.places[0]
                );
                self.block(provider, Some(location), name, text);
            }
        }
        let image = inventory.images.get(&location.image).and_then(Option::as_ref);
        if image.is_none() {
            let text = format!("{provider} has no such image; \"debian-12\" is one it has");
            self.block(provider, Some(location), &location.image, text);
        }
        if let Some(note) = image.and_then(|image| image.note.as_ref()) {
            self.notice(provider, Some(location), &location.image, note);
        }
        self.ranges(location, inventory);
        for servers in location.servers.iter().filter(|servers| servers.count > 0) {
            self.machine(location, servers, image, inventory);
        }
    }

    fn ranges(&mut self, location: &LocationSpec, inventory: &Inventory) {
        let rules = &inventory.rules;
        let most = rules.network_prefix_max.unwrap_or(32).min(rules.subnet_prefix_max);
        if location.range.prefix() > most {
            let text = format!("{} takes no networks smaller than a /{most}", location.provider);
            let about = location.range.to_string();
            self.block(&location.provider, Some(location), &about, text);
        }
    }

    fn machine(
        &mut self,
        location: &LocationSpec,
        servers: &ServersSpec,
        image: Option<&Image>,
        inventory: &Inventory,
    ) {
        let (provider, wanted) = (location.provider.as_str(), servers.machine.as_str());
        if servers.disk_gb.is_some() && !inventory.rules.disks {
            let text = format!("the disk comes with the machine at {provider}; leave disk_gb out");
            self.block(provider, Some(location), servers.role.word(), text);
        }
        let mut lacking = Vec::new();
        for (place, machines) in &inventory.machines {
            if !location.places.contains(place) {
                continue;
            }
            let Some(machine) = machines.iter().find(|machine| machine.name == wanted) else {
                let all = machines.iter().map(|machine| machine.name.as_str());
                let text = format!(
                    "{provider} has no such machine type at {place}{}",
                    others(wanted, all)
                );
                self.block(provider, Some(location), wanted, text);
                continue;
            };
            if let Some(text) = image.and_then(|image| misfit(machine, image)) {
                self.block(provider, Some(location), wanted, text);
            }
            if let Some(note) = &machine.note {
                self.notice(provider, Some(location), wanted, format!("at {place}: {note}"));
            }
            if !machine.available {
                lacking.push(place.as_str());
            }
        }
        if !lacking.is_empty() {
            let text = format!("{provider} says it is sold out at {}", lacking.join(", "));
            self.notice(provider, Some(location), wanted, text);
        }
    }
}

/// Why this system does not run on this machine, if it does not.
fn misfit(machine: &Machine, image: &Image) -> Option<String> {
    let architecture = machine.architecture?;
    let fits = image.architectures.is_empty() || image.architectures.contains(&architecture);
    (!fits)
        .then(|| format!("its processors are {architecture:?}, and {} is not for them", image.name))
}

/// "; it has …": those that begin alike, or all of them if there are few.
fn others<'a>(wanted: &str, all: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = all.collect();
    all.sort_unstable();
    for length in (1..=wanted.len()).rev() {
        let Some(start) = wanted.get(..length) else { continue };
        let near: Vec<&str> = all.iter().copied().filter(|name| name.starts_with(start)).collect();
        if near.len() >= 2 || (near.len() == 1 && length > 2) {
            return list(&near);
        }
    }
    list(&all)
}

fn list(names: &[&str]) -> String {
    match names.len() {
        0 => String::new(),
        count if count > NAMES_MAX => {
            format!("; it has {} and others", names[..NAMES_MAX].join(", "))
        }
        _ => format!("; it has {}", names.join(", ")),
    }
}
