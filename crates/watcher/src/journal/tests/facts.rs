//! Facts in the journal: written with what they led to, never in its way, and gone when old.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use failover_core::{Failover, Input, State, Timestamp};
use rusqlite::Connection;

use super::{batch, place, record, seqs, terms};
use crate::facts::{Chunk, Recorder};
use crate::journal::{Batch, Recorded, Retention, Terms, open};
use crate::sample;

/// A machine and who records what it is told.
struct Told {
    machine: Failover,
    recorder: Recorder,
    now: Timestamp,
}

impl Told {
    fn new() -> Self {
        let machine = Failover::new(sample::service().spec.policy, State::default());
        let recorder = Recorder::new("app", Arc::new(AtomicU64::new(0)));
        Self { machine, recorder, now: Timestamp::from_millis(1_800_000_000_000) }
    }

    /// The facts of so many seconds, one each.
    fn seconds(&mut self, count: u64) -> Vec<Chunk> {
        for _ in 0..count {
            self.now = self.now.plus(Duration::from_secs(1));
            let before = self.machine.clone();
            self.machine.step(self.now, Input::Tick);
            self.recorder.note(self.now, &Input::Tick, &before, &self.machine, 0);
        }
        self.recorder.take()
    }
}

/// Numbers of the segments, and of their facts.
fn segments(path: &std::path::Path) -> Vec<(u64, u64)> {
    let recorded = Recorded::open(path).expect("readable");
    let rows = recorded.segments().expect("readable");
    let facts = |row| recorded.steps(row).expect("readable").0.len() as u64;
    rows.iter().map(|row| (row.id, facts(row))).collect()
}

#[test]
fn facts_are_there_with_what_they_led_to_and_a_long_row_of_them_is_cut_into_segments() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let mut told = Told::new();
    opened.writer.keep(told.seconds(5));
    let facts = told.seconds(3);
    let step = Batch { facts, ..batch(vec![record(1, "app")]) };
    opened.writer.commit(&step).expect("written");
    assert_eq!(segments(&path), [(1, 8)]);
    opened.writer.keep(told.seconds(1200));
    assert_eq!(segments(&path), [(1, 600), (2, 600), (3, 8)]);
    // Without closing: as after a crash.
    drop(opened);
    assert_eq!(open(&path, &terms()).expect("the same journal").segment, 3);
}

#[test]
fn quiet_facts_do_not_wait_for_the_disk_and_events_do() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let mut told = Told::new();
    let synchronous = |connection: &Connection| {
        connection.query_row("PRAGMA synchronous", [], |row| row.get::<_, i64>(0)).expect("a level")
    };
    opened.writer.keep(told.seconds(1));
    assert_eq!(synchronous(&opened.writer.connection), 1, "NORMAL");
    opened.writer.commit(&batch(vec![record(1, "app")])).expect("written");
    assert_eq!(synchronous(&opened.writer.connection), 2, "FULL");
}

#[test]
fn quiet_facts_wait_while_somebody_else_has_the_journal() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let mut told = Told::new();
    let other = Connection::open(&path).expect("a second connection");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    opened.writer.keep(told.seconds(2));
    opened.writer.keep(told.seconds(2));
    other.execute_batch("COMMIT").expect("unlocked");
    assert_eq!(segments(&path), []);
    opened.writer.keep(told.seconds(1));
    assert_eq!(segments(&path), [(1, 5)]);
    assert_eq!(opened.writer.losses().load(Ordering::SeqCst), 0);
}

#[test]
fn facts_with_a_hole_are_given_up_and_the_event_is_written() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let mut told = Told::new();
    opened.writer.keep(told.seconds(2));
    drop(told.seconds(1));
    let facts = told.seconds(1);
    let step = Batch { facts, ..batch(vec![record(1, "app")]) };
    opened.writer.commit(&step).expect("written");
    assert_eq!(seqs(&path, 0, 10, None), [1]);
    assert_eq!(segments(&path), [(1, 2)]);
    assert_eq!(opened.writer.losses().load(Ordering::SeqCst), 1);
}

