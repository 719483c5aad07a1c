//! The rules of a change: exact deletions, then additions, all or nothing, and a zone that is
//! still a zone afterwards.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::{ApiError, Problem};
use super::rrset::{self, Key, RrSet};
use super::zone::Zone;

/// Record sets to take away and to add.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) deletions: Vec<RrSet>,
    pub(crate) additions: Vec<RrSet>,
}

/// Limits of a change and a zone, as in the project's quota.
pub(crate) mod limit {
    pub(crate) const CHANGE_SETS: usize = 1000;
    pub(crate) const CHANGE_BYTES: usize = 100_000;
    pub(crate) const ZONE_SETS: usize = 10_000;
    pub(crate) const SET_RECORDS: usize = 100;
    pub(crate) const NAME_SERVERS: usize = 8;
}

impl Draft {
    /// Reads `{"additions": […], "deletions": […]}` for a zone.
    pub(crate) fn read(body: &Value, zone: &str) -> Result<Self, ApiError> {
        let lists = ["deletions", "additions"].map(|member| match &body[member] {
            Value::Null => Ok(&[][..]),
            Value::Array(sets) => Ok(sets.as_slice()),
            other => Err(Problem::invalid(&format!("entity.change.{member}"), &other.to_string())),
        });
        let [deletions, additions] = lists;
        let (deletions, additions) = (deletions?, additions?);
        if deletions.is_empty() && additions.is_empty() {
            return Err(Problem::required("entity.change").into());
        }
        within_limits(deletions, additions)?;
        let mut problems = Vec::new();
        let mut read = |member: &str, sets: &[Value]| {
            let mut all = Vec::new();
            for (index, set) in sets.iter().enumerate() {
                match rrset::read(set, &format!("entity.change.{member}[{index}]"), zone) {
                    Ok(set) => all.push(set),
                    Err(found) => problems.extend(found),
                }
            }
            all
        };
        let draft = Self {
            deletions: read("deletions", deletions),
            additions: read("additions", additions),
        };
        ApiError::from_all(problems).map_or(Ok(draft), Err)
    }

    /// The zone's record sets after the change, or why it cannot be.
    ///
    /// `path` names a set in messages, such as `entity.change.additions[www.acme.test.][A]`.
    pub(crate) fn apply(&self, zone: &Zone, path: Path) -> Result<BTreeMap<Key, RrSet>, ApiError> {
        let mut sets = zone.rrsets.clone();
        let mut problems = Vec::new();
        for set in &self.deletions {
            match sets.get(&set.key()) {
                None => problems.push(Problem::missing(&path("deletions", set), &set.title())),
                Some(stored) if stored.same_content(set) => {
                    sets.remove(&set.key());
                }
                Some(_) => {
                    let text = format!("Precondition not met for '{}'", path("deletions", set));
                    problems.push(Problem::new(412, "conditionNotMet", text));
                }
            }
        }
        refuse(&mut problems)?;
        for set in &self.additions {
            if sets.insert(set.key(), set.clone()).is_some() {
                problems.push(Problem::exists(&path("additions", set), &set.title()));
            }
        }
        refuse(&mut problems)?;
        let apex = |rtype: &str| sets.contains_key(&Key::new(&zone.dns_name, rtype));
        for set in &self.additions {
            shape(set, zone, &path("additions", set), &mut problems);
            cname(set, &sets, &path("additions", set), &mut problems);
        }
        for set in &self.deletions {
            let needed = set.name == zone.dns_name && matches!(set.rtype.as_str(), "NS" | "SOA");
            if needed && !apex(&set.rtype) {
                problems.push(zone_apex(&path("deletions", set), &set.rtype));
            }
        }
        if sets.len() > limit::ZONE_SETS {
            problems.push(Problem::quota("change would exceed quota for rrsets per managed zone"));
        }
        refuse(&mut problems)?;
        Ok(sets)
    }
}

/// How messages name a set of a change.
pub(crate) type Path = fn(member: &str, set: &RrSet) -> String;

/// The path style of `changes.create`.
pub(crate) fn in_change(member: &str, set: &RrSet) -> String {
    format!("entity.change.{member}[{}][{}]", set.name, set.rtype)
}

/// The path style of the `rrsets` verbs.
pub(crate) fn in_rrset(_: &str, _: &RrSet) -> String {
    "entity.rrset".to_owned()
}

