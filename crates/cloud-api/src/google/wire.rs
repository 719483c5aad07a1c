//! The JSON of lists, operations and instances.
//!
//! Only what is needed is read. Numbers of 64 bits are strings, empty lists are missing, and
//! links may name either of Google's hosts, so only their ends count.
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Deserialize;
use serde_json::Value;

use crate::labels;
use crate::server::{PrivateAddress, Server, Status};

/// What the owner's network tag begins with.
const OWNER_TAG: &str = "schwenk-";

/// The network tag of all servers of an owner.
pub(super) fn owner_tag(owner: &str) -> String {
    format!("{OWNER_TAG}{owner}")
}

/// The last segment of a link.
pub(super) fn tail(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or(link)
}

/// The segment after `name` in a link: the zone, the region.
pub(super) fn after<'a>(link: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = link.split('/');
    parts.find(|part| *part == name)?;
    parts.next()
}

/// A page of a list, or of an aggregated list.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Page {
    /// An array, or an object of scopes.
    pub(super) items: Value,
    pub(super) next_page_token: Option<String>,
    /// Scopes that did not answer.
    pub(super) unreachables: Vec<String>,
}

/// Work at Google.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) status: String,
    pub(super) zone: Option<String>,
    pub(super) region: Option<String>,
    pub(super) error: Option<OperationErrors>,
    pub(super) http_error_status_code: Option<u16>,
    pub(super) http_error_message: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OperationErrors {
    pub(super) errors: Vec<OperationError>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OperationError {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) error_details: Vec<Value>,
}

impl Operation {
    /// Its path below the project: the collection follows from its zone or region.
    pub(super) fn path(&self) -> String {
        let name = &self.name;
        match (&self.zone, &self.region) {
            (Some(zone), _) => format!("zones/{}/operations/{name}", tail(zone)),
            (None, Some(region)) => format!("regions/{}/operations/{name}", tail(region)),
            (None, None) => format!("global/operations/{name}"),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.status == "DONE"
    }
}

/// A virtual machine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Instance {
    pub(super) name: String,
    pub(super) status: String,
    pub(super) zone: String,
    pub(super) machine_type: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) label_fingerprint: Option<String>,
    pub(super) tags: Tags,
    pub(super) metadata: Metadata,
    pub(super) network_interfaces: Vec<Interface>,
    pub(super) deletion_protection: bool,
    pub(super) start_restricted: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tags {
    pub(super) items: Vec<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) fingerprint: Option<String>,
    pub(super) items: Vec<Item>,
}

// The items hold boot scripts, and boot scripts hold passwords.
impl std::fmt::Debug for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Metadata({} items)", self.items.len())
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Item {
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Interface {
    network: String,
    #[serde(rename = "networkIP")]
    network_ip: Option<Ipv4Addr>,
    access_configs: Vec<AccessConfig>,
    ipv6_access_configs: Vec<AccessConfig>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AccessConfig {
    #[serde(rename = "natIP")]
    nat_ip: Option<String>,
    external_ipv6: Option<Ipv6Addr>,
}

impl Instance {
    pub(super) fn status(&self) -> Status {
        match self.status.as_str() {
            "PROVISIONING" | "STAGING" | "PENDING" => Status::Starting,
            "RUNNING" => Status::Running,
            "PENDING_STOP" | "STOPPING" | "SUSPENDING" => Status::Stopping,
            "TERMINATED" | "STOPPED" => Status::Off,
            "REPAIRING" => Status::Changing,
            "DEPROVISIONING" => Status::Deleting,
            other => Status::Other(other.to_ascii_lowercase()),
        }
    }

    pub(super) fn public_v4(&self) -> Option<Ipv4Addr> {
        let mut configs = self.network_interfaces.iter().flat_map(|nic| &nic.access_configs);
        configs.find_map(|config| config.nat_ip.as_ref()?.parse().ok())
    }

    pub(super) fn server(self) -> Server {
        let zone = tail(&self.zone);
        let id = format!("{zone}/{}", self.name);
        let mut server = Server::new(id, &self.name, zone, tail(&self.machine_type));
        server.status = self.status();
        server.public_v4 = self.public_v4();
        let nics = &self.network_interfaces;
        let v6 = nics.iter().flat_map(|nic| &nic.ipv6_access_configs);
        server.public_v6 = v6.filter_map(|config| config.external_ipv6).next();
        let private = nics.iter().filter_map(|nic| {
            Some(PrivateAddress::new(tail(&nic.network).to_owned(), nic.network_ip?))
        });
        server.private = private.collect();
        if self.start_restricted {
            server.notes.push("Google has stopped it and does not let it start".to_owned());
        }
        if self.deletion_protection {
            server.notes.push("it is protected against deletion".to_owned());
        }
        (server.owner, server.tags, server.labels) = labels::unmark(self.labels);
        server
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SerialOutput {
    pub(super) contents: String,
    pub(super) start: Option<String>,
    pub(super) next: Option<String>,
}
