//! Changing RRsets: one after the other, by what is there and what an answer leaves open.
use cloud_http::{Call, Effect, Error, Failure, Kind, Request, Retry, encode};
use http::Method;
use serde_json::{Value, json};

use super::HetznerDns;
use super::actions;
use super::read::rrset_path;
use super::settle::Started;
use super::wire::{ActionAnswer, Stored, WireAction, records, relative};
use crate::change::{Change, ChangeSet, Expect, Outcome, Report};
use crate::provider::{Atomicity, Capabilities, Guard};
use crate::record::{Key, RecordType, RrSet};
use crate::zone::Zone;

/// How often a change is decided anew when an answer was lost or something else is there.
const ROUNDS: u32 = 3;

/// What became of one change so far.
struct Progress {
    started: Vec<Started>,
    /// The failure that leaves the effect of an earlier round unknown.
    lost: Option<Failure>,
}

/// Why sending ended.
enum Stop {
    /// A request failed, or its answer was lost.
    Failed(Failure),
    /// Something was done and something was not; only the caller can decide what now.
    Open(Failure),
}

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
                let tickets = self.tickets(&set.zone, change, &progress.started);
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

    /// Sends whatever turns `now` into what is desired.
    async fn send(
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
        if let Some(Err(failure)) = actions::result(&action) {
            return Err(Stop::Open(failure));
        }
        progress.started.push(started(&action));
        Ok(())
    }
}

fn started(action: &WireAction) -> Started {
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

fn half(mut failure: Failure, ttl: u32) -> Stop {
    failure.message =
        format!("the values are set, but the TTL is still {ttl}: {}", failure.message);
    Stop::Open(failure.retry(Retry::AfterReread).maybe_applied())
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
