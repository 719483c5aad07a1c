//! The one connection that writes.
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use failover_core::EventRecord;
use rusqlite::{Connection, Transaction, params};

use super::open::Terms;
use super::{Audit, Batch, facts, lone, mirrored, notices, power, retention};
use crate::error::JournalError;
use crate::facts::Chunk;
use crate::telling::News;

/// The writing connection and the lock that makes it the only one.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    /// What is known of the facts.
    pub(super) facts: facts::Store,
    /// What has become of notifications and was not written yet.
    pub(super) news: News,
    /// Held, not read: the lock ends with it.
    _lock: File,
}

impl Writer {
    pub(super) fn new(path: &Path, connection: Connection, lock: File, terms: &Terms<'_>) -> Self {
        let facts = facts::Store::new(terms);
        let news = News::default();
        Self { path: path.to_owned(), connection, facts, news, _lock: lock }
    }

    /// Counts how often facts were given up.
    pub(super) fn losses(&self) -> Arc<AtomicU64> {
        self.facts.losses.clone()
    }

    /// Writes `batch` as a whole; on failure nothing of it is in the file. Only its facts are given
    /// up when nothing but they are in the way.
    pub(super) fn commit(&mut self, batch: &Batch) -> Result<(), JournalError> {
        let path = self.path.clone();
        let failed = |error: Failed| JournalError::Io { path, message: words(&error) };
        let waiting = self.facts.waiting(&batch.facts);
        let Err(error) = write(&mut self.connection, batch, &waiting, &self.facts.version) else {
            self.facts.written(&waiting);
            return Ok(());
        };
        if waiting.is_empty() && !error.is_full() {
            return Err(failed(error));
        }
        if write(&mut self.connection, batch, &[], "").is_err() {
            // Nothing must be undone for the sake of facts that are there already.
            if !(error.is_full() && retention::make_room(&mut self.connection)) {
                return Err(failed(error));
            }
            write(&mut self.connection, batch, &[], "").map_err(failed)?;
        }
        self.lose(&words(&error));
        Ok(())
    }

    /// The log is emptied so that the file alone is a complete copy.
    pub(super) fn close(self) {
        let emptied = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        if let Err(error) = emptied {
            tracing::warn!("journal {}: closed with its log: {error}", self.path.display());
        }
    }
}

fn write(
    connection: &mut Connection,
    batch: &Batch,
    chunks: &[Chunk],
    version: &str,
) -> Result<(), Failed> {
    // What is decided must be on the disk; facts that nobody waits for need not be at once.
    connection.pragma_update(None, "synchronous", "FULL")?;
    let all = connection.transaction()?;
    for record in &batch.events {
        add_event(&all, record)?;
    }
    for (service, at, state) in &batch.states {
        let seq: i64 =
            all.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
        all.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2, ?3, ?4)")?.execute(
            params![service, number(at.as_millis()), seq, serde_json::to_string(state)?],
        )?;
    }
    for audit in &batch.audit {
        add_audit(&all, audit)?;
    }
    for change in &batch.power {
        power::put(&all, change)?;
    }
    notices::put(&all, &batch.news)?;
    for chunk in chunks {
        facts::add(&all, chunk, version)?;
    }
    if let Some(row) = &batch.lone {
        lone::put(&all, row, &batch.events)?;
    }
    if let Some(reached) = &batch.mirrored {
        mirrored::put(&all, reached)?;
    }
    Ok(all.commit()?)
}

fn add_event(all: &Transaction<'_>, record: &EventRecord) -> Result<(), Failed> {
    let EventRecord { seq, at, service, severity, text, event } = record;
    let severity = serde_json::to_value(severity)?;
    all.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        number(*seq),
        number(at.as_millis()),
        service,
        severity.as_str().unwrap_or_default(),
        text,
        serde_json::to_string(event)?,
    ])?;
    Ok(())
}

fn add_audit(all: &Transaction<'_>, audit: &Audit) -> Result<(), Failed> {
    let Audit { at, service, who, command, outcome } = audit;
    let insert = "INSERT INTO audit (at, service, who, command, outcome) VALUES (?1,?2,?3,?4,?5)";
    let command = serde_json::to_string(command)?;
    all.prepare_cached(insert)?.execute(params![
        number(at.as_millis()),
        service,
        who.0,
        command,
        outcome
    ])?;
    Ok(())
}

/// SQLite's integers are signed; none of ours comes near the end.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("an entry has no JSON form: {0}")]
    Json(#[from] serde_json::Error),
    #[error("facts are missing before number {first} of segment {segment}")]
    Gap { segment: u64, first: u64 },
}

impl Failed {
    /// Whether it may be over by itself, or when somebody makes room.
    pub(super) fn may_pass(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DiskFull, SystemIoFailure};
        let Self::Sqlite(error) = self else { return false };
        let code = error.sqlite_error_code();
        matches!(code, Some(DatabaseBusy | DiskFull | SystemIoFailure))
    }

    /// Whether there is no room.
    pub(super) fn is_full(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
    }
}

/// SQLite's own words, with what an operator can do about the common ones.
pub(super) fn words(error: &Failed) -> String {
    use rusqlite::ErrorCode;
    let Failed::Sqlite(sqlite) = error else { return error.to_string() };
    let advice = match sqlite.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => " (make room on the disk, or raise the journal's limit)",
        Some(ErrorCode::SystemIoFailure) => " (look at the disk and the system's log)",
        Some(ErrorCode::DatabaseBusy) => " (another program holds a write lock on it)",
        Some(ErrorCode::ReadOnly) => " (the file or its directory is not writable)",
        _ => "",
    };
    format!("{sqlite}{advice}")
}
