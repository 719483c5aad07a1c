//! Gives facts to machines and carries out what they say, one output after the other.
use std::sync::Arc;

use failover_core::{Event, Input, Output, SiteId, Timestamp};

use super::action::Who;
use super::moment::{Flying, Moment, Write};
use super::setup::Fault;
use super::tally::Tally;
use crate::property::{Broken, Property, Write as Sent, compare_dry, twice};
use crate::seen::Seen;

/// More steps than this without a pause mean that the machine and its world talk for ever.
const MOST_STEPS: usize = 1_000;

impl Moment {
    /// Shows something to the monitor.
    fn show(&mut self, seen: &Seen<'_>, tally: &mut Tally) -> Result<(), Broken> {
        tally.count(&self.truth, seen);
        self.monitor.see(&self.truth, seen)
    }

    /// A watcher's own time.
    pub(super) fn clock(&self, who: Who) -> Timestamp {
        let behind = self.watchers[who.index()].behind.as_millis();
        let behind = u64::try_from(behind).unwrap_or(u64::MAX);
        Timestamp::from_millis(self.truth.now.as_millis().saturating_sub(behind))
    }

    /// Leaves a fact for a watcher that lives and is awake.
    pub(super) fn feed(&mut self, who: Who, input: Input) {
        let watcher = &mut self.watchers[who.index()];
        if watcher.machine.is_some() && !watcher.asleep {
            watcher.inbox.push(input);
        }
    }

    /// The same for all of them.
    pub(super) fn feed_all(&mut self, input: &Input) {
        for who in self.whos() {
            self.feed(who, input.clone());
        }
    }

    /// Goes on until nothing is left to do, or until a process could die before the next output.
    pub(super) fn run(&mut self, tally: &mut Tally) -> Result<(), Broken> {
        for _ in 0..MOST_STEPS {
            let busy = |w: &super::moment::Watcher| !w.outbox.is_empty() || !w.inbox.is_empty();
            let Some(place) = self.watchers.iter().position(busy) else { return Ok(()) };
            let who = Who(u8::try_from(place).unwrap_or(u8::MAX));
            match self.watchers[place].outbox.last() {
                Some(next) if self.left.has(Fault::Crash) && is_outside(next) => return Ok(()),
                Some(_) => self.carry_out_next(who, tally)?,
                None => self.step(who, tally)?,
            }
        }
        let text = "the machine and its world talk without end".to_owned();
        Err(Broken { property: Property::S15, text })
    }

    /// Gives the next fact to the machine.
    fn step(&mut self, who: Who, tally: &mut Tally) -> Result<(), Broken> {
        let now = self.clock(who);
        let commits = self.commits(who);
        let watcher = &mut self.watchers[who.index()];
        let input = watcher.inbox.remove(0);
        watcher.stepped = self.truth.now;
        let Some(shared) = watcher.machine.as_mut() else { return Ok(()) };
        let before = (!commits || self.setup.twins).then(|| Arc::clone(shared));
        let machine = Arc::make_mut(shared);
        let outputs = machine.step(now, input.clone());
        if let (true, Some(before)) = (self.setup.twins, &before) {
            tally.evaluated(Property::S25);
            twice(before, now, &input)?;
            // A dry run is told the same and carries nothing out.
            let dry = (**before).clone().step(now, input.clone());
            let writes = |all: &[Output]| all.iter().filter_map(Sent::of).collect::<Vec<_>>();
            tally.evaluated(Property::S21);
            compare_dry(&writes(&outputs), &writes(&dry), 0)?;
        }
        let records = outputs.iter().any(|output| matches!(output, Output::Record(_)));
        if let (true, false, Some(before)) = (records, commits, before) {
            watcher.machine = Some(before);
            return self.refuse(who, input);
        }
        let seen =
            Seen::Stepped { watcher: who.index(), now, input: &input, outputs: &outputs, machine };
        tally.count(&self.truth, &seen);
        self.monitor.see(&self.truth, &seen)?;
        watcher.outbox = outputs;
        watcher.outbox.reverse();
        Ok(())
    }

    /// Whether the journal would take a record of this watcher now.
    fn commits(&self, who: Who) -> bool {
        let epoch = self.watchers[who.index()].epoch;
        self.writable && (!self.setup.leased() || epoch == self.lease.epoch)
    }

