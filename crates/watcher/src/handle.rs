//! What the rest of a program sees of a running watcher.
use std::path::PathBuf;
use std::sync::Arc;

use dns_provider::RrSet;
use failover_core::{Actor, Command, Curve, EventRecord, MoveId, Policy, SiteId, Snapshot};
use tokio::sync::{mpsc, oneshot, watch};

use crate::alert::Alert;
use crate::error::{CommandError, JournalError};
use crate::figures::{Counts, Figures};
use crate::journal::{self, EventQuery};
use crate::pulse::{Health, Pulse};
use crate::replay::{Incident, NoIncident, Recording};
use crate::telling::{Deliveries, DeliveryCounts, Filter, Notification};

/// A way to look at a watcher and to command it. Cheap to clone; outlives the watcher.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) requests: mpsc::Sender<Request>,
    pub(crate) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(crate) journal: PathBuf,
    pub(crate) counts: Arc<Counts>,
    pub(crate) deliveries: DeliveryCounts,
    pub(crate) pulse: Pulse,
    pub(crate) policies: Arc<[Policy]>,
}

/// The snapshots as they are made; a slow reader gets only the newest.
#[derive(Debug)]
pub struct Updates(watch::Receiver<Arc<Snapshot>>);

/// What a move would change at one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderDiff {
    /// The provider's name.
    pub provider: String,
    /// RRsets that would disappear or be replaced.
    pub remove: Vec<RrSet>,
    /// RRsets that would be put in place.
    pub add: Vec<RrSet>,
    /// Why it cannot be said, or what stands against it.
    pub problem: Option<String>,
}

/// What somebody does about which no machine decides: a record of no service, a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Who.
    pub who: Actor,
    /// What is about to be done, or how it has ended: one English sentence.
    pub what: String,
    /// What was there before, line by line, if that is known.
    pub before: Vec<String>,
    /// What shall be there afterwards, line by line.
    pub after: Vec<String>,
    /// Whether something was not done, or nobody knows.
    pub failed: bool,
}

/// What the driver is asked to do.
#[derive(Debug)]
pub(crate) enum Request {
    Command {
        service: String,
        who: Actor,
        command: Command,
        reply: oneshot::Sender<Result<Vec<EventRecord>, CommandError>>,
    },
    /// A forced move that is made here, although the group cannot be told.
    Alone {
        service: String,
        who: Actor,
        sites: (SiteId, SiteId),
        reply: oneshot::Sender<Result<Vec<EventRecord>, CommandError>>,
    },
    Plan {
        service: String,
        to: SiteId,
        reply: oneshot::Sender<Result<Vec<ProviderDiff>, CommandError>>,
    },
    Note {
        deed: Deed,
        reply: oneshot::Sender<Result<EventRecord, CommandError>>,
    },
    Raise(Alert),
    Clear {
        key: String,
        text: String,
    },
}

impl Handle {
    /// The latest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

    /// What was counted since the start. Also works after the watcher has ended.
    pub fn figures(&self) -> Figures {
        self.counts.figures()
    }

    /// The snapshots from now on.
    pub fn updates(&self) -> Updates {
        Updates(self.snapshots.clone())
    }

