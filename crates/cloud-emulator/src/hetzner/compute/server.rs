//! A server.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::super::page::Params;
use super::super::problem::Problem;
use super::super::zone::time;
use super::super::{Hetzner, names};
use super::Compute;
use super::image::Image;
use super::location::Location;
use super::primary_ip::{Family, PrimaryIp};
use super::resource::{Common, Resource};
use super::server_type::ServerType;
use crate::fault::Cloud;
use crate::machine::{Machine, Script, Seen};

#[derive(Clone, Debug)]
pub(super) struct Server {
    pub common: Common,
    pub status: Status,
    pub kind: &'static ServerType,
    pub location: &'static Location,
    pub image: &'static Image,
    pub disk: u64,
    /// Primary IPs.
    pub ipv4: Option<u64>,
    pub ipv6: Option<u64>,
    pub nics: Vec<Nic>,
    /// Bytes of user data.
    pub user_data: Option<usize>,
    pub machine: Machine,
    pub rebuild_protected: bool,
    /// Raised with every change of power: what was to happen to an earlier life does not.
    pub life: u64,
}

/// An interface in a private network.
#[derive(Clone, Debug)]
pub(super) struct Nic {
    pub network: u64,
    pub ip: Ipv4Addr,
    pub aliases: Vec<Ipv4Addr>,
    pub mac: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Initializing,
    Starting,
    Running,
    Stopping,
    Off,
    Deleting,
    Migrating,
    Rebuilding,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Initializing => "initializing",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Off => "off",
            Self::Deleting => "deleting",
            Self::Migrating => "migrating",
            Self::Rebuilding => "rebuilding",
        }
    }
}

impl Nic {
    pub(super) fn new(network: u64, ip: Ipv4Addr, aliases: Vec<Ipv4Addr>) -> Self {
        let [_, b, c, d] = ip.octets();
        let mac = format!("86:00:{:02x}:{b:02x}:{c:02x}:{d:02x}", network % 256);
        Self { network, ip, aliases, mac }
    }

    pub(super) fn aliases_json(&self) -> Vec<String> {
        self.aliases.iter().map(Ipv4Addr::to_string).collect()
    }

    fn json(&self) -> Value {
        json!({
            "network": self.network,
            "ip": self.ip.to_string(),
            "alias_ips": self.aliases_json(),
            "mac_address": self.mac,
        })
    }
}

impl Server {
    /// Before its creation has ended.
    pub(super) fn is_new(&self) -> bool {
        self.status == Status::Initializing
    }

    /// Where its primary IP of a family stands.
    pub(super) fn slot(&mut self, family: Family) -> &mut Option<u64> {
        match family {
            Family::V4 => &mut self.ipv4,
            Family::V6 => &mut self.ipv6,
        }
    }

    /// It has power and boots.
    pub(super) fn boot(&mut self, hetzner: &Hetzner) {
        let slow = hetzner.0.faults.slowness_of(Cloud::Hetzner, "", "boot");
        let script = self.user_data.map(|length| Script { kind: "user data", length });
        self.machine.start(script, hetzner.0.boot_delay + slow);
        self.status = Status::Running;
        self.life += 1;
    }

    /// It has no power any more.
    pub(super) fn halt(&mut self) {
        self.machine.stop();
        self.status = Status::Off;
        self.life += 1;
    }

    pub(super) fn seen(&self, compute: &Compute) -> Seen {
        let primary = self.ipv4.and_then(|id| compute.primary_ips.get(&id));
        let (booted, console) = self.machine.look();
        Seen {
            cloud: Cloud::Hetzner,
            name: self.common.name.clone(),
            place: self.location.name.to_owned(),
            status: self.status.name().to_owned(),
            server_type: self.kind.name.to_owned(),
            address: primary.map(|one| one.ip.clone()),
            private: self.nics.iter().map(|nic| nic.ip.to_string()).collect(),
            booted,
            console,
        }
    }

    fn public_net(&self, compute: &Compute) -> Value {
        let address = |id: Option<u64>| {
            id.and_then(|id| compute.primary_ips.get(&id)).map(PrimaryIp::in_server)
        };
        let firewalls: Vec<Value> = compute
            .firewalls
            .values()
            .filter_map(|one| Some((one.common.id, one.status_at(self)?)))
            .map(|(id, status)| json!({"id": id, "status": status}))
            .collect();
        json!({
            "ipv4": address(self.ipv4),
            "ipv6": address(self.ipv6),
            "floating_ips": [],
            "firewalls": firewalls,
        })
    }
}

impl Resource for Server {
    const ONE: &'static str = "server";
    const MANY: &'static str = "servers";

    fn all(compute: &Compute) -> &BTreeMap<u64, Self> {
        &compute.servers
    }

    fn all_mut(compute: &mut Compute) -> &mut BTreeMap<u64, Self> {
        &mut compute.servers
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }

    fn selected(&self, params: &Params) -> bool {
        params.allows("status", self.status.name())
    }

    fn check_name(name: &str) -> Result<(), Problem> {
        if names::is_host(name) {
            return Ok(());
        }
        Err(Problem::field("name", "must be a host name as of RFC 1123, of at most 63 characters"))
    }

    fn json(&self, compute: &Compute) -> Value {
        // A server is attached to its networks at the end of its creation.
        let nics = if self.is_new() { &[] } else { self.nics.as_slice() };
        let nics: Vec<Value> = nics.iter().map(Nic::json).collect();
        let price = &self.kind.prices();
        let own = price.iter().find(|price| price["location"] == self.location.name);
        json!({
            "id": self.common.id,
            "name": self.common.name,
            "status": self.status.name(),
            "created": time(self.common.created),
            "public_net": self.public_net(compute),
            "private_net": nics,
            "server_type": self.kind.json(&compute.faults),
            "location": self.location.json(),
            "image": self.image.json(),
            "iso": null,
            "rescue_enabled": false,
            "locked": compute.busy(Self::ONE, self.common.id),
            "backup_window": null,
            "outgoing_traffic": 0,
            "ingoing_traffic": 0,
            "included_traffic": own.map(|price| &price["included_traffic"]),
            "protection": {"delete": self.common.protected, "rebuild": self.rebuild_protected},
            "labels": self.common.labels,
            "volumes": [],
            "load_balancers": [],
            "primary_disk_size": self.disk,
            "placement_group": null,
        })
    }
}
