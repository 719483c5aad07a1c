//! The lives of watchers: starting from the journal, dying, being stopped, leading in turns.
use std::time::Duration;

use failover_core::{Failover, Input, ProviderId, VantageId};

use super::World;
use super::clock::Clock;
use super::fault::WatcherTrouble;
use super::queue::Happens;
use super::setup::millis;
use super::watcher::Life;
use crate::seen::Seen;

/// Who leads: one lease for all, kept outside the watchers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lease {
    /// Who holds it, in which life.
    holder: Option<(usize, u32)>,
    until: u64,
}

/// How long a watcher and the lease take to talk to each other, there and back.
const TALK: u64 = 40;

impl World {
    /// Starts a process: the machine goes on where the journal ends.
    pub(super) fn start(&mut self, watcher: usize) {
        let machine = Failover::new(self.policy.clone(), self.journal.state.clone());
        let known = &mut self.watchers[watcher];
        // Never behind the journal: time does not run backwards.
        let wall = self.now.max(self.journal.latest.as_millis());
        let clock = Clock::new(wall, self.now, known.ppm);
        known.begin(machine, clock, self.now);
        let life = known.life;
        let now = failover_core::Timestamp::from_millis(known.clock.at(self.now));
        let machine = &self.watchers[watcher].machine;
        self.guard.see(&Seen::Restarted { watcher, machine, now });
        self.tally.starts += 1;
        let number = u8::try_from(watcher).unwrap_or(u8::MAX);
        if self.watchers.len() > 1 {
            self.tell(watcher, Input::LeadershipLost);
            let soon = self.now + self.chance.between(50, 500);
            self.queue.plan(soon, Happens::Campaign { watcher: number, life });
        }
        self.tell(watcher, Input::Journal { writable: true });
        self.tell_surroundings(watcher);
        for provider in 0..self.providers.len() {
            let provider = ProviderId(u8::try_from(provider).unwrap_or(u8::MAX));
            self.look_now(watcher, provider);
        }
        self.go_through(watcher);
    }

    /// What a shell finds out first: lags, and whether it has a network.
    fn tell_surroundings(&mut self, watcher: usize) {
        if self.policy.spec().lag_max.is_some() {
            for site in self.site_ids() {
                let lag = self.sites[site.index()].lag;
                self.tell(watcher, Input::Lag { site, lag });
            }
        }
        if let Some(vantage) = self.watchers[watcher].home
            && self.vantages[vantage.index()].cut
        {
            self.tell(watcher, Input::Isolated { vantage, isolated: true });
        }
    }

    pub(super) fn die(&mut self, watcher: usize, down: Duration) {
        if self.watchers[watcher].state == Life::Dead {
            return;
        }
        self.stop_living(watcher);
        let life = self.watchers[watcher].life;
        let number = u8::try_from(watcher).unwrap_or(u8::MAX);
        self.queue.plan(self.after(down), Happens::Returns { watcher: number, life });
    }

    fn stop_living(&mut self, watcher: usize) {
        self.guard.see(&Seen::Crashed { watcher });
        self.tally.crashes += 1;
        let known = &mut self.watchers[watcher];
        known.state = Life::Dead;
        // What was under way belongs to nobody any more.
        known.life += 1;
        known.lease = None;
        known.crash = None;
        self.measure_unrest();
    }

    /// The process ends and begins again at once.
    pub(super) fn start_anew(&mut self, watcher: usize) {
        self.stop_living(watcher);
        self.start(watcher);
    }

    pub(super) fn trouble_watcher(&mut self, watcher: usize, trouble: WatcherTrouble) {
        if watcher >= self.watchers.len() {
            return;
        }
        match trouble {
            WatcherTrouble::Crashes { after: None, down } => self.die(watcher, down),
            WatcherTrouble::Crashes { after: Some(after), down } => {
                self.watchers[watcher].crash = Some((after, millis(down)));
            }
            WatcherTrouble::Stops(time) => self.stop(watcher, time, false),
            WatcherTrouble::Suspended(time) => self.stop(watcher, time, true),
            WatcherTrouble::Parted(parted) => self.watchers[watcher].parted = parted,
            WatcherTrouble::Drifts(ppm) => {
                let known = &mut self.watchers[watcher];
                known.ppm = ppm;
                known.clock.drift(self.now, ppm);
            }
        }
    }

