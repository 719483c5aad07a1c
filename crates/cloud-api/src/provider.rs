//! The trait every compute provider implements, and the groups of operations only some have.
use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use cloud_http::{Call, Error};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::address::{Address, AddressSpec};
use crate::key::{SshKey, StoredKey};
use crate::name::Owner;
use crate::network::{Network, NetworkSpec, SubnetSpec};
use crate::opening::{Opening, OpeningSpec};
use crate::place::{Image, Machine, Place};
use crate::price::Prices;
use crate::server::{Power, Server, ServerSpec};
use crate::ticket::{Creation, Settled, Ticket};

/// What a provider takes, known before any request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rules {
    /// The longest boot script, in bytes.
    pub boot_script_bytes_max: usize,
    /// The longest prefix (so the smallest range) of a network; `None`: networks have no range.
    pub network_prefix_max: Option<u8>,
    /// The longest prefix of a subnet.
    pub subnet_prefix_max: u8,
    /// The most private networks of one server.
    pub attachments_max: usize,
    /// The most tags of one server.
    pub tags_max: usize,
    /// Whether the disk's size can be chosen.
    pub disks: bool,
    /// Whether a boot script runs on every boot; otherwise on the first one only.
    pub boots_every_time: bool,
    /// Whether a server keeps an ephemeral public address while it is off.
    pub keeps_address: bool,
}

impl Default for Rules {
    /// What every provider here takes.
    fn default() -> Self {
        Self {
            boot_script_bytes_max: 32 * 1024,
            network_prefix_max: Some(24),
            subnet_prefix_max: 29,
            attachments_max: 3,
            tags_max: 32,
            disks: false,
            boots_every_time: false,
            keeps_address: false,
        }
    }
}

/// A cloud in which servers can be made.
///
/// * Every method ends by `call.deadline`; one that changes something starts no request after
///   [`Call::write_before`] and none at all in a dry run, which fails as `Unsupported` where a
///   request would have been sent.
/// * What can be known to be wrong is refused before any request.
/// * Work goes on at the vendor after a method has returned: [`settle`](Self::settle) its ticket.
///   Dropping a future before it has sent anything changes nothing; later the effect is unknown,
///   and doing the same again is safe, since what exists is found again by name and owner.
/// * Lacking capacity is `NoCapacity` with [`Failure::alternatives`](cloud_http::Failure), a used
///   up quota is `Quota`, and too many requests are `RateLimited`: only the last goes away by
///   waiting.
/// * Operations that only some vendors have are in groups: a group that is there works.
#[async_trait]
pub trait ComputeProvider: Debug + Send + Sync {
    /// The id under which this provider was configured, such as `google`.
    fn id(&self) -> &str;

    /// What it takes.
    fn rules(&self) -> &Rules;

    /// Where servers can stand.
    async fn places(&self, call: Call) -> Result<Vec<Place>, Error>;

    /// The machine types of a place; `NotFound` if there is no such place.
    async fn machines(&self, place: &str, call: Call) -> Result<Vec<Machine>, Error>;

    /// A system to install, or `None` if there is none of that name.
    async fn image(&self, name: &str, call: Call) -> Result<Option<Image>, Error>;

