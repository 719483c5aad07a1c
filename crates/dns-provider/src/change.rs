//! One intended change of a zone, and what became of it.
use cloud_http::{Failure, Kind, Retry};
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

impl Expect {
    /// Says why the precondition does not hold for what is there now, if so: `AlreadyExists` for
    /// `Absent`, `Changed` for `Exactly`, both with `Retry::AfterReread`.
    pub fn check(&self, now: Option<&RrSet>) -> Result<(), Failure> {
        let (kind, message) = match (self, now) {
            (Self::Any, _) | (Self::Absent, None) => return Ok(()),
            (Self::Absent, Some(now)) => {
                (Kind::AlreadyExists, format!("{} exists already: {}", now.key, brief(now)))
            }
            (Self::Exactly(old), None) => (Kind::Changed, format!("{} does not exist", old.key)),
            (Self::Exactly(old), Some(now)) if old.same_data(now) => return Ok(()),
            (Self::Exactly(old), Some(now)) => (
                Kind::Changed,
                format!("{} is {}, expected was {}", now.key, brief(now), brief(old)),
            ),
        };
        Err(Failure::new(kind, message).retry(Retry::AfterReread))
    }
}

/// The data of an RRset in a few words, for messages.
fn brief(rrset: &RrSet) -> String {
    if rrset.opaque.is_some() {
        return "not a plain RRset".to_owned();
    }
    format!("{} with TTL {}", rrset.values.join(", "), rrset.ttl)
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

    /// What to do about this change when `now` is there: nothing because it is so already
    /// (`AlreadySo`, whatever was expected), nothing because the precondition does not hold or the
    /// RRset is not plain (`Refused`), or `None`: send it.
    pub fn settled_by(&self, now: Option<&RrSet>) -> Option<Outcome> {
        let so = match (now, &self.desired) {
            (None, None) => true,
            (Some(now), Some(desired)) => now.same_data(desired),
            _ => false,
        };
        if so {
            return Some(Outcome::AlreadySo);
        }
        if now.is_some_and(|now| now.opaque.is_some()) {
            let message = format!("{} is not a plain RRset and is never changed", self.key);
            return Some(Outcome::Refused(Failure::new(Kind::Unsupported, message)));
        }
        self.expect.check(now).err().map(Outcome::Refused)
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

impl Outcome {
    /// Whether the RRset is now as desired.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Applied | Self::AlreadySo)
    }

    /// Why it is not, or not known to be.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Refused(failure) | Self::Unknown(failure) => Some(failure),
            Self::Applied | Self::AlreadySo | Self::NotTried => None,
        }
    }
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
