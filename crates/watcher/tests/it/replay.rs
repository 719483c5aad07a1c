//! What a watcher was told, told again: the same decisions, or where they differ.
use std::path::Path;
use std::time::Duration;

use failover_core::{Event, EventRecord, Policy, PolicySpec};
use rusqlite::Connection;
use watcher::replay::{Link, Recording, Replay, Segment, Wanted, What, WhatIf};
use watcher::{Options, Retention};

use crate::support::{ONE, Running, TWO, World, moves, options};

/// The whole journal's replay.
pub fn replayed(journal: &Path) -> Replay {
    let recording = Recording::open(journal).expect("readable");
    recording.replay(&segments(&recording), &mut |_| ()).expect("readable")
}

fn segments(recording: &Recording) -> Vec<Segment> {
    recording.segments("app", &Wanted::default()).expect("readable")
}

/// What another policy would have made of it.
fn what_if(journal: &Path, change: impl FnOnce(&mut PolicySpec)) -> WhatIf {
    let recording = Recording::open(journal).expect("readable");
    let segments = segments(&recording);
    let mut policy = recording.policy(&segments[0]).expect("readable");
    change(&mut policy);
    let policy = Policy::new(policy).expect("a valid policy");
    recording.what_if(&segments, &policy).expect("readable").expect("an identical replay")
}

