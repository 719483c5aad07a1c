//! Where servers can stand.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::page::Params;
use super::super::problem::Problem;

/// A data centre park.
#[derive(Debug, PartialEq)]
pub(super) struct Location {
    pub id: u64,
    pub name: &'static str,
    description: &'static str,
    country: &'static str,
    city: &'static str,
    latitude: f64,
    longitude: f64,
    pub zone: &'static str,
}

pub(super) const LOCATIONS: [Location; 6] = [
    at(1, "fsn1", ("Falkenstein DC Park 1", "DE", "Falkenstein"), (50.47612, 12.370071), EU),
    at(2, "nbg1", ("Nuremberg DC Park 1", "DE", "Nuremberg"), (49.452102, 11.076665), EU),
    at(3, "hel1", ("Helsinki DC Park 1", "FI", "Helsinki"), (60.169855, 24.938379), EU),
    at(4, "ash", ("Ashburn, VA", "US", "Ashburn, VA"), (39.045821, -77.487073), "us-east"),
    at(5, "hil", ("Hillsboro, OR", "US", "Hillsboro, OR"), (45.54222, -122.951924), "us-west"),
    at(6, "sin", ("Singapore", "SG", "Singapore"), (1.283333, 103.833333), "ap-southeast"),
];

const EU: &str = "eu-central";

const fn at(
    id: u64,
    name: &'static str,
    (description, country, city): (&'static str, &'static str, &'static str),
    (latitude, longitude): (f64, f64),
    zone: &'static str,
) -> Location {
    Location { id, name, description, country, city, latitude, longitude, zone }
}

impl Location {
    /// The one with this id or name.
    pub(super) fn find(id_or_name: &str) -> Option<&'static Self> {
        let number = id_or_name.parse().ok();
        LOCATIONS.iter().find(|one| one.name == id_or_name || Some(one.id) == number)
    }

    /// Like [`Location::find`], for the body of a request.
    pub(super) fn wanted(id_or_name: &str) -> Result<&'static Self, Problem> {
        let wrong = || Problem::field("location", format!("location {id_or_name:?} not found"));
        Self::find(id_or_name).ok_or_else(wrong)
    }

    pub(super) fn is_zone(name: &str) -> bool {
        LOCATIONS.iter().any(|one| one.zone == name)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "country": self.country,
            "city": self.city,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "network_zone": self.zone,
        })
    }
}

pub(super) fn routes() -> Router<Hetzner> {
    Router::new()
        .route("/v1/locations", get(list))
        .route("/v1/locations/{id}", get(read))
        .route("/v1/datacenters", get(gone))
        .route("/v1/datacenters/{id}", get(gone))
}

async fn list(params: Params) -> Result<Response, Problem> {
    let mut found: Vec<&Location> =
        LOCATIONS.iter().filter(|one| params.allows("name", one.name)).collect();
    params.sort(&mut found, |field, left, right| match field {
        "id" => Some(left.id.cmp(&right.id)),
        "name" => Some(left.name.cmp(right.name)),
        _ => None,
    });
    params.page("locations", found.iter().map(|one| one.json()).collect(), 50)
}

async fn read(Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let number: u64 = id.parse().map_err(|_| Problem::not_found("location"))?;
    let found = LOCATIONS.iter().find(|one: &&Location| one.id == number);
    let location = found.ok_or_else(|| Problem::not_found("location"))?;
    Ok(Json(json!({ "location": location.json() })))
}

async fn gone(State(_): State<Hetzner>) -> Problem {
    Problem::removed(
        "datacenters were removed, use locations instead",
        "https://docs.hetzner.cloud/changelog#2025-12-16-phasing-out-datacenters",
    )
}
