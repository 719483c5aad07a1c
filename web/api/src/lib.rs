//! What travels between the server and the panel.
//!
//! The vocabulary is `failover-core`'s own; this crate adds only the envelopes. `GET
//! /api/v1/snapshot` answers a [`Snapshot`], so does every Server-Sent Event of `/api/v1/live`; those of
//! `/api/v1/changes` are [`changes`].
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod changes;
mod places;
mod records;
mod said;
mod settings;

pub use failover_core::Snapshot;
use failover_core::{
    Command, Curve, CurvePoint, EventRecord, Extender, Input, PolicySpec, Severity, Timestamp,
};
pub use places::*;
pub use records::*;
pub use said::Said;
use serde::{Deserialize, Serialize};
pub use settings::*;

/// `POST /api/v1/login`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// What a user or token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look.
    View,
    /// Look and command.
    Operate,
}

/// `GET /api/v1/session`, and the answer to a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who is logged in.
    pub user: String,
    /// What they may do.
    pub role: Role,
    /// Whether this is the demo, which can be broken on purpose.
    pub demo: bool,
}

/// `POST /api/v1/services/{service}/command`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRequest {
    /// What to do; sites by their place in the snapshot.
    #[serde(flatten)]
    pub command: Command,
    /// For `force` at one of several watchers whose shared store is away: this watcher alone moves the
    /// service.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
}

/// What became of a command: the events it caused. A refusal is a [`Problem`] with status 409.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandAnswer {
    /// The events, oldest first.
    pub events: Vec<EventRecord>,
}

/// `GET /api/v1/services/{service}/plan?to={site}`: what a switchover would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The service.
    pub service: String,
    /// The active site's name, if there is exactly one.
    pub from: Option<String>,
    /// The target's name.
    pub to: String,
    /// Per provider, what would change.
    pub providers: Vec<ProviderPlan>,
    /// What was checked, in the order an operator would.
    pub checks: Vec<PlanCheck>,
    /// Whether a switchover would be accepted now; otherwise only a forced failover would.
    pub allowed: bool,
    /// Seconds until every cache has forgotten the old answer.
    pub converges_in_secs: u32,
}

/// What would change at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderPlan {
    /// The provider.
    pub provider: String,
    /// Zone-file lines that would go.
    pub remove: Vec<String>,
    /// Zone-file lines that would come.
    pub add: Vec<String>,
    /// Why nothing could be planned.
    pub problem: Option<String>,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanCheck {
    /// Whether it is as it should be.
    pub ok: bool,
    /// In words.
    pub text: String,
    /// The same for other languages.
    #[serde(default)]
    pub said: Option<Said>,
}

/// `GET /api/v1/events?after={seq}&before={seq}&limit={n}&service={name}&kind={kind,…}&…`;
/// `GET /api/v1/events.jsonl` gives the same events one a line, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// Newest first.
    pub events: Vec<EventRecord>,
}

/// `GET /api/v1/services/{service}/policy`: what decides, as it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServicePolicy {
    /// The TTL that is published, in seconds.
    pub ttl: u32,
    /// The policy.
    pub policy: PolicySpec,
}

/// `GET /api/v1/incidents/{seq}`: what the machine was told around an event, to be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The event that was asked for.
    pub event: EventRecord,
    /// The number of the move it belongs to, if it does.
    #[serde(rename = "move")]
    pub moved: Option<u64>,
    /// When the incident began: with the move, or with the event.
    pub began: Timestamp,
    /// When it ended; `None`: it has not, or that is not known.
    pub ended: Option<Timestamp>,
    /// Later facts are left out or missing.
    pub cut: bool,
    /// The version of the program that recorded it.
    pub version: String,
    /// The facts, oldest first; more than one part if the watcher was started meanwhile.
    pub parts: Vec<IncidentPart>,
}

