//! The journal on real files.
mod curves;
mod facts;
mod migration;
mod notices;
mod power;
mod search;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use failover_core::{Actor, Command, Event, EventRecord, Severity, State, Timestamp};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Audit, Batch, Terms, open, read_events};
use crate::error::JournalError;

fn terms() -> Terms<'static> {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let retention = super::Retention::default();
    Terms { now, version: "1.2.3", vantage: "here", bytes_max: None, retention, recent: 50 }
}

fn place() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("journal.db");
    (dir, path)
}

fn record(seq: u64, service: &str) -> EventRecord {
    let event = Event::Acknowledged { who: Actor("ann".to_owned()) };
    let at = Timestamp::from_millis(1_800_000_000_000 + seq);
    let (service, text) = (service.to_owned(), format!("event {seq}"));
    EventRecord { seq, at, service, severity: Severity::Warning, text, event }
}

fn batch(events: Vec<EventRecord>) -> Batch {
    let at = events.last().map_or(Timestamp::default(), |record| record.at);
    let states = vec![("app".to_owned(), at, State::default())];
    Batch { events, states, ..Batch::default() }
}

fn seqs(path: &Path, after: u64, limit: u32, service: Option<&str>) -> Vec<u64> {
    let found = read_events(path, after, limit, service).expect("readable");
    found.into_iter().map(|record| record.seq).collect()
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    assert_eq!((opened.seq, opened.states.len()), (0, 0));
    let written = batch(vec![record(1, "app"), record(2, "web")]);
    opened.writer.commit(&written).expect("written");
    // Without closing: as after a crash.
    drop(opened);
    let opened = open(&path, &terms()).expect("the same journal");
    assert_eq!(opened.seq, 2);
    assert_eq!(opened.at, Timestamp::from_millis(1_800_000_000_002));
    assert_eq!(opened.states, [("app".to_owned(), State::default())]);
    assert_eq!(opened.recent, [record(2, "web"), record(1, "app")]);
}

#[test]
fn a_batch_is_written_as_a_whole_or_not_at_all() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    opened.writer.commit(&batch(vec![record(1, "app")])).expect("written");
    let clash = batch(vec![record(2, "app"), record(1, "app")]);
    let error = opened.writer.commit(&clash).expect_err("a number that is taken");
    assert!(error.to_string().contains("UNIQUE"), "{error}");
    assert_eq!(seqs(&path, 0, 10, None), [1]);
    opened.writer.commit(&batch(vec![record(2, "app")])).expect("writable as before");
}

#[test]
fn events_cannot_be_changed_or_removed() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    opened.writer.commit(&batch(vec![record(1, "app")])).expect("written");
    let other = Connection::open(&path).expect("a second connection");
    for forbidden in ["UPDATE events SET text = ''", "DELETE FROM events"] {
        let error = other.execute(forbidden, []).expect_err(forbidden);
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn events_are_read_newest_first_and_followed_without_a_gap() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let service = |seq| if seq % 2 == 0 { "web" } else { "app" };
    let events = (1..=10).map(|seq| record(seq, service(seq))).collect();
    opened.writer.commit(&batch(events)).expect("written");
    assert_eq!(seqs(&path, 0, 3, None), [10, 9, 8]);
    assert_eq!(seqs(&path, 4, 3, None), [7, 6, 5], "a follower goes on where it was");
    assert_eq!(seqs(&path, 4, 99, Some("web")), [10, 8, 6]);
    assert_eq!(seqs(&path, 10, 99, None), [0; 0]);
}

