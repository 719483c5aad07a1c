//! SSH keys that new servers get.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::body::Body;
use super::super::page::Params;
use super::super::problem::Problem;
use super::super::zone::time;
use super::Compute;
use super::fingerprint::fingerprint;
use super::resource::{Answer, Common, Resource, find, list, one, read, update};
use crate::fault::Cloud;

#[derive(Clone, Debug)]
pub(super) struct SshKey {
    common: Common,
    fingerprint: String,
    public_key: String,
}

impl SshKey {
    /// Whether an id or a name, as in the creation of a server, means this key.
    pub(super) fn is(&self, id_or_name: &str) -> bool {
        self.common.name == id_or_name || id_or_name.parse() == Ok(self.common.id)
    }
}

impl Resource for SshKey {
    const ONE: &'static str = "ssh_key";
    const MANY: &'static str = "ssh_keys";

    fn all(compute: &Compute) -> &BTreeMap<u64, Self> {
        &compute.ssh_keys
    }

    fn all_mut(compute: &mut Compute) -> &mut BTreeMap<u64, Self> {
        &mut compute.ssh_keys
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }

    fn json(&self, _: &Compute) -> Value {
        json!({
            "id": self.common.id,
            "name": self.common.name,
            "fingerprint": self.fingerprint,
            "public_key": self.public_key,
            "labels": self.common.labels,
            "created": time(self.common.created),
        })
    }

    fn selected(&self, params: &Params) -> bool {
        params.allows("fingerprint", &self.fingerprint)
    }
}

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/ssh_keys", get(list::<SshKey>).post(create))
        .route("/v1/ssh_keys/{id}", get(read::<SshKey>).put(update::<SshKey>).delete(delete))
}

async fn create(State(hetzner): State<Hetzner>, body: Body) -> Answer {
    body.only(&["name", "public_key", "labels"])?;
    let public_key = body.required_text("public_key")?.to_owned();
    let wrong = |why| Problem::field("public_key", why);
    let fingerprint = fingerprint(&public_key).map_err(wrong)?;
    if hetzner.0.faults.ssh_key_refused(Cloud::Hetzner) {
        return Err(wrong("this key is not accepted"));
    }
    let mut world = hetzner.world();
    let mut common = Common::read::<SshKey>(&hetzner, &world, &body)?;
    if world.compute.ssh_keys.values().any(|key| key.fingerprint == fingerprint) {
        return Err(Problem::exists("public_key", "SSH key not unique"));
    }
    common.id = world.id();
    let key = SshKey { common, fingerprint, public_key };
    let shown = one(&key, &world.compute);
    world.compute.ssh_keys.insert(key.common.id, key);
    Ok((StatusCode::CREATED, Json(shown)))
}

async fn delete(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut world = hetzner.world();
    let id = find::<SshKey>(&world.compute, &id)?.common.id;
    world.compute.ssh_keys.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}
