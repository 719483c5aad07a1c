//! Sites and the vantages that probe them: loss, delay, clocks that are wrong, and lies.
use std::time::Duration;

use failover_core::{CheckId, Input, SiteId, Timestamp, VantageId};

use super::World;
use super::clock::Clock;
use super::fault::{Serves, VantageTrouble};
use super::queue::Happens;
use super::setup::{Setup, millis};
use super::watcher::Life;
use crate::random::Random;

/// A site as it is.
#[derive(Debug)]
pub(super) struct Site {
    /// How it answers each check.
    pub(super) serves: Vec<Serves>,
    pub(super) lag: Option<Duration>,
    /// Stopped by compute, or not started yet.
    pub(super) off: bool,
    pub(super) cold: bool,
}

impl Site {
    /// Whether it serves people.
    pub(super) fn is_alive(&self) -> bool {
        let well = |serves: &Serves| matches!(serves, Serves::Well);
        !self.off && self.serves.iter().all(well)
    }

    /// Whether so many of its checks fail, every time, as `needed` for it to be down.
    pub(super) fn is_dead(&self, needed: usize) -> bool {
        let fails = |serves: &&Serves| matches!(serves, Serves::Refuses | Serves::Silent);
        self.off || self.serves.iter().filter(fails).count() >= needed
    }
}

/// A vantage as it is.
#[derive(Debug)]
pub(super) struct Vantage {
    pub(super) loses: u16,
    delay: u64,
    pub(super) cut: bool,
    /// What it knows of that by its anchors.
    pub(super) isolated: bool,
    mute: bool,
    sees: Vec<Option<bool>>,
    clock: Clock,
    sleeps_until: u64,
    random: Random,
    /// The way to each site and back, in milliseconds.
    ways: Vec<u64>,
    group: Option<u8>,
}

/// One check of one site from one vantage.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) vantage: u8,
    pub(super) site: u8,
    pub(super) check: u8,
    interval: u64,
    fast: u64,
    timeout: u64,
    latest: u64,
    next: u64,
    failed: bool,
    /// Until when a probe is under way.
    waits_until: u64,
    pub(super) samples: std::collections::VecDeque<Glance>,
}

/// One probe, as it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance {
    pub(super) at: u64,
    pub(super) took: u32,
    pub(super) ok: bool,
    pub(super) answered: bool,
}

/// Probes kept per row.
const SAMPLES: usize = 120;
/// How often the anchors are tried.
const ANCHORS: u64 = 1_000;
/// What a report takes from one vantage to the watcher at another.
const REPORT: u64 = 15;
/// How long vantages of one group lose together.
const GUST: u64 = 1_000;
/// A clock that is off by more makes a vantage's reports worth little.
const CLOCK_OFF: u64 = 200;

impl Vantage {
    pub(super) fn new(setup: &Setup, seed: u64, place: usize, sites: usize) -> Self {
        let mut random = Random::of(seed, 1_000 + place as u64);
        let ways = (0..sites).map(|_| random.between(4, 60)).collect();
        Self {
            loses: 0,
            delay: 0,
            cut: false,
            isolated: false,
            mute: false,
            sees: vec![None; sites],
            clock: Clock::default(),
            sleeps_until: 0,
            random,
            ways,
            group: setup.groups.get(place).copied(),
        }
    }

    fn calm(&mut self, now: u64) {
        (self.loses, self.delay, self.cut, self.mute) = (0, 0, false, false);
        self.sees.fill(None);
        (self.clock, self.sleeps_until) = (Clock::new(now, now, 0), 0);
    }
}

impl World {
    /// The rows of probes, each beginning at another moment of its interval.
    pub(super) fn begin_to_probe(&mut self) {
        let spec = self.policy.spec();
        for (vantage, _) in (0u8..).zip(&spec.vantages) {
            for (site, _) in (0u8..).zip(&spec.sites) {
                for (check, known) in (0u8..).zip(&spec.checks) {
                    let row = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
                    let interval = millis(known.interval);
                    let random = &mut self.vantages[usize::from(vantage)].random;
                    let next = self.now + random.below(interval);
                    self.rows.push(Row {
                        vantage,
                        site,
                        check,
                        interval,
                        fast: millis(known.fast_interval),
                        timeout: millis(known.timeout),
                        latest: 0,
                        next,
                        failed: false,
                        waits_until: 0,
                        samples: std::collections::VecDeque::with_capacity(SAMPLES + 1),
                    });
                    self.queue.plan(next, Happens::Probe { row });
                }
            }
        }
        for vantage in &mut self.vantages {
            vantage.clock = Clock::new(self.now, self.now, 0);
        }
    }

