//! A journal that cannot be written, or must not be.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use failover_core::{Command, SiteSet, State, Verdict};
use rusqlite::Connection;
use tokio::sync::Notify;
use watcher::{BuildError, Checkpoint, CommandError, Deed, JournalError, Options};

use crate::support::{ONE, Running, TWO, World, moves, operator, options};

/// Makes the file larger than the journal may be.
fn fill(path: &Path) -> Connection {
    let other = Connection::open(path).expect("a second connection");
    other.busy_timeout(Duration::from_secs(30)).expect("patience");
    let filler = "CREATE TABLE filler AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
        SELECT i, zeroblob(4000) AS space FROM n";
    other.execute_batch(filler).expect("filled");
    other
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_every_change_and_no_watching() {
    let world = World::start().await;
    let options = Options { journal_max_bytes: Some(512 * 1024), ..options() };
    let builder = world.builder(|_| {}).options(options);
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    let other = fill(&world.journal());
    // There may be some room left in pages that are in use already.
    let until = running.handle.snapshot().at.plus(Duration::from_secs(3600));
    let mut obeyed = 0;
    let problem = loop {
        let on = Command::MaintenanceOn { site: TWO, until };
        match running.handle.command("app", operator(), on).await {
            Ok(_) => obeyed += 1,
            Err(CommandError::Journal(problem)) => break problem,
            Err(other) => panic!("{other}"),
        }
    };
    assert!(problem.contains("full") && problem.contains("make room"), "{problem}");
    let deed = |what: &str| Deed {
        who: operator(),
        what: what.to_owned(),
        before: Vec::new(),
        after: vec!["www 60 IN A 192.0.2.1".to_owned()],
        failed: false,
    };
    let noted = running.handle.note(deed("anna changes www.")).await;
    assert!(matches!(noted, Err(CommandError::Journal(_))), "what is not written is not begun");
    world.kills_site_one().await;
    let snapshot = running
        .until("down, and the journal's problem", |snapshot| {
            let sites = &snapshot.services[0].view.sites;
            sites[0].verdict == Verdict::Down && snapshot.journal_problem.is_some()
        })
        .await;
    assert_eq!(snapshot.services[0].view.desired, SiteSet::one(ONE));
    world.all_answer(ONE).await;
    other.execute_batch("DROP TABLE filler").expect("room again");
    drop(other);
    running.until("writable", |snapshot| snapshot.journal_problem.is_none()).await;
    let noted = running.handle.note(deed("anna changes www again.")).await.expect("noted");
    let events = running.events().await;
    let by_hand: Vec<_> = events.iter().filter(|one| one.service.is_empty()).collect();
    assert_eq!(by_hand, [&noted], "only what was done, and in the order in which it was");
    if obeyed > 0 {
        let off = Command::MaintenanceOff { site: TWO };
        running.handle.command("app", operator(), off).await.expect("obeyed");
    }
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    assert_eq!(moves(&running.events().await), 1);
}

/// Locks the journal as soon as the first attempt has settled, until it is told otherwise.
#[derive(Debug, Default)]
struct LockAtReceipt {
    path: std::sync::Mutex<std::path::PathBuf>,
    armed: AtomicBool,
    locked: Notify,
    unlock: Arc<Notify>,
}

#[async_trait]
impl Checkpoint for LockAtReceipt {
    async fn reached(&self, _service: &str, step: &str) {
        if step != "settled" || !self.armed.swap(false, Ordering::SeqCst) {
            return;
        }
        let path = self.path.lock().expect("not poisoned").clone();
        let other = Connection::open(path).expect("a second connection");
        other.busy_timeout(Duration::from_secs(30)).expect("patience");
        other.execute_batch("BEGIN IMMEDIATE").expect("locked");
        let unlock = self.unlock.clone();
        tokio::spawn(async move {
            unlock.notified().await;
            other.execute_batch("COMMIT").expect("unlocked");
        });
        self.locked.notify_one();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_cannot_be_recorded_is_kept_until_it_can() {
    let world = World::start().await;
    let lock = Arc::new(LockAtReceipt::default());
    *lock.path.lock().expect("not poisoned") = world.journal();
    let options = Options { checkpoint: Some(lock.clone()), ..options() };
    let builder = world.builder(|_| {}).options(options);
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    lock.armed.store(true, Ordering::SeqCst);
    let command = Command::SwitchOver { from: ONE, to: TWO };
    running.handle.command("app", operator(), command).await.expect("obeyed");
    lock.locked.notified().await;
    let snapshot = running.until("trouble", |snapshot| snapshot.journal_problem.is_some()).await;
    assert!(snapshot.services[0].view.open_move.is_some());
    lock.unlock.notify_one();
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    let events = running.events().await;
    assert_eq!(moves(&events), 1);
    let seqs: Vec<u64> = events.iter().map(|record| record.seq).collect();
    let expected: Vec<u64> = (1..=seqs.len() as u64).collect();
    assert_eq!(seqs, expected, "nothing is missing and nothing is told twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stored_state_is_the_fold_of_the_journals_events() {
    let world = World::start().await;
    let running = world.watched().await;
    let until = running.handle.snapshot().at.plus(Duration::from_secs(3600));
    let command = Command::MaintenanceOn { site: ONE, until };
    running.handle.command("app", operator(), command).await.expect("obeyed");
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    let events = running.events().await;
    running.stop().await.0.expect("a clean end");
    let journal = Connection::open(world.journal()).expect("the journal");
    let stored: String = journal
        .query_row("SELECT state FROM state WHERE service = 'app'", [], |row| row.get(0))
        .expect("a state");
    let stored: State = serde_json::from_str(&stored).expect("a state");
    assert_eq!(State::fold(events.iter().map(|record| (record.at, &record.event))), stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_no_journal_is_refused_before_anything_is_done() {
    let world = World::start().await;
    std::fs::write(world.journal(), "this is not a journal").expect("written");
    let error = world.builder(|_| {}).build().expect_err("refused");
    let BuildError::Journal(JournalError::Corrupt { copy, .. }) = &error else {
        panic!("{error}");
    };
    assert_eq!(std::fs::read(copy).expect("a copy"), b"this is not a journal");
    assert_eq!(std::fs::read(world.journal()).expect("the file"), b"this is not a journal");
    assert!(error.to_string().contains("restore a backup"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_watchers_cannot_share_a_journal() {
    let world = World::start().await;
    let running = world.watched().await;
    let error = world.builder(|_| {}).build().expect_err("refused");
    assert!(matches!(error, BuildError::Journal(JournalError::InUse { .. })), "{error}");
    running.stop().await.0.expect("a clean end");
    world.builder(|_| {}).build().expect("free again");
}
