//! Bringing every provider to the desired answer: attempts, receipts, read-backs, verification.
use crate::event::Event;
use crate::id::{AttemptId, MoveId, ProviderId};
use crate::input::{Answer, Receipt};
use crate::machine::Failover;
use crate::mutant::Mutant;
use crate::output::Output;
use crate::time::Timestamp;

/// Where one provider stands; forgotten on restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct ProviderRun {
    pub(super) phase: Phase,
    /// Attempts that have failed in a row.
    pub(super) failures: u32,
    /// What is stored was looked at since the latest attempt.
    pub(super) looked: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Phase {
    /// Nothing is under way.
    #[default]
    Idle,
    /// An attempt runs; `id` is the move it belongs to.
    Publishing { id: MoveId, attempt: AttemptId, since: Timestamp },
    /// Nobody knows whether the latest attempt happened.
    ReadingBack {
        since: Timestamp,
        asked: bool,
        /// There was a pause before it, so that none is needed after it.
        rested: bool,
    },
    /// Accepted; the name servers are being asked.
    Verifying { since: Timestamp, asked: Timestamp },
    /// Tried again at `retry_at`; after a read-back if `unsure`.
    Failed { message: String, retry_at: Timestamp, unsure: bool },
}

impl Failover {
    pub(super) fn provider_ids(&self) -> impl Iterator<Item = ProviderId> + use<> {
        let count = self.policy.spec().providers.len();
        (0..u8::try_from(count).unwrap_or(u8::MAX)).map(ProviderId)
    }

    /// A new move begins: what was under way for the old one is left to end by itself.
    pub(super) fn prepare_providers(&mut self) {
        for run in &mut self.run.providers {
            run.failures = 0;
            match run.phase {
                // The slot stays taken until its receipt: two writes to one provider at once could
                // land in the wrong order.
                Phase::Publishing { .. } | Phase::ReadingBack { .. } => {}
                Phase::Failed { unsure: true, .. } => {
                    let since = self.run.now;
                    run.phase = Phase::ReadingBack { since, asked: false, rested: false };
                }
                _ => run.phase = Phase::Idle,
            }
        }
        for said in &mut self.run.said {
            said.forget();
        }
    }

    /// A new leader cannot know what the old one left under way.
    pub(super) fn resume(&mut self) {
        for run in &mut self.run.providers {
            *run = ProviderRun::default();
        }
    }

    /// Does what is due at each provider. One provider's trouble never holds up another.
    pub(super) fn drive(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.state.desired.is_empty() && !self.errs(Mutant::EmptiesTheAnswer) {
            return;
        }
        for provider in self.provider_ids() {
            self.drive_one(now, provider, out);
            if self.errs(Mutant::StopsAtTheFirst) && self.is_behind(provider) {
                break;
            }
        }
        self.complete(now, out);
        self.raise_split(now, out);
    }

    fn drive_one(&mut self, now: Timestamp, provider: ProviderId, out: &mut Vec<Output>) {
        let generation = self.state.generation;
        let memory = &self.state.providers[provider.index()];
        let (behind, unverified) = (memory.accepted < generation, memory.verified < generation);
        let left_over = memory.attempt;
        let unsure = memory.unsure && !self.run.providers[provider.index()].looked;
        let spec = self.policy.spec();
        let (patience, repeat) = (spec.attempt_timeout, spec.retry_max);
        let sites = self.state.desired;
        match self.run.providers[provider.index()].phase.clone() {
            Phase::Idle if left_over.is_some() => {
                // Started before a restart: nobody knows what became of it.
                let attempt = left_over.unwrap_or_default();
                let message = "the watcher was restarted meanwhile".to_owned();
                let receipt = Receipt::Unknown { message };
                self.end_attempt(now, provider, generation, attempt, receipt, out);
                self.read_back(now, provider, false, out);
            }
            Phase::Idle if behind && self.fence_holds() => {}
            Phase::Idle if behind && unsure => self.read_back(now, provider, true, out),
            Phase::Idle if behind => self.attempt(now, provider, out),
            Phase::Idle if unverified => {
                self.set_phase(provider, Phase::Verifying { since: now, asked: now });
                out.push(Output::Verify { id: generation, provider, sites });
            }
            Phase::Publishing { id, attempt, since } if now.since(since) >= patience => {
                let message = "no receipt came in time".to_owned();
                self.end_attempt(now, provider, id, attempt, Receipt::Unknown { message }, out);
                self.read_back(now, provider, false, out);
            }
            Phase::ReadingBack { since, asked, rested }
                if !asked || now.since(since) >= patience =>
            {
                self.read_back(now, provider, rested, out);
            }
            Phase::Verifying { .. } if behind || !unverified => {
                self.set_phase(provider, Phase::Idle);
                if behind {
                    self.drive_one(now, provider, out);
                }
            }
            Phase::Verifying { since, asked } if now.since(asked) >= repeat => {
                self.set_phase(provider, Phase::Verifying { since, asked: now });
                out.push(Output::Verify { id: generation, provider, sites });
            }
            Phase::Failed { .. } if !behind => self.set_phase(provider, Phase::Idle),
            Phase::Failed { retry_at, unsure, .. } if now >= retry_at => {
                if unsure {
                    self.read_back(now, provider, true, out);
                } else {
                    self.attempt(now, provider, out);
                }
            }
            _ => {}
        }
    }