    /// All servers, or those of one owner.
    async fn servers(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Server>, Error>;

    /// One server, or `None` if there is none.
    async fn server(&self, id: &str, call: Call) -> Result<Option<Server>, Error>;

    /// Makes a server, or finds the one that an interrupted attempt has made: same name, same
    /// owner. A server of that name with another owner is `AlreadyExists`.
    ///
    /// Settled when the server runs and is attached to its networks.
    async fn create(&self, spec: &ServerSpec, call: Call) -> Result<Creation, Error>;

    /// Removes a server and its disk. `None`: there is none.
    async fn delete(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error>;

    /// Switches a server on or off. `None`: it is so already.
    async fn power(&self, id: &str, power: Power, call: Call) -> Result<Option<Ticket>, Error>;

    /// Gives a server another type; it is stopped for that, gracefully, and started again if it was
    /// running. `None`: it has that type already. Settled when all of that is done.
    async fn resize(&self, id: &str, machine: &str, call: Call) -> Result<Option<Ticket>, Error>;

    /// Replaces a server's labels; owner and tags stay. `None`: done already.
    async fn relabel(
        &self,
        id: &str,
        labels: &BTreeMap<String, String>,
        call: Call,
    ) -> Result<Option<Ticket>, Error>;

    /// Waits until the work behind `ticket` has ended, carrying out the steps that are left.
    ///
    /// Fails with `Kind::Timeout` and `Effect::MaybeApplied` when the deadline comes first; it can
    /// be settled again then. Settling twice is harmless. Waits of one client share their polls.
    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<Settled, Error>;

    /// Private networks.
    fn networks(&self) -> Option<&dyn Networks> {
        None
    }

    /// Openings in the vendor's packet filter.
    fn openings(&self) -> Option<&dyn Openings> {
        None
    }

    /// Reserved public addresses.
    fn addresses(&self) -> Option<&dyn Addresses> {
        None
    }

    /// Keys kept for new servers. Where there is none, each server has its own.
    fn keys(&self) -> Option<&dyn Keys> {
        None
    }

    /// What a server reads when it boots, changed afterwards.
    fn boot_data(&self) -> Option<&dyn BootData> {
        None
    }

    /// What a server prints on its console.
    fn console(&self) -> Option<&dyn Console> {
        None
    }

    /// Prices.
    fn pricing(&self) -> Option<&dyn Pricing> {
        None
    }
}

/// Private networks.
#[async_trait]
pub trait Networks: Debug + Send + Sync {
    /// All networks with their subnets, or those of one owner.
    async fn networks(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Network>, Error>;

    /// Makes a network, or finds the one with this name and owner.
    async fn create_network(&self, spec: &NetworkSpec, call: Call) -> Result<Creation, Error>;

    /// Makes a subnet, or finds the one with this range in this network.
    async fn create_subnet(&self, spec: &SubnetSpec, call: Call) -> Result<Creation, Error>;

    /// Removes a subnet nobody uses. `None`: there is none.
    async fn delete_subnet(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error>;

    /// Removes a network. Its subnets and openings go first. `None`: it is gone.
    async fn delete_network(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error>;
}

/// Openings in the vendor's packet filter.
#[async_trait]
pub trait Openings: Debug + Send + Sync {
    /// All openings, or those of one owner.
    async fn openings(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Opening>, Error>;

    /// Makes an opening, or finds the one with this name and owner.
    async fn open(&self, spec: &OpeningSpec, call: Call) -> Result<Creation, Error>;

    /// Removes an opening. `None`: there is none.
    async fn close(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error>;
}

/// Reserved public IPv4 addresses. One that is reserved is billed, in use or not.
#[async_trait]
pub trait Addresses: Debug + Send + Sync {
    /// All reserved addresses, or those of one owner.
    async fn addresses(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Address>, Error>;

    /// Reserves an address, or finds the one with this name and owner.
    async fn reserve(&self, spec: &AddressSpec, call: Call) -> Result<Creation, Error>;

    /// Gives back an address nobody uses. `None`: there is none.
    async fn release(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error>;
}

/// Keys kept for new servers. [`ComputeProvider::create`] keeps the keys it needs by itself.
#[async_trait]
pub trait Keys: Debug + Send + Sync {
    /// All keys, or those of one owner.
    async fn keys(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<StoredKey>, Error>;

    /// Keeps a key for `owner`, or finds it: the same key is kept once only, whoever owns it.
    async fn keep(&self, key: &SshKey, owner: &Owner, call: Call) -> Result<StoredKey, Error>;

    /// Forgets a key; servers that have it keep it. False: there is none.
    async fn forget(&self, id: &str, call: Call) -> Result<bool, Error>;
}

/// What a server reads when it boots, changed afterwards.
#[async_trait]
pub trait BootData: Debug + Send + Sync {
    /// Replaces a server's boot script, which runs at the next boot.
    async fn set_boot_script(
        &self,
        id: &str,
        script: &SecretString,
        call: Call,
    ) -> Result<Option<Ticket>, Error>;

    /// Replaces the keys that may log in, at once.
    async fn set_ssh_keys(
        &self,
        id: &str,
        keys: &[SshKey],
        call: Call,
    ) -> Result<Option<Ticket>, Error>;
}

/// What a server prints on its console.
#[async_trait]
pub trait Console: Debug + Send + Sync {
    /// What was printed from position `start` on, as far as it is still kept.
    async fn output(&self, id: &str, start: u64, call: Call) -> Result<Output, Error>;
}

/// A piece of console output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Output {
    /// The position of its first byte; later than asked for when that is no longer kept.
    pub start: u64,
    /// Where to go on.
    pub next: u64,
    /// What was printed.
    pub text: String,
}

impl Output {
    /// A piece of output.
    pub fn new(start: u64, next: u64, text: impl Into<String>) -> Self {
        Self { start, next, text: text.into() }
    }
}

/// Prices.
#[async_trait]
pub trait Pricing: Debug + Send + Sync {
    /// The present prices, without tax.
    async fn prices(&self, call: Call) -> Result<Prices, Error>;
}
