//! Server types, what they cost and where they are to be had.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::super::page::Params;
use super::super::problem::Problem;
use super::location::{LOCATIONS, Location};
use super::money::Money;
use crate::fault::{Cloud, Faults};

/// A type of server.
#[derive(Debug, PartialEq)]
pub(super) struct ServerType {
    pub id: u64,
    pub name: &'static str,
    cores: u64,
    memory: u64,
    pub disk: u64,
    /// `x86` or `arm`.
    pub architecture: &'static str,
    category: &'static str,
    hourly: Money,
    monthly: Money,
    places: &'static [&'static str],
    pub deprecated: bool,
}

const EU: &[&str] = &["fsn1", "nbg1", "hel1"];
const FAR: &[&str] = &["ash", "hil", "sin"];
const ALL: &[&str] = &["fsn1", "nbg1", "hel1", "ash", "hil", "sin"];
const COST: &str = "Cost-Optimized";
const REGULAR: &str = "Regular Performance";
const GENERAL: &str = "General Purpose";

/// Sizes are the vendor's; prices are near enough to compare with each other.
pub(super) const SERVER_TYPES: [ServerType; 16] = [
    of(1, "cx11", (1, 2, 20), "x86", COST, (53, 32_900), EU),
    of(22, "cpx11", (2, 2, 40), "x86", REGULAR, (72, 44_900), FAR),
    of(23, "cpx21", (3, 4, 80), "x86", REGULAR, (136, 84_900), FAR),
    of(45, "cax11", (2, 4, 40), "arm", COST, (61, 37_900), EU),
    of(93, "cax21", (4, 8, 80), "arm", COST, (104, 64_900), EU),
    of(94, "cax31", (8, 16, 160), "arm", COST, (200, 124_900), EU),
    of(95, "cax41", (16, 32, 320), "arm", COST, (392, 244_900), EU),
    of(96, "ccx13", (2, 8, 80), "x86", GENERAL, (200, 124_900), ALL),
    of(97, "ccx23", (4, 16, 160), "x86", GENERAL, (392, 244_900), ALL),
    of(108, "cpx22", (2, 4, 80), "x86", REGULAR, (104, 64_900), EU),
    of(109, "cpx32", (4, 8, 160), "x86", REGULAR, (176, 109_900), EU),
    of(110, "cpx42", (8, 16, 320), "x86", REGULAR, (320, 199_900), EU),
    of(114, "cx23", (2, 4, 40), "x86", COST, (56, 34_900), EU),
    of(115, "cx33", (4, 8, 80), "x86", COST, (88, 54_900), EU),
    of(116, "cx43", (8, 16, 160), "x86", COST, (152, 94_900), EU),
    of(117, "cx53", (16, 32, 320), "x86", COST, (280, 174_900), EU),
];

const fn of(
    id: u64,
    name: &'static str,
    (cores, memory, disk): (u64, u64, u64),
    architecture: &'static str,
    category: &'static str,
    (hourly, monthly): (u64, u64),
    places: &'static [&'static str],
) -> ServerType {
    let (hourly, monthly, deprecated) = (Money(hourly), Money(monthly), id == 1);
    ServerType {
        id,
        name,
        cores,
        memory,
        disk,
        architecture,
        category,
        hourly,
        monthly,
        places,
        deprecated,
    }
}

impl ServerType {
    /// The one with this id or name.
    pub(super) fn wanted(id_or_name: &str) -> Result<&'static Self, Problem> {
        let number = id_or_name.parse().ok();
        SERVER_TYPES.iter().find(|one| one.name == id_or_name || Some(one.id) == number).ok_or_else(
            || Problem::field("server_type", format!("server type {id_or_name:?} not found")),
        )
    }

    pub(super) fn is_sold_in(&self, location: &Location) -> bool {
        self.places.contains(&location.name)
    }

    /// Where the vendor puts a server whose location is left to it.
    pub(super) fn first_location(&self) -> &'static Location {
        LOCATIONS.iter().find(|one| self.is_sold_in(one)).unwrap_or(&LOCATIONS[0])
    }

    pub(super) fn prices(&self) -> Vec<Value> {
        let price = |place: &&str| {
            // Beyond the ocean everything costs a fifth more and brings less traffic.
            let far = FAR.contains(place);
            let at = |money: Money| Money(if far { money.0 * 6 / 5 } else { money.0 }).json();
            json!({
                "location": place,
                "price_hourly": at(self.hourly),
                "price_monthly": at(self.monthly),
                "included_traffic": if far { 1_099_511_627_776_u64 } else { 21_990_232_555_520 },
                "price_per_tb_traffic": Money(if far { 74_000 } else { 10_000 }).json(),
            })
        };
        self.places.iter().map(price).collect()
    }

    pub(super) fn json(&self, faults: &Faults) -> Value {
        let deprecation = self.deprecated.then(|| {
            json!({"announced": "2024-06-06T00:00:00Z", "unavailable_after": "2024-09-06T00:00:00Z"})
        });
        let locations: Vec<Value> = LOCATIONS
            .iter()
            .filter(|place| self.is_sold_in(place))
            .map(|place| {
                let out = faults.stock_out_announced(Cloud::Hetzner, place.name, self.name);
                json!({
                    "id": place.id,
                    "name": place.name,
                    "deprecation": deprecation,
                    "available": !self.deprecated && !out,
                    "recommended": !self.deprecated,
                })
            })
            .collect();
        let dedicated = self.category == GENERAL;
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.name.to_ascii_uppercase(),
            "cores": self.cores,
            "memory": self.memory as f64,
            "disk": self.disk,
            "architecture": self.architecture,
            "cpu_type": if dedicated { "dedicated" } else { "shared" },
            "category": self.category,
            "storage_type": "local",
            "deprecated": self.deprecated,
            "deprecation": deprecation,
            "prices": self.prices(),
            "locations": locations,
        })
    }
}

pub(super) fn routes() -> Router<Hetzner> {
    Router::new().route("/v1/server_types", get(list)).route("/v1/server_types/{id}", get(read))
}

async fn list(State(hetzner): State<Hetzner>, params: Params) -> Result<Response, Problem> {
    let found = SERVER_TYPES.iter().filter(|one| params.allows("name", one.name));
    let items = found.map(|one| one.json(&hetzner.0.faults)).collect();
    params.page("server_types", items, 50)
}

async fn read(
    State(hetzner): State<Hetzner>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let number: u64 = id.parse().map_err(|_| Problem::not_found("server type"))?;
    let found = SERVER_TYPES.iter().find(|one: &&ServerType| one.id == number);
    let found = found.ok_or_else(|| Problem::not_found("server type"))?;
    Ok(Json(json!({ "server_type": found.json(&hetzner.0.faults) })))
}
