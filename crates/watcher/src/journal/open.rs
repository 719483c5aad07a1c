//! Opening a journal: ours, undamaged, not from the future, and nobody else's.
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use failover_core::{Curve, EventRecord, State, Timestamp};
use rusqlite::{Connection, TransactionBehavior};

use super::notices::{self, Told};
use super::write::{Failed, Writer, number, words};
use super::{LoneRow, Retention, curves, lone, mirrored, power, read, schema};
use crate::error::JournalError;
use crate::power::PowerChange;

/// How long a watcher that is just ending may still hold the lock.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// How long a write waits for somebody else's lock.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// A journal that can be written, and what it remembers.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) writer: Writer,
    /// The states, by service.
    pub(crate) states: Vec<(String, State)>,
    /// The number of the latest event.
    pub(crate) seq: u64,
    /// The number of the latest segment of facts.
    pub(crate) segment: u64,
    /// The time of the latest entry.
    pub(crate) at: Timestamp,
    /// The latest events, newest first.
    pub(crate) recent: Vec<EventRecord>,
    /// The latest changes of power, oldest first.
    pub(crate) power_changes: Vec<PowerChange>,
    /// What people were told, and what is still to be delivered.
    pub(crate) told: Told,
    /// Curves that an earlier watcher was still drawing.
    pub(crate) unfinished: Vec<Curve>,
    /// How far shared logs were followed.
    pub(crate) mirrored: BTreeMap<String, u64>,
    /// Moves that were made here alone, oldest first.
    pub(crate) lone: Vec<LoneRow>,
    /// It can be read, but for now not be written: the disk is full or failing.
    pub(crate) problem: Option<JournalError>,
}

/// How a journal is opened.
#[derive(Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) now: Timestamp,
    pub(crate) version: &'a str,
    pub(crate) vantage: &'a str,
    pub(crate) bytes_max: Option<u64>,
    pub(crate) retention: Retention,
    pub(crate) recent: usize,
}

/// Opens the journal at `path`, or makes one if there is none.
///
/// A file that is refused is not touched: it is read with a connection that cannot write before
/// it is opened with one that can.
pub(crate) fn open(path: &Path, terms: &Terms<'_>) -> Result<Opened, JournalError> {
    let lock = lock(path, terms.vantage)?;
    let fresh = std::fs::metadata(path).map_or(true, |meta| meta.len() == 0);
    if !fresh {
        inspect(path)?;
    }
    let failed = |error: Failed| JournalError::Io { path: path.to_owned(), message: words(&error) };
    let mut connection = prepare(path, fresh, terms).map_err(failed)?;
    let memory = remember(&connection, terms.recent);
    let (states, (seq, at), recent, segment, power_changes, told, unfinished) =
        memory.map_err(|error| corrupt(path, words(&error)))?;
    let mirrored = mirrored::all(&connection).map_err(|error| corrupt(path, words(&error)))?;
    let lone = lone::all(&connection).map_err(|error| corrupt(path, words(&error)))?;
    let begun = migrate(&mut connection).and_then(|()| begin(&connection, terms));
    let problem = match begun {
        Ok(()) => None,
        // Watching must not wait for room on the disk; only acting must.
        Err(error) if !fresh && error.may_pass() => Some(failed(error)),
        Err(error) => return Err(failed(error)),
    };
    let writer = Writer::new(path, connection, lock, terms);
    Ok(Opened {
        writer,
        states,
        seq,
        segment,
        at,
        recent,
        power_changes,
        told,
        unfinished,
        mirrored,
        lone,
        problem,
    })
}

/// Refuses what must not be written to.
fn inspect(path: &Path) -> Result<(), JournalError> {
    let mut head = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    match read {
        Ok(()) if head == *b"SQLite format 3\0" => {}
        Ok(()) => return Err(corrupt(path, "it is not an SQLite database".to_owned())),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            return Err(corrupt(path, "it is cut off within its first line".to_owned()));
        }
        Err(error) => return Err(io(path, &error)),
    }
    let marks = look(path).map_err(|error| corrupt(path, words(&error)))?;
    if marks.application != schema::APPLICATION_ID {
        let message = "it is an SQLite database of another program".to_owned();
        return Err(JournalError::Foreign { path: path.to_owned(), message });
    }
    if marks.version > schema::VERSION {
        let copy = copy_aside(path);
        let (found, known) = (marks.version, schema::VERSION);
        return Err(JournalError::Newer { path: path.to_owned(), found, known, copy });
    }
    if marks.health != "ok" {
        return Err(corrupt(path, marks.health));
    }
    Ok(())
}

