//! `/pricing`: what everything costs.

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::Hetzner;
use super::location::LOCATIONS;
use super::money::{Money, VAT};
use super::server_type::SERVER_TYPES;

pub(super) fn routes() -> Router<Hetzner> {
    Router::new().route("/v1/pricing", get(pricing))
}

async fn pricing() -> Json<Value> {
    let server_types: Vec<Value> = SERVER_TYPES
        .iter()
        .map(|one| json!({"id": one.id, "name": one.name, "prices": one.prices()}))
        .collect();
    let everywhere = |price: Value| -> Vec<Value> {
        LOCATIONS
            .iter()
            .map(|place| {
                let mut price = price.clone();
                price["location"] = json!(place.name);
                price
            })
            .collect()
    };
    let address = |hourly, monthly| json!({"price_hourly": Money(hourly).json(), "price_monthly": Money(monthly).json()});
    let floating = json!({"price_monthly": Money(30_000).json()});
    Json(json!({"pricing": {
        "currency": "EUR",
        "vat_rate": format!("{VAT}.000000"),
        "server_types": server_types,
        "load_balancer_types": [],
        "primary_ips": [
            {"type": "ipv4", "prices": everywhere(address(8, 5_000))},
            {"type": "ipv6", "prices": everywhere(address(0, 0))},
        ],
        "floating_ips": [
            {"type": "ipv4", "prices": everywhere(floating.clone())},
            {"type": "ipv6", "prices": everywhere(json!({"price_monthly": Money(10_000).json()}))},
        ],
        "floating_ip": floating,
        "image": {"price_per_gb_month": Money(110).json()},
        "volume": {"price_per_gb_month": Money(440).json()},
        "server_backup": {"percentage": "20.0000000000"},
    }}))
}
