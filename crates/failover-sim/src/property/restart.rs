//! The journal: it comes first, a restart goes on where it ends, and receipts add nothing to it.
use super::Property;
use super::broken::{Kept, ensure};
use super::monitor::{Monitor, Step};
use failover_core::{
    AttemptId, Event, Failover, Input, Latch, Mode, MoveId, MoveKind, Output, ProviderId, Timestamp,
};

impl Monitor {
    /// S14: nothing is sent before the journal says why.
    pub(super) fn written_down(
        &self,
        provider: ProviderId,
        id: MoveId,
        attempt: AttemptId,
    ) -> Kept {
        ensure(id <= self.account.generation, Property::S14, || {
            format!("move {} is sent before it is recorded", id.0)
        })?;
        let slot = self.account.places.get(provider.index()).and_then(|place| place.slot);
        ensure(slot == Some(attempt), Property::S14, || {
            format!("attempt {} is sent, but the journal knows {slot:?}", attempt.0)
        })
    }

    /// S14: within a step, too, each effect comes after the event that explains it.
    pub(super) fn recorded_before_done(&self, step: &Step<'_>) -> Kept {
        let mut told: [Option<&Event>; 3] = [None; 3];
        for output in step.outputs {
            let explained = match output {
                Output::Record(event) => {
                    match event {
                        Event::AttemptStarted { .. } => told[0] = Some(event),
                        Event::FenceStarted { .. } => told[1] = Some(event),
                        Event::StandbyStarting { .. } => told[2] = Some(event),
                        _ => {}
                    }
                    true
                }
                Output::Publish { id, attempt, provider, .. } => {
                    told[0]
                        == Some(&Event::AttemptStarted {
                            id: *id,
                            attempt: *attempt,
                            provider: *provider,
                        })
                }
                Output::Fence { site } => told[1] == Some(&Event::FenceStarted { site: *site }),
                Output::Start { site } => told[2] == Some(&Event::StandbyStarting { site: *site }),
                _ => true,
            };
            ensure(explained, Property::S14, || format!("not recorded before: {output:?}"))?;
            // The step that says that the journal has broken may have begun by writing to it.
            let breaks = matches!(step.input, Input::Journal { .. });
            let silent = !self.watchers[step.watcher].about.journal && !breaks;
            let acts = matches!(
                output,
                Output::Record(_)
                    | Output::Publish { .. }
                    | Output::Fence { .. }
                    | Output::Start { .. }
            );
            ensure(!(silent && acts), Property::S14, || format!("without a journal: {output:?}"))?;
        }
        Ok(())
    }

    /// S14: the machine goes on as recorded: what it desires, and under which number. S15: no
    /// receipt raises it. S4: what was given up touches nothing newer.
    pub(super) fn goes_on_as_recorded(&self, step: &Step<'_>) -> Kept {
        if !self.is_rightful(step.watcher) {
            return Ok(());
        }
        let now = self.watchers[step.watcher].about.now;
        let mut expected = (self.account.desired, self.account.generation);
        let mut gave_up = self.account.gave_up;
        let decides = |output: &Output| {
            matches!(
                output,
                Output::Record(
                    Event::MoveStarted { .. } | Event::MoveAbandoned { .. } | Event::Adopted { .. }
                )
            )
        };
        if step.outputs.iter().any(decides) {
            let mut ahead = self.account.clone();
            for output in step.outputs {
                if let Output::Record(event) = output {
                    ahead.apply(&self.rules, now, event);
                }
            }
            expected = (ahead.desired, ahead.generation);
            gave_up = ahead.gave_up;
        }
        let state = step.machine.state();
        let found = (state.desired(), state.generation());
        let property = match step.input {
            Input::Receipt { .. } => Property::S15,
            _ if gave_up => Property::S4,
            _ => Property::S14,
        };
        ensure(found == expected, property, || {
            format!("the machine goes on with {found:?}, recorded is {expected:?}")
        })
    }

    /// S14: a watcher that starts again goes on where the journal ends. S10, S11, S20: latch, budget
    /// and pauses survive with it.
    pub(super) fn same_after_restart(&self, machine: &Failover, now: Timestamp) -> Kept {
        let (account, view) = (&self.account, machine.view(now));
        let found = (view.desired, view.generation, view.open_move.is_some());
        let expected = (account.desired, account.generation, account.open.is_some());
        ensure(found == expected, Property::S14, || {
            format!("restarted with {found:?}, recorded is {expected:?}")
        })?;
        let until = account.latched.map(|since| match self.rules.spec().latch {
            Latch::For(time) => Some(since.plus(time)),
            _ => None,
        });
        ensure(view.latched.map(|(_, until)| until) == until, Property::S10, || {
            format!("restarted with the latch {:?}, recorded is {until:?}", view.latched)
        })?;
        let paused = match view.mode {
            Mode::Disarmed { until, .. } => Some(until),
            _ => None,
        };
        ensure(paused == account.paused, Property::S20, || {
            format!("restarted with the pause {paused:?}, recorded is {:?}", account.paused)
        })?;
        let left = usize::from(self.rules.spec().moves_max)
            .saturating_sub(account.spent(&self.rules, now));
        ensure(usize::from(view.moves_left) == left, Property::S11, || {
            format!("restarted with {} moves left, recorded are {left}", view.moves_left)
        })
    }

    /// S15: one provider has one write under way at a time, and an outcome that nobody knows is
    /// looked at before anything else is written.
    pub(super) fn one_at_a_time(&self, event: &Event) -> Kept {
        let Event::AttemptStarted { id, attempt, provider } = event else { return Ok(()) };
        let Some(place) = self.account.places.get(provider.index()) else { return Ok(()) };
        ensure(place.slot.is_none() && *attempt > self.account.attempt, Property::S15, || {
            format!("attempt {} begins while {:?} is under way", attempt.0, place.slot)
        })?;
        ensure(!place.unsure, Property::S15, || {
            format!(
                "attempt {} begins before anybody has looked what became of the last",
                attempt.0
            )
        })?;
        ensure(*id <= self.account.generation, Property::S14, || {
            format!("an attempt of move {} begins before that is recorded", id.0)
        })?;
        ensure(*id == self.account.generation, Property::S4, || {
            format!("an attempt of move {} begins after move {}", id.0, self.account.generation.0)
        })
    }

    /// S15: late and doubled receipts are harmless, and no receipt begins a repair.
    pub(super) fn late_receipts_are_harmless(&self, step: &Step<'_>) -> Kept {
        let Input::Receipt { attempt, provider, .. } = step.input else { return Ok(()) };
        let slot = self.account.places.get(provider.index()).and_then(|place| place.slot);
        for output in step.outputs {
            let harmless = match output {
                Output::Record(Event::AttemptEnded { attempt: ended, .. }) => {
                    ended != attempt || slot == Some(*attempt)
                }
                Output::Record(Event::MoveStarted { reason, .. }) => *reason != MoveKind::Repair,
                _ => true,
            };
            ensure(harmless, Property::S15, || {
                format!("the receipt of attempt {} leads to {output:?}", attempt.0)
            })?;
        }
        Ok(())
    }
}
