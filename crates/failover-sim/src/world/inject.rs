//! Doing something to a world.
use std::time::Duration;

use failover_core::{Actor, Command, Input, SiteId, VantageId};

use super::fault::{Compute, Disk, Fault, Order, Serves};
use super::watcher::Life;
use super::{Manner, World};

impl World {
    /// Does something to the world, now. What names a thing that does not exist does nothing.
    pub fn inject(&mut self, fault: Fault) {
        self.done.push((self.age(), fault.clone()));
        match fault {
            Fault::Site { site, check, serves } => {
                let Some(known) = self.sites.get_mut(site.index()) else { return };
                match check {
                    None => known.serves.fill(serves),
                    Some(check) => {
                        known.serves.get_mut(check.index()).into_iter().for_each(|s| *s = serves);
                    }
                }
            }
            Fault::Lag { site, lag } => self.lag(site, lag),
            Fault::Compute(compute) => self.compute = compute,
            Fault::Vantage { vantage, trouble } => self.trouble_vantage(vantage, trouble),
            Fault::Group { group, per_mille } => {
                self.groups.get_mut(usize::from(group)).into_iter().for_each(|g| *g = per_mille);
            }
            Fault::Provider { provider, trouble } => self.trouble_provider(provider, trouble),
            Fault::Foreign { provider, content } => self.foreign(provider, content),
            Fault::Watcher { watcher, trouble } => self.trouble_watcher(watcher.into(), trouble),
            Fault::Journal(disk) => self.journal.disk = disk,
            Fault::Operator(order) => self.command(order),
            Fault::Calm => self.calm(),
        }
        self.refresh_truth();
    }

    fn lag(&mut self, site: SiteId, lag: Option<Duration>) {
        let Some(known) = self.sites.get_mut(site.index()) else { return };
        known.lag = lag;
        for watcher in 0..self.watchers.len() {
            self.tell(watcher, Input::Lag { site, lag });
        }
    }

    /// A human asks the watcher that leads; a process that does not run hears nothing.
    fn command(&mut self, order: Order) {
        let watcher = self.leader();
        let known = &self.watchers[watcher];
        if known.state != Life::Runs {
            return;
        }
        let now = failover_core::Timestamp::from_millis(known.clock.at(self.now));
        let open = known.machine.view(now).open_move.map(|open| open.id);
        let command = match order {
            Order::Switch(from, to) => Command::SwitchOver { from, to },
            Order::Force(from, to) => Command::Force { from, to },
            Order::FailBack => Command::FailBack,
            Order::Arm => Command::Arm,
            Order::Disarm(time) => Command::Disarm { until: now.plus(time) },
            Order::Rearm => Command::Rearm,
            Order::Maintain(site, time) => Command::MaintenanceOn { site, until: now.plus(time) },
            Order::Return(site) => Command::MaintenanceOff { site },
            Order::Abandon => Command::Abandon { id: open.unwrap_or_default() },
            Order::Acknowledge => Command::Acknowledge,
            Order::Repair => Command::Repair,
        };
        self.tally.commands += 1;
        self.tell(watcher, Input::Operator { who: Actor("anna".to_owned()), command });
    }

    /// Compute has stopped or started a site.
    pub(super) fn power(&mut self, site: SiteId, on: bool) {
        if let Some(known) = self.sites.get_mut(site.index()) {
            known.off = !on;
        }
        self.refresh_truth();
    }

    fn calm(&mut self) {
        for site in &mut self.sites {
            site.serves.fill(Serves::Well);
            site.off &= site.cold;
        }
        let minded = self.policy.spec().lag_max.map(|_| Duration::ZERO);
        for site in self.site_ids() {
            if self.sites[site.index()].lag != minded {
                self.lag(site, minded);
            }
        }
        self.compute = Compute::Works;
        self.groups.fill(0);
        self.journal.disk = Disk::Works;
        for provider in &mut self.providers {
            provider.manner = Manner::of(&self.setup);
        }
        self.calm_vantages();
        self.everybody_returns();
        for (place, vantage) in (0u8..).zip(&self.vantages) {
            debug_assert!(!vantage.cut, "vantage {:?} is not cut off any more", VantageId(place));
        }
    }
}
