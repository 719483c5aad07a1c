//! Measuring from outside, with the truth at hand: how long wrong answers last.
//!
//! A wrong answer counts from the moment at which nothing else is wrong: while a provider cannot be
//! written, nobody leads or a human has disarmed the service, nobody could mend it. Each piece of
//! trouble begins the count anew.
use failover_core::{Actor, Event, Mode, MoveKind, ProviderId, ProviderStep, Receipt};

use super::World;
use super::tally::Tally;

/// What is wrong at one provider.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrong {
    /// It went back to an older move; counted from then.
    stale: Option<u64>,
    /// Somebody else has written, and nobody has noticed; counted from then.
    foreign: Option<u64>,
}

impl World {
    pub(super) fn measure_regression(&mut self, provider: ProviderId, guarded: bool) {
        let place = provider.index();
        if guarded {
            self.tally.regressions += 1;
        } else if self.guard.truth.stored[place].sites != self.journal.state.desired() {
            self.tally.blind_regressions += 1;
            self.wrong[place].stale.get_or_insert(self.now);
        }
    }

    pub(super) fn measure_foreign(&mut self, provider: ProviderId) {
        let view = self.machine().view(self.stamp());
        let reported = view.providers.get(provider.index()).is_some_and(|p| p.drift.is_some());
        if !reported {
            self.wrong[provider.index()].foreign.get_or_insert(self.now);
        }
    }

    /// Something is stored: is it right again?
    pub(super) fn measure_stored(&mut self, provider: ProviderId) {
        let place = provider.index();
        let desired = self.journal.state.desired();
        if self.guard.truth.stored[place].sites != desired || desired.is_empty() {
            return;
        }
        if let Some(since) = self.wrong[place].stale.take() {
            self.tally.repaired += 1;
            self.tally.longest_repair = self.tally.longest_repair.max(self.now - since);
        }
        self.found(provider);
    }

    fn found(&mut self, provider: ProviderId) {
        if let Some(since) = self.wrong[provider.index()].foreign.take() {
            self.tally.drifts_found += 1;
            self.tally.longest_drift = self.tally.longest_drift.max(self.now - since);
        }
    }

    pub(super) fn measure_event(&mut self, event: &Event) {
        let tally = &mut self.tally;
        match event {
            Event::MoveStarted { reason: MoveKind::Repair, .. } => tally.repairs += 1,
            Event::MoveStarted { reason, who, .. } => {
                tally.moves += 1;
                let automatic = *who == Actor::machine() && *reason == MoveKind::Failover;
                tally.failovers += u64::from(automatic);
                self.moved_at = self.now;
            }
            Event::MoveCompleted { .. } => {
                tally.completed += 1;
                tally.longest_move = tally.longest_move.max(self.now - self.moved_at);
            }
            Event::MoveAbandoned { .. } => tally.abandoned += 1,
            Event::Latched { .. } => tally.latches += 1,
            Event::AllDown => tally.all_down += 1,
            Event::DriftSeen { provider, .. } => self.found(*provider),
            _ => return,
        }
        for provider in 0..self.wrong.len() {
            self.measure_stored(ProviderId(u8::try_from(provider).unwrap_or(u8::MAX)));
        }
    }

    /// A call to a provider has met with trouble.
    pub(super) fn measure_trouble(&mut self, provider: ProviderId) {
        let wrong = &mut self.wrong[provider.index()];
        for since in [&mut wrong.stale, &mut wrong.foreign] {
            since.iter_mut().for_each(|since| *since = self.now);
        }
    }

    /// Something is wrong that concerns every provider.
    pub(super) fn measure_unrest(&mut self) {
        for provider in 0..self.wrong.len() {
            self.measure_trouble(ProviderId(u8::try_from(provider).unwrap_or(u8::MAX)));
        }
    }

    /// Each second: does anything stand against mending what is wrong?
    pub(super) fn measure_second(&mut self) {
        let wrong = |wrong: &Wrong| wrong.stale.is_some() || wrong.foreign.is_some();
        if !self.wrong.iter().any(wrong) {
            return;
        }
        let armed = matches!(self.journal.state.mode(), Mode::Armed { .. });
        let leads = self.is_led() && !self.is_cut(self.leader());
        // Before anything is desired nothing can be wrong.
        let adopted = !self.journal.state.desired().is_empty();
        if !armed || !leads || !adopted || !self.journal.is_quick() {
            self.measure_unrest();
            return;
        }
        let view = self.watchers[self.leader()].machine.view(self.stamp());
        for (place, provider) in (0u8..).zip(&view.providers) {
            let resting = matches!(provider.step, ProviderStep::Failed { .. });
            if resting || !self.guard.truth.reachable[usize::from(place)] {
                self.measure_trouble(ProviderId(place));
            }
        }
    }
}

impl Tally {
    pub(super) fn count_receipt(&mut self, receipt: &Receipt) {
        match receipt {
            Receipt::Unknown { .. } => self.unknown += 1,
            Receipt::Refused { .. } => self.refused += 1,
            _ => {}
        }
    }
}
