//! Three watchers with a real etcd between them.
use std::sync::Arc;

use failover_core::{Command, Event, Snapshot};
use futures_util::future::join_all;
use watcher::cluster::{Committed, Condition, Coordination, Write};

use super::alone;
use super::members::{Line, Members, State, available};
use super::trio::{Trio, VANTAGES, started};
use crate::support::{ONE, TWO, operator};

/// A group on a real etcd, each watcher with a line of its own.
struct Real {
    trio: Trio,
    lines: Vec<Line>,
    members: Members,
}

impl Real {
    async fn start() -> Self {
        let members = Members::start().await;
        let mut trio = Trio::idle(|_| {}).await;
        let mut lines = Vec::new();
        for place in 0..VANTAGES.len() {
            let line = Line::to(&members).await;
            trio.run_on(place, Arc::new(line.store()));
            lines.push(line);
        }
        trio.settled_at(ONE).await;
        for running in trio.all() {
            running.is_up(TWO).await;
        }
        Self { trio, lines, members }
    }

    fn run(&mut self, place: usize) {
        let store = Arc::new(self.lines[place].store());
        self.trio.run_on(place, store);
    }

    /// Ends all members and waits until every watcher knows.
    async fn without_etcd(&mut self) {
        (0..3).for_each(|member| self.members.kill(member));
        let away = |snapshot: &Snapshot| {
            snapshot.cluster.as_ref().is_some_and(|cluster| cluster.problem.is_some())
        };
        join_all(self.trio.all().map(|running| running.until("it is away", away))).await;
    }

