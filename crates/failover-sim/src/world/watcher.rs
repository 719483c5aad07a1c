//! A watcher's process: what it knows beside its machine, and the machine's door.
//!
//! It keeps the contract of [`failover_core`] as the shipped shell does: one fact at a time, records
//! durable before anything else, nothing old passed on.
use std::collections::VecDeque;
use std::time::Duration;

use failover_core::{
    Answer, AttemptId, Event, Failover, Input, Output, State, Timestamp, VantageId,
};

use super::World;
use super::clock::Clock;
use super::queue::Happens;
use super::setup::millis;
use crate::seen::Seen;

/// A machine is told the time at least this often.
const TICK: u64 = 1_000;
/// Between two ticks, whatever the machine asks for.
const TICK_MIN: u64 = 5;
/// Facts that wait while a process is stopped; more are lost.
const WAITING_MAX: usize = 1_024;
/// Between two tries to write a broken journal.
const RECOVER: u64 = 500;

/// Whether a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Runs,
    /// Until then; whether what arrives is lost, too.
    Stopped(u64, bool),
    Dead,
}

/// One watcher.
#[derive(Debug)]
pub(super) struct Watcher {
    pub(super) machine: Failover,
    /// Counts its starts: what belongs to an earlier life is lost.
    pub(super) life: u32,
    pub(super) state: Life,
    pub(super) clock: Clock,
    /// How fast its clock is, in parts per million.
    pub(super) ppm: i32,
    /// The vantage beside it.
    pub(super) home: Option<VantageId>,
    pub(super) parted: bool,
    /// The epoch of its lease, and its end by true time: it is measured with a clock that is good
    /// enough for some seconds.
    pub(super) lease: Option<(u64, u64)>,
    pub(super) places: Vec<Place>,
    /// Outputs that are still carried out before it dies, and how long it is gone then.
    pub(super) crash: Option<(u16, u64)>,
    inbox: VecDeque<Input>,
    /// What is carried out as soon as the journal has answered.
    pending: Option<Vec<Output>>,
    /// The journal cannot be written.
    pub(super) trouble: bool,
    /// Receipts that cannot be recorded meanwhile.
    held: Vec<Input>,
    /// Events that will be written as soon as it can be.
    backlog: Vec<(Timestamp, Event)>,
    stepped: u64,
    wake_at: u64,
}

/// The service at one provider, as a watcher knows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// Counts what may have changed the provider. What was seen before the latest change is old.
    pub(super) mark: u64,
    pub(super) publishing: Option<AttemptId>,
    pub(super) reading: Option<u32>,
    /// The patrol and the verification that count.
    pub(super) patrol: u32,
    pub(super) verify: u32,
    /// What was last read, and when.
    pub(super) seen: Option<(u64, Answer)>,
}

impl Watcher {
    pub(super) fn new(machine: Failover, clock: Clock, home: Option<VantageId>) -> Self {
        let places = vec![Place::default(); machine.policy().spec().providers.len()];
        Self {
            machine,
            life: 0,
            state: Life::Dead,
            clock,
            ppm: 0,
            home,
            parted: false,
            lease: None,
            places,
            crash: None,
            inbox: VecDeque::new(),
            pending: None,
            trouble: false,
            held: Vec::new(),
            backlog: Vec::new(),
            stepped: 0,
            wake_at: u64::MAX,
        }
    }

    /// A process that has just been started.
    pub(super) fn begin(&mut self, machine: Failover, clock: Clock, now: u64) {
        let Self { home, parted, ppm, .. } = *self;
        let life = self.life + 1;
        *self = Self::new(machine, clock, home);
        (self.life, self.parted, self.ppm) = (life, parted, ppm);
        (self.state, self.stepped) = (Life::Runs, now);
    }

    /// Another machine in the same process; what waited for the one before is not for this one.
    pub(super) fn rebuild(&mut self, machine: Failover) {
        self.machine = machine;
        self.inbox.clear();
        self.held.clear();
        self.backlog.clear();
        self.pending = None;
        for place in &mut self.places {
            (place.publishing, place.reading) = (None, None);
            (place.mark, place.verify) = (place.mark + 1, place.verify + 1);
        }
    }

    fn tick_due(&self, now: u64) -> u64 {
        let gap = millis(self.machine.policy().spec().tick_gap_max) / 4;
        let regular = self.stepped + TICK.min(gap).max(TICK_MIN);
        let asked = self.machine.deadline().map_or(regular, |(at, _)| {
            self.clock.when(at.as_millis(), now).max(self.stepped + TICK_MIN)
        });
        regular.min(asked)
    }
}

