//! The shared log: what was decided, durable for all watchers before anybody acts on it.
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use failover_core::{EventRecord, State, Timestamp};

use super::Group;
use super::lease::Term;
use super::lone::LoneMove;
use super::record::{Epoch, Holder, SharedEvent, SharedPower, SharedState, decode, encode};
use super::store::{Committed, Condition, Reading, StoreError, Write};

/// Events that are kept in the store; every watcher has all of them in its own journal.
const KEPT: u64 = 1000;
/// Between two tries to reach the store.
const PAUSE: Duration = Duration::from_millis(50);

/// The log as it was at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    /// Which log it is; `None`: none was begun.
    pub(crate) id: Option<String>,
    pub(crate) revision: u64,
    /// The states, by service, with the revisions that wrote them.
    pub(crate) states: BTreeMap<String, (u64, SharedState)>,
    /// The latest events, oldest first; their numbers are the log's.
    pub(crate) events: Vec<EventRecord>,
    /// Which of them were made alone, and by which move.
    pub(crate) origins: BTreeMap<u64, String>,
    /// The number of the event up to which each channel has told people; `None`: nothing new.
    pub(crate) told: Option<BTreeMap<String, u64>>,
    /// The latest change of power of each site.
    pub(crate) power: Vec<SharedPower>,
    /// Moves that were made alone, by id, with the revisions that wrote them.
    pub(crate) lone: BTreeMap<String, (u64, LoneMove)>,
}

/// One decision of one service.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) service: String,
    pub(crate) at: Timestamp,
    pub(crate) state: State,
    /// Numbered as the log's next.
    pub(crate) events: Vec<EventRecord>,
    /// The revision of the state it follows; 0: none.
    pub(crate) after: u64,
    /// The number of the log's latest event after it.
    pub(crate) number: u64,
    /// The move made alone that is settled with it, and the revision that wrote it.
    pub(crate) lone: Option<(u64, LoneMove)>,
    /// The events are of that move.
    pub(crate) adopts: bool,
}

/// Why a decision is not in the log, as far as its maker may know. The term is over either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undecided {
    /// Somebody else leads.
    Superseded,
    /// The store could not be reached before the lease ended. Whether it is in the log will be seen
    /// by whoever leads next, under an epoch against which it can no longer be written.
    Unknown(String),
}

impl Log {
    /// The number of the latest event.
    pub(crate) fn number(&self) -> u64 {
        let states = self.states.values().map(|(_, state)| state.number);
        states.chain(self.events.iter().map(|record| record.seq)).max().unwrap_or(0)
    }

    /// The highest epoch of any state.
    pub(crate) fn epoch(&self) -> u64 {
        self.states.values().map(|(_, shared)| shared.state.epoch()).max().unwrap_or(0)
    }
}

impl Group {
    /// Reads the whole log.
    pub(crate) async fn log(&self) -> Result<Log, StoreError> {
        let lead = self.store.read(&self.keys.lead()).await?;
        let reading = self.store.read(&self.keys.log()).await?;
        let mut log = Log { id: log_id(self, &lead), revision: reading.revision, ..Log::default() };
        for entry in &reading.entries {
            self.take_in(&mut log, &entry.key, &entry.value, entry.changed);
        }
        Ok(log)
    }

    /// Adds one entry of the store to what is known of the log.
    pub(crate) fn take_in(&self, log: &mut Log, key: &str, value: &[u8], changed: u64) {
        if let Some(service) = key.strip_prefix(&self.keys.states()) {
            if let Some(state) = decode(key, value) {
                log.states.insert(service.to_owned(), (changed, state));
            }
        } else if key.starts_with(&self.keys.events())
            && let Some(SharedEvent { record, origin }) = decode(key, value)
        {
            log.origins.extend(origin.map(|origin| (record.seq, origin)));
            log.events.push(record);
        } else if let Some(id) = key.strip_prefix(&self.keys.lone_moves())
            && let Some(lone) = decode(key, value)
        {
            log.lone.insert(id.to_owned(), (changed, lone));
        } else if key.starts_with(&self.keys.powers()) {
            log.power.extend(decode::<SharedPower>(key, value));
        } else if key == self.keys.told() {
            log.told = decode(key, value);
        }
    }

