//! How an operation begins, takes its time and ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::operations::random_number;
use super::super::request::Request;
use super::Compute;
use super::check::is_request_id;
use super::failure::Failure;
use super::operation::Operation;
use super::place::Place;
use super::refuse::{invalid, not_ready};
use super::store::Store;
use crate::fault::{Cloud, Fate};

/// A write: who wants it, and the id by which it is known again.
pub(super) struct Call<'c> {
    pub compute: &'c Arc<Compute>,
    pub request: &'c Request,
    pub id: Option<String>,
}

impl<'c> Call<'c> {
    /// The call, or the operation it began when it was made before.
    pub(super) fn new(
        compute: &'c Arc<Compute>,
        request: &'c Request,
    ) -> Result<Result<Self, Value>, ApiError> {
        let id = request.query.given("requestId");
        if let Some(id) = id.filter(|id| !is_request_id(id)) {
            return Err(invalid("requestId", id, "Must be a valid, non-zero UUID."));
        }
        let store = compute.store();
        let before = id.and_then(|id| store.requests.get(id));
        if let Some(operation) = before.and_then(|name| store.operations.get(name)) {
            return Ok(Err(operation.json(&store.project)));
        }
        Ok(Ok(Self { compute, request, id: id.map(str::to_owned) }))
    }

    pub(super) fn body(&self) -> Result<Value, ApiError> {
        self.request.object()
    }
}

/// What an operation is to do.
pub(super) struct Job {
    pub place: Place,
    pub kind: &'static str,
    pub takes: Duration,
    /// Why it will fail, if that is known.
    pub failure: Option<Failure>,
}

impl Job {
    pub(super) fn new(place: Place, kind: &'static str, takes: Duration) -> Self {
        Self { place, kind, takes, failure: None }
    }
}

/// Refuses a resource another operation is working on.
pub(super) fn require_ready(store: &Store, place: &Place) -> Result<(), ApiError> {
    if store.active(place).is_some() {
        return Err(not_ready(store, place));
    }
    Ok(())
}

impl Compute {
    /// Begins an operation and returns it; when its time is over, `end` learns whether it
    /// succeeded.
    pub(super) fn begin(
        self: &Arc<Self>,
        store: &mut Store,
        call: &Call<'_>,
        job: Job,
        end: impl FnOnce(&Self, &mut Store, bool) + Send + 'static,
    ) -> Value {
        let collection = job.place.collection;
        let fate = self.faults.fate_of(Cloud::Google, collection, job.kind);
        let slow = self.faults.slowness_of(Cloud::Google, collection, job.kind);
        let failed = (fate == Fate::Fail).then(Failure::internal);
        let target_id = store
            .items
            .get(&job.place)
            .map_or_else(|| json!(super::super::PROJECT_NUMBER), |item| item["id"].clone());
        let now = self.clock.pacific();
        let name = format!(
            "operation-{}-{:013x}-{:08x}-{:08x}",
            self.clock.now().as_millisecond(),
            random_number() >> 12,
            random_number() as u32,
            random_number() as u32
        );
        let operation = Operation {
            name: name.clone(),
            id: random_number(),
            scope: job.place.scope.clone(),
            place: job.place,
            target_id,
            kind: job.kind,
            user: call.request.user.clone(),
            request: call.id.clone(),
            inserted: now,
            ended: None,
            failure: job.failure.or(failed),
            begun: Instant::now(),
            takes: job.takes + slow,
        };
        if let Some(id) = &call.id {
            store.requests.insert(id.clone(), name.clone());
        }
        let takes = operation.takes;
        store.operations.insert(name.clone(), operation);
        if takes.is_zero() && fate != Fate::Hang {
            self.finish(store, &name, end);
        } else {
            self.finish_later(name.clone(), takes, fate == Fate::Hang, end);
        }
        store.operations.get(&name).map(|one| one.json(&store.project)).unwrap_or_default()
    }

    fn finish_later(
        self: &Arc<Self>,
        name: String,
        takes: Duration,
        held: bool,
        end: impl FnOnce(&Self, &mut Store, bool) + Send + 'static,
    ) {
        let (this, faults) = (Arc::downgrade(self), self.faults.clone());
        tokio::spawn(async move {
            tokio::time::sleep(takes).await;
            if held {
                faults.operations_released(Cloud::Google).await;
            }
            if let Some(compute) = this.upgrade() {
                compute.finish(&mut compute.store(), &name, end);
            }
        });
    }

    fn finish(
        &self,
        store: &mut Store,
        name: &str,
        end: impl FnOnce(&Self, &mut Store, bool) + Send + 'static,
    ) {
        let Some(operation) = store.operations.get_mut(name) else { return };
        operation.ended = Some(self.clock.pacific());
        let good = operation.failure.is_none();
        end(self, store, good);
        self.ended.send_modify(|count| *count = count.wrapping_add(1));
    }
}

impl Call<'_> {
    /// Refuses a place where something already is.
    pub(super) fn require_new(&self, store: &Store, place: &Place) -> Result<(), ApiError> {
        if store.items.contains_key(place) {
            return Err(super::refuse::exists(store, place));
        }
        Ok(())
    }

    /// Gives a new resource what all resources have.
    pub(super) fn dress(&self, store: &Store, place: &Place, item: &mut Value) {
        item["kind"] = json!(format!("compute#{}", super::place::member(place.collection)));
        item["id"] = json!(random_number().to_string());
        item["name"] = json!(place.name);
        item["creationTimestamp"] = json!(self.compute.clock.pacific());
        item["selfLink"] = json!(store.link(place));
    }
}
