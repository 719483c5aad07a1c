//! `/firewalls`: rules, and what they are applied to.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::body::Body;
use super::super::problem::Problem;
use super::super::world::World;
use super::firewall::{Firewall, MOST_OF_A_SERVER, Target};
use super::resource::{Answer, Common, Resource as _, find, list, read, update};
use super::rule::read_rules;
use super::{Compute, unprocessable};

pub(super) fn routes() -> Router<Hetzner> {
    let at = |action| format!("/v1/firewalls/{{id}}/actions/{action}");
    Router::new()
        .route("/v1/firewalls", get(list::<Firewall>).post(create))
        .route("/v1/firewalls/{id}", get(read::<Firewall>).put(update::<Firewall>).delete(delete))
        .route(&at("set_rules"), post(set_rules))
        .route(&at("apply_to_resources"), post(apply_to_resources))
        .route(&at("remove_from_resources"), post(remove_from_resources))
}

async fn create(State(hetzner): State<Hetzner>, body: Body) -> Answer {
    body.only(&["name", "labels", "rules", "apply_to"])?;
    let rules = read_rules(&body)?;
    let targets = Target::read_all(&body, "apply_to")?;
    let mut world = hetzner.world();
    let mut common = Common::read::<Firewall>(&hetzner, &world, &body)?;
    common.id = world.id();
    let id = common.id;
    let (servers, selectors) = (BTreeMap::new(), BTreeSet::new());
    let ruled = !rules.is_empty();
    let firewall = Firewall { common, rules, servers, selectors };
    for (place, target) in targets.iter().enumerate() {
        if targets[..place].contains(target) {
            let message = "a resource is given more than once";
            return Err(unprocessable("server_already_added", message));
        }
        applicable(&world.compute, &firewall, target, StatusCode::UNPROCESSABLE_ENTITY)?;
    }
    world.compute.firewalls.insert(id, firewall);
    let mut actions = Vec::new();
    if ruled {
        let what = ("set_firewall_rules", hetzner.0.action_delay);
        actions.push(hetzner.act(&mut world, what, &[("firewall", id)], |_, _, _| {}));
    }
    for target in targets {
        actions.push(hetzner.apply(&mut world, id, target));
    }
    let firewall = find::<Firewall>(&world.compute, &id.to_string())?.json(&world.compute);
    Ok((StatusCode::CREATED, Json(json!({"firewall": firewall, "actions": actions}))))
}

async fn delete(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = hetzner.world();
    let firewall = find::<Firewall>(&world.compute, &id)?;
    if firewall.in_use() {
        let message = format!("firewall with ID '{id}' is still in use");
        return Err(unprocessable("resource_in_use", &message));
    }
    let id = firewall.common.id;
    world.compute.firewalls.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

async fn set_rules(State(hetzner): State<Hetzner>, Path(id): Path<String>, body: Body) -> Answer {
    body.only(&["rules"])?;
    if !body.has("rules") {
        return Err(Problem::field("rules", "is required"));
    }
    let rules = read_rules(&body)?;
    let mut world = hetzner.world();
    let id = free(&world, &id)?;
    let what = ("set_firewall_rules", hetzner.0.action_delay);
    let action = hetzner.act(&mut world, what, &[("firewall", id)], move |_, world, good| {
        if let Some(firewall) = world.compute.firewalls.get_mut(&id).filter(|_| good) {
            firewall.rules = rules;
        }
    });
    Ok((StatusCode::CREATED, Json(json!({"actions": [action]}))))
}

async fn apply_to_resources(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["apply_to"])?;
    let targets = Target::read_all(&body, "apply_to")?;
    let mut world = hetzner.world();
    let id = free(&world, &id)?;
    for target in &targets {
        let firewall = &world.compute.firewalls[&id];
        applicable(&world.compute, firewall, target, StatusCode::NOT_FOUND)?;
    }
    let actions: Vec<Value> =
        targets.into_iter().map(|target| hetzner.apply(&mut world, id, target)).collect();
    Ok((StatusCode::CREATED, Json(json!({ "actions": actions }))))
}