#[test]
fn a_command_is_audited_with_its_outcome() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let audit = Audit {
        at: Timestamp::from_millis(7),
        service: "app".to_owned(),
        who: Actor("ann".to_owned()),
        command: Command::Arm,
        outcome: "refused: it is so already".to_owned(),
    };
    opened.writer.commit(&Batch { audit: vec![audit], ..Batch::default() }).expect("written");
    let other = Connection::open(&path).expect("a second connection");
    let read = other.query_row("SELECT who, command, outcome FROM audit", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    });
    let (who, command, outcome) = read.expect("one row");
    assert_eq!((who.as_str(), command.as_str()), ("ann", r#"{"do":"arm"}"#));
    assert_eq!(outcome, "refused: it is so already");
}

#[test]
fn a_second_watcher_is_told_who_has_the_journal() {
    let (_dir, path) = place();
    let first = open(&path, &terms()).expect("a new journal");
    let Err(JournalError::InUse { holder, .. }) = open(&path, &terms()) else {
        panic!("opened twice");
    };
    assert_eq!(holder, format!("process {}, vantage here", std::process::id()));
    drop(first);
    open(&path, &terms()).expect("free again");
}

fn refused(path: &Path) -> JournalError {
    let before = std::fs::read(path).expect("a file");
    let error = open(path, &terms()).expect_err("refused");
    assert_eq!(std::fs::read(path).expect("still a file"), before, "it was not touched");
    if let JournalError::Corrupt { copy, .. } | JournalError::Newer { copy, .. } = &error {
        assert_eq!(std::fs::read(copy).expect("a copy"), before);
    }
    error
}

#[test]
fn a_file_that_is_no_database_is_refused_and_copied_aside() {
    let (_dir, path) = place();
    for rubbish in ["not a database at all, just some text", "short"] {
        std::fs::write(&path, rubbish).expect("writable");
        let error = refused(&path);
        assert!(matches!(error, JournalError::Corrupt { .. }), "{error}");
        for copy in std::fs::read_dir(path.parent().expect("a directory")).expect("readable") {
            let copy = copy.expect("an entry").path();
            if copy.to_string_lossy().contains("refused") {
                std::fs::remove_file(copy).expect("removable");
            }
        }
    }
}

#[test]
fn a_damaged_database_is_refused_and_copied_aside_once() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let events = (1..=500).map(|seq| record(seq, "app")).collect();
    opened.writer.commit(&batch(events)).expect("written");
    opened.writer.close();
    let mut bytes = std::fs::read(&path).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&path, bytes).expect("writable");
    for _ in 0..3 {
        let error = refused(&path);
        assert!(matches!(error, JournalError::Corrupt { .. }), "{error}");
    }
    let names = std::fs::read_dir(path.parent().expect("a directory")).expect("readable");
    let names = names.map(|entry| entry.expect("an entry").file_name());
    let copies = names.filter(|name| name.to_string_lossy().contains("refused")).count();
    assert_eq!(copies, 1, "a restart loop must not fill the disk");
}

#[test]
fn a_state_that_cannot_be_read_is_damage_too() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    opened.writer.commit(&batch(vec![record(1, "app")])).expect("written");
    opened.writer.close();
    let other = Connection::open(&path).expect("a second connection");
    other.execute("UPDATE state SET state = '{'", []).expect("changed");
    drop(other);
    let error = open(&path, &terms()).expect_err("refused");
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error}");
}

#[test]
fn a_newer_journal_is_refused_and_copied_aside() {
    let (_dir, path) = place();
    open(&path, &terms()).expect("a new journal").writer.close();
    let other = Connection::open(&path).expect("a second connection");
    other.pragma_update(None, "user_version", 99).expect("changed");
    drop(other);
    let Err(JournalError::Newer { found, known, copy, .. }) = open(&path, &terms()) else {
        panic!("not refused as newer");
    };
    assert_eq!((found, known), (99, super::schema::VERSION));
    let copied = Connection::open(copy).expect("a copy");
    let version = copied.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    assert_eq!(version, Ok(99));
}

#[test]
fn another_programs_database_is_left_alone() {
    let (_dir, path) = place();
    let other = Connection::open(&path).expect("a database");
    other.execute_batch("CREATE TABLE theirs (x); PRAGMA application_id = 42").expect("made");
    drop(other);
    assert!(matches!(refused(&path), JournalError::Foreign { .. }));
}

#[test]
fn a_full_journal_says_so_and_goes_on_when_there_is_room() {
    let (_dir, path) = place();
    let limit = Terms { bytes_max: Some(256 * 1024), ..terms() };
    let mut opened = open(&path, &limit).expect("a new journal");
    let seq = Arc::new(AtomicU64::new(0));
    let next = || batch(vec![record(seq.fetch_add(1, Ordering::SeqCst) + 1, "app")]);
    let other = Connection::open(&path).expect("a second connection");
    let fill = "CREATE TABLE filler AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
        SELECT i, zeroblob(4000) AS space FROM n";
    other.execute_batch(fill).expect("filled");
    let full = std::iter::repeat_with(next)
        .take(10_000)
        .find_map(|batch| opened.writer.commit(&batch).err());
    let error = full.expect("a limit").to_string();
    assert!(error.contains("full") && error.contains("make room"), "{error}");
    other.execute_batch("DROP TABLE filler").expect("room again");
    let before = opened_events(&path);
    opened.writer.commit(&next()).expect("written as before");
    assert_eq!(opened_events(&path), before + 1);
}

fn opened_events(path: &Path) -> usize {
    read_events(path, 0, 10_000, None).expect("readable").len()
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let error = open(Path::new("/nonexistent/journal.db"), &terms()).expect_err("refused");
    assert!(error.to_string().contains("/nonexistent/journal.db"), "{error}");
}
