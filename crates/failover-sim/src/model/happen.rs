//! Lets one action happen in a closed world.

use std::time::Duration;

use failover_core::{
    Actor, Answer, CheckId, Command, Input, MoveId, ProviderId, Receipt, SiteId, SiteSet, VantageId,
};

use super::action::{Action, Fate, Lag, Order, Who};
use super::moment::{Flying, Moment, Write};
use super::setup::{Fault, Guard};
use super::tally::Tally;
use crate::property::Broken;
use crate::seen::{Seen, Stored};

/// How long operators pause things.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a lease lasts.
pub(super) const LEASE: Duration = Duration::from_secs(3);
/// How long a write that was given up may still land. With a pause on top it is no longer than the
/// window in which the machine knows its own late writes.
const LIFE: Duration = Duration::from_secs(1);
/// How far a clock is set back.
const BACK: Duration = Duration::from_secs(2);

impl Moment {
    /// Lets an action happen that the menu offered.
    pub(super) fn happen(&mut self, action: Action, tally: &mut Tally) -> Result<(), Broken> {
        match action {
            Action::Pass(millis) => self.pass(millis, tally)?,
            Action::Report(vantage) => self.report(vantage),
            Action::Look(who, provider) => self.look(who, provider),
            Action::Flip(site) => {
                self.left.spend(Fault::Flip);
                let alive = self.truth.alive;
                let serves = alive.contains(site);
                self.truth.alive = if serves { alive.without(site) } else { alive.with(site) };
            }
            Action::Lie(vantage, says) => {
                self.left.spend(Fault::Lie);
                let one = &mut self.vantages[vantage.index()];
                one.says = says;
                self.set_honest(vantage);
            }
            Action::Mute(vantage, mute) => {
                self.left.spend(Fault::Mute);
                self.vantages[vantage.index()].mute = mute;
                self.set_honest(vantage);
            }
            Action::Isolate(vantage, isolated) => {
                self.left.spend(Fault::Isolate);
                self.vantages[vantage.index()].isolated = isolated;
                self.set_honest(vantage);
                self.feed_all(&Input::Isolated { vantage, isolated });
            }
            Action::Outage(provider, down) => {
                if down {
                    self.left.spend(Fault::Outage);
                }
                self.truth.reachable[provider.index()] = !down;
            }
            Action::End(place, fate) => self.end(usize::from(place), fate, tally)?,
            Action::Echo(place) => {
                if let Flying::Echo { who, provider, attempt, receipt } =
                    self.flying.remove(usize::from(place))
                {
                    self.feed(who, Input::Receipt { attempt, provider, receipt });
                }
            }
            other => self.happen_rest(other, tally)?,
        }
        self.run(tally)
    }

    fn happen_rest(&mut self, action: Action, tally: &mut Tally) -> Result<(), Broken> {
        match action {
            Action::Foreign(provider, sites) => {
                self.left.spend(Fault::Foreign);
                self.versions[provider.index()] += 1;
                self.truth.stored[provider.index()] = Stored { sites, generation: MoveId(0) };
                let seen = Seen::Foreign { provider };
                tally.count(&self.truth, &seen);
                self.monitor.see(&self.truth, &seen)?;
            }
            Action::Job(place, ok) => self.end_job(usize::from(place), ok),
            Action::Continue(who) => self.carry_out_next(who, tally)?,
            Action::Crash(who) => {
                self.left.spend(Fault::Crash);
                self.crash(who, tally)?;
            }
            Action::Restart(who, back) => {
                if back {
                    self.left.spend(Fault::Backwards);
                    self.watchers[who.index()].behind += BACK;
                }
                self.restart(who, tally)?;
            }
            Action::Order(who, order) => {
                self.left.spend(Fault::Command);
                let command = self.command(who, order);
                self.feed(who, Input::Operator { who: Actor(String::from("ann")), command });
            }
            Action::Lag(site, lag) => {
                self.left.spend(Fault::Lag);
                self.set_lag(site, lag);
            }
            Action::Sleep(who, asleep) => {
                if asleep {
                    self.left.spend(Fault::Sleep);
                }
                self.watchers[who.index()].asleep = asleep;
                // No report arrives at a machine that sleeps.
                self.vantage_ids().for_each(|vantage| self.set_honest(vantage));
                self.feed(who, Input::Tick);
            }
            Action::Journal(writable) => {
                if !writable {
                    self.left.spend(Fault::Journal);
                }
                self.set_writable(writable);
            }
            Action::Lead(who) => self.lead(who, tally)?,
            _ => {}
        }
        Ok(())
    }

