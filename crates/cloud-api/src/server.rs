//! Servers: as they are, as they are wanted, and what can be done to their power.
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::key::SshKey;
use crate::name::{Name, Owner};

/// What a server is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// It is being made or started.
    Starting,
    /// It is powered on. Whether it serves is another question.
    Running,
    /// It is being shut down.
    Stopping,
    /// It is powered off. At both vendors its disk is billed on; at Hetzner all of it is.
    Off,
    /// It is being changed: moved, resized or rebuilt.
    Changing,
    /// It is being removed.
    Deleting,
    /// The vendor's own word, where it is none of the above.
    Other(String),
}

/// A server as a provider shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Server {
    /// How the provider's methods want it named; opaque to everyone else.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is doing.
    pub status: Status,
    /// Where it stands: a zone at Google, a location at Hetzner.
    pub place: String,
    /// Its type, such as `e2-small` or `cx23`.
    pub machine: String,
    /// Whose it is, if it carries an owner.
    pub owner: Option<String>,
    /// Its labels, without those that carry owner and tags.
    pub labels: BTreeMap<String, String>,
    /// The tags that openings aim at.
    pub tags: Vec<String>,
    /// Its public IPv4 address. At Google a server that is off has none unless it is reserved.
    pub public_v4: Option<Ipv4Addr>,
    /// Its public IPv6 address.
    pub public_v6: Option<Ipv6Addr>,
    /// Its addresses in private networks.
    pub private: Vec<PrivateAddress>,
    /// Whether the vendor is working on it and refuses changes for now.
    pub busy: bool,
    /// What an operator should know: "the vendor stopped it".
    #[serde(default)]
    pub notes: Vec<String>,
}

/// An address in a private network.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrivateAddress {
    /// The [`Network::id`](crate::Network::id).
    pub network: String,
    /// The address.
    pub address: Ipv4Addr,
}

impl PrivateAddress {
    /// `address` in `network`.
    pub fn new(network: impl Into<String>, address: Ipv4Addr) -> Self {
        Self { network: network.into(), address }
    }
}

impl Server {
    /// A running server without addresses, owner or labels.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        place: impl Into<String>,
        machine: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            status: Status::Running,
            place: place.into(),
            machine: machine.into(),
            owner: None,
            labels: BTreeMap::new(),
            tags: Vec::new(),
            public_v4: None,
            public_v6: None,
            private: Vec::new(),
            busy: false,
            notes: Vec::new(),
        }
    }

    /// Whether `owner` made it.
    pub fn belongs_to(&self, owner: &Owner) -> bool {
        self.owner.as_deref() == Some(owner.as_str())
    }

    /// Whether its public IPv4 address is another one than `before`: an ephemeral address at
    /// Google may change with every stop and start, and everything that points to it with it.
    pub fn moved_since(&self, before: Option<Ipv4Addr>) -> Option<Moved> {
        let (before, after) = (before?, self.public_v4?);
        (before != after).then_some(Moved { before, after })
    }
}

/// A server's public address became another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Moved {
    /// The address it had.
    pub before: Ipv4Addr,
    /// The address it has.
    pub after: Ipv4Addr,
}

/// Which public IPv4 address a new server gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PublicV4 {
    /// None.
    None,
    /// Any; it is gone with the server, at Google with every stop.
    #[default]
    Ephemeral,
    /// The reserved one with this [`Address::id`](crate::Address::id).
    Reserved(String),
}

/// A new server's place in a private network.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attachment {
    /// The [`Network::id`](crate::Network::id).
    pub network: String,
    /// The [`Subnet::id`](crate::Subnet::id). Hetzner chooses the subnet by the address.
    pub subnet: String,
    /// The address; `None` lets the vendor choose.
    pub address: Option<Ipv4Addr>,
}

impl Attachment {
    /// Any address in `subnet` of `network`.
    pub fn new(network: impl Into<String>, subnet: impl Into<String>) -> Self {
        Self { network: network.into(), subnet: subnet.into(), address: None }
    }

    /// The same with this address.
    #[must_use]
    pub fn address(self, address: Ipv4Addr) -> Self {
        Self { address: Some(address), ..self }
    }
}

/// A server that is wanted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerSpec {
    /// Its name, unique in the project at Hetzner and in the zone at Google.
    pub name: Name,
    /// Whose it shall be.
    pub owner: Owner,
    /// Where: a zone at Google, a location at Hetzner.
    pub place: String,
    /// The type, by name or number: `e2-small`, `cx23`.
    pub machine: String,
    /// The system: `debian-12` at both; at Google also `projects/P/global/images/…`, at Hetzner
    /// also a number.
    pub image: String,
    /// The size of the disk in GB; `None`: what type and image bring. Hetzner's disks come with
    /// the type.
    pub disk_gb: Option<u32>,
    /// Whose keys may log in.
    pub ssh_keys: Vec<SshKey>,
    /// Runs as root: at Hetzner on the first boot, at Google on every boot. One shell script for
    /// both, so it must be idempotent and begin with `#!`. It may hold secrets.
    pub boot_script: Option<SecretString>,
    /// The private networks; at Google the first is also the way out.
    pub attachments: Vec<Attachment>,
    /// The public IPv4 address.
    pub public_v4: PublicV4,
    /// Whether it gets a public IPv6 address.
    pub public_v6: bool,
    /// Words that openings aim at.
    pub tags: Vec<Name>,
    /// Further labels; keys must not begin with `schwenk-`.
    pub labels: BTreeMap<String, String>,
}

impl ServerSpec {
    /// A server with an ephemeral public IPv4 address and nothing else.
    pub fn new(
        name: Name,
        owner: Owner,
        place: impl Into<String>,
        machine: impl Into<String>,
        image: impl Into<String>,
    ) -> Self {
        Self {
            name,
            owner,
            place: place.into(),
            machine: machine.into(),
            image: image.into(),
            disk_gb: None,
            ssh_keys: Vec::new(),
            boot_script: None,
            attachments: Vec::new(),
            public_v4: PublicV4::Ephemeral,
            public_v6: false,
            tags: Vec::new(),
            labels: BTreeMap::new(),
        }
    }
}

/// What can be done to a server's power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Power {
    /// On.
    Start,
    /// Off, after the system has been asked to shut down. Settled when it is off; a system that
    /// does not listen keeps it on, and then [`PowerOff`](Self::PowerOff) is left.
    Shutdown,
    /// Off at once, like pulling the plug, where the vendor can do that.
    PowerOff,
    /// A clean shutdown and a new start.
    Reboot,
    /// Off and on at once, like the reset button.
    Reset,
}
