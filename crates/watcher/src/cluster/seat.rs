//! Membership and leadership: one lease for both, renewed for as long as the store answers.
//!
//! The end of the lease is counted from before it was asked for, less a margin, so that it ends here
//! before it can end in the store. What this watcher does as leader is bounded by that end and, in
//! the log, by the epoch.
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::Group;
use super::lease::{Moment, Term, Until};
use super::ledger::{Log, holder};
use super::news::News;
use super::record::{Epoch, Holder, encode};
use super::store::{Committed, Condition, LeaseId, StoreError, Write};
use crate::driver::Fact;

/// Between two tries to reach a store that does not answer.
const PAUSE: Duration = Duration::from_millis(200);

/// A membership that holds, as other tasks see it; `None`: none does.
pub(crate) type Membership = watch::Sender<Option<LeaseId>>;

/// The task that holds a watcher's seat in its group.
pub(crate) struct Seat {
    pub(crate) group: Arc<Group>,
    pub(crate) facts: mpsc::Sender<Fact>,
    pub(crate) membership: Arc<Membership>,
    /// No epoch of this watcher's own journal is higher.
    pub(crate) floor: u64,
}

/// A lease, as long as it is kept.
struct Session {
    lease: LeaseId,
    until: Until,
}

impl Seat {
    /// Joins, campaigns, leads; for ever.
    pub(crate) async fn hold(self) {
        loop {
            let session = self.join().await;
            self.membership.send_replace(Some(session.lease));
            self.tell(News::Joined).await;
            let problem = self.keep(session).await;
            self.membership.send_replace(None);
            self.tell(News::Away(problem)).await;
        }
    }

    async fn tell(&self, news: News) {
        let _ = self.facts.send(Fact::Cluster(Box::new(news))).await;
    }

