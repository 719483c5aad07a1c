//! How the world follows a move: emulated resolvers that keep to the TTL, and some that do not.
use std::time::{Duration, Instant};

use cloud_emulator::{
    Emulator, Options as EmulatorOptions, ResolverOptions, SeedRrSet, SeedZone, State,
};
use dns_provider::Name;
use dns_provider::propagation::{self, PublicResolver};
use dns_provider::{Key, RecordType};
use failover_core::{Command, Curve, CurveEnd, MoveId};
use watcher::{Options, ResolverCheck, WatcherBuilder};

use crate::support::{ONE, Running, TWO, World, operator, options};

/// No machine is so slow that this is not enough.
const PATIENCE: Duration = Duration::from_secs(120);

fn resolver(name: &str) -> ResolverOptions {
    ResolverOptions { name: name.to_owned(), ..ResolverOptions::default() }
}

fn check(emulator: &Emulator) -> ResolverCheck {
    let resolvers = emulator.info().resolvers.iter().map(|one| PublicResolver {
        name: one.name.clone().into(),
        operator: "the test".into(),
        country: "DE".into(),
        address: one.address.parse().expect("an address"),
    });
    ResolverCheck {
        resolvers: resolvers.collect(),
        first: Duration::from_millis(100),
        max: Duration::from_millis(500),
        questions_max: 500,
        ..ResolverCheck::default()
    }
}

/// A zone in which the service's name has a TTL of two seconds, at Google only, which allows that.
fn quick_zone() -> State {
    let zone = SeedZone {
        name: "schwenk.example".to_owned(),
        rrsets: vec![SeedRrSet {
            name: "app.schwenk.example".to_owned(),
            rtype: "A".to_owned(),
            ttl: 2,
            values: vec!["127.0.10.1".to_owned()],
        }],
    };
    State { google: vec![zone], hetzner: Vec::new() }
}

async fn world(resolvers: Vec<ResolverOptions>, state: Option<State>) -> World {
    let soon = Duration::from_millis(5);
    World::of(EmulatorOptions {
        action_delay: soon,
        change_delay: soon,
        publish_delay: soon,
        resolvers,
        state,
        ..EmulatorOptions::default()
    })
    .await
}

fn asking(builder: WatcherBuilder, check: ResolverCheck) -> WatcherBuilder {
    builder.options(Options { resolvers: check, ..options() })
}

/// Asks a resolver as anybody would, so that it has the present answer in its cache.
async fn warmed(check: &ResolverCheck, name: &str) -> Vec<String> {
    let resolver = check.resolvers.iter().find(|one| one.name == name).expect("a resolver");
    let key = Key::new(Name::parse("app.schwenk.example").expect("a name"), RecordType::A);
    let reply = propagation::ask(resolver.address, &key, true, Duration::from_secs(30)).await;
    reply.expect("an answer").values
}

/// Moves the service and waits until a curve is as wanted.
async fn curve_after_move(running: &Running, wanted: impl Fn(&Curve) -> bool) -> Curve {
    let command = Command::SwitchOver { from: ONE, to: TWO };
    running.handle.command("app", operator(), command).await.expect("obeyed");
    until(running, wanted).await
}

