//! A private network: its range, subnets and routes, and which of its addresses are free.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::body::Body;
use super::super::problem::Problem;
use super::super::zone::time;
use super::Compute;
use super::location::Location;
use super::resource::{Common, Resource};
use crate::cidr::Cidr;

#[derive(Clone, Debug)]
pub(super) struct Network {
    pub common: Common,
    pub range: Cidr,
    pub subnets: Vec<Subnet>,
    pub routes: Vec<(Cidr, Ipv4Addr)>,
    pub exposes_routes: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subnet {
    pub kind: String,
    pub range: Cidr,
    pub zone: String,
    pub vswitch: Option<u64>,
}

impl Network {
    /// Adds a subnet of a body; without range, the first free /24.
    pub(super) fn add_subnet(&mut self, body: &Body) -> Result<(), Problem> {
        // Older clients send the gateway back, which is not theirs to choose.
        body.only(&["type", "ip_range", "network_zone", "vswitch_id", "gateway"])?;
        let kind = body.required_text("type")?.to_owned();
        if !["cloud", "server", "vswitch"].contains(&kind.as_str()) {
            return Err(Problem::field("type", "must be one of cloud, server, vswitch"));
        }
        let zone = body.required_text("network_zone")?.to_owned();
        if !Location::is_zone(&zone) {
            return Err(Problem::field("network_zone", format!("{zone:?} is not a network zone")));
        }
        let vswitch = body.number("vswitch_id")?;
        if (kind == "vswitch") != vswitch.is_some() {
            return Err(Problem::field("vswitch_id", "is required for, and only for, a vswitch"));
        }
        let wrong = |why: &str| Problem::field("ip_range", why);
        let range = match body.text("ip_range")? {
            Some(text) => Cidr::parse(text).ok_or_else(|| wrong("is not an IPv4 range"))?,
            None => self
                .range
                .parts(24)
                .find(|part| self.subnets.iter().all(|subnet| !subnet.range.overlaps(*part)))
                .ok_or_else(|| wrong("there is no free /24 left"))?,
        };
        if range.bits() > 30 {
            return Err(wrong("must be /30 or larger"));
        }
        if !self.range.covers(range) {
            return Err(wrong("must be inside the range of the network"));
        }
        if self.subnets.iter().any(|subnet| subnet.range.overlaps(range)) {
            return Err(wrong("overlaps with an existing subnet"));
        }
        self.subnets.push(Subnet { kind, range, zone, vswitch });
        Ok(())
    }

    /// Adds a route of a body.
    pub(super) fn add_route(&mut self, body: &Body) -> Result<(), Problem> {
        let route @ (destination, gateway) = read_route(body)?;
        let taken = self.routes.iter().any(|(other, _)| *other == destination)
            || self.subnets.iter().any(|subnet| subnet.range.overlaps(destination));
        if taken {
            let wrong = "overlaps with a subnet or another route";
            return Err(Problem::field("destination", wrong));
        }
        let first = self.gateway();
        if !self.range.contains(gateway) || gateway == first {
            return Err(Problem::field("gateway", "must be an IP of the network, not its first"));
        }
        self.routes.push(route);
        Ok(())
    }

    /// The first address: every subnet's gateway.
    pub(super) fn gateway(&self) -> Ipv4Addr {
        self.range.nth(1).unwrap_or_else(|| self.range.first())
    }