    /// Tries until this vantage is a member.
    async fn join(&self) -> Session {
        let mut said = None;
        loop {
            let asked = Moment::now();
            let trying = tokio::time::timeout(self.group.lease, self.try_to_join(asked));
            let problem = match trying.await {
                Ok(Ok(session)) if session.until.holds() => return session,
                Ok(Ok(session)) => {
                    self.give_back(session.lease);
                    format!("{} is too slow", self.group.store.name())
                }
                Ok(Err(error)) => error.message,
                Err(_) => format!("{} does not answer", self.group.store.name()),
            };
            if said.as_ref() != Some(&problem) {
                said = Some(problem.clone());
                self.tell(News::Away(problem)).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn try_to_join(&self, asked: Moment) -> Result<Session, StoreError> {
        let group = &self.group;
        let lease = group.store.grant(group.lease).await?;
        let until = Until::after(asked, group.counted());
        let key = group.keys.member(&group.vantage);
        let me = encode(&group.instance)?;
        let write = Write::under(key.clone(), me.clone(), lease);
        let joined = group.store.commit(&[Condition::Absent(key.clone())], &[write]).await;
        match joined {
            Ok(Committed::Done(_)) => Ok(Session { lease, until }),
            Ok(Committed::Refused) => {
                self.give_back(lease);
                Err(StoreError::refused(format!(
                    "another watcher is the vantage {} in {}: give each its own, or wait until the \
                     lease of one that was killed has ended",
                    group.vantage,
                    group.store.name()
                )))
            }
            Err(error) => {
                self.give_back(lease);
                Err(error)
            }
        }
    }

    /// Keeps the lease, and leads whenever nobody else does; returns when the lease is lost.
    async fn keep(&self, mut session: Session) -> String {
        let every = self.group.lease / 3;
        let mut term: Option<Term> = None;
        let mut renew_at = Instant::now() + every;
        let mut campaign_at = Instant::now();
        let mut calls = self.group.calls.subscribe();
        let problem = loop {
            if !session.until.holds() {
                break format!("{} was not reached in time", self.group.store.name());
            }
            if term.as_ref().is_some_and(Term::is_over) {
                // The driver has given it up. The key must go, or nobody leads until the lease ends.
                if let Some(term) = term.take() {
                    self.resign(&term).await;
                }
                campaign_at = Instant::now() + self.shifted(PAUSE);
            }
            let now = Instant::now();
            if now >= renew_at {
                match self.renew(&mut session, term.as_ref()).await {
                    Ok(true) => renew_at = now + every,
                    Ok(false) => break "the lease has ended".to_owned(),
                    Err(_) => renew_at = Instant::now() + PAUSE.min(every / 4),
                }
                continue;
            }
            if term.is_none() && now >= campaign_at {
                term = self.campaign(&session).await;
                campaign_at = Instant::now() + self.shifted(every);
                continue;
            }
            let wake = session.until.at.min(renew_at);
            let wake = if term.is_none() { wake.min(campaign_at) } else { wake };
            tokio::select! {
                () = tokio::time::sleep_until(wake.into()) => {}
                // Somebody has given up the lead, or the driver this term.
                called = calls.changed() => if called.is_ok() { campaign_at = Instant::now() },
            }
        };
        if let Some(term) = term {
            term.finish();
        }
        self.give_back(session.lease);
        problem
    }

    async fn renew(&self, session: &mut Session, term: Option<&Term>) -> Result<bool, StoreError> {
        let asked = Moment::now();
        let prolonging = self.group.store.prolong(session.lease);
        let Ok(kept) = tokio::time::timeout_at(session.until.at.into(), prolonging).await else {
            return Ok(false);
        };
        // Before anything is prolonged: what has ended here has ended.
        if !kept? || !session.until.holds() {
            return Ok(false);
        }
        session.until = Until::after(asked, self.group.counted());
        if let Some(term) = term
            && term.prolong(session.until)
        {
            self.tell(News::Prolonged).await;
        }
        Ok(true)
    }

    /// Asks for the lead; `None`: somebody else has it, or the store does not answer.
    async fn campaign(&self, session: &Session) -> Option<Term> {
        let trying = tokio::time::timeout_at(session.until.at.into(), self.try_to_lead(session));
        match trying.await {
            Ok(Ok(Some((term, log)))) => {
                self.tell(News::Leads(term.clone(), Box::new(log))).await;
                Some(term)
            }
            Ok(Ok(None)) | Err(_) => None,
            Ok(Err(error)) => {
                tracing::debug!("the lead was not won: {error}");
                None
            }
        }
    }

    async fn try_to_lead(&self, session: &Session) -> Result<Option<(Term, Log)>, StoreError> {
        let group = &self.group;
        let lead = group.store.read(&group.keys.lead()).await?;
        let created = match holder(group, &lead) {
            // An earlier try whose answer was lost. A new one makes a new epoch.
            Some((created, known)) if known.instance == group.instance => {
                let own = Condition::Created(group.keys.holder(), created);
                group.store.commit(&[own], &[Write::remove(group.keys.holder())]).await?;
                return Ok(None);
            }
            Some(_) => return Ok(None),
            None => {
                let log = group.log().await?;
                let key = group.keys.epoch();
                let known = lead.get(&key);
                let latest: Option<Epoch> =
                    known.and_then(|entry| super::record::decode(&key, &entry.value));
                let highest = latest.as_ref().map_or(0, |latest| latest.epoch);
                let epoch = highest.max(log.epoch()).max(self.floor) + 1;
                let id = latest.map_or_else(super::random_id, |latest| latest.log);
                let (vantage, instance) = (group.vantage.clone(), group.instance.clone());
                let me = Holder { vantage, instance, epoch };
                let conditions = [
                    Condition::Absent(group.keys.holder()),
                    Condition::Changed(key.clone(), known.map_or(0, |entry| entry.changed)),
                ];
                let writes = [
                    Write::under(group.keys.holder(), encode(&me)?, session.lease),
                    Write::put(key, encode(&Epoch { log: id, epoch })?),
                ];
                match group.store.commit(&conditions, &writes).await? {
                    Committed::Done(revision) => (revision, epoch),
                    Committed::Refused => return Ok(None),
                }
            }
        };
        let (created, epoch) = created;
        // What others have written until now; nobody but this watcher writes from now on.
        let log = group.log().await?;
        Ok(Some((Term::new(epoch, created, session.until), log)))
    }

    /// Gives up the lead, and keeps the membership.
    async fn resign(&self, term: &Term) {
        let own = Condition::Created(self.group.keys.holder(), term.created);
        let remove = Write::remove(self.group.keys.holder());
        let resigning = async { self.group.store.commit(&[own], &[remove]).await };
        let _ = tokio::time::timeout(self.group.lease / 3, resigning).await;
    }

    /// Ends a lease that is not needed any more, without waiting for it.
    fn give_back(&self, lease: LeaseId) {
        let group = self.group.clone();
        tokio::spawn(async move {
            let _ = tokio::time::timeout(group.lease, group.store.end(lease)).await;
        });
    }

    /// Up to a twelfth shorter, so that not all watchers campaign at once.
    fn shifted(&self, time: Duration) -> Duration {
        let share = getrandom::u32().unwrap_or(0);
        time.mul_f64(1.0 - f64::from(share) / f64::from(u32::MAX) / 12.0)
    }
}
