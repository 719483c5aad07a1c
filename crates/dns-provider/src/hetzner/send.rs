//! The requests of one change.
use cloud_http::hetzner::Action;
use cloud_http::{Call, Effect, Error, Failure, Request, Retry, encode};
use http::Method;
use serde_json::{Value, json};

use super::HetznerDns;
use super::read::rrset_path;
use super::settle::Started;
use super::stored::{Stored, records, relative};
use super::wire::ActionAnswer;
use crate::change::Change;
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// What became of one change so far.
pub(super) struct Progress {
    pub(super) started: Vec<Started>,
    /// The failure that leaves the effect of an earlier round unknown.
    pub(super) lost: Option<Failure>,
}

/// Why sending ended.
pub(super) enum Stop {
    /// A request failed, or its answer was lost.
    Failed(Failure),
    /// Something was done and something was not; only the caller can decide what now.
    Open(Failure),
}

impl HetznerDns {
    /// Sends whatever turns `now` into what is desired.
    pub(super) async fn send(
        &self,
        zone: &Zone,
        change: &Change,
        now: Option<&Stored>,
        progress: &mut Progress,
        call: Call,
    ) -> Result<(), Stop> {
        let key = &change.key;
        let path = rrset_path(zone, key);
        let Some(desired) = &change.desired else {
            let request = Request::write(format!("remove RRset {key}"), Method::DELETE, path);
            return self.start(&request, progress, call).await;
        };
        let Some(now) = now else {
            let request = create(zone, desired);
            return self.start(&request, progress, call).await;
        };
        let values_differ = !now.rrset.same_values(desired);
        if values_differ {
            let path = format!("{path}/actions/set_records");
            let request = Request::write(format!("set the values of {key}"), Method::POST, path)
                .json(json!({ "records": records(desired, Some(now)) }));
            self.start(&request, progress, call).await?;
        }
        if now.rrset.ttl == desired.ttl {
            return Ok(());
        }
        let path = format!("{path}/actions/change_ttl");
        let request = Request::write(format!("set the TTL of {key}"), Method::POST, path)
            .json(json!({ "ttl": desired.ttl }));
        match self.start(&request, progress, call).await {
            Err(Stop::Failed(failure)) if values_differ && failure.effect == Effect::NotApplied => {
                Err(half(failure, now.rrset.ttl))
            }
            other => other,
        }
    }

    async fn start(
        &self,
        request: &Request,
        progress: &mut Progress,
        call: Call,
    ) -> Result<(), Stop> {
        let answer: Result<ActionAnswer, Error> = self.client.json(request, call).await;
        let action = answer.map_err(|error| Stop::Failed(error.failure))?.action;
        if let Some(Err(failure)) = action.result() {
            return Err(Stop::Open(failure));
        }
        progress.started.push(started(&action));
        Ok(())
    }
}

pub(super) fn started(action: &Action) -> Started {
    Started { id: action.id, done: action.status == "success" }
}

fn create(zone: &Zone, desired: &RrSet) -> Request {
    let Key { name, rtype } = &desired.key;
    let body: Value = json!({
        "name": relative(name, &zone.name),
        "type": rtype.as_str(),
        "ttl": desired.ttl,
        "records": records(desired, None),
    });
    let path = format!("/zones/{}/rrsets", encode(&zone.id));
    Request::write(format!("create RRset {}", desired.key), Method::POST, path).json(body)
}

fn half(mut failure: Failure, ttl: u32) -> Stop {
    failure.message =
        format!("the values are set, but the TTL is still {ttl}: {}", failure.message);
    Stop::Open(failure.retry(Retry::AfterReread).maybe_applied())
}
