//! Reading what was recorded, beside a watcher that goes on writing.
use std::path::{Path, PathBuf};

use failover_core::{EventRecord, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row};

use super::read::{self, read_only};
use super::schema;
use super::write::{Failed, number, words};
use crate::error::JournalError;
use crate::facts::{FORM, Step, Why, decode};

/// A journal that is read and never written.
#[derive(Debug)]
pub(crate) struct Recorded {
    path: PathBuf,
    connection: Connection,
    /// The version of its tables.
    version: i64,
}

/// A segment as it stands in the journal.
#[derive(Clone, Debug)]
pub(crate) struct SegmentRow {
    pub(crate) id: u64,
    pub(crate) service: String,
    pub(crate) version: String,
    pub(crate) form: i64,
    pub(crate) why: Why,
    pub(crate) follows: u64,
    pub(crate) seq: u64,
    pub(crate) began: Timestamp,
    pub(crate) ended: Timestamp,
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
    pub(crate) closed: bool,
    pub(crate) digest: u64,
}

impl Recorded {
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let failed =
            |error: Failed| JournalError::Io { path: path.to_owned(), message: words(&error) };
        if let Err(error) = std::fs::metadata(path) {
            return Err(failed_to_read(path, &error));
        }
        let connection = read_only(path).map_err(failed)?;
        let application = "PRAGMA application_id";
        let application = connection.query_row(application, [], |row| row.get::<_, i64>(0));
        let application = application.map_err(|error| failed(error.into()))?;
        if application != schema::APPLICATION_ID {
            let message = "it is not a journal of this program".to_owned();
            return Err(JournalError::Foreign { path: path.to_owned(), message });
        }
        let version = read::version(&connection).map_err(failed)?;
        if version > schema::VERSION {
            let message = format!(
                "schema version {version} is newer than the {} this version knows; run the newer \
                 version",
                schema::VERSION
            );
            return Err(JournalError::Io { path: path.to_owned(), message });
        }
        // One look at all of it, whatever the watcher writes meanwhile.
        connection.execute_batch("BEGIN").map_err(|error| failed(error.into()))?;
        Ok(Self { path: path.to_owned(), connection, version })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// All segments, oldest first.
    pub(crate) fn segments(&self) -> Result<Vec<SegmentRow>, JournalError> {
        // Before version 2 there were none.
        if self.version < 2 {
            return Ok(Vec::new());
        }
        self.tried(|connection| {
            let mut statement = connection.prepare(
                "SELECT id, service, version, form, why, follows, seq, began, ended, steps, bytes,
                 closed, digest FROM segments ORDER BY id",
            )?;
            let rows = statement.query_map([], segment)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// The machine at the beginning of a segment, as JSON.
    pub(crate) fn checkpoint(&self, segment: u64) -> Result<Option<String>, JournalError> {
        self.tried(|connection| {
            let query = "SELECT checkpoint FROM segments WHERE id = ?1";
            Ok(connection.query_row(query, [number(segment)], |row| row.get(0)).optional()?)
        })
    }

    /// The facts of a segment in order. What cannot be read ends them, with the reason.
    pub(crate) fn steps(
        &self,
        segment: &SegmentRow,
    ) -> Result<(Vec<Step>, Option<String>), JournalError> {
        if segment.form != FORM {
            let message =
                format!("its facts are written in form {}, this reads {FORM}", segment.form);
            return Ok((Vec::new(), Some(message)));
        }
        self.tried(|connection| {
            let query =
                "SELECT first, count, at, steps FROM facts WHERE segment = ?1 ORDER BY first";
            let mut statement = connection.prepare_cached(query)?;
            let mut rows = statement.query([number(segment.id)])?;
            let mut steps: Vec<Step> = Vec::new();
            while let Some(row) = rows.next()? {
                let (first, count, at) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (first, count) = (natural(first), natural(count));
                let bytes: Vec<u8> = row.get(3)?;
                let next = steps.len() as u64;
                if first != next {
                    let message = format!("the facts from number {next} to {first} are missing");
                    return Ok((steps, Some(message)));
                }
                match decode(&bytes, Timestamp::from_millis(natural(at)), first, count) {
                    Ok(more) => steps.extend(more),
                    Err(damaged) => return Ok((steps, Some(damaged.to_string()))),
                }
            }
            let (have, wanted) = (steps.len() as u64, segment.steps);
            let less = have < wanted;
            let message = format!("the facts from number {have} to {wanted} are missing");
            Ok((steps, less.then_some(message)))
        })
    }

    /// The event of this number.
    pub(crate) fn event(&self, seq: u64) -> Result<Option<EventRecord>, JournalError> {
        self.tried(|connection| read::event(connection, seq))
    }

    /// The events of `service` above `after`, up to and including `until`, oldest first.
    pub(crate) fn events(
        &self,
        service: &str,
        after: u64,
        until: u64,
    ) -> Result<Vec<EventRecord>, JournalError> {
        self.tried(|connection| read::events_between(connection, service, after, until))
    }

    /// How many events of `service` there are up to and including number `seq`.
    pub(crate) fn count(&self, service: &str, seq: u64) -> Result<u64, JournalError> {
        self.tried(|connection| {
            let query = "SELECT count(*) FROM events WHERE service = ?1 AND seq <= ?2";
            let count = connection.query_row(query, (service, number(seq)), |row| row.get(0))?;
            Ok(natural(count))
        })
    }

    /// The services of which there are events or facts.
    pub(crate) fn services(&self) -> Result<Vec<String>, JournalError> {
        self.tried(|connection| {
            let mut statement = connection.prepare(
                "SELECT DISTINCT service FROM events
                    WHERE service <> '' ORDER BY service",
            )?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    fn tried<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failed>,
    ) -> Result<T, JournalError> {
        read(&self.connection)
            .map_err(|error| JournalError::Io { path: self.path.clone(), message: words(&error) })
    }
}

fn failed_to_read(path: &Path, error: &std::io::Error) -> JournalError {
    JournalError::Io { path: path.to_owned(), message: error.to_string() }
}

fn segment(row: &Row<'_>) -> rusqlite::Result<SegmentRow> {
    let why: String = row.get(4)?;
    Ok(SegmentRow {
        id: natural(row.get(0)?),
        service: row.get(1)?,
        version: row.get(2)?,
        form: row.get(3)?,
        why: Why::of(&why),
        follows: natural(row.get(5)?),
        seq: natural(row.get(6)?),
        began: Timestamp::from_millis(natural(row.get(7)?)),
        ended: Timestamp::from_millis(natural(row.get(8)?)),
        steps: natural(row.get(9)?),
        bytes: natural(row.get(10)?),
        closed: row.get(11)?,
        digest: row.get::<_, i64>(12)?.cast_unsigned(),
    })
}

fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
