//! A zone as the vendor keeps it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::problem::Problem;
use super::record::{Key, Record, RrSet};

/// The name servers the vendor assigns; with trailing dots, as in its answers.
pub(crate) const NAME_SERVERS: [&str; 3] =
    ["hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com.", "helium.ns.hetzner.de."];

pub(super) const DEFAULT_TTL: u32 = 3600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Primary,
    Secondary,
}

#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub id: u64,
    pub name: String,
    pub created: Timestamp,
    pub mode: Mode,
    pub ttl: u32,
    pub labels: BTreeMap<String, String>,
    pub protected: bool,
    /// Of a secondary zone.
    pub primary_nameservers: Vec<Value>,
    /// Whether the parent points to us: so for the zones an emulator starts with.
    pub delegated: bool,
    pub rrsets: Vec<RrSet>,
}

impl Zone {
    pub(super) fn new(name: &str, mode: Mode, created: Timestamp) -> Self {
        Self {
            id: 0,
            name: name.to_owned(),
            created,
            mode,
            ttl: DEFAULT_TTL,
            labels: BTreeMap::new(),
            protected: false,
            primary_nameservers: Vec::new(),
            delegated: false,
            rrsets: Vec::new(),
        }
    }

    /// Adds the SOA and the apex NS, unless they are there.
    pub(super) fn complete(&mut self) {
        let servers = NAME_SERVERS.map(Record::plain).to_vec();
        let serial = first_serial(self.created);
        let soa = format!("{} dns.hetzner.com. {serial} 86400 10800 3600000 3600", NAME_SERVERS[0]);
        for (place, rtype, records) in [(0, "SOA", vec![Record::plain(soa)]), (1, "NS", servers)] {
            if self.find("@", rtype).is_none() {
                let set = self.built("@", rtype, None, records);
                self.rrsets.insert(place.min(self.rrsets.len()), set);
            }
        }
    }

    pub(super) fn built(
        &self,
        name: &str,
        rtype: &str,
        ttl: Option<u32>,
        records: Vec<Record>,
    ) -> RrSet {
        RrSet {
            name: name.to_owned(),
            rtype: rtype.to_owned(),
            ttl,
            labels: BTreeMap::new(),
            protected: false,
            records,
            created: self.rrsets.iter().map(|set| set.created).max().unwrap_or(0) + 1,
        }
    }

    pub(super) fn find(&self, name: &str, rtype: &str) -> Option<&RrSet> {
        self.rrsets.iter().find(|set| set.name == name && set.rtype == rtype)
    }

    /// An RRset that is about to be changed; refuses if there is none or it is protected.
    pub(super) fn changeable(&mut self, name: &str, rtype: &str) -> Result<&mut RrSet, Problem> {
        let set = self.existing(name, rtype)?;
        if set.protected {
            return Err(change_protected());
        }
        Ok(set)
    }

    pub(super) fn existing(&mut self, name: &str, rtype: &str) -> Result<&mut RrSet, Problem> {
        self.rrsets
            .iter_mut()
            .find(|set| set.name == name && set.rtype == rtype)
            .ok_or_else(|| Problem::not_found("rrset"))
    }

    pub(super) fn require_primary(&self) -> Result<(), Problem> {
        match self.mode {
            Mode::Primary => Ok(()),
            Mode::Secondary => Err(Problem::incorrect_zone_mode()),
        }
    }

    /// Refuses a CNAME beside other data (RFC 1034 §3.6.2).
    pub(super) fn check_exclusive(&self, name: &str, rtype: &str) -> Result<(), Problem> {
        let clash = self
            .rrsets
            .iter()
            .filter(|set| set.name == name && set.rtype != rtype)
            .find(|set| set.rtype == "CNAME" || rtype == "CNAME");
        match clash {
            None => Ok(()),
            Some(set) => Err(Problem::field(
                "type",
                format!("{rtype} cannot exist beside {} at the same name", set.rtype),
            )),
        }
    }

    /// Raises the serial, in the form YYYYMMDDnn.
    pub(super) fn raise_serial(&mut self, now: Timestamp) {
        let Ok(soa) = self.existing("@", "SOA") else { return };
        let Some(record) = soa.records.first_mut() else { return };
        let mut words: Vec<String> = record.value.split_whitespace().map(str::to_owned).collect();
        if let Some(serial) = words.get_mut(2) {
            let old: u32 = serial.parse().unwrap_or(0);
            *serial = first_serial(now).max(old.wrapping_add(1)).to_string();
        }
        record.value = words.join(" ");
    }

    pub(super) fn content(&self) -> BTreeMap<Key, RrSet> {
        self.rrsets.iter().map(|set| (set.key(), set.clone())).collect()
    }

    pub(super) fn json(&self, status: &str) -> Value {
        let assigned: &[&str] = match self.mode {
            Mode::Primary => &NAME_SERVERS,
            Mode::Secondary => &[],
        };
        let (delegated, checked, delegation) = if self.delegated {
            (assigned, Value::String(time(self.created)), "valid")
        } else {
            (&[][..], Value::Null, "unknown")
        };
        json!({
            "id": self.id,
            "name": self.name,
            "created": time(self.created),
            "mode": match self.mode { Mode::Primary => "primary", Mode::Secondary => "secondary" },
            "status": status,
            "ttl": self.ttl,
            "record_count": self.rrsets.iter().map(|set| set.records.len()).sum::<usize>(),
            "labels": self.labels,
            "protection": {"delete": self.protected},
            "primary_nameservers": self.primary_nameservers,
            "authoritative_nameservers": {
                "assigned": assigned,
                "delegated": delegated,
                "delegation_last_check": checked,
                "delegation_status": delegation,
            },
            "registrar": if self.delegated { "other" } else { "unknown" },
        })
    }
}

pub(super) fn change_protected() -> Problem {
    Problem::protected("RRSet(s) is/are change protected")
}

/// A point in time as the vendor writes it.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn first_serial(day: Timestamp) -> u32 {
    day.strftime("%Y%m%d00").to_string().parse().unwrap_or(0)
}
