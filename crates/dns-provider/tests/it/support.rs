//! Shorthands for tests.
use std::time::{Duration, Instant};

use dns_provider::{Call, Key, Name, RrSet, Zone};

/// A call nobody's machine is too slow for.
pub fn call() -> Call {
    Call::until(Instant::now() + Duration::from_secs(60))
}

pub fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

pub fn key(name: &str, rtype: &str) -> Key {
    Key::new(self::name(name), rtype.to_owned().into())
}

pub fn rrset(name: &str, rtype: &str, ttl: u32, values: &[&str]) -> RrSet {
    RrSet::parse(name, rtype, ttl, values).expect("an RRset")
}

pub fn zone() -> Zone {
    let servers = vec![name("ns1.example.net"), name("ns2.example.net")];
    Zone::new("z1", name("example.com"), servers)
}

/// What every zone has at its apex.
pub fn apex() -> Vec<RrSet> {
    let soa = "ns1.example.net. dns.example.net. 1 86400 10800 3600000 3600";
    vec![
        rrset("example.com", "SOA", 3600, &[soa]),
        rrset("example.com", "NS", 3600, &["ns1.example.net.", "ns2.example.net."]),
    ]
}
