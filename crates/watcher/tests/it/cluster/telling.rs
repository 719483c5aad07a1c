//! Who of several watchers tells people, and what becomes of it when the leader changes.
use std::time::Duration;

use cloud_emulator::Fault;
use failover_core::Severity;
use watcher::{Alert, ChannelSpec};

use super::trio::{Trio, VANTAGES};
use crate::receiver::{Receiver, ok};
use crate::support::{ONE, TWO};
use crate::telling::{hears, told, until, webhook};

/// Three watchers, each with a channel of its own.
struct Group {
    trio: Trio,
    hooks: Vec<Receiver>,
}

impl Group {
    async fn start(remind_every: Option<Duration>) -> Self {
        let mut trio = Trio::idle(|_| {}).await;
        let mut hooks = Vec::new();
        for place in 0..VANTAGES.len() {
            let hook = Receiver::start(vec![ok("")]).await;
            let channel = ChannelSpec { remind_every, ..webhook("hook", &hook) };
            trio.places[place].channels.push(channel);
            hooks.push(hook);
            trio.run(place);
        }
        trio.settled_at(ONE).await;
        for running in trio.all() {
            running.is_up(TWO).await;
        }
        Self { trio, hooks }
    }

    /// How often people were told this, by whomever.
    fn count(&self, kind: &str, key: &str) -> usize {
        let wanted = (kind.to_owned(), key.to_owned());
        self.hooks.iter().flat_map(told).filter(|one| *one == wanted).count()
    }

    /// Waits until the store says that people have been told of everything.
    async fn all_is_told(&self) {
        until("all is told", async || {
            let entries = self.trio.store.entries("/schwenk/log/");
            let latest = entries.iter().filter_map(|entry| {
                entry.key.strip_prefix("/schwenk/log/event/")?.parse::<u64>().ok()
            });
            let latest = latest.max().unwrap_or(0);
            let note = entries.iter().find(|entry| entry.key == "/schwenk/log/told");
            let note = note.map(|entry| serde_json::from_slice(&entry.value).expect("JSON"));
            let note: serde_json::Value = note.unwrap_or_default();
            note["hook"].as_u64() == Some(latest)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leader_tells_people_and_the_others_only_of_themselves() {
    let group = Group::start(Some(Duration::from_millis(400))).await;
    let leader = group.trio.leader().await;
    group.trio.world.kills_site_one().await;
    group.trio.all_know(TWO).await;
    hears(&group.hooks[leader], "raised", "app/site/one").await;
    hears(&group.hooks[leader], "over", "app/move").await;
    hears(&group.hooks[leader], "reminder", "app/site/one").await;
    let follower = group.trio.follower().await;
    let mine = Alert::new("mine", Severity::Warning, "something is wrong here");
    group.trio.running(follower).handle.raise(mine).await.expect("it runs");
    let key = format!("{}:mine", VANTAGES[follower]);
    hears(&group.hooks[follower], "raised", &key).await;
    hears(&group.hooks[follower], "reminder", &key).await;
    for (_, hook) in group.hooks.iter().enumerate().filter(|(place, _)| *place != leader) {
        let others = told(hook).into_iter().filter(|(_, key)| key.starts_with("app/"));
        assert_eq!(others.collect::<Vec<_>>(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_leader_between_an_alarm_and_its_all_clear_sends_one_all_clear() {
    let mut group = Group::start(None).await;
    let leader = group.trio.leader().await;
    group.trio.world.kills_site_one().await;
    hears(&group.hooks[leader], "raised", "app/site/one").await;
    group.trio.all_know(TWO).await;
    group.all_is_told().await;
    group.trio.kill(leader).await;
    group.trio.world.mends(&Fault::SiteKilled { site: "one".to_owned() }).await;
    until("an all-clear", async || group.count("over", "app/site/one") > 0).await;
    // The one that raised the alarm comes back and hears of it.
    group.trio.run(leader);
    group.trio.running(leader).is_up(ONE).await;
    group.all_is_told().await;
    assert_eq!(group.count("raised", "app/site/one"), 1);
    assert_eq!(group.count("over", "app/site/one"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_leader_has_decided_and_told_nobody_is_told_by_the_next() {
    let mut group = Group::start(None).await;
    let leader = group.trio.leader().await;
    // The log has it; neither a channel nor the leader's own journal does.
    group.trio.places[leader].hold.at("recorded");
    group.trio.world.kills_site_one().await;
    group.trio.places[leader].hold.held().await;
    group.trio.kill(leader).await;
    group.trio.settled_at(TWO).await;
    until("somebody tells", async || group.count("raised", "app/site/one") > 0).await;
    assert!(told(&group.hooks[leader]).iter().all(|(_, key)| key != "app/site/one"));
}
