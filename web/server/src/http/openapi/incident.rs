//! The shapes of a policy in force and of an incident.
use serde::Serialize;
use utoipa::ToSchema;

use super::command::Command;
use super::event::{Answer, EventRecord, Receipt};
use super::policy::{Duration, PolicySpec};

/// What decides, as it is in force.
#[derive(Serialize, ToSchema)]
pub struct ServicePolicy {
    /// The TTL that is published, in seconds.
    pub ttl: u32,
    /// The policy.
    pub policy: PolicySpec,
}

/// What the machine was told around an event, to be replayed.
#[derive(Serialize, ToSchema)]
pub struct Incident {
    /// The event that was asked for.
    pub event: EventRecord,
    /// The number of the move it belongs to, if it does.
    #[schema(rename = "move")]
    pub moved: Option<u64>,
    /// When the incident began: with the move, or with the event.
    pub began: u64,
    /// When it ended; null: it has not, or that is not known.
    pub ended: Option<u64>,
    /// Later facts are left out or missing.
    pub cut: bool,
    /// The version of the program that recorded it.
    pub version: String,
    /// The facts, oldest first; more than one part if the watcher was started meanwhile.
    pub parts: Vec<IncidentPart>,
}

/// A machine and the facts it was given, without a gap.
#[derive(Serialize, ToSchema)]
pub struct IncidentPart {
    /// A watcher was started with this machine.
    pub started: bool,
    /// The machine before the first fact: JSON that only the same version of the core reads.
    pub machine: String,
    /// The facts.
    pub facts: Vec<IncidentFact>,
}

/// One fact as the machine was given it.
#[derive(Serialize, ToSchema)]
pub struct IncidentFact {
    /// When it was told.
    pub at: u64,
    /// The fact.
    pub fact: Input,
    /// The machine's digest after it, in 16 hexadecimal digits.
    pub digest: String,
}

/// All that a machine can be told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Time has passed.
    Tick,
    /// A probe has ended.
    Probed {
        vantage: u8,
        site: u8,
        check: u8,
        ok: bool,
        /// When it was started.
        at: u64,
    },
    /// An attempt to publish has ended.
    Receipt { attempt: u64, provider: u8, receipt: Receipt },
    /// All name servers of a provider agree on this.
    Answered { provider: u8, answer: Answer },
    /// A provider's API says that this is stored.
    Stored { provider: u8, answer: Answer },
    /// A site was stopped, or could not be.
    Fenced { site: u8, ok: bool },
    /// A cold site was started, or could not be.
    Started { site: u8, ok: bool },
    /// This watcher leads.
    Leadership { epoch: u64, until: u64 },
    /// This watcher does not lead.
    LeadershipLost,
    /// A human commands.
    Operator { who: String, command: Command },
    /// A vantage does not trust itself, or does again.
    Isolated { vantage: u8, isolated: bool },
    /// How far a site's database lags; null: nobody knows.
    Lag { site: u8, lag: Option<Duration> },
    /// Whether the journal can be written.
    Journal { writable: bool },
}
