//! `/networks`: making, showing and removing private networks.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::body::Body;
use super::super::page::Params;
use super::super::problem::Problem;
use super::network::Network;
use super::resource::{Answer, Common, find, list, one, read, update};
use crate::cidr::Cidr;

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/networks", get(list::<Network>).post(create))
        .route("/v1/networks/{id}", get(read::<Network>).put(update::<Network>).delete(delete))
        .route("/v1/networks/{id}/members", get(members))
}

async fn create(State(hetzner): State<Hetzner>, body: Body) -> Answer {
    let members = ["name", "ip_range", "labels", "subnets", "routes", "expose_routes_to_vswitch"];
    body.only(&members)?;
    let range = read_range(&body)?;
    let mut world = hetzner.world();
    let common = Common::read::<Network>(&hetzner, &world, &body)?;
    let exposes_routes = body.flag("expose_routes_to_vswitch")?.unwrap_or(false);
    let (subnets, routes) = (Vec::new(), Vec::new());
    let mut network = Network { common, range, subnets, routes, exposes_routes };
    for subnet in body.objects("subnets")? {
        network.add_subnet(&subnet)?;
    }
    for route in body.objects("routes")? {
        network.add_route(&route)?;
    }
    require_quota(&hetzner)?;
    network.common.id = world.id();
    let shown = one(&network, &world.compute);
    world.compute.networks.insert(network.common.id, network);
    Ok((StatusCode::CREATED, Json(shown)))
}

fn require_quota(hetzner: &Hetzner) -> Result<(), Problem> {
    if hetzner.0.faults.quota_exceeded(crate::fault::Cloud::Hetzner, false) {
        return Err(Problem::limit("networks", "network limit exceeded"));
    }
    Ok(())
}

/// The range of a network: private and large enough.
pub(super) fn read_range(body: &Body) -> Result<Cidr, Problem> {
    let wrong = |why: &str| Problem::field("ip_range", why);
    let text = body.required_text("ip_range")?;
    let range = Cidr::parse(text).ok_or_else(|| wrong("is not an IPv4 range"))?;
    if !range.is_private() {
        return Err(wrong("must be inside one of the private ranges of RFC 1918"));
    }
    if range.bits() > 24 {
        return Err(wrong("must be /24 or larger"));
    }
    Ok(range)
}

async fn delete(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = hetzner.world();
    let network = find::<Network>(&world.compute, &id)?;
    if network.common.protected {
        return Err(Problem::protected("network is delete protected"));
    }
    let id = network.common.id;
    if world.compute.busy("network", id) {
        return Err(Problem::changing("network"));
    }
    for server in world.compute.servers.values_mut() {
        server.nics.retain(|nic| nic.network != id);
    }
    world.compute.networks.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

async fn members(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    let world = hetzner.world();
    let network = find::<Network>(&world.compute, &id)?;
    let id = network.common.id;
    let mut items: Vec<Value> = Vec::new();
    for server in world.compute.servers.values() {
        for nic in server.nics.iter().filter(|nic| nic.network == id) {
            let subnet = network.subnets.iter().find(|subnet| subnet.range.contains(nic.ip));
            items.push(json!({
                "id": server.common.id,
                "type": "server",
                "ip": nic.ip.to_string(),
                "alias_ips": nic.aliases_json(),
                "subnet": subnet.map(|subnet| subnet.range.to_string()),
                "status": if server.is_new() { "attaching" } else { "ok" },
            }));
        }
    }
    params.page("members", items, 50)
}