impl World {
    /// Gives a fact to a watcher, which takes it as soon as it can.
    pub(super) fn tell(&mut self, watcher: usize, input: Input) {
        let known = &mut self.watchers[watcher];
        if known.state == Life::Dead {
            return;
        }
        let idle = known.inbox.is_empty() && known.pending.is_none();
        if idle && known.state == Life::Runs {
            self.step(watcher, input);
            self.go_through(watcher);
        } else if known.inbox.len() < WAITING_MAX || !matches!(input, Input::Probed { .. }) {
            known.inbox.push_back(input);
        }
    }

    /// Takes what waits, until the journal must be waited for.
    pub(super) fn go_through(&mut self, watcher: usize) {
        loop {
            let known = &mut self.watchers[watcher];
            if known.state != Life::Runs || known.pending.is_some() {
                return;
            }
            let Some(input) = known.inbox.pop_front() else { break };
            self.step(watcher, input);
        }
        self.plan_wake(watcher);
    }

    fn plan_wake(&mut self, watcher: usize) {
        let known = &mut self.watchers[watcher];
        let due = known.tick_due(self.now).max(self.now + 1);
        if due < known.wake_at {
            known.wake_at = due;
            let watcher = u8::try_from(watcher).unwrap_or(u8::MAX);
            self.queue.plan(due, Happens::Wake { watcher });
        }
    }

    pub(super) fn wake_soon(&mut self, watcher: usize) {
        self.watchers[watcher].wake_at = u64::MAX;
        self.plan_wake(watcher);
    }

    pub(super) fn wake(&mut self, watcher: usize) {
        let known = &mut self.watchers[watcher];
        if known.wake_at > self.now || known.state != Life::Runs {
            return;
        }
        known.wake_at = u64::MAX;
        if known.pending.is_none() && known.tick_due(self.now) <= self.now {
            self.tell(watcher, Input::Tick);
        } else {
            self.plan_wake(watcher);
        }
    }

    /// One step, recorded before it is carried out.
    fn step(&mut self, watcher: usize, input: Input) {
        let known = &mut self.watchers[watcher];
        if known.trouble && matches!(input, Input::Receipt { .. }) {
            known.held.push(input);
            return;
        }
        let now = Timestamp::from_millis(known.clock.at(self.now));
        known.stepped = self.now;
        let refused = !known.trouble && !self.journal.takes(known.lease);
        let before = refused.then(|| known.machine.clone());
        let outputs = known.machine.step(now, input.clone());
        self.tally.steps += 1;
        let records = outputs.iter().any(|output| matches!(output, Output::Record(_)));
        if let (true, Some(before)) = (records, before) {
            self.undo(watcher, before, input);
            return;
        }
        let machine = &known.machine;
        let seen = Seen::Stepped { watcher, now, input: &input, outputs: &outputs, machine };
        self.guard.see(&seen);
        if outputs.is_empty() {
            return;
        }
        self.tally.outputs += outputs.len() as u64;
        if let Some((left, down)) = known.crash {
            if usize::from(left) < outputs.len() {
                self.die_within(watcher, now, outputs, usize::from(left), down);
                return;
            }
            let carried = u16::try_from(outputs.len()).unwrap_or(u16::MAX);
            known.crash = Some((left - carried, down));
        }
        if records && self.watchers[watcher].trouble {
            let kept = outputs.iter().filter_map(|output| match output {
                Output::Record(event) => Some((now, event.clone())),
                _ => None,
            });
            self.watchers[watcher].backlog.extend(kept);
            self.carry_out(watcher, outputs);
        } else if records {
            self.commit(watcher, now, &outputs);
            self.watchers[watcher].pending = Some(outputs);
            let life = self.watchers[watcher].life;
            let at = self.after(self.journal.time(self.setup.disk));
            let watcher = u8::try_from(watcher).unwrap_or(u8::MAX);
            self.queue.plan(at, Happens::Written { watcher, life });
        } else {
            self.carry_out(watcher, outputs);
        }
    }

    fn commit(&mut self, watcher: usize, now: Timestamp, outputs: &[Output]) {
        for output in outputs {
            if let Output::Record(event) = output {
                self.record(watcher, now, event);
            }
        }
    }

    fn record(&mut self, watcher: usize, at: Timestamp, event: &Event) {
        self.journal.keep(at, event);
        self.guard.see(&Seen::Recorded { watcher, at, event });
        self.measure_event(event);
    }

