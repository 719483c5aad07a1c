//! What the templates see: a layout from the point of view of one server.
use std::net::Ipv4Addr;

use serde::Serialize;

use super::check;
use super::error::BootError;
use super::secrets::Secrets;
use super::settings::{Balance, Settings};
use crate::layout::{Host, Layout, Location, Role};

/// What the templates see. Passwords and keys are not here; they go into single files.
#[derive(Debug, Serialize)]
pub(super) struct View {
    pub host: String,
    pub role: Role,
    pub location: String,
    /// Every address that is the server's own, the private one first.
    pub addresses: Vec<Ipv4Addr>,
    pub private: Ipv4Addr,
    /// Servers by role, with the address at which this server reaches them.
    pub haproxy: Neighbours,
    pub app: Neighbours,
    pub db: Neighbours,
    pub dns: Neighbours,
    pub watcher: Neighbours,
    /// Which server of its role it is, from 1 on, in the order of the layout.
    pub number: usize,
    pub service: String,
    pub acme: bool,
    pub acme_contact: String,
    pub acme_directory: String,
    pub health_path: String,
    pub health_contains: String,
    pub balance: &'static str,
    pub database: String,
    pub database_user: String,
    pub semi_sync: bool,
    pub document_root: String,
    pub admins: Vec<String>,
    pub zone: String,
}

/// The servers of one role, as seen from a server.
#[derive(Debug, Default, Serialize)]
pub(super) struct Neighbours {
    /// In the same location, at their private addresses.
    pub near: Vec<Neighbour>,
    /// In other locations, at their public addresses; those without one cannot be reached.
    pub far: Vec<Neighbour>,
}

/// Another server.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Neighbour {
    pub name: String,
    /// Where to reach it.
    pub address: Ipv4Addr,
    /// Which address its connections come from.
    pub source: Ipv4Addr,
    /// Which server of its role it is, from 1 on.
    pub number: usize,
}

impl View {
    pub fn of(
        layout: &Layout,
        settings: &Settings,
        secrets: &Secrets,
        name: &str,
    ) -> Result<Self, BootError> {
        let (location, host) =
            layout.host(name).ok_or_else(|| BootError::NoSuchHost(name.to_owned()))?;
        check::layout(layout, settings)?;
        check::settings(settings)?;
        secrets.host(host)?;
        let of = |role| neighbours(layout, location, host, role);
        let acme = settings.acme.as_ref();
        let folder = settings.application.document_root.as_str();
        Ok(Self {
            host: name.to_owned(),
            role: host.role,
            location: location.name.as_str().to_owned(),
            addresses: own(host),
            private: host.private,
            haproxy: of(Role::Haproxy),
            app: of(Role::App),
            db: of(Role::Db),
            dns: of(Role::Dns),
            watcher: of(Role::Watcher),
            number: number(layout, host),
            service: settings.host.clone(),
            acme: acme.is_some(),
            acme_contact: acme.map_or_else(String::new, |acme| acme.contact.clone()),
            acme_directory: acme.map_or_else(String::new, |acme| acme.directory.clone()),
            health_path: settings.health.path.clone(),
            health_contains: settings.health.contains.clone(),
            balance: match settings.balance {
                Balance::LeastConnections => "leastconn",
                Balance::RoundRobin => "roundrobin",
            },
            database: settings.database.name.clone(),
            database_user: settings.database.user.clone(),
            semi_sync: settings.database.semi_sync,
            document_root: format!("/var/www/app/{folder}").trim_end_matches('/').to_owned(),
            admins: settings.admins.iter().map(|admin| admin.user.clone()).collect(),
            zone: settings.dns.as_ref().map_or_else(String::new, |dns| dns.zone.clone()),
        })
    }
}

fn own(host: &Host) -> Vec<Ipv4Addr> {
    let mut own = vec![host.private];
    own.extend(host.public.filter(|public| *public != host.private));
    own
}

fn neighbours(layout: &Layout, here: &Location, this: &Host, role: Role) -> Neighbours {
    let mut found = Neighbours::default();
    for location in &layout.locations {
        let near = location.name == here.name;
        for host in location.of(role).filter(|host| host.name != this.name) {
            let Some(address) = (if near { Some(host.private) } else { host.public }) else {
                continue;
            };
            let neighbour = Neighbour {
                name: host.name.as_str().to_owned(),
                address,
                source: source(address),
                number: number(layout, host),
            };
            if near { found.near.push(neighbour) } else { found.far.push(neighbour) }
        }
    }
    found
}

/// The kernel sends from 127.0.0.1 to any loopback address, so servers that are tried out on one
/// machine all look like that to each other.
fn source(address: Ipv4Addr) -> Ipv4Addr {
    if address.is_loopback() { Ipv4Addr::LOCALHOST } else { address }
}

fn number(layout: &Layout, host: &Host) -> usize {
    let same = layout.locations.iter().flat_map(|location| location.of(host.role));
    same.zip(1..).find(|(it, _)| it.name == host.name).map_or(0, |(_, number)| number)
}
