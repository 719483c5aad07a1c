//! A leader in a process of its own that is stopped as it is and goes on in a world that has moved on.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use failover_core::{Command as Order, Event};
use watcher::cluster::{Cluster, EtcdCoordination, EtcdOptions};
use watcher::{Checkpoint, Options};

use super::members::{Members, available, send_signal};
use super::trio::{LEASE, Trio, VANTAGES, started};
use crate::other::{Other, orders, say};
use crate::support::{Map, ONE, Running, TWO, operator, options};

/// Stops this whole process at a step, as SIGSTOP from outside would.
#[derive(Debug)]
struct FreezeAt {
    step: String,
    armed: Arc<AtomicBool>,
}

#[async_trait]
impl Checkpoint for FreezeAt {
    async fn reached(&self, _service: &str, step: &str) {
        if step == self.step && self.armed.swap(false, Ordering::SeqCst) {
            say("stopping");
            send_signal(std::process::id(), "-STOP");
        }
    }
}

/// What the other process does: it leads, and is stopped once it is armed.
async fn lead(orders: &str) {
    let (map, journal, step, endpoints, port): (Map, String, String, Vec<String>, u16) =
        serde_json::from_str(orders).expect("orders");
    let armed = Arc::new(AtomicBool::new(false));
    let freeze = FreezeAt { step, armed: armed.clone() };
    let (google, hetzner) = map.clients();
    let options = Options { checkpoint: Some(Arc::new(freeze)), ..options() };
    let mut service = map.service(|policy| {
        policy.vantages = VANTAGES.map(str::to_owned).to_vec();
        policy.quorum = 2;
    });
    if let health::Kind::Http(check) = &mut service.checks[0].kind {
        check.port = port;
    }
    let store = EtcdCoordination::new(EtcdOptions::new(endpoints)).expect("endpoints");
    let builder = map.at(VANTAGES[0], google, hetzner, service).journal(journal);
    let cluster = Cluster::new(Arc::new(store)).lease(LEASE);
    let running = Running::of(builder.options(options).cluster(cluster).build().expect("built"));
    running.until("it leads", |s| s.cluster.as_ref().is_some_and(|group| group.leads)).await;
    say("leads");
    let reading = tokio::task::spawn_blocking(move || {
        for _ in std::io::stdin().lines() {
            armed.store(true, Ordering::SeqCst);
            say("armed");
        }
    });
    let follows = |snapshot: &failover_core::Snapshot| {
        snapshot.cluster.as_ref().is_some_and(|group| !group.leads)
    };
    running.until("it follows", follows).await;
    say("follows");
    running.settled_at(ONE).await;
    say("settled");
    reading.await.expect("the end of the input");
}

async fn stopped_at(step: &str) {
    let members = Members::start().await;
    let mut trio = Trio::idle(|_| {}).await;
    let journal = trio.world.directory.path().join("other.db");
    let port = trio.places[0].view.port;
    let orders = (&trio.world.map, journal, step, members.endpoints(), port);
    let test = "cluster::process::a_leader_that_is_stopped_writes_nothing_late";
    let mut other = Other::start(test, &orders);
    other.says("leads").await;
    for place in [1, 2] {
        trio.run_on(place, Arc::new(members.store()));
    }
    trio.settled_at(ONE).await;
    for running in trio.all() {
        running.is_up(TWO).await;
    }
    other.arm().await;
    let killed = cloud_emulator::Fault::SiteKilled { site: "one".to_owned() };
    trio.world.breaks(killed.clone()).await;
    other.says("stopping").await;
    trio.settled_at(TWO).await;
    // The world moves on, so that a late write of the one that is stopped would be seen.
    trio.world.mends(&killed).await;
    let leader = trio.leader().await;
    trio.running(leader).is_up(ONE).await;
    let back = Order::SwitchOver { from: TWO, to: ONE };
    trio.running(leader).handle.command("app", operator(), back).await.expect("obeyed");
    trio.settled_at(ONE).await;
    send_signal(other.child.id().expect("it lives"), "-CONT");
    other.says("settled").await;
    trio.world.all_answer(ONE).await;
    let events = trio.running(leader).events().await;
    assert_eq!(started(&events).len(), 2, "stopped at {step}");
    let drifted = events.iter().any(|record| matches!(record.event, Event::DriftSeen { .. }));
    assert!(!drifted, "stopped at {step}: it wrote late: {events:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_stopped_writes_nothing_late() {
    if let Some(orders) = orders() {
        return lead(&orders).await;
    }
    if !available() {
        return;
    }
    let steps = ["recorded", "publishing", "read", "applied", "settled", "verified"];
    for steps in steps.chunks(2) {
        futures_util::future::join_all(steps.iter().map(|step| stopped_at(step))).await;
    }
}
