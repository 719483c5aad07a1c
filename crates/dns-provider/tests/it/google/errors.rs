//! What the client makes of Google's refusals.
use std::sync::Arc;

use cloud_http::StaticToken;
use dns_provider::{Change, DnsProvider, Effect, Expect, GoogleDns, Kind, Outcome, Retry};
use serde_json::json;

use super::world::{World, app, app_key, client};
use crate::support::call;

#[tokio::test]
async fn haste_and_passing_trouble_are_outlasted() {
    for status in [429, 500, 502, 503, 504] {
        let world = World::new().await;
        world.fault(json!({"fault": "answer", "cloud": "google", "status": status, "count": 3}));
        assert!(world.stored(&app_key()).await.is_some(), "{status}");
        assert_eq!(world.tap.sent().len(), 4, "{status}");
    }
}

#[tokio::test]
async fn a_change_refused_for_haste_is_sent_again() {
    let limited = json!({"error": {"code": 403, "message": "slow down", "errors":
        [{"domain": "usageLimits", "reason": "rateLimitExceeded", "message": "slow down"}]}});
    let world = World::new().await;
    world.tap.answer("POST", 403, &limited);
    world.tap.answer("POST", 429, &limited);
    let outcome = world.outcome(Change::put(app(&["192.0.2.7"], 60), Expect::Any)).await;
    assert_eq!(outcome, Outcome::Applied);
    assert_eq!(world.tap.changes().len(), 3);
}

#[tokio::test]
async fn a_disabled_api_says_where_to_enable_it() {
    let world = World::new().await;
    world.fault(json!({"fault": "answer", "cloud": "google", "status": 403, "count": 1}));
    let error = world.dns.rrset(&world.zone, &app_key(), call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.retry), (Kind::Forbidden, Retry::Never));
    assert_eq!(error.failure.code.as_deref(), Some("accessNotConfigured"));
    assert!(error.to_string().contains("console.developers.google.com"), "{error}");
    assert_eq!(world.tap.sent().len(), 1);
}

#[tokio::test]
async fn a_change_that_is_not_allowed_is_refused_for_every_rrset_of_the_set() {
    let world = World::new().await;
    let denied = json!({"error": {"code": 403, "message": "The caller does not have permission",
        "errors": [{"reason": "forbidden", "message": "The caller does not have permission"}]}});
    let quota = json!({"error": {"code": 403, "message": "a", "errors": [
        {"reason": "quotaExceeded", "message": "a"}, {"reason": "quotaExceeded", "message": "b"}]}});
    for (body, kind) in [(denied, Kind::Forbidden), (quota, Kind::Quota)] {
        world.tap.answer("POST", 403, body);
        let set = world.set(vec![
            Change::put(app(&["192.0.2.7"], 60), Expect::Any),
            Change::remove(crate::support::key("gone.schwenk.example", "A"), Expect::Any),
        ]);
        let report = world.dns.apply(&set, call()).await.unwrap();
        let failure = report.outcomes[0].1.failure().unwrap();
        assert_eq!((failure.kind, failure.effect), (kind, Effect::NotApplied));
        assert_eq!(report.outcomes[1].1, Outcome::AlreadySo);
    }
    assert_eq!(world.tap.changes().len(), 2);
}

#[tokio::test]
async fn a_wrong_token_is_told_and_not_shown() {
    let world = World::new().await;
    let secret = "ya29.wrong-token-0123456789";
    let tokens = Arc::new(StaticToken::new(secret.into()));
    let transport = world.tap.clone();
    let dns = GoogleDns::builder(&world.emulator.info().project, tokens, transport)
        .endpoint(&world.emulator.info().google)
        .build();
    let error = dns.rrset(&world.zone, &app_key(), call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.retry), (Kind::Auth, Retry::Never));
    let set = world.set(vec![Change::put(app(&["192.0.2.7"], 60), Expect::Any)]);
    dns.apply(&set, call()).await.unwrap_err();
    assert!(!format!("{dns:?} {dns:#?} {error:?}").contains(&secret[..12]));
    assert_eq!(world.tap.changes().len(), 0);
}

#[tokio::test]
async fn another_server_at_the_endpoint_does_not_read_as_an_empty_zone() {
    let world = World::new().await;
    world.tap.answer("GET", 404, "<html><title>Error 404 (Not Found)!!1</title></html>");
    let error = world.dns.rrset(&world.zone, &app_key(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Protocol);
    assert!(error.to_string().contains("base URL"), "{error}");
}

#[tokio::test]
async fn a_wrong_project_is_told() {
    let world = World::new().await;
    let info = world.emulator.info();
    let tokens = Arc::new(StaticToken::new(info.tokens.google.clone().into()));
    let dns = GoogleDns::builder("somebody-elses", tokens, world.tap.clone())
        .endpoint(&info.google)
        .build();
    let error = dns.zones(call()).await.unwrap_err();
    assert!(matches!(error.failure.kind, Kind::Forbidden | Kind::NotFound), "{error}");
    assert!(error.to_string().contains("somebody-elses"), "{error}");
}

#[tokio::test]
async fn an_api_that_is_gone_is_unavailable_by_the_deadline() {
    let world = World::new().await;
    world.fault(json!({"fault": "api_down", "cloud": "google"}));
    let dns = client(&world.emulator, &world.tap)
        .backoff(cloud_http::Backoff::new(
            std::time::Duration::from_millis(1),
            std::time::Duration::from_millis(1),
            3,
        ))
        .build();
    let error = dns.rrset(&world.zone, &app_key(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Unavailable);
    world.emulator.faults().clear_all();
    assert!(dns.rrset(&world.zone, &app_key(), call()).await.unwrap().is_some());
}
