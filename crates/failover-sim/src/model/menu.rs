//! What may happen at a moment: the facts of life, and the faults that are left.
use std::time::Duration;

use failover_core::{ProviderId, SiteSet, VantageId};

use super::action::{Action, Fate, Lag, Who};
use super::happen::LEASE;
use super::moment::{Flying, Moment};
use super::setup::Fault;

/// How long a call to a provider takes at most.
const CALL: Duration = Duration::from_secs(1);

impl Moment {
    /// What may happen now.
    pub(super) fn offer(&self, menu: &mut Vec<Action>) {
        if let Some(place) = self.watchers.iter().position(|w| !w.outbox.is_empty()) {
            let who = Who(u8::try_from(place).unwrap_or(u8::MAX));
            menu.push(Action::Continue(who));
            if self.left.has(Fault::Crash) {
                menu.push(Action::Crash(who));
            }
            return;
        }
        self.offer_time(menu);
        self.offer_reports(menu);
        self.offer_flying(menu);
        for who in self.whos() {
            self.offer_watcher(who, menu);
        }
        self.offer_faults(menu);
    }

    fn offer_time(&self, menu: &mut Vec<Action>) {
        let waiting = |v: &VantageId| {
            let vantage = &self.vantages[v.index()];
            self.setup.one_by_one && !vantage.mute && !vantage.reported
        };
        if self.vantage_ids().any(|v| waiting(&v)) || self.is_owed() {
            return;
        }
        for &millis in self.setup.strides {
            // A watcher that is awake does not sleep past its deadline; the shortest stride is
            // one that no deadline falls into.
            let reach = Duration::from_millis(millis.into());
            let late = self.whos().any(|who| {
                let watcher = &self.watchers[who.index()];
                let machine = watcher.machine.as_ref().filter(|_| !watcher.asleep);
                let deadline = machine.and_then(|machine| machine.deadline());
                deadline.is_some_and(|(at, _)| at < self.clock(who).plus(reach))
            });
            if !late || Some(&millis) == self.setup.strides.first() {
                menu.push(Action::Pass(millis));
            }
        }
    }

    /// Whether something is due before time may go on: what the bounds take for granted is that
    /// each provider is looked at in time, and that a call to it does not take for ever.
    fn is_owed(&self) -> bool {
        let owed = |who: Who| self.provider_ids().any(|provider| self.wants_look(who, provider));
        let late = |flying: &Flying| match flying {
            Flying::Write(write) => {
                let waits = !write.orphan && !self.watchers[write.who.index()].asleep;
                waits && self.truth.now.since(write.sent) >= CALL
            }
            _ => false,
        };
        self.whos().any(owed) || self.flying.iter().any(late)
    }

    /// Whether there is something to be seen that the watcher has not seen in this moment.
    fn wants_look(&self, who: Who, provider: ProviderId) -> bool {
        let watcher = &self.watchers[who.index()];
        let leads = !self.setup.leased() || self.lease.holder == Some(who.0);
        if watcher.machine.is_none() || watcher.asleep || !leads {
            return false;
        }
        let bit = 1 << provider.0;
        let wrong = self.truth.stored[provider.index()].sites != self.journal.desired();
        let news = wrong || watcher.wrong & bit != 0;
        watcher.asked & bit != 0 || (news && watcher.looked & bit == 0)
    }

    fn offer_reports(&self, menu: &mut Vec<Action>) {
        for v in self.vantage_ids() {
            let vantage = &self.vantages[v.index()];
            if self.setup.one_by_one && !vantage.mute && !vantage.reported {
                menu.push(Action::Report(v));
            }
            if self.left.has(Fault::Lie) {
                let sites = SiteSet::first(self.setup.policy.spec().sites.len());
                let one = |site| SiteSet::one(failover_core::SiteId(site));
                let lies = [one(1), one(0), sites, SiteSet::EMPTY];
                let news = lies.into_iter().filter(|says| vantage.says != Some(*says));
                menu.extend(news.map(|says| Action::Lie(v, Some(says))));
            }
            if vantage.says.is_some() && self.left.has(Fault::Lie) {
                menu.push(Action::Lie(v, None));
            }
            if self.left.has(Fault::Mute) {
                menu.push(Action::Mute(v, !vantage.mute));
            }
            if self.left.has(Fault::Isolate) {
                menu.push(Action::Isolate(v, !vantage.isolated));
            }
        }
    }

