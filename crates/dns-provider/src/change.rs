//! One intended change of a zone, and what became of it.
use cloud_http::Failure;
use serde::{Deserialize, Serialize};

use crate::provider::Need;
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// The precondition of one change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Expect {
    /// There is no such RRset.
    Absent,
    /// The RRset equals this one (TTL and the set of values; order does not count here).
    Exactly(RrSet),
    /// No precondition.
    Any,
}

/// One RRset to put in place or to remove.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// Which RRset.
    pub key: Key,
    /// What must be there before.
    pub expect: Expect,
    /// What shall be there after; `None` removes it.
    pub desired: Option<RrSet>,
}

impl Change {
    /// Puts `desired` in place of what `expect` describes.
    pub fn put(desired: RrSet, expect: Expect) -> Self {
        Self { key: desired.key.clone(), expect, desired: Some(desired) }
    }

    /// Removes the RRset.
    pub fn remove(key: Key, expect: Expect) -> Self {
        Self { key, expect, desired: None }
    }
}

/// The changes to one zone, at most one per key. Serialise it into a journal before applying it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangeSet {
    /// The zone.
    pub zone: Zone,
    /// The changes.
    pub changes: Vec<Change>,
    /// How strong the provider's promises must be, or the whole set is refused before any request.
    pub need: Need,
}

impl ChangeSet {
    /// A set that is content with whatever the provider can promise.
    pub fn new(zone: Zone, changes: Vec<Change>) -> Self {
        Self { zone, changes, need: Need::default() }
    }
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Done now.
    Applied,
    /// It was so already; nothing was sent.
    AlreadySo,
    /// The provider or a precondition said no; nothing changed.
    Refused(Failure),
    /// It may or may not have happened: read back before deciding.
    Unknown(Failure),
    /// Not tried: dry run, or an earlier step of the same set failed.
    NotTried,
}

/// A wait that can be resumed after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ticket {
    /// The provider's id.
    pub provider: String,
    /// The provider's own operation id, opaque to everyone else.
    pub operation: String,
}

impl Ticket {
    /// The ticket of `operation` at `provider`.
    pub fn new(provider: impl Into<String>, operation: impl Into<String>) -> Self {
        Self { provider: provider.into(), operation: operation.into() }
    }
}

/// What one provider did with a change set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The provider's id.
    pub provider: String,
    /// One outcome per change, in the order of the set.
    pub outcomes: Vec<(Key, Outcome)>,
    /// What to [`settle`](crate::DnsProvider::settle) before the change counts as published.
    pub pending: Vec<Ticket>,
}

impl Report {
    /// A report with nothing pending.
    pub fn new(provider: impl Into<String>, outcomes: Vec<(Key, Outcome)>) -> Self {
        Self { provider: provider.into(), outcomes, pending: Vec::new() }
    }
}