    /// Writes a decision into the log; gives the revision of its state. Tries until it is certain
    /// or the term is over.
    pub(crate) async fn decide(&self, term: &Term, decision: &Decision) -> Result<u64, Undecided> {
        let commit = super::random_id();
        let unwritable = |error: StoreError| Undecided::Unknown(error.message);
        let (conditions, writes) = self.transaction(term, decision, &commit).map_err(unwritable)?;
        let mut problem = "the lease has ended".to_owned();
        // A store that prolongs leases and takes no writes must not hold up the watching.
        let end = Instant::now() + self.lease;
        while term.holds() && Instant::now() < end {
            let trying = async {
                match self.store.commit(&conditions, &writes).await? {
                    Committed::Done(revision) => Ok(Ok(revision)),
                    // An earlier try may have been the one that happened.
                    Committed::Refused => Ok(self.find(decision, &commit).await?),
                }
            };
            match tokio::time::timeout_at(term.until().at.min(end).into(), trying).await {
                Ok(Ok(certain)) => return certain,
                Ok(Err(error)) => {
                    let StoreError { message, .. } = error;
                    problem = message;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(_) => problem = format!("{} does not answer", self.store.name()),
            }
        }
        Err(Undecided::Unknown(problem))
    }

    /// Writes a change of power; says whether it is certain. Tries as long as the term lasts.
    pub(crate) async fn note_power(&self, term: &Term, change: &SharedPower) -> bool {
        let Ok(value) = encode(change) else { return false };
        let own = [Condition::Created(self.keys.holder(), term.created)];
        let writes = [Write::put(self.keys.power(&change.service, &change.site), value)];
        while term.holds() {
            let noting = self.store.commit(&own, &writes);
            match tokio::time::timeout_at(term.until().at.into(), noting).await {
                Ok(Ok(Committed::Done(_))) => return true,
                Ok(Ok(Committed::Refused)) => return false,
                // Written twice it says the same.
                Ok(Err(_)) | Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
        false
    }

    /// Writes how far people have been told. Lost, they are told twice.
    pub(crate) async fn note_told(&self, term: &Term, told: &BTreeMap<String, u64>) {
        let Ok(value) = encode(told) else { return };
        let own = [Condition::Created(self.keys.holder(), term.created)];
        let writes = [Write::put(self.keys.told(), value)];
        let noting = self.store.commit(&own, &writes);
        let _ = tokio::time::timeout_at(term.until().at.into(), noting).await;
    }

    fn transaction(
        &self,
        term: &Term,
        decision: &Decision,
        commit: &str,
    ) -> Result<(Vec<Condition>, Vec<Write>), StoreError> {
        let Decision { service, at, state, events, after, number, lone, adopts } = decision;
        let state_key = self.keys.state(service);
        let mut conditions = vec![
            Condition::Created(self.keys.holder(), term.created),
            Condition::Changed(state_key.clone(), *after),
        ];
        let (commit, state) = (commit.to_owned(), state.clone());
        let shared = SharedState { number: *number, at: *at, commit, state };
        let mut writes = vec![Write::put(state_key, encode(&shared)?)];
        for record in events {
            let origin = lone.as_ref().filter(|_| *adopts).map(|(_, lone)| lone.id.clone());
            let event = SharedEvent { record: record.clone(), origin };
            writes.push(Write::put(self.keys.event(record.seq), encode(&event)?));
            if let Some(old) = record.seq.checked_sub(KEPT) {
                writes.push(Write::remove(self.keys.event(old)));
            }
        }
        if let Some((written, lone)) = lone {
            let key = self.keys.lone(&lone.id);
            conditions.push(Condition::Changed(key.clone(), *written));
            writes.push(Write::put(key, encode(lone)?));
        }
        Ok((conditions, writes))
    }

    /// After a refusal: whether the decision is in the log all the same.
    async fn find(
        &self,
        decision: &Decision,
        commit: &str,
    ) -> Result<Result<u64, Undecided>, StoreError> {
        let key = self.keys.state(&decision.service);
        let reading = self.store.read(&key).await?;
        let found = reading.get(&key);
        let own = found.and_then(|entry| {
            let shared: SharedState = decode(&key, &entry.value)?;
            (shared.commit == commit).then_some(entry.changed)
        });
        Ok(own.ok_or(Undecided::Superseded))
    }
}

/// Which log the store holds.
fn log_id(group: &Group, lead: &Reading) -> Option<String> {
    let key = group.keys.epoch();
    let epoch: Epoch = decode(&key, &lead.get(&key)?.value)?;
    Some(epoch.log)
}

/// Who leads, as the store says.
pub(crate) fn holder(group: &Group, lead: &Reading) -> Option<(u64, Holder)> {
    let key = group.keys.holder();
    let entry = lead.get(&key)?;
    Some((entry.created, decode(&key, &entry.value)?))
}
