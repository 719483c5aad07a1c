//! A forced move at one watcher while the store is away, and what becomes of it afterwards.
use std::sync::Arc;
use std::time::Duration;

use failover_core::{
    Actor, Command, Event, EventRecord, Mode, MoveKind, Refusal, Severity, SiteId, SiteSet,
    Snapshot,
};
use futures_util::future::join_all;
use rusqlite::Connection;
use watcher::CommandError;
use watcher::cluster::Way;

use super::trio::{Trio, started};
use crate::support::{ONE, Running, TWO, operator};

const CUT: Way = Way { cut: true, delay: Duration::ZERO, loses_answers: false };

fn is_away(snapshot: &Snapshot) -> bool {
    snapshot.cluster.as_ref().is_some_and(|cluster| cluster.problem.is_some())
}

pub fn told_alone(snapshot: &Snapshot, severity: Severity) -> bool {
    let alone = |alert: &failover_core::AlertView| alert.key == "alone:app";
    snapshot.alerts.iter().any(|alert| alone(alert) && alert.severity == severity)
}

fn is_armed(snapshot: &Snapshot) -> bool {
    matches!(snapshot.services[0].view.mode, Mode::Armed { .. })
}

/// Cuts these from the store and waits until they know it.
async fn cut(trio: &Trio, places: &[usize]) {
    places.iter().for_each(|place| trio.places[*place].way.set(CUT));
    join_all(places.iter().map(|place| trio.running(*place).until("it is away", is_away))).await;
}

fn mend(trio: &Trio) {
    trio.places.iter().for_each(|place| place.way.set(Way::default()));
}

pub async fn force(
    running: &Running,
    who: &str,
    from: SiteId,
    to: SiteId,
) -> Result<Vec<EventRecord>, CommandError> {
    running.handle.force_alone("app", Actor(who.to_owned()), from, to).await
}

/// Waits until one watcher has moved; whether the site is up it may not be able to say by itself.
pub async fn moved(running: &Running, to: SiteId) {
    running
        .until("it has moved", |snapshot| {
            let view = &snapshot.services[0].view;
            view.desired == SiteSet::one(to) && view.open_move.is_none()
        })
        .await;
}

/// Waits until nobody is alone any more and automation is on everywhere.
pub async fn agreed(trio: &Trio) {
    for running in trio.all() {
        let quiet = |snapshot: &Snapshot| {
            let alone = snapshot.alerts.iter().any(|alert| alert.key.starts_with("alone:"));
            !alone && !is_away(snapshot) && is_armed(snapshot)
        };
        running.until("all agree", quiet).await;
    }
}

