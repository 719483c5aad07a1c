//! Telling people: several channels at once, broken ones among them, and across restarts.
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use failover_core::{Command, Severity};
use notify::{Kind, Matrix, Ntfy, Webhook, WebhookOptions};
use rusqlite::Connection;
use secrecy::SecretString;
use watcher::{ChannelSpec, Delivery, Notification, Options, Outcome};

use crate::receiver::{Answer, PATIENCE, Receiver, Seen, ok, status, transport};
use crate::support::{ONE, Running, StopAt, TWO, World, operator, options};

pub fn webhook(name: &str, server: &Receiver) -> ChannelSpec {
    let channel = Webhook::new(WebhookOptions::new(server.url.clone().into()), transport());
    ChannelSpec::new(name, Arc::new(channel.expect("a channel")))
}

fn matrix(name: &str, server: &Receiver) -> ChannelSpec {
    let token = SecretString::from("token");
    let channel = Matrix::new(&server.url, "!ops:example.com", token, transport());
    ChannelSpec::new(name, Arc::new(channel))
}

/// Kind and key of what a webhook was sent.
pub fn told(server: &Receiver) -> Vec<(String, String)> {
    let text = |seen: &Seen, key: &str| seen.json()[key].as_str().unwrap_or_default().to_owned();
    server.seen().iter().map(|seen| (text(seen, "kind"), text(seen, "key"))).collect()
}

/// Waits until something holds that is seen from outside.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let give_up = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < give_up, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn hears(server: &Receiver, kind: &str, key: &str) {
    until(&format!("{kind} {key}"), async || {
        told(server).contains(&(kind.to_owned(), key.to_owned()))
    })
    .await;
}

