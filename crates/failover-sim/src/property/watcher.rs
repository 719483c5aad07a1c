//! The monitor's own account of one watcher: what it was told, and what follows from that.
use super::count::Count;
use super::rules::Fixed;
use failover_core::{Command, Input, Output, SiteId, Timestamp, VantageId, Verdict};
use std::hash::{Hash, Hasher};

/// One watcher.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Watcher {
    pub(super) about: About,
    pub(super) counts: Counts,
}

/// All of it that is not about a certain vantage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct About {
    pub(super) alive: bool,
    stepped: bool,
    /// By its own clock.
    pub(super) now: Timestamp,
    /// By true time.
    pub(super) seen: Timestamp,
    pub(super) lead: Lead,
    /// The highest epoch it has heard of.
    epoch: u64,
    /// The epoch under which its latest step may have acted; `None`: it may not have.
    pub(super) acts: Option<u64>,
    pub(super) journal: bool,
    /// When it noticed that it had been asleep, until it has looked again.
    pub(super) woken: Option<Timestamp>,
    /// When it came back from a sleep, by true time, that its own clock has not counted, as long as
    /// that matters. It cannot know that what it has heard is old.
    pub(super) numbed: Option<Timestamp>,
    /// The command of the latest step, until everything of that step is recorded.
    pub(super) asked: Option<Command>,
    records: u8,
    /// What a quorum says of each site, and since when for those that are up.
    pub(super) verdicts: Vec<(Verdict, Timestamp)>,
    /// Lag of each database in milliseconds, where the policy minds it.
    pub(super) lags: Vec<Option<u64>>,
    /// Providers whose read-back was asked for and not answered, one bit each.
    pub(super) reading: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Lead {
    #[default]
    Sole,
    Leading {
        epoch: u64,
        until: Timestamp,
    },
    Following,
}

/// What vantages have found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Counts {
    sites: usize,
    checks: usize,
    isolated: u32,
    all: Vec<Count>,
}

/// Which votes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// Fresh votes of vantages that trust themselves: the rule.
    Fresh,
    /// Those of vantages that are cut off, too.
    Isolated,
    /// Those that are too old, too.
    Stale,
}

impl Watcher {
    pub(super) fn new(rules: &Fixed, epoch: u64) -> Self {
        let spec = rules.spec();
        let (sites, checks) = (spec.sites.len(), spec.checks.len());
        let about = About {
            alive: true,
            epoch,
            journal: true,
            verdicts: vec![Default::default(); sites],
            lags: vec![None; if spec.lag_max.is_some() { sites } else { 0 }],
            ..About::default()
        };
        let all = vec![Count::default(); spec.vantages.len() * sites * checks];
        Self { about, counts: Counts { sites, checks, isolated: 0, all } }
    }

    /// Takes a fact; says whether time has not gone on since the last one.
    pub(super) fn step(&mut self, rules: &Fixed, now: Timestamp, input: &Input) -> bool {
        let spec = rules.spec();
        let Self { about, counts } = self;
        let still = about.stepped && now <= about.now;
        let now = now.max(about.now);
        if about.stepped && now.since(about.now) > spec.tick_gap_max {
            counts.all.fill(Count::default());
            about.woken = Some(now);
        }
        about.woken = about.woken.filter(|at| now.since(*at) < spec.candidate_up_for);
        (about.now, about.stepped, about.alive) = (now, true, true);
        let before = about.epoch_now(now);
        about.acts = before;
        about.hear(input);
        match input {
            Input::Probed { vantage, site, check, ok, at } => {
                if let Some(place) = counts.place(*vantage, *site, check.index()) {
                    counts.all[place].take(spec, now, *ok, *at);
                }
            }
            Input::Isolated { vantage, isolated } if vantage.index() < spec.vantages.len() => {
                let bit = 1u32.checked_shl(vantage.0.into()).unwrap_or(0);
                counts.isolated =
                    if *isolated { counts.isolated | bit } else { counts.isolated & !bit };
            }
            _ => {}
        }
        about.acts = about.epoch_now(now).or(before);
        for (place, held) in (0u8..).zip(&mut about.verdicts) {
            let verdict = counts.verdict(rules, now, SiteId(place), Among::Fresh);
            if held.0 != verdict {
                let since = if verdict == Verdict::Up { now } else { Timestamp::default() };
                *held = (verdict, since);
            }
        }
        still
    }

    pub(super) fn verdict(&self, site: SiteId) -> Verdict {
        self.about.verdicts.get(site.index()).map_or(Verdict::Unknown, |held| held.0)
    }

    /// Since when a quorum has said without a break that a site is up.
    pub(super) fn up_since(&self, site: SiteId) -> Option<Timestamp> {
        let held = self.about.verdicts.get(site.index())?;
        (held.0 == Verdict::Up).then_some(held.1)
    }

    /// All that is known of one vantage.
    pub(super) fn hash_vantage(&self, vantage: VantageId, state: &mut impl Hasher) {
        let counts = &self.counts;
        let width = counts.sites * counts.checks;
        let from = vantage.index() * width;
        counts.all.get(from..from + width).hash(state);
        counts.is_isolated(vantage).hash(state);
    }
}

impl About {
    /// The epoch under which it leads at a moment.
    fn epoch_now(&self, now: Timestamp) -> Option<u64> {
        match self.lead {
            Lead::Sole => Some(0),
            Lead::Leading { epoch, until } => (now < until).then_some(epoch),
            Lead::Following => None,
        }
    }

