//! What name servers really answer: every address of every authoritative server, and public
//! resolvers, asked in parallel without any cache in between.
//!
//! Messages are encoded and checked here, on sockets of their own. Authoritative servers are asked
//! with the RD bit off (RFC 1035 section 4.1.1). Each question goes out over UDP with EDNS
//! (RFC 6891, payload 1232) and a random id from a random port; an answer counts only when it comes
//! from the address asked, with that id and that question. TCP (RFC 7766) follows when the answer
//! is truncated or UDP does not get through.
mod exchange;
mod look;
mod message;
mod resolvers;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

pub use look::{Asking, Line, Look, look};
pub use resolvers::{PublicResolver, public_resolvers};

use crate::record::Key;
use crate::zone::Zone;

/// The port of DNS.
const PORT: u16 = 53;

/// One authoritative name server with all its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameServer {
    /// Its name, without trailing dot.
    pub name: String,
    /// Its addresses; empty when the name could not be resolved.
    pub addresses: Vec<SocketAddr>,
}

/// What one server answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    /// Whether the AA bit was set.
    pub authoritative: bool,
    /// The response code by its mnemonic: `NOERROR`, `NXDOMAIN`, `REFUSED`, ...
    pub rcode: String,
    /// The smallest TTL among the records asked for, in seconds; `None` without records.
    pub ttl: Option<u32>,
    /// The record data in presentation format, sorted; empty for NODATA and for errors.
    pub values: Vec<String>,
    /// Whether the answer came over TCP.
    pub over_tcp: bool,
}

/// What came of asking one address of one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Observation {
    /// The server's name.
    pub server: String,
    /// The address asked.
    pub address: SocketAddr,
    /// How long it took.
    pub elapsed: Duration,
    /// The answer, or in words an operator uses why there is none.
    pub reply: Result<Reply, String>,
}

/// Asks `server` for `key`, with the RD bit as `recursion` says, and waits `timeout` at most.
///
/// Any well-formed answer is `Ok`, `SERVFAIL` and `REFUSED` too. CNAMEs within the answer are
/// followed. `Err` says why there is no answer: nothing listens there, no answer in time, rubbish.
pub async fn ask(
    server: SocketAddr,
    key: &Key,
    recursion: bool,
    timeout: Duration,
) -> Result<Reply, String> {
    exchange::ask(server, key, recursion, timeout).await
}

/// Asks every address of every server for `key` at the same time, with RD=0. One observation per
/// address, in order.
pub async fn observe(servers: &[NameServer], key: &Key, timeout: Duration) -> Vec<Observation> {
    let addresses = servers
        .iter()
        .flat_map(|server| server.addresses.iter().map(move |address| (&server.name, *address)));
    join_all(addresses.map(|(name, address)| one(name, address, key, false, timeout))).await
}

/// Asks every resolver for `key` at the same time, with RD=1. One observation per resolver, in
/// order; the TTL is what is left of it in that resolver's cache.
pub async fn survey(
    resolvers: &[PublicResolver],
    key: &Key,
    timeout: Duration,
) -> Vec<Observation> {
    let asked = resolvers.iter().map(|at| one(&at.name, at.address, key, true, timeout));
    join_all(asked).await
}

/// The name servers of `zone` with all their addresses, v4 and v6, from the system's resolver.
///
/// A server whose name does not resolve is listed without addresses; if none resolves, that is an
/// error, and so is a zone without name servers.
pub async fn servers_of(zone: &Zone) -> Result<Vec<NameServer>, String> {
    if zone.name_servers.is_empty() {
        return Err(format!("zone {} has no name servers", zone.name));
    }
    let found = join_all(zone.name_servers.iter().map(async |name| {
        let looked_up = tokio::net::lookup_host((name.as_str(), PORT)).await;
        (name.to_string(), looked_up.map(|all| distinct(all.collect())))
    }))
    .await;
    let mut servers = Vec::with_capacity(found.len());
    let mut failures = Vec::new();
    for (name, looked_up) in found {
        let addresses = looked_up.unwrap_or_else(|error| {
            failures.push(format!("{name}: {error}"));
            Vec::new()
        });
        servers.push(NameServer { name, addresses });
    }
    if servers.iter().all(|server| server.addresses.is_empty()) {
        return Err(format!("no name server of {} resolves: {}", zone.name, failures.join("; ")));
    }
    Ok(servers)
}

async fn one(
    name: &str,
    address: SocketAddr,
    key: &Key,
    recursion: bool,
    timeout: Duration,
) -> Observation {
    let start = Instant::now();
    let reply = ask(address, key, recursion, timeout).await;
    Observation { server: name.to_owned(), address, elapsed: start.elapsed(), reply }
}

fn distinct(mut addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    addresses.sort();
    addresses.dedup();
    addresses
}
