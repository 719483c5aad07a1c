//! A change was sent and nobody knows what became of it.
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use dns_provider::{Call, Change, Clock, DnsProvider, Effect, Expect, Kind, Outcome, SystemClock};
use serde_json::json;

use super::world::{World, app, app_key, client};
use crate::support::call;

const POST: &str = "POST /dns/v1";

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_found_and_not_repeated() {
    let world = World::new().await;
    world.fault(json!({"fault": "drop_after_commit", "cloud": "google", "count": 1}));
    let changes = world.other().changes().await;
    let report = world.apply(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(world.tap.changes().len(), 1);
    assert_eq!(world.other().changes().await, changes + 1);
}

#[tokio::test]
async fn the_lost_change_is_waited_for_like_any_other() {
    let world = World::new().await;
    world.fault(json!({"fault": "action_hang", "cloud": "google"}));
    world.fault(json!({"fault": "drop_after_commit", "cloud": "google", "count": 1}));
    let report = world.apply(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(report.pending.len(), 1, "{report:?}");
    world.emulator.faults().clear_all();
    world.dns.settle(&report.pending[0], call()).await.unwrap();
}

#[tokio::test]
async fn a_removal_whose_answer_was_lost_is_found_too() {
    let world = World::new().await;
    world.fault(json!({"fault": "action_hang", "cloud": "google"}));
    world.fault(json!({"fault": "drop_after_commit", "cloud": "google", "count": 1}));
    let report = world.apply(Change::remove(app_key(), Expect::Any)).await;
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(report.pending.len(), 1);
}

#[tokio::test]
async fn a_change_that_never_arrived_is_sent_again() {
    for fault in [
        json!({"fault": "answer", "cloud": "google", "status": 503, "writes_only": true}),
        json!({"fault": "answer", "cloud": "google", "status": 502, "writes_only": true,
            "body": "<html>bad gateway</html>"}),
        json!({"fault": "hang", "cloud": "google", "millis": 1, "writes_only": true}),
        json!({"fault": "action_error", "cloud": "google", "count": 1}),
    ] {
        let world = World::new().await;
        world.fault(fault.clone());
        let wanted = app(&["192.0.2.7"], 60);
        let outcome = world.outcome(Change::put(wanted.clone(), Expect::Any)).await;
        assert_eq!(outcome, Outcome::Applied, "{fault}");
        assert_eq!(world.tap.changes().len(), 2, "{fault}");
        assert_eq!(world.stored(&app_key()).await, Some(wanted));
    }
}

#[tokio::test]
async fn a_server_that_stays_unwell_leaves_the_effect_unknown() {
    let world = World::new().await;
    world.fault(json!({"fault": "answer", "cloud": "google", "status": 503, "count": 99,
        "writes_only": true}));
    let outcome = world.outcome(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    let Outcome::Unknown(failure) = &outcome else { panic!("{outcome:?}") };
    assert_eq!((failure.kind, failure.effect), (Kind::Unavailable, Effect::MaybeApplied));
    assert_eq!(world.tap.changes().len(), 3);
}

#[tokio::test]
async fn a_zone_that_cannot_be_read_back_leaves_the_effect_unknown() {
    let world = World::new().await;
    world.fault(json!({"fault": "drop_after_commit", "cloud": "google", "count": 1}));
    let gone =
        json!({"error": {"code": 403, "message": "no", "errors": [{"reason": "forbidden"}]}});
    let before = world.stored(&app_key()).await.unwrap();
    let tap = Arc::clone(&world.tap);
    world.tap.before(POST, async move { tap.answer("GET", 403, gone) });
    let outcome =
        world.outcome(Change::put(app(&["192.0.2.7"], 60), Expect::Exactly(before))).await;
    let Outcome::Unknown(failure) = &outcome else { panic!("{outcome:?}") };
    assert_eq!((failure.kind, failure.effect), (Kind::Unavailable, Effect::MaybeApplied));
}

#[tokio::test]
async fn what_somebody_else_put_there_meanwhile_leaves_the_effect_unknown() {
    let world = World::new().await;
    let before = app(&["192.0.2.1"], 60);
    world.start_from(&before).await;
    world.tap.answer(POST, 503, "");
    let (tap, other) = (Arc::clone(&world.tap), world.other());
    // The first read comes before the change; the second one looks for its effect.
    world.tap.before("GET", async move {
        tap.before("GET", async move { other.put_app(&["203.0.113.9"], 60).await });
    });
    let outcome =
        world.outcome(Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(before))).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(world.tap.changes().len(), 1);
}

#[tokio::test]
async fn after_the_lease_a_lost_change_is_looked_for_but_not_sent_again() {
    let world = World::new().await;
    world.fault(json!({"fault": "answer", "cloud": "google", "status": 503, "count": 99,
        "writes_only": true}));
    let clock = Arc::new(JumpClock::default());
    let dns = client(&world.emulator, &world.tap).clock(clock.clone()).build();
    let hour = Duration::from_secs(3600);
    let lease = Call::until(Instant::now() + 3 * hour).write_before(Instant::now() + hour);
    world.tap.before(POST, async move { *clock.0.lock().unwrap() = 2 * hour });
    let set = world.set(vec![Change::put(app(&["192.0.2.7"], 60), Expect::Any)]);
    let report = dns.apply(&set, lease).await.unwrap();
    let Outcome::Unknown(failure) = &report.outcomes[0].1 else { panic!("{report:?}") };
    assert_eq!((failure.kind, failure.effect), (Kind::Unavailable, Effect::MaybeApplied));
    assert_eq!((world.tap.changes().len(), world.tap.count("GET")), (1, 2));
}

/// The system's clock, ahead by what a test says.
#[derive(Debug, Default)]
struct JumpClock(Mutex<Duration>);

#[async_trait]
impl Clock for JumpClock {
    fn now(&self) -> Instant {
        Instant::now() + *self.0.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep_until(&self, at: Instant) {
        let ahead = *self.0.lock().unwrap();
        SystemClock.sleep_until(at - ahead).await;
    }
}
