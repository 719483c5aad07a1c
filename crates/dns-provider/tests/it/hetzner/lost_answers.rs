//! Writes whose answer never comes: read back, then decide.
use std::time::{Duration, Instant};

use cloud_http::Effect;
use dns_provider::{Call, Change, DnsProvider, Expect, Key, Outcome};
use serde_json::json;

use super::world::{World, app, app_key};
use crate::support::{key, rrset};

#[tokio::test]
async fn a_write_carried_out_without_an_answer_counts_as_applied_and_is_not_repeated() {
    let old = app(&["192.0.2.1"], 60);
    let new = || rrset("new.schwenk.example", "A", 60, &["192.0.2.9"]);
    let cases: Vec<(Change, Key)> = vec![
        (Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(old.clone())), app_key()),
        (Change::put(app(&["192.0.2.1"], 90), Expect::Exactly(old.clone())), app_key()),
        (Change::put(new(), Expect::Absent), new().key),
        (Change::remove(app_key(), Expect::Exactly(old.clone())), app_key()),
    ];
    for (change, key) in cases {
        let world = World::new().await;
        world.start_from(&old).await;
        world.fault(json!({"fault": "drop_after_commit", "cloud": "hetzner"}));
        let report = world.apply(change.clone()).await;
        assert_eq!(report.outcomes[0].1, Outcome::Applied, "{change:?}");
        assert_eq!(world.spy.count("POST") + world.spy.count("DELETE"), 1, "{change:?}");
        world.settle(&report).await;
        let stored = world.stored(&key).await;
        let same = match (&stored, &change.desired) {
            (None, None) => true,
            (Some(stored), Some(desired)) => stored.same_data(desired),
            _ => false,
        };
        assert!(same, "{stored:?}");
    }
}

#[tokio::test]
async fn the_running_action_of_a_lost_answer_is_found_and_waited_for() {
    let world = World::new().await;
    world.start_from(&app(&["192.0.2.1"], 60)).await;
    world.fault(json!({"fault": "action_hang"}));
    world.fault(json!({"fault": "drop_after_commit", "cloud": "hetzner"}));
    let report = world.apply(Change::put(app(&["192.0.2.2"], 60), Expect::Any)).await;
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!(report.pending.len(), 1);
    let short = Call::until(Instant::now() + Duration::from_millis(200));
    assert!(world.dns.settle(&report.pending[0], short).await.is_err());
    world.emulator.faults().clear_all();
    world.settle(&report).await;
}

#[tokio::test]
async fn a_write_lost_on_its_way_is_sent_again() {
    let old = app(&["192.0.2.1"], 60);
    let new = || rrset("new.schwenk.example", "A", 60, &["192.0.2.9"]);
    for change in [
        Change::put(app(&["192.0.2.2"], 90), Expect::Exactly(old.clone())),
        Change::put(new(), Expect::Absent),
        Change::remove(app_key(), Expect::Any),
    ] {
        let world = World::new().await;
        world.start_from(&old).await;
        let hang = json!({"fault": "hang", "cloud": "hetzner", "millis": 10, "writes_only": true});
        world.fault(hang);
        let report = world.apply(change).await;
        assert_eq!(report.outcomes[0].1, Outcome::Applied);
        world.settle(&report).await;
    }
}

#[tokio::test]
async fn between_two_steps_a_lost_answer_does_not_make_our_own_values_foreign() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    world.start_from(&old).await;
    world.fault(json!({"fault": "drop_after_commit", "cloud": "hetzner", "path": "set_records"}));
    let new = app(&["192.0.2.2"], 300);
    let report = world.apply(Change::put(new.clone(), Expect::Exactly(old))).await;
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    assert_eq!((world.spy.count("set_records"), world.spy.count("change_ttl")), (1, 1));
    world.settle(&report).await;
    assert!(world.stored(&app_key()).await.unwrap().same_data(&new));
}

#[tokio::test]
async fn what_stays_unanswered_is_unknown_and_never_called_a_failure() {
    let world = World::new().await;
    world.start_from(&app(&["192.0.2.1"], 60)).await;
    world.fault(json!({"fault": "hang", "cloud": "hetzner", "millis": 10, "count": 100,
        "writes_only": true}));
    let outcome = world.outcome(Change::put(app(&["192.0.2.2"], 60), Expect::Any)).await;
    let Outcome::Unknown(failure) = outcome else { panic!("{outcome:?}") };
    assert_eq!(failure.effect, Effect::MaybeApplied);
    assert_eq!(world.spy.count("POST"), 3, "the same is sent again, but not for ever");
}

#[tokio::test]
async fn an_answer_lost_while_another_writer_wins_is_unknown() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    world.start_from(&old).await;
    world.fault(json!({"fault": "hang", "cloud": "hetzner", "millis": 2000, "writes_only": true,
        "path": "set_records"}));
    let change = Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(old));
    let other = async {
        // Once the fault is spent, our own write hangs and this one passes.
        while !world.emulator.faults().active().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let records = json!({"records": [{"value": "203.0.113.9"}]});
        world.other("POST", "/rrsets/app/A/actions/set_records", records).await.0
    };
    let (outcome, status) = tokio::join!(world.outcome(change), other);
    assert_eq!(status, 201);
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    let key = key("app.schwenk.example", "A");
    assert_eq!(world.stored(&key).await.unwrap().values, ["203.0.113.9"]);
}
