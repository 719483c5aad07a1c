//! The JSON of what a project keeps besides servers: networks, firewalls, addresses, keys.
use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use super::wire::{Named, Numbered};
use crate::address::Address;
use crate::key::StoredKey;
use crate::labels;
use crate::network::{Network, Subnet};
use crate::opening::{Opening, Protocol, Traffic};
use crate::range::Range;

#[derive(Deserialize)]
pub(super) struct WireNetwork {
    pub(super) id: u64,
    name: String,
    #[serde(default)]
    ip_range: Option<String>,
    #[serde(default)]
    subnets: Vec<WireSubnet>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct WireSubnet {
    #[serde(default)]
    ip_range: String,
    #[serde(default)]
    network_zone: String,
}

impl WireNetwork {
    pub(super) fn network(self) -> Network {
        let id = self.id.to_string();
        let mut network = Network::new(&id, &self.name);
        network.owner = labels::unmark(self.labels).0;
        network.range = self.ip_range.as_deref().and_then(|text| Range::parse(text).ok());
        let subnet = |wire: &WireSubnet| {
            let range = Range::parse(&wire.ip_range).ok()?;
            Some(Subnet::new(format!("{id}/{range}"), range.to_string(), &wire.network_zone, range))
        };
        network.subnets = self.subnets.iter().filter_map(subnet).collect();
        network
    }
}

#[derive(Deserialize)]
pub(super) struct NetworkAnswer {
    pub(super) network: WireNetwork,
}

#[derive(Deserialize)]
pub(super) struct Firewall {
    pub(super) id: u64,
    name: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    pub(super) applied_to: Vec<AppliedTo>,
}

#[derive(Deserialize)]
struct Rule {
    direction: String,
    protocol: String,
    #[serde(default)]
    port: Option<String>,
    #[serde(default)]
    source_ips: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct AppliedTo {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) server: Option<Numbered>,
    #[serde(default)]
    pub(super) label_selector: Option<Selector>,
}

#[derive(Deserialize)]
pub(super) struct Selector {
    pub(super) selector: String,
}

#[derive(Deserialize)]
pub(super) struct FirewallAnswer {
    pub(super) firewall: Firewall,
}

impl Firewall {
    pub(super) fn opening(self) -> Opening {
        let mut opening = Opening::new(self.id.to_string(), &self.name);
        opening.owner = labels::unmark(self.labels).0;
        let inward: Vec<&Rule> = self.rules.iter().filter(|rule| rule.direction == "in").collect();
        opening.traffic = inward.iter().filter_map(|rule| rule.traffic()).collect();
        opening.sources = inward.iter().flat_map(|rule| rule.source_ips.clone()).collect();
        opening.sources.sort();
        opening.sources.dedup();
        opening
    }
}

impl Rule {
    fn traffic(&self) -> Option<Traffic> {
        let protocol = match self.protocol.as_str() {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "icmp" => return Some(Traffic::all(Protocol::Icmp)),
            _ => return None,
        };
        let port = self.port.as_deref().unwrap_or("any");
        if port == "any" || port == "1-65535" {
            return Some(Traffic::all(protocol));
        }
        let (first, last) = port.split_once('-').unwrap_or((port, port));
        Some(Traffic::ports(protocol, first.parse().ok()?, last.parse().ok()?))
    }
}

#[derive(Deserialize)]
pub(super) struct PrimaryIp {
    pub(super) id: u64,
    name: String,
    #[serde(default)]
    ip: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    location: Named,
    #[serde(default)]
    assignee_id: Option<u64>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

impl PrimaryIp {
    pub(super) fn address(self) -> Address {
        let text = self.ip.split('/').next().unwrap_or_default();
        let ip: Option<IpAddr> = text.parse().ok();
        let mut address = Address::new(self.id.to_string(), &self.name, &self.location.name, ip);
        address.owner = labels::unmark(self.labels).0;
        // Whatever it is assigned to: the kinds of assignees grow.
        address.server = self.assignee_id.map(|id| id.to_string());
        address
    }

    pub(super) fn is_v4(&self) -> bool {
        self.kind == "ipv4"
    }
}

#[derive(Deserialize)]
pub(super) struct WireKey {
    id: u64,
    name: String,
    #[serde(default)]
    public_key: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct KeyAnswer {
    pub(super) ssh_key: WireKey,
}

impl WireKey {
    pub(super) fn key(self) -> StoredKey {
        let mut key = StoredKey::new(self.id.to_string(), &self.name, &self.public_key);
        key.owner = labels::unmark(self.labels).0;
        key
    }
}