struct Marks {
    application: i64,
    version: i64,
    health: String,
}

fn look(path: &Path) -> Result<Marks, Failed> {
    let connection = read::read_only(path)?;
    let ask = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application = ask("PRAGMA application_id")?;
    let version = ask("PRAGMA user_version")?;
    let health = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(Marks { application, version, health })
}

fn prepare(path: &Path, fresh: bool, terms: &Terms<'_>) -> Result<Connection, Failed> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    if let Some(bytes) = terms.bytes_max {
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        // This pragma answers with the limit, so it cannot be a plain update.
        let limit = format!("PRAGMA max_page_count = {}", (number(bytes) / page).max(1));
        connection.query_row(&limit, [], |_| Ok(()))?;
    }
    if fresh {
        let first = connection.transaction()?;
        first.execute_batch(schema::CREATE)?;
        first.execute_batch(schema::FACTS)?;
        first.execute_batch(schema::POWER)?;
        first.execute_batch(schema::NOTICES)?;
        first.execute_batch(schema::CURVES)?;
        first.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
        first.pragma_update(None, "user_version", schema::VERSION)?;
        first.commit()?;
    }
    Ok(connection)
}

/// Brings the tables of an older version up to this one's; what was in them stays as it is.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Failed> {
    let version = read::version(connection)?;
    if version == schema::VERSION {
        return Ok(());
    }
    let all = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version < 2 {
        all.execute_batch(schema::FACTS)?;
    }
    if version < 3 {
        all.execute_batch(schema::POWER)?;
    }
    all.execute_batch(schema::NOTICES)?;
    all.execute_batch(schema::CURVES)?;
    all.pragma_update(None, "user_version", schema::VERSION)?;
    Ok(all.commit()?)
}

/// Notes that a watcher has begun; shows by the way that the file can be written.
fn begin(connection: &Connection, terms: &Terms<'_>) -> Result<(), Failed> {
    connection.execute(
        "INSERT INTO runs (at, version, vantage) VALUES (?1, ?2, ?3)",
        (number(terms.now.as_millis()), terms.version, terms.vantage),
    )?;
    notices::clear_out(connection, terms.now)?;
    Ok(())
}

type Memory = (
    Vec<(String, State)>,
    (u64, Timestamp),
    Vec<EventRecord>,
    u64,
    Vec<PowerChange>,
    Told,
    Vec<Curve>,
);

fn remember(connection: &Connection, recent: usize) -> Result<Memory, Failed> {
    let limit = u32::try_from(recent).unwrap_or(u32::MAX);
    Ok((
        read::states(connection)?,
        read::latest(connection)?,
        read::events(connection, 0, limit, None)?,
        read::latest_segment(connection)?,
        power::all(connection)?,
        notices::told(connection)?,
        curves::unfinished(connection)?,
    ))
}

/// Takes the lock beside the journal. It belongs to the process: a killed one leaves none behind.
fn lock(path: &Path, vantage: &str) -> Result<File, JournalError> {
    let beside = with_suffix(path, ".lock");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&beside)
        .map_err(|error| io(path, &error))?;
    let patience = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < patience => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(JournalError::InUse { path: path.to_owned(), holder });
            }
            Err(TryLockError::Error(error)) => return Err(io(path, &error)),
        }
    }
    // Only words for the refused one: a failure to write them changes nothing.
    let words = format!("process {}, vantage {vantage}", std::process::id());
    let _ = file.set_len(0).and_then(|()| file.write_all(words.as_bytes()));
    Ok(file)
}

fn corrupt(path: &Path, message: String) -> JournalError {
    JournalError::Corrupt { path: path.to_owned(), message, copy: copy_aside(path) }
}

fn io(path: &Path, error: &std::io::Error) -> JournalError {
    JournalError::Io { path: path.to_owned(), message: error.to_string() }
}

/// Copies the journal and its log. The copy is named after the file's age, so that a service that
/// is restarted again and again keeps one copy and not thousands.
fn copy_aside(path: &Path) -> PathBuf {
    let age = std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    let age = age.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let copy = with_suffix(path, &format!(".refused-{}", age.as_secs()));
    for log in ["", "-wal"] {
        let (from, to) = (with_suffix(path, log), with_suffix(&copy, log));
        let something = std::fs::metadata(&from).is_ok_and(|meta| meta.len() > 0);
        if something
            && !to.exists()
            && let Err(error) = std::fs::copy(&from, &to)
        {
            tracing::warn!("journal {}: no copy could be kept: {error}", from.display());
        }
    }
    copy
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(suffix);
    PathBuf::from(text)
}
