//! Changes of power in a journal that had no room for them.
use failover_core::Timestamp;
use rusqlite::Connection;

use super::{place, terms};
use crate::journal::{Batch, open, power_changes, schema};
use crate::power::{Act, PowerChange};

fn fence(ended: Option<Timestamp>) -> PowerChange {
    PowerChange {
        id: 7,
        service: "app".to_owned(),
        site: "london".to_owned(),
        act: Act::Fence,
        asked: Timestamp::from_millis(1000),
        ended,
        served: None,
        given_up: None,
    }
}

#[test]
fn a_journal_of_the_version_before_gets_room_for_changes_of_power_and_keeps_them() {
    let (_dir, path) = place();
    let old = Connection::open(&path).expect("a database");
    old.execute_batch(schema::CREATE).expect("made");
    old.execute_batch(schema::FACTS).expect("made");
    old.pragma_update(None, "application_id", schema::APPLICATION_ID).expect("marked");
    old.pragma_update(None, "user_version", 2).expect("marked");
    drop(old);
    assert_eq!(power_changes(&path), Ok(Vec::new()), "an older one has none");

    let mut opened = open(&path, &terms()).expect("migrated");
    assert!(opened.power_changes.is_empty());
    let batch = |change| Batch { power: vec![change], ..Batch::default() };
    opened.writer.commit(&batch(fence(None))).expect("written");
    opened.writer.close();

    let mut again = open(&path, &terms()).expect("opened again");
    assert_eq!(again.power_changes, [fence(None)]);
    let ended = fence(Some(Timestamp::from_millis(2000)));
    again.writer.commit(&batch(ended.clone())).expect("written");
    again.writer.close();
    assert_eq!(power_changes(&path), Ok(vec![ended]));
}
