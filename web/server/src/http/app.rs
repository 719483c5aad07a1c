//! What all handlers share.
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use failover_core::{ServiceSnapshot, Snapshot};
use tokio::sync::{Semaphore, watch};
use watcher::Handle;
use web_api::changes::Picture;

use super::auth::{Accounts, Sessions, Throttle};
use super::configuration::Settings;
use super::demo::Breakable;
use super::problem::{Answer, Refusal};
use crate::config::Server;
use crate::metrics::Calls;
use crate::places::Places;
use crate::records::Records;
use crate::serve::Beside;
use crate::telling::Telling;

/// Open live streams; each costs a task and a socket.
const LISTENERS_MAX: usize = 64;

/// What is behind the watcher: its configuration and the clouds it names.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// The clouds' servers and the blueprint.
    pub places: Option<Arc<Places>>,
    /// The configuration, as it is shown.
    pub settings: Option<Arc<Settings>>,
}

/// What all handlers share; cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    watcher: Handle,
    accounts: Accounts,
    sessions: Sessions,
    throttle: Throttle,
    public_origin: Option<String>,
    demo: Option<Arc<dyn Breakable>>,
    calls: Calls,
    records: Option<Records>,
    telling: Telling,
    estate: Estate,
    listeners: Arc<Semaphore>,
    latest: Mutex<Option<(u64, Bytes)>>,
    picture: Mutex<Option<Arc<Picture>>>,
    ending: watch::Receiver<bool>,
}

impl App {
    /// An application that shows and commands `watcher`, and what is `beside` it. Live streams end
    /// when `ending` turns true.
    pub fn new(
        watcher: Handle,
        server: &Server,
        beside: Beside,
        ending: watch::Receiver<bool>,
    ) -> Self {
        let Beside { demo, calls, records, telling, estate, .. } = beside;
        Self(Arc::new(Shared {
            watcher,
            accounts: Accounts::new(server.users.clone(), server.tokens.clone()),
            sessions: Sessions::new(server.session),
            throttle: Throttle::default(),
            public_origin: server.public_origin.clone(),
            demo,
            calls,
            records,
            telling,
            estate,
            listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
            latest: Mutex::new(None),
            picture: Mutex::new(None),
            ending,
        }))
    }

    /// The watcher.
    pub fn watcher(&self) -> &Handle {
        &self.0.watcher
    }

    /// Who may come in.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// Who has come in.
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// What slows guessing down.
    pub fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// The demo's switches, if this is the demo.
    pub fn demo(&self) -> Option<&Arc<dyn Breakable>> {
        self.0.demo.as_ref()
    }

    /// The origin browsers use, if a proxy stands before this server.
    pub fn public_origin(&self) -> Option<&str> {
        self.0.public_origin.as_deref()
    }

    /// Whether browsers reach this server through TLS.
    pub fn is_https(&self) -> bool {
        self.public_origin().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// What was asked of the providers.
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The providers' zones and records, if they can be reached from here.
    pub fn records(&self) -> Option<&Records> {
        self.0.records.as_ref()
    }

    /// The ways to reach people.
    pub fn telling(&self) -> &Telling {
        &self.0.telling
    }

    /// The clouds' servers and the blueprint, if this server knows any.
    pub fn places(&self) -> Option<&Arc<Places>> {
        self.0.estate.places.as_ref()
    }

    /// The configuration, as it is shown.
    pub fn settings(&self) -> Option<&Arc<Settings>> {
        self.0.estate.settings.as_ref()
    }

    /// How many live streams are open.
    pub fn listening(&self) -> usize {
        LISTENERS_MAX.saturating_sub(self.0.listeners.available_permits())
    }

    /// The places for live streams.
    pub fn listeners(&self) -> Arc<Semaphore> {
        self.0.listeners.clone()
    }

    /// Turns true when the server ends.
    pub fn ending(&self) -> watch::Receiver<bool> {
        self.0.ending.clone()
    }

    /// A snapshot as JSON, made once for all who ask.
    pub fn json(&self, snapshot: &Snapshot) -> Answer<Bytes> {
        let mut latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, json)) = &*latest
            && *number == snapshot.number
        {
            return Ok(json.clone());
        }
        let json = Bytes::from(serde_json::to_vec(snapshot).map_err(formless)?);
        *latest = Some((snapshot.number, json.clone()));
        Ok(json)
    }

    /// A snapshot as it is compared with the one before, made once for all who listen.
    pub fn picture(&self, snapshot: Arc<Snapshot>) -> Answer<Arc<Picture>> {
        let mut latest = self.0.picture.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(picture) = &*latest
            && picture.number() == snapshot.number
        {
            return Ok(picture.clone());
        }
        let picture = Arc::new(Picture::of(snapshot).map_err(formless)?);
        *latest = Some(picture.clone());
        Ok(picture)
    }
}

fn formless(error: serde_json::Error) -> Refusal {
    Refusal::unavailable(format!("the snapshot has no JSON form: {error}"))
}

/// One service of a snapshot.
pub fn service<'s>(snapshot: &'s Snapshot, name: &str) -> Answer<&'s ServiceSnapshot> {
    let found = snapshot.services.iter().find(|service| service.view.service == name);
    found.ok_or_else(|| Refusal::unknown_service(name))
}
