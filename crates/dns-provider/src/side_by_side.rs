//! One zone at several providers, RRset by RRset, and where they differ: pure.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::record::{Key, RecordType, RrSet};

/// What one provider has of one RRset.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cell {
    /// The provider could not be read: nobody knows.
    Unread,
    /// It has none.
    Absent,
    /// This.
    There(RrSet),
}

/// In what providers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// Some have none.
    Missing,
    /// The values.
    Values,
    /// The TTL.
    Ttl,
    /// Some hold more than plain values, such as a routing policy.
    Opaque,
}

/// How far providers agree on one RRset.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Agreement {
    /// All have the same.
    Same,
    /// Each keeps its own, as it should be: the SOA.
    Own,
    /// Those that could be read agree, and some could not.
    Unknown,
    /// They differ in this.
    Differs(BTreeSet<Difference>),
}

/// One RRset at all providers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Which.
    pub key: Key,
    /// What each provider has, in the order of the columns.
    pub cells: Vec<Cell>,
    /// How far they agree.
    pub agreement: Agreement,
}

/// All RRsets of `zone`, one row each: the apex first, then name by name as a tree. A column is what
/// one provider has, or `None` if it could not be read.
///
/// ```
/// # use dns_provider::side_by_side::{Agreement, Difference, side_by_side};
/// # use dns_provider::{Name, RrSet};
/// let here = vec![RrSet::parse("www.example.com", "A", 60, &["192.0.2.1"])?];
/// let there = vec![RrSet::parse("www.example.com", "A", 300, &["192.0.2.1"])?];
/// let rows = side_by_side(&Name::parse("example.com")?, &[Some(here), Some(there)]);
/// assert_eq!(rows[0].agreement, Agreement::Differs([Difference::Ttl].into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn side_by_side(zone: &Name, columns: &[Option<Vec<RrSet>>]) -> Vec<Row> {
    let each: Vec<Option<BTreeMap<&Key, &RrSet>>> = columns
        .iter()
        .map(|column| Some(column.as_ref()?.iter().map(|rrset| (&rrset.key, rrset)).collect()))
        .collect();
    let mut keys: Vec<&Key> =
        each.iter().flatten().flat_map(|column| column.keys().copied()).collect();
    keys.sort_by_cached_key(|key| (labels(&key.name), rank(&key.rtype)));
    keys.dedup();
    let row = |key: &Key| {
        let cell = |column: &Option<BTreeMap<&Key, &RrSet>>| match column {
            None => Cell::Unread,
            Some(column) => {
                column.get(key).map_or(Cell::Absent, |rrset| Cell::There((*rrset).clone()))
            }
        };
        let cells: Vec<Cell> = each.iter().map(cell).collect();
        let agreement = agreement(zone, key, &cells);
        Row { key: key.clone(), cells, agreement }
    };
    keys.into_iter().map(row).collect()
}

fn agreement(zone: &Name, key: &Key, cells: &[Cell]) -> Agreement {
    if key.rtype == RecordType::Soa && key.name == *zone {
        return Agreement::Own;
    }
    let there: Vec<&RrSet> = cells
        .iter()
        .filter_map(|cell| match cell {
            Cell::There(rrset) => Some(rrset),
            _ => None,
        })
        .collect();
    let mut differences = BTreeSet::new();
    if cells.contains(&Cell::Absent) {
        differences.insert(Difference::Missing);
    }
    for pair in there.windows(2) {
        let [one, other] = pair else { continue };
        if one.opaque != other.opaque {
            differences.insert(Difference::Opaque);
        } else if !one.same_values(other) {
            differences.insert(Difference::Values);
        }
        if one.ttl != other.ttl {
            differences.insert(Difference::Ttl);
        }
    }
    if !differences.is_empty() {
        Agreement::Differs(differences)
    } else if cells.contains(&Cell::Unread) {
        Agreement::Unknown
    } else {
        Agreement::Same
    }
}

/// A name as a path from the root, so that what lies below a name follows it.
fn labels(name: &Name) -> Vec<String> {
    name.as_str().rsplit('.').map(str::to_owned).collect()
}

