//! The HTTP switch for faults, `/_fault`, and views of zones, `/_state`, and servers, `/_servers`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::authority::Authority;
use crate::fault::{Fault, Faults};
use crate::machine::Seen;
use crate::options::State;

#[derive(Clone)]
pub(crate) struct Control {
    pub faults: Faults,
    pub google: Authority,
    pub hetzner: Authority,
    /// Names of the sites, to refuse faults of others.
    pub sites: Vec<String>,
    pub servers: Arc<dyn Fn() -> Vec<Seen> + Send + Sync>,
}

type Refusal = (StatusCode, Json<Value>);

impl Control {
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/_fault", get(list).post(add).delete(remove))
            .route("/_state", get(state))
            .route("/_servers", get(servers))
            .fallback(async || {
                (
                    StatusCode::NOT_FOUND,
                    Json(json!({"error": "there is /_fault, /_state and /_servers"})),
                )
            })
            .with_state(self)
    }

    /// Reads one fault or an array of them.
    fn read(&self, body: &[u8]) -> Result<Vec<Fault>, Refusal> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| refuse(format!("the body is not JSON: {error}")))?;
        let items = match value {
            Value::Array(items) => items,
            one => vec![one],
        };
        items.into_iter().map(|item| self.read_one(item)).collect()
    }

    fn read_one(&self, item: Value) -> Result<Fault, Refusal> {
        let fault: Fault = serde_json::from_value(item.clone())
            .map_err(|error| refuse(format!("{item} is not a fault: {error}")))?;
        fault.check().map_err(|wrong| refuse(format!("{item} makes no sense: {wrong}")))?;
        match fault.site() {
            Some(site) if !self.sites.iter().any(|known| known == site) => {
                let known = self.sites.join(", ");
                Err(refuse(format!("there is no site {site:?}; the sites are: {known}")))
            }
            _ => Ok(fault),
        }
    }
}

async fn list(Shared(control): Shared<Control>) -> Json<Vec<Fault>> {
    Json(control.faults.active())
}

async fn add(Shared(control): Shared<Control>, body: Bytes) -> Result<Json<Vec<Fault>>, Refusal> {
    for fault in control.read(&body)? {
        control.faults.set(fault);
    }
    control.faults.settled().await;
    Ok(Json(control.faults.active()))
}

async fn remove(
    Shared(control): Shared<Control>,
    body: Bytes,
) -> Result<Json<Vec<Fault>>, Refusal> {
    if body.trim_ascii().is_empty() {
        control.faults.clear_all();
    } else {
        for fault in control.read(&body)? {
            control.faults.clear(&fault);
        }
    }
    control.faults.settled().await;
    Ok(Json(control.faults.active()))
}

async fn state(Shared(control): Shared<Control>) -> Json<State> {
    Json(State { google: control.google.state(), hetzner: control.hetzner.state() })
}

async fn servers(Shared(control): Shared<Control>) -> Json<Vec<Seen>> {
    Json((control.servers)())
}

fn refuse(message: String) -> Refusal {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": message })))
}
