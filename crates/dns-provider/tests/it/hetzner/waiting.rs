//! Actions: awaited together, not too often, and never longer than the deadline.
use std::time::{Duration, Instant};

use cloud_emulator::Options;
use cloud_http::{Effect, Kind, Retry};
use dns_provider::{Call, Change, DnsProvider, Expect, Ticket};
use futures_util::future::join_all;
use serde_json::json;

use super::world::{World, app, client};
use crate::support::{call, rrset};

fn create(i: usize) -> Change {
    let name = format!("h{i}.schwenk.example");
    Change::put(rrset(&name, "A", 60, &["192.0.2.1"]), Expect::Absent)
}

#[tokio::test]
async fn everybody_who_waits_shares_the_polls() {
    let world =
        World::with(Options { action_delay: Duration::from_millis(600), ..Options::default() })
            .await;
    let set = world.set((0..30).map(create).collect());
    let report = world.dns.apply(&set, call()).await.unwrap();
    assert_eq!(report.pending.len(), 30);
    world.spy.forget();
    let settled = join_all(report.pending.iter().map(|t| world.dns.settle(t, call()))).await;
    assert!(settled.iter().all(Result::is_ok));
    let sent = world.spy.sent();
    assert!(sent.iter().all(|sent| sent.path.starts_with("/actions?id=")));
    let ids = |path: &str| path.matches("id=").count();
    assert!(sent.iter().all(|sent| ids(&sent.path) <= 25));
    assert!(sent.iter().any(|sent| ids(&sent.path) > 1), "they are asked for together");
    assert!(sent.len() <= 30, "{} polls for 30 actions", sent.len());
}

#[tokio::test]
async fn polls_become_rarer() {
    let world =
        World::with(Options { action_delay: Duration::from_millis(1500), ..Options::default() })
            .await;
    let dns = client(&world.emulator, &world.spy)
        .polling(Duration::from_millis(100), Duration::from_secs(5))
        .build()
        .unwrap();
    let report = dns.apply(&world.set(vec![create(1)]), call()).await.unwrap();
    world.spy.forget();
    dns.settle(&report.pending[0], call()).await.unwrap();
    // At 0.1, 0.26, 0.52, 0.93, 1.58 s, and one more for rounding.
    assert!((1..=6).contains(&world.spy.count("/actions?id=")), "{:?}", world.spy.lines());
}

#[tokio::test]
async fn an_action_that_fails_is_a_failure_with_its_code_and_an_unknown_effect() {
    let world = World::new().await;
    world.fault(json!({"fault": "action_error"}));
    let report = world.apply(create(1)).await;
    let error = world.dns.settle(&report.pending[0], call()).await.unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("action_failed"));
    assert_eq!(error.failure.retry, Retry::AfterReread);
    assert_eq!(error.failure.effect, Effect::MaybeApplied);
}

#[tokio::test]
async fn an_action_that_hangs_is_unknown_at_the_deadline_and_can_be_waited_for_again() {
    let world = World::new().await;
    world.fault(json!({"fault": "action_hang"}));
    let report = world.apply(create(1)).await;
    // As after a restart: the ticket comes from the journal, the client is another one.
    let journal = serde_json::to_string(&report.pending[0]).unwrap();
    let ticket: Ticket = serde_json::from_str(&journal).unwrap();
    let dns = client(&world.emulator, &world.spy).build().unwrap();
    let short = Call::until(Instant::now() + Duration::from_millis(300));
    let error = dns.settle(&ticket, short).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Timeout);
    assert_eq!(error.failure.effect, Effect::MaybeApplied);
    world.emulator.faults().clear_all();
    dns.settle(&ticket, call()).await.unwrap();
}

#[tokio::test]
async fn one_who_waits_longer_does_not_hold_up_one_who_has_less_time() {
    let world = World::new().await;
    world.fault(json!({"fault": "action_hang"}));
    let long = world.apply(create(1)).await;
    let short = world.apply(create(2)).await;
    let hasty = Call::until(Instant::now() + Duration::from_millis(200));
    let patient = world.dns.settle(&long.pending[0], call());
    let hasty = async {
        // Let the patient one take the turn first.
        tokio::task::yield_now().await;
        world.dns.settle(&short.pending[0], hasty).await
    };
    tokio::select! {
        biased;
        result = patient => panic!("the action hangs, yet {result:?}"),
        result = hasty => assert_eq!(result.unwrap_err().failure.kind, Kind::Timeout),
    }
}

#[tokio::test]
async fn unknown_actions_and_foreign_tickets_are_told() {
    let world = World::new().await;
    let unknown = Ticket::new("hetzner", r#"{"actions":[99999]}"#);
    let error = world.dns.settle(&unknown, call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.retry), (Kind::NotFound, Retry::AfterReread));
    let foreign = Ticket::new("hetzner", "zone/change-7");
    assert_eq!(world.dns.settle(&foreign, call()).await.unwrap_err().failure.kind, Kind::Invalid);
}

#[tokio::test]
async fn another_writer_is_seen_when_the_ticket_is_settled() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    world.start_from(&old).await;
    let report = world.apply(Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(old))).await;
    let records = json!({"records": [{"value": "203.0.113.9"}]});
    let (status, _) = world.other("POST", "/rrsets/app/A/actions/set_records", records).await;
    assert_eq!(status, 201);
    let error = world.dns.settle(&report.pending[0], call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.retry), (Kind::Changed, Retry::AfterReread));
    assert!(error.to_string().contains("203.0.113.9"), "{error}");
}

#[tokio::test]
async fn a_poll_that_fails_now_and_then_does_not_end_the_wait() {
    let world = World::new().await;
    let report = world.apply(create(1)).await;
    world.fault(json!({"fault": "answer", "cloud": "hetzner", "status": 502, "count": 3}));
    world.dns.settle(&report.pending[0], call()).await.unwrap();
}
