//! `change_type` and `rebuild`: another size, another system.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

use super::super::Hetzner;
use super::super::body::Body;
use super::super::problem::Problem;
use super::image::Image;
use super::resource::{Answer, find};
use super::server::{Server, Status};
use super::server_type::ServerType;
use super::unprocessable;
use crate::credentials::alphanumeric;
use crate::fault::Cloud;

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/servers/{id}/actions/change_type", post(change_type))
        .route("/v1/servers/{id}/actions/rebuild", post(rebuild))
}

async fn change_type(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    body.only(&["server_type", "upgrade_disk"])?;
    let wanted = body.reference("server_type")?;
    let wanted = wanted.ok_or_else(|| Problem::field("server_type", "is required"))?;
    let upgrade = body.flag("upgrade_disk")?;
    let upgrade = upgrade.ok_or_else(|| Problem::field("upgrade_disk", "is required"))?;
    let kind = ServerType::wanted(&wanted)?;
    let mut world = hetzner.world();
    let server = find::<Server>(&world.compute, &id)?;
    world.compute.require_free("server", server.common.id)?;
    if server.status != Status::Off {
        return Err(unprocessable("server_not_stopped", "server must be powered off"));
    }
    require_fit(server, kind)?;
    if hetzner.0.faults.stock_out(Cloud::Hetzner, server.location.name, kind.name) {
        return Err(unavailable());
    }
    let what = ("change_server_type", hetzner.0.server_delay);
    // It stays off afterwards, whatever the vendor's documents say: so its users report.
    let end = move |_: &Hetzner, world: &mut super::super::world::World, id: u64| {
        if let Some(server) = world.compute.servers.get_mut(&id) {
            server.kind = kind;
            server.disk = if upgrade { kind.disk } else { server.disk };
            server.status = Status::Off;
        }
    };
    let action = hetzner.work_in(&mut world, &id, what, Some(Status::Migrating), end)?;
    Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
}

fn require_fit(server: &Server, kind: &ServerType) -> Result<(), Problem> {
    let wrong = |why: &str| Err(unprocessable("invalid_server_type", why));
    if kind == server.kind {
        wrong("server already has this server type")
    } else if kind.deprecated {
        wrong("server type is deprecated")
    } else if kind.architecture != server.kind.architecture {
        wrong("server type has another architecture")
    } else if kind.disk < server.disk {
        wrong("server type has a smaller disk")
    } else if !kind.is_sold_in(server.location) {
        wrong("server type is not available in the location of the server")
    } else {
        Ok(())
    }
}

/// 412: no capacity.
pub(super) fn unavailable() -> Problem {
    let message = "error during placement";
    Problem::new(StatusCode::PRECONDITION_FAILED, "resource_unavailable", message)
}

async fn rebuild(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    body.only(&["image", "user_data"])?;
    let wanted = body.reference("image")?;
    let wanted = wanted.ok_or_else(|| Problem::field("image", "is required"))?;
    let user_data = super::create::read_user_data(&body)?;
    let mut world = hetzner.world();
    let server = find::<Server>(&world.compute, &id)?;
    if server.rebuild_protected {
        return Err(Problem::protected("server is rebuild protected"));
    }
    let image = Image::wanted(&wanted, server.kind.architecture)?;
    let what = ("rebuild_server", hetzner.0.server_delay);
    let end = move |hetzner: &Hetzner, world: &mut super::super::world::World, id: u64| {
        if let Some(server) = world.compute.servers.get_mut(&id) {
            server.image = image;
            server.user_data = user_data.or(server.user_data);
            server.boot(hetzner);
        }
    };
    let action = hetzner.work_in(&mut world, &id, what, Some(Status::Rebuilding), end)?;
    let body = json!({"action": action, "root_password": alphanumeric(20)});
    Ok((StatusCode::CREATED, Json(body)))
}
