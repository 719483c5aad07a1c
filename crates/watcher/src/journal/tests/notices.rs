//! Notifications: in a journal that had no room for them, and in whatever order they are written.
use failover_core::{Severity, Timestamp};
use notify::Kind;
use rusqlite::Connection;

use super::{batch, place, record, terms};
use crate::journal::{Batch, open, read_notifications, schema};
use crate::telling::{Condition, Delivery, Filter, News, Notification};

fn notification(id: u64) -> Notification {
    Notification {
        id,
        uid: format!("{id:032x}"),
        at: Timestamp::from_millis(1_800_000_000_000),
        channel: "ops".to_owned(),
        key: "app/site/london".to_owned(),
        kind: Kind::Raised,
        severity: Severity::Critical,
        service: Some("app".to_owned()),
        text: "london is down.".to_owned(),
        since: Some(Timestamp::from_millis(1_800_000_000_000)),
        attempts: 0,
        delivery: Delivery::Waiting,
        ended: None,
        problem: None,
    }
}

fn condition() -> Condition {
    Condition {
        key: "app/site/london".to_owned(),
        severity: Severity::Warning,
        peak: Severity::Critical,
        service: Some("app".to_owned()),
        text: "london is down.".to_owned(),
        since: Timestamp::from_millis(1_800_000_000_000),
        acknowledged: true,
    }
}

fn news(notifications: Vec<Notification>) -> News {
    News { notifications, ..News::default() }
}

#[test]
fn a_journal_of_the_version_before_gets_room_for_notifications_and_keeps_them() {
    let (_dir, path) = place();
    let old = Connection::open(&path).expect("a database");
    for tables in [schema::CREATE, schema::FACTS, schema::POWER] {
        old.execute_batch(tables).expect("made");
    }
    old.pragma_update(None, "application_id", schema::APPLICATION_ID).expect("marked");
    old.pragma_update(None, "user_version", 3).expect("marked");
    drop(old);
    assert_eq!(
        read_notifications(&path, 10, &Filter::default()),
        Ok(Vec::new()),
        "an older one has none"
    );

    let mut opened = open(&path, &terms()).expect("migrated");
    let told = News { begun: vec![condition()], ..news(vec![notification(1)]) };
    let step = Batch { news: told, ..batch(vec![record(1, "app")]) };
    opened.writer.commit(&step).expect("written");
    opened.writer.close();

    let mut again = open(&path, &terms()).expect("opened again");
    assert_eq!(again.told.conditions, [condition()]);
    assert_eq!((again.told.waiting.as_slice(), again.told.latest), (&[notification(1)][..], 1));
    let delivered = Notification {
        attempts: 2,
        delivery: Delivery::Delivered,
        ended: Some(Timestamp::from_millis(1_800_000_000_009)),
        ..notification(1)
    };
    let over = vec![condition().key];
    again.writer.tell(News { over, ..news(vec![delivered.clone()]) });
    again.writer.close();
    assert_eq!(read_notifications(&path, 10, &Filter::default()), Ok(vec![delivered]));
    let last = open(&path, &terms()).expect("opened once more");
    assert!(last.told.conditions.is_empty() && last.told.waiting.is_empty());
    assert_eq!(last.told.latest, 1);
}

#[test]
fn an_outcome_that_was_written_before_its_message_stands() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let refused = Notification {
        attempts: 1,
        delivery: Delivery::Refused,
        problem: Some("gone".to_owned()),
        ..notification(7)
    };
    opened.writer.tell(news(vec![refused.clone()]));
    let late = Batch { news: news(vec![notification(7)]), ..Batch::default() };
    opened.writer.commit(&late).expect("written");
    assert_eq!(read_notifications(&path, 10, &Filter::default()), Ok(vec![refused]));
}

#[test]
fn what_ended_long_ago_is_forgotten_and_what_waits_is_not() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let old = |id| Notification { at: Timestamp::from_millis(1000), ..notification(id) };
    let ended = Notification { attempts: 1, delivery: Delivery::Delivered, ..old(1) };
    opened.writer.tell(news(vec![ended, old(2)]));
    opened.writer.close();
    let now = Timestamp::from_millis(1_800_000_000_000);
    open(&path, &super::Terms { now, ..terms() }).expect("opened again");
    let left: Vec<u64> = read_notifications(&path, 10, &Filter::default())
        .expect("readable")
        .iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(left, [2]);
}