    fn pass(&mut self, millis: u16, tally: &mut Tally) -> Result<(), Broken> {
        self.truth.now = self.truth.now.plus(Duration::from_millis(millis.into()));
        let seen = Seen::Passed { now: self.truth.now };
        tally.count(&self.truth, &seen);
        self.monitor.see(&self.truth, &seen)?;
        let late = |write: &Write| self.truth.now.since(write.sent) >= LIFE;
        self.flying.retain(|one| !matches!(one, Flying::Write(w) if w.orphan && late(w)));
        self.feed_all(&Input::Tick);
        for watcher in &mut self.watchers {
            watcher.looked = 0;
        }
        for vantage in self.vantage_ids() {
            self.vantages[vantage.index()].reported = false;
            if !self.setup.one_by_one && !self.vantages[vantage.index()].mute {
                self.report(vantage);
            }
        }
        Ok(())
    }

    fn report(&mut self, vantage: VantageId) {
        let one = &mut self.vantages[vantage.index()];
        one.reported = true;
        let up = match one.says {
            _ if one.isolated => SiteSet::EMPTY,
            Some(says) => says,
            None => self.truth.alive,
        };
        for who in self.whos() {
            let at = self.clock(who);
            for site in self.setup.sites() {
                let (check, ok) = (CheckId(0), up.contains(site));
                self.feed(who, Input::Probed { vantage, site, check, ok, at });
            }
        }
    }

    fn look(&mut self, who: Who, provider: ProviderId) {
        let place = provider.index();
        let sites = self.truth.stored[place].sites;
        let bit = 1 << provider.0;
        let wrong = sites != self.journal.desired();
        let watcher = &mut self.watchers[who.index()];
        watcher.looked |= bit;
        watcher.asked &= !bit;
        watcher.wrong = if wrong { watcher.wrong | bit } else { watcher.wrong & !bit };
        let text = String::new();
        let answer = if sites.is_empty() { Answer::Foreign { text } } else { Answer::Sites(sites) };
        let stored = if self.truth.reachable[place] {
            answer.clone()
        } else {
            Answer::Silent { text: String::new() }
        };
        self.feed(who, Input::Stored { provider, answer: stored });
        // Name servers live on when the API is down.
        self.feed(who, Input::Answered { provider, answer });
    }

    /// A write on its way ends, or nobody waits for it any more.
    fn end(&mut self, place: usize, fate: Fate, tally: &mut Tally) -> Result<(), Broken> {
        let Some(Flying::Write(write)) = self.flying.get(place).cloned() else { return Ok(()) };
        let (provider, attempt) = (write.provider, write.attempt);
        match fate {
            Fate::Arrives => {}
            Fate::ArrivesTwice => self.left.spend(Fault::Echo),
            Fate::Refused => self.left.spend(Fault::Refuse),
            Fate::AnswerLost => self.left.spend(Fault::Lose),
            Fate::Delayed | Fate::Hangs => self.left.spend(Fault::Late),
        }
        if matches!(fate, Fate::Delayed | Fate::Hangs) {
            if let Flying::Write(late) = &mut self.flying[place] {
                late.orphan = true;
            }
        } else {
            self.flying.remove(place);
        }
        let text = String::new;
        let refused = |changed| Receipt::Refused { message: text(), changed };
        let reachable = self.truth.reachable[provider.index()];
        let receipt = match fate {
            Fate::Refused => refused(false),
            Fate::Delayed | Fate::Hangs => Receipt::Unknown { message: text() },
            _ if !reachable => Receipt::Unknown { message: text() },
            _ if write.read.1 == write.sites => Receipt::AlreadySo,
            _ if self.lands(provider, write.read) => {
                self.versions[provider.index()] += 1;
                let before = self.truth.stored[provider.index()];
                let stored = Stored { sites: write.sites, generation: write.id };
                self.truth.stored[provider.index()] = stored;
                let seen = Seen::Landed { provider, id: write.id, sites: write.sites, before };
                tally.count(&self.truth, &seen);
                self.monitor.see(&self.truth, &seen)?;
                Receipt::Applied
            }
            _ => refused(true),
        };
        if write.orphan || fate == Fate::Hangs {
            return Ok(());
        }
        let receipt = match fate {
            Fate::AnswerLost => Receipt::Unknown { message: text() },
            _ => receipt,
        };
        if fate == Fate::ArrivesTwice {
            let (who, receipt) = (write.who, receipt.clone());
            self.flying.push(Flying::Echo { who, provider, attempt, receipt });
        }
        self.feed(write.who, Input::Receipt { attempt, provider, receipt });
        Ok(())
    }

