//! Somebody else writes to the same zone.
use dns_provider::{Change, Effect, Expect, Kind, Outcome, Retry};
use serde_json::json;

use super::world::{World, app, app_key};
use crate::support::{key, rrset};

const POST: &str = "POST /dns/v1";

fn refusal(status: u16, reason: &str) -> serde_json::Value {
    json!({"error": {"code": status, "message": "as told",
        "errors": [{"message": "as told", "domain": "global", "reason": reason}]}})
}

#[tokio::test]
async fn a_change_between_read_and_write_is_noticed_by_the_server_and_refused() {
    let world = World::new().await;
    let before = app(&["192.0.2.1"], 60);
    world.start_from(&before).await;
    let other = world.other();
    world.tap.before(POST, async move { other.put_app(&["203.0.113.9"], 60).await });
    let change = Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(before));
    let outcome = world.outcome(change).await;
    let Outcome::Refused(failure) = &outcome else { panic!("{outcome:?}") };
    assert_eq!((failure.kind, failure.retry), (Kind::Changed, Retry::AfterReread));
    assert_eq!(failure.effect, Effect::NotApplied);
    assert!(failure.message.contains("203.0.113.9"), "what is there is shown: {failure}");
    assert_eq!(world.tap.changes().len(), 1);
    assert_eq!(world.stored(&app_key()).await, Some(app(&["203.0.113.9"], 60)));
}

#[tokio::test]
async fn without_a_precondition_the_change_is_made_from_what_is_there_now() {
    let world = World::new().await;
    let other = world.other();
    world.tap.before(POST, async move { other.put_app(&["203.0.113.9"], 60).await });
    let wanted = app(&["192.0.2.2"], 60);
    assert_eq!(world.outcome(Change::put(wanted.clone(), Expect::Any)).await, Outcome::Applied);
    assert_eq!(world.tap.changes().len(), 2);
    assert_eq!(world.stored(&app_key()).await, Some(wanted));
}

#[tokio::test]
async fn a_change_of_order_alone_is_no_conflict() {
    let world = World::new().await;
    let before = app(&["192.0.2.1", "192.0.2.2"], 60);
    world.start_from(&before).await;
    let other = world.other();
    world.tap.before(POST, async move { other.put_app(&["192.0.2.2", "192.0.2.1"], 60).await });
    let change = Change::put(app(&["192.0.2.3"], 60), Expect::Exactly(before));
    assert_eq!(world.outcome(change).await, Outcome::Applied);
    assert_eq!(world.tap.changes().len(), 2);
}

#[tokio::test]
async fn somebody_who_did_the_same_has_done_our_work() {
    let world = World::new().await;
    let other = world.other();
    world.tap.before(POST, async move { other.put_app(&["192.0.2.2"], 60).await });
    let change = Change::put(app(&["192.0.2.2"], 60), Expect::Any);
    assert_eq!(world.outcome(change).await, Outcome::AlreadySo);
}

#[tokio::test]
async fn what_vanishes_or_appears_meanwhile_is_told_apart() {
    let world = World::new().await;
    let before = app(&["192.0.2.1"], 60);
    world.start_from(&before).await;
    let other = world.other();
    world.tap.before(POST, async move { other.remove_app().await });
    let change = Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(before.clone()));
    let outcome = world.outcome(change).await;
    let vanished = outcome.failure().unwrap();
    assert_eq!(vanished.retry, Retry::AfterReread);
    assert!(matches!(vanished.kind, Kind::Changed | Kind::NotFound), "{vanished:?}");
    let mine = rrset("new.schwenk.example", "A", 60, &["192.0.2.5"]);
    let other = world.other();
    world.tap.before(POST, async move {
        let theirs = json!({"additions": [{"name": "new.schwenk.example.", "type": "A", "ttl": 9,
            "rrdatas": ["203.0.113.1"]}]});
        let path = "/schwenk-example/changes";
        let (status, answer) = other.send("POST", path, theirs).await;
        assert_eq!(status, 200, "{answer}");
    });
    let outcome = world.outcome(Change::put(mine, Expect::Absent)).await;
    assert_eq!(outcome.failure().unwrap().kind, Kind::AlreadyExists);
    let stored = world.stored(&key("new.schwenk.example", "A")).await.unwrap();
    assert_eq!(stored.values, ["203.0.113.1"]);
}

#[tokio::test]
async fn a_conflict_that_does_not_end_is_reported_with_its_kind() {
    for (status, reason, kind) in [
        (412, "conditionNotMet", Kind::Changed),
        (409, "alreadyExists", Kind::AlreadyExists),
        (404, "notFound", Kind::NotFound),
    ] {
        let world = World::new().await;
        for _ in 0..9 {
            world.tap.answer(POST, status, refusal(status, reason));
        }
        let outcome = world.outcome(Change::put(app(&["192.0.2.2"], 60), Expect::Any)).await;
        let Outcome::Refused(failure) = &outcome else { panic!("{outcome:?}") };
        assert_eq!((failure.kind, failure.retry), (kind, Retry::AfterReread));
        assert_eq!(failure.code.as_deref(), Some(reason));
        assert_eq!(world.tap.changes().len(), 3, "{status}: three rounds, then a human");
    }
}
