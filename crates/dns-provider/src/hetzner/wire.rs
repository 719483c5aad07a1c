//! The JSON of the API, but for RRsets.
//!
//! Only what is needed is read, and everything else may come or go: Hetzner removes fields on
//! announced dates.
use cloud_http::hetzner::Action;
use cloud_http::lenient;
use serde::Deserialize;

use super::stored::WireRrSet;
use crate::name::Name;
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
    #[serde(default, deserialize_with = "lenient::optional_number")]
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
    #[serde(deserialize_with = "lenient::number")]
    id: u64,
    name: String,
    /// The TTL of RRsets without one.
    #[serde(default, deserialize_with = "lenient::optional_number")]
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
    /// The zone in our terms; `None` for a name that ours cannot express (classless reverse zones
    /// have a slash), so that one such zone does not hide the others.
    pub(super) fn zone(self) -> Option<Zone> {
        let name = Name::parse(&self.name).ok()?;
        let notes = self.notes();
        let servers = self.authoritative_nameservers.unwrap_or_default();
        let assigned = servers.assigned.unwrap_or_default();
        let assigned = assigned.iter().filter_map(|text| Name::parse(text).ok()).collect();
        Some(Zone { notes, ..Zone::new(self.id.to_string(), name, assigned) })
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
            Some("unknown") => {
                notes
                    .push("Hetzner has not looked yet whether the parent zone points to it".into());
            }
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
pub(super) struct ActionAnswer {
    pub(super) action: Action,
}

#[derive(Deserialize)]
pub(super) struct ActionsAnswer {
    #[serde(default)]
    pub(super) actions: Vec<Action>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn zone(json: Value) -> Zone {
        serde_json::from_value::<WireZone>(json).unwrap().zone().unwrap()
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
        let new = zone(json!({"id": 1, "name": "example.com",
            "authoritative_nameservers": {"delegated": [], "delegation_status": "unknown"}}));
        assert!(new.notes[0].contains("has not looked yet"));
    }

    #[test]
    fn a_zone_with_a_name_that_is_none_of_ours_is_left_out() {
        let odd = json!({"id": 1, "name": "0/25.2.0.192.in-addr.arpa"});
        assert_eq!(serde_json::from_value::<WireZone>(odd).unwrap().zone(), None);
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
