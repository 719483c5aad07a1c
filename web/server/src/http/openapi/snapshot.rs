//! The shape of a snapshot.
use serde::Serialize;
use utoipa::ToSchema;

use super::event::{Answer, EventRecord, Severity};
use super::view::View;

/// All services at a moment.
#[derive(Serialize, ToSchema)]
pub struct Snapshot {
    /// Counts the snapshots of this process.
    pub number: u64,
    /// The moment.
    pub at: u64,
    /// When the watcher was started.
    pub started: u64,
    /// The watcher's version.
    pub version: String,
    /// The vantage this watcher probes from.
    pub vantage: String,
    /// Set when the journal cannot be written: why. Nothing is changed meanwhile.
    pub journal_problem: Option<String>,
    /// What lasts and is no event, the longest-lasting first.
    pub alerts: Vec<AlertView>,
    /// Set when this watcher is one of several.
    pub cluster: Option<ClusterView>,
    /// The services, in the configuration's order.
    pub services: Vec<ServiceSnapshot>,
    /// The latest events, newest first.
    pub recent: Vec<EventRecord>,
}

/// A condition that lasts and is no event of a service's own.
#[derive(Serialize, ToSchema)]
pub struct AlertView {
    /// What it is about; one of a key lasts at a time.
    pub key: String,
    /// How urgent it is.
    pub severity: Severity,
    /// The service it concerns; none: the watcher as a whole.
    pub service: Option<String>,
    /// One English sentence.
    pub text: String,
    /// Since when it lasts.
    pub since: u64,
}

/// The watchers that share a lead, as one of them sees them.
#[derive(Serialize, ToSchema)]
pub struct ClusterView {
    /// The vantage that leads, as far as this watcher has heard.
    pub leader: Option<String>,
    /// The epoch under which it leads.
    pub epoch: u64,
    /// Whether this watcher leads.
    pub leads: bool,
    /// Since when nobody leads; none: somebody does.
    pub since: Option<u64>,
    /// Why the shared store is not reached; nothing is moved by itself meanwhile.
    pub problem: Option<String>,
    /// The other watchers, by vantage.
    pub peers: Vec<PeerView>,
}

/// Another watcher.
#[derive(Serialize, ToSchema)]
pub struct PeerView {
    /// Its vantage.
    pub vantage: String,
    /// When it was last heard; none: never.
    pub heard: Option<u64>,
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

/// One service at a moment.
#[derive(Serialize, ToSchema)]
pub struct ServiceSnapshot {
    /// What the machine says.
    pub view: View,
    /// The owner name people use.
    pub name: String,
    /// The TTL that is published, in seconds.
    pub ttl: u32,
    /// The sites, in the policy's order.
    pub sites: Vec<SiteFacts>,
    /// The checks, in the policy's order.
    pub checks: Vec<CheckFacts>,
    /// The latest probes.
    pub series: Vec<SampleSeries>,
    /// What the providers store.
    pub published: Vec<Published>,
    /// What the name servers answer.
    pub answers: Vec<ServerAnswer>,
    /// When every cache will have forgotten the answer before the latest move.
    pub converged_at: Option<u64>,
    /// What was lost on the paths to each site while it was up, in the policy's order.
    pub losses: Vec<Option<SiteLosses>>,
    /// How rarely a site that is up is taken for down under these losses.
    pub false_failover: Option<MeasuredBound>,
}

/// What was lost on the paths to one site while it was up.
#[derive(Serialize, ToSchema)]
pub struct SiteLosses {
    /// Since when this was counted.
    pub since: u64,
    /// Probes that count: one of each path and round.
    pub probes: u64,
    /// Those that were lost.
    pub lost: u64,
    /// How many were lost in a row on average.
    pub burst: f64,
    /// By vantage.
    pub vantages: Vec<VantageLosses>,
    /// By two vantages, and by one with itself if it has several checks.
    pub pairs: Vec<PairLosses>,
}

/// What one vantage lost.
#[derive(Serialize, ToSchema)]
pub struct VantageLosses {
    /// Which.
    pub vantage: u8,
    /// Its probes that count.
    pub probes: u64,
    /// Those that were lost.
    pub lost: u64,
}

/// How much two vantages lose together.
#[derive(Serialize, ToSchema)]
pub struct PairLosses {
    /// The one.
    pub one: u8,
    /// The other.
    pub other: u8,
    /// Rounds in which both were heard of.
    pub rounds: u64,
    /// The correlation coefficient of their errors.
    pub correlation: f64,
}

/// A bound that follows from what was measured.
#[derive(Serialize, ToSchema)]
pub struct MeasuredBound {
    /// The mean time to a false verdict, in seconds; absent if there is none in any time that matters.
    pub seconds: Option<f64>,
    /// Whether it is exact; else it is at least as long.
    pub exact: bool,
    /// When it was reckoned.
    pub at: u64,
}

/// What is configured of a site and never decided upon.
#[derive(Serialize, ToSchema)]
pub struct SiteFacts {
    /// Its name.
    pub name: String,
    /// Where it is, in the owner's words.
    pub location: String,
    /// The addresses it is published with.
    pub addresses: Vec<String>,
}

/// What is configured of a check and never decided upon.
#[derive(Serialize, ToSchema)]
pub struct CheckFacts {
    /// Its name.
    pub name: String,
    /// What it does, in words.
    pub what: String,
    /// What of a site it looks at.
    pub layer: Layer,
}

/// Which part of a site a check looks at; people reach them in this order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    Proxy,
    Application,
    Database,
}

/// The latest probes of one check of one site from one vantage, oldest first.
#[derive(Serialize, ToSchema)]
pub struct SampleSeries {
    /// From where.
    pub vantage: u8,
    /// Of which site.
    pub site: u8,
    /// With which check.
    pub check: u8,
    /// The check in words.
    pub what: String,
    /// The probes.
    pub samples: Vec<Sample>,
}

/// One probe.
#[derive(Serialize, ToSchema)]
pub struct Sample {
    /// When it was started.
    pub at: u64,
    /// Whether the check was met.
    pub ok: bool,
    /// How long it took, in milliseconds; absent if no answer came.
    pub latency_ms: Option<f32>,
    /// What happened; absent when all was well.
    pub text: Option<String>,
}

/// What a provider's API says is stored.
#[derive(Serialize, ToSchema)]
pub struct Published {
    /// The provider's name.
    pub provider: String,
    /// The zone.
    pub zone: String,
    /// The owner name.
    pub name: String,
    /// The type.
    pub rtype: String,
    /// The TTL in seconds, if something is stored.
    pub ttl: Option<u32>,
    /// The values.
    pub values: Vec<String>,
    /// The same in sites.
    pub answer: Answer,
    /// When it was read.
    pub at: u64,
}

/// What one name server answers.
#[derive(Serialize, ToSchema)]
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
    pub at: u64,
    /// How long the answer took, in milliseconds.
    pub elapsed_ms: Option<f32>,
}
