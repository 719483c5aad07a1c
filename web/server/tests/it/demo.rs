//! The demo, end to end: real sockets, real DNS, only the clouds are emulated.
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use dns_provider::propagation::ask;
use dns_provider::{Key, Name, RecordType};
use failover_core::{ProviderStep, Verdict, View};

use crate::harness::{PATIENCE, Running};

impl Running {
    /// What each name server of both providers answers for the service's name.
    async fn answers(&self) -> BTreeSet<String> {
        let key = Key::new(Name::parse("app.schwenk.example").expect("a name"), RecordType::A);
        let mut answers = BTreeSet::new();
        for server in &self.world.info().dns {
            let address: SocketAddr = server.address.parse().expect("an address");
            let reply = ask(address, &key, false, Duration::from_secs(5)).await;
            let reply = reply.expect("an answer");
            assert!(reply.authoritative, "{}", server.server);
            answers.insert(format!("{} {}", server.provider, reply.values.join(" ")));
        }
        answers
    }

    async fn until_answered(&self, wanted: [&str; 2]) {
        let started = Instant::now();
        while self.answers().await != wanted.map(str::to_owned).into() {
            assert!(started.elapsed() < PATIENCE, "{:?}", self.answers().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

const LONDON: [&str; 2] = ["google 127.0.10.1", "hetzner 127.0.10.1"];
const FALKENSTEIN: [&str; 2] = ["google 127.0.20.1", "hetzner 127.0.20.1"];

fn complete(view: &View) -> bool {
    view.open_move.is_none() && view.last_move.as_ref().is_some_and(|it| it.completed.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_site_is_killed_both_providers_answer_the_other() {
    let running = Running::start().await;
    running.ready().await;
    running.until_answered(LONDON).await;
    running.fault("london-kill", true).await;
    let snapshot = running.until("moved", complete).await;
    let view = &snapshot.services[0].view;
    assert_eq!(view.sites[0].verdict, Verdict::Down);
    assert!(view.sites[1].active && view.latched.is_some());
    running.until_answered(FALKENSTEIN).await;
    // Mended again, it stays where it is: no automatic way back.
    running.fault("london-kill", false).await;
    running.until("both up", |view| view.sites[0].verdict == Verdict::Up).await;
    running.until_answered(FALKENSTEIN).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_caught_up_when_it_returns() {
    let running = Running::start().await;
    running.ready().await;
    running.fault("google-api-down", true).await;
    running.fault("london-black-hole", true).await;
    running.until_answered(["google 127.0.10.1", "hetzner 127.0.20.1"]).await;
    let split = |view: &View| {
        view.open_move.is_some()
            && matches!(view.providers[0].step, ProviderStep::Failed { .. })
            && view.providers[1].step == ProviderStep::Settled
    };
    running.until("split", split).await;
    running.fault("google-api-down", false).await;
    running.until_answered(FALKENSTEIN).await;
    running.until("complete", complete).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_hand_is_seen_and_can_be_taken_back() {
    let running = Running::start().await;
    running.ready().await;
    running.fault("google-drift", true).await;
    running.until("drift", |view| view.providers[0].drift.is_some()).await;
    running.fault("google-drift", false).await;
    running.until("no drift", |view| view.providers[0].drift.is_none()).await;
    running.until_answered(LONDON).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_the_drawer_can_be_broken_and_mended() {
    let running = Running::start().await;
    let on = |faults: &serde_json::Value| -> Vec<String> {
        let faults = faults["faults"].as_array().expect("a list").iter();
        faults.filter(|fault| fault["on"] == true).map(|fault| fault["id"].to_string()).collect()
    };
    let drawer = running.get("/demo/faults").await;
    let ids: Vec<String> = drawer["faults"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|fault| fault["id"].as_str().expect("an id").to_owned())
        .collect();
    assert!(ids.len() > 20 && on(&drawer).is_empty(), "{drawer}");
    for id in &ids {
        running.fault(id, true).await;
        assert_eq!(on(&running.get("/demo/faults").await), [format!("\"{id}\"")]);
        running.fault(id, false).await;
        assert!(on(&running.get("/demo/faults").await).is_empty(), "{id}");
    }
    running.stop().await;
}
