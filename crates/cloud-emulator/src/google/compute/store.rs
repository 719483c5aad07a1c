//! Everything a project's Compute Engine holds, and how it is found.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::catalogue;
use super::operation::Operation;
use super::place::{Place, Scope};
use crate::machine::Machine;

pub(super) struct Store {
    pub project: String,
    pub items: BTreeMap<Place, Value>,
    /// The insides of instances.
    pub machines: BTreeMap<Place, Machine>,
    pub operations: BTreeMap<String, Operation>,
    /// The operation each request id began.
    pub requests: HashMap<String, String>,
    /// `commonInstanceMetadata`.
    pub metadata: Value,
    pub next_address: usize,
}

impl Store {
    pub(super) fn new(project: &str) -> Self {
        Self {
            project: project.to_owned(),
            items: catalogue::items(project),
            machines: BTreeMap::new(),
            operations: BTreeMap::new(),
            requests: HashMap::new(),
            metadata: super::fingerprint::metadata(json!([])),
            next_address: 0,
        }
    }

    /// The resource a link in a member of another one means.
    pub(super) fn linked(&self, link: &Value) -> Option<(&Place, &Value)> {
        let place = Place::read(link.as_str()?)?;
        self.items.get_key_value(&place)
    }

    /// The resources of a collection, in all scopes.
    pub(super) fn all<'s>(
        &'s self,
        collection: &'static str,
    ) -> impl Iterator<Item = (&'s Place, &'s Value)> {
        self.items.iter().filter(move |(place, _)| place.collection == collection)
    }

    pub(super) fn link(&self, place: &Place) -> String {
        place.link(&self.project)
    }

    pub(super) fn has_zone(&self, zone: &str) -> bool {
        self.items.contains_key(&Place::new(Scope::Global, "zones", zone))
    }

    pub(super) fn has_region(&self, region: &str) -> bool {
        self.items.contains_key(&Place::new(Scope::Global, "regions", region))
    }

    /// The operation that is under way at a resource.
    pub(super) fn active(&self, place: &Place) -> Option<&Operation> {
        self.operations.values().find(|one| one.place == *place && !one.is_done())
    }

    /// Whether callers can see the resource yet: not before its insertion has begun to run.
    pub(super) fn visible(&self, place: &Place) -> bool {
        let unborn = |one: &Operation| one.kind == "insert" && one.status() == "PENDING";
        !self.active(place).is_some_and(unborn)
    }
}
