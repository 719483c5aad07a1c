//! The servers of all locations with their addresses: what boot scripts are rendered from.
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::range::Range;

/// What a server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Takes the visitors' connections and shares them among the application servers.
    Haproxy,
    /// Runs the application.
    App,
    /// Holds the database, replicated both ways with the one of the other location.
    Db,
    /// Answers for the zone, beside the DNS providers.
    Dns,
    /// Runs Schwenk.
    Watcher,
}

impl Role {
    /// All roles, in the order in which their servers are made.
    pub const ALL: [Self; 5] = [Self::Db, Self::App, Self::Haproxy, Self::Dns, Self::Watcher];

    /// The word for it in names, labels and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Haproxy => "haproxy",
            Self::App => "app",
            Self::Db => "db",
            Self::Dns => "dns",
            Self::Watcher => "watcher",
        }
    }
}

/// All locations with their servers. Their addresses are known before any server is made: public
/// ones are reserved, private ones are chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Layout {
    /// The locations, in the order of the blueprint.
    pub locations: Vec<Location>,
}

/// One location.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Location {
    /// Its name, such as `london`.
    pub name: Name,
    /// The addresses of its private network, which reaches no other location.
    pub range: Range,
    /// Its servers.
    pub hosts: Vec<Host>,
}

/// A server and its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Host {
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub role: Role,
    /// Its public address. A server without one is reached from its own location only.
    pub public: Option<Ipv4Addr>,
    /// Its address in the location's private network.
    pub private: Ipv4Addr,
}

impl Layout {
    /// A layout of these locations.
    pub fn new(locations: Vec<Location>) -> Self {
        Self { locations }
    }

    /// The server of this name, with its location.
    pub fn host(&self, name: &str) -> Option<(&Location, &Host)> {
        let all = self.locations.iter();
        all.flat_map(|location| location.hosts.iter().map(move |host| (location, host)))
            .find(|(_, host)| host.name.as_str() == name)
    }
}

impl Location {
    /// A location.
    pub fn new(name: Name, range: Range, hosts: Vec<Host>) -> Self {
        Self { name, range, hosts }
    }

    /// Its servers with this role.
    pub fn of(&self, role: Role) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(move |host| host.role == role)
    }
}

impl Host {
    /// A server.
    pub fn new(name: Name, role: Role, public: Option<Ipv4Addr>, private: Ipv4Addr) -> Self {
        Self { name, role, public, private }
    }
}
