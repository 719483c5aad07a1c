//! Moves that this watcher has made alone while the store was away, in tables that only such a one has.
use failover_core::{Actor, EventRecord, State, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::read;
use super::write::{Failed, number};
use crate::cluster::Base;

/// Made when they are needed. The events of a move stand with all others.
const CREATE: &str = "
CREATE TABLE IF NOT EXISTS lone_moves (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    base TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS lone_events (
    seq INTEGER PRIMARY KEY,
    move TEXT NOT NULL
) STRICT;
";

/// A move that was made here alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoneRow {
    pub(crate) id: String,
    pub(crate) service: String,
    pub(crate) at: Timestamp,
    pub(crate) who: Actor,
    /// What it was decided on.
    pub(crate) base: Base,
    /// The state of the machine that makes it.
    pub(crate) state: State,
    /// What has happened, oldest first. Written as events, not with the row.
    pub(crate) events: Vec<EventRecord>,
    pub(crate) stage: Stage,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It is carried out here.
    Acting,
    /// Nothing is done about it here any more; the group is to be told.
    Handing,
    /// The group has it.
    Handed,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Acting, Self::Handing, Self::Handed];

    fn word(self) -> &'static str {
        match self {
            Self::Acting => "acting",
            Self::Handing => "handing",
            Self::Handed => "handed",
        }
    }
}

/// All of them, in the order they were made.
pub(super) fn all(connection: &Connection) -> Result<Vec<LoneRow>, Failed> {
    let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'lone_moves'";
    if connection.query_row(table, [], |_| Ok(())).optional()?.is_none() {
        return Ok(Vec::new());
    }
    let query = "SELECT id, service, at, who, base, state, stage FROM lone_moves ORDER BY rowid";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (base, state, word) =
            (row.get::<_, String>(4)?, row.get::<_, String>(5)?, row.get::<_, String>(6)?);
        let at = u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0);
        // A stage of a later version is one that this one has no part in.
        let stage = Stage::ALL.into_iter().find(|stage| stage.word() == word);
        let mut lone = LoneRow {
            id: row.get(0)?,
            service: row.get(1)?,
            at: Timestamp::from_millis(at),
            who: Actor(row.get(3)?),
            base: serde_json::from_str(&base)?,
            state: serde_json::from_str(&state)?,
            events: Vec::new(),
            stage: stage.unwrap_or(Stage::Handed),
        };
        if lone.stage != Stage::Handed {
            lone.events = read::events_of(connection, &lone.id)?;
        }
        found.push(lone);
    }
    Ok(found)
}

/// Writes the row of a move; `events` are of it.
pub(super) fn put(
    all: &Transaction<'_>,
    lone: &LoneRow,
    events: &[EventRecord],
) -> Result<(), Failed> {
    all.execute_batch(CREATE)?;
    let LoneRow { id, service, at, who, base, state, events: _, stage } = lone;
    let insert = "INSERT INTO lone_moves VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, stage = excluded.stage";
    all.prepare_cached(insert)?.execute(params![
        id,
        service,
        number(at.as_millis()),
        who.0,
        serde_json::to_string(base)?,
        serde_json::to_string(state)?,
        stage.word(),
    ])?;
    for record in events {
        all.prepare_cached("INSERT INTO lone_events VALUES (?1, ?2)")?
            .execute(params![number(record.seq), id])?;
    }
    Ok(())
}
