//! A store that is cut off, slow, forgetful or ahead of its time.
use std::time::Duration;

use failover_core::{Command, Event, Snapshot, Verdict};
use watcher::CommandError;
use watcher::cluster::Way;

use super::trio::{LEASE, Trio, VANTAGES, started};
use crate::support::{ONE, Running, TWO, operator};

const CUT: Way = Way { cut: true, delay: Duration::ZERO, loses_answers: false };

fn is_away(snapshot: &Snapshot) -> bool {
    snapshot.cluster.as_ref().is_some_and(|cluster| cluster.problem.is_some())
}

async fn follows(running: &Running) {
    let follows =
        |snapshot: &Snapshot| snapshot.cluster.as_ref().is_some_and(|cluster| !cluster.leads);
    running.until("it follows", follows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_nothing_moves_watching_goes_on_and_people_are_told() {
    let trio = Trio::start().await;
    trio.places.iter().for_each(|place| place.way.set(CUT));
    for running in trio.all() {
        running.until("it is away", is_away).await;
    }
    trio.world.kills_site_one().await;
    for running in trio.all() {
        let snapshot = running
            .until("it sees", |snapshot| {
                snapshot.services[0].series[0].samples.last().is_some_and(|sample| !sample.ok)
            })
            .await;
        assert!(
            snapshot.alerts.iter().any(|alert| alert.key == "cluster"),
            "{:?}",
            snapshot.alerts
        );
    }
    let command = Command::SwitchOver { from: ONE, to: TWO };
    let told = trio.running(0).handle.command("app", operator(), command).await;
    let refused = told.expect_err("nobody can lead");
    assert!(
        matches!(&refused, CommandError::Elsewhere(text) if text.contains("nothing was changed")),
        "{refused:?}"
    );
    assert_eq!(trio.changed(), [0, 0]);
    trio.places.iter().for_each(|place| place.way.set(Way::default()));
    trio.all_know(TWO).await;
    assert_eq!(trio.moves().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_cut_off_in_the_middle_of_a_move_writes_nothing_late() {
    let trio = Trio::start().await;
    let leader = trio.leader().await;
    let place = &trio.places[leader];
    // It has read what is stored and is about to write.
    place.hold.at("read");
    trio.world.kills_site_one().await;
    place.hold.held().await;
    place.way.set(CUT);
    let others: Vec<usize> = (0..VANTAGES.len()).filter(|other| *other != leader).collect();
    for other in &others {
        trio.running(*other).settled_at(TWO).await;
    }
    let before = trio.changed();
    // It wakes up in a world that has gone on.
    place.hold.release();
    follows(trio.running(leader)).await;
    place.way.set(Way::default());
    trio.all_know(TWO).await;
    assert_eq!((trio.changed(), trio.moves().await), (before, 1));
    trio.world.all_answer(TWO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_whose_answer_is_lost_is_carried_out_by_the_next_leader_and_once() {
    let trio = Trio::start().await;
    let leader = trio.leader().await;
    let way = Way { loses_answers: true, ..Way::default() };
    trio.places[leader].way.set(way);
    trio.world.kills_site_one().await;
    for other in (0..VANTAGES.len()).filter(|other| *other != leader) {
        trio.running(other).settled_at(TWO).await;
    }
    trio.places[leader].way.set(Way::default());
    trio.all_know(TWO).await;
    assert_eq!(trio.moves().await, 1);
    let changed = trio.changed();
    assert!(changed.iter().all(|changes| *changes <= 1), "{changed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_believe_to_lead_only_the_one_whom_the_store_knows_decides() {
    let trio = Trio::start().await;
    for running in trio.all() {
        running.is_up(TWO).await;
    }
    let leader = trio.leader().await;
    let before = trio.epoch(leader);
    // The store's clock runs ahead: the lease has ended there, and the leader does not know.
    trio.store.end_all_leases();
    let command = Command::SwitchOver { from: ONE, to: TWO };
    let _ = trio.running(leader).handle.command("app", operator(), command.clone()).await;
    let now = trio.leader_after(before).await;
    let view = &trio.running(now).handle.snapshot().services[0].view;
    if view.desired.single() == Some(ONE) && view.open_move.is_none() {
        trio.running(now).is_up(TWO).await;
        let moved = trio.running(now).handle.command("app", operator(), command).await;
        moved.expect("obeyed");
    }
    trio.all_know(TWO).await;
    assert_eq!(trio.moves().await, 1);
    let epochs: Vec<u64> = trio
        .running(now)
        .events()
        .await
        .iter()
        .filter_map(|record| match record.event {
            Event::LeadershipTaken { epoch } => Some(epoch),
            _ => None,
        })
        .collect();
    assert!(epochs.len() >= 2 && epochs.windows(2).all(|pair| pair[0] < pair[1]), "{epochs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_store_delays_a_move_and_does_not_stop_it() {
    let trio = Trio::start().await;
    let slow = Way { delay: LEASE / 40, ..Way::default() };
    trio.places.iter().for_each(|place| place.way.set(slow));
    trio.world.kills_site_one().await;
    trio.all_know(TWO).await;
    assert_eq!(trio.moves().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_starts_without_its_store_begins_when_it_comes() {
    let mut trio = Trio::idle(|_| {}).await;
    trio.places.iter().for_each(|place| place.way.set(CUT));
    for place in 0..VANTAGES.len() {
        trio.run(place);
    }
    for running in trio.all() {
        let sees = |snapshot: &Snapshot| {
            let series = &snapshot.services[0].series;
            series.iter().all(|series| series.samples.last().is_some_and(|sample| sample.ok))
        };
        running.until("it watches", sees).await;
    }
    trio.places.iter().for_each(|place| place.way.set(Way::default()));
    trio.settled_at(ONE).await;
    for running in trio.all() {
        let sites = &running.handle.snapshot().services[0].view.sites;
        assert!(sites.iter().all(|site| site.verdict != Verdict::Down));
        assert!(started(&running.events().await).is_empty());
    }
}
