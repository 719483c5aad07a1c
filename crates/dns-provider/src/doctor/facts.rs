//! What was found out about a zone, before anybody judges it.
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use serde::Serialize;

use crate::name::Name;
use crate::record::Key;

/// All that was found out about a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The zone.
    pub zone: Name,
    /// When it was looked at, in seconds since the Unix epoch: signatures have an end.
    pub at: u64,
    /// What the zone above says.
    pub parent: Parent,
    /// The providers and their name servers.
    pub providers: Vec<Provider>,
}

/// What the zone above says of this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Parent {
    /// Its name; empty for the root, `None` if it was not found.
    pub zone: Option<String>,
    /// Who was asked, by name and address.
    pub asked: Vec<String>,
    /// Why it could not be asked, one reason per server.
    pub problems: Vec<String>,
    /// The name servers it delegates to.
    pub name_servers: BTreeSet<String>,
    /// The TTL of that, in seconds.
    pub ttl: Option<u32>,
    /// The addresses it gives along.
    pub glue: BTreeMap<String, BTreeSet<IpAddr>>,
    /// The keys it vouches for.
    pub ds: BTreeSet<KeyTag>,
}

/// A provider, or what looks like one: name servers that live and die together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// Its name servers, one entry per address.
    pub servers: Vec<Server>,
}

/// One address of one name server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Server {
    /// Its name, without trailing dot.
    pub name: String,
    /// Where it was asked; `None`: its name has no address.
    pub address: Option<SocketAddr>,
    /// What it said over UDP.
    pub udp: Result<Answers, String>,
    /// Whether it answers over TCP.
    pub tcp: Result<(), String>,
    /// Whether it understands EDNS.
    pub edns: bool,
}

/// What one server says of the zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// Whether it answers with authority.
    pub authoritative: bool,
    /// The response code to the question for the SOA.
    pub rcode: String,
    /// The SOA.
    pub soa: Option<Soa>,
    /// The name servers at the apex.
    pub name_servers: BTreeSet<String>,
    /// The TTL of that.
    pub ns_ttl: Option<u32>,
    /// The RRsets of the services.
    pub records: Vec<RecordAnswer>,
    /// The certification authorities that are allowed.
    pub caa: BTreeSet<String>,
    /// The zone's keys.
    pub keys: BTreeSet<KeyTag>,
    /// The signatures of SOA and keys.
    pub signatures: Vec<Signature>,
}

/// The start of authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Soa {
    /// The name server that is called the primary.
    pub mname: String,
    /// The serial.
    pub serial: u32,
    /// Refresh, retry and expire, in seconds: for secondaries.
    pub timers: [u32; 3],
    /// For how long "there is no such thing" is remembered: the smaller of TTL and last field.
    pub negative_ttl: u32,
}

/// What one server says of one RRset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordAnswer {
    /// Which.
    pub key: Key,
    /// The response code.
    pub rcode: String,
    /// The TTL.
    pub ttl: Option<u32>,
    /// The values.
    pub values: BTreeSet<String>,
}

/// What tells one key from another: RFC 4034 appendix B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KeyTag {
    /// The key tag.
    pub tag: u16,
    /// The algorithm's number.
    pub algorithm: u8,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// The type it covers.
    pub covers: String,
    /// By which key.
    pub by: KeyTag,
    /// From when, in seconds since the Unix epoch.
    pub from: u64,
    /// Until when.
    pub until: u64,
}

impl Server {
    /// What it says with authority, if it does.
    pub fn serves(&self) -> Option<&Answers> {
        self.udp.as_ref().ok().filter(|said| said.authoritative && said.rcode == "NOERROR")
    }
}

impl Provider {
    /// What its servers say that serve the zone.
    pub fn said(&self) -> impl Iterator<Item = &Answers> {
        self.servers.iter().filter_map(Server::serves)
    }

    /// Whether any of its servers answers for the zone.
    pub fn serves(&self) -> bool {
        self.said().next().is_some()
    }

    /// The names of its servers.
    pub fn names(&self) -> BTreeSet<&str> {
        self.servers.iter().map(|server| server.name.as_str()).collect()
    }
}