    pub(super) fn attempt(&mut self, now: Timestamp, provider: ProviderId, out: &mut Vec<Output>) {
        let (id, sites) = (self.state.generation, self.state.desired);
        let empties = self.errs(Mutant::EmptiesTheAnswer);
        assert!(!sites.is_empty() || empties, "what is published is never empty");
        let attempt = self.state.last_attempt.next();
        let before = out.len();
        self.record(now, out, Event::AttemptStarted { id, attempt, provider });
        out.push(Output::Publish { id, attempt, provider, sites });
        if self.errs(Mutant::PublishesFirst) {
            out[before..].reverse();
        }
        self.set_phase(provider, Phase::Publishing { id, attempt, since: now });
        self.run.providers[provider.index()].looked = false;
    }

    fn read_back(
        &mut self,
        now: Timestamp,
        provider: ProviderId,
        rested: bool,
        out: &mut Vec<Output>,
    ) {
        out.push(Output::ReadBack { provider });
        self.set_phase(provider, Phase::ReadingBack { since: now, asked: true, rested });
    }

    fn end_attempt(
        &mut self,
        now: Timestamp,
        provider: ProviderId,
        id: MoveId,
        attempt: AttemptId,
        receipt: Receipt,
        out: &mut Vec<Output>,
    ) {
        let event = Event::AttemptEnded { id, attempt, provider, receipt };
        // People are told of the first failure; that it lasts is told once, by `Split`.
        if self.run.providers[provider.index()].failures > 0 {
            self.note(now, out, event);
        } else {
            self.record(now, out, event);
        }
    }

    pub(super) fn set_phase(&mut self, provider: ProviderId, phase: Phase) {
        self.run.providers[provider.index()].phase = phase;
    }

    pub(super) fn take_receipt(
        &mut self,
        now: Timestamp,
        attempt: AttemptId,
        provider: ProviderId,
        receipt: Receipt,
        out: &mut Vec<Output>,
    ) {
        let Some(run) = self.run.providers.get(provider.index()) else { return };
        let Phase::Publishing { id, attempt: current, .. } = run.phase else {
            return self.take_again();
        };
        if current != attempt || !self.may_act(now) {
            // Late, or not for us to record: a new leader reads back.
            return self.take_again();
        }
        self.end_attempt(now, provider, id, attempt, receipt.clone(), out);
        if id != self.state.generation {
            // A write of an older move has just ended: what is stored now must be looked at.
            self.read_back(now, provider, false, out);
            return;
        }
        match receipt {
            Receipt::Applied | Receipt::AlreadySo => self.accepted(provider),
            Receipt::Unknown { .. } => self.read_back(now, provider, false, out),
            // Somebody else wrote meanwhile; the first time it is looked at at once.
            Receipt::Refused { changed: true, .. }
                if self.run.providers[provider.index()].failures == 0 =>
            {
                self.read_back(now, provider, false, out);
            }
            Receipt::Refused { message, changed } => {
                self.fail(now, provider, message, changed);
            }
        }
    }