    /// The journal has refused: nothing of the step has happened.
    fn refuse(&mut self, who: Who, input: Input) -> Result<(), Broken> {
        let lost = self.writable;
        let watcher = &mut self.watchers[who.index()];
        if lost {
            // The transaction found a newer epoch. Told at once that it does not lead, the machine
            // would want to record that, too; without a journal it hears of it without a word.
            if watcher.epoch == 0 {
                let text = format!("{who} records although it was told that it does not lead");
                return Err(Broken { property: Property::S13, text });
            }
            watcher.epoch = 0;
            let [broken, works] = [false, true].map(|writable| Input::Journal { writable });
            watcher.inbox.splice(0..0, [broken, Input::LeadershipLost, works]);
        } else {
            watcher.inbox.insert(0, Input::Journal { writable: false });
            if !matches!(input, Input::Tick | Input::Probed { .. }) {
                watcher.held.push(input);
            }
        }
        Ok(())
    }

    /// Carries out one output.
    pub(super) fn carry_out_next(&mut self, who: Who, tally: &mut Tally) -> Result<(), Broken> {
        let Some(output) = self.watchers[who.index()].outbox.pop() else { return Ok(()) };
        match output {
            Output::Record(event) => self.record(who, &event, tally)?,
            Output::Publish { id, attempt, provider, sites } => {
                let place = provider.index();
                let read = (self.versions[place], self.truth.stored[place].sites);
                let (orphan, sent) = (false, self.truth.now);
                let write = Write { who, provider, id, attempt, sites, read, sent, orphan };
                self.flying.push(Flying::Write(write));
                let epoch = self.watchers[who.index()].epoch;
                let watcher = who.index();
                self.show(&Seen::Sent { watcher, epoch, provider, id, attempt, sites }, tally)?;
            }
            Output::ReadBack { provider } | Output::Verify { provider, .. } => {
                self.watchers[who.index()].asked |= 1 << provider.0;
            }
            Output::Fence { site } => self.employ(who, site, false),
            Output::Start { site } => self.employ(who, site, true),
            _ => {}
        }
        Ok(())
    }

    /// Compute gets a job; the same one asked for again is the same one.
    fn employ(&mut self, who: Who, site: SiteId, start: bool) {
        let job = Flying::Job { who, site, start };
        if !self.flying.contains(&job) {
            self.flying.push(job);
        }
    }

    fn record(&mut self, who: Who, event: &Event, tally: &mut Tally) -> Result<(), Broken> {
        let at = self.clock(who);
        Arc::make_mut(&mut self.journal).apply(at, event);
        self.show(&Seen::Recorded { watcher: who.index(), at, event }, tally)?;
        let watcher = &self.watchers[who.index()];
        let Some(machine) = watcher.machine.as_ref() else { return Ok(()) };
        let last = !watcher.outbox.iter().any(|next| matches!(next, Output::Record(_)));
        if last && machine.state() != &*self.journal {
            let text = "the journal's fold is not what the machine has in its memory".to_owned();
            return Err(Broken { property: Property::S14, text });
        }
        Ok(())
    }

    /// The process dies; what it has sent may yet arrive.
    pub(super) fn crash(&mut self, who: Who, tally: &mut Tally) -> Result<(), Broken> {
        self.forget(who);
        let watcher = &mut self.watchers[who.index()];
        watcher.machine = None;
        self.show(&Seen::Crashed { watcher: who.index() }, tally)
    }

    /// A process begins from the journal.
    pub(super) fn restart(&mut self, who: Who, tally: &mut Tally) -> Result<(), Broken> {
        self.forget(who);
        let now = self.clock(who);
        let machine = Arc::new(self.setup.machine(&self.journal));
        self.watchers[who.index()].machine = Some(Arc::clone(&machine));
        self.show(&Seen::Restarted { watcher: who.index(), machine: &machine, now }, tally)?;
        self.feed(who, if self.setup.leased() { Input::LeadershipLost } else { Input::Tick });
        for vantage in self.vantage_ids() {
            if self.vantages[usize::from(vantage.0)].isolated {
                self.feed(who, Input::Isolated { vantage, isolated: true });
            }
        }
        if self.setup.policy.spec().lag_max.is_some() {
            for site in self.setup.sites() {
                self.feed(who, Input::Lag { site, lag: self.lags[site.index()] });
            }
        }
        Ok(())
    }

    /// Nobody of the old process waits for anything any more.
    fn forget(&mut self, who: Who) {
        self.flying.retain_mut(|flying| match flying {
            Flying::Write(write) => {
                write.orphan |= write.who == who;
                true
            }
            Flying::Echo { who: whose, .. } | Flying::Job { who: whose, .. } => *whose != who,
        });
        let watcher = &mut self.watchers[who.index()];
        watcher.inbox.clear();
        watcher.outbox.clear();
        watcher.held.clear();
        (watcher.epoch, watcher.looked, watcher.asked, watcher.wrong) = (0, 0, 0, 0);
        watcher.asleep = false;
    }
}

/// Whether something outside the process changes by it.
fn is_outside(output: &Output) -> bool {
    matches!(
        output,
        Output::Record(_) | Output::Publish { .. } | Output::Fence { .. } | Output::Start { .. }
    )
}
