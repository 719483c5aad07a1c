//! Openings: what the vendor's own packet filter lets through to the servers.
//!
//! Schwenk filters on the servers themselves, the same way everywhere. The vendors' filters only
//! have to let through what the servers shall judge: Google's lets nothing in by default, Hetzner's
//! exists only where one was made.
use std::net::{Ipv4Addr, Ipv6Addr};

use cloud_http::{Failure, Kind};
use serde::{Deserialize, Serialize};

use crate::name::{Name, Owner};

/// A kind of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP; of IPv6 sources ICMPv6.
    Icmp,
}

/// Traffic to let in: a protocol and, but for ICMP, a span of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Traffic {
    /// The protocol.
    pub protocol: Protocol,
    /// First and last port; `None` for ICMP, and for all ports.
    pub ports: Option<(u16, u16)>,
}

impl Traffic {
    /// ICMP, or all ports of a protocol.
    pub fn all(protocol: Protocol) -> Self {
        Self { protocol, ports: None }
    }

    /// One port.
    pub fn port(protocol: Protocol, port: u16) -> Self {
        Self { protocol, ports: Some((port, port)) }
    }

    /// A span of ports.
    pub fn ports(protocol: Protocol, first: u16, last: u16) -> Self {
        Self { protocol, ports: Some((first, last)) }
    }
}

/// An opening as a provider shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Opening {
    /// How the provider's methods want it named.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is, if it says so.
    pub owner: Option<String>,
    /// What is let in.
    pub traffic: Vec<Traffic>,
    /// From where, in CIDR notation.
    pub sources: Vec<String>,
}

impl Opening {
    /// An opening that lets nothing in.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let (id, name) = (id.into(), name.into());
        Self { id, name, owner: None, traffic: Vec::new(), sources: Vec::new() }
    }
}

/// An opening that is wanted: traffic to all servers of an owner, or those with a tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OpeningSpec {
    /// Its name, unique in the project.
    pub name: Name,
    /// Whose it shall be, and whose servers it is for.
    pub owner: Owner,
    /// The [`Network::id`](crate::Network::id) it is for. Hetzner's filters know no networks: they
    /// see public traffic only.
    pub network: String,
    /// Only servers with this tag; `None`: all of the owner's.
    pub tag: Option<Name>,
    /// What is let in.
    pub traffic: Vec<Traffic>,
    /// From where, in CIDR notation; either all IPv4 or all IPv6.
    pub sources: Vec<String>,
}

impl OpeningSpec {
    /// Everything from everywhere (IPv4) to all servers of `owner`: the servers filter themselves.
    pub fn everything(name: Name, owner: Owner, network: impl Into<String>) -> Self {
        let traffic = [Protocol::Tcp, Protocol::Udp, Protocol::Icmp].map(Traffic::all);
        Self {
            name,
            owner,
            network: network.into(),
            tag: None,
            traffic: traffic.to_vec(),
            sources: vec!["0.0.0.0/0".to_owned()],
        }
    }

    /// Whether the sources are IPv6.
    pub fn is_v6(&self) -> bool {
        self.sources.iter().any(|source| source.contains(':'))
    }

    /// Checks what can be known to be wrong before any request.
    pub fn validate(&self) -> Result<(), Failure> {
        let wrong = |why: String| {
            Err(Failure::new(Kind::Invalid, format!("the opening \"{}\" {why}", self.name)))
        };
        if self.traffic.is_empty() || self.sources.is_empty() {
            return wrong("lets nothing in: it needs traffic and sources".to_owned());
        }
        for traffic in &self.traffic {
            match (traffic.protocol, traffic.ports) {
                (Protocol::Icmp, Some(_)) => return wrong("gives ICMP a port".to_owned()),
                (_, Some((first, last))) if first == 0 || first > last => {
                    return wrong(format!("has no ports from {first} to {last}"));
                }
                _ => {}
            }
        }
        if let Some(bad) = self.sources.iter().find(|source| !is_cidr(source)) {
            return wrong(format!("has the source \"{bad}\", which is no range such as ::/0"));
        }
        // One filter rule of Google's holds either; so does one opening.
        if self.is_v6() && !self.sources.iter().all(|source| source.contains(':')) {
            return wrong("mixes IPv4 and IPv6 sources: make two openings".to_owned());
        }
        Ok(())
    }
}

fn is_cidr(text: &str) -> bool {
    let Some((base, prefix)) = text.split_once('/') else { return false };
    let Ok(prefix) = prefix.parse::<u8>() else { return false };
    let v4 = base.parse::<Ipv4Addr>().is_ok() && prefix <= 32;
    v4 || (base.parse::<Ipv6Addr>().is_ok() && prefix <= 128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> OpeningSpec {
        let (name, owner) = (Name::parse("all").unwrap(), Owner::parse("acme").unwrap());
        OpeningSpec::everything(name, owner, "edge")
    }

    #[test]
    fn an_opening_that_no_vendor_takes_is_refused_beforehand() {
        let with = |traffic: Vec<Traffic>, sources: &[&str]| OpeningSpec {
            traffic,
            sources: sources.iter().map(ToString::to_string).collect(),
            ..everything()
        };
        let web = Traffic::port(Protocol::Tcp, 443);
        for (spec, why) in [
            (with(vec![], &["::/0"]), "lets nothing in"),
            (with(vec![web], &[]), "lets nothing in"),
            (with(vec![Traffic::port(Protocol::Icmp, 8)], &["::/0"]), "gives ICMP a port"),
            (with(vec![Traffic::ports(Protocol::Tcp, 443, 80)], &["::/0"]), "no ports from 443"),
            (with(vec![Traffic::port(Protocol::Udp, 0)], &["::/0"]), "no ports from 0"),
            (with(vec![web], &["192.0.2.1"]), "no range"),
            (with(vec![web], &["192.0.2.0/33"]), "no range"),
            (with(vec![web], &["0.0.0.0/0", "::/0"]), "mixes"),
        ] {
            let failure = spec.validate().unwrap_err();
            assert!(failure.message.contains(why), "{failure}");
        }
        assert_eq!(everything().validate(), Ok(()));
        assert_eq!(with(vec![web], &["2001:db8::/32", "::/0"]).validate(), Ok(()));
    }
}