async fn remove_from_resources(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["remove_from"])?;
    let targets = Target::read_all(&body, "remove_from")?;
    let mut world = hetzner.world();
    let id = free(&world, &id)?;
    for target in &targets {
        removable(&world.compute, &world.compute.firewalls[&id], target)?;
    }
    let actions: Vec<Value> =
        targets.into_iter().map(|target| hetzner.unapply(&mut world, id, target)).collect();
    Ok((StatusCode::CREATED, Json(json!({ "actions": actions }))))
}

/// The firewall's number, if it is there and nobody locked it.
fn free(world: &World, id: &str) -> Result<u64, Problem> {
    let id = find::<Firewall>(&world.compute, id)?.common.id;
    world.compute.require_free("firewall", id)?;
    Ok(id)
}

fn applicable(
    compute: &Compute,
    firewall: &Firewall,
    target: &Target,
    absent: StatusCode,
) -> Result<(), Problem> {
    let id = match target {
        Target::Selector(text) if firewall.selectors.contains(text) => {
            return Err(unprocessable(
                "firewall_already_applied",
                "label selector already applied",
            ));
        }
        Target::Selector(_) => return Ok(()),
        Target::Server(id) => id,
    };
    let server = compute.servers.get(id).ok_or_else(|| {
        Problem::new(absent, "firewall_resource_not_found", format!("server {id} not found"))
    })?;
    if firewall.servers.contains_key(id) {
        let message = format!("firewall already applied to server {id}");
        return Err(unprocessable("firewall_already_applied", &message));
    }
    if server.ipv4.is_none() && server.ipv6.is_none() {
        let message = format!("server {id} has no public interface");
        return Err(unprocessable("private_net_only_server", &message));
    }
    let present = compute.firewalls.values().filter(|one| one.status_at(server).is_some()).count();
    if present >= MOST_OF_A_SERVER {
        return Err(Problem::limit("firewalls_per_server", "firewall limit of server exceeded"));
    }
    Ok(())
}

fn removable(compute: &Compute, firewall: &Firewall, target: &Target) -> Result<(), Problem> {
    let here = match target {
        Target::Selector(text) => firewall.selectors.contains(text),
        Target::Server(id) => firewall.servers.contains_key(id),
    };
    if here {
        return Ok(());
    }
    if let Target::Server(id) = target
        && compute.servers.get(id).is_some_and(|server| firewall.selects(server))
    {
        let message = format!("firewall is applied to server {id} by a label selector");
        return Err(unprocessable("firewall_managed_by_label_selector", &message));
    }
    let message = "firewall is not applied to the resource";
    Err(Problem::new(StatusCode::NOT_FOUND, "firewall_resource_not_found", message))
}

impl Hetzner {
    fn apply(&self, world: &mut World, id: u64, target: Target) -> Value {
        let resources = resources(id, &target);
        if let (Some(firewall), Target::Server(server)) =
            (world.compute.firewalls.get_mut(&id), &target)
        {
            firewall.servers.insert(*server, false);
        }
        let what = ("apply_firewall", self.0.action_delay);
        self.act(world, what, &resources, move |_, world, good| {
            let Some(firewall) = world.compute.firewalls.get_mut(&id) else { return };
            match target {
                Target::Server(server) if good => {
                    firewall.servers.entry(server).and_modify(|applied| *applied = true);
                }
                Target::Server(server) => {
                    firewall.servers.remove(&server);
                }
                Target::Selector(text) if good => {
                    firewall.selectors.insert(text);
                }
                Target::Selector(_) => {}
            }
        })
    }

    fn unapply(&self, world: &mut World, id: u64, target: Target) -> Value {
        let what = ("remove_firewall", self.0.action_delay);
        self.act(world, what, &resources(id, &target), move |_, world, good| {
            let Some(firewall) = world.compute.firewalls.get_mut(&id).filter(|_| good) else {
                return;
            };
            match target {
                Target::Server(server) => {
                    firewall.servers.remove(&server);
                }
                Target::Selector(text) => {
                    firewall.selectors.remove(&text);
                }
            }
        })
    }
}

fn resources(firewall: u64, target: &Target) -> Vec<(&'static str, u64)> {
    let mut found = vec![("firewall", firewall)];
    if let Target::Server(server) = target {
        found.insert(0, ("server", *server));
    }
    found
}
