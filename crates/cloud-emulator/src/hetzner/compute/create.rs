//! `POST /servers`.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::super::Hetzner;
use super::super::body::Body;
use super::super::problem::Problem;
use super::super::world::World;
use super::begin::{Ticket, shown};
use super::firewall::MOST_OF_A_SERVER;
use super::image::Image;
use super::location::Location;
use super::primary_ip::{Family, PrimaryIp};
use super::resize::unavailable;
use super::resource::{Answer, Common, Resource as _};
use super::server::{Nic, Server, Status};
use super::server_type::ServerType;
use super::servers::remove;
use super::{Compute, unprocessable};
use crate::credentials::alphanumeric;
use crate::fault::Cloud;
use crate::machine::Machine;

const MEMBERS: [&str; 14] = [
    "name",
    "server_type",
    "image",
    "location",
    "ssh_keys",
    "networks",
    "firewalls",
    "user_data",
    "labels",
    "start_after_create",
    "placement_group",
    "volumes",
    "automount",
    "public_net",
];
const LARGEST_USER_DATA: usize = 32 << 10;

/// A creation as the body asks for it.
struct Wanted {
    kind: &'static ServerType,
    location: &'static Location,
    image: &'static Image,
    keys: Vec<String>,
    networks: Vec<u64>,
    firewalls: BTreeSet<u64>,
    user_data: Option<usize>,
    start: bool,
    /// For each family: not at all, a new address, or this one.
    public: [(Family, bool, Option<u64>); 2],
}

pub(super) async fn create(State(hetzner): State<Hetzner>, body: Body) -> Answer {
    body.only(&MEMBERS)?;
    let wanted = Wanted::read(&body)?;
    let mut world = hetzner.world();
    let common = Common::read::<Server>(&hetzner, &world, &body)?;
    wanted.check(&world.compute)?;
    require_capacity(&hetzner, &wanted)?;
    let nics = wanted.nics(&world.compute)?;
    let id = hetzner.build(&mut world, &wanted, common, nics)?;
    let resources = [("server", id)];
    let made = hetzner.enroll(&mut world, "create_server", &resources, hetzner.0.server_delay);
    let start = wanted
        .start
        .then(|| hetzner.enroll(&mut world, "start_server", &resources, hetzner.0.server_delay));
    let (action, next) = (made.id, start.as_ref().map(|ticket| ticket.id));
    hetzner.run(&mut world, made, move |hetzner, world, good| {
        hetzner.created(world, id, start, good);
    });
    let server = world.compute.servers.get(&id).map(|server| server.json(&world.compute));
    let next: Vec<_> = next.iter().map(|id| shown(&world, *id)).collect();
    let password = wanted.keys.is_empty().then(|| alphanumeric(20));
    let body = json!({
        "server": server,
        "action": shown(&world, action),
        "next_actions": next,
        "root_password": password,
    });
    Ok((StatusCode::CREATED, Json(body)))
}