    pub(super) fn probe(&mut self, number: u16) {
        let row = &self.rows[usize::from(number)];
        if row.next != self.now {
            return;
        }
        let (place, timeout) = (usize::from(row.vantage), row.timeout);
        if let Some(until) = self.sleeping(place) {
            let row = &mut self.rows[usize::from(number)];
            // It may be woken before.
            row.next = until.clamp(self.now + 1, self.now + 500);
            self.queue.plan(row.next, Happens::Probe { row: number });
            return;
        }
        let outcome = self.outcome(number);
        let (ok, took) = match outcome {
            Some((ok, took)) if took < timeout => (ok, took),
            _ => (false, timeout),
        };
        self.tally.probes += 1;
        let row = &mut self.rows[usize::from(number)];
        let answered = took < timeout;
        let glance = Glance { at: self.now, took: u32::try_from(took).unwrap_or(0), ok, answered };
        row.samples.push_back(glance);
        if row.samples.len() > SAMPLES {
            row.samples.pop_front();
        }
        // Probes overlap: one that waits, or the failure before, quickens the pace.
        let suspect = row.failed || took > row.fast || row.waits_until > self.now + row.fast;
        let gap = if suspect { row.fast } else { row.interval };
        row.waits_until = row.waits_until.max(self.now + took);
        (row.latest, row.next) = (self.now, self.now + gap);
        self.queue.plan(self.now + took, Happens::Ended { row: number, at: self.now, ok });
        self.queue.plan(row.next, Happens::Probe { row: number });
    }

    /// Whether the check is met and how long that takes; `None`: nothing comes back.
    fn outcome(&mut self, row: u16) -> Option<(bool, u64)> {
        let row = &self.rows[usize::from(row)];
        let (site, check) = (usize::from(row.site), usize::from(row.check));
        let vantage = &mut self.vantages[usize::from(row.vantage)];
        let took = vantage.ways[site] + vantage.random.below(8);
        let gust = vantage.group.map_or(0, |group| usize::from(group) + 1);
        let gust = gust > 0
            && self.groups.get(gust - 1).is_some_and(|per_mille| {
                // The same for every vantage of the group.
                let moment = (self.now / GUST) << 8 | gust as u64;
                Random::of(self.seed, moment << 8 | row.site as u64).chance(*per_mille)
            });
        if vantage.cut || vantage.random.chance(vantage.loses) || gust {
            self.tally.lost += 1;
            return None;
        }
        match vantage.sees[site] {
            Some(true) => return Some((true, took)),
            Some(false) => return None,
            None => {}
        }
        let known = &self.sites[site];
        match known.serves[check] {
            _ if known.off => None,
            Serves::Well => Some((true, took)),
            Serves::Refuses => Some((false, took)),
            Serves::Silent => None,
            Serves::Partly(per_mille) => Some((!vantage.random.chance(per_mille), took)),
        }
    }

    /// Until when a vantage does nothing, if it does nothing.
    fn sleeping(&self, vantage: usize) -> Option<u64> {
        let home = self.watchers.get(vantage).map(|watcher| watcher.state);
        match home {
            // A process that is gone probes nothing; it looks again now and then.
            Some(Life::Dead) => Some(self.now + 100),
            Some(Life::Stopped(until, _)) => Some(until),
            _ => Some(self.vantages[vantage].sleeps_until).filter(|until| *until > self.now),
        }
    }

