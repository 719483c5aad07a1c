//! What the simulator starts from: a service's policy, and an incident out of the journal.
use std::sync::LazyLock;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use failover_core::Failover;
use tokio::sync::Semaphore;
use watcher::replay::{Incident as Recorded, NoIncident};
use web_api::{Incident, IncidentFact, IncidentPart, ServicePolicy};

use super::app::{App, service};
use super::auth::Viewer;
use super::input::Named;
use super::openapi::{envelope, incident as shape};
use super::problem::{Answer, Refusal};

/// Incidents are read out of the journal one at a time: each may be some megabytes.
static READING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// What decides about a service: the policy with everything that the configuration left out.
#[utoipa::path(
    get, path = "/api/v1/services/{service}/policy", tag = "look",
    params(("service" = String, Path, description = "The service's name")),
    responses(
        (status = 200, body = shape::ServicePolicy, description = "The policy in force"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such service"),
        envelope::Refused,
    )
)]
pub async fn policy(
    State(app): State<App>,
    _: Viewer,
    Named(name): Named,
) -> Answer<Json<ServicePolicy>> {
    let ttl = service(&app.watcher().snapshot(), &name)?.ttl;
    let mut policies = app.watcher().policies().iter().map(failover_core::Policy::spec);
    let policy = policies.find(|policy| policy.service == name);
    let policy = policy.ok_or_else(|| Refusal::unknown_service(&name))?.clone();
    Ok(Json(ServicePolicy { ttl, policy }))
}

/// What the machine was told around an event: its move's facts, or those around it, to be replayed.
#[utoipa::path(
    get, path = "/api/v1/incidents/{seq}", tag = "look",
    params(("seq" = u64, Path, description = "The event's number in the journal")),
    responses(
        (status = 200, body = shape::Incident, description = "The facts"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "That is no number"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such event, or nothing is recorded around it"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "What is recorded does not replay"),
        envelope::Refused,
    )
)]
pub async fn incident(
    State(app): State<App>,
    _: Viewer,
    Named(seq): Named,
) -> Answer<Json<Incident>> {
    let number = seq.parse::<u64>();
    let number = number.map_err(|_| {
        let seq = seq.escape_debug();
        Refusal::bad_request(format!("\"{seq}\" is not the number of an event"))
    })?;
    let _turn = READING.acquire().await;
    let read = app.watcher().incident(number).await;
    let read = read.map_err(|error| Refusal::unavailable(error.to_string()))?;
    let recorded = read.map_err(refusal)?;
    described(recorded).map(Json).map_err(|error| {
        Refusal::unavailable(format!("the recorded machine has no JSON form: {error}"))
    })
}

fn refusal(why: NoIncident) -> Refusal {
    let (status, kind, title) = match why {
        NoIncident::UnknownEvent => (StatusCode::NOT_FOUND, "unknown_event", "Unknown event"),
        NoIncident::NoFacts => (StatusCode::NOT_FOUND, "no_facts", "Nothing is recorded"),
        NoIncident::Differs(_) => (StatusCode::CONFLICT, "differs", "It does not replay"),
    };
    Refusal::new(status, kind, title, why.to_string())
}

fn described(recorded: Recorded) -> serde_json::Result<Incident> {
    let text = |machine: &Failover| serde_json::to_string(machine);
    let mut parts = Vec::new();
    for part in recorded.parts {
        let facts = part.facts.into_iter().map(|told| IncidentFact {
            at: told.now,
            fact: told.fact,
            digest: format!("{:016x}", told.digest),
        });
        let (started, machine) = (part.started, text(&part.machine)?);
        parts.push(IncidentPart { started, machine, facts: facts.collect() });
    }
    let Recorded { event, moved, began, ended, cut, version, .. } = recorded;
    let moved = moved.map(|id| id.0);
    Ok(Incident { event, moved, began, ended, cut, version, parts })
}