impl Wanted {
    fn read(body: &Body) -> Result<Self, Problem> {
        let required = |field: &'static str| {
            body.reference(field)?.ok_or_else(|| Problem::field(field, "is required"))
        };
        let kind = ServerType::wanted(&required("server_type")?)?;
        if kind.deprecated {
            return Err(Problem::field("server_type", "server type is deprecated"));
        }
        let image = Image::wanted(&required("image")?, kind.architecture)?;
        let location = match body.reference("location")? {
            Some(text) => Location::wanted(&text)?,
            None => kind.first_location(),
        };
        if !kind.is_sold_in(location) {
            let wrong = "unsupported location for server type";
            return Err(Problem::field("server_type", wrong));
        }
        if !body.numbers("volumes")?.is_empty() {
            return Err(Problem::field("volumes", "volume not found"));
        }
        if body.number("placement_group")?.is_some() {
            return Err(Problem::field("placement_group", "placement group not found"));
        }
        let mut firewalls = BTreeSet::new();
        for firewall in body.objects("firewalls")? {
            let id = firewall.number("firewall")?;
            firewalls.insert(id.ok_or_else(|| Problem::field("firewalls", "id is required"))?);
        }
        Ok(Self {
            kind,
            location,
            image,
            keys: body.references("ssh_keys")?,
            networks: body.numbers("networks")?,
            firewalls,
            user_data: read_user_data(body)?,
            start: body.flag("start_after_create")?.unwrap_or(true),
            public: read_public_net(body)?,
        })
    }

    /// Checks what the body refers to.
    fn check(&self, compute: &Compute) -> Result<(), Problem> {
        let known = |key: &&String| !compute.ssh_keys.values().any(|one| one.is(key));
        if let Some(key) = self.keys.iter().find(known) {
            return Err(Problem::field("ssh_keys", format!("SSH key {key:?} not found")));
        }
        if let Some(id) = self.firewalls.iter().find(|id| !compute.firewalls.contains_key(id)) {
            return Err(Problem::field("firewalls", format!("firewall {id} not found")));
        }
        if self.firewalls.len() > MOST_OF_A_SERVER {
            return Err(Problem::limit("firewalls_per_server", "firewall limit exceeded"));
        }
        let public = self.public.iter().any(|(_, enabled, _)| *enabled);
        if !public && self.networks.is_empty() {
            let wrong = "server needs a public or private network interface";
            return Err(Problem::field("public_net", wrong));
        }
        if !public && !self.firewalls.is_empty() {
            let message = "server has no public interface";
            return Err(unprocessable("private_net_only_server", message));
        }
        for (family, _, id) in self.public {
            if let Some(id) = id {
                self.check_primary(compute, family, id)?;
            }
        }
        Ok(())
    }

    fn check_primary(&self, compute: &Compute, family: Family, id: u64) -> Result<(), Problem> {
        let primary = compute.primary_ips.get(&id);
        let primary = primary
            .ok_or_else(|| Problem::field("public_net", format!("primary IP {id} not found")))?;
        if primary.family != family {
            let message = "the primary IP has the wrong IP version";
            let status = StatusCode::PRECONDITION_FAILED;
            return Err(Problem::new(status, "primary_ip_version_mismatch", message));
        }
        if primary.server.is_some() {
            let message = "the primary IP is already assigned";
            return Err(unprocessable("primary_ip_assigned", message));
        }
        if primary.location != self.location {
            let message = "the primary IP is in another location";
            return Err(unprocessable("primary_ip_datacenter_mismatch", message));
        }
        Ok(())
    }

    fn nics(&self, compute: &Compute) -> Result<Vec<Nic>, Problem> {
        let nic = |id: &u64| {
            let network = compute.networks.get(id);
            let network = network
                .ok_or_else(|| Problem::field("networks", format!("network {id} not found")))?;
            let ip = network.free(compute, self.location.zone, (None, None)).map_err(|_| {
                Problem::invalid(format!(
                    "network {id} has no free IP available or is in a different network zone"
                ))
            })?;
            Ok(Nic::new(*id, ip, Vec::new()))
        };
        self.networks.iter().map(nic).collect()
    }
}

fn require_capacity(hetzner: &Hetzner, wanted: &Wanted) -> Result<(), Problem> {
    let faults = &hetzner.0.faults;
    if faults.quota_exceeded(Cloud::Hetzner, false) {
        return Err(Problem::limit("servers", "server limit exceeded"));
    }
    if faults.stock_out(Cloud::Hetzner, wanted.location.name, wanted.kind.name) {
        return Err(unavailable());
    }
    if faults.placement_error() {
        return Err(unprocessable("placement_error", "error during placement"));
    }
    Ok(())
}

/// How many bytes of user data a body brings; they themselves are not kept.
pub(super) fn read_user_data(body: &Body) -> Result<Option<usize>, Problem> {
    let length = body.text("user_data")?.map(str::len).filter(|length| *length > 0);
    if length.is_some_and(|length| length > LARGEST_USER_DATA) {
        return Err(Problem::field("user_data", "must be at most 32 KiB"));
    }
    Ok(length)
}