fn refuse(problems: &mut Vec<Problem>) -> Result<(), ApiError> {
    ApiError::from_all(std::mem::take(problems)).map_or(Ok(()), Err)
}

fn within_limits(deletions: &[Value], additions: &[Value]) -> Result<(), ApiError> {
    let bytes: usize = deletions
        .iter()
        .chain(additions)
        .flat_map(|set| set["rrdatas"].as_array().into_iter().flatten())
        .filter_map(|rrdata| rrdata.as_str().map(str::len))
        .sum();
    let exceeded = [
        (additions.len() > limit::CHANGE_SETS, "additions per change"),
        (deletions.len() > limit::CHANGE_SETS, "deletions per change"),
        (bytes > limit::CHANGE_BYTES, "total rrdata size per change"),
    ];
    let problems = exceeded
        .iter()
        .filter(|(over, _)| *over)
        .map(|(_, what)| Problem::quota(&format!("change would exceed quota for {what}")));
    ApiError::from_all(problems.collect()).map_or(Ok(()), Err)
}

/// What a single set may look like at its place.
fn shape(set: &RrSet, zone: &Zone, path: &str, problems: &mut Vec<Problem>) {
    let at_apex = set.name == zone.dns_name;
    let mut refuse = |reason, text: String| {
        problems.push(Problem::new(
            400,
            reason,
            format!("The resource record set '{path}' is {text}"),
        ));
    };
    match set.rtype.as_str() {
        "CNAME" if at_apex => refuse(
            "recordTypeDisallowedAtZoneApex",
            "invalid because a record of the type 'CNAME' is not allowed at the zone apex.".into(),
        ),
        "ALIAS" if !at_apex => refuse(
            "invalid",
            "invalid because a record of the type 'ALIAS' is only allowed at the zone apex.".into(),
        ),
        "NS" if set.name.starts_with("*.") => refuse(
            "wildcardNotAllowed",
            "invalid because resource record sets of type 'NS' may not be wildcards.".into(),
        ),
        "SOA" if !at_apex => problems.push(zone_apex(path, "SOA")),
        _ => {}
    }
    let single = matches!(set.rtype.as_str(), "CNAME" | "SOA" | "ALIAS");
    if single && set.rrdatas.len() > 1 {
        let text =
            format!("only permitted to have one record because it is of type '{}'.", set.rtype);
        problems.push(Problem::new(
            400,
            "invalidRecordCount",
            format!("The resource record set '{path}' is {text}"),
        ));
    }
    if set.rrdatas.len() > limit::SET_RECORDS {
        let text = format!("'{path}' would exceed quota for resource records per rrset");
        problems.push(Problem::quota(&format!("resource record set {text}")));
    }
    if set.rtype == "NS" && set.rrdatas.len() > limit::NAME_SERVERS {
        let text = format!("'{path}' would exceed quota for name servers per delegation");
        problems.push(Problem::quota(&format!("resource record set {text}")));
    }
    let repeated =
        set.rrdatas.iter().enumerate().find(|(at, one)| set.rrdatas[..*at].contains(one));
    if let Some((index, rrdata)) = repeated {
        problems.push(Problem::invalid(&format!("{path}.rrdata[{index}]"), rrdata));
    }
}

fn cname(set: &RrSet, sets: &BTreeMap<Key, RrSet>, path: &str, problems: &mut Vec<Problem>) {
    let is_cname = set.rtype == "CNAME";
    let other = sets.values().find(|other| {
        other.name == set.name && other.rtype != set.rtype && (is_cname || other.rtype == "CNAME")
    });
    if let Some(other) = other {
        let text = format!(
            "The resource record set '{path}' is invalid because the DNS name '{}' has a resource \
             record set of the type '{}'. A DNS name may have either one CNAME resource record set \
             or resource record sets of other types, but not both.",
            set.name, other.rtype
        );
        problems.push(Problem::new(400, "cnameResourceRecordSetConflict", text));
    }
}

fn zone_apex(path: &str, rtype: &str) -> Problem {
    let text = format!(
        "The resource record set '{path}' is invalid because a zone must contain exactly one \
         resource record set of type '{rtype}' at the apex."
    );
    Problem::new(400, "invalidZoneApex", text)
}
