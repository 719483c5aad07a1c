//! System images: each name once per architecture.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::page::Params;
use super::super::problem::Problem;

/// A system image.
#[derive(Debug, PartialEq)]
pub(super) struct Image {
    pub id: u64,
    pub name: &'static str,
    flavor: &'static str,
    version: &'static str,
    pub architecture: &'static str,
    deprecated: Option<&'static str>,
}

const IMAGES: [Image; 10] = [
    of(114_690_387, "debian-12", "debian", "12", "x86", None),
    of(114_690_389, "debian-12", "debian", "12", "arm", None),
    of(310_557_660, "debian-13", "debian", "13", "x86", None),
    of(310_557_662, "debian-13", "debian", "13", "arm", None),
    of(161_547_269, "ubuntu-24.04", "ubuntu", "24.04", "x86", None),
    of(161_547_270, "ubuntu-24.04", "ubuntu", "24.04", "arm", None),
    of(182_218_661, "rocky-9", "rocky", "9", "x86", None),
    of(182_218_663, "rocky-9", "rocky", "9", "arm", None),
    of(45_557_056, "debian-11", "debian", "11", "x86", Some("2026-08-31T00:00:00Z")),
    of(103_907_373, "debian-11", "debian", "11", "arm", Some("2026-08-31T00:00:00Z")),
];

const fn of(
    id: u64,
    name: &'static str,
    flavor: &'static str,
    version: &'static str,
    architecture: &'static str,
    deprecated: Option<&'static str>,
) -> Image {
    Image { id, name, flavor, version, architecture, deprecated }
}

impl Image {
    /// The one with this id, or the one of this name for an architecture.
    pub(super) fn wanted(id_or_name: &str, architecture: &str) -> Result<&'static Self, Problem> {
        let number: Option<u64> = id_or_name.parse().ok();
        let named = |one: &&Image| one.name == id_or_name && one.architecture == architecture;
        let found = match number {
            Some(id) => IMAGES.iter().find(|one| one.id == id),
            None => IMAGES.iter().find(named),
        };
        let image = found
            .ok_or_else(|| Problem::field("image", format!("image {id_or_name:?} not found")))?;
        if image.architecture != architecture {
            let wrong =
                format!("image is for {}, server type is {architecture}", image.architecture);
            return Err(Problem::field("image", wrong));
        }
        Ok(image)
    }

    pub(super) fn json(&self) -> Value {
        let flavor = self.flavor[..1].to_ascii_uppercase() + &self.flavor[1..];
        json!({
            "id": self.id,
            "type": "system",
            "status": "available",
            "name": self.name,
            "description": format!("{flavor} {}", self.version),
            "image_size": null,
            "disk_size": 5,
            "created": "2025-08-18T06:00:00Z",
            "created_from": null,
            "bound_to": null,
            "os_flavor": self.flavor,
            "os_version": self.version,
            "rapid_deploy": true,
            "protection": {"delete": false},
            "deprecated": self.deprecated,
            "deleted": null,
            "labels": {},
            "architecture": self.architecture,
        })
    }
}

pub(super) fn routes() -> Router<Hetzner> {
    Router::new().route("/v1/images", get(list)).route("/v1/images/{id}", get(read))
}

async fn list(State(_): State<Hetzner>, params: Params) -> Result<Response, Problem> {
    let selector = params.selector()?;
    let deprecated = params.first("include_deprecated") == Some("true");
    let mut found: Vec<&Image> = IMAGES
        .iter()
        .filter(|one| params.allows("name", one.name))
        .filter(|one| params.allows("architecture", one.architecture))
        .filter(|_| params.allows("type", "system") && params.allows("status", "available"))
        .filter(|_| params.first("bound_to").is_none() && selector.selects(&Default::default()))
        // Whoever asks for a name gets it, old or not.
        .filter(|one| one.deprecated.is_none() || deprecated || params.first("name").is_some())
        .collect();
    params.sort(&mut found, |field, left, right| match field {
        "id" => Some(left.id.cmp(&right.id)),
        "name" => Some(left.name.cmp(right.name)),
        _ => None,
    });
    params.page("images", found.iter().map(|one| one.json()).collect(), 50)
}

async fn read(Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let number: u64 = id.parse().map_err(|_| Problem::not_found("image"))?;
    let found = IMAGES.iter().find(|one: &&Image| one.id == number);
    let image = found.ok_or_else(|| Problem::not_found("image"))?;
    Ok(Json(json!({ "image": image.json() })))
}