fn forced_by(events: &[EventRecord], name: &str) -> bool {
    events.iter().any(|record| match &record.event {
        Event::MoveStarted { reason: MoveKind::Forced, who, .. } => who.0 == name,
        _ => false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_move_without_the_store_is_made_and_the_group_goes_on_from_it() {
    let trio = Trio::start().await;
    let early = force(trio.running(0), "ann", ONE, TWO).await.expect_err("the store is reached");
    assert!(matches!(early, CommandError::NotAlone(_)), "{early:?}");
    cut(&trio, &[0, 1, 2]).await;
    trio.world.kills_site_one().await;
    let command = Command::Force { from: ONE, to: TWO };
    let plain = trio.running(0).handle.command("app", operator(), command).await;
    assert!(matches!(plain, Err(CommandError::Elsewhere(_))), "{plain:?}");
    let stale = force(trio.running(0), "ann", TWO, ONE).await.expect_err("one is active");
    assert!(matches!(stale, CommandError::Refused(Refusal::Stale { .. }, _)), "{stale:?}");
    let events = force(trio.running(0), "ann", ONE, TWO).await.expect("obeyed");
    assert!(forced_by(&events, "ann"), "{events:#?}");
    moved(trio.running(0), TWO).await;
    trio.world.all_answer(TWO).await;
    let snapshot = trio.running(0).handle.snapshot();
    assert!(told_alone(&snapshot, Severity::Warning), "{:?}", snapshot.alerts);
    assert!(!is_armed(&snapshot), "nothing else is moved from here");
    // The others know nothing of it, and do nothing.
    for place in [1, 2] {
        let view = &trio.running(place).handle.snapshot().services[0].view;
        assert_eq!(view.desired, SiteSet::one(ONE));
    }
    mend(&trio);
    trio.all_know(TWO).await;
    agreed(&trio).await;
    assert_eq!(trio.moves().await, 1, "the one that was forced, once in each journal");
    assert_eq!(trio.changed(), [1, 1]);
    for running in trio.all() {
        assert!(forced_by(&running.events().await, "ann"));
    }
    // And they go on from there as ever.
    let killed = cloud_emulator::Fault::SiteKilled { site: "one".to_owned() };
    trio.world.mends(&killed).await;
    loop {
        let leader = trio.running(trio.leader().await);
        leader.is_up(ONE).await;
        let back = Command::SwitchOver { from: TWO, to: ONE };
        match leader.handle.command("app", operator(), back).await {
            Ok(_) => break,
            // Whoever has taken the lead this moment has not looked yet.
            Err(CommandError::Refused(Refusal::NotUp, _)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    trio.settled_at(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_crashes_in_a_move_of_its_own_goes_on_with_it_and_tells_it_once() {
    let steps = ["recorded", "read", "settled", "handing", "handed"];
    for steps in steps.chunks(3) {
        join_all(steps.iter().map(|step| crashed_at(step))).await;
    }
}

async fn crashed_at(step: &'static str) {
    let mut trio = Trio::start().await;
    cut(&trio, &[0, 1, 2]).await;
    let handing = step.starts_with("hand");
    if handing {
        force(trio.running(0), "ann", ONE, TWO).await.expect("obeyed");
        moved(trio.running(0), TWO).await;
    }
    trio.places[0].hold.at(step);
    let handle = trio.running(0).handle.clone();
    let order = tokio::spawn(async move {
        if !handing {
            let _ = handle.force_alone("app", operator(), ONE, TWO).await;
        }
    });
    if handing {
        mend(&trio);
    }
    trio.places[0].hold.held().await;
    trio.kill(0).await;
    order.abort();
    trio.places[0].hold = Arc::default();
    trio.run(0);
    if !handing {
        moved(trio.running(0), TWO).await;
        mend(&trio);
    }
    trio.all_know(TWO).await;
    agreed(&trio).await;
    trio.world.all_answer(TWO).await;
    assert_eq!(trio.moves().await, 1, "crashed at {step}: one move");
    let changed = trio.changed();
    assert!(changed.iter().all(|changes| *changes <= 1), "crashed at {step}: {changed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_watchers_were_forced_to_differently_is_decided_by_a_human() {
    let trio = Trio::start().await;
    cut(&trio, &[0, 1, 2]).await;
    force(trio.running(0), "ann", ONE, TWO).await.expect("obeyed");
    moved(trio.running(0), TWO).await;
    force(trio.running(1), "bob", ONE, TWO).await.expect("obeyed");
    moved(trio.running(1), TWO).await;
    force(trio.running(1), "bob", TWO, ONE).await.expect("obeyed");
    moved(trio.running(1), ONE).await;
    trio.world.all_answer(ONE).await;
    mend(&trio);
    disputed(&trio).await;
    let changed = trio.changed();
    human_decides(&trio, TWO).await;
    assert!(trio.changed() >= changed, "nothing was overwritten before");
}

/// Waits until all say that they do not agree, and that nothing is moved by itself.
pub async fn disputed(trio: &Trio) {
    for running in trio.all() {
        let alarm = |snapshot: &Snapshot| {
            told_alone(snapshot, Severity::Critical) && !is_armed(snapshot) && !is_away(snapshot)
        };
        running.until("a human is called", alarm).await;
    }
    let (ann, bob) = (trio.running(0).events().await, trio.running(1).events().await);
    assert!(forced_by(&ann, "ann") && forced_by(&bob, "bob"), "both are to be seen");
}

/// Whatever the log says by now, one word of a human ends it.
pub async fn human_decides(trio: &Trio, to: SiteId) {
    let leader = trio.running(trio.leader().await);
    let active = leader.handle.snapshot().services[0].view.desired.single().expect("one site");
    if active != to {
        let command = Command::Force { from: active, to };
        leader.handle.command("app", operator(), command).await.expect("obeyed");
    }
    leader.handle.command("app", operator(), Command::Arm).await.expect("obeyed");
    trio.settled_at(to).await;
    agreed(trio).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_group_has_come_to_the_same_meanwhile_there_is_nothing_to_decide() {
    let trio = Trio::start().await;
    cut(&trio, &[0]).await;
    trio.world.kills_site_one().await;
    for place in [1, 2] {
        trio.running(place).settled_at(TWO).await;
    }
    force(trio.running(0), "ann", ONE, TWO).await.expect("obeyed");
    moved(trio.running(0), TWO).await;
    mend(&trio);
    trio.settled_at(TWO).await;
    agreed(&trio).await;
    let own = trio.running(0).events().await;
    assert_eq!(started(&own).len(), 2, "what was forced here and what the group has done");
    assert_eq!(started(&trio.running(1).events().await).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_journal_a_watcher_moves_nothing_alone() {
    let trio = Trio::start().await;
    cut(&trio, &[0, 1, 2]).await;
    let journal = trio.world.directory.path().join("north.db");
    let other = Connection::open(journal).expect("a second connection");
    other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    let refused = force(trio.running(0), "ann", ONE, TWO).await.expect_err("not written");
    assert!(matches!(refused, CommandError::Journal(_)), "{refused:?}");
    assert_eq!(trio.changed(), [0, 0]);
    other.execute_batch("ROLLBACK").expect("let go");
    force(trio.running(0), "ann", ONE, TWO).await.expect("obeyed");
    moved(trio.running(0), TWO).await;
    mend(&trio);
    trio.all_know(TWO).await;
    assert_eq!(trio.moves().await, 1);
}
