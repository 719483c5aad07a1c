//! A watcher in a process of its own, killed with `kill -9` at each named step of a failover.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::future::join_all;
use watcher::replay::Link;
use watcher::{Checkpoint, Options};

use crate::other::{Other, orders, say};
use crate::replay::replayed;
use crate::support::{Map, ONE, Running, TWO, World, moves, options};

/// The named steps of a move, see `Checkpoint`.
const STEPS: [&str; 7] =
    ["decided", "recorded", "publishing", "read", "applied", "settled", "verified"];

#[derive(Debug)]
struct StopAtStep {
    step: String,
    armed: Arc<AtomicBool>,
}

#[async_trait]
impl Checkpoint for StopAtStep {
    async fn reached(&self, _service: &str, step: &str) {
        if step == self.step && self.armed.load(Ordering::SeqCst) {
            say("stopped");
            std::future::pending::<()>().await;
        }
    }
}

/// What the other process does: it watches, says when it has settled, and stops at a step once
/// it is armed with a line; the end of its input ends it.
async fn watch(orders: &str) {
    let (map, journal, step): (Map, String, String) = serde_json::from_str(orders).expect("orders");
    let armed = Arc::new(AtomicBool::new(false));
    let stop = StopAtStep { step, armed: armed.clone() };
    let (google, hetzner) = map.clients();
    let options = Options { checkpoint: Some(Arc::new(stop)), ..options() };
    let builder = map.builder(google, hetzner, |_| {}).journal(journal).options(options);
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    say("settled");
    let reading = tokio::task::spawn_blocking(move || {
        for _ in std::io::stdin().lines() {
            armed.store(true, Ordering::SeqCst);
            say("armed");
        }
    });
    reading.await.expect("the end of the input");
    running.stop().await.0.expect("a clean end");
}

fn start(world: &World, step: &str) -> Other {
    let test = "process::a_process_of_its_own_ends_when_it_is_asked_to";
    Other::start(test, &(&world.map, world.journal(), step))
}

async fn killed_at(step: &str) {
    let world = World::start().await;
    let mut other = start(&world, step);
    other.says("settled").await;
    other.arm().await;
    world.kills_site_one().await;
    other.says("stopped").await;
    other.child.kill().await.expect("killed with SIGKILL");
    let running = Running::of(world.builder(|_| {}).build().expect("the next watcher"));
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    assert_eq!(moves(&running.events().await), 1, "killed at {step}: one move");
    running.stop().await.0.expect("a clean end");
    let replay = replayed(&world.journal());
    assert!(replay.difference.is_none(), "killed at {step}: {:?}", replay.difference);
    let links: Vec<Link> = replay.segments.iter().map(|followed| followed.link).collect();
    assert_eq!(links, [Link::First, Link::Restarted { killed: true }], "killed at {step}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_killed_at_any_step_of_a_failover_is_continued_by_the_next() {
    join_all(STEPS.map(killed_at)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_of_its_own_ends_when_it_is_asked_to() {
    if let Some(orders) = orders() {
        return watch(&orders).await;
    }
    let world = World::start().await;
    let mut other = start(&world, "none");
    other.says("settled").await;
    drop(other.child.stdin.take());
    let status = other.child.wait().await.expect("its end");
    assert!(status.success(), "{status}");
    let running = Running::of(world.builder(|_| {}).build().expect("the next watcher"));
    running.settled_at(ONE).await;
}
