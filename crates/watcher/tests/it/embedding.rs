//! The watcher inside another program: what it takes, and what it says of a wrong description.
use std::time::Duration;

use failover_core::Fence;
use watcher::{BuildError, Watcher, ZoneRef};

use crate::support::{Running, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_there_before_the_watcher_runs_and_keeps_coming() {
    let world = World::start().await;
    let watcher = world.builder(|_| {}).version("9.8.7").build().expect("a watcher");
    let first = watcher.handle().snapshot();
    assert_eq!((first.version.as_str(), first.vantage.as_str()), ("9.8.7", "here"));
    assert_eq!(first.services[0].sites[1].name, "two");
    let running = Running::of(watcher);
    let mut updates = running.handle.updates();
    let mut numbers = vec![first.number];
    for _ in 0..5 {
        let next = tokio::time::timeout(Duration::from_secs(30), updates.next()).await;
        numbers.push(next.expect("in time").expect("it runs").number);
    }
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

fn refusal(error: &BuildError) -> String {
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_does_not_fit_is_refused_in_words() {
    let world = World::start().await;
    let build = |change: &dyn Fn(&mut watcher::ServiceSpec)| {
        let mut service = world.map.service(|_| {});
        change(&mut service);
        let (google, hetzner) = world.map.clients();
        let builder = Watcher::builder("here")
            .journal(world.journal())
            .provider(watcher::ProviderSpec::new("google", google))
            .provider(watcher::ProviderSpec::new("hetzner", hetzner))
            .service(service);
        builder.build().map(drop).map_err(|error| refusal(&error))
    };
    build(&|_| {}).expect("as it is, it fits");
    let zone = dns_provider::Name::parse("example.org").expect("a name");
    type Change = Box<dyn Fn(&mut watcher::ServiceSpec)>;
    let cases: [(Change, &str); 8] = [
        (Box::new(|service| service.sites.reverse()), "two, one"),
        (Box::new(|service| service.sites[1].targets.clear()), "no target"),
        (
            Box::new(|service| service.sites[1].targets = service.sites[0].targets.clone()),
            "belongs to one too",
        ),
        (Box::new(|service| service.checks.clear()), "0 are described"),
        (
            Box::new(|service| service.checks[0].timeout = Duration::from_secs(77)),
            "times out after 77s",
        ),
        (Box::new(|service| drop(service.zones.pop())), "1 zones for 2 providers"),
        (Box::new(|service| service.ttl = 5), "hetzner takes 60"),
        (
            Box::new(move |service| service.zones[0] = ZoneRef::Name(zone.clone())),
            "does not lie in example.org",
        ),
    ];
    for (change, words) in cases {
        let error = build(&*change).expect_err(words);
        assert!(error.starts_with("service app: ") && error.contains(words), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_watcher_cannot_do_is_refused() {
    let world = World::start().await;
    let error = world.builder(|policy| policy.fence = Fence::Before).build().expect_err("fence");
    assert!(error.to_string().contains("fence = never"), "{error}");
    let service = world.map.service(|_| {});
    let elsewhere = Watcher::builder("elsewhere").journal(world.journal()).service(service);
    let error = elsewhere.build().expect_err("another vantage");
    assert!(error.to_string().contains("elsewhere is not one of the policy's (here)"), "{error}");
    let error = Watcher::builder("here").journal(world.journal()).build().expect_err("no service");
    assert!(error.to_string().contains("at least one"), "{error}");
    let error = Watcher::builder("here").build().expect_err("no journal");
    assert!(error.to_string().contains("journal"), "{error}");
}
