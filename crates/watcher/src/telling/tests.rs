//! Who is told what, and what nobody is told twice.
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_http::Failure;
use failover_core::{Actor, Event, EventRecord, Evidence, Severity, SiteId, Timestamp, Verdict};
use notify::{Channel, Kind, Message};

use super::{ChannelSpec, Desk, News};
use crate::alert::Alert;
use crate::sample::service;

#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Channel for Nowhere {
    fn kind(&self) -> &'static str {
        "nowhere"
    }

    async fn deliver(&self, _: &Message, _: Instant) -> Result<(), Failure> {
        Ok(())
    }
}

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn channel(name: &str, least: Severity) -> ChannelSpec {
    ChannelSpec { least, ..ChannelSpec::new(name, Arc::new(Nowhere)) }
}

fn desk(channels: Vec<ChannelSpec>) -> Desk {
    let services = vec!["app".to_owned()];
    Desk::new(channels.into(), "here".to_owned(), services, Vec::new(), 0, START).0
}

fn record(event: Event) -> EventRecord {
    EventRecord {
        seq: 1,
        at: START,
        service: "app".to_owned(),
        severity: event.severity(),
        text: event.text(service().policy()),
        event,
    }
}

fn turned(to: Verdict) -> EventRecord {
    let evidence = Evidence::default();
    let from = Verdict::Unknown;
    record(Event::VerdictChanged { site: SiteId(0), from, to, evidence })
}

/// Channel, kind and key of each message.
fn told(news: &News) -> Vec<(&str, Kind, &str)> {
    let told = news.notifications.iter();
    told.map(|one| (one.channel.as_str(), one.kind, one.key.as_str())).collect()
}

#[test]
fn what_lasts_is_told_once_and_once_more_when_it_is_over() {
    let mut desk = desk(vec![channel("ops", Severity::Warning)]);
    let setup = service();
    let down = desk.hear(&turned(Verdict::Down), &setup);
    assert_eq!(told(&down), [("ops", Kind::Raised, "app/site/one")]);
    assert_eq!(desk.hear(&turned(Verdict::Down), &setup), News::default(), "nothing is new");
    let up = desk.hear(&turned(Verdict::Up), &setup);
    assert_eq!(told(&up), [("ops", Kind::Over, "app/site/one")]);
    assert_eq!(up.over, ["app/site/one"]);
    assert_eq!(up.notifications[0].severity, Severity::Critical, "whoever was woken may sleep");
    assert!(up.notifications[0].text.contains("It was: one is down"), "{up:?}");
    assert!(told(&desk.hear(&turned(Verdict::Up), &setup)).is_empty(), "it did not last");
}

#[test]
fn each_channel_is_told_what_it_wants_to_hear() {
    let mut quiet = channel("pager", Severity::Critical);
    quiet.services = Some(vec!["other".to_owned()]);
    let all = channel("all", Severity::Info);
    let pager = channel("own", Severity::Critical);
    let mut desk = desk(vec![all, quiet, pager]);
    let setup = service();
    let up = desk.hear(&turned(Verdict::Up), &setup);
    assert_eq!(told(&up), [("all", Kind::Note, "app/event")]);
    let down = desk.hear(&turned(Verdict::Down), &setup);
    let key = "app/site/one";
    assert_eq!(told(&down), [("all", Kind::Raised, key), ("own", Kind::Raised, key)]);
    // What concerns the watcher as a whole concerns those, too, who follow one service.
    let alert = Alert::new("journal", Severity::Critical, "The disk is full.");
    let raised = desk.raise(&alert, START);
    let channels: Vec<_> = told(&raised).iter().map(|(channel, ..)| *channel).collect();
    assert_eq!(channels, ["all", "pager", "own"]);
    assert_eq!(told(&raised)[0].2, "here:journal");
}

