//! What is refused, by us or by the server, and how that is told.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::{Effect, Kind, Retry};
use dns_provider::{Change, DnsProvider, Expect, HetznerDns, Outcome};
use secrecy::SecretString;
use serde_json::json;

use super::spy::Spy;
use super::world::{World, app, client};
use crate::support::{call, rrset};

fn put() -> Change {
    Change::put(app(&["198.51.100.1"], 60), Expect::Any)
}

#[tokio::test]
async fn a_ttl_under_a_minute_is_refused_before_any_request() {
    let world = World::new().await;
    let set = world.set(vec![Change::put(app(&["192.0.2.1"], 59), Expect::Any)]);
    let error = world.dns.apply(&set, call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Invalid);
    assert!(error.to_string().contains("TTL 59 is under this provider's 60"), "{error}");
    let values: Vec<String> = (1..=51).map(|i| format!("192.0.2.{i}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let set = world.set(vec![Change::put(app(&values, 60), Expect::Any)]);
    assert!(world.dns.apply(&set, call()).await.is_err());
    assert_eq!(world.spy.lines(), [""; 0]);
}

#[test]
fn the_old_dns_console_is_recognised() {
    for endpoint in ["https://dns.hetzner.com/api/v1", "https://DNS.hetzner.com", "dns.hetzner.com"]
    {
        let built = HetznerDns::builder(SecretString::from("t"), Arc::new(Spy::new()))
            .endpoint(endpoint)
            .build();
        let error = built.unwrap_err();
        assert!(error.to_string().contains("use https://api.hetzner.cloud/v1"), "{error}");
    }
    let empty = HetznerDns::builder(SecretString::from(" \n"), Arc::new(Spy::new())).build();
    assert_eq!(empty.unwrap_err().failure.kind, Kind::Auth);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_explained() {
    let world = World::new().await;
    world.fault(json!({"fault": "answer", "cloud": "hetzner", "status": 301}));
    let error = world.dns.zones(call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Protocol);
    assert!(error.to_string().contains("legacy DNS Console endpoint or a proxy"), "{error}");
    assert_eq!(world.spy.sent().len(), 1);
}

#[tokio::test]
async fn a_revoked_token_and_a_read_only_token_are_told_apart() {
    let world = World::new().await;
    let token = world.emulator.info().tokens.hetzner_readonly.clone();
    let dns = HetznerDns::builder(SecretString::from(token), world.spy.clone())
        .endpoint(&world.emulator.info().hetzner)
        .build()
        .unwrap();
    assert_eq!(dns.zones(call()).await.unwrap().len(), 1);
    let error = dns.apply(&world.set(vec![put()]), call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.retry), (Kind::Forbidden, Retry::Never));
    assert!(error.to_string().contains("read & write"), "{error}");

    world.fault(json!({"fault": "token_revoked", "cloud": "hetzner"}));
    let error = world.dns.apply(&world.set(vec![put(), put_other()]), call()).await.unwrap_err();
    assert_eq!((error.failure.kind, error.failure.retry), (Kind::Auth, Retry::Never));
    assert!(error.to_string().contains("API token of the Cloud Console"), "{error}");
    assert_eq!(error.failure.effect, Effect::NotApplied);
}

fn put_other() -> Change {
    Change::put(rrset("b.schwenk.example", "A", 60, &["192.0.2.2"]), Expect::Any)
}

#[tokio::test]
async fn a_protected_rrset_is_refused_at_once_and_a_locked_zone_is_waited_for() {
    let world = World::new().await;
    let path = "/rrsets/app/A/actions/change_protection";
    assert_eq!(world.other("POST", path, json!({"change": true})).await.0, 201);
    let Outcome::Refused(failure) = world.outcome(put()).await else { panic!("not refused") };
    assert_eq!((failure.kind, failure.retry), (Kind::Busy, Retry::Never));
    assert_eq!(failure.code.as_deref(), Some("protected"));
    assert_eq!(world.spy.count("POST"), 1);

    assert_eq!(world.other("POST", path, json!({"change": false})).await.0, 201);
    world.spy.forget();
    world.fault(json!({"fault": "locked", "count": 2}));
    assert_eq!(world.outcome(put()).await, Outcome::Applied);
    assert_eq!(world.spy.count("POST"), 3);
}

#[tokio::test]
async fn a_zone_locked_for_good_is_given_up_when_the_lease_ends() {
    let world = World::new().await;
    world.fault(json!({"fault": "locked"}));
    let short = call().write_before(Instant::now() + Duration::from_millis(400));
    let failure = match world.dns.apply(&world.set(vec![put()]), short).await {
        Err(error) => error.failure,
        Ok(report) => report.outcomes[0].1.failure().expect("a failure").clone(),
    };
    assert!(matches!(failure.kind, Kind::Busy | Kind::Expired), "{failure}");
    assert_eq!(failure.effect, Effect::NotApplied);
}

#[tokio::test]
async fn what_is_wrong_with_a_field_is_shown() {
    let world = World::new().await;
    let hinfo = rrset("app.schwenk.example", "CNAME", 60, &["b.example.net."]);
    let Outcome::Refused(failure) = world.outcome(Change::put(hinfo, Expect::Absent)).await else {
        panic!("a CNAME beside an A was taken")
    };
    assert_eq!(failure.effect, Effect::NotApplied);
    assert!(failure.request_id.is_some() && failure.code.is_some(), "{failure:?}");
}

#[tokio::test]
async fn no_text_anywhere_holds_the_token() {
    let world = World::new().await;
    let token = world.emulator.info().tokens.hetzner.clone();
    world.fault(json!({"fault": "answer", "cloud": "hetzner", "status": 429, "count": 1000}));
    let error = world.dns.apply(&world.set(vec![put()]), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::RateLimited);
    let builder = client(&world.emulator, &world.spy);
    let texts = [
        error.to_string(),
        format!("{error:?}"),
        serde_json::to_string(&error.failure).unwrap(),
        format!("{:?}", world.dns),
        format!("{builder:?}"),
    ];
    for text in texts {
        assert!(!text.contains(&token[..12]), "{text}");
    }
}
