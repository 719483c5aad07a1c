//! Changing RRsets: one after the other, by what is there and what an answer leaves open.
use cloud_http::{Call, Effect, Error, Failure, Kind, Retry};

use super::HetznerDns;
use super::send::{Progress, Stop, started};
use super::stored::Stored;
use crate::change::{Change, ChangeSet, Expect, Outcome, Report};
use crate::provider::{Atomicity, Capabilities, Guard};
use crate::record::{Key, RecordType};
use crate::zone::Zone;

/// How often a change is decided anew when an answer was lost or something else is there.
const ROUNDS: u32 = 3;

impl HetznerDns {
    pub(super) async fn apply_set(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        let operation = format!("change zone {}", set.zone.name);
        let refuse = |failure| self.error(&operation, failure);
        set.validate(&self.promise(set)).map_err(refuse)?;
        apex_stays(set).map_err(refuse)?;
        let _turn = self.turn(&set.zone.id, call).await.map_err(refuse)?;
        self.may_start(call).map_err(refuse)?;
        let mut report = Report::new(&self.id, Vec::with_capacity(set.changes.len()));
        let mut hopeless = false;
        for change in &set.changes {
            let mut outcome = Outcome::NotTried;
            if !hopeless {
                let mut progress = Progress { started: Vec::new(), lost: None };
                outcome = self.change(&set.zone, change, &mut progress, call).await;
                // What is half done will not be as desired, and that is nobody else's doing.
                let guard = outcome == Outcome::Applied;
                let tickets = self.tickets(&set.zone, change, &progress.started, guard);
                report.pending.extend(tickets);
                hopeless = outcome.failure().is_some_and(spares_the_rest);
            }
            if let (Outcome::Refused(failure), true, true) =
                (&outcome, hopeless, report.outcomes.is_empty())
            {
                return Err(refuse(failure.clone()));
            }
            report.outcomes.push((change.key.clone(), outcome));
        }
        Ok(report)
    }

    /// What can be promised for this very set, see [`HetznerDns`].
    fn promise(&self, set: &ChangeSet) -> Capabilities {
        let mut can = self.capabilities.clone();
        let creates = |c: &Change| c.expect == Expect::Absent && c.desired.is_some();
        let keeps_ttl = |c: &Change| match (&c.expect, &c.desired) {
            (Expect::Exactly(old), Some(new)) => old.ttl == new.ttl,
            (_, desired) => desired.is_none(),
        };
        if set.changes.iter().all(creates) {
            can.guard = Guard::Server;
        }
        if set.changes.iter().all(|change| creates(change) || keeps_ttl(change)) {
            can.atomicity = Atomicity::PerRrSet;
        }
        can
    }

    fn may_start(&self, call: Call) -> Result<(), Failure> {
        let now = self.client.clock().now();
        if now >= call.deadline {
            return Err(Failure::new(
                Kind::Timeout,
                "the deadline passed before the first request",
            ));
        }
        if call.dry_run || call.may_write(now) {
            return Ok(());
        }
        Err(Failure::new(Kind::Expired, "the time in which changes are allowed is over"))
    }