    fn offer_flying(&self, menu: &mut Vec<Action>) {
        for (place, flying) in (0u8..).zip(&self.flying) {
            match flying {
                Flying::Write(write) => {
                    let reachable = self.truth.reachable[write.provider.index()];
                    if write.orphan {
                        // That it never lands is what happens when nothing happens.
                        if reachable {
                            menu.push(Action::End(place, Fate::Arrives));
                        }
                        continue;
                    }
                    if self.watchers[write.who.index()].asleep {
                        continue;
                    }
                    menu.push(Action::End(place, Fate::Arrives));
                    let faults = [
                        (Fault::Echo, Fate::ArrivesTwice),
                        (Fault::Refuse, Fate::Refused),
                        (Fault::Lose, Fate::AnswerLost),
                        (Fault::Late, Fate::Delayed),
                        (Fault::Late, Fate::Hangs),
                    ];
                    let left = faults.into_iter().filter(|(fault, _)| self.left.has(*fault));
                    menu.extend(left.map(|(_, fate)| Action::End(place, fate)));
                }
                Flying::Echo { who, .. } => {
                    if !self.watchers[who.index()].asleep {
                        menu.push(Action::Echo(place));
                    }
                }
                Flying::Job { who, .. } => {
                    if !self.watchers[who.index()].asleep {
                        menu.push(Action::Job(place, true));
                        if self.left.has(Fault::Compute) {
                            menu.push(Action::Job(place, false));
                        }
                    }
                }
            }
        }
    }

    fn offer_watcher(&self, who: Who, menu: &mut Vec<Action>) {
        let watcher = &self.watchers[who.index()];
        if watcher.machine.is_none() {
            menu.push(Action::Restart(who, false));
            if self.left.has(Fault::Backwards) {
                menu.push(Action::Restart(who, true));
            }
            return;
        }
        if watcher.asleep {
            menu.push(Action::Sleep(who, false));
            return;
        }
        if self.left.has(Fault::Sleep) {
            menu.push(Action::Sleep(who, true));
        }
        for provider in self.provider_ids() {
            if self.wants_look(who, provider) {
                menu.push(Action::Look(who, provider));
            }
        }
        if self.left.has(Fault::Command) {
            menu.extend(self.setup.orders.iter().map(|order| Action::Order(who, *order)));
        }
        if self.setup.leased() {
            let now = self.truth.now;
            let mine = self.lease.holder == Some(who.0) && watcher.epoch == self.lease.epoch;
            let over = self.lease.holder.is_none() || now >= self.lease.until;
            let prolongs = mine && !over && self.lease.until < now.plus(LEASE);
            if prolongs || (over && self.left.has(Fault::Lease)) {
                menu.push(Action::Lead(who));
            }
        }
    }

    fn offer_faults(&self, menu: &mut Vec<Action>) {
        if self.left.has(Fault::Flip) {
            menu.extend(self.setup.flips.iter().map(Action::Flip));
        }
        for provider in self.provider_ids() {
            if !self.truth.reachable[provider.index()] {
                menu.push(Action::Outage(provider, false));
            } else if self.left.has(Fault::Outage) {
                menu.push(Action::Outage(provider, true));
            }
            if self.left.has(Fault::Foreign) {
                let others = self.setup.foreign.iter();
                menu.extend(others.map(|sites| Action::Foreign(provider, *sites)));
            }
        }
        if !self.writable {
            menu.push(Action::Journal(true));
        } else if self.left.has(Fault::Journal) {
            menu.push(Action::Journal(false));
        }
        if self.left.has(Fault::Lag) {
            for site in self.setup.sites() {
                for lag in [Lag::Unknown, Lag::None, Lag::TooLarge] {
                    menu.push(Action::Lag(site, lag));
                }
            }
        }
    }
}
