//! Servers in private networks: `attach_to_network`, `detach_from_network`, `change_alias_ips`.

use std::net::Ipv4Addr;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::body::Body;
use super::super::problem::Problem;
use super::network::Network;
use super::resource::{Answer, find};
use super::server::{Nic, Server};
use super::{Compute, unprocessable};
use crate::cidr::Cidr;

pub(super) fn routes() -> Router<Hetzner> {
    let at = |action| format!("/v1/servers/{{id}}/actions/{action}");
    Router::new()
        .route(&at("attach_to_network"), post(attach))
        .route(&at("detach_from_network"), post(detach))
        .route(&at("change_alias_ips"), post(change_alias_ips))
}

async fn attach(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    body.only(&["network", "ip", "alias_ips", "ip_range"])?;
    let aliases = read_addresses(&body, "alias_ips")?;
    let ip = body.text("ip")?.filter(|text| !text.is_empty()).map(read_address).transpose()?;
    let range = body.text("ip_range")?.map(|text| {
        Cidr::parse(text).ok_or_else(|| Problem::field("ip_range", "is not an IPv4 range"))
    });
    let mut world = hetzner.world();
    let compute = &world.compute;
    let server = find::<Server>(compute, &id)?;
    compute.require_free("server", server.common.id)?;
    let network = wanted_network(compute, &body)?;
    if server.nics.iter().any(|nic| nic.network == network.common.id) {
        let message = "server is already attached to the network";
        return Err(unprocessable("server_already_attached", message));
    }
    let others = server.nics.iter().filter_map(|nic| compute.networks.get(&nic.network));
    if others.into_iter().any(|other| other.range.overlaps(network.range)) {
        let message = "network range overlaps with one of the networks of the server";
        return Err(unprocessable("networks_overlap", message));
    }
    let ip = network.free(compute, server.location.zone, (ip, range.transpose()?))?;
    require_free(compute, network, &aliases)?;
    let (server, network) = (server.common.id, network.common.id);
    // The address is taken from now on, whoever comes next.
    if let Some(server) = world.compute.servers.get_mut(&server) {
        server.nics.push(Nic::new(network, ip, aliases));
    }
    let what = ("attach_to_network", hetzner.0.action_delay);
    let resources = [("server", server), ("network", network)];
    let action = hetzner.act(&mut world, what, &resources, move |_, world, good| {
        if let Some(server) = world.compute.servers.get_mut(&server).filter(|_| !good) {
            server.nics.retain(|nic| nic.network != network);
        }
    });
    Ok(started(&action))
}

async fn detach(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    body.only(&["network"])?;
    let mut world = hetzner.world();
    let (server, network) = attached(&world.compute, &id, &body)?;
    let what = ("detach_from_network", hetzner.0.action_delay);
    let resources = [("server", server), ("network", network)];
    let action = hetzner.act(&mut world, what, &resources, move |_, world, good| {
        if let Some(server) = world.compute.servers.get_mut(&server).filter(|_| good) {
            server.nics.retain(|nic| nic.network != network);
        }
    });
    Ok(started(&action))
}

async fn change_alias_ips(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["network", "alias_ips"])?;
    let aliases = read_addresses(&body, "alias_ips")?;
    let mut world = hetzner.world();
    let (server, network) = attached(&world.compute, &id, &body)?;
    let nics = world.compute.servers[&server].nics.iter();
    let own: Vec<Ipv4Addr> = nics.flat_map(|nic| nic.aliases.clone()).collect();
    let fresh: Vec<Ipv4Addr> = aliases.iter().filter(|ip| !own.contains(ip)).copied().collect();
    require_free(&world.compute, &world.compute.networks[&network], &fresh)?;
    let what = ("change_alias_ips", hetzner.0.action_delay);
    let resources = [("server", server), ("network", network)];
    let action = hetzner.act(&mut world, what, &resources, move |_, world, good| {
        let Some(server) = world.compute.servers.get_mut(&server).filter(|_| good) else { return };
        if let Some(nic) = server.nics.iter_mut().find(|nic| nic.network == network) {
            nic.aliases = aliases;
        }
    });
    Ok(started(&action))
}

fn started(action: &Value) -> (StatusCode, Json<Value>) {
    (StatusCode::CREATED, Json(json!({ "action": action })))
}

fn wanted_network<'c>(compute: &'c Compute, body: &Body) -> Result<&'c Network, Problem> {
    let id = body.number("network")?.ok_or_else(|| Problem::field("network", "is required"))?;
    let network = find::<Network>(compute, &id.to_string())?;
    if compute.busy("network", id) {
        return Err(Problem::changing("network"));
    }
    Ok(network)
}

/// The server and the network of a body, if the one is in the other.
fn attached(compute: &Compute, id: &str, body: &Body) -> Result<(u64, u64), Problem> {
    let server = find::<Server>(compute, id)?;
    compute.require_free("server", server.common.id)?;
    let network = wanted_network(compute, body)?.common.id;
    if !server.nics.iter().any(|nic| nic.network == network) {
        return Err(Problem::field("network", "server is not attached to the network"));
    }
    Ok((server.common.id, network))
}

fn require_free(compute: &Compute, network: &Network, ips: &[Ipv4Addr]) -> Result<(), Problem> {
    let used: Vec<Ipv4Addr> = compute.addresses_in(network.common.id).collect();
    let inside = |ip: &Ipv4Addr| network.subnets.iter().any(|subnet| subnet.range.contains(*ip));
    match ips.iter().find(|ip| used.contains(ip) || !inside(ip)) {
        Some(ip) => Err(unprocessable("ip_not_available", &format!("IP {ip} is not available"))),
        None => Ok(()),
    }
}

fn read_addresses(body: &Body, field: &str) -> Result<Vec<Ipv4Addr>, Problem> {
    body.texts(field)?.iter().map(|text| read_address(text)).collect()
}

fn read_address(text: &str) -> Result<Ipv4Addr, Problem> {
    text.parse().map_err(|_| Problem::field("ip", format!("{text:?} is not an IPv4 address")))
}
