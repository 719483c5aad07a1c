//! `/servers`: lists, reading, changing and removing; `create` makes them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::super::Hetzner;
use super::super::body::Body;
use super::super::problem::Problem;
use super::super::world::World;
use super::create::create;
use super::resource::{Answer, find, list, read, update};
use super::server::{Server, Status};

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/servers", get(list::<Server>).post(create))
        .route("/v1/servers/{id}", get(read::<Server>).put(update::<Server>).delete(delete))
        .route("/v1/servers/{id}/actions/change_protection", post(change_protection))
        .route("/v1/servers/{id}/actions/change_dns_ptr", post(change_dns_ptr))
}

async fn delete(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    let mut world = hetzner.world();
    let server = find::<Server>(&world.compute, &id)?;
    if server.common.protected {
        return Err(Problem::protected("server is delete protected"));
    }
    let (id, before) = (server.common.id, server.status);
    world.compute.require_free("server", id)?;
    if let Some(server) = world.compute.servers.get_mut(&id) {
        server.status = Status::Deleting;
    }
    let what = ("delete_server", hetzner.0.server_delay);
    let action = hetzner.act(&mut world, what, &[("server", id)], move |_, world, good| {
        if good {
            remove(world, id);
        } else if let Some(server) = world.compute.servers.get_mut(&id) {
            server.status = before;
        }
    });
    Ok((StatusCode::OK, Json(json!({ "action": action }))))
}

/// Takes a server away, and with it the addresses that were made for it.
pub(super) fn remove(world: &mut World, id: u64) {
    let compute = &mut world.compute;
    compute.servers.remove(&id);
    compute.primary_ips.retain(|_, primary| primary.server != Some(id) || !primary.auto_delete);
    for primary in compute.primary_ips.values_mut().filter(|one| one.server == Some(id)) {
        primary.server = None;
    }
    for firewall in compute.firewalls.values_mut() {
        firewall.servers.remove(&id);
    }
}

async fn change_protection(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["delete", "rebuild"])?;
    let (delete, rebuild) = (body.flag("delete")?, body.flag("rebuild")?);
    if delete != rebuild {
        return Err(Problem::field("rebuild", "must be the same as delete"));
    }
    let wanted = delete.unwrap_or(false);
    let what = ("change_protection", hetzner.0.action_delay);
    hetzner.work(&id, what, None, move |_, world, id| {
        if let Some(server) = world.compute.servers.get_mut(&id) {
            (server.common.protected, server.rebuild_protected) = (wanted, wanted);
        }
    })
}

async fn change_dns_ptr(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["ip", "dns_ptr"])?;
    let ip = body.required_text("ip")?.to_owned();
    let name = body.text("dns_ptr")?.map(str::to_owned);
    let what = ("change_dns_ptr", hetzner.0.action_delay);
    hetzner.work(&id, what, None, move |_, world, id| {
        let own = world.compute.primary_ips.values_mut().filter(|one| one.server == Some(id));
        for primary in own.filter(|one| one.ip.contains(':') == ip.contains(':')) {
            match &name {
                Some(name) => primary.names.insert(ip.clone(), name.clone()),
                None => primary.names.remove(&ip),
            };
        }
    })
}