/// What keeps a zone alive comes first, addresses next.
fn rank(rtype: &RecordType) -> (u8, &str) {
    let place = match rtype {
        RecordType::Soa => 0,
        RecordType::Ns => 1,
        RecordType::A => 2,
        RecordType::Aaaa => 3,
        RecordType::Cname => 4,
        _ => 5,
    };
    (place, rtype.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, rtype: &str, ttl: u32, values: &[&str]) -> RrSet {
        RrSet::parse(name, rtype, ttl, values).unwrap()
    }

    fn zone() -> Name {
        Name::parse("example.com").unwrap()
    }

    fn judged(columns: &[Option<Vec<RrSet>>]) -> Vec<(String, Agreement)> {
        let rows = side_by_side(&zone(), columns).into_iter();
        rows.map(|row| (row.key.to_string(), row.agreement)).collect()
    }

    #[test]
    fn the_apex_comes_first_and_what_lies_below_a_name_follows_it() {
        let column = vec![
            set("www.example.com", "A", 60, &["192.0.2.1"]),
            set("a.www.example.com", "A", 60, &["192.0.2.1"]),
            set("mail.example.com", "A", 60, &["192.0.2.1"]),
            set("example.com", "TXT", 60, &["x"]),
            set("example.com", "SOA", 60, &["a. b. 1 2 3 4 5"]),
        ];
        let names: Vec<String> = judged(&[Some(column)]).into_iter().map(|(key, _)| key).collect();
        let wanted = [
            "example.com SOA",
            "example.com TXT",
            "mail.example.com A",
            "www.example.com A",
            "a.www.example.com A",
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn what_differs_is_named() {
        let one = vec![
            set("a.example.com", "A", 60, &["192.0.2.1", "192.0.2.2"]),
            set("b.example.com", "A", 60, &["192.0.2.1"]),
            set("c.example.com", "A", 60, &["192.0.2.1"]),
        ];
        let other = vec![
            set("a.example.com", "A", 60, &["192.0.2.2", "192.0.2.1"]),
            set("b.example.com", "A", 90, &["192.0.2.7"]),
        ];
        use Difference::{Missing, Ttl, Values};
        let found: Vec<Agreement> =
            judged(&[Some(one), Some(other)]).into_iter().map(|(_, said)| said).collect();
        let wanted = [
            Agreement::Same,
            Agreement::Differs([Values, Ttl].into()),
            Agreement::Differs([Missing].into()),
        ];
        assert_eq!(found, wanted, "the order of values is no difference");
    }

    #[test]
    fn a_provider_that_cannot_be_read_makes_unknown_and_never_missing() {
        let one = vec![set("a.example.com", "A", 60, &["192.0.2.1"])];
        let rows = side_by_side(&zone(), &[Some(one.clone()), None]);
        assert_eq!(rows[0].agreement, Agreement::Unknown);
        assert_eq!(rows[0].cells, [Cell::There(one[0].clone()), Cell::Unread]);
        let other = vec![set("a.example.com", "A", 60, &["192.0.2.2"])];
        let found = judged(&[Some(one), None, Some(other)]);
        assert_eq!(found[0].1, Agreement::Differs([Difference::Values].into()));
        assert_eq!(side_by_side(&zone(), &[None, None]), []);
    }

    #[test]
    fn each_provider_keeps_its_own_soa_and_a_routing_policy_is_seen() {
        let soa = |text| vec![set("example.com", "SOA", 60, &[text])];
        let found = judged(&[Some(soa("a. b. 1 2 3 4 5")), Some(soa("c. d. 9 8 7 6 5"))]);
        assert_eq!(found[0].1, Agreement::Own);
        let plain = set("a.example.com", "A", 60, &["192.0.2.1"]);
        let policy = RrSet { opaque: Some("{}".to_owned()), ..plain.clone() };
        let found = judged(&[Some(vec![plain]), Some(vec![policy])]);
        assert_eq!(found[0].1, Agreement::Differs([Difference::Opaque].into()));
    }
}
