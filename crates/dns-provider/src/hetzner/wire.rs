//! The JSON of the API, and the way between its names and values and ours.
//!
//! Only what is needed is read, and everything else may come or go: Hetzner removes fields on
//! announced dates.
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::name::Name;
use crate::record::{Key, RecordType, RrSet};
use crate::value;
use crate::zone::Zone;

#[derive(Deserialize)]
pub(super) struct ZonesPage {
    pub(super) zones: Vec<WireZone>,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
pub(super) struct RrSetsPage {
    pub(super) rrsets: Vec<WireRrSet>,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    pagination: Option<Pagination>,
}

#[derive(Deserialize)]
struct Pagination {
    next_page: Option<u32>,
}

/// The page after `page`, if there is one.
fn next(meta: &Option<Meta>, page: u32) -> Option<u32> {
    let next = meta.as_ref()?.pagination.as_ref()?.next_page?;
    (next > page).then_some(next)
}

impl ZonesPage {
    pub(super) fn next(&self, page: u32) -> Option<u32> {
        next(&self.meta, page)
    }
}

impl RrSetsPage {
    pub(super) fn next(&self, page: u32) -> Option<u32> {
        next(&self.meta, page)
    }
}

#[derive(Deserialize)]
pub(super) struct ZoneAnswer {
    pub(super) zone: WireZone,
}

#[derive(Deserialize)]
pub(super) struct WireZone {
    id: u64,
    name: Name,
    /// The TTL of RRsets without one.
    #[serde(default)]
    pub(super) ttl: Option<u32>,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    authoritative_nameservers: Option<NameServers>,
}

#[derive(Default, Deserialize)]
struct NameServers {
    #[serde(default)]
    assigned: Option<Vec<String>>,
    #[serde(default)]
    delegated: Option<Vec<String>>,
    #[serde(default)]
    delegation_status: Option<String>,
}

impl WireZone {
    pub(super) fn zone(self) -> Zone {
        let notes = self.notes();
        let servers = self.authoritative_nameservers.unwrap_or_default();
        let assigned = servers.assigned.unwrap_or_default();
        let assigned = assigned.iter().filter_map(|text| Name::parse(text).ok()).collect();
        Zone { notes, ..Zone::new(self.id.to_string(), self.name, assigned) }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.mode.as_deref() == Some("secondary") {
            notes.push(
                "zone is secondary: Hetzner copies it from elsewhere and cannot change it"
                    .to_owned(),
            );
        }
        if self.status.as_deref() == Some("error") {
            notes.push("Hetzner failed to publish the last change of this zone".to_owned());
        }
        let Some(servers) = &self.authoritative_nameservers else { return notes };
        match servers.delegation_status.as_deref() {
            None | Some("valid") => {}
            Some(status) => {
                let delegated = servers.delegated.as_deref().unwrap_or_default();
                let to = match delegated {
                    [] => "nowhere".to_owned(),
                    some => some.join(", "),
                };
                notes.push(format!(
                    "delegation is {status}: the parent zone points to {to}, so the world may \
                     never ask Hetzner's name servers"
                ));
            }
        }
        notes
    }
}

#[derive(Deserialize)]
pub(super) struct RrSetAnswer {
    pub(super) rrset: WireRrSet,
}

#[derive(Deserialize)]
pub(super) struct WireRrSet {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    #[serde(default)]
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

#[derive(Deserialize)]
pub(super) struct ActionAnswer {
    pub(super) action: WireAction,
}

#[derive(Deserialize)]
pub(super) struct ActionsAnswer {
    #[serde(default)]
    pub(super) actions: Vec<WireAction>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct WireAction {
    pub(super) id: u64,
    /// `running`, `success` or `error`; this alone decides, since a success may carry an `error`.
    pub(super) status: String,
    #[serde(default)]
    pub(super) error: Option<ActionError>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct ActionError {
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn zone(json: Value) -> Zone {
        serde_json::from_value::<WireZone>(json).unwrap().zone()
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

    #[test]
    fn a_zone_says_what_an_operator_should_know() {
        let good = zone(json!({"id": 4211, "name": "example.com", "mode": "primary",
            "authoritative_nameservers": {"assigned": ["hydrogen.ns.hetzner.com."],
                "delegated": [], "delegation_status": "valid"}}));
        assert_eq!((good.id.as_str(), good.notes.len()), ("4211", 0));
        assert_eq!(good.name_servers, [name("hydrogen.ns.hetzner.com")]);
        let bad = zone(json!({"id": 1, "name": "example.com", "mode": "secondary",
            "status": "error", "authoritative_nameservers": {"assigned": [], "delegation_status":
                "lame", "delegated": ["ns1.example.net."]}}));
        let notes = bad.notes.join(" | ");
        for part in [
            "is secondary",
            "failed to publish",
            "delegation is lame: the parent zone \
            points to ns1.example.net.",
        ] {
            assert!(notes.contains(part), "{notes}");
        }
        assert_eq!(zone(json!({"id": 1, "name": "example.com"})).notes, [""; 0]);
    }

    #[test]
    fn paging_ends_when_there_is_no_later_page() {
        let page = |next: Value| -> ZonesPage {
            serde_json::from_value(
                json!({"zones": [], "meta": {"pagination": {"next_page": next}}}),
            )
            .unwrap()
        };
        assert_eq!(page(json!(2)).next(1), Some(2));
        assert_eq!(page(json!(1)).next(1), None);
        assert_eq!(page(Value::Null).next(1), None);
        let bare: ZonesPage = serde_json::from_value(json!({"zones": []})).unwrap();
        assert_eq!(bare.next(1), None);
    }
}
