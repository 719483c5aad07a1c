//! The server's API, as far as the panel asks it. Nothing else in the panel knows the network.
use crate::model::route::encode;
use crate::words;
use failover_core::Command;
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_api::{
    CommandAnswer, CommandRequest, DemoFault, DemoFaults, Events, LoginRequest, Plan, Problem,
    Session,
};

const EVENTS: &str = "/api/v1/events";
const FAULTS: &str = "/api/v1/demo/faults";
const LIVE: &str = "/api/v1/live";
const LOGIN: &str = "/api/v1/login";
const LOGOUT: &str = "/api/v1/logout";
const ONE_FAULT: &str = "/api/v1/demo/fault";
const SESSION: &str = "/api/v1/session";

/// The status of everything that needs a login first.
pub const UNAUTHORIZED: u16 = 401;

/// Who is logged in.
pub async fn session() -> Result<Session, Problem> {
    read(Request::get(SESSION).send().await).await
}

/// Logs in.
pub async fn login(user: String, password: String) -> Result<Session, Problem> {
    post(LOGIN, &LoginRequest { user, password }).await
}

/// Logs out; the session is forgotten by the server whatever the answer is.
pub async fn logout() -> Result<(), Problem> {
    accept(Request::post(LOGOUT).send().await).await.map(|_| ())
}

/// Gives a service a command.
pub async fn command(service: &str, command: Command) -> Result<CommandAnswer, Problem> {
    let url = format!("/api/v1/services/{}/command", encode(service));
    post(&url, &CommandRequest { command }).await
}

/// What a switchover would change.
pub async fn plan(service: &str, to: &str) -> Result<Plan, Problem> {
    let url = format!("/api/v1/services/{}/plan?to={}", encode(service), encode(to));
    read(Request::get(&url).send().await).await
}

/// The latest events.
pub async fn events(limit: usize) -> Result<Events, Problem> {
    read(Request::get(&format!("{EVENTS}?limit={limit}")).send().await).await
}

/// What can be broken in the demo.
pub async fn faults() -> Result<DemoFaults, Problem> {
    read(Request::get(FAULTS).send().await).await
}

/// Breaks or mends one thing.
pub async fn fault(id: String, on: bool) -> Result<(), Problem> {
    let request = Request::post(ONE_FAULT).json(&DemoFault { id, on });
    let request = request.map_err(|error| garbled(0, &error.to_string()))?;
    accept(request.send().await).await.map(|_| ())
}

/// Opens the stream of snapshots. The source closes when it is dropped.
pub fn live() -> Option<(EventSource, EventSourceSubscription)> {
    let mut source = EventSource::new(LIVE).ok()?;
    let messages = source.subscribe("message").ok()?;
    Some((source, messages))
}

async fn post<T: DeserializeOwned>(url: &str, body: &impl Serialize) -> Result<T, Problem> {
    let builder: RequestBuilder = Request::post(url);
    let request = builder.json(body).map_err(|error| garbled(0, &error.to_string()))?;
    read(request.send().await).await
}

async fn read<T: DeserializeOwned>(
    answer: Result<Response, gloo_net::Error>,
) -> Result<T, Problem> {
    let response = accept(answer).await?;
    let status = response.status();
    response.json().await.map_err(|error| garbled(status, &error.to_string()))
}

async fn accept(answer: Result<Response, gloo_net::Error>) -> Result<Response, Problem> {
    let response = answer.map_err(|error| Problem {
        kind: "unreachable".to_owned(),
        title: words::UNREACHABLE.to_owned(),
        status: 0,
        detail: error.to_string(),
    })?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let text = response.status_text();
    Err(response.json().await.unwrap_or_else(|_| garbled(status, &text)))
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
