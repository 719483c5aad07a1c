//! What stands in the shared store, as JSON.
use failover_core::{Command, EventRecord, Refusal, State, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::store::StoreError;

/// Who leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) vantage: String,
    /// The process.
    pub(crate) instance: String,
    pub(crate) epoch: u64,
}

/// The latest epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Epoch {
    /// Made up when the log was begun: another one means that the store has lost everything.
    pub(crate) log: String,
    pub(crate) epoch: u64,
}

/// A service's state in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SharedState {
    /// The number of the latest event when it was written.
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    /// Which commit wrote it; tells after a lost answer whether it was ours.
    pub(crate) commit: String,
    pub(crate) state: State,
}

/// An event in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SharedEvent {
    #[serde(flatten)]
    pub(crate) record: EventRecord,
    /// The move made alone that it is of: one watcher has it in its journal already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<String>,
}

/// What a watcher says of itself and of what it has seen. Each one takes the place of the one
/// before, and nobody who watches misses one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) instance: String,
    /// Counts the reports of this instance.
    pub(crate) number: u64,
    /// Milliseconds since it began, by its own monotonic clock.
    pub(crate) sent: u64,
    /// Probes that have ended since the report before.
    pub(crate) probes: Vec<Probe>,
    pub(crate) isolated: bool,
    /// Service, site and how far its database lags, in milliseconds.
    #[serde(default)]
    pub(crate) lags: Vec<(String, String, u64)>,
    pub(crate) version: String,
    pub(crate) leads: bool,
    /// What is wrong with its journal.
    #[serde(default)]
    pub(crate) journal: Option<String>,
    /// Whether it sees any site up.
    pub(crate) sees: bool,
    /// Services that it has moved alone, of which the group does not know yet.
    #[serde(default)]
    pub(crate) alone: Vec<String>,
    /// The digest of each service's policy.
    #[serde(default)]
    pub(crate) policies: Vec<(String, u64)>,
}

/// The latest change of the power of a site's servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SharedPower {
    pub(crate) service: String,
    pub(crate) site: String,
    pub(crate) act: String,
    pub(crate) asked: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) served: Option<Timestamp>,
    pub(crate) given_up: Option<String>,
}

/// A probe that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Probe {
    pub(crate) service: String,
    pub(crate) site: String,
    pub(crate) check: String,
    pub(crate) ok: bool,
    /// When it was started, in milliseconds since its watcher began.
    pub(crate) at: u64,
}

/// A command on its way to the leader.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mail {
    /// Through which vantage.
    pub(crate) through: String,
    pub(crate) service: String,
    pub(crate) who: String,
    pub(crate) command: Command,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailAnswer {
    Obeyed(Vec<EventRecord>),
    Refused(Refusal, String),
    Failed(String),
}

pub(crate) fn encode(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let failed = |error| StoreError::refused(format!("an entry has no JSON form: {error}"));
    serde_json::to_vec(value).map_err(failed)
}

/// What a newer version wrote may not be understood: then it is said, and counts for nothing.
pub(crate) fn decode<T: DeserializeOwned>(key: &str, value: &[u8]) -> Option<T> {
    match serde_json::from_slice(value) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::error!("the shared store: {key} is not understood: {error}");
            None
        }
    }
}
