//! Humans command; the machine obeys or says why not.
use std::time::Duration;

use dns_provider::RrSet;
use failover_core::{Command, Event, MoveKind, Refusal, SiteId, Timestamp};
use watcher::CommandError;

use crate::support::{ONE, TWO, World, moves, operator};

#[tokio::test(flavor = "multi_thread")]
async fn a_switchover_is_planned_made_and_attributed() {
    let world = World::start().await;
    let running = world.watched().await;
    running.is_up(TWO).await;
    let plan = running.handle.plan("app", TWO).await.expect("a plan");
    let names: Vec<&str> = plan.iter().map(|diff| diff.provider.as_str()).collect();
    assert_eq!(names, ["google", "hetzner"]);
    let values = |sets: &[RrSet]| sets.iter().map(|set| set.values.clone()).collect::<Vec<_>>();
    for diff in &plan {
        assert_eq!(diff.problem, None);
        assert_eq!(values(&diff.remove), [[world.map.address(ONE)]]);
        assert_eq!(values(&diff.add), [[world.map.address(TWO)]]);
    }
    world.all_answer(ONE).await;
    let command = Command::SwitchOver { from: ONE, to: TWO };
    let events = running.handle.command("app", operator(), command).await.expect("obeyed");
    let started = events.iter().find_map(|record| match &record.event {
        Event::MoveStarted { reason, who, .. } => Some((*reason, who.clone())),
        _ => None,
    });
    assert_eq!(started, Some((MoveKind::Switchover, operator())));
    running.seen_at(TWO).await;
    world.all_answer(TWO).await;
    assert_eq!(moves(&running.events().await), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_cannot_be_obeyed_are_refused_with_a_reason() {
    let world = World::start().await;
    let running = world.watched().await;
    let past = Timestamp::from_millis(1);
    let cases = [
        (Command::SwitchOver { from: TWO, to: ONE }, "active site is one"),
        (Command::SwitchOver { from: ONE, to: SiteId(9) }, "no such site"),
        (Command::Force { from: ONE, to: ONE }, "active already"),
        (Command::Arm, "already"),
        (Command::Rearm, "already"),
        (Command::Disarm { until: past }, "future"),
        (Command::FailBack, "back"),
    ];
    for (command, reason) in cases {
        let result = running.handle.command("app", operator(), command.clone()).await;
        let Err(CommandError::Refused(_, text)) = result else { panic!("{command:?}: {result:?}") };
        assert!(text.contains(reason), "{command:?}: {text}");
    }
    let events = running.events().await;
    let refused = |event: &Event| matches!(event, Event::CommandRefused { .. });
    assert_eq!(events.iter().filter(|record| refused(&record.event)).count(), 7);
    assert_eq!(moves(&events), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switchover_to_a_site_that_is_down_is_refused() {
    let world = World::start().await;
    let running = world.watched().await;
    world.breaks(cloud_emulator::Fault::SiteKilled { site: "two".to_owned() }).await;
    running
        .until("two is down", |snapshot| {
            snapshot.services[0].view.sites[1].verdict == failover_core::Verdict::Down
        })
        .await;
    let command = Command::SwitchOver { from: ONE, to: TWO };
    let result = running.handle.command("app", operator(), command).await;
    assert!(matches!(result, Err(CommandError::Refused(Refusal::NotUp, _))), "{result:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disarmed_service_does_not_move_until_it_is_armed() {
    let world = World::start().await;
    let running = world.watched().await;
    let until = running.handle.snapshot().at.plus(Duration::from_secs(3600));
    running.handle.command("app", operator(), Command::Disarm { until }).await.expect("obeyed");
    world.kills_site_one().await;
    running
        .until("held", |snapshot| {
            snapshot.recent.iter().any(|record| matches!(record.event, Event::Held { .. }))
        })
        .await;
    world.all_answer(ONE).await;
    running.handle.command("app", operator(), Command::Arm).await.expect("obeyed");
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_nobody_knows_is_named() {
    let world = World::start().await;
    let running = world.watched().await;
    let result = running.handle.command("web", operator(), Command::Arm).await;
    assert!(matches!(&result, Err(CommandError::UnknownService(name)) if name == "web"));
    let result = running.handle.plan("web", ONE).await;
    assert!(matches!(result, Err(CommandError::UnknownService(_))));
    let result = running.handle.plan("app", SiteId(7)).await;
    assert!(matches!(result, Err(CommandError::Refused(Refusal::UnknownSite, _))), "{result:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_has_ended_says_so() {
    let world = World::start().await;
    let running = world.watched().await;
    let handle = running.handle.clone();
    running.stop().await.0.expect("a clean end");
    let result = handle.command("app", operator(), Command::Arm).await;
    assert!(matches!(result, Err(CommandError::Stopped)), "{result:?}");
    assert!(!handle.events(0, 10, None).await.expect("still readable").is_empty());
    let mut updates = handle.updates();
    while updates.next().await.is_some() {}
}
