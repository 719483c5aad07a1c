//! Ending in time, with an open move ended or handed over.
use std::time::Duration;

use cloud_emulator::{Cloud, Fault};
use failover_core::{Command, SiteSet};

use crate::support::{ONE, Running, TWO, World, moves, operator};

/// What was promised; a loaded machine gets some more.
const PROMISED: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_watcher_ends_at_once_and_leaves_one_complete_file() {
    let world = World::start().await;
    let running = world.watched().await;
    let (ended, took) = running.stop().await;
    ended.expect("a clean end");
    assert!(took < PROMISED, "{took:?}");
    let log = world.directory.path().join("journal.db-wal");
    let left = std::fs::metadata(log).map_or(0, |meta| meta.len());
    assert_eq!(left, 0, "nothing is left beside the file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_under_way_is_ended_first() {
    let world = World::start().await;
    let running = world.watched().await;
    running.is_up(TWO).await;
    world.breaks(Fault::Slow { cloud: Cloud::Hetzner, millis: 150 }).await;
    let command = Command::SwitchOver { from: ONE, to: TWO };
    running.handle.command("app", operator(), command).await.expect("obeyed");
    let handle = running.handle.clone();
    running.stop().await.0.expect("a clean end");
    world.all_answer(TWO).await;
    let events = handle.events(0, 100, None).await.expect("readable");
    let complete = events.iter().any(|record| record.text.contains("complete"));
    assert!(complete, "{events:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_does_not_end_is_handed_over() {
    let world = World::start().await;
    let running = world.watched().await;
    running.is_up(TWO).await;
    let hang = Fault::Hang {
        cloud: Cloud::Google,
        millis: 60_000,
        count: 1000,
        writes_only: false,
        path: None,
    };
    world.breaks(hang.clone()).await;
    let command = Command::SwitchOver { from: ONE, to: TWO };
    running.handle.command("app", operator(), command).await.expect("obeyed");
    let (ended, took) = running.stop().await;
    ended.expect("a clean end");
    assert!(took < PROMISED, "{took:?}");
    world.mends(&hang).await;
    let running = Running::of(world.builder(|_| {}).build().expect("the next watcher"));
    assert_eq!(running.seen_at(TWO).await.services[0].view.desired, SiteSet::one(TWO));
    world.all_answer(TWO).await;
    assert_eq!(moves(&running.events().await), 1);
}
