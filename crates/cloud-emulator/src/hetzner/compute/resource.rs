//! What servers, networks, firewalls, keys and addresses have in common.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::body::Body;
use super::super::page::Params;
use super::super::problem::Problem;
use super::super::world::World;
use super::Compute;

/// An answer of 201 or another status, with a body.
pub(super) type Answer = Result<(StatusCode, Json<Value>), Problem>;

/// The members every resource has.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub id: u64,
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub created: Timestamp,
    /// Against deletion.
    pub protected: bool,
}

/// A kind of resource.
pub(super) trait Resource: Sized + Send + 'static {
    /// Its name in bodies and in actions.
    const ONE: &'static str;
    /// Its name in lists and paths.
    const MANY: &'static str;
    /// What `PUT` may change.
    const UPDATES: &'static [&'static str] = &["name", "labels"];

    fn all(compute: &Compute) -> &BTreeMap<u64, Self>;
    fn all_mut(compute: &mut Compute) -> &mut BTreeMap<u64, Self>;
    fn common(&self) -> &Common;
    fn common_mut(&mut self) -> &mut Common;
    fn json(&self, compute: &Compute) -> Value;

    /// Whether the filters of this kind let it through.
    fn selected(&self, _: &Params) -> bool {
        true
    }

    /// Takes in what else a `PUT` brings.
    fn amend(&mut self, _: &Body) -> Result<(), Problem> {
        Ok(())
    }

    fn check_name(name: &str) -> Result<(), Problem> {
        if name.trim().is_empty() || name.chars().count() > 255 {
            return Err(Problem::field("name", "must have between 1 and 255 characters"));
        }
        Ok(())
    }
}

impl Common {
    /// A new resource's members, from the body that creates it.
    pub(super) fn read<T: Resource>(
        hetzner: &Hetzner,
        world: &World,
        body: &Body,
    ) -> Result<Self, Problem> {
        let name = body.required_text("name")?.to_owned();
        T::check_name(&name)?;
        let labels = body.labels()?.unwrap_or_default();
        require_unique::<T>(&world.compute, &name, 0)?;
        Ok(Self { id: 0, name, labels, created: hetzner.now(), protected: false })
    }
}

/// The resource with this id.
pub(super) fn find<'w, T: Resource>(compute: &'w Compute, id: &str) -> Result<&'w T, Problem> {
    let found = id.parse().ok().and_then(|id: u64| T::all(compute).get(&id));
    found.ok_or_else(|| missing::<T>(id))
}

/// Like [`find`], to change it.
pub(super) fn find_mut<'w, T: Resource>(
    compute: &'w mut Compute,
    id: &str,
) -> Result<&'w mut T, Problem> {
    let found = id.parse().ok().and_then(|id: u64| T::all_mut(compute).get_mut(&id));
    found.ok_or_else(|| missing::<T>(id))
}

fn missing<T: Resource>(id: &str) -> Problem {
    Problem::not_found(&format!("{} with ID '{id}'", T::ONE))
}

pub(super) async fn list<T: Resource>(
    State(hetzner): State<Hetzner>,
    params: Params,
) -> Result<Response, Problem> {
    let selector = params.selector()?;
    let world = hetzner.world();
    let mut found: Vec<&T> = T::all(&world.compute)
        .values()
        .filter(|one| params.allows("name", &one.common().name))
        .filter(|one| selector.selects(&one.common().labels))
        .filter(|one| one.selected(&params))
        .collect();
    params.sort(&mut found, compare);
    let items = found.iter().map(|one| one.json(&world.compute)).collect();
    params.page(T::MANY, items, 50)
}

pub(super) async fn read<T: Resource>(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let world = hetzner.world();
    Ok(Json(one(find::<T>(&world.compute, &id)?, &world.compute)))
}

pub(super) async fn update<T: Resource>(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    body.only(T::UPDATES)?;
    let (name, labels) = (body.text("name")?, body.labels()?);
    let mut world = hetzner.world();
    let number = find::<T>(&world.compute, &id)?.common().id;
    if let Some(name) = name {
        T::check_name(name)?;
        require_unique::<T>(&world.compute, name, number)?;
    }
    let resource = find_mut::<T>(&mut world.compute, &id)?;
    resource.amend(&body)?;
    let common = resource.common_mut();
    common.name = name.map_or_else(|| common.name.clone(), str::to_owned);
    if let Some(labels) = labels {
        common.labels = labels;
    }
    Ok(Json(one(find::<T>(&world.compute, &id)?, &world.compute)))
}

/// A resource as a body: `{"server": …}`.
pub(super) fn one<T: Resource>(resource: &T, compute: &Compute) -> Value {
    json!({ T::ONE: resource.json(compute) })
}

fn require_unique<T: Resource>(compute: &Compute, name: &str, but: u64) -> Result<(), Problem> {
    let taken = |other: &T| other.common().name == name && other.common().id != but;
    if T::all(compute).values().any(taken) {
        let what = T::ONE.replace('_', " ");
        return Err(Problem::exists("name", format!("{what} name is already used")));
    }
    Ok(())
}

fn compare<T: Resource>(field: &str, left: &&T, right: &&T) -> Option<Ordering> {
    let (left, right) = (left.common(), right.common());
    Some(match field {
        "id" => left.id.cmp(&right.id),
        "name" => left.name.cmp(&right.name),
        "created" => left.created.cmp(&right.created),
        _ => return None,
    })
}
