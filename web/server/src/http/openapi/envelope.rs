//! The shapes of `web-api`.
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::event::{EventRecord, Severity};

/// Who wants to come in.
#[derive(Serialize, ToSchema)]
pub struct LoginRequest {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// What a user or token may do: look, or look and command.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    View,
    Operate,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// Who.
    pub user: String,
    /// What they may do.
    pub role: Role,
    /// Whether this is the demo, which can be broken on purpose.
    pub demo: bool,
}

/// What people were told, newest first, and the channels.
#[derive(Serialize, ToSchema)]
pub struct Notifications {
    pub notifications: Vec<Notification>,
    pub channels: Vec<ChannelState>,
    /// The dead man's switch, if there is one.
    pub heartbeat: Option<HeartbeatState>,
}

/// How the dead man's switch was last reached.
#[derive(Serialize, ToSchema)]
pub struct HeartbeatState {
    /// How often it is pinged, in seconds.
    pub every_secs: u64,
    /// When it last took a ping.
    pub reached: Option<u64>,
    /// Why it could not be reached the last time.
    pub problem: Option<String>,
    /// What the last ping said was wrong with the watcher; null: it was well.
    pub said: Option<String>,
}

/// A quiet message through one channel.
#[derive(Serialize, ToSchema)]
pub struct ChannelTest {
    /// The channel's name.
    pub channel: String,
}

/// What became of a test message.
#[derive(Serialize, ToSchema)]
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

/// What has arrived at the demo's own receiver of messages.
#[derive(Serialize, ToSchema)]
pub struct DemoInbox {
    /// Newest first.
    pub messages: Vec<DemoMessage>,
    /// Pings of the dead man's switch so far.
    pub pings: u64,
}

/// One message as its receiver has seen it.
#[derive(Serialize, ToSchema)]
pub struct DemoMessage {
    /// Its place, counted from 1.
    pub number: u64,
    /// When it arrived.
    pub at: u64,
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

/// One message to one channel, and what has become of it.
#[derive(Serialize, ToSchema)]
pub struct Notification {
    /// Its place in the journal.
    pub id: u64,
    /// When it was written.
    pub at: u64,
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
    pub since: Option<u64>,
    /// Tries so far.
    pub attempts: u32,
    /// `waiting`, `delivered`, `refused` or `given_up`.
    pub delivery: String,
    /// When that was certain.
    pub ended: Option<u64>,
    /// Why the latest try did not deliver it.
    pub problem: Option<String>,
}

/// A way to reach people.
#[derive(Serialize, ToSchema)]
pub struct ChannelState {
    /// Its name.
    pub name: String,
    /// What sort of channel it is.
    pub kind: String,
    /// How many messages wait for their delivery.
    pub waiting: u64,
    /// Why the latest try failed; none while all is well.
    pub problem: Option<String>,
    /// Nothing less urgent is told by it.
    pub least: Severity,
    /// Only these services, and the watcher as a whole; null: all.
    pub services: Option<Vec<String>>,
    /// Nobody is woken by it, as far as it can do that.
    pub quiet: bool,
    /// How often people are reminded of what lasts, in seconds; null: never.
    pub remind_every_secs: Option<u64>,
    /// How old a message may become before it is given up, in seconds.
    pub give_up_after_secs: u64,
    /// Messages it has taken since the start of the program.
    pub delivered: u64,
    /// Messages it will never take, or that became too old, since then.
    pub lost: u64,
    /// Tries that failed and were repeated, since then.
    pub retried: u64,
}

/// The events a command caused, oldest first.
#[derive(Serialize, ToSchema)]
pub struct CommandAnswer {
    pub events: Vec<EventRecord>,
}

/// Journalled events, newest first.
#[derive(Serialize, ToSchema)]
pub struct Events {
    pub events: Vec<EventRecord>,
}

/// What a switchover would change.
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
pub struct PlanCheck {
    /// Whether it is as it should be.
    pub ok: bool,
    /// In words.
    pub text: String,
    /// The same for other languages.
    pub said: Option<web_api::Said>,
}

/// Which program this is.
#[derive(Serialize, ToSchema)]
pub struct Version {
    pub version: String,
}

/// Every error (RFC 9457).
#[derive(Serialize, ToSchema)]
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

/// Breaks or mends one thing of the demo.
#[derive(Serialize, ToSchema)]
pub struct DemoFault {
    /// The fault's id.
    pub id: String,
    /// Break it, or mend it.
    pub on: bool,
}

/// What can be broken in the demo.
#[derive(Serialize, ToSchema)]
pub struct DemoFaults {
    pub faults: Vec<DemoFaultState>,
}

/// One thing that can be broken.
#[derive(Serialize, ToSchema)]
pub struct DemoFaultState {
    /// Its id.
    pub id: String,
    /// The heading it stands under.
    pub group: String,
    /// In words.
    pub text: String,
    /// Whether it is broken now.
    pub on: bool,
}

/// What every route that needs a login can answer besides success.
#[derive(IntoResponses)]
pub enum Refused {
    /// Nobody is logged in, or the session has ended.
    #[response(status = 401, content_type = "application/problem+json")]
    NoSession(#[to_schema] Problem),
    /// Too many failed attempts from this address; see `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] Problem),
}

/// What every route that reads a body can answer besides success.
#[derive(IntoResponses)]
pub enum Unread {
    /// The body or the query is malformed.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] Problem),
    /// Another site made the browser send this, or the role does not allow it.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] Problem),
    /// The body is larger than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Problem),
    /// The body is not said to be JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(#[to_schema] Problem),
}
