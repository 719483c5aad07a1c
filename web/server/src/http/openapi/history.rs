//! The shape of how a service stood over time.
use serde::Serialize;
use utoipa::ToSchema;

use super::event::Severity;

/// How a service stood over time.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// The first moment.
    pub from: u64,
    /// The last moment.
    pub to: u64,
    /// The service as people found it, each of its sites, and whether automation might act.
    pub rows: Vec<HistoryRow>,
    /// What changed it, oldest first.
    pub marks: Vec<HistoryMark>,
    /// From when on nothing is left out; later than `from` where too much has happened.
    pub known_from: u64,
}

/// What a row is about.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistorySubject {
    Service,
    Site,
    Automation,
}

/// The states of one thing over time.
#[derive(Serialize, ToSchema)]
pub struct HistoryRow {
    /// What it is about.
    pub subject: HistorySubject,
    /// The service's or the site's name; empty for automation.
    pub name: String,
    /// Its states, oldest first, without gaps.
    pub spans: Vec<HistorySpan>,
}

/// How something stood for a while.
#[derive(Serialize, ToSchema)]
pub struct HistorySpan {
    /// How.
    pub state: HistoryState,
    /// From when.
    pub from: u64,
    /// Until when.
    pub to: u64,
}

/// How something stood.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryState {
    Unknown,
    Up,
    Down,
    Moving,
    Maintenance,
    Armed,
    Latched,
    Disarmed,
}

/// Something that happened at a moment.
#[derive(Serialize, ToSchema)]
pub struct HistoryMark {
    /// When.
    pub at: u64,
    /// Its event's place in the journal.
    pub seq: u64,
    /// Its event's kind, such as `move_started`.
    pub kind: String,
    /// How urgent it was.
    pub severity: Severity,
    /// One sentence.
    pub text: String,
}