    /// The process dies within the outputs of a step: some are carried out, the others never.
    fn die_within(
        &mut self,
        watcher: usize,
        now: Timestamp,
        mut outputs: Vec<Output>,
        carried: usize,
        down: u64,
    ) {
        self.tally.torn_steps += u64::from(carried > 0);
        outputs.truncate(carried);
        self.commit(watcher, now, &outputs);
        self.carry_out(watcher, outputs);
        self.die(watcher, Duration::from_millis(down));
    }

    pub(super) fn written(&mut self, watcher: usize, life: u32) {
        let number = u8::try_from(watcher).unwrap_or(u8::MAX);
        if self.watchers[watcher].life != life
            || self.put_off(watcher, Happens::Written { watcher: number, life })
        {
            return;
        }
        if let Some(outputs) = self.watchers[watcher].pending.take() {
            self.carry_out(watcher, outputs);
        }
        self.go_through(watcher);
    }

    /// Nothing of the step is durable, so none of it has happened.
    fn undo(&mut self, watcher: usize, before: Failover, input: Input) {
        self.tally.refused_commits += 1;
        let known = &mut self.watchers[watcher];
        known.machine = before;
        if !self.journal.works() {
            known.trouble = true;
            // What was said of the journal is not so any more.
            if !matches!(input, Input::Journal { .. }) {
                known.inbox.push_front(input);
            }
            known.inbox.push_front(Input::Journal { writable: false });
            let number = u8::try_from(watcher).unwrap_or(u8::MAX);
            let recover = Happens::Recover { watcher: number, life: known.life };
            self.queue.plan(self.now + RECOVER, recover);
            return;
        }
        // The journal knows a newer leader: start anew from what that one has recorded.
        self.tally.fenced += 1;
        self.start_anew(watcher);
    }

    pub(super) fn recover(&mut self, watcher: usize, life: u32) {
        let number = u8::try_from(watcher).unwrap_or(u8::MAX);
        let what = Happens::Recover { watcher: number, life };
        if self.watchers[watcher].life != life || self.put_off(watcher, what) {
            return;
        }
        if !self.journal.works() {
            self.queue.plan(self.now + RECOVER, what);
            return;
        }
        if !self.journal.takes(self.watchers[watcher].lease) {
            self.tally.fenced += 1;
            self.start_anew(watcher);
            return;
        }
        let known = &mut self.watchers[watcher];
        known.trouble = false;
        let held = std::mem::take(&mut known.held);
        for (at, event) in std::mem::take(&mut known.backlog) {
            self.record(watcher, at, &event);
        }
        self.tell(watcher, Input::Journal { writable: true });
        for receipt in held {
            self.tell(watcher, receipt);
        }
    }

    /// What happens to a watcher whose process is stopped happens when it goes on.
    pub(super) fn put_off(&mut self, watcher: usize, what: Happens) -> bool {
        let Life::Stopped(until, _) = self.watchers[watcher].state else { return false };
        self.queue.plan(until.max(self.now), what);
        true
    }
}

/// The journal that all watchers share.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) state: State,
    pub(super) latest: Timestamp,
    pub(super) disk: super::fault::Disk,
    /// The highest epoch a lease was given out under.
    pub(super) epoch: u64,
    /// The latest events with their numbers, oldest first.
    pub(super) recent: VecDeque<(u64, Timestamp, Event)>,
    pub(super) events: u64,
}

const RECENT: usize = 50;

impl Journal {
    pub(super) fn new() -> Self {
        Self {
            state: State::default(),
            latest: Timestamp::from_millis(0),
            disk: super::fault::Disk::Works,
            epoch: 0,
            recent: VecDeque::with_capacity(RECENT + 1),
            events: 0,
        }
    }

    pub(super) fn works(&self) -> bool {
        self.disk != super::fault::Disk::Broken
    }

    /// Whether a writer under this lease may write.
    fn takes(&self, lease: Option<(u64, u64)>) -> bool {
        self.works() && lease.is_none_or(|(epoch, _)| epoch >= self.epoch)
    }

    /// Whether it works as it should.
    pub(super) fn is_quick(&self) -> bool {
        self.disk == super::fault::Disk::Works
    }

    fn time(&self, usual: Duration) -> Duration {
        match self.disk {
            super::fault::Disk::Slow(time) => time,
            _ => usual,
        }
    }

    fn keep(&mut self, at: Timestamp, event: &Event) {
        self.state.apply(at, event);
        self.latest = self.latest.max(at);
        self.events += 1;
        self.recent.push_back((self.events, at, event.clone()));
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }
}
