//! From outcomes to verdicts: of a check, of a vantage, of the quorum.
use crate::event::{Event, Evidence, Vote};
use crate::id::{CheckId, SiteId, VantageId};
use crate::machine::Failover;
use crate::mutant::{Faults, Mutant};
use crate::output::Output;
use crate::policy::{Fall, PolicySpec, Require};
use crate::time::Timestamp;
use crate::view::Verdict;

/// The counters of one check of one site from one vantage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Counter {
    pub(super) verdict: Verdict,
    pub(super) failures: u8,
    pub(super) successes: u8,
    /// Failures without `rise` successes in a row between them.
    pub(super) grey: u8,
    /// The latest outcomes, the newest in the lowest bit, 1 for a failure.
    pub(super) window: u64,
    /// Start of the newest probe that was met, and of the newest that was not.
    pub(super) met: Timestamp,
    pub(super) missed: Timestamp,
    pub(super) reported: Option<Timestamp>,
}

impl Counter {
    /// Failures counted towards *down*, as the policy counts them.
    pub(super) fn towards_down(&self, fall: Fall) -> u8 {
        match fall {
            Fall::InARow(_) => self.failures,
            Fall::Window { of, .. } => ones(self.window, of),
        }
    }

    /// Counts one outcome; says whether the verdict has changed, or whether it is in doubt.
    fn count(&mut self, spec: &PolicySpec, ok: bool, at: Timestamp, faults: Faults) -> bool {
        let before = (self.verdict, self.failures > 0);
        if self.reported.is_some_and(|last| at.since(last) >= spec.freshness) {
            // Nobody looked for so long that what was counted before is no row with this.
            *self = Self::default();
        }
        self.reported = self.reported.max(Some(at));
        let late = if ok { at <= self.missed } else { at <= self.met };
        // Probes overlap and may end out of order. A late one does not break the row that newer
        // ones of the other kind have begun; the window counts it wherever it belongs.
        self.window = (self.window << 1) | u64::from(!ok);
        if !ok {
            self.grey = self.grey.saturating_add(1);
        }
        if !late {
            if ok {
                (self.met, self.failures) = (self.met.max(at), 0);
                self.successes = self.successes.saturating_add(1);
            } else {
                (self.missed, self.successes) = (self.missed.max(at), 0);
                self.failures = self.failures.saturating_add(1);
            }
        }
        if ok && self.successes >= spec.rise {
            self.grey = 0;
            if self.verdict != Verdict::Up {
                (self.verdict, self.window) = (Verdict::Up, 0);
            }
        } else if !ok && (self.has_fallen(spec) || faults.errs(Mutant::FallsAtOnce)) {
            self.verdict = Verdict::Down;
        }
        (self.verdict, self.failures > 0) != before
    }

    fn has_fallen(&self, spec: &PolicySpec) -> bool {
        let enough = match spec.fall {
            Fall::InARow(fall) => self.failures >= fall,
            Fall::Window { of, failed } => ones(self.window, of) >= failed,
        };
        enough || (spec.grey > 0 && self.grey >= spec.grey)
    }

    fn is_stale(&self, spec: &PolicySpec, now: Timestamp) -> bool {
        self.reported.is_none_or(|at| now.since(at) >= spec.freshness)
    }

    pub(super) fn fresh_verdict(
        &self,
        spec: &PolicySpec,
        now: Timestamp,
        faults: Faults,
    ) -> Verdict {
        if self.reported.is_none() && faults.errs(Mutant::UpByDefault) {
            return Verdict::Up;
        }
        let stale = self.is_stale(spec, now) && !faults.errs(Mutant::CountsTheStale);
        if stale { Verdict::Unknown } else { self.verdict }
    }
}

fn ones(window: u64, of: u8) -> u8 {
    let mask = if of >= 64 { u64::MAX } else { (1 << of) - 1 };
    u8::try_from((window & mask).count_ones()).unwrap_or(u8::MAX)
}

/// A verdict and since when it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Held {
    pub(super) verdict: Verdict,
    pub(super) since: Timestamp,
}

impl Held {
    fn set(&mut self, verdict: Verdict, now: Timestamp) {
        if self.verdict != verdict {
            *self = Self { verdict, since: now };
        }
    }
}

/// All that was probed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Votes {
    pub(super) sites: usize,
    pub(super) checks: usize,
    pub(super) counters: Vec<Counter>,
    /// What each vantage says of each site.
    pub(super) votes: Vec<Held>,
    /// What the quorum says of each site.
    pub(super) verdicts: Vec<Held>,
    pub(super) isolated: Vec<bool>,
}