async fn journalled(running: &Running, channel: &str) -> Vec<Notification> {
    let all = running.handle.notifications(1000).await.expect("readable");
    all.into_iter().filter(|one| one.channel == channel).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_is_told_through_every_channel_while_one_of_them_hangs() {
    let world = World::start().await;
    let (hangs, hook, push) = (
        Receiver::start(vec![Answer::Hang]).await,
        Receiver::start(vec![ok("")]).await,
        Receiver::start(vec![ok("{}")]).await,
    );
    let patient = ChannelSpec { timeout: PATIENCE * 10, ..matrix("hangs", &hangs) };
    let ntfy = Arc::new(Ntfy::new(&push.url, "ops", None, transport()));
    let builder = world
        .builder(|_| {})
        .channel(patient)
        .channel(webhook("hook", &hook))
        .channel(ChannelSpec::new("push", ntfy))
        .panel("https://schwenk.example.com");
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    hears(&hook, "raised", "app/site/one").await;
    hears(&hook, "raised", "app/move").await;
    hears(&hook, "over", "app/move").await;
    until("the push message", async || !push.seen().is_empty()).await;
    // All that time one try at the channel that hangs was under way, and is.
    assert_eq!(hangs.seen().len(), 1);
    let waiting = journalled(&running, "hangs").await;
    assert!(waiting.len() >= 3, "{waiting:#?}");
    assert!(waiting.iter().all(|one| one.delivery == Delivery::Waiting), "{waiting:#?}");
    let first = hook.seen()[0].json();
    assert_eq!(first["panel"], "https://schwenk.example.com");
    // What people read is what the journal says.
    let events: Vec<String> = running.events().await.into_iter().map(|one| one.text).collect();
    let raised = hook.seen().into_iter().map(|seen| seen.json());
    for message in raised.filter(|message| message["kind"] == "raised") {
        let text = message["text"].as_str().expect("a text");
        assert!(events.iter().any(|event| event == text), "not in the journal: {message}");
    }
    until("written down", async || {
        let hook = journalled(&running, "hook").await;
        hook.iter().all(|one| one.delivery == Delivery::Delivered && one.attempts == 1)
    })
    .await;
    let counted = running.handle.deliveries();
    let delivered = |name: &str| {
        let channel = counted.iter().find(|one| one.channel == name).expect("a channel");
        channel.outcomes.get(&Outcome::Delivered).copied().unwrap_or(0)
    };
    assert_eq!(delivered("hangs"), 0);
    assert_eq!(delivered("hook"), hook.seen().len() as u64);
    running.stop().await.0.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_undelivered_is_delivered_once_by_the_next_watcher() {
    let world = World::start().await;
    let unwell = Receiver::start(vec![status(503, "later")]).await;
    let builder = world.builder(|_| {}).channel(matrix("ops", &unwell));
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    until("a try that failed is in the journal", async || {
        let ops = journalled(&running, "ops").await;
        ops.iter().any(|one| one.attempts > 0 && one.problem.is_some())
    })
    .await;
    let left = journalled(&running, "ops").await;
    running.crash().await;

    let well = Receiver::start(vec![ok("{}")]).await;
    let builder = world.builder(|_| {}).channel(matrix("ops", &well));
    let running = Running::of(builder.build().expect("a watcher"));
    until("all is delivered", async || {
        let ops = journalled(&running, "ops").await;
        ops.iter().all(|one| one.delivery == Delivery::Delivered)
    })
    .await;
    let transactions = |server: &Receiver| -> Vec<String> {
        let paths = server.seen().into_iter().map(|seen| seen.path);
        paths.filter_map(|path| path.rsplit('/').next().map(str::to_owned)).collect()
    };
    let (tried, taken) = (transactions(&unwell), transactions(&well));
    let once: BTreeSet<&String> = taken.iter().collect();
    assert_eq!(once.len(), taken.len(), "each of them once: {taken:?}");
    for notification in &left {
        assert!(once.contains(&notification.uid), "{notification:?} is lost");
    }
    // The same name as in the tries before the crash, by which the server knows it.
    assert!(tried.iter().all(|one| once.contains(one)), "{tried:?} {taken:?}");
    running.stop().await.0.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread")]
async fn that_the_journal_cannot_be_written_is_told_all_the_same() {
    let world = World::start().await;
    let hook = Receiver::start(vec![ok("")]).await;
    let limited = Options { journal_max_bytes: Some(512 * 1024), ..options() };
    let builder = world.builder(|_| {}).options(limited).channel(webhook("hook", &hook));
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    let other = Connection::open(world.journal()).expect("a second connection");
    other.busy_timeout(PATIENCE).expect("patience");
    let filler = "CREATE TABLE filler AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
        SELECT i, zeroblob(4000) AS space FROM n";
    other.execute_batch(filler).expect("filled");
    let until_later = running.handle.snapshot().at.plus(Duration::from_secs(3600));
    let on = || Command::MaintenanceOn { site: TWO, until: until_later };
    while running.handle.command("app", operator(), on()).await.is_ok() {}
    hears(&hook, "raised", "here:journal").await;
    let snapshot = running.until("the alert", |snapshot| !snapshot.alerts.is_empty()).await;
    assert_eq!(
        (snapshot.alerts[0].key.as_str(), snapshot.alerts[0].severity),
        ("journal", Severity::Critical)
    );
    assert!(running.handle.health().problem.expect("unwell").contains("full"));
    other.execute_batch("DROP TABLE filler").expect("room again");
    drop(other);
    hears(&hook, "over", "here:journal").await;
    running.until("no alert", |snapshot| snapshot.alerts.is_empty()).await;
    until("it is written down afterwards", async || {
        let all = journalled(&running, "hook").await;
        let of = |kind| all.iter().find(|one| one.kind == kind && one.key == "here:journal");
        let delivered = |one: &Notification| one.delivery == Delivery::Delivered;
        of(Kind::Raised).is_some_and(delivered) && of(Kind::Over).is_some_and(delivered)
    })
    .await;
    running.stop().await.0.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_refuses_is_told_of_through_the_others() {
    let world = World::start().await;
    let (hook, gone) =
        (Receiver::start(vec![ok("")]).await, Receiver::start(vec![status(404, "gone")]).await);
    let builder =
        world.builder(|_| {}).channel(webhook("hook", &hook)).channel(webhook("gone", &gone));
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    let down =
        Command::Disarm { until: running.handle.snapshot().at.plus(Duration::from_secs(60)) };
    running.handle.command("app", operator(), down).await.expect("obeyed");
    hears(&hook, "raised", "app/disarmed").await;
    hears(&hook, "raised", "here:notify/gone").await;
    until("it is refused", async || {
        let gone = journalled(&running, "gone").await;
        gone.iter().any(|one| one.delivery == Delivery::Refused)
    })
    .await;
    assert!(told(&gone).iter().all(|(_, key)| key != "here:notify/gone"));
    running.stop().await.0.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_to_a_channel_that_is_gone_are_given_up_and_say_so() {
    let world = World::start().await;
    let unwell = Receiver::start(vec![status(503, "later")]).await;
    let builder = world.builder(|_| {}).channel(webhook("old", &unwell));
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    let until_later = running.handle.snapshot().at.plus(Duration::from_secs(60));
    let disarm = Command::Disarm { until: until_later };
    running.handle.command("app", operator(), disarm).await.expect("obeyed");
    running.stop().await.0.expect("a clean end");
    let running = world.watched().await;
    until("given up", async || {
        let old = journalled(&running, "old").await;
        !old.is_empty() && old.iter().all(|one| one.delivery == Delivery::GivenUp)
    })
    .await;
    let problem = journalled(&running, "old").await[0].problem.clone().expect("why");
    assert!(problem.contains("not configured any more"), "{problem}");
    running.stop().await.0.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_is_stuck_is_not_well() {
    let world = World::start().await;
    let stop = Arc::new(StopAt::default());
    let stuck = Options { checkpoint: Some(stop.clone()), ..options() };
    let running = Running::of(world.builder(|_| {}).options(stuck).build().expect("a watcher"));
    running.settled_at(ONE).await;
    until("it is well", async || running.handle.health().problem.is_none()).await;
    stop.after(0);
    let until_later = running.handle.snapshot().at.plus(Duration::from_secs(60));
    let handle = running.handle.clone();
    let disarm = Command::Disarm { until: until_later };
    let asking = tokio::spawn(async move { handle.command("app", operator(), disarm).await });
    stop.reached().await;
    until("it is stuck", async || {
        running.handle.health().problem.is_some_and(|problem| problem.contains("stuck"))
    })
    .await;
    asking.abort();
    running.crash().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_tried_again_in_order_or_given_up_when_it_is_too_old() {
    let world = World::start().await;
    let asks = Answer::Say(429, vec![("retry-after", "1".to_owned())], "slowly");
    let (hook, busy, unwell) = (
        Receiver::start(vec![ok("")]).await,
        Receiver::start(vec![asks, status(500, ""), ok("")]).await,
        Receiver::start(vec![status(503, "later")]).await,
    );
    let old = ChannelSpec { give_up_after: Duration::from_secs(2), ..webhook("old", &unwell) };
    let builder = world
        .builder(|_| {})
        .channel(webhook("hook", &hook))
        .channel(webhook("busy", &busy))
        .channel(old);
    let running = Running::of(builder.build().expect("a watcher"));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    until("all is delivered", async || {
        let busy = journalled(&running, "busy").await;
        busy.len() > 2 && busy.iter().all(|one| one.delivery == Delivery::Delivered)
    })
    .await;
    let told_in_order: Vec<String> = {
        let seen = busy.seen();
        seen.iter().map(|seen| seen.header("x-schwenk-delivery").to_owned()).collect()
    };
    let (first, rest) = told_in_order.split_at(3);
    assert!(first.iter().all(|id| *id == first[0]), "the first one three times: {told_in_order:?}");
    assert!(!rest.contains(&first[0]), "and then the others: {told_in_order:?}");
    let attempts: Vec<u32> = {
        let mut busy = journalled(&running, "busy").await;
        busy.reverse();
        busy.iter().map(|one| one.attempts).collect()
    };
    assert_eq!(attempts[..2], [3, 1]);
    until("given up", async || {
        let old = journalled(&running, "old").await;
        old.iter().any(|one| one.delivery == Delivery::GivenUp && one.problem.is_some())
    })
    .await;
    hears(&hook, "raised", "here:notify/old").await;
    running.stop().await.0.expect("a clean end");
}