fn read_public_net(body: &Body) -> Result<[(Family, bool, Option<u64>); 2], Problem> {
    let Some(net) = body.object("public_net")? else {
        return Ok([(Family::V4, true, None), (Family::V6, true, None)]);
    };
    net.only(&["enable_ipv4", "enable_ipv6", "ipv4", "ipv6"])?;
    let family = |family: Family, flag, id| {
        let enabled = net.flag(flag)?.unwrap_or(true);
        let id = net.number(id)?;
        if id.is_some() && !enabled {
            return Err(Problem::field("public_net", format!("{flag} must be true")));
        }
        Ok((family, enabled, id))
    };
    Ok([family(Family::V4, "enable_ipv4", "ipv4")?, family(Family::V6, "enable_ipv6", "ipv6")?])
}

impl Hetzner {
    /// Puts a server in place, with its addresses and firewalls.
    fn build(
        &self,
        world: &mut World,
        wanted: &Wanted,
        mut common: Common,
        nics: Vec<Nic>,
    ) -> Result<u64, Problem> {
        let id = world.id();
        common.id = id;
        let mut slots = [None, None];
        for (slot, (family, enabled, given)) in slots.iter_mut().zip(wanted.public) {
            *slot = match (enabled, given) {
                (false, _) => None,
                (true, Some(id)) => Some(id),
                (true, None) => Some(self.new_primary(world, family, wanted.location)?),
            };
        }
        for primary in slots.iter().flatten() {
            if let Some(primary) = world.compute.primary_ips.get_mut(primary) {
                primary.server = Some(id);
            }
        }
        for firewall in &wanted.firewalls {
            if let Some(firewall) = world.compute.firewalls.get_mut(firewall) {
                firewall.servers.insert(id, false);
            }
        }
        let server = Server {
            status: Status::Initializing,
            kind: wanted.kind,
            location: wanted.location,
            image: wanted.image,
            disk: wanted.kind.disk,
            ipv4: slots[0],
            ipv6: slots[1],
            nics,
            user_data: wanted.user_data,
            machine: Machine::new(&common.name),
            rebuild_protected: false,
            life: 0,
            common,
        };
        world.compute.servers.insert(id, server);
        Ok(id)
    }

    /// An address that lives and dies with its server.
    fn new_primary(
        &self,
        world: &mut World,
        family: Family,
        location: &'static Location,
    ) -> Result<u64, Problem> {
        let ip = world.compute.new_address(family)?;
        let id = world.id();
        let (name, labels) = (format!("primary_ip-{id}"), BTreeMap::new());
        let common = Common { id, name, labels, created: self.now(), protected: false };
        let names = BTreeMap::new();
        let primary =
            PrimaryIp { common, family, ip, location, server: None, auto_delete: true, names };
        world.compute.primary_ips.insert(id, primary);
        Ok(id)
    }

    /// What the end of a creation does: the server is there, or it is gone again.
    fn created(&self, world: &mut World, id: u64, start: Option<Ticket>, good: bool) {
        if !good {
            remove(world, id);
            if let Some(ticket) = start {
                self.abandon(world, ticket);
            }
            return;
        }
        let compute = &mut world.compute;
        for firewall in compute.firewalls.values_mut() {
            firewall.servers.entry(id).and_modify(|applied| *applied = true);
        }
        let Some(server) = compute.servers.get_mut(&id) else { return };
        let Some(ticket) = start else {
            server.status = Status::Off;
            return;
        };
        server.status = Status::Starting;
        self.run(world, ticket, move |hetzner, world, good| {
            let Some(server) = world.compute.servers.get_mut(&id) else { return };
            if good {
                server.boot(hetzner);
            } else {
                server.status = Status::Off;
            }
        });
    }
}
