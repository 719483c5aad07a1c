//! An API that is unwell.
use std::time::{Duration, Instant};

use cloud_http::{Effect, Kind};
use dns_provider::{Call, Change, DnsProvider, Expect, Outcome};
use serde_json::json;

use super::world::{World, app, app_key};
use crate::support::rrset;

fn put() -> Change {
    Change::put(app(&["198.51.100.1"], 60), Expect::Any)
}

#[tokio::test]
async fn too_many_requests_and_conflicts_are_repeated() {
    for status in [429, 409] {
        let world = World::new().await;
        let fault = json!({"fault": "answer", "cloud": "hetzner", "status": status, "count": 2,
            "writes_only": true});
        world.fault(fault);
        assert_eq!(world.outcome(put()).await, Outcome::Applied, "{status}");
        assert_eq!(world.spy.count("POST"), 3, "{status}");
    }
}

#[tokio::test]
async fn reads_are_repeated_after_any_temporary_answer() {
    let world = World::new().await;
    for (status, body) in [
        (500, None),
        (502, Some("<html>Bad Gateway</html>")),
        (503, None),
        (504, None),
        (429, None),
    ] {
        let fault = json!({"fault": "answer", "cloud": "hetzner", "status": status, "count": 2,
            "body": body});
        world.fault(fault);
        assert!(world.stored(&app_key()).await.is_some(), "{status}");
    }
}

#[tokio::test]
async fn a_server_error_in_a_write_is_looked_after_before_it_is_sent_again() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    world.start_from(&old).await;
    world.fault(json!({"fault": "answer", "cloud": "hetzner", "status": 503, "writes_only": true}));
    let report = world.apply(Change::put(app(&["192.0.2.2"], 60), Expect::Exactly(old))).await;
    assert_eq!(report.outcomes[0].1, Outcome::Applied);
    let lines: Vec<String> = world.spy.lines();
    let methods: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(methods, ["GET", "POST", "GET", "POST"]);
    world.settle(&report).await;
}

#[tokio::test]
async fn an_api_that_refuses_connections_certainly_did_nothing() {
    let world = World::new().await;
    world.fault(json!({"fault": "api_down", "cloud": "hetzner"}));
    let short = Call::until(Instant::now() + Duration::from_millis(400));
    let set = world.set(vec![
        put(),
        Change::put(rrset("b.schwenk.example", "A", 60, &["192.0.2.2"]), Expect::Any),
    ]);
    let error = world.dns.apply(&set, short).await.unwrap_err();
    assert!(matches!(error.failure.kind, Kind::Unavailable | Kind::Timeout), "{error}");
    assert_eq!(error.failure.effect, Effect::NotApplied);
    world.emulator.faults().clear_all();
    assert_eq!(world.outcome(put()).await, Outcome::Applied);
}

#[tokio::test]
async fn a_ttl_that_cannot_be_set_after_the_values_is_told_honestly() {
    let world = World::new().await;
    let old = app(&["192.0.2.1"], 60);
    world.start_from(&old).await;
    world
        .fault(json!({"fault": "answer", "cloud": "hetzner", "status": 403, "path": "change_ttl"}));
    let new = app(&["192.0.2.2"], 300);
    let report = world.apply(Change::put(new, Expect::Exactly(old))).await;
    let Outcome::Unknown(failure) = &report.outcomes[0].1 else { panic!("{report:?}") };
    assert!(failure.message.contains("the values are set, but the TTL is still 60"), "{failure}");
    assert_eq!((failure.kind, failure.effect), (Kind::Forbidden, Effect::MaybeApplied));
    assert_eq!(report.pending.len(), 1, "the values are waited for");
    world.settle(&report).await;
    assert!(world.stored(&app_key()).await.unwrap().same_data(&app(&["192.0.2.2"], 60)));
}

#[tokio::test]
async fn a_dead_server_ends_a_read_at_the_deadline() {
    let world = World::new().await;
    world.fault(json!({"fault": "slow", "cloud": "hetzner", "millis": 60_000}));
    let start = Instant::now();
    let short = Call::until(start + Duration::from_millis(300));
    let error = world.dns.zones(short).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::Timeout);
    assert!(start.elapsed() < Duration::from_secs(20));
}
