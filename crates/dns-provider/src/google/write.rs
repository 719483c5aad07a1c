//! Changing RRsets: read, decide, one transaction; and again when the world moved meanwhile.
use cloud_http::{Call, Effect, Error, Failure, Kind, Request, Retry};
use futures_util::future::try_join_all;
use http::Method;
use serde_json::{Value, json};

use super::GoogleDns;
use super::read::Hurry;
use super::wire::{self, Stored, addition, is_fixed};
use crate::change::{ChangeSet, Outcome, Report, Ticket};
use crate::record::Key;

/// How often a set is decided anew when the server says that something else is there now, or does
/// not say whether it acted.
const ROUNDS: u32 = 3;

/// Up to this many RRsets are read one by one; for more, the whole zone is.
const SINGLE_READS: usize = 8;

/// What is stored under each key of a set, in its order.
type Present = Vec<Option<Stored>>;

impl GoogleDns {
    pub(super) async fn apply_set(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        let operation = format!("change zone {}", set.zone.name);
        let refuse = |failure| self.error(&operation, failure);
        set.validate(&self.capabilities).map_err(refuse)?;
        apex_stays(set).map_err(refuse)?;
        if set.changes.is_empty() {
            return Ok(Report::new(&self.id, Vec::new()));
        }
        let _turn = self.turn(&set.zone.id, call).await.map_err(refuse)?;
        let mut present = self.present(set, call).await?;
        let mut round = 0;
        // The failure that leaves the effect of an earlier round unknown.
        let mut lost: Option<Failure> = None;
        loop {
            let verdicts = judge(set, &present);
            if let Some(report) = self.settled(set, &verdicts, lost.as_ref(), call).await {
                return Ok(report);
            }
            let error = match self.send(&operation, set, &verdicts, present, call).await {
                Ok(change) => return Ok(self.applied(set, &verdicts, &change)),
                Err(error) => error,
            };
            let unsent = matches!(error.failure.kind, Kind::Expired);
            if unsent && lost.is_none() {
                return Err(error);
            }
            round += 1;
            let failure = error.failure;
            if failure.effect == Effect::MaybeApplied {
                lost = Some(failure.clone());
            }
            let again = lost.is_some() || failure.retry == Retry::AfterReread;
            let looked = if again { self.look_again(set, call).await } else { None };
            match looked {
                Some(now) if round < ROUNDS && !unsent && self.pause(&lost, round, call).await => {
                    present = now;
                }
                // The last look decides, without another attempt.
                Some(now) => return Ok(self.last_word(set, &now, lost, failure, call).await),
                None => return Ok(self.given_up(set, &verdicts, lost, failure)),
            }
        }
    }

    async fn present(&self, set: &ChangeSet, call: Call) -> Result<Present, Error> {
        if set.changes.len() <= SINGLE_READS {
            let one = |key| self.stored(&set.zone.id, key, Hurry::Urgent, call);
            return try_join_all(set.changes.iter().map(|change| one(&change.key))).await;
        }
        let all = self.all_stored(&set.zone, Hurry::Urgent, call).await?;
        let mut by_key: std::collections::HashMap<Key, Stored> =
            all.into_iter().map(|stored| (stored.rrset.key.clone(), stored)).collect();
        Ok(set.changes.iter().map(|change| by_key.remove(&change.key)).collect())
    }

    async fn look_again(&self, set: &ChangeSet, call: Call) -> Option<Present> {
        match self.present(set, call).await {
            Ok(present) => Some(present),
            Err(error) => {
                tracing::warn!(%error, "the zone could not be read back");
                None
            }
        }
    }

    /// Waits before a change is sent again; false when there is no time for it. After a mere
    /// conflict there is nothing to wait for.
    async fn pause(&self, lost: &Option<Failure>, round: u32, call: Call) -> bool {
        let clock = self.client.clock();
        if lost.is_none() {
            return call.may_write(clock.now());
        }
        let at = clock.now() + self.backoff.pause(round - 1);
        if !call.may_write(at) {
            return false;
        }
        clock.sleep_until(at).await;
        true
    }

    /// The report, when nothing needs to be sent or nothing may be.
    async fn settled(
        &self,
        set: &ChangeSet,
        verdicts: &[Option<Outcome>],
        lost: Option<&Failure>,
        call: Call,
    ) -> Option<Report> {
        let done = |verdict: &Option<Outcome>| verdict.as_ref().is_some_and(Outcome::is_done);
        if verdicts.iter().all(done) {
            return Some(self.all_so(set, verdicts, lost, call).await);
        }
        let refused = verdicts.iter().flatten().any(|verdict| !verdict.is_done());
        if !refused && !call.dry_run {
            return None;
        }
        // After a lost answer, whatever else stands there now may have replaced ours.
        let label = |verdict: &Option<Outcome>| match (verdict, lost) {
            (Some(Outcome::AlreadySo), _) => Outcome::AlreadySo,
            (_, Some(lost)) => Outcome::Unknown(lost.clone()),
            (Some(verdict), None) => verdict.clone(),
            (None, None) => Outcome::NotTried,
        };
        Some(self.report(set, verdicts.iter().map(label)))
    }

