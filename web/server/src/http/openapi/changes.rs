//! The shape of what is new in a snapshot.
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What is new since the event before.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// One more than that of the event before; 0: forget everything, this begins anew.
    pub event: u64,
    /// The number of the snapshot that it leads to.
    pub number: u64,
    /// The moment of that snapshot, also of each service's `view.now`.
    pub at: u64,
    /// Whether that snapshot is complete now; else more events of it follow.
    pub last: bool,
    /// The difference in the snapshot itself, without `number`, `at` and `services`; missing: none.
    #[schema(required = false)]
    pub snapshot: Value,
    /// The services in which something has changed; missing: none.
    #[schema(required = false)]
    pub services: Vec<ServiceChange>,
}

/// What has changed in a service.
#[derive(Serialize, ToSchema)]
pub struct ServiceChange {
    /// Its place among the services; one more than there are: it is a new one.
    pub place: usize,
    /// The difference in it, without `view.now` and the samples of its series; missing: none.
    #[schema(required = false)]
    pub service: Value,
    /// What has changed in its series; missing: nothing. Of each: its place among the service's, how
    /// many of its oldest samples are gone, and those that have come; of each of these `at`, `ok`,
    /// `latency_ms` and `text`.
    #[schema(required = false)]
    #[allow(clippy::type_complexity, reason = "utoipa does not look behind the name of a type")]
    pub samples: Vec<(usize, usize, Vec<(u64, bool, Option<f32>, Option<String>)>)>,
}
