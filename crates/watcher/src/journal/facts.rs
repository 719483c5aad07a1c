//! Writing facts: beside what they led to, and never in its way.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, Transaction, params};

use super::open::Terms;
use super::write::{Failed, Writer, number, words};
use super::{Retention, open, retention};
use crate::facts::{Begin, Chunk, FORM};

/// Facts that wait for a journal that cannot be written just now; beyond it they are given up.
const WAITING_MAX: usize = 1 << 20;

/// How long quiet facts wait for somebody else's lock, each time.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// What the writer knows of the facts.
#[derive(Debug)]
pub(crate) struct Store {
    /// The program's version, which stands in each segment.
    pub(super) version: String,
    pub(super) losses: Arc<AtomicU64>,
    retention: Retention,
    /// Chunks that were not written yet, oldest first.
    waiting: Vec<Chunk>,
    /// A segment has begun: it is time to look for old ones.
    begun: bool,
    /// What was last said to be wrong, so that it is said once.
    said: Option<String>,
}

impl Store {
    pub(super) fn new(terms: &Terms<'_>) -> Self {
        let mut retention = terms.retention;
        if let Some(bytes) = terms.bytes_max {
            // Most of a journal with a limit is for what must be recorded.
            retention.max_bytes = retention.max_bytes.min(bytes / 8);
        }
        Self {
            version: terms.version.to_owned(),
            losses: Arc::default(),
            retention,
            waiting: Vec::new(),
            begun: false,
            said: None,
        }
    }

    /// What is to be written together with `news`.
    pub(super) fn waiting(&self, news: &[Chunk]) -> Vec<Chunk> {
        self.waiting.iter().chain(news).cloned().collect()
    }

    pub(super) fn written(&mut self, chunks: &[Chunk]) {
        self.waiting.clear();
        self.begun |= chunks.iter().any(|chunk| chunk.begin.is_some());
        if !chunks.is_empty() && self.said.take().is_some() {
            tracing::warn!("facts are recorded again");
        }
    }
}

impl Writer {
    /// Writes facts that nobody waits for, without waiting for the disk. What cannot be written
    /// now is tried again with the next ones.
    pub(super) fn keep(&mut self, chunks: Vec<Chunk>) {
        self.facts.waiting.extend(chunks);
        let all = std::mem::take(&mut self.facts.waiting);
        match write(&mut self.connection, &all, &self.facts.version) {
            Ok(()) => self.facts.written(&all),
            Err(error) => {
                let bytes: usize = all.iter().map(|chunk| chunk.bytes.len()).sum();
                if error.may_pass() && bytes <= WAITING_MAX {
                    self.facts.waiting = all;
                } else {
                    self.lose(&words(&error));
                }
            }
        }
    }

    /// Facts are given up: whoever records begins anew.
    pub(super) fn lose(&mut self, why: &str) {
        self.facts.waiting.clear();
        self.facts.losses.fetch_add(1, Ordering::SeqCst);
        if self.facts.said.as_deref() != Some(why) {
            let path = self.path.display();
            tracing::error!(
                "journal {path}: facts are lost, so that a replay will have a gap; what is decided \
                 and done is recorded as before: {why}"
            );
            self.facts.said = Some(why.to_owned());
        }
    }

    /// Removes segments that are too old or too many, when a new one has begun.
    pub(super) fn clear_out(&mut self) {
        if !std::mem::take(&mut self.facts.begun) {
            return;
        }
        if let Err(error) = retention::clear_out(&mut self.connection, &self.facts.retention) {
            let path = self.path.display();
            tracing::warn!("journal {path}: old facts were not removed: {}", words(&error));
        }
    }
}

fn write(connection: &mut Connection, chunks: &[Chunk], version: &str) -> Result<(), Failed> {
    // In the write-ahead log it survives a crash of this process, and with the next event it is on
    // the disk. Events must not wait long for it either.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.busy_timeout(PATIENCE)?;
    let written = write_with_patience(connection, chunks, version);
    connection.busy_timeout(open::PATIENCE)?;
    written
}

fn write_with_patience(
    connection: &mut Connection,
    chunks: &[Chunk],
    version: &str,
) -> Result<(), Failed> {
    // If the disk was full when the watcher started, the tables may not be there yet.
    open::migrate(connection)?;
    let all = connection.transaction()?;
    for chunk in chunks {
        add(&all, chunk, version)?;
    }
    Ok(all.commit()?)
}

/// Adds one chunk behind what is there of its segment.
pub(super) fn add(all: &Transaction<'_>, chunk: &Chunk, version: &str) -> Result<(), Failed> {
    if let Some(begin) = &chunk.begin {
        add_segment(all, chunk, begin, version)?;
    }
    let Chunk { segment, first, count, bytes, from, .. } = chunk;
    let follow = "UPDATE segments SET steps = steps + ?3, bytes = bytes + ?4, ended = ?5,
        kept = kept OR ?6, closed = ?7 WHERE id = ?1 AND steps = ?2 AND NOT closed";
    let size = number(bytes.len() as u64);
    let followed = all.prepare_cached(follow)?.execute(params![
        number(*segment),
        number(*first),
        number(*count),
        size,
        number(chunk.until.as_millis()),
        chunk.notable,
        chunk.end
    ])?;
    if followed != 1 {
        return Err(Failed::Gap { segment: *segment, first: *first });
    }
    if *count > 0 {
        let at = number(from.as_millis());
        all.prepare_cached("INSERT INTO facts VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            number(*segment),
            number(*first),
            number(*count),
            at,
            bytes
        ])?;
    }
    if chunk.notable {
        // What led to it may have begun in the one before.
        let before = "UPDATE segments SET kept = 1 WHERE NOT kept AND id =
            (SELECT max(id) FROM segments WHERE service = ?1 AND id < ?2)";
        all.prepare_cached(before)?.execute(params![chunk.service, number(*segment)])?;
    }
    Ok(())
}

fn add_segment(
    all: &Transaction<'_>,
    chunk: &Chunk,
    begin: &Begin,
    version: &str,
) -> Result<(), Failed> {
    let insert =
        "INSERT INTO segments (id, service, version, form, why, follows, seq, began, ended,
        steps, bytes, kept, closed, digest, checkpoint)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 0, ?9, 0, 0, ?10, ?11)";
    all.prepare_cached(insert)?.execute(params![
        number(chunk.segment),
        chunk.service,
        version,
        FORM,
        begin.why.word(),
        number(begin.follows),
        number(begin.seq),
        number(chunk.from.as_millis()),
        number(begin.checkpoint.len() as u64),
        begin.digest.cast_signed(),
        begin.checkpoint
    ])?;
    Ok(())
}
