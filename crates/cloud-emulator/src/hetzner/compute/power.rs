//! `POST /servers/{id}/actions/…`: power, console and password.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::problem::Problem;
use super::super::world::World;
use super::resource::{Answer, find};
use super::server::{Server, Status};
use super::unprocessable;
use crate::credentials::alphanumeric;

pub(super) fn routes() -> Router<Hetzner> {
    let at = |action| format!("/v1/servers/{{id}}/actions/{action}");
    Router::new()
        .route(&at("poweron"), post(poweron))
        .route(&at("poweroff"), post(poweroff))
        .route(&at("shutdown"), post(shutdown))
        .route(&at("reboot"), post(reboot))
        .route(&at("reset"), post(reset))
        .route(&at("request_console"), post(request_console))
        .route(&at("reset_password"), post(reset_password))
}

impl Hetzner {
    /// Lets an action work on a server: `during` is its status meanwhile, and `end` is called if
    /// the action succeeds. A failing one leaves the server as it was.
    pub(super) fn work(
        &self,
        id: &str,
        (command, takes): (&'static str, Duration),
        during: Option<Status>,
        end: impl FnOnce(&Self, &mut World, u64) + Send + 'static,
    ) -> Answer {
        let mut world = self.world();
        let action = self.work_in(&mut world, id, (command, takes), during, end)?;
        Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
    }

    pub(super) fn work_in(
        &self,
        world: &mut World,
        id: &str,
        what: (&'static str, Duration),
        during: Option<Status>,
        end: impl FnOnce(&Self, &mut World, u64) + Send + 'static,
    ) -> Result<Value, Problem> {
        let server = find::<Server>(&world.compute, id)?;
        let (id, before) = (server.common.id, server.status);
        world.compute.require_free("server", id)?;
        if let (Some(server), Some(status)) = (world.compute.servers.get_mut(&id), during) {
            server.status = status;
        }
        Ok(self.act(world, what, &[("server", id)], move |hetzner, world, good| {
            if good {
                end(hetzner, world, id);
            } else if let Some(server) = world.compute.servers.get_mut(&id) {
                server.status = before;
            }
        }))
    }

    fn is(&self, id: &str, status: Status) -> Result<bool, Problem> {
        Ok(find::<Server>(&self.world().compute, id)?.status == status)
    }
}

async fn poweron(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    let what = ("start_server", hetzner.0.server_delay);
    if !hetzner.is(&id, Status::Off)? {
        return hetzner.work(&id, ("start_server", hetzner.0.action_delay), None, |_, _, _| {});
    }
    let plugged =
        |server: &Server| server.ipv4.is_some() || server.ipv6.is_some() || !server.nics.is_empty();
    if !plugged(find::<Server>(&hetzner.world().compute, &id)?) {
        return Err(Problem::invalid("server needs a public or private network interface"));
    }
    hetzner.work(&id, what, Some(Status::Starting), |hetzner, world, id| {
        if let Some(server) = world.compute.servers.get_mut(&id) {
            server.boot(hetzner);
        }
    })
}

async fn poweroff(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    let during = hetzner.is(&id, Status::Running)?.then_some(Status::Stopping);
    let takes = if during.is_some() { hetzner.0.server_delay } else { hetzner.0.action_delay };
    hetzner.work(&id, ("stop_server", takes), during, |_, world, id| {
        if let Some(server) = world.compute.servers.get_mut(&id) {
            server.halt();
        }
    })
}

/// The action ends when the request has been handed over; the server then goes down, or not.
async fn shutdown(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    let what = ("shutdown_server", hetzner.0.action_delay);
    hetzner.work(&id, what, None, |hetzner, world, id| {
        let Some(server) = world.compute.servers.get(&id) else { return };
        if server.status != Status::Running || hetzner.0.faults.shutdown_ignored() {
            return;
        }
        let life = server.life;
        hetzner.later(world, hetzner.0.server_delay, move |world| {
            let server = world.compute.servers.get_mut(&id);
            let same = server.filter(|one| one.life == life && one.status == Status::Running);
            if let Some(server) = same {
                server.halt();
            }
        });
    })
}

async fn reboot(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    restart(&hetzner, &id, "reboot_server")
}

async fn reset(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    restart(&hetzner, &id, "reset_server")
}

fn restart(hetzner: &Hetzner, id: &str, command: &'static str) -> Answer {
    hetzner.work(id, (command, hetzner.0.action_delay), None, |hetzner, world, id| {
        let server = world.compute.servers.get_mut(&id);
        if let Some(server) = server.filter(|server| server.status == Status::Running) {
            server.boot(hetzner);
        }
    })
}

async fn request_console(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    let what = ("request_console", hetzner.0.action_delay);
    let (status, Json(mut body)) = hetzner.work(&id, what, None, |_, _, _| {})?;
    let token = alphanumeric(32);
    body["wss_url"] = json!(format!("wss://console.hetzner.cloud/?server_id={id}&token={token}"));
    body["password"] = json!(alphanumeric(20));
    Ok((status, Json(body)))
}

async fn reset_password(State(hetzner): State<Hetzner>, Path(id): Path<String>) -> Answer {
    if !hetzner.is(&id, Status::Running)? {
        return Err(unprocessable("service_error", "server must be running"));
    }
    let what = ("reset_password", hetzner.0.action_delay);
    let (status, Json(mut body)) = hetzner.work(&id, what, None, |_, _, _| {})?;
    body["root_password"] = json!(alphanumeric(20));
    Ok((status, Json(body)))
}
