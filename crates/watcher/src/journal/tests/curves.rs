//! Curves in a journal that had no room for them.
use failover_core::{Curve, CurveEnd, MoveId, Timestamp};
use rusqlite::Connection;

use super::{place, terms};
use crate::journal::{open, read_curves, schema};

fn curve(service: &str, id: u64, end: Option<CurveEnd>) -> Curve {
    Curve {
        service: service.to_owned(),
        id: MoveId(id),
        began: Timestamp::from_millis(1000 * id),
        ttl: 60,
        providers: Vec::new(),
        resolvers: Vec::new(),
        asked_ms: 5,
        end,
    }
}

#[test]
fn a_journal_of_the_version_before_gets_room_for_curves_and_keeps_them() {
    let (_dir, path) = place();
    let old = Connection::open(&path).expect("a database");
    for tables in [schema::CREATE, schema::FACTS, schema::POWER] {
        old.execute_batch(tables).expect("made");
    }
    old.pragma_update(None, "application_id", schema::APPLICATION_ID).expect("marked");
    old.pragma_update(None, "user_version", 3).expect("marked");
    drop(old);
    assert_eq!(read_curves(&path, None, None, 9), Ok(Vec::new()), "an older one has none");

    let mut opened = open(&path, &terms()).expect("migrated");
    opened.writer.keep_curve(&curve("app", 1, None));
    opened.writer.keep_curve(&curve("web", 2, Some(CurveEnd::Converged)));
    opened.writer.close();
    let mut again = open(&path, &terms()).expect("opened again");
    assert_eq!(again.unfinished, [curve("app", 1, None)], "somebody may go on with it");
    again.writer.end_curves("app", CurveEnd::Replaced);
    // What was still on its way opens nothing again.
    again.writer.keep_curve(&curve("app", 1, None));
    again.writer.close();

    let newest_first =
        [curve("web", 2, Some(CurveEnd::Converged)), { curve("app", 1, Some(CurveEnd::Replaced)) }];
    assert_eq!(read_curves(&path, None, None, 9), Ok(newest_first.to_vec()));
    assert_eq!(read_curves(&path, Some("app"), None, 9), Ok(newest_first[1..].to_vec()));
    assert_eq!(read_curves(&path, None, Some(MoveId(2)), 9), Ok(newest_first[..1].to_vec()));
    assert_eq!(read_curves(&path, Some("app"), Some(MoveId(2)), 9), Ok(Vec::new()));
    assert!(open(&path, &terms()).expect("opened").unfinished.is_empty());
}

#[test]
fn only_the_latest_curves_of_a_service_are_kept() {
    let (_dir, path) = place();
    let mut opened = open(&path, &terms()).expect("made");
    opened.writer.keep_curve(&curve("web", 1, Some(CurveEnd::Limit)));
    for id in 1..=230 {
        opened.writer.keep_curve(&curve("app", id, Some(CurveEnd::Limit)));
    }
    opened.writer.close();
    let count = |service: &str| -> i64 {
        let connection = Connection::open(&path).expect("a database");
        let query = "SELECT count(*) FROM curves WHERE service = ?1";
        connection.query_row(query, [service], |row| row.get(0)).expect("a number")
    };
    assert_eq!((count("app"), count("web")), (200, 1));
    let first = read_curves(&path, Some("app"), Some(MoveId(30)), 1).expect("readable");
    assert!(first.is_empty(), "the oldest are gone");
}
