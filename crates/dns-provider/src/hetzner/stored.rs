//! RRsets as Hetzner stores them, and the way between its names and values and ours.
use std::collections::HashMap;

use cloud_http::lenient;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::name::Name;
use crate::record::{Key, RecordType, RrSet};
use crate::value;

#[derive(Deserialize)]
pub(super) struct RrSetAnswer {
    pub(super) rrset: WireRrSet,
}

#[derive(Deserialize)]
pub(super) struct WireRrSet {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    #[serde(default, deserialize_with = "lenient::optional_number")]
    ttl: Option<u32>,
    #[serde(default)]
    records: Vec<WireRecord>,
}

#[derive(Deserialize)]
struct WireRecord {
    value: String,
    #[serde(default)]
    comment: Option<String>,
}

/// An RRset as stored, with what our model has no place for.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) rrset: RrSet,
    /// The comments of the values that have one.
    comments: HashMap<String, String>,
}

impl WireRrSet {
    pub(super) fn inherits_ttl(&self) -> bool {
        self.ttl.is_none()
    }

    /// The RRset in our terms; `None` for a name that ours cannot express (an escaped character),
    /// which nobody can ask us to change either.
    pub(super) fn stored(self, zone: &Name, zone_ttl: u32) -> Option<Stored> {
        let key = Key::new(absolute(&self.name, zone)?, RecordType::from(self.rtype));
        let mut comments = HashMap::new();
        let mut values = Vec::with_capacity(self.records.len());
        for record in self.records {
            let value = value::within(&key.rtype, &record.value, zone);
            if let Some(comment) = record.comment.filter(|comment| !comment.is_empty()) {
                comments.insert(value::canonical(&key.rtype, &value), comment);
            }
            values.push(value);
        }
        Some(Stored { rrset: RrSet::new(key, self.ttl.unwrap_or(zone_ttl), values), comments })
    }
}

/// The `records` of a request that stores `rrset`; a value that stays keeps its comment.
pub(super) fn records(rrset: &RrSet, before: Option<&Stored>) -> Value {
    let record = |text: &String| {
        let comments = before.map(|before| &before.comments);
        let canonical = value::canonical(&rrset.key.rtype, text);
        match comments.and_then(|comments| comments.get(&canonical)) {
            Some(comment) => json!({ "value": text, "comment": comment }),
            None => json!({ "value": text }),
        }
    };
    rrset.values.iter().map(record).collect()
}

/// The name as the API wants it: below the zone, without trailing dot, `@` for the apex.
pub(super) fn relative(name: &Name, zone: &Name) -> String {
    match name.as_str().strip_suffix(zone.as_str()) {
        Some("") => "@".to_owned(),
        Some(below) => below.trim_end_matches('.').to_owned(),
        None => name.dotted(),
    }
}

/// The name the API means; the apex may come as `@` or as the zone's own name.
fn absolute(name: &str, zone: &Name) -> Option<Name> {
    let bare = name.trim_end_matches('.');
    if bare == "@" || bare.is_empty() || bare.eq_ignore_ascii_case(zone.as_str()) {
        return Some(zone.clone());
    }
    Name::parse(&format!("{bare}.{zone}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn stored(json: Value) -> Stored {
        let wire: WireRrSet = serde_json::from_value(json).unwrap();
        wire.stored(&name("example.com"), 3600).unwrap()
    }

    #[test]
    fn names_go_both_ways() {
        let zone = name("example.com");
        for (ours, theirs) in
            [("example.com", "@"), ("www.example.com", "www"), ("*.a.example.com", "*.a")]
        {
            assert_eq!(relative(&name(ours), &zone), theirs);
            assert_eq!(absolute(theirs, &zone), Some(name(ours)));
        }
        for apex in ["example.com", "Example.com."] {
            assert_eq!(absolute(apex, &zone), Some(zone.clone()));
        }
        assert_eq!(absolute("a b", &zone), None);
    }

    #[test]
    fn relative_host_names_in_values_become_absolute_and_others_stay_as_they_are() {
        for (rtype, theirs, ours) in [
            ("CNAME", "www", "www.example.com."),
            ("CNAME", "@", "example.com."),
            ("CNAME", "WWW.example.net.", "WWW.example.net."),
            ("MX", "10 mail", "10 mail.example.com."),
            ("TXT", "\"mail\"", "\"mail\""),
            ("AAAA", "2001:DB8::1", "2001:DB8::1"),
        ] {
            let rrset = json!({"name": "a", "type": rtype, "records": [{"value": theirs}]});
            assert_eq!(stored(rrset).rrset.values, [ours]);
        }
    }

    #[test]
    fn an_rrset_without_ttl_has_the_zone_s() {
        let rrset = json!({"name": "@", "type": "NS", "ttl": null, "records": []});
        assert_eq!(stored(rrset).rrset.ttl, 3600);
        let rrset = json!({"name": "@", "type": "NS", "ttl": 60, "future": {}});
        assert_eq!(stored(rrset).rrset.ttl, 60);
    }

    #[test]
    fn a_value_that_stays_keeps_its_comment() {
        let before = stored(json!({"name": "a", "type": "AAAA", "ttl": 60, "records": [
            {"value": "2001:db8::1", "comment": "first site"}, {"value": "2001:db8::2"}]}));
        let mut after = before.rrset.clone();
        after.values = vec!["2001:db8:0::1".to_owned(), "2001:db8::3".to_owned()];
        assert_eq!(
            records(&after, Some(&before)),
            json!([{"value": "2001:db8:0::1", "comment": "first site"}, {"value": "2001:db8::3"}])
        );
    }
}
