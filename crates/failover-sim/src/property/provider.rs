//! Providers: they do not go back, they converge, and none waits for another.
use super::Property;
use super::account::REPAIRS;
use super::broken::{Kept, ensure};
use super::monitor::{Monitor, Step};
use crate::seen::{Stored, Truth};
use failover_core::{
    Drift, Event, Failover, Fence, MoveId, Output, ProviderId, SiteSet, Timestamp,
};

/// What is wrong at one provider, and for how long it could have been put right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Trouble {
    wrong: Option<Wrong>,
    /// Since when it is behind with nothing under way.
    owed: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Wrong {
    cause: Cause,
    since: Timestamp,
    /// There was a fault meanwhile: pauses that it has left behind must be waited for.
    patient: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Cause {
    /// It has not got the latest move yet.
    Behind,
    /// A write of an older move has landed late.
    Regressed,
    /// Somebody else has written.
    Foreign,
}

impl Monitor {
    /// S3a: a provider that checks the precondition of a write never goes back to an older move.
    pub(super) fn no_regression(&self, provider: ProviderId, id: MoveId, before: Stored) -> Kept {
        let guarded = self.rules.spec().providers.get(provider.index()).is_some_and(|p| p.guarded);
        ensure(!guarded || id >= before.generation, Property::S3a, || {
            format!(
                "move {} lands over move {} at provider {}",
                id.0, before.generation.0, provider.0
            )
        })
    }

    pub(super) fn landed(
        &mut self,
        truth: &Truth,
        provider: ProviderId,
        id: MoveId,
        (sites, before): (SiteSet, Stored),
    ) {
        let Some(place) = self.account.places.get(provider.index()) else { return };
        let back = id < before.generation || (place.accepted && id < self.account.generation);
        let wrong = sites != self.account.desired;
        let patient = !place.verified || place.slot.is_some();
        let trouble = &mut self.troubles[provider.index()];
        if back && wrong {
            let cause = Cause::Regressed;
            trouble.wrong = Some(Wrong { cause, since: truth.now, patient });
        }
    }

    pub(super) fn foreign(&mut self, truth: &Truth, provider: ProviderId) {
        let Some(trouble) = self.troubles.get_mut(provider.index()) else { return };
        let patient = trouble.wrong.is_some();
        trouble.wrong = Some(Wrong { cause: Cause::Foreign, since: truth.now, patient });
    }

    /// What is seen for the first time after the window in which own late writes are known could be
    /// somebody else's answer as well: a human may have wanted it.
    pub(super) fn seen_too_late(&mut self, truth: &Truth, provider: ProviderId) {
        let age = truth.now.since(self.account.since);
        if age < self.rules.spec().moves_window {
            return;
        }
        let trouble = self.troubles.get_mut(provider.index());
        if let Some(Trouble { wrong: Some(wrong), .. }) = trouble {
            wrong.cause = Cause::Foreign;
        }
    }

    /// A fault has begun or ended: the bounds count from now.
    pub(super) fn start_over(&mut self, truth: &Truth) {
        self.due = None;
        for trouble in &mut self.troubles {
            trouble.owed = None;
            if let Some(wrong) = &mut trouble.wrong {
                (wrong.since, wrong.patient) = (truth.now, true);
            }
        }
    }

    /// S3b, S16, S17, S23: what is wrong is put right within its bound.
    pub(super) fn in_time(&mut self, truth: &Truth) -> Kept {
        let acting = self.acting(truth.now).is_some();
        for place in 0..self.troubles.len() {
            self.owed_in_time(truth, place, acting)?;
            self.right_in_time(truth, place, acting)?;
        }
        self.failover_in_time(truth)
    }

    /// S17: one provider's failure never holds up the other.
    fn owed_in_time(&mut self, truth: &Truth, index: usize, acting: bool) -> Kept {
        let place = &self.account.places[index];
        let reachable = truth.reachable.get(index) == Some(&true);
        let owed = !place.accepted && place.slot.is_none() && acting && reachable;
        if !owed {
            self.troubles[index].owed = None;
            return Ok(());
        }
        let since = *self.troubles[index].owed.get_or_insert(truth.now);
        let waited = truth.now.since(since);
        ensure(waited <= self.rules.goals.turn, Property::S17, || {
            format!("provider {index} works and is behind, and nothing is tried for {waited:?}")
        })
    }

    /// S3b, S16: a provider that can be reached stores what is desired within the stated time.
    fn right_in_time(&mut self, truth: &Truth, index: usize, acting: bool) -> Kept {
        let (account, goals) = (&self.account, &self.rules.goals);
        let Some(stored) = truth.stored.get(index) else { return Ok(()) };
        if account.desired.is_empty() || stored.sites == account.desired {
            self.troubles[index].wrong = None;
            return Ok(());
        }
        let place = account.places[index];
        let may_repair = self.may_repair(truth.now);
        let fair = acting && truth.reachable.get(index) == Some(&true);
        let default = if place.accepted { Cause::Foreign } else { Cause::Behind };
        let fresh = Wrong { cause: default, since: truth.now, patient: true };
        let wrong = self.troubles[index].wrong.get_or_insert(fresh);
        if wrong.cause == Cause::Behind && place.accepted {
            wrong.cause = Cause::Foreign;
        }
        let repairs = self.rules.spec().drift == Drift::Repair;
        // Where the policy only alerts, either alarm will do.
        let told = place.drift || (place.split && !repairs);
        let waits = match wrong.cause {
            Cause::Behind => !fair,
            Cause::Regressed => !fair || !may_repair,
            Cause::Foreign if told => !fair || !may_repair || !repairs,
            Cause::Foreign => !fair,
        };
        if waits {
            (wrong.since, wrong.patient) = (truth.now, true);
            return Ok(());
        }
        let settled = place.accepted && place.verified && !wrong.patient;
        let (property, bound) = match wrong.cause {
            Cause::Regressed if settled => (Property::S3b, goals.repair),
            Cause::Regressed => (Property::S3b, goals.converge),
            Cause::Foreign if settled && !told => (Property::S16, goals.drift),
            _ => (Property::S16, goals.converge),
        };
        let waited = truth.now.since(wrong.since);
        ensure(waited <= bound, property, || {
            format!(
                "provider {index} stores {:?} of move {} and not {:?}, for {waited:?} ({:?})",
                stored.sites, stored.generation.0, account.desired, wrong.cause
            )
        })
    }

    /// Whether the machine may publish again by itself.
    fn may_repair(&self, now: Timestamp) -> bool {
        let window = self.rules.spec().moves_window;
        let recent = self.account.repairs.iter().filter(|at| now.since(**at) < window);
        self.account.paused.is_none() && recent.count() < REPAIRS
    }

    /// S17: when a move begins, every provider that is free is asked at once; one that stays behind
    /// is reported in time.
    pub(super) fn nobody_waits(&self, step: &Step<'_>) -> Kept {
        let about = &self.watchers[step.watcher].about;
        if !self.is_rightful(step.watcher) || !about.journal {
            return Ok(());
        }
        let begins = |output: &Output| matches!(output, Output::Record(Event::MoveStarted { .. }));
        let began = step.outputs.iter().any(begins);
        for (index, place) in (0u8..).zip(&self.account.places) {
            let busy = place.slot.is_some()
                || about.reading & 1u32.checked_shl(index.into()).unwrap_or(0) != 0
                || self.rules.spec().fence == Fence::Before;
            let asked = step.outputs.iter().any(|output| {
                matches!(output, Output::Publish { provider, .. } | Output::ReadBack { provider }
                    if provider.0 == index)
            });
            ensure(!began || busy || asked, Property::S17, || {
                format!("a move begins, and provider {index} is not asked")
            })?;
        }
        if began { Ok(()) } else { self.split_is_told(step) }
    }

    /// S17: one that stays behind is reported.
    fn split_is_told(&self, step: &Step<'_>) -> Kept {
        let account = &self.account;
        let changes = |output: &Output| {
            matches!(
                output,
                Output::Record(
                    Event::Verified { .. } | Event::MoveAbandoned { .. } | Event::Split { .. }
                )
            )
        };
        let now = self.watchers[step.watcher].about.now;
        let late = now.since(account.since) >= self.rules.spec().split_after;
        let told = account.places.iter().all(|place| place.verified || place.split);
        ensure(!late || told || step.outputs.iter().any(changes), Property::S17, || {
            format!("since {:?} a provider is behind, and nobody is told", account.since)
        })
    }

    /// S16: once faults stop, every provider that can be reached stores what is desired, or the
    /// drift is reported where the policy only alerts.
    pub(super) fn converged(&self, truth: &Truth, machine: &Failover) -> Kept {
        let desired = machine.state().desired();
        // A move that has only just begun still has its time.
        let fresh = truth.now.since(self.account.since) <= self.rules.goals.converge;
        if desired.is_empty() || (fresh && self.account.generation > MoveId(0)) {
            return Ok(());
        }
        let alerts = self.rules.spec().drift == Drift::Alert || !self.may_repair(truth.now);
        for (index, stored) in truth.stored.iter().enumerate() {
            let reachable = truth.reachable.get(index) == Some(&true);
            let place = self.account.places.get(index);
            let told = alerts && place.is_some_and(|place| place.drift || place.split);
            ensure(stored.sites == desired || !reachable || told, Property::S16, || {
                format!(
                    "at rest provider {index} stores {:?}, desired is {desired:?}",
                    stored.sites
                )
            })?;
        }
        let right = truth.stored.iter().all(|stored| stored.sites == desired);
        let all = right && truth.reachable.iter().all(|reachable| *reachable);
        ensure(!all || self.account.open.is_none(), Property::S16, || {
            format!("at rest move {} is still open", self.account.generation.0)
        })
    }
}
