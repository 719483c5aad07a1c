//! The JSON of servers and of answers to changes.
//!
//! Only what is needed is read, and everything else may come or go: Hetzner removed `datacenter`
//! from servers in 2026, and nothing here relies on it.
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use cloud_http::hetzner::Action;
use serde::Deserialize;

use crate::labels;
use crate::server::{PrivateAddress, Server, Status};

/// Where the next page is.
#[derive(Deserialize)]
pub(super) struct Meta {
    pagination: Option<Pagination>,
}

#[derive(Deserialize)]
struct Pagination {
    next_page: Option<u32>,
}

impl Meta {
    /// The page after `page`, if there is one.
    pub(super) fn next(&self, page: u32) -> Option<u32> {
        self.pagination.as_ref()?.next_page.filter(|next| *next > page)
    }
}

/// An answer to a change: one action, several, or none yet.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Started {
    pub(super) action: Option<Action>,
    pub(super) actions: Vec<Action>,
    pub(super) next_actions: Vec<Action>,
    // The rest of an answer to a creation. The password of root is never read.
    pub(super) server: Option<Numbered>,
    pub(super) network: Option<Numbered>,
    pub(super) firewall: Option<Numbered>,
    pub(super) primary_ip: Option<Numbered>,
}

#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) id: u64,
}

impl Started {
    /// All actions of the answer.
    pub(super) fn all(&self) -> impl Iterator<Item = &Action> {
        self.action.iter().chain(&self.actions).chain(&self.next_actions)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct WireServer {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    public_net: PublicNet,
    #[serde(default)]
    private_net: Vec<PrivateNet>,
    #[serde(default)]
    pub(super) server_type: Named,
    #[serde(default)]
    pub(super) location: Named,
    #[serde(default)]
    pub(super) locked: bool,
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    #[serde(default)]
    protection: Protection,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) id: u64,
    pub(super) name: String,
}

impl Named {
    /// Whether this is what somebody named, by name or by number.
    pub(super) fn is(&self, wanted: &str) -> bool {
        self.name == wanted || self.id.to_string() == wanted
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Protection {
    delete: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PublicNet {
    ipv4: Option<PublicIp>,
    ipv6: Option<PublicIp>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PublicIp {
    ip: String,
    blocked: bool,
}

#[derive(Clone, Debug, Deserialize)]
struct PrivateNet {
    network: u64,
    #[serde(default)]
    ip: Option<Ipv4Addr>,
}

impl WireServer {
    pub(super) fn status(&self) -> Status {
        match self.status.as_str() {
            "initializing" | "starting" => Status::Starting,
            "running" => Status::Running,
            "stopping" => Status::Stopping,
            "off" => Status::Off,
            "migrating" | "rebuilding" => Status::Changing,
            "deleting" => Status::Deleting,
            other => Status::Other(other.to_owned()),
        }
    }

    pub(super) fn public_v4(&self) -> Option<Ipv4Addr> {
        self.public_net.ipv4.as_ref()?.ip.parse().ok()
    }

    /// The address in a private network; `None` outside of it.
    pub(super) fn address_in(&self, network: u64) -> Option<Ipv4Addr> {
        self.private_net.iter().find(|net| net.network == network)?.ip
    }

    pub(super) fn server(self) -> Server {
        let mut server = Server::new(
            self.id.to_string(),
            &self.name,
            &self.location.name,
            &self.server_type.name,
        );
        server.status = self.status();
        server.public_v4 = self.public_v4();
        server.public_v6 = self.public_net.ipv6.as_ref().and_then(|net| host(&net.ip));
        let private = self.private_net.iter();
        server.private = private
            .filter_map(|net| Some(PrivateAddress::new(net.network.to_string(), net.ip?)))
            .collect();
        server.busy = self.locked;
        let ips = [&self.public_net.ipv4, &self.public_net.ipv6];
        if ips.into_iter().flatten().any(|ip| ip.blocked) {
            server.notes.push("Hetzner has blocked an address of it".to_owned());
        }
        if self.protection.delete {
            server.notes.push("it is protected against deletion".to_owned());
        }
        (server.owner, server.tags, server.labels) = labels::unmark(self.labels);
        server
    }
}

/// The host of a /64 that Hetzner's images configure: its first address.
fn host(net: &str) -> Option<Ipv6Addr> {
    let base = net.split('/').next()?;
    let base: Ipv6Addr = base.parse().ok()?;
    Some(Ipv6Addr::from(u128::from(base) | 1))
}

#[derive(Deserialize)]
pub(super) struct ServerAnswer {
    pub(super) server: WireServer,
}
