//! Events are found by what is known of them.
use failover_core::{Actor, Event, EventRecord, Severity, Timestamp};

use super::{batch, place, record, terms};
use crate::journal::open;
use crate::journal::search::{EventQuery, search_events};

const ALL: EventQuery = EventQuery {
    after: 0,
    before: None,
    since: None,
    until: None,
    service: None,
    kinds: Vec::new(),
    severity: None,
    who: None,
    text: None,
    oldest_first: false,
    limit: 100,
};

#[test]
fn events_are_found_by_number_time_service_kind_person_urgency_and_words() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("a new journal");
    let armed = Event::Armed { who: Actor("bob".to_owned()) };
    let down =
        EventRecord { severity: Severity::Critical, event: Event::AllDown, ..record(3, "web") };
    let written = vec![record(1, "app"), EventRecord { event: armed, ..record(2, "app") }, down];
    opened.writer.commit(&batch(written)).expect("written");
    let found = |query: EventQuery| {
        let found = search_events(&path, &query).expect("readable");
        found.into_iter().map(|record| record.seq).collect::<Vec<_>>()
    };
    assert_eq!(found(ALL), [3, 2, 1]);
    assert_eq!(found(EventQuery { oldest_first: true, limit: 2, ..ALL }), [1, 2]);
    assert_eq!(found(EventQuery { after: 1, before: Some(3), ..ALL }), [2]);
    let at = |seq: u64| Some(Timestamp::from_millis(1_800_000_000_000 + seq));
    assert_eq!(found(EventQuery { since: at(2), until: at(2), ..ALL }), [2]);
    assert_eq!(found(EventQuery { service: Some("web".to_owned()), ..ALL }), [3]);
    let kinds = vec!["armed".to_owned(), "acknowledged".to_owned()];
    assert_eq!(found(EventQuery { kinds, ..ALL }), [2, 1]);
    assert_eq!(found(EventQuery { severity: Some(Severity::Warning), ..ALL }), [3, 2, 1]);
    assert_eq!(found(EventQuery { severity: Some(Severity::Critical), ..ALL }), [3]);
    assert_eq!(found(EventQuery { who: Some("ann".to_owned()), ..ALL }), [1]);
    let text = |text: &str| found(EventQuery { text: Some(text.to_owned()), ..ALL });
    assert_eq!(text("EVENT 2"), [2]);
    assert_eq!((text("Web"), text("all_d"), text("BOB")), (vec![3], vec![3], vec![2]));
    assert_eq!(text("_"), [3], "a letter like any other");
    // Nothing in the text means anything to the database.
    for text in ["%", "'", "event' OR 1=1 --", "\0"] {
        assert_eq!(found(EventQuery { text: Some(text.to_owned()), ..ALL }), [0; 0], "{text:?}");
    }
}