    fn hear(&mut self, input: &Input) {
        (self.asked, self.records) = (None, 0);
        match input {
            Input::Leadership { epoch, .. } if *epoch < self.epoch => self.lead = Lead::Following,
            Input::Leadership { epoch, until } => {
                if !matches!(self.lead, Lead::Leading { epoch: before, .. } if before == *epoch) {
                    self.reading = 0;
                }
                (self.lead, self.epoch) = (Lead::Leading { epoch: *epoch, until: *until }, *epoch);
            }
            Input::LeadershipLost => self.lead = Lead::Following,
            Input::Operator { command, .. } => self.asked = Some(command.clone()),
            Input::Journal { writable } => self.journal = *writable,
            Input::Lag { site, lag } => {
                if let Some(known) = self.lags.get_mut(site.index()) {
                    *known = lag.map(|lag| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX));
                }
            }
            Input::Stored { provider, .. } if self.journal && self.acts.is_some() => {
                self.reading &= !1u32.checked_shl(provider.0.into()).unwrap_or(0);
            }
            _ => {}
        }
    }

    /// What the step has said.
    pub(super) fn expect(&mut self, outputs: &[Output]) {
        for output in outputs {
            match output {
                Output::Record(_) => self.records = self.records.saturating_add(1),
                Output::ReadBack { provider } => {
                    self.reading |= 1u32.checked_shl(provider.0.into()).unwrap_or(0);
                }
                _ => {}
            }
        }
        if self.records == 0 {
            self.asked = None;
        }
    }

    /// One event of the latest step is recorded.
    pub(super) fn recorded(&mut self) {
        self.records = self.records.saturating_sub(1);
        if self.records == 0 {
            self.asked = None;
        }
    }
}

impl Counts {
    fn place(&self, vantage: VantageId, site: SiteId, check: usize) -> Option<usize> {
        if site.index() >= self.sites || check >= self.checks {
            return None;
        }
        let place = (vantage.index() * self.sites + site.index()) * self.checks + check;
        (place < self.all.len()).then_some(place)
    }

    fn of(&self, vantage: VantageId, site: SiteId) -> &[Count] {
        let from = self.place(vantage, site, 0).unwrap_or(self.all.len());
        self.all.get(from..from + self.checks).unwrap_or_default()
    }

    pub(super) fn is_isolated(&self, vantage: VantageId) -> bool {
        self.isolated & 1u32.checked_shl(vantage.0.into()).unwrap_or(0) != 0
    }

    pub(super) fn vantages(&self) -> impl Iterator<Item = VantageId> + use<> {
        let count = self.all.len() / (self.sites * self.checks).max(1);
        (0..u8::try_from(count).unwrap_or(u8::MAX)).map(VantageId)
    }

    /// What one vantage says of one site.
    pub(super) fn vote(
        &self,
        rules: &Fixed,
        now: Timestamp,
        (vantage, site): (VantageId, SiteId),
        among: Among,
    ) -> Verdict {
        if self.is_isolated(vantage) && among != Among::Isolated {
            return Verdict::Unknown;
        }
        let says = |verdict: Verdict| {
            let counted = |count: &&Count| {
                count.says == verdict
                    && (among == Among::Stale || count.is_fresh(rules.spec(), now))
            };
            self.of(vantage, site).iter().filter(counted).count()
        };
        if says(Verdict::Down) >= rules.needed {
            Verdict::Down
        } else if says(Verdict::Up) + rules.needed > self.checks {
            Verdict::Up
        } else {
            Verdict::Unknown
        }
    }

    pub(super) fn votes(
        &self,
        rules: &Fixed,
        now: Timestamp,
        (site, verdict): (SiteId, Verdict),
        among: Among,
    ) -> usize {
        let says = |v: &VantageId| self.vote(rules, now, (*v, site), among) == verdict;
        self.vantages().filter(says).count()
    }

    /// What a quorum says of a site; nothing if two quorums contradict each other.
    pub(super) fn verdict(
        &self,
        rules: &Fixed,
        now: Timestamp,
        site: SiteId,
        among: Among,
    ) -> Verdict {
        let quorum = |verdict| self.votes(rules, now, (site, verdict), among) >= rules.quorum();
        match (quorum(Verdict::Up), quorum(Verdict::Down)) {
            (true, false) => Verdict::Up,
            (false, true) => Verdict::Down,
            _ => Verdict::Unknown,
        }
    }

    /// Vantages that say something that counts, of any site.
    pub(super) fn live(&self, rules: &Fixed, now: Timestamp) -> usize {
        let live = |vantage: &VantageId| {
            !self.is_isolated(*vantage)
                && (0..u8::try_from(self.sites).unwrap_or(u8::MAX)).any(|site| {
                    let counts = self.of(*vantage, SiteId(site));
                    counts.iter().any(|count| count.is_fresh(rules.spec(), now))
                })
        };
        self.vantages().filter(live).count()
    }

    /// Whether anybody has ever reported on a site.
    pub(super) fn has_reported(&self, site: SiteId) -> bool {
        self.vantages().any(|v| self.of(v, site).iter().any(|count| count.heard.is_some()))
    }

    /// Vantages that say that a site is up and have not just begun to see it fail.
    pub(super) fn without_doubt(&self, rules: &Fixed, now: Timestamp, site: SiteId) -> usize {
        let sure = |vantage: &VantageId| {
            let failing = self.of(*vantage, site).iter().filter(|count| count.is_failing()).count();
            self.vote(rules, now, (*vantage, site), Among::Fresh) == Verdict::Up
                && failing < rules.needed
        };
        self.vantages().filter(sure).count()
    }
}
