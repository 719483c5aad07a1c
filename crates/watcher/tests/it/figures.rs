//! What a watcher counts and measures while it works.
use std::time::Duration;

use failover_core::Severity;
use watcher::Options;
use watcher::figures::MoveStage;

use crate::support::{ONE, Running, TWO, World, moves, options};

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_is_in_the_figures_once() {
    let world = World::start().await;
    let running = world.watched().await;
    running.is_up(TWO).await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    let events = running.events().await;
    assert_eq!(moves(&events), 1);
    let figures = running.handle.figures();
    let service = &figures.services[0];
    let moved = |stage| service.moves.get(&("failover".to_owned(), stage)).copied();
    assert_eq!(moved(MoveStage::Started), Some(1));
    assert_eq!(moved(MoveStage::Completed), Some(1));
    assert_eq!(moved(MoveStage::Abandoned), None);
    assert_eq!(service.move_seconds.count(), 1);
    for provider in ["google", "hetzner"] {
        let applied = (provider.to_owned(), "applied".to_owned());
        assert_eq!(service.attempts.get(&applied), Some(&1), "{provider}");
        assert_eq!(service.propagation_seconds[provider].count(), 1, "{provider}");
    }
    let is_critical = |severity: &Severity| *severity == Severity::Critical;
    let recorded = events.iter().filter(|record| is_critical(&record.severity)).count() as u64;
    let critical = service.events.iter().filter(|((severity, _), _)| is_critical(severity));
    let critical: u64 = critical.map(|(_, count)| count).sum();
    assert!(recorded >= 2 && critical >= recorded, "{critical} of {recorded}");
    assert_eq!(service.events[&(Severity::Critical, "move_started".to_owned())], 1);
    let [one, two] = &service.probes[..] else { panic!("{:?}", service.probes) };
    assert_eq!((&*one.site, &*two.site, one.family), ("one", "two", "ipv4"));
    assert!(one.outcomes["ok"] > 0 && one.outcomes["refused"] >= 3, "{one:?}");
    assert!(two.seconds.count() >= two.outcomes["ok"], "{two:?}");
    assert!(figures.journal.commits > 3 && figures.journal.writable, "{:?}", figures.journal);
    assert_eq!(figures.journal.commits, figures.journal.commit_seconds.count());
    assert!(figures.journal.bytes.is_some_and(|bytes| bytes > 4096));
    assert_eq!(service.gaps.count, 0);
    assert!(service.leadership.leads && service.leadership.epoch == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_while_a_site_is_up_is_measured_and_an_outage_is_not() {
    let world = World::start().await;
    let options = Options { reckon_interval: Duration::from_millis(200), ..options() };
    let builder = world.builder(|policy| {
        policy.checks[0].timeout = Duration::from_millis(500);
        // One failure brings no verdict, however the machine is loaded.
        policy.fall = failover_core::Fall::InARow(8);
    });
    let running = Running::of(builder.options(options).build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    let snapshot = running
        .until("measured", |snapshot| {
            let service = &snapshot.services[0];
            let two = service.losses.get(TWO.index()).and_then(Option::as_ref);
            service.false_failover.is_some() && two.is_some_and(|losses| losses.probes > 50)
        })
        .await;
    let service = &snapshot.services[0];
    let two = service.losses[TWO.index()].as_ref().expect("measured");
    assert_eq!(two.vantages.len(), 1);
    assert_eq!(two.vantages[0].probes, two.probes);
    assert!(two.pairs.is_empty(), "one vantage with one check has nobody to agree with");
    assert!(two.rate_at_most() > two.rate());
    if let Some(one) = &service.losses[ONE.index()] {
        // It was refused for ever after: were that counted, nearly all would be lost.
        assert!(one.lost * 10 <= one.probes, "{one:?}");
    }
    let refused = running.handle.figures().services[0].probes[0].outcomes["refused"];
    assert!(refused > 8, "{refused}");
}
