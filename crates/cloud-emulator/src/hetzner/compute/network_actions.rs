//! `POST /networks/{id}/actions/…`: subnets, routes, range and protection.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

use super::super::Hetzner;
use super::super::body::Body;
use super::super::problem::Problem;
use super::network::{Network, read_route};
use super::networks::read_range;
use super::resource::{Answer, find};

pub(super) fn routes() -> Router<Hetzner> {
    let at = |action| format!("/v1/networks/{{id}}/actions/{action}");
    Router::new()
        .route(&at("add_subnet"), post(add_subnet))
        .route(&at("delete_subnet"), post(delete_subnet))
        .route(&at("add_route"), post(add_route))
        .route(&at("delete_route"), post(delete_route))
        .route(&at("change_ip_range"), post(change_ip_range))
        .route(&at("change_protection"), post(change_protection))
}

impl Hetzner {
    /// Changes a network: `edit` works on a copy, which takes its place when the action ends.
    fn change_network(
        &self,
        id: &str,
        command: &'static str,
        edit: impl FnOnce(&mut Network, &[std::net::Ipv4Addr]) -> Result<(), Problem>,
    ) -> Answer {
        let mut world = self.world();
        let mut network = find::<Network>(&world.compute, id)?.clone();
        let id = network.common.id;
        if world.compute.busy("network", id) {
            return Err(Problem::changing("network"));
        }
        if self.0.faults.locked() {
            return Err(Problem::busy("network"));
        }
        let used: Vec<_> = world.compute.addresses_in(id).collect();
        edit(&mut network, &used)?;
        let what = (command, self.0.action_delay);
        let action = self.act(&mut world, what, &[("network", id)], move |_, world, good| {
            if let Some(present) = world.compute.networks.get_mut(&id).filter(|_| good) {
                let Network { range, subnets, routes, .. } = network;
                present.common.protected = network.common.protected;
                (present.range, present.subnets, present.routes) = (range, subnets, routes);
            }
        });
        Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
    }
}

async fn add_subnet(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    hetzner.change_network(&id, "add_subnet", |network, _| network.add_subnet(&body))
}

async fn delete_subnet(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["ip_range"])?;
    let text = body.required_text("ip_range")?;
    hetzner.change_network(&id, "delete_subnet", |network, used| {
        let found = network.subnets.iter().position(|subnet| subnet.range.to_string() == text);
        let place = found.ok_or_else(|| Problem::not_found(&format!("subnet {text}")))?;
        let range = network.subnets[place].range;
        if used.iter().any(|ip| range.contains(*ip)) {
            let message = "cannot remove subnet because servers are attached to it";
            return Err(super::unprocessable("service_error", message));
        }
        network.subnets.remove(place);
        Ok(())
    })
}

async fn add_route(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    hetzner.change_network(&id, "add_route", |network, _| network.add_route(&body))
}

async fn delete_route(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let route = read_route(&body)?;
    hetzner.change_network(&id, "delete_route", |network, _| {
        let place = network.routes.iter().position(|present| *present == route);
        network.routes.remove(place.ok_or_else(|| Problem::not_found("route"))?);
        Ok(())
    })
}

async fn change_ip_range(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["ip_range"])?;
    let range = read_range(&body)?;
    hetzner.change_network(&id, "change_ip_range", |network, _| {
        if range.first() != network.range.first() || !range.covers(network.range) {
            return Err(Problem::field("ip_range", "can only be extended at its end"));
        }
        network.range = range;
        Ok(())
    })
}

async fn change_protection(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["delete"])?;
    let delete = body.flag("delete")?;
    hetzner.change_network(&id, "change_protection", |network, _| {
        network.common.protected = delete.unwrap_or(network.common.protected);
        Ok(())
    })
}
