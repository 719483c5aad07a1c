//! What travels between the server and the panel.
//!
//! The vocabulary is `failover-core`'s own; this crate adds only the envelopes. `GET
//! /api/v1/snapshot` answers a [`Snapshot`], so does every Server-Sent Event of `/api/v1/live`.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub use failover_core::Snapshot;
use failover_core::{Command, Curve, CurvePoint, EventRecord, Extender, Severity, Timestamp};
use serde::{Deserialize, Serialize};

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
}

/// `GET /api/v1/events?after={seq}&limit={n}&service={name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// Newest first.
    pub events: Vec<EventRecord>,
}

/// `GET /api/v1/notifications?limit={n}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifications {
    /// Newest first.
    pub notifications: Vec<Notification>,
    /// The channels, in the configuration's order.
    pub channels: Vec<ChannelState>,
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
    /// The heading it stands under: "Site frankfurt", "Google Cloud".
    pub group: String,
    /// In words: "kill the site (connection refused)".
    pub text: String,
    /// Whether it is broken now.
    pub on: bool,
}