/// A machine and the facts it was given, without a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentPart {
    /// A watcher was started with this machine.
    pub started: bool,
    /// The machine before the first fact: JSON that only the same version of the core reads.
    pub machine: String,
    /// The facts.
    pub facts: Vec<IncidentFact>,
}

/// One fact as the machine was given it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentFact {
    /// When it was told.
    pub at: Timestamp,
    /// The fact.
    pub fact: Input,
    /// The machine's digest after it, in 16 hexadecimal digits.
    pub digest: String,
}

/// `GET /api/v1/services/{service}/history?from={ms}&to={ms}`: how a service stood over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub to: Timestamp,
    /// The service as people found it, each of its sites, and whether automation might act.
    pub rows: Vec<HistoryRow>,
    /// What changed it, oldest first.
    pub marks: Vec<HistoryMark>,
    /// From when on nothing is left out; later than `from` where too much has happened.
    pub known_from: Timestamp,
}

/// What a [`HistoryRow`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistorySubject {
    /// What people found.
    Service,
    /// A site.
    Site,
    /// Whether automation might act.
    Automation,
}

/// The states of one thing over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// What it is about.
    pub subject: HistorySubject,
    /// The service's or the site's name; empty for automation.
    pub name: String,
    /// Its states, oldest first, without gaps.
    pub spans: Vec<HistorySpan>,
}

/// How something stood for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistorySpan {
    /// How.
    pub state: HistoryState,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
}

/// How something stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryState {
    /// Nobody knew.
    Unknown,
    /// It served.
    Up,
    /// It did not.
    Down,
    /// The name was on its way to another site.
    Moving,
    /// A human had taken it out of the choice.
    Maintenance,
    /// Automation might act.
    Armed,
    /// It stayed where it was after a failover.
    Latched,
    /// It might not act.
    Disarmed,
}

/// Something that happened at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryMark {
    /// When.
    pub at: Timestamp,
    /// Its event's place in the journal.
    pub seq: u64,
    /// Its event's kind, such as `move_started`.
    pub kind: String,
    /// How urgent it was.
    pub severity: Severity,
    /// One sentence.
    pub text: String,
}

/// `GET /api/v1/notifications?limit={n}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifications {
    /// Newest first.
    pub notifications: Vec<Notification>,
    /// The channels, in the configuration's order.
    pub channels: Vec<ChannelState>,
    /// The dead man's switch, if there is one.
    #[serde(default)]
    pub heartbeat: Option<HeartbeatState>,
}

/// How the dead man's switch was last reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatState {
    /// How often it is pinged, in seconds.
    pub every_secs: u64,
    /// When it last took a ping.
    pub reached: Option<Timestamp>,
    /// Why it could not be reached the last time.
    pub problem: Option<String>,
    /// What the last ping said was wrong with the watcher; none: it was well.
    pub said: Option<String>,
}

/// `POST /api/v1/notifications/test`: a quiet message through one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelTest {
    /// The channel's name.
    pub channel: String,
}

/// What became of a test message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelTested {
    /// The channel's name.
    pub channel: String,
    /// What sort of channel it is.
    pub kind: String,
    /// Whether it was taken.
    pub delivered: bool,
    /// Why not.
    pub problem: Option<String>,
    /// Whether a watcher would try again.
    pub again: bool,
    /// How long that took.
    pub millis: u64,
}

/// One message to one channel, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Its place in the journal.
    pub id: u64,
    /// When it was written.
    pub at: Timestamp,
    /// The channel's name.
    pub channel: String,
    /// What it is about; the same in all messages about one condition.
    pub key: String,
    /// What it says of that: `raised`, `reminder`, `over` or `note`.
    pub kind: String,
    /// How urgent it is.
    pub severity: Severity,
    /// The service it concerns; none: the watcher as a whole.
    pub service: Option<String>,
    /// What people read.
    pub text: String,
    /// Since when the condition lasts.
    pub since: Option<Timestamp>,
    /// Tries so far.
    pub attempts: u32,
    /// `waiting`, `delivered`, `refused` or `given_up`.
    pub delivery: String,
    /// When that was certain.
    pub ended: Option<Timestamp>,
    /// Why the latest try did not deliver it.
    pub problem: Option<String>,
}

