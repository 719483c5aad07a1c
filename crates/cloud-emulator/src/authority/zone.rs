//! A zone's content and the answers it gives (RFC 1034 §4.3.2, 2308, 4592, 8482).

use std::collections::{BTreeMap, BTreeSet};

use super::message::{NOERROR, NXDOMAIN, Record, Reply};
use super::name::Name;
use super::rdata;
use super::{RdataError, ZoneRecord};

const NS: u16 = 2;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const HINFO: u16 = 13;
const DS: u16 = 43;
const ANY: u16 = 255;
const MOST_ALIASES: usize = 8;

pub(super) struct Zone {
    apex: Name,
    nodes: BTreeMap<Name, BTreeMap<u16, RrSet>>,
    /// Every name that exists, those without records of their own included.
    names: BTreeSet<Name>,
}

struct RrSet {
    ttl: u32,
    data: Vec<Vec<u8>>,
}

impl Zone {
    /// Builds a zone; records that cannot be encoded are left out with a warning. The error says
    /// why the zone itself cannot be.
    pub(super) fn new(apex: &str, records: &[ZoneRecord]) -> Result<Self, String> {
        let apex = Name::parse(apex, &Name::root())?.lower();
        let mut zone = Self { apex, nodes: BTreeMap::new(), names: BTreeSet::new() };
        for record in records {
            if let Err(error) = zone.add(record) {
                let ZoneRecord { name, rtype, rdata, .. } = record;
                tracing::warn!(name, rtype, rdata, %error, "record not published");
            }
        }
        Ok(zone)
    }

    /// The zone's own name, in lower case.
    pub(super) fn apex(&self) -> &Name {
        &self.apex
    }

    /// The answer to a question for `asked`, in lower case, at or below the apex.
    pub(super) fn answer(&self, asked: &Name, qtype: u16) -> Reply {
        let mut reply = Reply { authoritative: true, ..Reply::default() };
        let mut name = asked.clone();
        for _ in 0..=MOST_ALIASES {
            let Some(target) = self.step(&name, qtype, &mut reply) else {
                return reply;
            };
            let seen =
                target == *asked || reply.answers.iter().any(|record| record.owner == target);
            if seen || !target.is_under(&self.apex) {
                return reply;
            }
            name = target;
        }
        reply
    }

    /// Answers for one name; `Some` is the alias to go on with.
    fn step(&self, name: &Name, qtype: u16, reply: &mut Reply) -> Option<Name> {
        if let Some(cut) = self.delegation(name, qtype) {
            self.refer(&cut, reply);
            return None;
        }
        let Some(sets) = self.find(name) else {
            reply.rcode = NXDOMAIN;
            reply.authority.extend(self.negative());
            return None;
        };
        if qtype == ANY && !sets.is_empty() {
            // RFC 8482 §4.2: nobody needs everything, and amplifiers less than anybody.
            let data = b"\x07RFC8482\x00".to_vec();
            reply.answers.push(Record { owner: name.clone(), rtype: HINFO, ttl: 3600, data });
            return None;
        }
        if let Some(set) = sets.get(&qtype) {
            reply.answers.extend(set.records(name, qtype));
            return None;
        }
        if let Some(alias) = sets.get(&CNAME) {
            reply.answers.extend(alias.records(name, CNAME));
            return alias.data.first().and_then(|data| read_name(data)).map(|name| name.lower());
        }
        reply.rcode = NOERROR;
        reply.authority.extend(self.negative());
        None
    }

    /// The RRsets at a name, by way of a wildcard if need be; `None` if the name does not exist.
    fn find(&self, name: &Name) -> Option<&BTreeMap<u16, RrSet>> {
        static NOTHING: BTreeMap<u16, RrSet> = BTreeMap::new();
        if self.names.contains(name) {
            return Some(self.nodes.get(name).unwrap_or(&NOTHING));
        }
        let encloser = name.suffixes().find(|suffix| self.names.contains(suffix))?;
        self.nodes.get(&encloser.wildcard_of())
    }

    /// The delegation at or above a name, below the apex.
    fn delegation(&self, name: &Name, qtype: u16) -> Option<Name> {
        let mut cuts: Vec<Name> = name
            .suffixes()
            .take_while(|suffix| *suffix != self.apex)
            .filter(|suffix| self.nodes.get(suffix).is_some_and(|sets| sets.contains_key(&NS)))
            .collect();
        let cut = cuts.pop()?;
        // The parent answers for the DS at the cut itself.
        (cut != *name || qtype != DS).then_some(cut)
    }

    fn refer(&self, cut: &Name, reply: &mut Reply) {
        // Behind an alias the answer stays ours (RFC 1034 §4.3.2 step 3).
        reply.authoritative = !reply.answers.is_empty();
        let Some(set) = self.nodes.get(cut).and_then(|sets| sets.get(&NS)) else { return };
        reply.authority.extend(set.records(cut, NS));
        for server in set.data.iter().filter_map(|data| read_name(data)) {
            for rtype in [1, 28] {
                if let Some(glue) =
                    self.nodes.get(&server.lower()).and_then(|sets| sets.get(&rtype))
                {
                    reply.additional.extend(glue.records(&server, rtype));
                }
            }
        }
    }

    /// The SOA of a negative answer, with the TTL for which it may be cached (RFC 2308 §3).
    fn negative(&self) -> Option<Record> {
        let set = self.nodes.get(&self.apex)?.get(&SOA)?;
        let data = set.data.first()?.clone();
        let minimum = data.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))?;
        Some(Record { owner: self.apex.clone(), rtype: SOA, ttl: set.ttl.min(minimum), data })
    }

    fn add(&mut self, record: &ZoneRecord) -> Result<(), RdataError> {
        let root = Name::root();
        let name = Name::parse(&record.name, &root).map_err(RdataError::Value)?.lower();
        if !name.is_under(&self.apex) {
            return Err(RdataError::Value("the name is outside of the zone".to_owned()));
        }
        let (code, data) = rdata::encode(&record.rtype, &record.rdata, &self.apex)?;
        for existing in name.suffixes().take_while(|suffix| suffix.is_under(&self.apex)) {
            self.names.insert(existing);
        }
        let set = self
            .nodes
            .entry(name)
            .or_default()
            .entry(code)
            .or_insert_with(|| RrSet { ttl: record.ttl, data: Vec::new() });
        if !set.data.contains(&data) {
            set.data.push(data);
        }
        Ok(())
    }
}

impl RrSet {
    fn records(&self, owner: &Name, rtype: u16) -> impl Iterator<Item = Record> {
        self.data.iter().map(move |data| Record {
            owner: owner.clone(),
            rtype,
            ttl: self.ttl,
            data: data.clone(),
        })
    }
}

/// The name at the start of record data, which we have written ourselves, uncompressed.
fn read_name(mut data: &[u8]) -> Option<Name> {
    let mut labels = Vec::new();
    loop {
        let (&length, rest) = data.split_first()?;
        if length == 0 {
            return Some(Name::from_labels(labels));
        }
        let (label, rest) = rest.split_at_checked(usize::from(length))?;
        labels.push(label.to_vec());
        data = rest;
    }
}