#[test]
fn old_segments_go_whole_and_those_with_a_move_stay_longer() {
    let (_dir, path) = place();
    let retention = Retention {
        quiet_for: Duration::from_secs(3600),
        moves_for: Duration::from_secs(2 * 3600),
        ..Retention::default()
    };
    let mut opened = open(&path, &Terms { retention, ..terms() }).expect("a new journal");
    let mut told = Told::new();
    let mut present = Vec::new();
    for round in 0..20 {
        // In the third segment something happens: it and the one before stay twice as long.
        if round == 2 {
            told.seconds(1).into_iter().for_each(|chunk| opened.writer.keep(vec![chunk]));
            told.now = told.now.plus(Duration::from_secs(1));
            let before = told.machine.clone();
            told.recorder.note(told.now, &Input::Tick, &before, &told.machine, 0);
            told.recorder.mark();
        }
        opened.writer.keep(told.seconds(600));
        opened.writer.clear_out();
        present.push(segments(&path).into_iter().map(|(id, _)| id).collect::<Vec<_>>());
    }
    assert_eq!(present[4], [1, 2, 3, 4, 5, 6]);
    assert_eq!(present[8].first(), Some(&2), "the first is too old");
    let last = present.last().expect("a round");
    assert!(!last.contains(&2) && !last.contains(&3), "in the end they go too: {last:?}");
    let middle = &present[12];
    assert!(middle.contains(&2) && middle.contains(&3) && !middle.contains(&4), "{middle:?}");
}

#[test]
fn segments_go_when_they_are_too_many_and_what_is_being_written_stays() {
    let (_dir, path) = place();
    let retention = Retention { max_bytes: 30_000, ..Retention::default() };
    let mut opened = open(&path, &Terms { retention, ..terms() }).expect("a new journal");
    let mut told = Told::new();
    for _ in 0..20 {
        opened.writer.keep(told.seconds(600));
        opened.writer.clear_out();
    }
    let recorded = Recorded::open(&path).expect("readable");
    let rows = recorded.segments().expect("readable");
    let bytes: u64 = rows.iter().map(|row| row.bytes).sum();
    assert!((10_000..60_000).contains(&bytes), "{bytes} bytes");
    assert_eq!(rows.last().map(|row| row.id), Some(20));
    assert_eq!(opened.writer.losses().load(Ordering::SeqCst), 0);
}

#[test]
fn facts_make_room_for_events_when_the_journal_is_full() {
    let (_dir, path) = place();
    let limit = Terms { bytes_max: Some(512 * 1024), ..terms() };
    let mut opened = open(&path, &limit).expect("a new journal");
    let mut told = Told::new();
    opened.writer.keep(told.seconds(6000));
    assert!(segments(&path).len() > 8);
    let other = Connection::open(&path).expect("a second connection");
    let fill = "CREATE TABLE filler AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
        SELECT i, zeroblob(4000) AS space FROM n";
    other.execute_batch(fill).expect("filled");
    let before = segments(&path).len();
    for seq in 1..=100 {
        opened.writer.commit(&batch(vec![record(seq, "app")])).expect("there is room");
    }
    assert!(segments(&path).len() < before);
    assert!(opened.writer.losses().load(Ordering::SeqCst) > 0, "and whoever records knows");
}

#[test]
fn a_step_that_is_not_taken_leaves_no_fact() {
    let mut told = Told::new();
    told.recorder.note(told.now, &Input::Tick, &told.machine, &told.machine, 0);
    let undo =
        told.recorder.note(told.now, &Input::LeadershipLost, &told.machine, &told.machine, 0);
    let chunks = told.recorder.take();
    assert_eq!(chunks[0].count, 2);
    told.recorder.put_back(chunks);
    told.recorder.undo(undo.expect("it was noted"));
    told.recorder.note(told.now, &Input::Tick, &told.machine, &told.machine, 0);
    let chunks = told.recorder.take();
    assert_eq!((chunks.len(), chunks[0].count, chunks[0].first), (1, 2, 0));
    let steps = crate::facts::decode(&chunks[0].bytes, chunks[0].from, 0, 2).expect("readable");
    assert!(steps.iter().all(|step| step.fact == Input::Tick), "{steps:?}");
}