/// A way to reach people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// Its name.
    pub name: String,
    /// What sort of channel it is: `email`.
    pub kind: String,
    /// How many messages wait for their delivery.
    pub waiting: u64,
    /// Why the latest try failed; none while all is well.
    pub problem: Option<String>,
    /// Nothing less urgent is told by it.
    #[serde(default = "info")]
    pub least: Severity,
    /// Only these services, and the watcher as a whole; none: all.
    #[serde(default)]
    pub services: Option<Vec<String>>,
    /// Nobody is woken by it, as far as it can do that.
    #[serde(default)]
    pub quiet: bool,
    /// How often people are reminded of what lasts, in seconds; none: never.
    #[serde(default)]
    pub remind_every_secs: Option<u64>,
    /// How old a message may become before it is given up, in seconds.
    #[serde(default)]
    pub give_up_after_secs: u64,
    /// Messages it has taken since the start of the program.
    #[serde(default)]
    pub delivered: u64,
    /// Messages it will never take, or that became too old, since then.
    #[serde(default)]
    pub lost: u64,
    /// Tries that failed and were repeated, since then.
    #[serde(default)]
    pub retried: u64,
}

/// What an older server does not say.
fn info() -> Severity {
    Severity::Info
}

/// `GET /api/v1/curves?service={name}&move={id}&limit={n}`: how the world's caches followed moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// The latest move first.
    pub curves: Vec<MoveCurve>,
}

/// How the world's caches followed one move, with what can be worked out of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoveCurve {
    /// What was measured.
    pub curve: Curve,
    /// Resolvers that gave the new answer.
    pub new: usize,
    /// Resolvers that answered at all.
    pub answering: usize,
    /// Measured and expected share, at even distances.
    pub points: Vec<CurvePoint>,
    /// Resolvers that keep answers for longer than they may.
    pub extenders: Vec<Extender>,
}

impl MoveCurve {
    /// A curve with what can be worked out of it.
    pub fn of(curve: Curve) -> Self {
        let (new, answering) = curve.reached();
        let (points, extenders) = (curve.points(CURVE_POINTS), curve.extenders());
        Self { curve, new, answering, points, extenders }
    }
}

/// As many moments of a curve as a panel or a terminal can show.
pub const CURVE_POINTS: u32 = 61;

/// `GET /api/v1/version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The program's version.
    pub version: String,
}

/// Every error of the API (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable word for programs, such as `stale_from`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What exactly, and what would be right.
    pub detail: String,
}

/// `POST /api/v1/demo/fault` (demo only): breaks or mends one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoFault {
    /// The fault's id, from [`DemoFaults`].
    pub id: String,
    /// Break it, or mend it.
    pub on: bool,
}

/// `GET /api/v1/demo/faults` (demo only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoFaults {
    /// What can be broken.
    pub faults: Vec<DemoFaultState>,
}

/// One thing that can be broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoFaultState {
    /// Its id.
    pub id: String,
    /// The heading it stands under: `london`, `Google Cloud`.
    pub group: String,
    /// In words: "kill the site (connection refused)".
    pub text: String,
    /// Whether it is broken now.
    pub on: bool,
}

/// `GET /api/v1/demo/inbox` (demo only): what has arrived at the demo's own receiver of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoInbox {
    /// Newest first.
    pub messages: Vec<DemoMessage>,
    /// Pings of the dead man's switch so far.
    pub pings: u64,
}

/// One message as its receiver has seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoMessage {
    /// Its place, counted from 1.
    pub number: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// Which address it came to: the channel's name.
    pub to: String,
    /// The urgency, as a word.
    pub severity: String,
    /// The first line.
    pub headline: String,
    /// The rest.
    pub text: String,
    /// Whether its signature is right.
    pub signed: bool,
}