/// A world in which site one has failed and the watcher has moved away from it.
async fn failed_over(change: impl FnOnce(&mut PolicySpec)) -> (World, Vec<EventRecord>) {
    let world = World::start().await;
    let running = Running::of(world.builder(change).build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    // Another policy may need longer.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let beside = replayed(&world.journal());
    assert!(beside.difference.is_none(), "while it is written: {:?}", beside.difference);
    let events = running.events().await;
    running.stop().await.0.expect("a clean end");
    (world, events)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_failover_replays_identically_and_the_whole_of_it() {
    let (world, events) = failed_over(|_| {}).await;
    let replay = replayed(&world.journal());
    assert!(replay.difference.is_none(), "{:?}", replay.difference);
    assert_eq!(replay.events, events, "every event came of a recorded fact");
    assert_eq!(moves(&replay.events), 1);
    let segment = &replay.segments[0].segment;
    assert_eq!((replay.segments.len(), segment.closed), (1, true));
    assert_eq!((replay.steps, segment.steps), (segment.steps, replay.steps));
    assert!(replay.steps > 50, "{} facts", replay.steps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_is_found_by_its_number() {
    let (world, _) = failed_over(|_| {}).await;
    let recording = Recording::open(&world.journal()).expect("readable");
    let around = |id| {
        let wanted = Wanted { moved: Some(failover_core::MoveId(id)), ..Wanted::default() };
        recording.segments("app", &wanted).expect("readable").len()
    };
    assert_eq!((around(1), around(2)), (1, 0));
    assert_eq!(recording.services().expect("readable"), ["app"]);
    assert_eq!(recording.before_facts("app").expect("readable").0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_fact_is_found_as_the_first_difference() {
    let (world, _) = failed_over(|_| {}).await;
    let journal = Connection::open(world.journal()).expect("a connection");
    // A chunk that begins with a good probe (1): it becomes a failed one (2).
    let chunk = "SELECT first, steps FROM facts WHERE substr(steps, 1, 1) = x'01' ORDER BY first";
    let (first, mut steps): (i64, Vec<u8>) = journal
        .query_row(chunk, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("some chunk begins with a good probe");
    steps[0] = 2;
    let changed = "UPDATE facts SET steps = ?1 WHERE first = ?2";
    assert_eq!(journal.execute(changed, (steps, first)).expect("changed"), 1);
    let difference = replayed(&world.journal()).difference.expect("a difference");
    assert!(matches!(difference.what, What::Digest { .. }), "{difference:?}");
    assert_eq!(difference.step.expect("a step").number, u64::try_from(first).expect("natural"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_event_machine_or_chunk_is_found_too() {
    let (world, _) = failed_over(|_| {}).await;
    let path = world.journal();
    let original = std::fs::read(&path).expect("readable");
    for (change, wanted) in [
        (
            "DROP TRIGGER events_stay; UPDATE events SET at = at + 1 WHERE event LIKE '%move_started%'",
            "events",
        ),
        (
            "UPDATE segments SET checkpoint = replace(checkpoint, '\"rise\":', '\"rise\":1')",
            "machine",
        ),
        ("UPDATE segments SET checkpoint = '{'", "unreadable"),
        ("UPDATE facts SET steps = substr(steps, 1, length(steps) - 1)", "unreadable"),
        ("DELETE FROM facts WHERE first > 0", "unreadable"),
    ] {
        std::fs::write(&path, &original).expect("writable");
        let journal = Connection::open(&path).expect("a connection");
        journal.execute_batch(change).expect("changed");
        drop(journal);
        let found = match replayed(&path).difference.expect("a difference").what {
            What::Events => "events",
            What::Checkpoint { .. } => "machine",
            What::Unreadable(_) => "unreadable",
            What::Digest { .. } | What::Continuity => "something else",
        };
        assert_eq!(found, wanted, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_that_cannot_be_written_stop_neither_watching_nor_a_move() {
    let world = World::start().await;
    let retention = Retention { flush: Duration::from_millis(50), ..Retention::default() };
    let options = Options { retention, ..options() };
    let builder = world.builder(|_| {}).options(options);
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    let other = Connection::open(world.journal()).expect("a second connection");
    other.busy_timeout(Duration::from_secs(30)).expect("patience");
    other.execute_batch("ALTER TABLE facts RENAME TO gone").expect("renamed");
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    assert_eq!(moves(&running.events().await), 1);
    assert_eq!(running.handle.snapshot().journal_problem, None);
    other.execute_batch("ALTER TABLE gone RENAME TO facts").expect("renamed");
    drop(other);
    // What can be written again is recorded again.
    let recorded = || replayed(&world.journal()).segments.len();
    for _ in 0..600 {
        if recorded() > 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.stop().await.0.expect("a clean end");
    let replay = replayed(&world.journal());
    assert!(replay.difference.is_none(), "{:?}", replay.difference);
    let gaps = replay
        .segments
        .iter()
        .filter(|followed| matches!(followed.link, Link::Gap { events } if events > 0));
    assert_eq!(gaps.count(), 1, "{:?}", replay.segments);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_recorded_if_nothing_shall_be_kept() {
    let world = World::start().await;
    let retention = Retention { quiet_for: Duration::ZERO, ..Retention::default() };
    let options = Options { retention, ..options() };
    let builder = world.builder(|_| {}).options(options);
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.stop().await.0.expect("a clean end");
    let recording = Recording::open(&world.journal()).expect("readable");
    assert!(segments(&recording).is_empty());
    assert!(recording.before_facts("app").expect("readable").0 > 0);
}

/// When the first failover began.
fn began(what_if: &WhatIf) -> (Option<u64>, Option<u64>) {
    let row = what_if.rows.iter().find(|row| row.begins_move).expect("a move on one side");
    assert_eq!(row.what.to_string(), "failover to two");
    let millis = failover_core::Timestamp::as_millis;
    (row.recorded.map(millis), row.other.map(millis))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slower_policy_would_have_moved_later_and_the_same_one_at_the_same_moment() {
    let (world, events) = failed_over(|_| {}).await;
    let same = what_if(&world.journal(), |_| {});
    let (recorded, other) = began(&same);
    assert!(recorded.is_some() && recorded == other, "{same:?}");
    let completed = events.iter().any(|e| matches!(e.event, Event::MoveCompleted { .. }));
    let complete =
        same.rows.iter().find(|row| row.what.to_string() == "move complete").expect("it was");
    assert!(completed && complete.other.is_some(), "{same:?}");
    assert!(same.measured.iter().all(|one| one.seen.0 > 0 && one.seen.1 > 0), "{same:?}");
    let slower = what_if(&world.journal(), |policy| {
        policy.fall = failover_core::Fall::InARow(6);
    });
    let (recorded, other) = began(&slower);
    assert!(other > recorded && recorded.is_some(), "{slower:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_whose_quorum_cannot_be_reached_would_never_have_moved() {
    let change = |policy: &mut PolicySpec| {
        policy.vantages.push("there".to_owned());
        policy.quorum = 1;
    };
    let (world, _) = failed_over(change).await;
    let never = what_if(&world.journal(), |policy| policy.quorum = 2);
    let (recorded, other) = began(&never);
    assert!(recorded.is_some() && other.is_none(), "{never:?}");
}
