//! A store in memory for several watchers of one process, with faults: for tests and simulation.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::watch;

use super::store::{
    Change, Committed, Condition, Coordination, Entry, LeaseId, Reading, StoreError, Watching,
    Write,
};

/// A store in memory. Each watcher gets a way of its own to it with
/// [`connect`](MemoryCoordination::connect), which can be broken.
#[derive(Clone, Debug, Default)]
pub struct MemoryCoordination(Arc<Shared>);

/// One watcher's way to a [`MemoryCoordination`].
#[derive(Clone, Debug)]
pub struct MemoryConnection {
    shared: Arc<Shared>,
    way: Arc<watch::Sender<Way>>,
}

/// What is wrong with the way to the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Nothing gets through, and nobody is told: requests hang, as on a cut line.
    pub cut: bool,
    /// How long every request takes to arrive, and every answer.
    pub delay: Duration,
    /// Commits arrive, but their answers never do.
    pub loses_answers: bool,
}

#[derive(Debug, Default)]
struct Shared {
    data: Mutex<Data>,
    /// The latest revision; wakes those who watch.
    revision: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Data {
    revision: u64,
    entries: BTreeMap<String, (Entry, Option<LeaseId>)>,
    leases: BTreeMap<LeaseId, (Duration, Instant)>,
    granted: i64,
    /// All changes with their revisions, oldest first.
    history: Vec<(u64, Change)>,
}

impl MemoryCoordination {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A watcher's way to it.
    pub fn connect(&self) -> MemoryConnection {
        MemoryConnection { shared: self.0.clone(), way: Arc::new(watch::channel(Way::default()).0) }
    }

    /// Ends all leases at once, as a store does that lost its clock.
    pub fn end_all_leases(&self) {
        let mut data = self.0.lock();
        let all: Vec<LeaseId> = data.leases.keys().copied().collect();
        all.into_iter().for_each(|lease| data.end(lease));
        self.0.tell(data);
    }

    /// All that is in it whose key begins with `prefix`.
    pub fn entries(&self, prefix: &str) -> Vec<Entry> {
        self.0.lock().reading(prefix).entries
    }
}

impl MemoryConnection {
    /// Breaks or mends the way.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Waits until the request has arrived.
    async fn pass(&self) {
        let mut way = self.way.subscribe();
        loop {
            let delay = way.borrow_and_update().delay;
            tokio::time::sleep(delay).await;
            if !way.borrow().cut {
                return;
            }
            // The sender is in `self`.
            let _ = way.wait_for(|way| !way.cut).await;
        }
    }
}

#[async_trait]
impl Coordination for MemoryConnection {
    fn name(&self) -> String {
        "the store in memory".to_owned()
    }

    async fn grant(&self, length: Duration) -> Result<LeaseId, StoreError> {
        self.pass().await;
        let lease = {
            let mut data = self.shared.lock();
            data.granted += 1;
            let lease = LeaseId(data.granted);
            data.leases.insert(lease, (length, Instant::now() + length));
            lease
        };
        self.pass().await;
        Ok(lease)
    }

    async fn prolong(&self, lease: LeaseId) -> Result<bool, StoreError> {
        self.pass().await;
        let holds = {
            let mut data = self.shared.lock();
            let known = data.leases.get_mut(&lease);
            known.map(|(length, end)| *end = Instant::now() + *length).is_some()
        };
        self.pass().await;
        Ok(holds)
    }

    async fn end(&self, lease: LeaseId) -> Result<(), StoreError> {
        self.pass().await;
        let mut data = self.shared.lock();
        data.end(lease);
        self.shared.tell(data);
        Ok(())
    }

    async fn commit(
        &self,
        conditions: &[Condition],
        writes: &[Write],
    ) -> Result<Committed, StoreError> {
        self.pass().await;
        let committed = {
            let mut data = self.shared.lock();
            let committed = data.commit(conditions, writes);
            self.shared.tell(data);
            committed?
        };
        if self.way.borrow().loses_answers {
            std::future::pending::<()>().await;
        }
        self.pass().await;
        Ok(committed)
    }

    async fn read(&self, prefix: &str) -> Result<Reading, StoreError> {
        self.pass().await;
        let reading = self.shared.lock().reading(prefix);
        self.pass().await;
        Ok(reading)
    }

