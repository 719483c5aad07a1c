//! The failing cloud takes its own DNS API with it.
use cloud_emulator::{Cloud, Fault};
use failover_core::{Answer, Event, ProviderStep, SiteSet, Snapshot};

use crate::support::{GOOGLE, HETZNER, ONE, Running, TWO, World, moves};

fn settled(snapshot: &Snapshot, provider: usize) -> bool {
    matches!(snapshot.services[0].view.providers[provider].step, ProviderStep::Settled)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_that_is_down_is_shown_split_and_caught_up_when_it_returns() {
    let world = World::start().await;
    let running = world.watched().await;
    let down = Fault::ApiDown { cloud: Cloud::Google };
    world.breaks(down.clone()).await;
    world.kills_site_one().await;
    let split = |snapshot: &Snapshot| {
        let told = snapshot.recent.iter().any(|record| matches!(record.event, Event::Split { .. }));
        told && settled(snapshot, HETZNER) && !settled(snapshot, GOOGLE)
    };
    let snapshot = running.until("split", split).await;
    assert!(snapshot.services[0].view.open_move.is_some(), "the move is not complete");
    let two = Answer::Sites(SiteSet::one(TWO));
    let answers = &snapshot.services[0].answers;
    let of = |name: &'static str| answers.iter().filter(move |row| row.provider == name);
    assert!(of("hetzner").all(|row| row.answer == two));
    assert!(of("google").all(|row| row.answer == Answer::Sites(SiteSet::one(ONE))));
    world.mends(&down).await;
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    let events = running.events().await;
    assert_eq!(moves(&events), 1, "catching up is not another move");
    assert!(events.iter().any(|record| matches!(record.event, Event::Healed { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_cloud_goes_down_and_the_service_moves_to_the_other() {
    let world = World::start().await;
    let running = world.watched().await;
    let down = Fault::CloudDown { cloud: Cloud::Google };
    world.breaks(down.clone()).await;
    running
        .until("moved at Hetzner", |snapshot| {
            snapshot.services[0].view.desired == SiteSet::one(TWO) && settled(snapshot, HETZNER)
        })
        .await;
    world.mends(&down).await;
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_down_at_the_start_is_said_and_watching_goes_on() {
    let world = World::start().await;
    let down = [Cloud::Google, Cloud::Hetzner].map(|cloud| Fault::ApiDown { cloud });
    for fault in &down {
        world.breaks(fault.clone()).await;
    }
    let running = Running::of(world.builder(|_| {}).build().expect("a watcher"));
    let snapshot = running
        .until("probes, and why nothing is known", |snapshot| {
            let service = &snapshot.services[0];
            let silent = |row: &failover_core::Published| {
                matches!(&row.answer, Answer::Silent { text } if text.contains("refused"))
            };
            service.series.iter().all(|series| series.samples.len() > 3)
                && service.published.len() == 2
                && service.published.iter().all(silent)
        })
        .await;
    assert!(snapshot.services[0].view.desired.is_empty(), "nothing is known of what is published");
    for fault in &down {
        world.mends(fault).await;
    }
    running.settled_at(ONE).await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_read_back_and_not_written_twice() {
    let world = World::start().await;
    let running = world.watched().await;
    for cloud in [Cloud::Google, Cloud::Hetzner] {
        world.breaks(Fault::DropAfterCommit { cloud, count: 1, path: None }).await;
    }
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
    assert_eq!(moves(&running.events().await), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_dead_name_server_among_many_is_shown_and_not_waited_for() {
    let mut world = World::start().await;
    // Nobody listens on port 1.
    let dead = "127.0.0.1:1".parse().expect("an address");
    world.map.servers.push(("google".to_owned(), "ns9.example".to_owned(), dead));
    let running = world.watched().await;
    world.kills_site_one().await;
    let snapshot = running.settled_at(TWO).await;
    let answers = snapshot.services[0].answers.iter();
    let of_it = answers.filter(|row| row.server == "ns9.example").collect::<Vec<_>>();
    assert!(!of_it.is_empty());
    assert!(of_it.iter().all(|row| matches!(row.answer, Answer::Silent { .. })), "{of_it:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn name_servers_that_are_silent_do_not_hold_up_the_other_provider() {
    let world = World::start().await;
    let running = world.watched().await;
    let down = Fault::DnsDown { cloud: Cloud::Google };
    world.breaks(down.clone()).await;
    world.kills_site_one().await;
    let snapshot = running
        .until("Hetzner settled, Google accepted", |snapshot| {
            let google = &snapshot.services[0].view.providers[GOOGLE].step;
            settled(snapshot, HETZNER) && matches!(google, ProviderStep::Accepted { .. })
        })
        .await;
    assert!(snapshot.services[0].view.open_move.is_some(), "nobody has seen Google's answer");
    world.mends(&down).await;
    running.settled_at(TWO).await;
    world.all_answer(TWO).await;
}
