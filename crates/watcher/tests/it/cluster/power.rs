//! What a leader has turned on or off is known to the next one.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cloud_emulator::Fault;
use cloud_http::Call;
use failover_core::{Event, Fence, PolicySpec};
use watcher::{Options, SitePower};

use super::trio::{Trio, VANTAGES, started};
use crate::support::{ONE, TWO, options};
use crate::telling::until;

/// Servers that only count what is done to them.
#[derive(Debug, Default)]
struct Servers {
    fences: AtomicUsize,
    starts: AtomicUsize,
    rests: AtomicUsize,
    /// Nothing that is asked of them comes to an end.
    hang: AtomicBool,
}

impl Servers {
    async fn count(&self, what: &AtomicUsize) -> Result<(), String> {
        if self.hang.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        what.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[async_trait]
impl SitePower for Servers {
    async fn fence(&self, _: Call) -> Result<(), String> {
        self.count(&self.fences).await
    }

    async fn start(&self, _: Call) -> Result<(), String> {
        self.count(&self.starts).await
    }

    async fn rest(&self, _: Call) -> Result<(), String> {
        self.count(&self.rests).await
    }
}

async fn with_servers(change: fn(&mut PolicySpec)) -> (Trio, [Arc<Servers>; 2]) {
    let mut trio = Trio::idle(change).await;
    let servers: [Arc<Servers>; 2] = Default::default();
    for (name, servers) in ["one", "two"].into_iter().zip(&servers) {
        trio.power.push((name, servers.clone()));
    }
    trio.options = Options { rest_after: Duration::from_millis(500), ..options() };
    (trio, servers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_a_dead_leader_has_started_is_put_to_rest_by_the_next() {
    let (mut trio, servers) = with_servers(|policy| policy.sites[1].cold = true).await;
    // It never serves, so that nothing is moved.
    trio.world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
    (0..VANTAGES.len()).for_each(|place| trio.run(place));
    trio.settled_at(ONE).await;
    let leader = trio.leader().await;
    trio.world.kills_site_one().await;
    let done = |entry: &watcher::cluster::Entry| {
        let change: serde_json::Value = serde_json::from_slice(&entry.value).expect("JSON");
        change["act"] == "start" && change["ended"].is_u64()
    };
    until("it is started, and the store knows", async || {
        trio.store.entries("/schwenk/log/power/").iter().any(done)
    })
    .await;
    trio.kill(leader).await;
    trio.world.mends(&Fault::SiteKilled { site: "one".to_owned() }).await;
    until("it rests", async || servers[1].rests.load(Ordering::SeqCst) == 1).await;
    assert_eq!(started(&trio.all().next().expect("two run").events().await).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fence_that_a_dead_leader_has_begun_is_ended_by_the_next_before_anybody_is_moved() {
    let (mut trio, servers) = with_servers(|policy| policy.fence = Fence::Before).await;
    (0..VANTAGES.len()).for_each(|place| trio.run(place));
    trio.settled_at(ONE).await;
    for running in trio.all() {
        running.is_up(TWO).await;
    }
    let leader = trio.leader().await;
    servers[0].hang.store(true, Ordering::SeqCst);
    trio.world.kills_site_one().await;
    until("the fence is in the store", async || {
        !trio.store.entries("/schwenk/log/power/app/one").is_empty()
    })
    .await;
    trio.kill(leader).await;
    servers[0].hang.store(false, Ordering::SeqCst);
    trio.settled_at(TWO).await;
    assert_eq!(servers[0].fences.load(Ordering::SeqCst), 1);
    let running = trio.all().next().expect("two run");
    let events = running.events().await;
    let fenced = |event: &Event| matches!(event, Event::FenceEnded { site: ONE, ok: true });
    let fenced = events.iter().position(|record| fenced(&record.event)).expect("it was fenced");
    let verified = |event: &Event| matches!(event, Event::Verified { .. });
    let after = events.iter().position(|record| verified(&record.event)).expect("it was moved");
    assert!(fenced < after, "{events:#?}");
}