    async fn moved_once(&self) {
        self.trio.all_know(TWO).await;
        self.trio.world.all_answer(TWO).await;
        assert_eq!(self.trio.moves().await, 1);
        let changed = self.trio.changed();
        assert!(changed.iter().all(|changes| *changes <= 1), "{changed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn etcd_keeps_the_promises_of_a_store() {
    if !available() {
        return;
    }
    let members = Members::start().await;
    let (store, other) = (members.store(), members.store());
    let lease = store.grant(std::time::Duration::from_secs(2)).await.expect("a lease");
    let write = |value: &str| [Write::under("/t/a", value.as_bytes().to_vec(), lease)];
    let absent = [Condition::Absent("/t/a".to_owned())];
    let Ok(Committed::Done(made)) = store.commit(&absent, &write("1")).await else {
        panic!("not made");
    };
    assert_eq!(other.commit(&absent, &write("2")).await, Ok(Committed::Refused));
    let mut changes = other.watch("/t/", made).await.expect("a watch");
    let created = [Condition::Created("/t/a".to_owned(), made)];
    let Ok(Committed::Done(changed)) = other.commit(&created, &write("3")).await else {
        panic!("not changed");
    };
    let unchanged = [Condition::Changed("/t/a".to_owned(), made)];
    assert_eq!(store.commit(&unchanged, &write("4")).await, Ok(Committed::Refused));
    let reading = store.read("/t/").await.expect("readable");
    let entry = reading.get("/t/a").expect("an entry");
    assert_eq!(
        (entry.value.as_slice(), entry.created, entry.changed),
        (b"3".as_slice(), made, changed)
    );
    assert_eq!(changes.next().await.expect("a change").len(), 1);
    assert_eq!(store.prolong(lease).await, Ok(true));
    // Nobody prolongs it any more.
    let gone = changes.next().await.expect("its end");
    assert_eq!(gone[0].key(), "/t/a");
    assert_eq!(store.prolong(lease).await, Ok(false));
    let late = store.commit(&[], &write("5")).await.expect_err("the lease has ended");
    assert!(!late.maybe, "{late}");
    store.end(lease).await.expect("ended is ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_killed_or_stopped_changes_nothing() {
    if !available() {
        return;
    }
    join_all([killed_member(0), killed_member(2)]).await;
    stopped_member().await;
}

async fn killed_member(member: usize) {
    let mut real = Real::start().await;
    real.members.kill(member);
    real.trio.world.kills_site_one().await;
    real.moved_once().await;
}

async fn stopped_member() {
    let real = Real::start().await;
    real.members.freeze(0);
    real.trio.world.kills_site_one().await;
    real.moved_once().await;
    real.members.thaw(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_watcher_that_is_killed_changes_nothing_and_learns_it_when_it_returns() {
    if !available() {
        return;
    }
    let mut real = Real::start().await;
    let leader = real.trio.leader().await;
    real.trio.kill(leader).await;
    real.trio.world.kills_site_one().await;
    real.moved_once().await;
    real.run(leader);
    real.moved_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_whose_line_to_etcd_is_cut_or_stalls_in_a_move_is_followed_by_another() {
    if !available() {
        return;
    }
    for (step, state) in
        [("recorded", State::Cut), ("read", State::Stalled), ("applied", State::Stalled)]
    {
        let real = Real::start().await;
        let leader = real.trio.leader().await;
        let place = &real.trio.places[leader];
        place.hold.at(step);
        real.trio.world.kills_site_one().await;
        place.hold.held().await;
        real.lines[leader].set(state);
        let others: Vec<usize> = (0..VANTAGES.len()).filter(|other| *other != leader).collect();
        for other in others {
            real.trio.running(other).settled_at(TWO).await;
        }
        place.hold.release();
        real.lines[leader].set(State::Open);
        real.moved_once().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_majority_of_etcd_nothing_moves_and_with_it_again_it_does() {
    if !available() {
        return;
    }
    let mut real = Real::start().await;
    real.members.kill(0);
    real.members.kill(1);
    let away = |snapshot: &Snapshot| {
        snapshot.cluster.as_ref().is_some_and(|cluster| cluster.problem.is_some())
    };
    for running in real.trio.all() {
        running.until("it is away", away).await;
    }
    real.trio.world.kills_site_one().await;
    for running in real.trio.all() {
        let sees = |snapshot: &Snapshot| {
            snapshot.services[0].series[0].samples.last().is_some_and(|sample| !sample.ok)
        };
        let snapshot = running.until("it watches", sees).await;
        assert_eq!(snapshot.services[0].view.desired.single(), Some(ONE));
    }
    assert_eq!(real.trio.changed(), [0, 0]);
    real.members.run(1);
    real.moved_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_etcd_a_forced_move_is_made_alone_and_etcd_hears_of_it_when_it_is_back() {
    if !available() {
        return;
    }
    let mut real = Real::start().await;
    real.without_etcd().await;
    alone::force(real.trio.running(1), "ann", ONE, TWO).await.expect("obeyed");
    alone::moved(real.trio.running(1), TWO).await;
    (0..3).for_each(|member| real.members.run(member));
    real.moved_once().await;
    alone::agreed(&real.trio).await;
    // Once more, and two people say two things.
    real.without_etcd().await;
    alone::force(real.trio.running(0), "ann", TWO, ONE).await.expect("obeyed");
    alone::moved(real.trio.running(0), ONE).await;
    alone::force(real.trio.running(1), "bob", TWO, ONE).await.expect("obeyed");
    alone::force(real.trio.running(1), "bob", ONE, TWO).await.expect("obeyed");
    alone::moved(real.trio.running(1), TWO).await;
    (0..3).for_each(|member| real.members.run(member));
    alone::disputed(&real.trio).await;
    alone::human_decides(&real.trio, ONE).await;
    real.trio.world.all_answer(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_finds_the_leader_through_etcd() {
    if !available() {
        return;
    }
    let real = Real::start().await;
    let follower = real.trio.follower().await;
    let command = Command::SwitchOver { from: ONE, to: TWO };
    let handle = &real.trio.running(follower).handle;
    handle.command("app", operator(), command).await.expect("obeyed");
    real.moved_once().await;
    let events = real.trio.running(follower).events().await;
    assert_eq!(started(&events).len(), 1);
    assert!(events.iter().any(|record| matches!(record.event, Event::MoveCompleted { .. })));
}