    async fn change(
        &self,
        zone: &Zone,
        change: &Change,
        progress: &mut Progress,
        call: Call,
    ) -> Outcome {
        // The server itself refuses to create what exists: no need to look before.
        let mut blind =
            change.expect == Expect::Absent && change.desired.is_some() && !call.dry_run;
        let mut last = None;
        for round in 0..ROUNDS {
            if round > 0 && !self.pause(&progress.lost, round, call).await {
                break;
            }
            let mut now = None;
            if !std::mem::take(&mut blind) {
                now = match self.stored(zone, &change.key, call).await {
                    Ok(now) => now,
                    Err(error) => return unless_lost(progress, error.failure),
                };
                if let Some(verdict) = verdict(change, now.as_ref(), progress) {
                    return self.conclude(verdict, zone, progress, call).await;
                }
            }
            if call.dry_run {
                return Outcome::NotTried;
            }
            match self.send(zone, change, now.as_ref(), progress, call).await {
                Ok(()) => return Outcome::Applied,
                Err(Stop::Open(failure)) => return Outcome::Unknown(failure),
                Err(Stop::Failed(failure)) => {
                    let lost = failure.effect == Effect::MaybeApplied;
                    if lost {
                        progress.lost = Some(failure.clone());
                    }
                    let moved = matches!(failure.kind, Kind::AlreadyExists | Kind::NotFound);
                    if !lost && !moved {
                        return unless_lost(progress, failure);
                    }
                    last = Some(failure);
                }
            }
        }
        let unsure = || Failure::new(Kind::Changed, "somebody else is writing at the same time");
        let failure = last.unwrap_or_else(unsure).retry(Retry::AfterReread);
        self.last_look(zone, change, progress, failure, call).await
    }

    /// The last word after the last round: what is there now.
    async fn last_look(
        &self,
        zone: &Zone,
        change: &Change,
        progress: &mut Progress,
        failure: Failure,
        call: Call,
    ) -> Outcome {
        let Ok(now) = self.stored(zone, &change.key, call).await else {
            return unless_lost(progress, failure);
        };
        match verdict(change, now.as_ref(), progress) {
            Some(verdict) => self.conclude(verdict, zone, progress, call).await,
            None => unless_lost(progress, failure),
        }
    }

    /// An outcome from what was read, in the light of what may have been done.
    async fn conclude(
        &self,
        verdict: Outcome,
        zone: &Zone,
        progress: &mut Progress,
        call: Call,
    ) -> Outcome {
        let Some(lost) = progress.lost.clone() else { return verdict };
        if verdict != Outcome::AlreadySo {
            return Outcome::Unknown(lost);
        }
        // The action's number was lost with the answer, but the zone knows its running actions.
        match self.running(zone, call).await {
            Ok(running) => progress.started.extend(running.iter().map(started)),
            Err(error) => tracing::warn!(%error, "the change was applied but not waited for"),
        }
        Outcome::Applied
    }

    /// Waits before the next round; false when there is no time for it.
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
}

/// What to do about `change`, see [`Change::settled_by`]. Values that an earlier round may have set
/// are not held against it.
fn verdict(change: &Change, now: Option<&Stored>, progress: &Progress) -> Option<Outcome> {
    let now = now.map(|now| &now.rrset);
    let verdict = change.settled_by(now)?;
    let touched = progress.lost.is_some() || !progress.started.is_empty();
    let ours = match (now, &change.desired) {
        (Some(now), Some(desired)) => touched && now.same_values(desired),
        _ => false,
    };
    if ours && !verdict.is_done() { None } else { Some(verdict) }
}

fn unless_lost(progress: &Progress, failure: Failure) -> Outcome {
    match &progress.lost {
        Some(lost) => Outcome::Unknown(lost.clone()),
        None => Outcome::Refused(failure),
    }
}

/// Whether the rest of a set would only fail in the same way.
fn spares_the_rest(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        Kind::Auth
            | Kind::Forbidden
            | Kind::Unavailable
            | Kind::Timeout
            | Kind::Expired
            | Kind::RateLimited
            | Kind::Protocol
    )
}

/// SOA and NS of the apex can be replaced, not created or removed.
fn apex_stays(set: &ChangeSet) -> Result<(), Failure> {
    let fixed = |key: &Key| {
        key.name == set.zone.name && matches!(key.rtype, RecordType::Soa | RecordType::Ns)
    };
    let gone = |change: &&Change| change.desired.is_none() || change.expect == Expect::Absent;
    match set.changes.iter().filter(gone).map(|change| &change.key).find(|key| fixed(key)) {
        None => Ok(()),
        Some(key) => {
            let text = format!("{key} belongs to the zone itself: it can be replaced, not removed");
            Err(Failure::new(Kind::Invalid, text))
        }
    }
}
