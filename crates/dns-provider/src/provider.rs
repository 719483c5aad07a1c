//! The trait every DNS provider implements, and how it says what it can promise.
use std::fmt::Debug;

use async_trait::async_trait;
use cloud_http::{Call, Error};
use serde::{Deserialize, Serialize};

use crate::change::{ChangeSet, Report, Ticket};
use crate::record::{Key, RecordType, RrSet};
use crate::zone::Zone;

/// What happens together or not at all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Atomicity {
    /// Nothing: even one RRset may be changed by halves (values first, TTL second).
    #[default]
    None,
    /// One RRset.
    PerRrSet,
    /// The whole change set.
    WholeSet,
}

/// Who checks a precondition.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Guard {
    /// Nobody.
    #[default]
    None,
    /// This client reads, compares and then writes: another writer can slip in between.
    ReadThenWrite,
    /// The server, together with the write.
    Server,
}

/// What a caller demands of a change set before anything is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Need {
    /// At least this atomicity.
    pub atomicity: Atomicity,
    /// At least this guard.
    pub guard: Guard,
}

impl Need {
    /// At least these promises.
    pub fn new(atomicity: Atomicity, guard: Guard) -> Self {
        Self { atomicity, guard }
    }
}

/// What a provider can do, known before any request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// What is atomic in general; a provider may do better for single changes and says so in its
    /// documentation.
    pub atomicity: Atomicity,
    /// Who checks `Expect::Exactly`.
    pub guard: Guard,
    /// The smallest TTL, in seconds.
    pub ttl_min: u32,
    /// The most values in one RRset.
    pub values_max: usize,
    /// The most changes in one set.
    pub changes_max: usize,
    /// The record types that can be written; `None`: any.
    pub types: Option<Vec<RecordType>>,
}

impl Capabilities {
    /// Capabilities with the given promises and no further limits.
    pub fn new(atomicity: Atomicity, guard: Guard, ttl_min: u32) -> Self {
        Self { atomicity, guard, ttl_min, values_max: 100, changes_max: 1000, types: None }
    }
}

/// A DNS provider: reads zones and RRsets, changes RRsets, waits until a change is published.
///
/// Every method ends by `call.deadline`. Dropping a future before it has sent anything changes
/// nothing; dropping [`apply`](Self::apply) later leaves the outcome unknown.
#[async_trait]
pub trait DnsProvider: Debug + Send + Sync {
    /// The id under which this provider was configured, such as `google`.
    fn id(&self) -> &str;

    /// What this provider can promise.
    fn capabilities(&self) -> &Capabilities;

    /// All zones these credentials see.
    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error>;

    /// All RRsets of `zone`.
    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error>;

    /// One RRset, or `None` if there is none.
    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error>;

    /// Applies `set`. `Err` means that nothing was tried; otherwise the report has one outcome per
    /// change. A change that is so already is not sent.
    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error>;

    /// Waits until the operation behind `ticket` has ended; fails with `Kind::Timeout` and
    /// `Effect::MaybeApplied` when the deadline comes first.
    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error>;
}