    /// Whether a provider lets a write happen whose writer has read this.
    fn lands(&self, provider: ProviderId, read: (u16, SiteSet)) -> bool {
        let place = provider.index();
        match self.setup.guard {
            _ if !self.setup.policy.spec().providers[place].guarded => true,
            Guard::Version => self.versions[place] == read.0,
            Guard::Content => self.truth.stored[place].sites == read.1,
            Guard::Nothing => true,
        }
    }

    fn end_job(&mut self, place: usize, ok: bool) {
        let Flying::Job { who, site, start } = self.flying.remove(place) else { return };
        if !ok {
            self.left.spend(Fault::Compute);
        }
        let alive = self.truth.alive;
        match (start, ok) {
            (true, true) => self.truth.alive = alive.with(site),
            (false, true) => self.truth.alive = alive.without(site),
            _ => {}
        }
        let input = if start { Input::Started { site, ok } } else { Input::Fenced { site, ok } };
        self.feed(who, input);
    }

    fn command(&self, who: Who, order: Order) -> Command {
        let until = self.clock(who).plus(PAUSE);
        let id = self.journal.generation();
        match order {
            Order::Rearm => Command::Rearm,
            Order::Arm => Command::Arm,
            Order::Disarm => Command::Disarm { until },
            Order::MaintenanceOn(site) => Command::MaintenanceOn { site, until },
            Order::MaintenanceOff(site) => Command::MaintenanceOff { site },
            Order::SwitchOver(from, to) => Command::SwitchOver { from, to },
            Order::Force(from, to) => Command::Force { from, to },
            Order::FailBack => Command::FailBack,
            Order::Abandon => Command::Abandon { id },
            Order::AbandonOlder => Command::Abandon { id: MoveId(id.0.saturating_sub(1)) },
            Order::Repair => Command::Repair,
            Order::Acknowledge => Command::Acknowledge,
        }
    }

    fn set_honest(&mut self, vantage: VantageId) {
        let one = self.vantages[vantage.index()];
        let heard = self.watchers.iter().any(|watcher| !watcher.asleep);
        let honest = heard && one.says.is_none() && !one.mute && !one.isolated;
        let bit = 1 << vantage.0;
        let rest = self.truth.honest & !bit;
        self.truth.honest = if honest { rest | bit } else { rest };
    }

    pub(super) fn set_lag(&mut self, site: SiteId, lag: Lag) {
        let most = self.setup.policy.spec().lag_max.unwrap_or_default();
        let lag = match lag {
            Lag::Unknown => None,
            Lag::None => Some(Duration::ZERO),
            Lag::TooLarge => Some(most + Duration::from_millis(1)),
        };
        self.lags[site.index()] = lag;
        self.feed_all(&Input::Lag { site, lag });
    }

    pub(super) fn set_writable(&mut self, writable: bool) {
        self.writable = writable;
        if writable {
            for who in self.whos() {
                self.feed(who, Input::Journal { writable: true });
                for held in std::mem::take(&mut self.watchers[who.index()].held) {
                    self.feed(who, held);
                }
            }
        }
    }

    /// Takes the lease, with a machine built from the journal, or prolongs it.
    pub(super) fn lead(&mut self, who: Who, tally: &mut Tally) -> Result<(), Broken> {
        let until = self.truth.now.plus(LEASE);
        let prolongs = self.lease.holder == Some(who.0) && self.truth.now < self.lease.until;
        if prolongs && self.watchers[who.index()].epoch == self.lease.epoch {
            self.lease.until = until;
        } else {
            self.left.spend(Fault::Lease);
            let epoch = self.lease.epoch + 1;
            self.lease = super::moment::Lease { holder: Some(who.0), epoch, until };
            self.restart(who, tally)?;
            self.watchers[who.index()].epoch = epoch;
        }
        self.feed(who, Input::Leadership { epoch: self.lease.epoch, until });
        Ok(())
    }
}
