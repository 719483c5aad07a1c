//! The server's API, as far as the panel asks it. Nothing else in the panel knows the network.
pub mod records;

use crate::model::curve::Curves;
use crate::model::json::{self, FromJson};
use crate::model::news::Page;
use crate::model::pulse::SLOTS;
use crate::model::route::encode;
use crate::words;
use failover_core::{Command, Timestamp};
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use gloo_net::http::{Request, Response};
use serde::Serialize;
use web_api::{
    BlueprintPlan, Configuration, DemoFault, DemoFaults, History, LatestJob, Locations,
    LoginRequest, MachineTypes, Plan, Problem, Reached, Session,
};

const CONFIGURATION: &str = "/api/v1/configuration";
const EVENTS: &str = "/api/v1/events";
const FAULTS: &str = "/api/v1/demo/faults";
const LOCATIONS: &str = "/api/v1/locations";
const LIVE: &str = "/api/v1/changes";
const LOGIN: &str = "/api/v1/login";
const LOGOUT: &str = "/api/v1/logout";
const ONE_FAULT: &str = "/api/v1/demo/fault";
const SESSION: &str = "/api/v1/session";

/// The status of everything that needs a login first.
pub const UNAUTHORIZED: u16 = 401;

/// Who is logged in.
pub async fn session() -> Result<Session, Problem> {
    read(get(SESSION).await)
}

/// Logs in.
pub async fn login(user: String, password: String) -> Result<Session, Problem> {
    read(post(LOGIN, to_text(&LoginRequest { user, password })).await)
}

/// Logs out; the session is forgotten by the server whatever the answer is.
pub async fn logout() -> Result<(), Problem> {
    post(LOGOUT, String::new()).await.map(|_| ())
}

/// Gives a service a command.
pub async fn command(service: &str, command: Command) -> Result<(), Problem> {
    let url = format!("/api/v1/services/{}/command", encode(service));
    // A `CommandRequest` is nothing but the command; its flattening code need not be downloaded.
    post(&url, to_text(&command)).await.map(|_| ())
}

/// What a switchover would change.
pub async fn plan(service: &str, to: &str) -> Result<Plan, Problem> {
    let url = format!("/api/v1/services/{}/plan?to={}", encode(service), encode(to));
    read(get(&url).await)
}

/// The policy of a service, as the server writes it.
pub async fn policy(service: &str) -> Result<String, Problem> {
    get(&format!("/api/v1/services/{}/policy", encode(service))).await
}

/// What the machine was told around an event, as the server writes it.
pub async fn incident(seq: u64) -> Result<String, Problem> {
    get(&format!("/api/v1/incidents/{seq}")).await
}

/// The events that a query asks for.
pub async fn events(query: &str) -> Result<Page, Problem> {
    read(get(&format!("{EVENTS}?{query}")).await)
}

/// Where the events that a query asks for are taken away as lines.
pub fn events_file(query: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{EVENTS}.jsonl{mark}{query}")
}

/// How a service stood from a moment on until now.
pub async fn history(service: &str, from: Timestamp) -> Result<History, Problem> {
    let from = from.as_millis();
    read(get(&format!("/api/v1/services/{}/history?from={from}", encode(service))).await)
}

/// How caches followed the latest move of a service.
pub async fn curve(service: &str) -> Result<Curves, Problem> {
    read(get(&format!("/api/v1/curves?limit=1&service={}", encode(service))).await)
}

/// What stands at the clouds; `fresh`: asked now.
pub async fn locations(fresh: bool) -> Result<Locations, Problem> {
    read(get(&format!("{LOCATIONS}?fresh={fresh}")).await)
}

/// The latest work at the clouds.
pub async fn job() -> Result<LatestJob, Problem> {
    read(get(&format!("{LOCATIONS}/job")).await)
}

/// What a server at a place can become.
pub async fn machines(provider: &str, place: &str) -> Result<MachineTypes, Problem> {
    let (provider, place) = (encode(provider), encode(place));
    read(get(&format!("{LOCATIONS}/machines?provider={provider}&place={place}")).await)
}

/// What would make the blueprint so.
pub async fn blueprint() -> Result<BlueprintPlan, Problem> {
    read(get(&format!("{LOCATIONS}/plan")).await)
}

/// Starts or stops work at the clouds: `power`, `resize`, `apply`, `destroy`, `stop`.
pub async fn work(what: &str, body: String) -> Result<LatestJob, Problem> {
    read(post(&format!("{LOCATIONS}/{what}"), body).await)
}

/// The configuration in effect.
pub async fn configuration() -> Result<Configuration, Problem> {
    read(get(CONFIGURATION).await)
}

/// What the configured credentials can see now.
pub async fn reached() -> Result<Reached, Problem> {
    read(get(&format!("{CONFIGURATION}/providers")).await)
}

/// What can be broken in the demo.
pub async fn faults() -> Result<DemoFaults, Problem> {
    read(get(FAULTS).await)
}

/// Breaks or mends one thing; the answer is what is broken now.
pub async fn fault(id: String, on: bool) -> Result<DemoFaults, Problem> {
    read(post(ONE_FAULT, to_text(&DemoFault { id, on })).await)
}

/// Opens the stream of what is new. The source closes when it is dropped.
pub fn live() -> Option<(EventSource, EventSourceSubscription)> {
    let mut source = EventSource::new(&format!("{LIVE}?samples={SLOTS}")).ok()?;
    let messages = source.subscribe("message").ok()?;
    Some((source, messages))
}

async fn get(url: &str) -> Result<String, Problem> {
    accept(Request::get(url).send().await).await
}

async fn post(url: &str, body: String) -> Result<String, Problem> {
    let request = Request::post(url).header("Content-Type", "application/json").body(body);
    match request {
        Ok(request) => accept(request.send().await).await,
        Err(error) => accept(Err(error)).await,
    }
}

/// The body of a good answer; every other one is a problem.
async fn accept(answer: Result<Response, gloo_net::Error>) -> Result<String, Problem> {
    let unreachable = |error: gloo_net::Error| Problem {
        kind: "unreachable".to_owned(),
        title: words::UNREACHABLE.to_owned(),
        status: 0,
        detail: error.to_string(),
    };
    let response = answer.map_err(unreachable)?;
    let body = response.text().await.map_err(unreachable)?;
    if response.ok() {
        return Ok(body);
    }
    let status = response.status();
    Err(json::parse(&body).unwrap_or_else(|| garbled(status, &response.status_text())))
}

fn read<T: FromJson>(body: Result<String, Problem>) -> Result<T, Problem> {
    json::parse(&body?).ok_or_else(|| garbled(200, &words::OTHER_VERSION))
}

/// A body of the API's own types.
pub fn body(body: &impl Serialize) -> String {
    to_text(body)
}

/// Our own types always have a JSON form; an empty body would be refused by the server.
fn to_text(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

/// An answer that is not what the API promises, such as a proxy's error page.
fn garbled(status: u16, detail: &str) -> Problem {
    Problem {
        kind: "garbled".to_owned(),
        title: words::garbled(status),
        status,
        detail: detail.to_owned(),
    }
}