impl Votes {
    pub(super) fn new(spec: &PolicySpec) -> Self {
        let (sites, checks) = (spec.sites.len(), spec.checks.len());
        let vantages = spec.vantages.len();
        Self {
            sites,
            checks,
            counters: vec![Counter::default(); vantages * sites * checks],
            votes: vec![Held::default(); vantages * sites],
            verdicts: vec![Held::default(); sites],
            isolated: vec![false; vantages],
        }
    }

    /// Forgets what was seen, but not who is isolated.
    pub(super) fn forget(&mut self) {
        self.counters.fill(Counter::default());
    }

    /// Counts an outcome; says whether a verdict may have changed by it.
    pub(super) fn count(
        &mut self,
        spec: &PolicySpec,
        now: Timestamp,
        (vantage, site, check): (VantageId, SiteId, CheckId),
        ok: bool,
        at: Timestamp,
        faults: Faults,
    ) -> bool {
        // A probe from the future is one of a clock that is ahead; it happened at the latest now.
        let at = at.min(now);
        if site.index() >= self.sites || check.index() >= self.checks {
            return false;
        }
        let place = (vantage.index() * self.sites + site.index()) * self.checks + check.index();
        let Some(counter) = self.counters.get_mut(place) else { return false };
        if now.since(at) >= spec.freshness {
            return false;
        }
        let was_stale = counter.is_stale(spec, now);
        counter.count(spec, ok, at, faults) || was_stale
    }

    /// Says whether this is news.
    pub(super) fn isolate(&mut self, vantage: VantageId, isolated: bool) -> bool {
        match self.isolated.get_mut(vantage.index()) {
            Some(known) if *known != isolated => {
                *known = isolated;
                true
            }
            _ => false,
        }
    }

    pub(super) fn is_isolated(&self, vantage: VantageId) -> bool {
        self.isolated.get(vantage.index()).copied().unwrap_or(false)
    }

    pub(super) fn counters(&self, vantage: VantageId, site: SiteId) -> &[Counter] {
        let from = (vantage.index() * self.sites + site.index()) * self.checks;
        self.counters.get(from..from + self.checks).unwrap_or_default()
    }

    pub(super) fn vote(&self, vantage: VantageId, site: SiteId) -> Held {
        let place = vantage.index() * self.sites + site.index();
        self.votes.get(place).copied().unwrap_or_default()
    }

    pub(super) fn verdict(&self, site: SiteId) -> Held {
        self.verdicts.get(site.index()).copied().unwrap_or_default()
    }

    /// Votes for up, down and unknown.
    pub(super) fn tally(&self, site: SiteId) -> [u8; 3] {
        let mut tally = [0; 3];
        for vantage in self.vantages() {
            tally[match self.vote(vantage, site).verdict {
                Verdict::Up => 0,
                Verdict::Down => 1,
                Verdict::Unknown => 2,
            }] += 1;
        }
        tally
    }

    /// How many vantages say that a site is up and have no reason to doubt it just now.
    pub(super) fn without_doubt(&self, spec: &PolicySpec, site: SiteId) -> usize {
        let sure = |vantage: &VantageId| {
            let counters = self.counters(*vantage, site);
            let failing = counters.iter().filter(|counter| counter.failures > 0).count();
            self.vote(*vantage, site).verdict == Verdict::Up && failing < self.needed(spec)
        };
        self.vantages().filter(sure).count()
    }

    /// Checks that must fail for a site to be down.
    fn needed(&self, spec: &PolicySpec) -> usize {
        match spec.require {
            Require::Any => 1,
            Require::All => self.checks,
            Require::AtLeast(count) => usize::from(count),
        }
    }

    pub(super) fn vantages(&self) -> impl Iterator<Item = VantageId> + use<> {
        (0..u8::try_from(self.isolated.len()).unwrap_or(u8::MAX)).map(VantageId)
    }

    /// Works out votes and verdicts anew.
    pub(super) fn settle(&mut self, spec: &PolicySpec, now: Timestamp, faults: Faults) {
        for site in 0..self.sites {
            let site = SiteId(u8::try_from(site).unwrap_or(u8::MAX));
            for vantage in self.vantages() {
                let vote = self.fresh_vote(spec, now, (vantage, site), faults);
                let place = vantage.index() * self.sites + site.index();
                self.votes[place].set(vote, now);
            }
            let [up, down, _] = self.tally(site);
            let quorum = self.quorum(spec, now, faults);
            let verdict = match (up >= quorum, down >= quorum) {
                (true, false) => Verdict::Up,
                (false, true) => Verdict::Down,
                // Nobody, or two quorums that contradict each other.
                _ => Verdict::Unknown,
            };
            self.verdicts[site.index()].set(verdict, now);
        }
    }

