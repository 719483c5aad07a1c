//! Follows a moment, without further faults, until all should be well.

use super::action::{Action, Fate, Who};
use super::moment::{Flying, Moment};
use super::setup::Left;
use super::tally::Tally;
use super::visited::{Insertion, Visited};
use crate::property::{Broken, Property};

/// Most things on their way that one round lets arrive.
const MOST_ARRIVALS: usize = 64;

impl Moment {
    /// Whether all comes well from here once faults stop: what is on its way arrives, everybody
    /// works and tells the truth, and then the longest bound passes.
    ///
    /// `rested` remembers the moments, without faults, from which that was found: whoever comes to
    /// one of them comes well, too.
    pub(super) fn comes_well(&self, rested: &Visited, tally: &mut Tally) -> Result<(), Broken> {
        let mut later = self.clone();
        later.heal(tally)?;
        for property in [Property::S16, Property::S17, Property::S23] {
            tally.evaluated(property);
        }
        if rested.insert(later.fingerprint()) == Insertion::Known {
            return Ok(());
        }
        let spec = self.setup.policy.spec();
        let goals = self.setup.goals;
        // One bound after the other: a move has to be found due, and then to reach the providers.
        let longest = goals.commit + goals.repair + spec.hold_down;
        let stride = self.setup.strides.first().copied().unwrap_or(1_000);
        let rounds = longest.as_millis() / u128::from(stride.max(1)) + 2;
        for _ in 0..rounds {
            later.round(stride, tally)?;
            if rested.holds(later.fingerprint()) {
                return Ok(());
            }
        }
        let leader = later.leader();
        let Some(machine) = later.watchers[leader.index()].machine.clone() else { return Ok(()) };
        later.monitor.settled(&later.truth, &machine)
    }

    fn heal(&mut self, tally: &mut Tally) -> Result<(), Broken> {
        self.left = Left::default();
        self.run(tally)?;
        for who in self.whos() {
            let watcher = &mut self.watchers[who.index()];
            if watcher.machine.is_none() {
                self.happen(Action::Restart(who, false), tally)?;
            } else if watcher.asleep {
                self.happen(Action::Sleep(who, false), tally)?;
            }
        }
        if !self.writable {
            self.happen(Action::Journal(true), tally)?;
        }
        self.truth.reachable.fill(true);
        for vantage in self.vantage_ids() {
            let now = self.vantages[vantage.index()];
            if now.says.is_some() {
                self.happen(Action::Lie(vantage, None), tally)?;
            }
            if now.mute {
                self.happen(Action::Mute(vantage, false), tally)?;
            }
            if now.isolated {
                self.happen(Action::Isolate(vantage, false), tally)?;
            }
        }
        self.arrive(tally)?;
        for provider in self.provider_ids() {
            for who in self.whos() {
                self.happen(Action::Look(who, provider), tally)?;
            }
        }
        self.arrive(tally)
    }

    /// Time passes once, everything is looked at, and whatever is on its way arrives.
    fn round(&mut self, stride: u16, tally: &mut Tally) -> Result<(), Broken> {
        let leader = self.leader();
        if self.setup.leased() {
            self.lead(leader, tally)?;
            self.run(tally)?;
        }
        self.happen(Action::Pass(stride), tally)?;
        if self.setup.one_by_one {
            for vantage in self.vantage_ids() {
                self.happen(Action::Report(vantage), tally)?;
            }
        }
        for provider in self.provider_ids() {
            for who in self.whos() {
                self.happen(Action::Look(who, provider), tally)?;
            }
        }
        self.arrive(tally)
    }

    fn arrive(&mut self, tally: &mut Tally) -> Result<(), Broken> {
        for _ in 0..MOST_ARRIVALS {
            let action = match self.flying.first() {
                None => return self.answer(tally),
                Some(Flying::Write(_)) => Action::End(0, Fate::Arrives),
                Some(Flying::Echo { .. }) => Action::Echo(0),
                Some(Flying::Job { .. }) => Action::Job(0, true),
            };
            self.happen(action, tally)?;
            if self.flying.is_empty() {
                self.answer(tally)?;
            }
        }
        let text = "writes follow each other without end".to_owned();
        Err(Broken { property: Property::S15, text })
    }

    /// Looks where the machine has asked to look.
    fn answer(&mut self, tally: &mut Tally) -> Result<(), Broken> {
        for provider in self.provider_ids() {
            for who in self.whos() {
                if self.watchers[who.index()].asked & (1 << provider.0) != 0 {
                    self.happen(Action::Look(who, provider), tally)?;
                }
            }
        }
        Ok(())
    }

    fn leader(&self) -> Who {
        let holds = self.truth.now < self.lease.until;
        Who(self.lease.holder.filter(|_| holds).unwrap_or(0))
    }
}