    /// Commands `service` in the name of `who`; returns the events that were recorded.
    ///
    /// The command is obeyed or refused at once; what it sets in motion goes on after this returns
    /// and shows in the snapshots. A command of a watcher that does not run yet waits for it.
    pub async fn command(
        &self,
        service: &str,
        who: Actor,
        command: Command,
    ) -> Result<Vec<EventRecord>, CommandError> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Command { service: service.to_owned(), who, command, reply };
        self.requests.send(request).await.map_err(|_| CommandError::Stopped)?;
        answer.await.map_err(|_| CommandError::Stopped)?
    }

    /// Moves `service` from a site to another by force, from this watcher alone: for when it is one of
    /// several and the store they share is away.
    ///
    /// The move is carried out and journaled here, and nothing else is moved by itself. When the store
    /// is reached again, the group takes it up if its log has not gone on another way meanwhile; if it
    /// has, automation is stopped and people are told. As long as the store is reached this is refused
    /// with [`CommandError::NotAlone`]. A watcher that is no member of a group obeys as with
    /// [`Command::Force`].
    pub async fn force_alone(
        &self,
        service: &str,
        who: Actor,
        from: SiteId,
        to: SiteId,
    ) -> Result<Vec<EventRecord>, CommandError> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Alone { service: service.to_owned(), who, sites: (from, to), reply };
        self.requests.send(request).await.map_err(|_| CommandError::Stopped)?;
        answer.await.map_err(|_| CommandError::Stopped)?
    }

    /// What a move of `service` to `to` would change at each provider. Reads the providers and
    /// changes nothing.
    pub async fn plan(&self, service: &str, to: SiteId) -> Result<Vec<ProviderDiff>, CommandError> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Plan { service: service.to_owned(), to, reply };
        self.requests.send(request).await.map_err(|_| CommandError::Stopped)?;
        answer.await.map_err(|_| CommandError::Stopped)?
    }

    /// Writes into the journal what somebody does beside the decision. Whoever changes something
    /// outside waits for this first, and does not begin when it fails: nothing is changed that is
    /// not in the journal. Afterwards it is said in the same way how it has ended.
    ///
    /// Of several watchers, only the one that is asked has it in its journal.
    pub async fn note(&self, deed: Deed) -> Result<EventRecord, CommandError> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Note { deed, reply };
        self.requests.send(request).await.map_err(|_| CommandError::Stopped)?;
        answer.await.map_err(|_| CommandError::Stopped)?
    }

    /// Something lasts that the watcher cannot see by itself: it is said in the log, shown in the
    /// snapshot and told to people, until it is cleared. Raised again, only its text changes.
    pub async fn raise(&self, alert: Alert) -> Result<(), CommandError> {
        self.requests.send(Request::Raise(alert)).await.map_err(|_| CommandError::Stopped)
    }

    /// What was raised with this key is over; `text` says so. Nothing happens if it does not last.
    pub async fn clear(
        &self,
        key: impl Into<String>,
        text: impl Into<String>,
    ) -> Result<(), CommandError> {
        let request = Request::Clear { key: key.into(), text: text.into() };
        self.requests.send(request).await.map_err(|_| CommandError::Stopped)
    }

    /// At most `limit` journalled events with a number above `after` (0: all), newest first; only
    /// those of `service`, if one is given. Also works after the watcher has ended.
    ///
    /// While the journal cannot be written, the latest events are only in the snapshot.
    pub async fn events(
        &self,
        after: u64,
        limit: u32,
        service: Option<&str>,
    ) -> Result<Vec<EventRecord>, JournalError> {
        let path = self.journal.clone();
        let service = service.map(str::to_owned);
        let read = move || journal::read_events(&path, after, limit, service.as_deref());
        tokio::task::spawn_blocking(read).await.map_err(|_| JournalError::Stopped)?
    }
}

impl Handle {
    /// The journalled events that are looked for, at most 10 000 at once. Also works after the
    /// watcher has ended.
    pub async fn search(&self, query: EventQuery) -> Result<Vec<EventRecord>, JournalError> {
        let path = self.journal.clone();
        let read = move || journal::search_events(&path, &query);
        tokio::task::spawn_blocking(read).await.map_err(|_| JournalError::Stopped)?
    }

    /// The latest `limit` notifications in the journal, newest first. Also works after the watcher
    /// has ended.
    pub async fn notifications(&self, limit: u32) -> Result<Vec<Notification>, JournalError> {
        self.notifications_of(limit, Filter::default()).await
    }

    /// The same, but only those that pass `filter`.
    pub async fn notifications_of(
        &self,
        limit: u32,
        filter: Filter,
    ) -> Result<Vec<Notification>, JournalError> {
        let path = self.journal.clone();
        let read = move || journal::read_notifications(&path, limit, &filter);
        tokio::task::spawn_blocking(read).await.map_err(|_| JournalError::Stopped)?
    }

    /// What each channel has done since this watcher was built.
    pub fn deliveries(&self) -> Vec<Deliveries> {
        self.deliveries.all()
    }

    /// How the watcher is, without asking it: also works while it is stuck.
    pub fn health(&self) -> Health {
        self.pulse.health()
    }

    /// How caches followed the moves of `service` (of all without), the latest first: at most
    /// `limit`, or only that of move `id`. Empty when nobody is asked.
    pub async fn curves(
        &self,
        service: Option<&str>,
        id: Option<MoveId>,
        limit: u32,
    ) -> Result<Vec<Curve>, JournalError> {
        let path = self.journal.clone();
        let service = service.map(str::to_owned);
        let read = move || journal::read_curves(&path, service.as_deref(), id, limit);
        tokio::task::spawn_blocking(read).await.map_err(|_| JournalError::Stopped)?
    }
}

impl Handle {
    /// The policies of the services, in their order.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// What the machine was told around event `seq` of the journal, so that it can be replayed. Also
    /// works after the watcher has ended.
    pub async fn incident(&self, seq: u64) -> Result<Result<Incident, NoIncident>, JournalError> {
        let path = self.journal.clone();
        let read = move || Recording::open(&path)?.incident(seq);
        tokio::task::spawn_blocking(read).await.map_err(|_| JournalError::Stopped)?
    }
}

impl Updates {
    /// The next snapshot that has not been seen here, or `None` when the watcher has ended.
    pub async fn next(&mut self) -> Option<Arc<Snapshot>> {
        self.0.changed().await.ok()?;
        Some(self.0.borrow_and_update().clone())
    }
}
