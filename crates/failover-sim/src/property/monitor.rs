//! The monitor: sees all that passes between machines and their world, and says what was broken.
use super::account::Account;
use super::broken::{Kept, ensure};
use super::mark::Mark;
use super::provider::Trouble;
use super::rules::{Rules, SLOWEST_RECORD};
use super::watcher::Watcher;
use super::{Broken, Goals, Property};
use crate::seen::{Seen, Truth};
use failover_core::{
    Answer, Event, Evidence, Failover, Input, MoveId, MoveKind, Output, Policy, SiteSet, Timestamp,
    VantageId,
};
use std::hash::{Hash, Hasher};

/// Holds a world of one service under one policy to the promises.
///
/// It keeps its own small account of what it was shown and never asks a machine what to think of
/// itself. Its size is bounded by the policy, and it is part of what a model explores. The policy
/// and the goals are no part of what is compared or hashed: compare monitors of one world only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Monitor {
    pub(super) rules: Rules,
    pub(super) watchers: Vec<Watcher>,
    pub(super) account: Account,
    /// Sites that serve, and vantages that are true.
    pub(super) serving: Vec<Mark>,
    pub(super) honest: Vec<Mark>,
    /// Since when an automatic failover is due and nothing stands against it.
    pub(super) due: Option<Timestamp>,
    pub(super) troubles: Vec<Trouble>,
}

/// A step that was taken.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) watcher: usize,
    pub(super) input: &'a Input,
    pub(super) outputs: &'a [Output],
    pub(super) machine: &'a Failover,
    /// Time has not gone on since the step before.
    pub(super) still: bool,
}

/// A move that was recorded.
#[derive(Clone, Copy)]
pub(super) struct Move<'a> {
    pub(super) watcher: usize,
    pub(super) id: MoveId,
    pub(super) reason: MoveKind,
    pub(super) from: SiteSet,
    pub(super) to: SiteSet,
    pub(super) evidence: &'a Evidence,
}

impl Monitor {
    /// A monitor of a service that nothing has happened to.
    pub fn new(policy: &Policy, goals: Goals) -> Self {
        let rules = Rules::new(policy, goals);
        let account = Account::new(&rules);
        let troubles = vec![Trouble::default(); account.places.len()];
        Self {
            account,
            troubles,
            rules,
            watchers: Vec::new(),
            serving: Vec::new(),
            honest: Vec::new(),
            due: None,
        }
    }

    /// Takes one thing that happened into account; fails with the first promise it breaks.
    ///
    /// A step that was taken back because its events could not be written is not to be shown. After
    /// a failure the monitor is of no further use.
    pub fn see(&mut self, truth: &Truth, seen: &Seen<'_>) -> Result<(), Broken> {
        self.look_around(truth);
        match *seen {
            Seen::Stepped { watcher, now, input, outputs, machine } => {
                let still = self.take_step(truth, watcher, now, input);
                self.stepped(&Step { watcher, input, outputs, machine, still })?;
                self.watchers[watcher].about.expect(outputs);
            }
            Seen::Recorded { watcher, at, event } => {
                self.watcher(watcher);
                self.recorded(truth, watcher, event)?;
                self.account.apply(&self.rules, at, event);
                self.watchers[watcher].about.recorded();
                self.after_record(truth, event);
            }
            Seen::Sent { watcher, epoch, provider, id, attempt, sites } => {
                self.watcher(watcher);
                self.fenced_write(watcher, epoch)?;
                self.written_down(provider, id, attempt)?;
                self.allowed_answer(sites)?;
                self.latest_only(id, sites)?;
            }
            Seen::Landed { provider, id, sites, before } => {
                self.allowed_answer(sites)?;
                self.no_regression(provider, id, before)?;
                self.landed(truth, provider, id, (sites, before));
            }
            Seen::Foreign { provider } => self.foreign(truth, provider),
            Seen::Crashed { watcher } => {
                *self.watcher(watcher) = Watcher::new(&self.rules.clone(), 0);
                self.watchers[watcher].about.alive = false;
                self.start_over(truth);
            }
            Seen::Restarted { watcher, machine, now } => {
                let epoch = self.account.epoch;
                *self.watcher(watcher) = Watcher::new(&self.rules.clone(), epoch);
                self.watchers[watcher].about.seen = truth.now;
                self.start_over(truth);
                self.same_after_restart(machine, now)?;
            }
            Seen::Passed { .. } => {}
        }
        self.in_time(truth)
    }

    /// What must hold once faults have stopped and every bound has passed since; `machine` is the
    /// one that leads.
    pub fn settled(&self, truth: &Truth, machine: &Failover) -> Result<(), Broken> {
        self.converged(truth, machine)?;
        self.follows_the_living(truth, machine)
    }

    /// All that the monitor knows of one vantage, for worlds in which it does not matter which
    /// vantage is which. What is left is hashed by [`Monitor::hash_rest`].
    pub fn hash_vantage(&self, vantage: VantageId, state: &mut impl Hasher) {
        self.honest.get(vantage.index()).hash(state);
        for watcher in &self.watchers {
            watcher.hash_vantage(vantage, state);
        }
    }

    /// All that the monitor knows beside what [`Monitor::hash_vantage`] hashes.
    pub fn hash_rest(&self, state: &mut impl Hasher) {
        self.hash_recent(state);
        self.hash_waits(state);
    }

    /// The part of it that looks no further back than the policy, its latch and the heartbeat do.
    pub fn hash_recent(&self, state: &mut impl Hasher) {
        self.account.hash(state);
        for watcher in &self.watchers {
            watcher.about.hash(state);
        }
    }

