//! What several vantages see counts only together.
use std::time::Duration;

use failover_core::{AlertView, SiteSet, Snapshot, Verdict};

use super::trio::Trio;
use crate::support::{ONE, TWO};

fn has_alert(snapshot: &Snapshot, key: &str, text: &str) -> bool {
    let found = |alert: &AlertView| alert.key.starts_with(key) && alert.text.contains(text);
    snapshot.alerts.iter().any(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_only_one_vantage_has_lost_is_not_left_and_people_are_told() {
    let trio = Trio::start().await;
    trio.places[1].view.cut(ONE);
    let leader = trio.leader().await;
    let snapshot = trio
        .running(leader)
        .until("an alert", |snapshot| has_alert(snapshot, "doubt:", "1 of 3 vantages"))
        .await;
    let site = &snapshot.services[0].view.sites[0];
    assert_eq!((site.verdict, site.tally), (Verdict::Up, [2, 1, 0]));
    assert_eq!(trio.moves().await, 0);
    trio.world.all_answer(ONE).await;
    trio.places[1].view.mend(ONE);
    trio.running(leader).until("all clear", |snapshot| !has_alert(snapshot, "doubt:", "")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_vantages_of_three_are_not_enough_where_the_policy_asks_for_all() {
    let trio = Trio::start_with(|policy| policy.quorum = 3).await;
    trio.places[0].view.cut(ONE);
    trio.places[2].view.cut(ONE);
    let leader = trio.leader().await;
    trio.running(leader)
        .until("an alert", |snapshot| has_alert(snapshot, "doubt:", "2 of 3 vantages"))
        .await;
    assert_eq!(trio.moves().await, 0);
    trio.world.all_answer(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_vantages_of_three_are_enough_for_a_quorum_of_two() {
    let trio = Trio::start().await;
    trio.places[0].view.cut(ONE);
    trio.places[2].view.cut(ONE);
    trio.all_know(TWO).await;
    assert_eq!(trio.moves().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_with_another_policy_than_the_leader_is_named_until_it_has_the_same() {
    let mut trio = Trio::idle(|_| {}).await;
    trio.run(0);
    trio.run(1);
    trio.settled_at(ONE).await;
    trio.change = |policy| policy.hold_down += Duration::from_secs(1);
    trio.run(2);
    for running in trio.all() {
        let named = |snapshot: &Snapshot| {
            has_alert(snapshot, "policy:west", "The watcher west has another policy than ")
        };
        let snapshot = running.until("it is named", named).await;
        let others = snapshot.alerts.iter().filter(|alert| alert.key.starts_with("policy:"));
        assert_eq!(others.count(), 1, "{:?}", snapshot.alerts);
    }
    trio.kill(2).await;
    trio.change = |_| {};
    trio.run(2);
    for running in trio.all() {
        running.until("all clear", |snapshot| !has_alert(snapshot, "policy:", "")).await;
    }
    trio.settled_at(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_vantage_does_not_lower_the_quorum_and_is_missed() {
    let mut trio = Trio::start_with(|policy| policy.freshness = Duration::from_millis(6000)).await;
    let follower = trio.follower().await;
    let name = trio.places[follower].name;
    trio.kill(follower).await;
    let leader = trio.leader().await;
    let silent = format!("peer:{name}");
    let snapshot = trio
        .running(leader)
        .until("it is missed", |snapshot| has_alert(snapshot, &silent, "is silent"))
        .await;
    let peers = &snapshot.cluster.as_ref().expect("a group").peers;
    assert!(peers.iter().any(|peer| peer.vantage == name && !peer.alive), "{peers:?}");
    // One vote is unknown now; the other two still are a quorum.
    trio.running(leader)
        .until("unknown", |snapshot| snapshot.services[0].view.sites[0].tally == [2, 0, 1])
        .await;
    trio.world.kills_site_one().await;
    trio.settled_at(TWO).await;
    trio.run(follower);
    trio.running(leader).until("it is back", |snapshot| !has_alert(snapshot, &silent, "")).await;
    assert_eq!(trio.running(leader).handle.snapshot().services[0].view.desired, SiteSet::one(TWO));
}
