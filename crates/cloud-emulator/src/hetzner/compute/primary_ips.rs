//! `/primary_ips`: reserving addresses, and giving them to servers.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::body::Body;
use super::super::problem::Problem;
use super::location::Location;
use super::primary_ip::{Family, PrimaryIp};
use super::resource::{Answer, Common, Resource as _, find, list, read, update};
use super::server::{Server, Status};
use super::{Compute, unprocessable};
use crate::fault::Cloud;

pub(super) fn routes() -> Router<Hetzner> {
    let at = |action| format!("/v1/primary_ips/{{id}}/actions/{action}");
    Router::new()
        .route("/v1/primary_ips", get(list::<PrimaryIp>).post(create))
        .route(
            "/v1/primary_ips/{id}",
            get(read::<PrimaryIp>).put(update::<PrimaryIp>).delete(delete),
        )
        .route(&at("assign"), post(assign))
        .route(&at("unassign"), post(unassign))
        .route(&at("change_protection"), post(change_protection))
        .route(&at("change_dns_ptr"), post(change_dns_ptr))
}

async fn create(State(hetzner): State<Hetzner>, body: Body) -> Answer {
    let members =
        ["name", "labels", "type", "location", "assignee_type", "assignee_id", "auto_delete"];
    body.only(&members)?;
    let family = match body.required_text("type")? {
        "ipv4" => Family::V4,
        "ipv6" => Family::V6,
        _ => return Err(Problem::field("type", "must be ipv4 or ipv6")),
    };
    let auto_delete = body.flag("auto_delete")?.unwrap_or(false);
    let given = body.reference("location")?.map(|text| Location::wanted(&text)).transpose()?;
    let server = body.number("assignee_id")?;
    let mut world = hetzner.world();
    let mut common = Common::read::<PrimaryIp>(&hetzner, &world, &body)?;
    let location = match (server, given) {
        (Some(id), _) => {
            require_assignable(&world.compute, family, &id.to_string())?;
            find::<Server>(&world.compute, &id.to_string())?.location
        }
        (None, Some(location)) => location,
        (None, None) => return Err(Problem::field("location", "is required")),
    };
    if hetzner.0.faults.quota_exceeded(Cloud::Hetzner, false) {
        return Err(Problem::limit("primary_ips", "primary IP limit exceeded"));
    }
    common.id = world.id();
    let id = common.id;
    let ip = world.compute.new_address(family)?;
    let names = BTreeMap::new();
    let made = PrimaryIp { common, family, ip, location, server: None, auto_delete, names };
    world.compute.primary_ips.insert(id, made);
    let action = server.map(|server| hetzner.assign_later(&mut world, id, server));
    let shown = world.compute.primary_ips[&id].json(&world.compute);
    Ok((StatusCode::CREATED, Json(json!({"primary_ip": shown, "action": action}))))
}

async fn delete(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = hetzner.world();
    let primary = find::<PrimaryIp>(&world.compute, &id)?;
    if primary.common.protected {
        return Err(Problem::protected("primary IP is delete protected"));
    }
    if primary.server.is_some() {
        let message = "primary IP must be unassigned before it can be deleted";
        return Err(unprocessable("must_be_unassigned", message));
    }
    let id = primary.common.id;
    world.compute.primary_ips.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

async fn assign(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    body.only(&["assignee_type", "assignee_id"])?;
    if body.required_text("assignee_type")? != "server" {
        return Err(Problem::field("assignee_type", "must be server"));
    }
    let server = body.number("assignee_id")?;
    let server = server.ok_or_else(|| Problem::field("assignee_id", "is required"))?;
    let mut world = hetzner.world();
    let primary = find::<PrimaryIp>(&world.compute, &id)?;
    if primary.server.is_some() {
        let message = "primary IP is already assigned";
        return Err(unprocessable("primary_ip_already_assigned", message));
    }
    let (id, location) = (primary.common.id, primary.location);
    let target = require_assignable(&world.compute, primary.family, &server.to_string())?;
    if target.location != location {
        return Err(Problem::field("assignee_id", "server is in another location"));
    }
    let action = hetzner.assign_later(&mut world, id, server);
    Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
}

async fn unassign(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    let mut world = hetzner.world();
    let primary = find::<PrimaryIp>(&world.compute, &id)?;
    let (id, family) = (primary.common.id, primary.family);
    let Some(server) = primary.server else {
        return Err(Problem::invalid("primary IP is not assigned"));
    };
    require_off(&world.compute, &server.to_string())?;
    let what = ("unassign_primary_ip", hetzner.0.action_delay);
    let resources = [("primary_ip", id), ("server", server)];
    let action = hetzner.act(&mut world, what, &resources, move |_, world, good| {
        let compute = &mut world.compute;
        if let (Some(primary), true) = (compute.primary_ips.get_mut(&id), good) {
            primary.server = None;
            if let Some(server) = compute.servers.get_mut(&server) {
                *server.slot(family) = None;
            }
        }
    });
    Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
}

async fn change_protection(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["delete"])?;
    let delete = body.flag("delete")?.unwrap_or(false);
    hetzner.change_primary(&id, "change_protection", move |one| one.common.protected = delete)
}

async fn change_dns_ptr(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["ip", "dns_ptr"])?;
    let ip = body.required_text("ip")?.to_owned();
    let name = body.text("dns_ptr")?.map(str::to_owned);
    hetzner.change_primary(&id, "change_dns_ptr", move |one| {
        match name {
            Some(name) => one.names.insert(ip, name),
            None => one.names.remove(&ip),
        };
    })
}

fn require_off<'c>(compute: &'c Compute, id: &str) -> Result<&'c Server, Problem> {
    let server = find::<Server>(compute, id)?;
    compute.require_free("server", server.common.id)?;
    if server.status != Status::Off {
        return Err(unprocessable("server_not_stopped", "server must be powered off"));
    }
    Ok(server)
}

/// The server, if it is off and has no address of the family yet.
fn require_assignable<'c>(
    compute: &'c Compute,
    family: Family,
    id: &str,
) -> Result<&'c Server, Problem> {
    let server = require_off(compute, id)?;
    match (family, server.ipv4, server.ipv6) {
        (Family::V4, Some(_), _) => {
            Err(unprocessable("server_has_ipv4", "server already has an IPv4 address"))
        }
        (Family::V6, _, Some(_)) => {
            Err(unprocessable("server_has_ipv6", "server already has an IPv6 address"))
        }
        _ => Ok(server),
    }
}

impl Hetzner {
    fn assign_later(&self, world: &mut super::super::world::World, id: u64, server: u64) -> Value {
        let what = ("assign_primary_ip", self.0.action_delay);
        let resources = [("primary_ip", id), ("server", server)];
        self.act(world, what, &resources, move |_, world, good| {
            let compute = &mut world.compute;
            let found = (compute.primary_ips.get_mut(&id), compute.servers.get_mut(&server));
            if let ((Some(primary), Some(target)), true) = (found, good) {
                primary.server = Some(server);
                *target.slot(primary.family) = Some(id);
            }
        })
    }

    fn change_primary(
        &self,
        id: &str,
        command: &'static str,
        change: impl FnOnce(&mut PrimaryIp) + Send + 'static,
    ) -> Answer {
        let mut world = self.world();
        let id = find::<PrimaryIp>(&world.compute, id)?.common.id;
        let what = (command, self.0.action_delay);
        let action = self.act(&mut world, what, &[("primary_ip", id)], move |_, world, good| {
            if let Some(primary) = world.compute.primary_ips.get_mut(&id).filter(|_| good) {
                change(primary);
            }
        });
        Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
    }
}
