//! One leads, and another goes on where it is stopped.
use failover_core::{Command, Event, Refusal};
use futures_util::future::join_all;
use watcher::CommandError;

use super::trio::{Trio, VANTAGES, started};
use crate::replay::replayed;
use crate::support::{ONE, TWO, operator};

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_moves_the_service_and_the_others_know() {
    let trio = Trio::start().await;
    trio.world.kills_site_one().await;
    trio.all_know(TWO).await;
    trio.world.all_answer(TWO).await;
    assert_eq!(trio.moves().await, 1);
    assert_eq!(trio.changed(), [1, 1], "one hand");
    let leaders = trio.all().filter(|running| {
        let snapshot = running.handle.snapshot();
        snapshot.cluster.as_ref().is_some_and(|cluster| cluster.leads)
    });
    assert_eq!(leaders.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_followers_are_told_is_in_their_journals_and_the_leaders_can_be_replayed() {
    let mut trio = Trio::start().await;
    trio.world.kills_site_one().await;
    trio.all_know(TWO).await;
    let mut logs = Vec::new();
    for place in 0..VANTAGES.len() {
        let running = trio.places[place].running.take().expect("it runs");
        let events = running.events().await;
        let told = events.iter().map(|record| (record.at, record.event.clone()));
        logs.push(told.collect::<Vec<_>>());
        running.stop().await.0.expect("a clean end");
    }
    assert!(
        logs.windows(2).all(|pair| {
            let common = pair[0].len().min(pair[1].len());
            common > 5 && pair[0][..common] == pair[1][..common]
        }),
        "{logs:#?}"
    );
    for name in VANTAGES {
        let journal = trio.world.directory.path().join(format!("{name}.db"));
        let replay = replayed(&journal);
        assert!(replay.difference.is_none(), "{name}: {:?}", replay.difference);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_leader_is_killed_another_one_moves_the_service() {
    let mut trio = Trio::start().await;
    let leader = trio.leader().await;
    trio.kill(leader).await;
    trio.world.kills_site_one().await;
    trio.settled_at(TWO).await;
    trio.world.all_answer(TWO).await;
    assert_eq!(trio.changed(), [1, 1]);
}

/// Every step of a move between a decision and its end.
const STEPS: [&str; 7] =
    ["decided", "recorded", "publishing", "read", "applied", "settled", "verified"];

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_killed_at_any_step_of_a_move_is_followed_by_one_that_ends_it_once() {
    for steps in STEPS.chunks(3) {
        join_all(steps.iter().map(|step| killed_at(step))).await;
    }
}

async fn killed_at(step: &'static str) {
    let mut trio = Trio::start().await;
    let leader = trio.leader().await;
    trio.places[leader].hold.at(step);
    trio.world.kills_site_one().await;
    trio.places[leader].hold.held().await;
    trio.kill(leader).await;
    trio.settled_at(TWO).await;
    trio.world.all_answer(TWO).await;
    let running = trio.all().next().expect("two run");
    let moves = started(&running.events().await);
    assert_eq!(moves.len(), 1, "killed at {step}: one move");
    let changed = trio.changed();
    assert!(changed.iter().all(|changes| *changes <= 1), "killed at {step}: {changed:?}");
    // The one that was killed comes back and learns what has become of it.
    trio.run(leader);
    trio.settled_at(TWO).await;
    assert_eq!(trio.running(leader).handle.snapshot().services[0].view.desired.single(), Some(TWO));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_ends_in_order_is_followed_at_once() {
    let mut trio = Trio::start().await;
    let leader = trio.leader().await;
    let running = trio.places[leader].running.take().expect("it runs");
    running.stop().await.0.expect("a clean end");
    let next = trio.leader().await;
    assert_ne!(next, leader);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_given_to_a_follower_is_obeyed_by_the_leader() {
    let trio = Trio::start().await;
    let follower = trio.follower().await;
    for running in trio.all() {
        running.is_up(TWO).await;
    }
    let handle = &trio.running(follower).handle;
    let command = Command::SwitchOver { from: ONE, to: TWO };
    let events = handle.command("app", operator(), command.clone()).await.expect("obeyed");
    let begun = |record: &failover_core::EventRecord| match &record.event {
        Event::MoveStarted { who, .. } => *who == operator(),
        _ => false,
    };
    assert!(events.iter().any(begun), "{events:#?}");
    trio.all_know(TWO).await;
    let refused = handle.command("app", operator(), command).await.expect_err("it has moved");
    assert!(
        matches!(&refused, CommandError::Refused(Refusal::Stale { active: Some(TWO) }, _)),
        "{refused:?}"
    );
    assert_eq!(trio.moves().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_joins_late_learns_everything() {
    let mut trio = Trio::idle(|_| {}).await;
    trio.run(0);
    trio.run(1);
    trio.settled_at(ONE).await;
    trio.world.kills_site_one().await;
    trio.settled_at(TWO).await;
    trio.run(2);
    trio.all_know(TWO).await;
    assert_eq!(trio.moves().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_watchers_of_one_vantage_are_not_both_heard() {
    let mut trio = Trio::start().await;
    let (taken, name) = (trio.places[1].running.take().expect("it runs"), trio.places[1].name);
    trio.places[1].name = trio.places[0].name;
    trio.world.directory = tempfile::tempdir().expect("a directory of its own");
    trio.run(1);
    let problem = |snapshot: &failover_core::Snapshot| {
        let cluster = snapshot.cluster.as_ref();
        let problem = cluster.and_then(|cluster| cluster.problem.clone()).unwrap_or_default();
        problem.contains("another watcher is the vantage")
    };
    trio.running(1).until("it says so", problem).await;
    drop((taken, name));
}
