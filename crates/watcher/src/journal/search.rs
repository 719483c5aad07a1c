//! Looking for events in the journal, beside the writer.
use std::path::Path;

use failover_core::{EventRecord, Severity, Timestamp};
use rusqlite::{Connection, named_params};

use super::read::{read_only, record};
use super::write::{Failed, number, words};
use crate::error::JournalError;

/// At most this many events per call.
const LIMIT_MAX: u32 = 10_000;

/// Which events are looked for; by default the latest of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Only those with a greater number.
    pub after: u64,
    /// Only those with a smaller number.
    pub before: Option<u64>,
    /// Only those at this moment or later.
    pub since: Option<Timestamp>,
    /// Only those at this moment or earlier.
    pub until: Option<Timestamp>,
    /// Only those of this service.
    pub service: Option<String>,
    /// Only those of these kinds, such as `move_started`; empty: all.
    pub kinds: Vec<String>,
    /// Only those this urgent or more.
    pub severity: Option<Severity>,
    /// Only what this person, or this watcher's automation, has done.
    pub who: Option<String>,
    /// Only those with these letters in their sentence, service, kind or who did it, whatever their
    /// case.
    pub text: Option<String>,
    /// Whether the oldest come first, and are the ones that are given where there are too many.
    pub oldest_first: bool,
    /// At most this many.
    pub limit: u32,
}

const QUERY: &str = "SELECT seq, at, service, severity, text, event FROM events
    WHERE seq > :after AND (:before IS NULL OR seq < :before)
    AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at <= :until)
    AND (:service IS NULL OR service = :service)
    AND (:severities IS NULL OR severity IN (SELECT value FROM json_each(:severities)))
    AND (:kinds IS NULL OR json_extract(event, '$.kind') IN (SELECT value FROM json_each(:kinds)))
    AND (:who IS NULL OR json_extract(event, '$.who') = :who)
    AND (:text IS NULL OR instr(lower(text || char(10) || service || char(10)
        || json_extract(event, '$.kind') || char(10)
        || coalesce(json_extract(event, '$.who'), '')), lower(:text)) > 0)
    ORDER BY seq";

/// The events that are looked for.
pub fn search_events(path: &Path, query: &EventQuery) -> Result<Vec<EventRecord>, JournalError> {
    let failed = |error: Failed| JournalError::Io { path: path.to_owned(), message: words(&error) };
    let connection = read_only(path).map_err(failed)?;
    search(&connection, query).map_err(failed)
}

fn search(connection: &Connection, query: &EventQuery) -> Result<Vec<EventRecord>, Failed> {
    let order = if query.oldest_first { "ASC" } else { "DESC" };
    let mut statement = connection.prepare(&format!("{QUERY} {order} LIMIT :limit"))?;
    let kinds = match query.kinds.as_slice() {
        [] => None,
        kinds => Some(serde_json::to_string(kinds)?),
    };
    let all = [Severity::Info, Severity::Warning, Severity::Critical];
    let severities = match query.severity {
        None => None,
        Some(least) => {
            let urgent: Vec<Severity> = all.into_iter().filter(|one| *one >= least).collect();
            Some(serde_json::to_string(&urgent)?)
        }
    };
    let mut rows = statement.query(named_params! {
        ":after": number(query.after),
        ":before": query.before.map(number),
        ":since": query.since.map(|at| number(at.as_millis())),
        ":until": query.until.map(|at| number(at.as_millis())),
        ":service": query.service,
        ":severities": severities,
        ":kinds": kinds,
        ":who": query.who,
        ":text": query.text,
        ":limit": query.limit.min(LIMIT_MAX),
    })?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(row)?);
    }
    Ok(found)
}
