//! An operation: what every write answers, until it is done.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::failure::Failure;
use super::place::{Place, Scope, scope_link};

pub(super) struct Operation {
    pub name: String,
    pub id: u64,
    /// What it works on.
    pub place: Place,
    pub scope: Scope,
    pub target_id: Value,
    /// `operationType`.
    pub kind: &'static str,
    pub user: String,
    pub request: Option<String>,
    pub inserted: String,
    pub ended: Option<String>,
    pub failure: Option<Failure>,
    pub begun: Instant,
    pub takes: Duration,
}

impl Operation {
    pub(super) fn is_done(&self) -> bool {
        self.ended.is_some()
    }

    pub(super) fn status(&self) -> &'static str {
        if self.is_done() {
            "DONE"
        } else if self.begun.elapsed() * 4 < self.takes {
            "PENDING"
        } else {
            "RUNNING"
        }
    }

    /// Whether at least half of its time is over.
    pub(super) fn is_half_done(&self) -> bool {
        self.begun.elapsed() * 2 >= self.takes
    }

    pub(super) fn json(&self, project: &str) -> Value {
        let link = Place::new(self.scope.clone(), "operations", &self.name).link(project);
        let status = self.status();
        let progress = if self.is_done() { 100 } else { 0 };
        let mut shown = json!({
            "kind": "compute#operation",
            "id": self.id.to_string(),
            "name": self.name,
            "operationType": self.kind,
            "targetLink": target(&self.place, project),
            "targetId": self.target_id,
            "status": status,
            "user": self.user,
            "progress": progress,
            "insertTime": self.inserted,
            "selfLink": link,
        });
        match &self.scope {
            Scope::Zone(_) => shown["zone"] = json!(scope_link(project, &self.scope)),
            Scope::Region(_) => shown["region"] = json!(scope_link(project, &self.scope)),
            Scope::Global => {}
        }
        if let Some(request) = &self.request {
            shown["clientOperationId"] = json!(request);
        }
        if status != "PENDING" {
            shown["startTime"] = json!(self.inserted);
        }
        if let Some(ended) = &self.ended {
            shown["endTime"] = json!(ended);
            if let Some(failure) = &self.failure {
                failure.show(&mut shown);
            }
        }
        shown
    }
}

/// Operations on the project itself have it as their target.
fn target(place: &Place, project: &str) -> String {
    let link = place.link(project);
    if place.collection.is_empty() {
        return link.split("/global").next().unwrap_or_default().to_owned();
    }
    link
}
