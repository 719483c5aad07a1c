//! A service as it is shown: the machine's view and the observations around it.
//!
//! The watcher fills this from the world and the simulator from its own; the panel shows both with
//! the same components.
use crate::bound::SiteLosses;
use crate::event::{EventRecord, Severity};
use crate::id::{CheckId, SiteId, VantageId};
use crate::input::Answer;
use crate::time::Timestamp;
use crate::view::View;

/// What is configured of a site and never decided upon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SiteFacts {
    /// The site's name.
    pub name: String,
    /// Where it is, in the owner's words: "Google, London".
    pub location: String,
    /// The addresses it is published with.
    pub addresses: Vec<String>,
}

/// Which part of a site a check looks at. People reach them in this order, each through the one
/// before it: what stands behind a broken one is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Layer {
    /// What people connect to.
    Proxy,
    /// What makes the answers.
    Application,
    /// What the answers are made from.
    Database,
}

/// What is configured of a check and never decided upon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CheckFacts {
    /// The check's name.
    pub name: String,
    /// What it does, in words: "HTTP GET /health".
    pub what: String,
    /// What it looks at.
    pub layer: Layer,
}

/// One probe.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sample {
    /// When it was started.
    pub at: Timestamp,
    /// Whether the check was met.
    pub ok: bool,
    /// How long it took, in milliseconds; `None` if no answer came.
    pub latency_ms: Option<f32>,
    /// What happened, in words an operator uses; `None` when all was well.
    pub text: Option<String>,
}

/// The latest probes of one check of one site from one vantage, oldest first.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SampleSeries {
    /// From where.
    pub vantage: VantageId,
    /// Of which site.
    pub site: SiteId,
    /// With which check.
    pub check: CheckId,
    /// The check in words: "HTTP GET /health".
    pub what: String,
    /// The probes.
    pub samples: Vec<Sample>,
}

/// What a provider's API says is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Published {
    /// The provider's name.
    pub provider: String,
    /// The zone.
    pub zone: String,
    /// The owner name.
    pub name: String,
    /// The type.
    pub rtype: String,
    /// The TTL in seconds; `None` when nothing is stored or nothing could be read.
    pub ttl: Option<u32>,
    /// The values.
    pub values: Vec<String>,
    /// The same in sites.
    pub answer: Answer,
    /// When it was read.
    pub at: Timestamp,
}

/// What one name server answers.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ServerAnswer {
    /// Whose name server.
    pub provider: String,
    /// Its name.
    pub server: String,
    /// The address that was asked, with port.
    pub address: String,
    /// The type that was asked for.
    pub rtype: String,
    /// The TTL in seconds.
    pub ttl: Option<u32>,
    /// The values.
    pub values: Vec<String>,
    /// The same in sites.
    pub answer: Answer,
    /// When it was asked.
    pub at: Timestamp,
    /// How long the answer took, in milliseconds.
    pub elapsed_ms: Option<f32>,
}

/// One service at a moment.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ServiceSnapshot {
    /// What the machine says.
    pub view: View,
    /// The owner name people use, such as `app.example.com`.
    pub name: String,
    /// The TTL that is published, in seconds.
    pub ttl: u32,
    /// The sites, in the policy's order.
    pub sites: Vec<SiteFacts>,
    /// The checks, in the policy's order; empty where an older watcher wrote it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub checks: Vec<CheckFacts>,
    /// The latest probes.
    pub series: Vec<SampleSeries>,
    /// What the providers store.
    pub published: Vec<Published>,
    /// What the name servers answer.
    pub answers: Vec<ServerAnswer>,
    /// When every cache will have forgotten the answer before the latest move.
    pub converged_at: Option<Timestamp>,
    /// What was lost on the paths to each site while it was up, in the policy's order; `None` until
    /// something was measured.
    pub losses: Vec<Option<SiteLosses>>,
    /// How rarely a site that is up is taken for down under these losses.
    pub false_failover: Option<MeasuredBound>,
}

/// A bound that follows from what was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MeasuredBound {
    /// The mean time until a quorum says that a site is down which is up, in seconds; `None`: never,
    /// in any time that matters.
    pub seconds: Option<f64>,
    /// Whether it is that of the model; else that is at least as long.
    pub exact: bool,
    /// When it was reckoned.
    pub at: Timestamp,
}

/// A condition that lasts and is no event of a service's own: "etcd cannot be reached".
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AlertView {
    /// What it is about; one of a key lasts at a time.
    pub key: String,
    /// How urgent it is.
    pub severity: Severity,
    /// The service it concerns; `None`: the watcher as a whole.
    pub service: Option<String>,
    /// One English sentence.
    pub text: String,
    /// Since when it lasts.
    pub since: Timestamp,
}

/// The watchers that share a lead, as one of them sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClusterView {
    /// The vantage that leads, as far as this watcher has heard.
    pub leader: Option<String>,
    /// The epoch under which it leads.
    pub epoch: u64,
    /// Whether this watcher leads.
    pub leads: bool,
    /// Since when nobody leads; `None`: somebody does.
    pub since: Option<Timestamp>,
    /// Why the shared store is not reached; nothing is moved by itself meanwhile.
    pub problem: Option<String>,
    /// The other watchers, by vantage.
    pub peers: Vec<PeerView>,
}

/// Another watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PeerView {
    /// Its vantage.
    pub vantage: String,
    /// When it was last heard; `None`: never.
    pub heard: Option<Timestamp>,
    /// Whether that is recent.
    pub alive: bool,
    /// Whether it sees any site up.
    pub sees: bool,
    /// Whether it reaches none of its anchors.
    pub isolated: bool,
    /// Whether it says that it leads.
    pub leads: bool,
    /// What is wrong with its own journal.
    pub journal: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// All services at a moment.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Snapshot {
    /// Counts the snapshots of this process.
    pub number: u64,
    /// The moment.
    pub at: Timestamp,
    /// When the watcher was started.
    pub started: Timestamp,
    /// The watcher's version.
    pub version: String,
    /// The vantage this watcher probes from.
    pub vantage: String,
    /// Set when the journal cannot be written: why. Nothing is changed meanwhile.
    pub journal_problem: Option<String>,
    /// What lasts and is no event, the longest-lasting first.
    #[cfg_attr(feature = "serde", serde(default))]
    pub alerts: Vec<AlertView>,
    /// Set when this watcher is one of several.
    #[cfg_attr(feature = "serde", serde(default))]
    pub cluster: Option<ClusterView>,
    /// The services, in the configuration's order.
    pub services: Vec<ServiceSnapshot>,
    /// The latest events, newest first.
    pub recent: Vec<EventRecord>,
}
