//! Private networks and their subnets.
use serde::{Deserialize, Serialize};

use crate::name::{Name, Owner};
use crate::range::Range;

/// A private network at one provider. It never reaches another provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Network {
    /// How the provider's methods want it named.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is, if it says so.
    pub owner: Option<String>,
    /// All its addresses. Google's networks have none of their own, only their subnets have.
    pub range: Option<Range>,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
}

impl Network {
    /// A network without subnets.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let (id, name) = (id.into(), name.into());
        Self { id, name, owner: None, range: None, subnets: Vec::new() }
    }

    /// Whether `owner` made it.
    pub fn belongs_to(&self, owner: &Owner) -> bool {
        self.owner.as_deref() == Some(owner.as_str())
    }
}

/// A part of a network.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subnet {
    /// How the provider's methods want it named.
    pub id: String,
    /// Its name; Hetzner's have none, so there it is the range.
    pub name: String,
    /// Where its servers may stand: a region at Google, a network zone at Hetzner.
    pub region: String,
    /// Its addresses.
    pub range: Range,
}

impl Subnet {
    /// A subnet.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        region: impl Into<String>,
        range: Range,
    ) -> Self {
        Self { id: id.into(), name: name.into(), region: region.into(), range }
    }
}

/// A network that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkSpec {
    /// Its name, unique in the project.
    pub name: Name,
    /// Whose it shall be.
    pub owner: Owner,
    /// All addresses of all its subnets. Google does not keep it, Hetzner does.
    pub range: Range,
}

impl NetworkSpec {
    /// A network.
    pub fn new(name: Name, owner: Owner, range: Range) -> Self {
        Self { name, owner, range }
    }
}

/// A subnet that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubnetSpec {
    /// The [`Network::id`].
    pub network: String,
    /// Its name; not kept at Hetzner.
    pub name: Name,
    /// Whose it shall be.
    pub owner: Owner,
    /// Where its servers will stand: a zone, region or location, of which the provider makes the
    /// region or network zone.
    pub place: String,
    /// Its addresses.
    pub range: Range,
}

impl SubnetSpec {
    /// A subnet.
    pub fn new(
        network: impl Into<String>,
        name: Name,
        owner: Owner,
        place: impl Into<String>,
        range: Range,
    ) -> Self {
        Self { network: network.into(), name, owner, place: place.into(), range }
    }
}
