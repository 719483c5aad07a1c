//! A primary IP: an address of a location that a stopped server can be given.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::body::Body;
use super::super::page::Params;
use super::super::problem::Problem;
use super::super::zone::time;
use super::Compute;
use super::location::Location;
use super::resource::{Common, Resource};

#[derive(Clone, Debug)]
pub(super) struct PrimaryIp {
    pub common: Common,
    pub family: Family,
    /// An IPv4 address, or a network of IPv6 addresses.
    pub ip: String,
    pub location: &'static Location,
    pub server: Option<u64>,
    pub auto_delete: bool,
    /// Reverse names that were set, by address.
    pub names: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
        }
    }
}

impl PrimaryIp {
    /// As it shows in a server.
    pub(super) fn in_server(&self) -> Value {
        let pointers = match self.family {
            Family::V4 => self.pointers()[0]["dns_ptr"].clone(),
            Family::V6 => Value::Array(self.pointers()),
        };
        json!({"id": self.common.id, "ip": self.ip, "blocked": false, "dns_ptr": pointers})
    }

    fn pointers(&self) -> Vec<Value> {
        if let (Family::V4, Ok(ip)) = (self.family, self.ip.parse::<Ipv4Addr>()) {
            let [a, b, c, d] = ip.octets();
            let usual = format!("static.{d}.{c}.{b}.{a}.clients.your-server.de");
            let name = self.names.get(&self.ip).unwrap_or(&usual);
            return vec![json!({"ip": self.ip, "dns_ptr": name})];
        }
        self.names.iter().map(|(ip, name)| json!({"ip": ip, "dns_ptr": name})).collect()
    }
}

impl Compute {
    /// The address or network of a new primary IP; the quota is used up when there is none.
    pub(super) fn new_address(&mut self, family: Family) -> Result<String, Problem> {
        let taken = |ip: &str| self.primary_ips.values().any(|one| one.ip == ip);
        match family {
            Family::V4 => self
                .pool
                .ipv4(taken)
                .ok_or_else(|| Problem::limit("primary_ips", "primary IP limit exceeded")),
            Family::V6 => Ok(self.pool.ipv6()),
        }
    }
}

impl Resource for PrimaryIp {
    const ONE: &'static str = "primary_ip";
    const MANY: &'static str = "primary_ips";
    const UPDATES: &'static [&'static str] = &["name", "labels", "auto_delete"];

    fn all(compute: &Compute) -> &BTreeMap<u64, Self> {
        &compute.primary_ips
    }

    fn all_mut(compute: &mut Compute) -> &mut BTreeMap<u64, Self> {
        &mut compute.primary_ips
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }

    fn selected(&self, params: &Params) -> bool {
        params.allows("ip", &self.ip)
    }

    fn amend(&mut self, body: &Body) -> Result<(), Problem> {
        self.auto_delete = body.flag("auto_delete")?.unwrap_or(self.auto_delete);
        Ok(())
    }

    fn json(&self, _: &Compute) -> Value {
        json!({
            "id": self.common.id,
            "name": self.common.name,
            "labels": self.common.labels,
            "created": time(self.common.created),
            "blocked": false,
            "location": self.location.json(),
            "ip": self.ip,
            "dns_ptr": self.pointers(),
            "protection": {"delete": self.common.protected},
            "type": self.family.name(),
            "auto_delete": self.auto_delete,
            "assignee_type": if self.server.is_some() { "server" } else { "unassigned" },
            "assignee_id": self.server,
        })
    }
}
