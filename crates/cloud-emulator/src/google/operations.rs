//! Zone operations: what a patch or update answers, and how to look it up again.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use serde_json::Value;

use super::error::{ApiError, Problem};
use super::page::page;
use super::request::Request;
use super::world::{World, find};
use super::zone::Operation;

/// `GET …/operations/{id}`
pub(crate) fn get(world: &World, zone: &str, id: &str) -> Result<Value, ApiError> {
    let zones = world.zones();
    let found = find(&zones, zone)?.operations.iter().find(|one| one.id == id);
    found.map(Operation::json).ok_or_else(|| Problem::missing("parameters.operation", id).into())
}

/// `GET …/operations`
pub(crate) fn list(world: &World, zone: &str, request: &Request) -> Result<Value, ApiError> {
    let zones = world.zones();
    let all = find(&zones, zone)?.operations.iter();
    let mut items: Vec<_> = all.map(|one| (one.id.clone(), one.json())).collect();
    match request.query.given("sortBy") {
        None | Some("startTime") => {}
        Some("id") => items.sort_by(|one, other| one.0.cmp(&other.0)),
        Some(other) => return Err(Problem::invalid("parameters.sortBy", other).into()),
    }
    let kind = "dns#managedZoneOperationsListResponse";
    page(&request.query, Some(kind), "operations", items)
}

/// An id as the server makes it up.
pub(crate) fn fresh_id() -> String {
    let (high, low) = (random_number(), random_number());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

/// A random number of 63 bits, never small enough to be taken for a counter.
pub(crate) fn random_number() -> u64 {
    RandomState::new().build_hasher().finish() >> 1 | 1 << 60
}
