//! Reading the journal, beside the writer.
use std::path::Path;

use failover_core::{Event, EventRecord, Severity, State, Timestamp};
use rusqlite::{Connection, OpenFlags, Row};

use super::write::{Failed, number, words};
use crate::error::JournalError;

/// At most this many events per call.
const LIMIT_MAX: u32 = 10_000;

/// Events above `after`, newest first; the first `limit` of them, or the latest when `after` is 0.
pub fn read_events(
    path: &Path,
    after: u64,
    limit: u32,
    service: Option<&str>,
) -> Result<Vec<EventRecord>, JournalError> {
    let failed = |error: Failed| JournalError::Io { path: path.to_owned(), message: words(&error) };
    let connection = read_only(path).map_err(failed)?;
    events(&connection, after, limit, service).map_err(failed)
}

/// A connection that cannot write and waits a moment for a writer.
pub(super) fn read_only(path: &Path) -> Result<Connection, Failed> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    Ok(connection)
}

pub(super) fn events(
    connection: &Connection,
    after: u64,
    limit: u32,
    service: Option<&str>,
) -> Result<Vec<EventRecord>, Failed> {
    // A follower must miss nothing, so it gets the oldest it has not seen; a visitor wants news.
    let order = if after == 0 { "DESC" } else { "ASC" };
    let query = format!(
        "SELECT seq, at, service, severity, text, event FROM events
         WHERE seq > ?1 AND (?2 IS NULL OR service = ?2) ORDER BY seq {order} LIMIT ?3"
    );
    let mut statement = connection.prepare(&query)?;
    let mut rows = statement.query((number(after), service, limit.min(LIMIT_MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(row)?);
    }
    if after != 0 {
        found.reverse();
    }
    Ok(found)
}

/// The event of this number.
pub(super) fn event(connection: &Connection, seq: u64) -> Result<Option<EventRecord>, Failed> {
    let query = "SELECT seq, at, service, severity, text, event FROM events WHERE seq = ?1";
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query([number(seq)])?;
    rows.next()?.map(record).transpose()
}

/// The events of `service` above `after`, up to and including `until`, oldest first.
pub(super) fn events_between(
    connection: &Connection,
    service: &str,
    after: u64,
    until: u64,
) -> Result<Vec<EventRecord>, Failed> {
    let query = "SELECT seq, at, service, severity, text, event FROM events
        WHERE service = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq";
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query((service, number(after), number(until)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(row)?);
    }
    Ok(found)
}

/// The events of a move that was made alone, oldest first.
pub(super) fn events_of(connection: &Connection, lone: &str) -> Result<Vec<EventRecord>, Failed> {
    let query = "SELECT e.seq, at, service, severity, text, event FROM events e
        JOIN lone_events l ON l.seq = e.seq WHERE l.move = ?1 ORDER BY e.seq";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([lone])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(row)?);
    }
    Ok(found)
}

/// The state of every service, as last written.
pub(super) fn states(connection: &Connection) -> Result<Vec<(String, State)>, Failed> {
    let mut statement = connection.prepare("SELECT service, state FROM state")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let state: String = row.get(1)?;
        found.push((row.get(0)?, serde_json::from_str(&state)?));
    }
    Ok(found)
}

/// The number and the time of the latest entry.
pub(super) fn latest(connection: &Connection) -> Result<(u64, Timestamp), Failed> {
    let latest = "SELECT coalesce(max(seq), 0), max(coalesce(max(at), 0),
        coalesce((SELECT max(at) FROM state), 0), coalesce((SELECT max(at) FROM runs), 0))
        FROM events";
    let (seq, at): (i64, i64) =
        connection.query_row(latest, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let unsigned = |value: i64| u64::try_from(value).unwrap_or(0);
    Ok((unsigned(seq), Timestamp::from_millis(unsigned(at))))
}

/// The version of the tables.
pub(super) fn version(connection: &Connection) -> Result<i64, Failed> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// The number of the latest segment of facts.
pub(super) fn latest_segment(connection: &Connection) -> Result<u64, Failed> {
    if version(connection)? < 2 {
        return Ok(0);
    }
    let latest = "SELECT coalesce(max(id), 0) FROM segments";
    let latest: i64 = connection.query_row(latest, [], |row| row.get(0))?;
    Ok(u64::try_from(latest).unwrap_or(0))
}

pub(super) fn record(row: &Row<'_>) -> Result<EventRecord, Failed> {
    let severity: String = row.get(3)?;
    let event: String = row.get(5)?;
    let unsigned = |value: i64| u64::try_from(value).unwrap_or(0);
    Ok(EventRecord {
        seq: unsigned(row.get(0)?),
        at: Timestamp::from_millis(unsigned(row.get(1)?)),
        service: row.get(2)?,
        severity: serde_json::from_value::<Severity>(severity.into())?,
        text: row.get(4)?,
        event: serde_json::from_str::<Event>(&event)?,
    })
}
