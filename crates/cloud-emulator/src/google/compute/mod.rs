//! Google Compute Engine v1: instances and what belongs to them, with operations in three scopes.

mod address;
mod catalogue;
mod check;
mod disk;
mod failure;
mod filter;
mod fingerprint;
mod firewall;
mod image;
mod insert;
mod list;
mod machine_type;
mod network;
mod nic;
mod operation;
mod operations;
mod place;
mod power;
mod project;
mod quota;
mod refuse;
mod route;
mod settings;
mod show;
mod store;
mod subnetwork;
mod work;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::clock::Clock;
use super::error::ApiError;
use super::request::Request;
use crate::fault::{Cloud, Faults};
use crate::machine::Seen;
use store::Store;

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// An operation that starts or stops no instance.
    pub(crate) quick: Duration,
    pub(crate) server: Duration,
    pub(crate) boot: Duration,
    /// How long `wait` waits at most.
    pub(crate) wait: Duration,
}

/// The Compute Engine of one project.
pub(crate) struct Compute {
    clock: Clock,
    faults: Faults,
    pace: Pace,
    store: Mutex<Store>,
    /// Changes when an operation has ended.
    ended: watch::Sender<u64>,
}

impl Compute {
    pub(crate) fn new(project: &str, faults: Faults, pace: Pace) -> Arc<Self> {
        let clock = Clock::new(faults.clone());
        let store = Mutex::new(Store::new(project));
        let (ended, _) = watch::channel(0);
        Arc::new(Self { clock, faults, pace, store, ended })
    }

    /// Answers a call below `/compute/v1/projects/{project}`; `own` if it is this one.
    pub(crate) fn answer(
        self: &Arc<Self>,
        project: &str,
        own: bool,
        request: &Request,
    ) -> Result<Value, ApiError> {
        if self.faults.rate_limited(Cloud::Google) {
            return Err(ApiError::rate_limited(super::PROJECT_NUMBER));
        }
        if own { route::answer(self, request) } else { image::foreign(project, request) }
    }

    /// Waits, as the path of a `wait` wants it, until the operation has ended or time is up.
    pub(crate) async fn settled(&self, path: &[String]) {
        let [.., name, _wait] = path else { return };
        let mut ended = self.ended.subscribe();
        let wait = async {
            while !self.store().operations.get(name).is_none_or(operation::Operation::is_done) {
                if ended.changed().await.is_err() {
                    return;
                }
            }
        };
        // Whoever waited in vain gets the operation as it is, and waits again.
        let _ = tokio::time::timeout(self.pace.wait, wait).await;
    }

    /// The instances, seen from outside.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        show::seen(&self.store())
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
