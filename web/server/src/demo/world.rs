//! The demo's world while it runs, and how its drawer breaks and mends it.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_emulator::{Emulator, Fault, Faults, Info};
use dns_provider::{
    Call, Change, ChangeSet, DnsProvider, Expect, Key, Name, Outcome, RecordType, RrSet, lookup,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use web_api::{DemoFaultState, DemoFaults, DemoInbox};

use super::fault::{Deed, Item, items};
use super::inbox::Inbox;
use crate::config::Config;
use crate::http::demo::Breakable;

/// Nobody serves from this address (TEST-NET-1, RFC 5737).
const STRANGER: &str = "192.0.2.66";
const PATIENCE: Duration = Duration::from_secs(5);

/// The emulated clouds, the demo's private directory, and a hand that changes records.
pub struct World {
    emulator: Mutex<Option<Emulator>>,
    inbox: Inbox,
    info: Info,
    faults: Faults,
    items: Vec<Item>,
    providers: BTreeMap<String, Arc<dyn DnsProvider>>,
    key: Key,
    /// What stood there before, per provider that was changed by hand.
    drifted: Mutex<BTreeMap<String, RrSet>>,
    _directory: TempDir,
    /// Makes the servers that the demo shows.
    settled: JoinHandle<()>,
}

impl World {
    /// The world around `emulator`, with the first service's record as the one to tamper with.
    pub fn new(
        emulator: Emulator,
        inbox: Inbox,
        directory: TempDir,
        config: &Config,
        providers: Vec<Arc<dyn DnsProvider>>,
        settled: JoinHandle<()>,
    ) -> Result<Self, String> {
        let name: Name = match config.services.first() {
            Some(service) => service.record.clone(),
            None => return Err("the demo has no service".to_owned()),
        };
        let ids = config.providers.iter().map(|provider| provider.id.clone());
        Ok(Self {
            inbox,
            info: emulator.info().clone(),
            faults: emulator.faults().clone(),
            items: items(emulator.info()),
            emulator: Mutex::new(Some(emulator)),
            providers: ids.zip(providers).collect(),
            key: Key::new(name, RecordType::A),
            drifted: Mutex::default(),
            _directory: directory,
            settled,
        })
    }

    /// Where everything of the emulated clouds is.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// Stops the emulated clouds.
    pub async fn end(&self) {
        self.settled.abort();
        let emulator = self.emulator.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(emulator) = emulator {
            emulator.stop().await;
        }
    }

    fn is_on(&self, deed: &Deed, active: &[Fault]) -> bool {
        match deed {
            Deed::Fault(fault) => active.iter().any(|active| same(active, fault)),
            Deed::Deaf => self.inbox.is_deaf(),
            Deed::Drift(provider) => {
                let drifted = self.drifted.lock().unwrap_or_else(PoisonError::into_inner);
                drifted.contains_key(provider)
            }
        }
    }

    fn mend(&self, fault: &Fault) {
        for active in self.faults.active().iter().filter(|active| same(active, fault)) {
            self.faults.clear(active);
        }
    }

    /// Replaces what the provider stores by `desired`, or by a stranger's address.
    async fn tamper(&self, id: &str, on: bool) -> Result<(), String> {
        let Some(provider) = self.providers.get(id) else { return Err(format!("no {id}")) };
        let provider = provider.as_ref();
        let call = Call::until(Instant::now() + PATIENCE);
        let said = |error: dns_provider::Error| error.to_string();
        let zone = lookup::find_zone(provider, &self.key.name, call).await.map_err(said)?;
        let desired = if on {
            let old = provider.rrset(&zone, &self.key, call).await.map_err(said)?;
            let ttl = old.as_ref().map_or(60, |old| old.ttl);
            if let Some(old) = old {
                self.remember(id, old);
            }
            RrSet::new(self.key.clone(), ttl, [STRANGER])
        } else {
            let mut drifted = self.drifted.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(old) = drifted.remove(id) else { return Ok(()) };
            old
        };
        let set = ChangeSet::new(zone, vec![Change::put(desired, Expect::Any)]);
        let report = provider.apply(&set, call).await.map_err(said)?;
        match report.outcomes.into_iter().next() {
            Some((_, Outcome::Refused(failure) | Outcome::Unknown(failure))) => {
                Err(failure.to_string())
            }
            _ => Ok(()),
        }
    }

    fn remember(&self, id: &str, old: RrSet) {
        self.drifted.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), old);
    }
}

/// Whether two faults are the same thing in the drawer; a counted one has counted down meanwhile.
fn same(a: &Fault, b: &Fault) -> bool {
    match (a, b) {
        (
            Fault::Answer { cloud: a, status: code, .. },
            Fault::Answer { cloud: b, status: other, .. },
        ) => a == b && code == other,
        (Fault::ActionError { cloud: a, .. }, Fault::ActionError { cloud: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

#[async_trait]
impl Breakable for World {
    fn faults(&self) -> DemoFaults {
        let active = self.faults.active();
        let state = |item: &Item| DemoFaultState {
            id: item.id.clone(),
            group: item.group.clone(),
            text: item.text.clone(),
            on: self.is_on(&item.deed, &active),
        };
        DemoFaults { faults: self.items.iter().map(state).collect() }
    }

    fn inbox(&self) -> DemoInbox {
        self.inbox.seen()
    }

    async fn set(&self, id: &str, on: bool) -> Option<Result<(), String>> {
        let item = self.items.iter().find(|item| item.id == id)?;
        Some(match &item.deed {
            Deed::Fault(fault) if on => {
                self.mend(fault);
                self.faults.set(fault.clone());
                Ok(())
            }
            Deed::Fault(fault) => {
                self.mend(fault);
                Ok(())
            }
            Deed::Deaf => {
                self.inbox.deafen(on);
                Ok(())
            }
            Deed::Drift(provider) => self.tamper(provider, on).await,
        })
    }
}
