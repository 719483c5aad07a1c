//! RRsets, their records, and the rules for names and values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::problem::Problem;
use crate::authority::{Name, encode_rdata, tokens};

pub(super) const TYPES: [&str; 16] = [
    "A", "AAAA", "CAA", "CNAME", "DS", "HINFO", "HTTPS", "MX", "NS", "PTR", "RP", "SOA", "SRV",
    "SVCB", "TLSA", "TXT",
];

/// Name relative to the zone, and type: what identifies an RRset.
pub(super) type Key = (String, String);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RrSet {
    pub name: String,
    pub rtype: String,
    /// `None`: the zone's.
    pub ttl: Option<u32>,
    pub labels: BTreeMap<String, String>,
    pub protected: bool,
    pub records: Vec<Record>,
    /// Creation order, for `sort=created`.
    pub created: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub value: String,
    pub comment: Option<String>,
}

impl RrSet {
    pub(super) fn key(&self) -> Key {
        (self.name.clone(), self.rtype.clone())
    }

    pub(super) fn id(&self) -> String {
        format!("{}/{}", self.name, self.rtype)
    }

    /// Whether name servers answer the same for both: comments do not matter to them.
    pub(super) fn same_values(&self, other: &Self) -> bool {
        self.records
            .iter()
            .map(|record| &record.value)
            .eq(other.records.iter().map(|record| &record.value))
    }

    pub(super) fn json(&self, zone: u64) -> Value {
        json!({
            "id": self.id(),
            "name": self.name,
            "type": self.rtype,
            "ttl": self.ttl,
            "labels": self.labels,
            "protection": {"change": self.protected},
            "records": self.records.iter().map(Record::json).collect::<Vec<_>>(),
            "zone": zone,
        })
    }
}

impl Record {
    pub(super) fn plain(value: impl Into<String>) -> Self {
        Self { value: value.into(), comment: None }
    }

    fn json(&self) -> Value {
        match &self.comment {
            Some(comment) => json!({"value": self.value, "comment": comment}),
            None => json!({"value": self.value}),
        }
    }
}

/// Refuses a type the vendor does not know.
pub(super) fn check_type(rtype: &str) -> Result<(), Problem> {
    if TYPES.contains(&rtype) {
        return Ok(());
    }
    Err(Problem::field("type", format!("must be one of {}", TYPES.join(", "))))
}

/// Refuses a name that is not relative to the zone, in lower case.
pub(super) fn check_name(name: &str, zone: &str) -> Result<(), Problem> {
    let wrong = |why: &str| Err(Problem::field("name", why));
    if name == "@" {
        return Ok(());
    }
    if name.ends_with('.') {
        return wrong("must not end with a dot");
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        return wrong("must be in lower case");
    }
    if name == zone || name.ends_with(&format!(".{zone}")) {
        return wrong("must not end with the zone name");
    }
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let labels_fit = name.split('.').enumerate().all(|(place, label)| {
        (label == "*" && place == 0)
            || (!label.is_empty() && label.len() <= 63 && label.chars().all(legal))
    });
    if !labels_fit || name.len() + zone.len() + 1 > 253 {
        return wrong("is not a valid record name");
    }
    Ok(())
}

/// Refuses values that are not the presentation format of the type.
pub(super) fn check_values(rtype: &str, records: &[Record], zone: &str) -> Result<(), Problem> {
    let origin = Name::parse(&format!("{zone}."), &Name::root())
        .map_err(|wrong| Problem::field("records", wrong))?;
    if matches!(rtype, "CNAME" | "SOA") && records.len() != 1 {
        return Err(Problem::field("records", format!("{rtype} must have exactly one record")));
    }
    let mut seen = Vec::new();
    for Record { value, .. } in records {
        let wrong = |why: &str| {
            Problem::field("records", format!("{value:?} is not a valid {rtype} value: {why}"))
        };
        if rtype == "TXT" {
            let strings = tokens(value).map_err(|why| wrong(&why))?;
            if strings.iter().any(|string| !string.quoted) {
                return Err(wrong("TXT strings must be enclosed in double quotes"));
            }
            if strings.iter().any(|string| string.bytes().is_ok_and(|bytes| bytes.len() > 255)) {
                return Err(wrong("a TXT string exceeds 255 characters"));
            }
        }
        let data =
            encode_rdata(rtype, value, &origin).map_err(|error| wrong(&error.to_string()))?;
        // Another spelling of an address is the same record.
        if seen.contains(&data) {
            return Err(Problem::field("records", format!("value {value:?} is given twice")));
        }
        seen.push(data);
    }
    Ok(())
}