#[test]
fn an_alert_in_other_words_is_not_told_again_but_a_worse_one_is() {
    let mut desk = desk(vec![channel("ops", Severity::Warning)]);
    let alert = |severity, text: &str| Alert::new("peer:two", severity, text);
    assert_eq!(desk.raise(&alert(Severity::Warning, "slow"), START).notifications.len(), 1);
    let reworded = desk.raise(&alert(Severity::Warning, "slower"), START);
    assert!(reworded.notifications.is_empty() && reworded.begun.len() == 1, "{reworded:?}");
    assert_eq!(desk.raise(&alert(Severity::Critical, "gone"), START).notifications.len(), 1);
    // The worst it was decides who is told of the end.
    desk.raise(&alert(Severity::Warning, "slow"), START);
    let over = desk.clear("peer:two", "It is back.", START);
    assert_eq!(over.notifications[0].severity, Severity::Critical);
    assert_eq!(desk.clear("peer:two", "It is back.", START), News::default());
}

#[test]
fn people_are_reminded_of_what_lasts_until_somebody_has_seen_it() {
    let mut ops = channel("ops", Severity::Warning);
    ops.remind_every = Some(HOUR);
    let mut never = channel("never", Severity::Warning);
    never.remind_every = None;
    let mut desk = desk(vec![ops, never]);
    let setup = service();
    desk.hear(&turned(Verdict::Down), &setup);
    assert_eq!(desk.remind(START.plus(HOUR / 2)), News::default());
    let first = desk.remind(START.plus(HOUR));
    assert_eq!(told(&first), [("ops", Kind::Reminder, "app/site/one")]);
    assert_eq!(desk.remind(START.plus(HOUR)), News::default(), "once is enough");
    let late = desk.remind(START.plus(HOUR * 5));
    assert_eq!(late.notifications.len(), 1, "what was missed is not made up for");
    desk.hear(&record(Event::Acknowledged { who: Actor("anna".to_owned()) }), &setup);
    assert_eq!(desk.remind(START.plus(HOUR * 9)), News::default());
}

#[test]
fn a_restart_forgets_nothing_and_reminds_of_nothing_twice() {
    let mut ops = channel("ops", Severity::Warning);
    ops.remind_every = Some(HOUR);
    let channels: Arc<[ChannelSpec]> = vec![ops].into();
    let again = |known, services: &[&str], now| {
        let services = services.iter().map(|name| (*name).to_owned()).collect();
        Desk::new(channels.clone(), "here".to_owned(), services, known, 7, now)
    };
    let setup = service();
    let (mut desk, _) = again(Vec::new(), &["app"], START);
    let mut known = desk.hear(&turned(Verdict::Down), &setup).begun;
    known.extend(desk.raise(&Alert::new("isolated", Severity::Warning, "Cut off."), START).begun);
    let later = START.plus(HOUR * 3 + HOUR / 2);
    let (mut desk, news) = again(known.clone(), &["app"], later);
    assert_eq!(news, News::default());
    assert_eq!(desk.remind(later), News::default());
    assert_eq!(desk.remind(START.plus(HOUR * 4)).notifications.len(), 2);
    // The alert was not raised again; the site's verdict comes from the machine.
    let settled = desk.settle(&[], later);
    assert_eq!(told(&settled), [("ops", Kind::Over, "here:isolated")]);
    let up = desk.hear(&turned(Verdict::Up), &setup);
    assert_eq!(told(&up), [("ops", Kind::Over, "app/site/one")]);
    assert!(up.notifications[0].id > 7, "numbers go on");
    let (_, news) = again(known, &["web"], later);
    assert_eq!(news.over, ["app/site/one"], "a service that is not watched any more");
}

#[test]
fn that_a_channel_is_broken_is_told_by_the_others() {
    let mut desk = desk(vec![channel("one", Severity::Info), channel("two", Severity::Info)]);
    let broken = Alert::new(super::desk::broken("one"), Severity::Warning, "It does not deliver.");
    let raised = desk.raise(&broken, START);
    assert_eq!(told(&raised), [("two", Kind::Raised, "here:notify/one")]);
    let over = desk.clear(&broken.key, "It delivers.", START);
    assert_eq!(told(&over), [("two", Kind::Over, "here:notify/one")]);
}

#[test]
fn every_message_has_a_name_of_its_own() {
    let mut desk = desk(vec![channel("one", Severity::Info), channel("two", Severity::Info)]);
    let news = desk.hear(&turned(Verdict::Down), &service());
    let [first, second] = &news.notifications[..] else { panic!("{news:?}") };
    assert_ne!(first.uid, second.uid);
    assert_eq!((first.uid.len(), first.id + 1), (32, second.id));
}
