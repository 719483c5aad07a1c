//! A managed zone: what was set by its owner, its record sets, its changes and operations.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::rrset::{Key, RrSet, inside};
use crate::authority::ZoneRecord;

/// One zone of the project.
#[derive(Debug)]
pub(crate) struct Zone {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// Lower case, with the trailing dot.
    pub(crate) dns_name: String,
    pub(crate) private: bool,
    pub(crate) created: String,
    pub(crate) name_servers: Vec<String>,
    /// The members of the resource that its owner sets: description, labels, configurations.
    pub(crate) settings: Map<String, Value>,
    pub(crate) rrsets: BTreeMap<Key, RrSet>,
    pub(crate) changes: Vec<Change>,
    pub(crate) operations: Vec<Operation>,
    /// Number of the newest change whose content the name servers were given.
    pub(crate) published: usize,
    pub(crate) iam: Value,
}

/// A change as `changes.get` shows it; its id is its place in the list.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) started: String,
    pub(crate) done: bool,
    pub(crate) additions: Vec<Value>,
    pub(crate) deletions: Vec<Value>,
}

/// A zone operation as `managedZoneOperations.get` shows it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) started: String,
    pub(crate) done: bool,
    pub(crate) kind: &'static str,
    pub(crate) user: String,
    pub(crate) old: Option<Value>,
    pub(crate) new: Option<Value>,
}

impl Zone {
    pub(crate) fn json(&self) -> Value {
        let mut zone = self.settings.clone();
        zone.insert("kind".into(), json!("dns#managedZone"));
        zone.insert("id".into(), json!(self.id.to_string()));
        zone.insert("name".into(), json!(self.name));
        zone.insert("dnsName".into(), json!(self.dns_name));
        zone.insert("nameServers".into(), json!(self.name_servers));
        zone.insert("creationTime".into(), json!(self.created));
        let visibility = if self.private { "private" } else { "public" };
        zone.insert("visibility".into(), json!(visibility));
        Value::Object(zone)
    }

    /// Whether `key` from a path means this zone: its name or its number.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.name == key || key.parse() == Ok(self.id)
    }

    /// Whether resolvers on the Internet would be answered from this zone.
    pub(crate) fn served(&self) -> bool {
        let elsewhere = ["forwardingConfig", "peeringConfig"];
        !self.private && !elsewhere.iter().any(|config| self.settings.contains_key(*config))
    }

    /// NS and SOA, which every zone starts with, and change 0 that made them.
    pub(crate) fn fill(&mut self) {
        const TTL: i32 = 21600;
        let primary = self.name_servers.first().cloned().unwrap_or_default();
        let soa = format!("{primary} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300");
        let set = |rtype: &str, rrdatas| RrSet {
            name: self.dns_name.clone(),
            rtype: rtype.to_owned(),
            ttl: TTL,
            rrdatas,
            routing: None,
        };
        let sets = [set("NS", self.name_servers.clone()), set("SOA", vec![soa])];
        self.changes.push(Change {
            started: self.created.clone(),
            done: true,
            additions: sets.iter().map(RrSet::json).collect(),
            deletions: Vec::new(),
        });
        self.rrsets.extend(sets.map(|set| (set.key(), set)));
    }

    pub(crate) fn change_json(&self, id: usize) -> Option<Value> {
        let change = self.changes.get(id)?;
        let mut answer = json!({
            "kind": "dns#change", "id": id.to_string(), "startTime": change.started,
            "status": status(change.done),
        });
        for (member, sets) in [("additions", &change.additions), ("deletions", &change.deletions)] {
            if !sets.is_empty() {
                answer[member] = json!(sets);
            }
        }
        Some(answer)
    }

    /// The records as the name servers shall answer them.
    pub(crate) fn records(&self) -> Vec<ZoneRecord> {
        let plain = |name: &str| name.trim_end_matches('.').to_owned();
        let mut records = Vec::new();
        for set in self.rrsets.values().filter(|set| inside(&set.name, &self.dns_name)) {
            for rdata in set.answers() {
                records.push(ZoneRecord {
                    name: plain(&set.name),
                    rtype: set.rtype.clone(),
                    ttl: u32::try_from(set.ttl).unwrap_or_default(),
                    rdata,
                });
            }
        }
        records
    }
}

impl Operation {
    pub(crate) fn json(&self) -> Value {
        let mut context = Map::new();
        for (member, zone) in [("oldValue", &self.old), ("newValue", &self.new)] {
            if let Some(zone) = zone {
                context.insert(member.to_owned(), zone.clone());
            }
        }
        json!({
            "kind": "dns#operation", "id": self.id, "startTime": self.started,
            "status": status(self.done), "type": self.kind, "user": self.user,
            "zoneContext": context,
        })
    }
}

fn status(done: bool) -> &'static str {
    if done { "done" } else { "pending" }
}
