//! A journal of the version before facts.
use failover_core::SiteSet;
use rusqlite::Connection;

use super::{place, terms};
use crate::journal::{Recorded, open, schema};

/// Made by that version's own program.
const OLD: &str = include_str!("version-1.sql");

/// Every row of the tables that the old version had.
fn rows(connection: &Connection) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["events", "state", "audit", "runs WHERE id = 1"] {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).expect("a table");
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let values = (0..columns).map(|at| format!("{:?}", row.get_ref(at).expect("a value")));
            all.push(values.collect::<Vec<_>>().join("|"));
        }
    }
    all
}

#[test]
fn a_journal_of_the_version_before_keeps_every_row_and_says_that_nothing_of_it_has_facts() {
    let (_dir, path) = place();
    let old = Connection::open(&path).expect("a database");
    old.execute_batch(OLD).expect("made");
    let before = rows(&old);
    assert_eq!(before.len(), 7);
    drop(old);

    let unmigrated = Recorded::open(&path).expect("readable");
    assert!(unmigrated.segments().expect("readable").is_empty());
    drop(unmigrated);

    let opened = open(&path, &terms()).expect("migrated");
    assert_eq!((opened.seq, opened.segment, opened.states.len()), (4, 0, 1));
    assert_eq!(opened.states[0].1.desired(), SiteSet::first(1), "london");
    assert_eq!(opened.recent[3].text.get(..11), Some("This policy"));
    opened.writer.close();

    let now = Connection::open(&path).expect("a database");
    let version = now.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    assert_eq!(version, Ok(schema::VERSION));
    assert_eq!(rows(&now), before);
    let recorded = Recorded::open(&path).expect("readable");
    assert!(recorded.segments().expect("readable").is_empty());
    assert_eq!(recorded.count("app", u64::MAX), Ok(4));
    // Once is enough.
    open(&path, &terms()).expect("opened again");
}
