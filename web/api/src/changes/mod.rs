//! What is new since the event before: how the live stream is kept small.
//!
//! A snapshot of many services is mostly what was sent a moment ago. `GET /api/v1/changes` begins
//! with everything and then sends what differs. [`Teller`] makes the events; [`apply`] and
//! [`SeriesChange::apply`] put them together again.
mod patch;
mod picture;
mod teller;

use failover_core::{Sample, Timestamp};
pub use patch::{apply, difference};
pub use picture::Picture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use teller::Teller;

/// One event of `GET /api/v1/changes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Counts the events: one more than that of the event before, or 0: forget everything, this
    /// begins anew.
    pub event: u64,
    /// The snapshot that it leads to.
    pub number: u64,
    /// The moment of that snapshot, also of each service's `view.now`.
    pub at: Timestamp,
    /// Whether that snapshot is complete now; else more events of it follow.
    pub last: bool,
    /// What has changed in the snapshot itself, see [`apply`]. Without `number`, `at` and `services`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Value>,
    /// The services in which something has changed. The others are as they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceChange>,
}

/// What has changed in a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceChange {
    /// Its place among the services; one more than there are: it is a new one.
    pub place: usize,
    /// What has changed in it, see [`apply`]. Without `view.now` and the samples of its series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Value>,
    /// New samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<SeriesChange>,
}

/// What has changed in a series: its place among the service's, how many of its oldest samples are
/// gone, and those that have come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesChange(pub usize, pub usize, pub Vec<Beat>);

/// A [`Sample`] as a list: `at`, `ok`, `latency_ms`, `text`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beat(pub Timestamp, pub bool, pub Option<f32>, pub Option<String>);

impl SeriesChange {
    /// Makes the samples before into those after it; `None` if it does not fit them.
    pub fn apply(self, samples: &mut Vec<Sample>) -> Option<()> {
        if self.1 > samples.len() {
            return None;
        }
        samples.drain(..self.1);
        samples.extend(self.2.into_iter().map(Sample::from));
        Some(())
    }
}

impl From<Beat> for Sample {
    fn from(Beat(at, ok, latency_ms, text): Beat) -> Self {
        Self { at, ok, latency_ms, text }
    }
}

impl From<&Sample> for Beat {
    fn from(sample: &Sample) -> Self {
        Self(sample.at, sample.ok, sample.latency_ms, sample.text.clone())
    }
}
