//! Public addresses that outlive the servers they are bound to.
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::name::{Name, Owner};

/// A reserved address as a provider shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Address {
    /// How the provider's methods want it named.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is, if it carries an owner.
    pub owner: Option<String>,
    /// Where it can be used: a region at Google, a location at Hetzner.
    pub region: String,
    /// The address; of IPv6 the first of the network. `None` while it is being reserved.
    pub address: Option<IpAddr>,
    /// The [`Server::id`](crate::Server::id) that uses it. One in nobody's use is billed all the
    /// same.
    pub server: Option<String>,
}

impl Address {
    /// An address in nobody's use.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        region: impl Into<String>,
        address: Option<IpAddr>,
    ) -> Self {
        let (id, name, region) = (id.into(), name.into(), region.into());
        Self { id, name, owner: None, region, address, server: None }
    }
}

/// An IPv4 address that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddressSpec {
    /// Its name, unique in the project.
    pub name: Name,
    /// Whose it shall be.
    pub owner: Owner,
    /// Where it will be used: a zone or region at Google, a location at Hetzner.
    pub place: String,
}

impl AddressSpec {
    /// An address.
    pub fn new(name: Name, owner: Owner, place: impl Into<String>) -> Self {
        Self { name, owner, place: place.into() }
    }
}
