//! The main job: a site dies, and the world is told.
use std::time::Duration;

use cloud_emulator::Fault;
use failover_core::{Event, MoveKind, SiteSet, Verdict};

use crate::support::{ONE, Running, TWO, World, moves};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_site_is_left_and_every_name_server_answers_the_other() {
    let world = World::start().await;
    let running = world.watched().await;
    world.all_answer(ONE).await;
    world.kills_site_one().await;
    let snapshot = running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    let service = &snapshot.services[0];
    let done = service.view.last_move.as_ref().expect("a move");
    assert_eq!((done.reason, done.to), (MoveKind::Failover, SiteSet::one(TWO)));
    let completed = done.completed.expect("complete");
    let minute = Duration::from_secs(60);
    assert_eq!(service.converged_at, Some(completed.plus(minute)), "the old TTL has to pass");
    let events = running.events().await;
    assert_eq!(moves(&events), 1);
    let texts: Vec<&str> = events.iter().map(|record| record.text.as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("one") && text.contains("two")), "{texts:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_swallows_packets_is_left_too() {
    let world = World::start().await;
    let change = |policy: &mut failover_core::PolicySpec| {
        policy.checks[0].timeout = Duration::from_millis(1500);
    };
    let running = Running::of(world.builder(change).build().expect("a watcher"));
    running.settled_at(ONE).await;
    world.breaks(Fault::SiteBlackHole { site: "one".to_owned() }).await;
    let snapshot = running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    let series = &snapshot.services[0].series[0];
    let last = series.samples.last().expect("probes");
    let text = last.text.clone().unwrap_or_default();
    assert!(!last.ok && text.contains("timed out after 1500 ms"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_answers_the_wrong_thing_is_down_and_says_what() {
    let world = World::start().await;
    let running = world.watched().await;
    let body = "database error".to_owned();
    world.breaks(Fault::SiteBody { site: "one".to_owned(), body }).await;
    let snapshot = running.settled_at(TWO).await;
    let samples = &snapshot.services[0].series[0].samples;
    let text = samples.last().and_then(|sample| sample.text.clone()).unwrap_or_default();
    assert_eq!(text, "body lacks \"dbworking\"");
    assert!(samples.iter().any(|sample| sample.ok), "the good times are still shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_no_site_is_up_nothing_is_changed() {
    let world = World::start().await;
    let running = world.watched().await;
    world.kills_site_one().await;
    world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
    let snapshot = running
        .until("all down", |snapshot| {
            let sites = &snapshot.services[0].view.sites;
            sites.iter().all(|site| site.verdict == Verdict::Down)
        })
        .await;
    // Depending on who was seen down first, the service may have moved once, never to nothing.
    let desired = snapshot.services[0].view.desired;
    assert_eq!(desired.len(), 1);
    assert!(world.answers().await.iter().all(|answer| answer.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_latched_service_stays_when_the_old_site_returns() {
    let world = World::start().await;
    let running = world.watched().await;
    let killed = Fault::SiteKilled { site: "one".to_owned() };
    world.breaks(killed.clone()).await;
    running.settled_at(TWO).await;
    world.mends(&killed).await;
    running
        .until("one is up again", |snapshot| {
            snapshot.services[0].view.sites[0].verdict == Verdict::Up
        })
        .await;
    world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
    let held = |snapshot: &failover_core::Snapshot| {
        snapshot.recent.iter().any(|record| matches!(record.event, Event::Held { .. }))
    };
    let snapshot = running.until("held", held).await;
    assert_eq!(snapshot.services[0].view.desired, SiteSet::one(TWO));
    world.all_answer(TWO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_of_a_vantage_that_is_cut_off_count_for_nothing() {
    let world = World::start().await;
    // TCP has no broadcast: this fails at once on every machine, as without a network.
    let anchors = vec!["255.255.255.255:9".parse().expect("an address")];
    let options = watcher::Options {
        anchors,
        anchor_interval: Duration::from_millis(100),
        ..watcher::Options::default()
    };
    let builder = world.builder(|_| {}).options(options);
    let running = Running::of(builder.build().expect("a watcher"));
    let snapshot = running
        .until("isolated", |snapshot| {
            let sites = &snapshot.services[0].view.sites;
            sites.iter().all(|site| site.votes.first().is_some_and(|vote| vote.isolated))
        })
        .await;
    assert!(snapshot.services[0].view.sites.iter().all(|site| site.verdict == Verdict::Unknown));
}