    /// A free address for a server in a network zone: a certain one, or the first of a subnet.
    pub(super) fn free(
        &self,
        compute: &Compute,
        zone: &str,
        (wanted, range): (Option<Ipv4Addr>, Option<Cidr>),
    ) -> Result<Ipv4Addr, Problem> {
        let suits = |subnet: &&Subnet| {
            subnet.zone == zone
                && subnet.kind != "vswitch"
                && range.is_none_or(|range| subnet.range == range)
        };
        let mut subnets = self.subnets.iter().filter(suits).peekable();
        let none = |why| super::unprocessable("no_subnet_available", why);
        if subnets.peek().is_none() {
            return Err(none("network has no subnet in the network zone of the server"));
        }
        let used: Vec<Ipv4Addr> = compute.addresses_in(self.common.id).collect();
        let magic = [self.gateway(), Ipv4Addr::new(172, 31, 1, 1)];
        let free = |subnet: &Subnet, ip: Ipv4Addr| {
            ip != subnet.range.first()
                && ip != subnet.range.last()
                && !magic.contains(&ip)
                && !used.contains(&ip)
        };
        match wanted {
            Some(ip) => subnets
                .find(|subnet| subnet.range.contains(ip) && free(subnet, ip))
                .map(|_| ip)
                .ok_or_else(|| super::unprocessable("ip_not_available", "IP is not available")),
            None => subnets
                .find_map(|subnet| subnet.range.addresses().find(|ip| free(subnet, *ip)))
                .ok_or_else(|| none("network has no free IP available")),
        }
    }
}

/// A route of a body.
pub(super) fn read_route(body: &Body) -> Result<(Cidr, Ipv4Addr), Problem> {
    body.only(&["destination", "gateway"])?;
    let destination = Cidr::parse(body.required_text("destination")?)
        .ok_or_else(|| Problem::field("destination", "is not an IPv4 range"))?;
    let gateway = body
        .required_text("gateway")?
        .parse()
        .map_err(|_| Problem::field("gateway", "is not an IPv4 address"))?;
    Ok((destination, gateway))
}

impl Compute {
    /// Addresses of a network that servers have.
    pub(super) fn addresses_in(&self, network: u64) -> impl Iterator<Item = Ipv4Addr> {
        let nics = self.servers.values().flat_map(|server| &server.nics);
        nics.filter(move |nic| nic.network == network)
            .flat_map(|nic| std::iter::once(nic.ip).chain(nic.aliases.iter().copied()))
    }
}

impl Resource for Network {
    const ONE: &'static str = "network";
    const MANY: &'static str = "networks";
    const UPDATES: &'static [&'static str] = &["name", "labels", "expose_routes_to_vswitch"];

    fn all(compute: &Compute) -> &BTreeMap<u64, Self> {
        &compute.networks
    }

    fn all_mut(compute: &mut Compute) -> &mut BTreeMap<u64, Self> {
        &mut compute.networks
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }

    fn amend(&mut self, body: &Body) -> Result<(), Problem> {
        self.exposes_routes = body.flag("expose_routes_to_vswitch")?.unwrap_or(self.exposes_routes);
        Ok(())
    }

    fn json(&self, compute: &Compute) -> Value {
        let gateway = self.gateway().to_string();
        let subnets: Vec<Value> = self
            .subnets
            .iter()
            .map(|subnet| {
                json!({
                    "type": subnet.kind,
                    "ip_range": subnet.range.to_string(),
                    "network_zone": subnet.zone,
                    "gateway": gateway,
                    "vswitch_id": subnet.vswitch,
                })
            })
            .collect();
        let routes: Vec<Value> = self
            .routes
            .iter()
            .map(|(to, by)| json!({"destination": to.to_string(), "gateway": by.to_string()}))
            .collect();
        let id = self.common.id;
        let inside = |server: &&super::server::Server| server.nics.iter().any(|n| n.network == id);
        let servers: Vec<u64> =
            compute.servers.values().filter(inside).map(|server| server.common.id).collect();
        json!({
            "id": id,
            "name": self.common.name,
            "ip_range": self.range.to_string(),
            "subnets": subnets,
            "routes": routes,
            "servers": servers,
            "load_balancers": [],
            "protection": {"delete": self.common.protected},
            "labels": self.common.labels,
            "created": time(self.common.created),
            "expose_routes_to_vswitch": self.exposes_routes,
        })
    }
}
