//! Waiting until a change is done.
use std::time::{Duration, Instant};

use dns_provider::{Call, Change, DnsProvider, Effect, Expect, Kind, Ticket};
use serde_json::json;

use super::world::{World, app};
use crate::support::call;

#[tokio::test]
async fn a_ticket_holds_zone_and_change_and_settles_when_the_change_is_done() {
    let world = World::new().await;
    let report = world.apply(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    let ticket = &report.pending[0];
    let (zone, change) = ticket.operation.split_once('/').unwrap();
    assert_eq!((ticket.provider.as_str(), zone), ("google", world.zone.id.as_str()));
    assert!(change.parse::<u64>().is_ok(), "{ticket:?}");
    world.dns.settle(ticket, call()).await.unwrap();
    let path = format!("/{zone}/changes/{change}");
    let (_, answer) = world.other().send("GET", &path, serde_json::Value::Null).await;
    assert_eq!(answer["status"], "done");
}

#[tokio::test]
async fn a_change_that_is_done_at_once_leaves_no_ticket() {
    let world = World::new().await;
    let done = json!({"kind": "dns#change", "id": "9", "status": "done", "startTime": "x"});
    world.tap.answer("POST", 200, done);
    let report = world.apply(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    assert!(report.pending.is_empty(), "{report:?}");
}

#[tokio::test]
async fn the_deadline_ends_the_wait_without_a_verdict() {
    let world = World::new().await;
    world.fault(json!({"fault": "action_hang", "cloud": "google"}));
    let report = world.apply(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    let soon = Call::until(Instant::now() + Duration::from_secs(1));
    let error = world.dns.settle(&report.pending[0], soon).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::Timeout, Effect::MaybeApplied));
    world.emulator.faults().clear_all();
    world.dns.settle(&report.pending[0], call()).await.unwrap();
}

#[tokio::test]
async fn a_passing_trouble_does_not_end_the_wait() {
    let world = World::new().await;
    let report = world.apply(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    world.fault(json!({"fault": "answer", "cloud": "google", "status": 503, "count": 3}));
    world.dns.settle(&report.pending[0], call()).await.unwrap();
}

#[tokio::test]
async fn a_state_that_is_not_known_is_waited_out() {
    let world = World::new().await;
    let report = world.apply(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    world.tap.answer("GET", 200, json!({"id": "1", "status": "novelty"}));
    world.tap.answer("GET", 200, json!({}));
    world.dns.settle(&report.pending[0], call()).await.unwrap();
}

#[tokio::test]
async fn tickets_of_others_and_of_nothing_are_refused() {
    let world = World::new().await;
    for ticket in [Ticket::new("hetzner", "z/1"), Ticket::new("google", "nonsense")] {
        let error = world.dns.settle(&ticket, call()).await.unwrap_err();
        assert_eq!(error.failure.kind, Kind::Invalid);
    }
    assert_eq!(world.tap.sent().len(), 0);
    let ticket = Ticket::new("google", format!("{}/4711", world.zone.id));
    let error = world.dns.settle(&ticket, call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.effect), (Kind::NotFound, Effect::MaybeApplied));
}
