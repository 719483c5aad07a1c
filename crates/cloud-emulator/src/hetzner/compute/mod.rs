//! Hetzner's servers and what belongs to them: networks, firewalls, keys, addresses, prices.

mod address;
mod attach;
mod begin;
mod create;
mod fingerprint;
mod firewall;
mod firewalls;
mod image;
mod location;
mod money;
mod network;
mod network_actions;
mod networks;
mod power;
mod pricing;
mod primary_ip;
mod primary_ips;
mod resize;
mod resource;
mod rule;
mod server;
mod server_type;
mod servers;
mod ssh_keys;
mod task;
mod tasks;

use std::collections::BTreeMap;

use axum::Router;
use serde_json::Value;

use super::Hetzner;
use super::problem::Problem;
use crate::fault::Faults;
use crate::machine::Seen;
use address::Pool;
use firewall::Firewall;
use network::Network;
use primary_ip::PrimaryIp;
use server::Server;
use ssh_keys::SshKey;
use task::Task;

/// Everything of a project but its zones.
#[derive(Debug)]
pub(super) struct Compute {
    servers: BTreeMap<u64, Server>,
    networks: BTreeMap<u64, Network>,
    firewalls: BTreeMap<u64, Firewall>,
    ssh_keys: BTreeMap<u64, SshKey>,
    primary_ips: BTreeMap<u64, PrimaryIp>,
    tasks: BTreeMap<u64, Task>,
    pool: Pool,
    faults: Faults,
}

impl Compute {
    pub(super) fn new(faults: Faults) -> Self {
        Self {
            servers: BTreeMap::new(),
            networks: BTreeMap::new(),
            firewalls: BTreeMap::new(),
            ssh_keys: BTreeMap::new(),
            primary_ips: BTreeMap::new(),
            tasks: BTreeMap::new(),
            pool: Pool::default(),
            faults,
        }
    }

    /// The servers as the emulator's owner may see them.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.servers.values().map(|server| server.seen(self)).collect()
    }

    /// An action as JSON.
    pub(super) fn action_json(&self, id: u64) -> Option<Value> {
        self.tasks.get(&id).map(Task::json)
    }

    /// Whether a task that keeps others from a resource is running on it.
    fn busy(&self, kind: &str, id: u64) -> bool {
        self.tasks.values().any(|task| task.locks(kind, id))
    }

    fn require_free(&self, kind: &'static str, id: u64) -> Result<(), Problem> {
        if self.busy(kind, id) || self.faults.locked() {
            return Err(Problem::busy(kind));
        }
        Ok(())
    }
}

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .merge(servers::routes())
        .merge(power::routes())
        .merge(attach::routes())
        .merge(resize::routes())
        .merge(networks::routes())
        .merge(network_actions::routes())
        .merge(firewalls::routes())
        .merge(ssh_keys::routes())
        .merge(primary_ips::routes())
        .merge(image::routes())
        .merge(server_type::routes())
        .merge(location::routes())
        .merge(pricing::routes())
        .merge(tasks::routes())
}

/// 422 with a code of an operation of its own.
fn unprocessable(code: &'static str, message: &str) -> Problem {
    Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, code, message)
}