    /// A probe has ended where it was started, and is reported.
    pub(super) fn ended(&mut self, number: u16, at: u64, ok: bool) {
        let row = &mut self.rows[usize::from(number)];
        row.failed = !ok;
        let sooner = (row.latest + row.fast).max(self.now);
        if !ok && sooner < row.next {
            row.next = sooner;
            self.queue.plan(sooner, Happens::Probe { row: number });
        }
        let place = usize::from(row.vantage);
        let vantage = &self.vantages[place];
        let (mute, wait) = (vantage.mute || vantage.cut, REPORT + vantage.delay);
        for watcher in 0..self.watchers.len() {
            if self.watchers[watcher].home
                == Some(VantageId(u8::try_from(place).unwrap_or(u8::MAX)))
            {
                if vantage_is_heard(&self.watchers[watcher].state) {
                    self.hear(watcher, number, at, ok);
                }
            } else if !mute && !self.is_cut(watcher) {
                let watcher = u8::try_from(watcher).unwrap_or(u8::MAX);
                self.queue.plan(self.now + wait, Happens::Heard { watcher, row: number, at, ok });
            }
        }
    }

    /// A report gets to a watcher.
    pub(super) fn hear(&mut self, watcher: usize, row: u16, at: u64, ok: bool) {
        let Row { vantage, site, check, .. } = self.rows[usize::from(row)];
        let known = &self.watchers[watcher];
        if matches!(known.state, Life::Stopped(_, true) | Life::Dead) {
            return;
        }
        let vantage = VantageId(vantage);
        let clock = if known.home == Some(vantage) {
            &known.clock
        } else {
            &self.vantages[vantage.index()].clock
        };
        let at = Timestamp::from_millis(clock.at(at));
        let (site, check) = (SiteId(site), CheckId(check));
        self.tell(watcher, Input::Probed { vantage, site, check, ok, at });
    }

    pub(super) fn trouble_vantage(&mut self, vantage: VantageId, trouble: VantageTrouble) {
        let now = self.now;
        let Some(known) = self.vantages.get_mut(vantage.index()) else { return };
        match trouble {
            VantageTrouble::Loses(per_mille) => known.loses = per_mille,
            VantageTrouble::Delays(time) => known.delay = millis(time),
            VantageTrouble::Cut(cut) => {
                known.cut = cut;
                let vantage = vantage.0;
                self.queue.plan(now + ANCHORS, Happens::Anchored { vantage });
            }
            VantageTrouble::Mute(mute) => known.mute = mute,
            VantageTrouble::Sees(site, sees) => {
                if let Some(seen) = known.sees.get_mut(site.index()) {
                    *seen = sees;
                }
            }
            VantageTrouble::Jumps(millis) => known.clock.jump(now, millis),
            VantageTrouble::Drifts(ppm) => known.clock.drift(now, ppm),
            VantageTrouble::Sleeps(time) => {
                known.sleeps_until = known.sleeps_until.max(now + millis(time));
            }
        }
    }

    /// The watcher beside a vantage hears whether its anchors answer.
    pub(super) fn anchored(&mut self, vantage: u8) {
        let known = &mut self.vantages[usize::from(vantage)];
        let isolated = known.cut;
        if known.isolated == isolated {
            return;
        }
        known.isolated = isolated;
        self.tally.isolations += u64::from(isolated);
        let id = VantageId(vantage);
        for watcher in 0..self.watchers.len() {
            if self.watchers[watcher].home == Some(id) {
                self.tell(watcher, Input::Isolated { vantage: id, isolated });
            }
        }
        self.refresh_truth();
    }

    pub(super) fn calm_vantages(&mut self) {
        for (number, vantage) in (0u8..).zip(&mut self.vantages) {
            let cut = vantage.cut;
            vantage.calm(self.now);
            if cut {
                let what = Happens::Anchored { vantage: number };
                self.queue.plan(self.now + ANCHORS, what);
            }
        }
    }

    /// Whether what a vantage reports is true and arrives.
    pub(super) fn is_honest(&self, place: usize) -> bool {
        let vantage = &self.vantages[place];
        let gusty = vantage.group.and_then(|group| self.groups.get(usize::from(group)));
        let lossless = vantage.loses == 0 && gusty.is_none_or(|per_mille| *per_mille == 0);
        let heard = !vantage.cut && !vantage.mute && !vantage.isolated && vantage.delay == 0;
        let truthful = vantage.sees.iter().all(Option::is_none);
        let off = vantage.clock.off(self.now);
        lossless && heard && truthful && off <= CLOCK_OFF && self.sleeping(place).is_none()
    }
}

/// A process that is stopped does not hear what it has found itself either.
fn vantage_is_heard(state: &Life) -> bool {
    *state == Life::Runs
}