    fn stop(&mut self, watcher: usize, time: Duration, suspended: bool) {
        let until = self.after(time);
        let known = &mut self.watchers[watcher];
        if known.state != Life::Runs {
            return;
        }
        known.state = Life::Stopped(until, suspended);
        self.tally.stops += 1;
        let life = known.life;
        let number = u8::try_from(watcher).unwrap_or(u8::MAX);
        self.queue.plan(until, Happens::Returns { watcher: number, life });
        self.measure_unrest();
    }

    pub(super) fn returns(&mut self, watcher: usize, life: u32) {
        let known = &mut self.watchers[watcher];
        if known.life != life {
            return;
        }
        match known.state {
            Life::Dead => self.start(watcher),
            Life::Stopped(until, _) if until <= self.now => {
                known.state = Life::Runs;
                self.wake_soon(watcher);
                self.go_through(watcher);
            }
            _ => {}
        }
    }

    /// What is dead returns at once; what is stopped goes on when its time has come.
    pub(super) fn everybody_returns(&mut self) {
        for watcher in 0..self.watchers.len() {
            let known = &mut self.watchers[watcher];
            known.parted = false;
            known.crash = None;
            known.ppm = 0;
            known.clock.drift(self.now, 0);
            let life = known.life;
            self.returns(watcher, life);
        }
    }

    /// A watcher without network reaches nothing.
    pub(super) fn is_cut(&self, watcher: usize) -> bool {
        let home = self.watchers[watcher].home;
        home.is_some_and(|VantageId(at)| self.vantages[usize::from(at)].cut)
    }

    /// A watcher asks for the lease, or for more of it.
    pub(super) fn campaign(&mut self, watcher: usize, life: u32) {
        let number = u8::try_from(watcher).unwrap_or(u8::MAX);
        let what = Happens::Campaign { watcher: number, life };
        if self.watchers[watcher].life != life || self.put_off(watcher, what) {
            return;
        }
        let length = millis(self.setup.lease);
        let shift = self.chance.between(0, length / 12);
        self.queue.plan(self.now + length / 3 - shift, what);
        if self.watchers[watcher].parted || self.is_cut(watcher) {
            return;
        }
        let mine = self.lease.holder == Some((watcher, life));
        if !mine && self.now < self.lease.until {
            return;
        }
        if !mine {
            self.lease.holder = Some((watcher, life));
            self.journal.epoch += 1;
            self.tally.leaders += 1;
            self.measure_unrest();
        }
        self.lease.until = self.now + length;
        let renewed = mine && self.watchers[watcher].lease.is_some();
        self.lead(watcher, renewed);
    }

    /// The lease is this watcher's. It counts from the moment it asked, which is earlier, and is
    /// given up a moment before its end.
    fn lead(&mut self, watcher: usize, renewed: bool) {
        let epoch = self.journal.epoch;
        if !renewed {
            // What the one before has recorded comes first.
            let machine = Failover::new(self.policy.clone(), self.journal.state.clone());
            let known = &mut self.watchers[watcher];
            let now = known.clock.at(self.now).max(self.journal.latest.as_millis());
            known.clock.jump(self.now, i64::try_from(now - known.clock.at(self.now)).unwrap_or(0));
            known.rebuild(machine);
            let machine = &self.watchers[watcher].machine;
            let now = failover_core::Timestamp::from_millis(now);
            self.guard.see(&Seen::Restarted { watcher, machine, now });
            self.tell(watcher, Input::LeadershipLost);
            // A new machine takes it for granted that the journal can be written.
            let writable = !self.watchers[watcher].trouble;
            self.tell(watcher, Input::Journal { writable });
            self.tell_surroundings(watcher);
        }
        let known = &mut self.watchers[watcher];
        let length = millis(self.setup.lease) - TALK - 100;
        known.lease = Some((epoch, self.now + length));
        let until = failover_core::Timestamp::from_millis(known.clock.at(self.now) + length);
        self.tell(watcher, Input::Leadership { epoch, until });
        if !renewed {
            for provider in 0..self.providers.len() {
                let provider = ProviderId(u8::try_from(provider).unwrap_or(u8::MAX));
                self.look_now(watcher, provider);
            }
        }
    }

    /// The watcher that leads, or would if it were there.
    pub(super) fn leader(&self) -> usize {
        self.lease.holder.map_or(0, |(watcher, _)| watcher)
    }

    /// Whether a watcher leads and has led for a while.
    pub(super) fn is_led(&self) -> bool {
        let watcher = self.leader();
        let known = &self.watchers[watcher];
        let alone = self.watchers.len() == 1;
        let holds = known.lease.is_some_and(|(_, until)| self.now < until);
        known.state == Life::Runs && !known.trouble && (alone || holds)
    }
}