    fn fresh_vote(
        &self,
        spec: &PolicySpec,
        now: Timestamp,
        (vantage, site): (VantageId, SiteId),
        faults: Faults,
    ) -> Verdict {
        if self.is_isolated(vantage) {
            return Verdict::Unknown;
        }
        let needed = self.needed(spec);
        let (mut up, mut down) = (0, 0);
        for counter in self.counters(vantage, site) {
            match counter.fresh_verdict(spec, now, faults) {
                Verdict::Up => up += 1,
                Verdict::Down => down += 1,
                Verdict::Unknown => {}
            }
        }
        if down >= needed {
            Verdict::Down
        } else if up + needed > self.checks {
            // However the unknown ones turn out, not enough can have failed.
            Verdict::Up
        } else {
            Verdict::Unknown
        }
    }

    /// How many vantages must agree: of those that are configured, whoever is heard of.
    pub(super) fn quorum(&self, spec: &PolicySpec, now: Timestamp, faults: Faults) -> u8 {
        if !faults.errs(Mutant::CountsTheLive) {
            return spec.quorum;
        }
        let width = self.sites * self.checks;
        let heard = self.vantages().filter(|vantage| {
            let counters = self.counters.iter().skip(vantage.index() * width).take(width);
            !self.is_isolated(*vantage) && counters.into_iter().any(|c| !c.is_stale(spec, now))
        });
        u8::try_from(heard.count() / 2 + 1).unwrap_or(u8::MAX)
    }

    /// When the first report that still counts goes stale.
    pub(super) fn stale_at(&self, spec: &PolicySpec, now: Timestamp) -> Option<Timestamp> {
        let fresh = self.counters.iter().filter(|counter| !counter.is_stale(spec, now));
        fresh.filter_map(|counter| counter.reported).min().map(|at| at.plus(spec.freshness))
    }
}

impl Failover {
    /// Works out what is believed now and records what has changed.
    pub(super) fn judge(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        self.run.votes.settle(self.policy.spec(), now, self.faults);
        if !self.may_act(now) {
            return;
        }
        for site in self.site_ids() {
            let to = self.run.votes.verdict(site).verdict;
            let from = self.state.sites.get(site.index()).map_or(Verdict::Unknown, |m| m.told);
            // After a restart nothing is known for a moment; that is no news.
            let warming = to == Verdict::Unknown && !self.has_reported(site);
            if to != from && !warming {
                let evidence = Evidence { votes: self.votes_on(&[site]), ..Evidence::default() };
                self.record(now, out, Event::VerdictChanged { site, from, to, evidence });
            }
        }
        let all_down = self.site_ids().all(|site| self.verdict(site) == Verdict::Down);
        let any_up = self.site_ids().any(|site| self.verdict(site) == Verdict::Up);
        if all_down && !self.state.all_down {
            self.record(now, out, Event::AllDown);
        } else if any_up && self.state.all_down {
            self.record(now, out, Event::AllDownOver);
        }
    }

    fn has_reported(&self, site: SiteId) -> bool {
        let votes = &self.run.votes;
        votes.vantages().any(|v| votes.counters(v, site).iter().any(|c| c.reported.is_some()))
    }

    pub(super) fn site_ids(&self) -> impl Iterator<Item = SiteId> + use<> {
        (0..u8::try_from(self.policy.spec().sites.len()).unwrap_or(u8::MAX)).map(SiteId)
    }

    /// What the quorum believes of a site, as of the latest step.
    pub fn verdict(&self, site: SiteId) -> Verdict {
        self.run.votes.verdict(site).verdict
    }

    pub(super) fn up_since(&self, site: SiteId) -> Option<Timestamp> {
        let held = self.run.votes.verdict(site);
        (held.verdict == Verdict::Up).then_some(held.since)
    }

    /// The votes on some sites, as evidence.
    pub(super) fn votes_on(&self, sites: &[SiteId]) -> Vec<Vote> {
        let spec = self.policy.spec();
        let mut votes = Vec::new();
        for &site in sites {
            for vantage in self.run.votes.vantages() {
                let held = self.run.votes.vote(vantage, site);
                let counters = self.run.votes.counters(vantage, site);
                let failed = (0u8..).zip(counters).filter(|(_, counter)| {
                    counter.fresh_verdict(spec, self.run.now, self.faults) == Verdict::Down
                });
                votes.push(Vote {
                    vantage,
                    site,
                    verdict: held.verdict,
                    since: held.since,
                    reported: counters.iter().filter_map(|c| c.reported).max().unwrap_or_default(),
                    failed: failed.map(|(place, _)| CheckId(place)).collect(),
                });
            }
        }
        votes
    }
}
