//! Somebody else writes to the zone.
use std::time::{Duration, Instant};

use cloud_http::Call;
use dns_provider::lookup::find_zone;
use dns_provider::{Change, ChangeSet, DnsProvider, Expect, Name, RrSet};
use failover_core::{Answer, Command, Drift, Event, Snapshot};

use crate::support::{HETZNER, ONE, Running, World, operator};

fn call() -> Call {
    Call::until(Instant::now() + Duration::from_secs(10))
}

/// Puts `address` with `ttl` under the service's name at Hetzner, as a stranger would.
async fn meddle(world: &World, address: &str, ttl: u32) {
    let (_, hetzner) = world.map.clients();
    let name = Name::parse(&world.map.zone).expect("a name");
    let zone = find_zone(&*hetzner, &name, call()).await.expect("the zone");
    let name = format!("app.{}", zone.name);
    let wrong = RrSet::parse(&name, "A", ttl, &[address]).expect("an RRset");
    let set = ChangeSet::new(zone, vec![Change::put(wrong, Expect::Any)]);
    let report = hetzner.apply(&set, call()).await.expect("applied");
    for ticket in &report.pending {
        hetzner.settle(ticket, call()).await.expect("settled");
    }
}

fn drifted(snapshot: &Snapshot) -> bool {
    snapshot.services[0].view.providers[HETZNER].drift.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_address_is_seen_and_repaired_on_command() {
    let world = World::start().await;
    let running = world.watched().await;
    meddle(&world, "203.0.113.7", 60).await;
    let snapshot = running.until("drift", drifted).await;
    let drift = snapshot.services[0].view.providers[HETZNER].drift.as_ref().expect("drift");
    let Answer::Foreign { text } = &drift.0 else { panic!("{drift:?}") };
    assert!(text.contains("203.0.113.7"), "{text}");
    running.handle.command("app", operator(), Command::Repair).await.expect("obeyed");
    running.seen_at(ONE).await;
    running.until("no drift", |snapshot| !drifted(snapshot)).await;
    world.all_answer(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_ttl_is_drift() {
    let world = World::start().await;
    let running = world.watched().await;
    meddle(&world, &world.map.address(ONE), 7200).await;
    let snapshot = running.until("drift", drifted).await;
    let drift = snapshot.services[0].view.providers[HETZNER].drift.as_ref().expect("drift");
    let Answer::Foreign { text } = &drift.0 else { panic!("{drift:?}") };
    assert!(text.contains("TTL 7200"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_repairs_does_so_by_itself() {
    let world = World::start().await;
    let builder = world.builder(|policy| policy.drift = Drift::Repair);
    let running = Running::of(builder.build().expect("a watcher"));
    running.seen_at(ONE).await;
    meddle(&world, "203.0.113.7", 60).await;
    running
        .until("seen", |snapshot| {
            snapshot.recent.iter().any(|record| matches!(record.event, Event::DriftSeen { .. }))
        })
        .await;
    running.seen_at(ONE).await;
    world.all_answer(ONE).await;
}