    /// A receipt that has no attempt changes nothing.
    fn take_again(&mut self) {
        if self.errs(Mutant::CountsTwice) {
            self.state.generation = self.state.generation.next();
        }
    }

    fn is_behind(&self, provider: ProviderId) -> bool {
        self.state.providers[provider.index()].accepted < self.state.generation
    }

    fn accepted(&mut self, provider: ProviderId) {
        // What it said before was about the old answer.
        self.run.said[provider.index()].forget();
        self.run.providers[provider.index()] = ProviderRun::default();
    }

    pub(super) fn fail(
        &mut self,
        now: Timestamp,
        provider: ProviderId,
        message: String,
        unsure: bool,
    ) {
        let (min, max) = (self.policy.spec().retry_min, self.policy.spec().retry_max);
        let run = &mut self.run.providers[provider.index()];
        let pause = min.saturating_mul(1 << run.failures.min(20)).min(max);
        run.failures = run.failures.saturating_add(1);
        run.phase = Phase::Failed { message, retry_at: now.plus(pause), unsure };
    }

    /// The read-back of an attempt whose outcome was unknown.
    pub(super) fn take_read_back(
        &mut self,
        now: Timestamp,
        provider: ProviderId,
        answer: &Answer,
        out: &mut Vec<Output>,
    ) {
        let generation = self.state.generation;
        let memory = &self.state.providers[provider.index()];
        let (behind, attempt) = (memory.accepted < generation, memory.latest);
        let failures = self.run.providers[provider.index()].failures;
        let phase = &self.run.providers[provider.index()].phase;
        let rested = matches!(phase, Phase::ReadingBack { rested: true, .. });
        match answer {
            Answer::Silent { text } => self.fail(now, provider, text.clone(), true),
            Answer::Sites(sites) if *sites == self.state.desired && behind => {
                let so = Receipt::AlreadySo;
                self.end_attempt(now, provider, generation, attempt, so, out);
                self.accepted(provider);
            }
            Answer::Sites(sites) if *sites == self.state.desired => self.looked(provider, 0),
            // Accepted before and changed since: published again at once the first time, afterwards
            // when it is looked at next. Who refuses it each time must not be asked without end.
            _ if !behind && failures == 0 => self.looked(provider, 1),
            // It did not happen: tried again at once the first time, with a pause afterwards.
            _ if failures == 0 || rested => {
                self.looked(provider, failures.max(1));
            }
            _ => self.fail(now, provider, "the change did not take effect".to_owned(), false),
        }
    }

    fn looked(&mut self, provider: ProviderId, failures: u32) {
        let run = ProviderRun { phase: Phase::Idle, failures, looked: true };
        self.run.providers[provider.index()] = run;
    }

    fn complete(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let generation = self.state.generation;
        let verified = self.state.providers.iter().filter(|m| m.verified >= generation).count();
        let spec = self.policy.spec();
        if verified < usize::from(spec.complete_at) {
            return;
        }
        let Some(id) = self.state.open_move.as_ref().map(|open| open.id) else { return };
        self.record(now, out, Event::MoveCompleted { id });
        self.fence(now, out);
    }

    /// Tells people when a provider has not followed for too long.
    fn raise_split(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let generation = self.state.generation;
        let late = now.since(self.state.since) >= self.policy.spec().split_after;
        for provider in self.provider_ids() {
            let memory = &self.state.providers[provider.index()];
            if memory.verified < generation && late && !memory.split {
                self.record(now, out, Event::Split { id: generation, missing: provider });
            }
        }
    }

    /// All name servers of a provider answer what they should.
    pub(super) fn verified(&mut self, now: Timestamp, provider: ProviderId, out: &mut Vec<Output>) {
        let id = self.state.generation;
        let split = self.state.providers[provider.index()].split;
        self.record(now, out, Event::Verified { id, provider });
        if split {
            self.record(now, out, Event::Healed { id, provider });
        }
        self.set_phase(provider, Phase::Idle);
        self.run.said[provider.index()].forget();
    }
}