    async fn watch(&self, prefix: &str, after: u64) -> Result<Box<dyn Watching>, StoreError> {
        self.pass().await;
        let revisions = self.shared.revision.subscribe();
        let connection = self.clone();
        Ok(Box::new(MemoryWatch { connection, prefix: prefix.to_owned(), after, revisions }))
    }
}

#[derive(Debug)]
struct MemoryWatch {
    connection: MemoryConnection,
    prefix: String,
    after: u64,
    revisions: watch::Receiver<u64>,
}

#[async_trait]
impl Watching for MemoryWatch {
    async fn next(&mut self) -> Result<Vec<Change>, StoreError> {
        loop {
            let found = {
                let data = self.connection.shared.lock();
                let latest = data.revision;
                let news = data.history.iter().rev().take_while(|(at, _)| *at > self.after);
                let mut news: Vec<Change> = news
                    .filter(|(_, change)| change.key().starts_with(&self.prefix))
                    .map(|(_, change)| change.clone())
                    .collect();
                news.reverse();
                (latest, news)
            };
            // Leases end by time, and whoever waits must see it.
            let soon = Duration::from_millis(20);
            if found.1.is_empty() {
                self.after = found.0;
                let _ = tokio::time::timeout(soon, self.revisions.changed()).await;
                continue;
            }
            self.connection.pass().await;
            self.after = found.0;
            return Ok(found.1);
        }
    }
}

impl Shared {
    /// The data, without what has ended by now.
    fn lock(&self) -> MutexGuard<'_, Data> {
        let mut data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let ended: Vec<LeaseId> =
            data.leases.iter().filter(|(_, (_, end))| *end <= now).map(|(id, _)| *id).collect();
        ended.into_iter().for_each(|lease| data.end(lease));
        data
    }

    fn tell(&self, data: MutexGuard<'_, Data>) {
        let revision = data.revision;
        drop(data);
        self.revision.send_replace(revision);
    }
}

impl Data {
    fn commit(
        &mut self,
        conditions: &[Condition],
        writes: &[Write],
    ) -> Result<Committed, StoreError> {
        let known = |key: &String| self.entries.get(key).map(|(entry, _)| entry);
        let holds = |condition: &Condition| match condition {
            Condition::Absent(key) => known(key).is_none(),
            Condition::Created(key, at) => known(key).is_some_and(|entry| entry.created == *at),
            Condition::Changed(key, at) => known(key).map_or(0, |entry| entry.changed) == *at,
        };
        if !conditions.iter().all(holds) {
            return Ok(Committed::Refused);
        }
        let lost = |write: &Write| match write {
            Write::Put { lease: Some(lease), .. } => !self.leases.contains_key(lease),
            _ => false,
        };
        if writes.iter().any(lost) {
            return Err(StoreError::refused("the lease has ended"));
        }
        self.revision += 1;
        for write in writes {
            self.write(write);
        }
        Ok(Committed::Done(self.revision))
    }

    fn write(&mut self, write: &Write) {
        match write {
            Write::Put { key, value, lease } => {
                let changed = self.revision;
                let created = self.entries.get(key).map_or(changed, |(entry, _)| entry.created);
                let entry = Entry { key: key.clone(), value: value.clone(), created, changed };
                self.history.push((changed, Change::Put(entry.clone())));
                self.entries.insert(key.clone(), (entry, *lease));
            }
            Write::Remove { key } => {
                if self.entries.remove(key).is_some() {
                    let change = Change::Removed { key: key.clone() };
                    self.history.push((self.revision, change));
                }
            }
        }
    }

    fn end(&mut self, lease: LeaseId) {
        if self.leases.remove(&lease).is_none() {
            return;
        }
        self.revision += 1;
        let own: Vec<String> = self
            .entries
            .iter()
            .filter(|(_, (_, under))| *under == Some(lease))
            .map(|(key, _)| key.clone())
            .collect();
        for key in own {
            self.write(&Write::Remove { key });
        }
    }

    fn reading(&self, prefix: &str) -> Reading {
        let entries = self.entries.values().map(|(entry, _)| entry);
        let entries = entries.filter(|entry| entry.key.starts_with(prefix)).cloned().collect();
        Reading { revision: self.revision, entries }
    }
}

impl Change {
    /// The key that has changed.
    pub fn key(&self) -> &str {
        match self {
            Self::Put(entry) => &entry.key,
            Self::Removed { key } => key,
        }
    }
}
