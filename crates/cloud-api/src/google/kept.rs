//! The JSON of what a project keeps besides servers: networks, firewall rules, addresses.
use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use super::wire::{after, tail};
use crate::address::Address;
use crate::labels::{self, described};
use crate::network::{Network, Subnet};
use crate::opening::{Opening, Protocol, Traffic};
use crate::range::Range;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireNetwork {
    pub(super) name: String,
    #[serde(default)]
    description: Option<String>,
}

impl WireNetwork {
    pub(super) fn network(self) -> Network {
        let mut network = Network::new(&self.name, &self.name);
        network.owner = described(self.description.as_deref());
        network
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subnetwork {
    pub(super) name: String,
    pub(super) network: String,
    region: String,
    #[serde(default)]
    ip_cidr_range: Option<String>,
}

impl Subnetwork {
    /// The subnet in our terms; `None` for one without an IPv4 range.
    pub(super) fn subnet(&self) -> Option<Subnet> {
        let range = Range::parse(self.ip_cidr_range.as_deref()?).ok()?;
        let region = tail(&self.region);
        Some(Subnet::new(format!("{region}/{}", self.name), &self.name, region, range))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Firewall {
    pub(super) name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    direction: Option<String>,
    #[serde(default)]
    source_ranges: Vec<String>,
    #[serde(default)]
    allowed: Vec<Allowed>,
}

#[derive(Deserialize)]
struct Allowed {
    #[serde(rename = "IPProtocol")]
    protocol: String,
    #[serde(default)]
    ports: Vec<String>,
}

impl Firewall {
    /// The opening in our terms; `None` for a rule that opens nothing.
    pub(super) fn opening(self) -> Option<Opening> {
        let inward = self.direction.as_deref().is_none_or(|way| way == "INGRESS");
        if !inward || self.allowed.is_empty() {
            return None;
        }
        let mut opening = Opening::new(&self.name, &self.name);
        opening.owner = described(self.description.as_deref());
        opening.sources = self.source_ranges;
        opening.traffic = self.allowed.iter().flat_map(Allowed::traffic).collect();
        Some(opening)
    }
}

impl Allowed {
    fn traffic(&self) -> Vec<Traffic> {
        let protocol = match self.protocol.to_ascii_lowercase().as_str() {
            "tcp" | "6" => Protocol::Tcp,
            "udp" | "17" => Protocol::Udp,
            "icmp" | "1" | "58" | "ipv6-icmp" => Protocol::Icmp,
            "all" => {
                return [Protocol::Tcp, Protocol::Udp, Protocol::Icmp].map(Traffic::all).into();
            }
            _ => return Vec::new(),
        };
        if self.ports.is_empty() {
            return vec![Traffic::all(protocol)];
        }
        let span = |text: &String| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            Some(Traffic::ports(protocol, first.parse().ok()?, last.parse().ok()?))
        };
        self.ports.iter().filter_map(span).collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireAddress {
    name: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    pub(super) address: Option<String>,
    #[serde(default)]
    address_type: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    users: Vec<String>,
}

impl WireAddress {
    /// The address in our terms; `None` for an internal or a global one.
    pub(super) fn address(self) -> Option<Address> {
        if self.address_type.as_deref().is_some_and(|kind| kind != "EXTERNAL") {
            return None;
        }
        let region = tail(self.region.as_deref()?).to_owned();
        let ip: Option<IpAddr> = self.address.as_deref().and_then(|text| text.parse().ok());
        let mut address = Address::new(format!("{region}/{}", self.name), &self.name, &region, ip);
        address.owner = labels::unmark(self.labels).0;
        let user = self.users.first();
        address.server = user.map(|link| match after(link, "zones") {
            Some(zone) => format!("{zone}/{}", tail(link)),
            None => link.clone(),
        });
        Some(address)
    }
}
