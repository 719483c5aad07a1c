//! What is wanted: locations with servers by role, validated.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::key::SshKey;
use crate::layout::Role;
use crate::name::{Name, Owner};
use crate::range::Range;

/// The most servers of one role in one location.
pub const COUNT_MAX: u32 = 99;

/// All locations of an owner, as they shall be. What can be known to be wrong without asking a
/// provider is refused by [`Blueprint::new`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blueprint {
    pub(super) owner: Owner,
    pub(super) keys: Vec<SshKey>,
    pub(super) locations: Vec<LocationSpec>,
}

/// A location that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocationSpec {
    /// Its name, such as `london`; part of the names of all that stands in it.
    pub name: Name,
    /// The provider's id.
    pub provider: String,
    /// Where its servers stand, all in one region or network zone: the first place that has
    /// capacity is taken.
    pub places: Vec<String>,
    /// The addresses of its private network: at least a /28, overlapping no other location's.
    pub range: Range,
    /// The system its servers get.
    pub image: String,
    /// Its servers, each role at most once.
    pub servers: Vec<ServersSpec>,
}

/// The servers of one role in one location.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServersSpec {
    /// What they are for.
    pub role: Role,
    /// Their type.
    pub machine: String,
    /// How many; 0 is none.
    pub count: u32,
    /// The size of their disks in GB, where the provider lets one choose.
    pub disk_gb: Option<u32>,
}

impl LocationSpec {
    /// A location without servers.
    pub fn new(
        name: Name,
        provider: impl Into<String>,
        places: Vec<String>,
        range: Range,
        image: impl Into<String>,
    ) -> Self {
        let (provider, image) = (provider.into(), image.into());
        Self { name, provider, places, range, image, servers: Vec::new() }
    }

    /// The same with servers of another role.
    #[must_use]
    pub fn servers(mut self, servers: ServersSpec) -> Self {
        self.servers.push(servers);
        self
    }
}

impl ServersSpec {
    /// So many servers of this type, with the disk that comes with it.
    pub fn new(role: Role, machine: impl Into<String>, count: u32) -> Self {
        Self { role, machine: machine.into(), count, disk_gb: None }
    }
}

/// Something wrong with a blueprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Problem {
    /// Where: `locations[1].servers[0].count`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Blueprint {
    /// The blueprint, or everything that is wrong with it.
    pub fn new(
        owner: Owner,
        keys: Vec<SshKey>,
        locations: Vec<LocationSpec>,
    ) -> Result<Self, Vec<Problem>> {
        let blueprint = Self { owner, keys, locations };
        let mut problems = Vec::new();
        blueprint.check_keys(&mut problems);
        for (index, location) in blueprint.locations.iter().enumerate() {
            blueprint.check_location(index, location, &mut problems);
        }
        if blueprint.locations.is_empty() {
            report(&mut problems, "locations", "a blueprint has at least one location");
        }
        if problems.is_empty() { Ok(blueprint) } else { Err(problems) }
    }

    /// Whose everything is.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The locations, in their order.
    pub fn locations(&self) -> &[LocationSpec] {
        &self.locations
    }

    /// Whose keys may log in.
    pub fn keys(&self) -> &[SshKey] {
        &self.keys
    }

    /// The ids of the providers it needs, each once.
    pub fn providers(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.locations.iter().map(|l| l.provider.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn check_keys(&self, problems: &mut Vec<Problem>) {
        let mut names = BTreeMap::new();
        for (index, key) in self.keys.iter().enumerate() {
            let field = format!("keys[{index}]");
            if let Err(failure) = key.check() {
                report(problems, &field, failure.message);
            }
            if let Some(first) = names.insert(key.name.clone(), index) {
                report(problems, &field, format!("the name {} is keys[{first}]'s", key.name));
            }
            if let Err(error) = super::names::key(&self.owner, &key.name) {
                report(problems, &format!("{field}.name"), too_long(&error));
            }
        }
    }

    fn check_location(&self, index: usize, location: &LocationSpec, problems: &mut Vec<Problem>) {
        let field = |below: &str| format!("locations[{index}].{below}");
        for (other, earlier) in self.locations[..index].iter().enumerate() {
            if earlier.name == location.name {
                let text = format!("\"{}\" is the name of locations[{other}] too", location.name);
                report(problems, &field("name"), text);
            }
            if earlier.range.overlaps(&location.range) {
                let text = format!(
                    "{} overlaps {} of \"{}\"; servers could not tell the two locations apart",
                    location.range, earlier.range, earlier.name
                );
                report(problems, &field("range"), text);
            }
        }
        if !location.range.is_private() {
            let text = format!(
                "{} is no private range: 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 are (RFC \
                 1918)",
                location.range
            );
            report(problems, &field("range"), text);
        }
        if location.range.prefix() > 28 {
            let text = format!("{} is too small for all roles; /28 is the least", location.range);
            report(problems, &field("range"), text);
        }
        if location.places.is_empty() {
            report(problems, &field("places"), "name at least one zone or location");
        }
        for (at, place) in location.places.iter().enumerate() {
            if location.places[..at].contains(place) {
                report(problems, &field(&format!("places[{at}]")), "this place is named twice");
            }
        }
        self.check_servers(index, location, problems);
    }

    fn check_servers(&self, index: usize, location: &LocationSpec, problems: &mut Vec<Problem>) {
        let most = super::names::per_role(location.range).min(COUNT_MAX);
        for (at, servers) in location.servers.iter().enumerate() {
            let field = |below: &str| format!("locations[{index}].servers[{at}].{below}");
            let role = servers.role.word();
            if location.servers[..at].iter().any(|earlier| earlier.role == servers.role) {
                let text = format!("{role} is listed twice here; use count");
                report(problems, &field("role"), text);
            }
            if servers.count > most {
                let text = format!(
                    "{} has room for {most} servers of a role at most; write fewer, or a larger \
                     range",
                    location.range
                );
                report(problems, &field("count"), text);
            } else if servers.count > 0
                && let Err(error) =
                    super::names::server(&self.owner, &location.name, servers.role, servers.count)
            {
                report(problems, &format!("locations[{index}].name"), too_long(&error));
            }
            if servers.disk_gb.is_some_and(|gb| gb < 10) {
                report(problems, &field("disk_gb"), "a disk has at least 10 GB");
            }
        }
    }
}

fn report(problems: &mut Vec<Problem>, field: &str, message: impl Into<String>) {
    problems.push(Problem { field: field.to_owned(), message: message.into() });
}

fn too_long(error: &crate::name::NameError) -> String {
    format!("{error}, which no cloud takes; shorten the owner or this name")
}