    /// Everything is as desired: because it was, or because a change whose answer was lost did it.
    async fn all_so(
        &self,
        set: &ChangeSet,
        verdicts: &[Option<Outcome>],
        lost: Option<&Failure>,
        call: Call,
    ) -> Report {
        if lost.is_none() {
            return self.report(set, verdicts.iter().flatten().cloned());
        }
        let mut report = self.report(set, verdicts.iter().map(|_| Outcome::Applied));
        report.pending.extend(self.find_ticket(set, call).await);
        report
    }

    async fn send(
        &self,
        operation: &str,
        set: &ChangeSet,
        verdicts: &[Option<Outcome>],
        present: Present,
        call: Call,
    ) -> Result<wire::Change, Error> {
        let mut additions: Vec<Value> = Vec::new();
        let mut deletions: Vec<Value> = Vec::new();
        let open = set.changes.iter().zip(verdicts).zip(present);
        for ((change, _), stored) in open.filter(|((_, verdict), _)| verdict.is_none()) {
            // The very object: Google compares TTL, spelling and order.
            deletions.extend(stored.map(|stored| stored.raw));
            additions.extend(change.desired.as_ref().map(addition));
        }
        let body = json!({ "additions": additions, "deletions": deletions });
        let path = self.zone_path(&set.zone.id, "/changes");
        let request = Request::write(operation, Method::POST, path).json(body);
        self.client.json(&request, call).await.map_err(|mut error| {
            // What was to be deleted is gone, or the zone is; reading tells which.
            if error.failure.kind == Kind::NotFound {
                error.failure.retry = Retry::AfterReread;
            }
            error
        })
    }

    fn applied(
        &self,
        set: &ChangeSet,
        verdicts: &[Option<Outcome>],
        change: &wire::Change,
    ) -> Report {
        let outcomes = verdicts.iter().map(|v| v.clone().unwrap_or(Outcome::Applied));
        let mut report = self.report(set, outcomes);
        report.pending.extend(self.ticket(set, change));
        report
    }

    /// What the last look at the zone says about changes that will not be sent again.
    async fn last_word(
        &self,
        set: &ChangeSet,
        present: &Present,
        lost: Option<Failure>,
        failure: Failure,
        call: Call,
    ) -> Report {
        let verdicts = judge(set, present);
        match self.settled(set, &verdicts, lost.as_ref(), call).await {
            Some(report) => report,
            None => self.given_up(set, &verdicts, lost, failure),
        }
    }

    fn given_up(
        &self,
        set: &ChangeSet,
        verdicts: &[Option<Outcome>],
        lost: Option<Failure>,
        failure: Failure,
    ) -> Report {
        let open = lost.map_or(Outcome::Refused(failure), Outcome::Unknown);
        self.report(set, verdicts.iter().map(|v| v.clone().unwrap_or_else(|| open.clone())))
    }

    fn report(&self, set: &ChangeSet, outcomes: impl Iterator<Item = Outcome>) -> Report {
        let keys = set.changes.iter().map(|change| change.key.clone());
        Report::new(&self.id, keys.zip(outcomes).collect())
    }

    /// What to settle after `change`, if it is not done yet.
    pub(super) fn ticket(&self, set: &ChangeSet, change: &wire::Change) -> Option<Ticket> {
        let waits = change.status != "done" && !change.id.is_empty();
        waits.then(|| Ticket::new(&self.id, format!("{}/{}", set.zone.id, change.id)))
    }
}

/// What to do about each change, see [`Change::settled_by`](crate::Change::settled_by).
fn judge(set: &ChangeSet, present: &Present) -> Vec<Option<Outcome>> {
    let pairs = set.changes.iter().zip(present);
    pairs.map(|(change, now)| change.settled_by(now.as_ref().map(|now| &now.rrset))).collect()
}

/// NS and SOA of the apex can be replaced, not removed.
fn apex_stays(set: &ChangeSet) -> Result<(), Failure> {
    let removed = set.changes.iter().filter(|change| change.desired.is_none());
    match removed.map(|change| &change.key).find(|key| is_fixed(key, &set.zone.name)) {
        None => Ok(()),
        Some(key) => {
            let text = format!("{key} belongs to the zone itself: it can be replaced, not removed");
            Err(Failure::new(Kind::Invalid, text))
        }
    }
}