    /// The part of it that looks back as far as the longest bound among the goals.
    pub fn hash_waits(&self, state: &mut impl Hasher) {
        (&self.serving, self.due, &self.troubles).hash(state);
    }

    /// The account of a watcher, begun when it is first heard of.
    pub(super) fn watcher(&mut self, watcher: usize) -> &mut Watcher {
        while self.watchers.len() <= watcher {
            self.watchers.push(Watcher::new(&self.rules, self.account.epoch));
        }
        &mut self.watchers[watcher]
    }

    fn take_step(&mut self, truth: &Truth, watcher: usize, now: Timestamp, input: &Input) -> bool {
        let rules = self.rules.clone();
        let account = self.watcher(watcher);
        let (seen, before) = (account.about.seen, account.about.now);
        let still = account.step(&rules, now, input);
        let about = &mut account.about;
        let counted = about.now.since(before).saturating_add(SLOWEST_RECORD);
        let lived = seen != Timestamp::default() && before != Timestamp::default();
        if lived && truth.now.since(seen) > counted {
            about.numbed = Some(truth.now);
        }
        about.numbed = about.numbed.filter(|at| truth.now.since(*at) < rules.memory);
        about.seen = truth.now;
        match input {
            Input::Journal { .. } => self.start_over(truth),
            Input::Stored { provider, answer: Answer::Sites(_) | Answer::Foreign { .. } } => {
                // Somebody has looked: what became of the latest attempt is known now.
                if let Some(place) = self.account.places.get_mut(provider.index()) {
                    place.unsure = false;
                }
            }
            _ => {}
        }
        still
    }

    /// The promises that a step itself can break, whatever becomes of it.
    fn stepped(&self, step: &Step<'_>) -> Kept {
        self.answers_in_step(step)?;
        self.acts_only_when_leading(step)?;
        self.recorded_before_done(step)?;
        self.supersedes_only(step)?;
        self.goes_on_as_recorded(step)?;
        self.late_receipts_are_harmless(step)?;
        self.nobody_waits(step)?;
        self.pauses_end(step)?;
        self.still_time_does_nothing(step)?;
        self.wants_to_be_woken(step)?;
        self.obeyed_or_refused(step)
    }

    fn recorded(&self, truth: &Truth, watcher: usize, event: &Event) -> Kept {
        self.fenced_record(watcher, event)?;
        self.one_at_a_time(event)?;
        self.gives_up_the_open_one(watcher, event)?;
        self.rearmed_rightly(watcher, event)?;
        self.paused_rightly(watcher, event)?;
        self.counted_verdict(watcher, event)?;
        let Event::MoveStarted { id, reason, from, to, who, evidence } = event else {
            return Ok(());
        };
        let (id, reason, from, to) = (*id, *reason, *from, *to);
        let moved = Move { watcher, id, reason, from, to, evidence };
        self.numbered(&moved)?;
        self.allowed_answer(to)?;
        self.one_site(&moved)?;
        if !super::account::by_machine(who) {
            return self.commanded(&moved);
        }
        ensure(self.account.paused.is_none(), Property::S20, || {
            format!("an automatic move {} begins while disarmed", id.0)
        })?;
        if reason == MoveKind::Repair {
            return self.repairs_only(&moved);
        }
        self.awake(&moved)?;
        self.latch_holds(&moved)?;
        self.within_budget(&moved)?;
        self.grounds(&moved)?;
        self.way_back(&moved)?;
        self.data_safe(&moved)?;
        self.no_liar_moves_it(truth, &moved)?;
        self.explained(&moved, event)
    }

    fn after_record(&mut self, truth: &Truth, event: &Event) {
        match event {
            Event::MoveStarted { .. } | Event::MoveAbandoned { .. } | Event::Adopted { .. } => {
                self.due = None;
                for trouble in &mut self.troubles {
                    *trouble = Trouble::default();
                }
            }
            Event::LeadershipTaken { .. } => self.start_over(truth),
            Event::DriftSeen { provider, .. } => self.seen_too_late(truth, *provider),
            _ => {}
        }
    }

    fn look_around(&mut self, truth: &Truth) {
        let spec = self.rules.spec();
        let (sites, vantages) = (spec.sites.len(), spec.vantages.len());
        let memory = self.rules.memory;
        let mut changed = false;
        if self.serving.is_empty() {
            self.serving = vec![Mark::Not; sites];
            self.honest = vec![Mark::Not; vantages];
            for (place, mark) in self.serving.iter_mut().enumerate() {
                *mark = Mark::first(serves(truth, place));
            }
            for (place, mark) in self.honest.iter_mut().enumerate() {
                *mark = Mark::first(is_honest(truth, place));
            }
        }
        for (place, mark) in self.serving.iter_mut().enumerate() {
            changed |= mark.update(serves(truth, place), truth.now, memory);
        }
        for (place, mark) in self.honest.iter_mut().enumerate() {
            changed |= mark.update(is_honest(truth, place), truth.now, memory);
        }
        if changed {
            self.due = None;
        }
    }
}

fn serves(truth: &Truth, place: usize) -> bool {
    u8::try_from(place).is_ok_and(|place| truth.alive.contains(failover_core::SiteId(place)))
}

fn is_honest(truth: &Truth, place: usize) -> bool {
    u32::try_from(place).ok().and_then(|place| truth.honest.checked_shr(place)).unwrap_or(0) & 1
        == 1
}