async fn until(running: &Running, wanted: impl Fn(&Curve) -> bool) -> Curve {
    let start = Instant::now();
    loop {
        let curves = running.handle.curves(Some("app"), None, 1).await.expect("readable");
        if let Some(curve) = curves.first()
            && wanted(curve)
        {
            return curve.clone();
        }
        assert!(start.elapsed() < PATIENCE, "never: {curves:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn resolvers_that_know_nothing_yet_give_the_new_answer_and_the_curve_is_kept() {
    let resolvers = vec![resolver("honest"), resolver("fair"), {
        let floor = Duration::from_secs(300);
        ResolverOptions { floor, ..resolver("floor") }
    }];
    let world = world(resolvers, None).await;
    let check = check(&world.emulator);
    let watcher = asking(world.builder(|_| {}), check).build().expect("a watcher");
    let running = Running::of(watcher);
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    let none = running.handle.curves(None, None, 10).await.expect("readable");
    assert_eq!(none, [], "nothing was moved yet");

    let curve = curve_after_move(&running, |curve| curve.end.is_some()).await;
    assert_eq!((curve.id, curve.end), (MoveId(1), Some(CurveEnd::Converged)), "{curve:#?}");
    assert_eq!((curve.reached(), curve.ttl), ((3, 3), 60));
    let names: Vec<&str> = curve.providers.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["google", "hetzner"]);
    for provider in &curve.providers {
        assert!(provider.published_ms.is_some() && provider.ttl_before == 60, "{provider:#?}");
        assert!(provider.servers.iter().all(|server| server.new_ms.is_some()), "{provider:#?}");
    }
    let named = curve.extenders();
    assert_eq!(named.len(), 1, "{named:#?}");
    assert_eq!((named[0].name.as_str(), named[0].ttl_shown), ("floor", Some(300)));
    // It is in the journal for whoever comes later.
    running.stop().await.0.expect("a good end");
    let kept = watcher::read_curves(&world.journal(), Some("app"), Some(MoveId(1)), 5);
    assert_eq!(kept, Ok(vec![curve]));
}

#[tokio::test]
async fn who_keeps_the_old_answer_longer_than_the_ttl_allows_is_named_and_the_honest_one_is_not() {
    let hold = Duration::from_secs(600);
    let resolvers = vec![resolver("honest"), ResolverOptions { hold, ..resolver("stubborn") }];
    let world = world(resolvers, Some(quick_zone())).await;
    let check = check(&world.emulator);
    let running = Running::of(google_only(&world, check.clone()));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    for name in ["honest", "stubborn"] {
        assert_eq!(warmed(&check, name).await, ["127.0.10.1"]);
    }
    let late = |curve: &Curve| curve.extenders().iter().any(|one| one.late_secs.is_some());
    let curve = curve_after_move(&running, late).await;
    let named = curve.extenders();
    assert!(named.iter().all(|one| one.name == "stubborn"), "{named:#?}");
    assert!(curve.resolvers[0].new_ms.is_some(), "{curve:#?}");
    let stubborn = &curve.resolvers[1];
    assert!(stubborn.new_ms.is_none() && stubborn.old_ms.is_some(), "{stubborn:#?}");
    assert_eq!(running.handle.snapshot().services[0].view.open_move, None, "nobody waits for it");
}

/// A watcher that publishes at Google only, with the TTL of two seconds.
fn google_only(world: &World, check: ResolverCheck) -> watcher::Watcher {
    let (google, hetzner) = world.map.clients();
    let mut service = world.map.service(|policy| {
        policy.providers.truncate(1);
        policy.complete_at = 1;
    });
    service.zones.truncate(1);
    service.ttl = 2;
    let builder = world.map.at("here", google, hetzner, service).journal(world.journal());
    asking(builder, check).build().expect("a watcher")
}

#[tokio::test]
async fn a_resolver_that_never_answers_holds_nothing_up_and_does_not_count() {
    let resolvers =
        vec![ResolverOptions { silent: true, ..resolver("silent") }, resolver("honest")];
    let world = world(resolvers, None).await;
    let check = ResolverCheck { timeout: Duration::from_millis(400), ..check(&world.emulator) };
    let watcher = asking(world.builder(|_| {}), check).build().expect("a watcher");
    let running = Running::of(watcher);
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    let curve = curve_after_move(&running, |curve| curve.end.is_some()).await;
    running.settled_at(TWO).await;
    let silent = &curve.resolvers[0];
    assert!(!silent.has_answered() && silent.errors >= 3, "{silent:#?}");
    assert!(silent.problem.as_ref().is_some_and(|why| why.contains("no answer")), "{silent:#?}");
    assert_eq!(curve.reached().1, 1);
}

#[tokio::test]
async fn a_watcher_that_is_killed_meanwhile_is_followed_by_one_that_goes_on_asking() {
    let hold = Duration::from_secs(600);
    let resolvers = vec![ResolverOptions { hold, ..resolver("stubborn") }];
    let world = world(resolvers, None).await;
    let check = check(&world.emulator);
    let build = || asking(world.builder(|_| {}), check.clone()).build().expect("a watcher");
    let running = Running::of(build());
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    warmed(&check, "stubborn").await;
    let asked = |curve: &Curve| curve.resolvers[0].asked;
    let before = curve_after_move(&running, |curve| asked(curve) > 0).await;
    running.settled_at(TWO).await;
    running.crash().await;
    let running = Running::of(build());
    let after = until(&running, |curve| asked(curve) > asked(&before) + 2).await;
    assert_eq!((after.id, after.began, after.end), (before.id, before.began, None));
    assert!(after.asked_ms > before.asked_ms);
    // The next move takes its place, and the old curve is closed.
    running.is_up(ONE).await;
    let command = Command::SwitchOver { from: TWO, to: ONE };
    running.handle.command("app", operator(), command).await.expect("obeyed");
    until(&running, |curve| curve.id == MoveId(2)).await;
    let start = Instant::now();
    loop {
        let first = running.handle.curves(None, Some(MoveId(1)), 1).await.expect("readable");
        if first[0].end == Some(CurveEnd::Replaced) {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "never replaced: {first:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn with_nobody_to_ask_nobody_is_asked_and_no_curve_is_kept() {
    let world = world(vec![resolver("honest")], None).await;
    let running = world.watched().await;
    running.is_up(TWO).await;
    let command = Command::SwitchOver { from: ONE, to: TWO };
    running.handle.command("app", operator(), command).await.expect("obeyed");
    running.settled_at(TWO).await;
    assert_eq!(running.handle.curves(None, None, 10).await, Ok(Vec::new()));
}
