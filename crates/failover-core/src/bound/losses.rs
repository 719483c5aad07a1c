//! What gets lost on the paths to a site that is up: rounds from single outcomes, in bounded memory.
use super::Failure;
use super::detection::detection;
use super::path_losses::SiteLosses;
use super::tally::{PathTally, Tally};
use crate::id::{CheckId, VantageId};
use crate::policy::PolicySpec;
use crate::time::Timestamp;
use crate::view::Verdict;
use std::collections::VecDeque;
use std::time::Duration;

/// Outcomes kept of one path and round, for the lengths of bursts; more are not looked at.
const OUTCOMES_MAX: usize = 64;
/// Rounds that wait for the verdict; more are given up.
const ROUNDS_MAX: usize = 4096;

/// Measures the losses of one site from single outcomes, as [`Input::Probed`](crate::Input::Probed)
/// brings them from all vantages.
///
/// A *path* is a vantage with a check. Time is cut into rounds of the longest interval; of each path
/// the first probe that was started in a round stands for it, so that the probes of a suspicion,
/// which follow each other faster, weigh no more. How many are lost in a row is counted over all of
/// them.
///
/// **Only what was lost while the site was up counts.** A round waits until a verdict would have
/// come of it; if the site is not up by then, it is dropped with all that wait. So an outage is in
/// none of the figures, nor are the losses of a false verdict, which nobody can tell from one.
/// What a vantage loses while it does not trust itself counts for nothing, as in the quorum.
#[derive(Clone, Debug)]
pub struct Losses {
    vantages: usize,
    checks: usize,
    round: Duration,
    /// After this a round has brought a verdict or will bring none.
    wait: Duration,
    /// Rounds that began before this do not count.
    from: Timestamp,
    waiting: VecDeque<Round>,
    isolated: Vec<bool>,
    /// Whether the latest probe of each path that counted was lost.
    latest: Vec<bool>,
    tally: Tally,
}

/// What the paths brought in one round, in the order of its coming.
#[derive(Clone, Debug)]
struct Round {
    number: u64,
    outcomes: Vec<Vec<(Timestamp, bool)>>,
}

impl Losses {
    /// Nothing measured yet. `spec` should be valid.
    pub fn new(spec: &PolicySpec) -> Self {
        let (vantages, checks) = (spec.vantages.len(), spec.checks.len());
        let longest = |time: fn(&crate::CheckPolicy) -> Duration| {
            spec.checks.iter().map(time).max().unwrap_or_default()
        };
        let round = longest(|check| check.interval).max(Duration::from_millis(1));
        let seen = match checks {
            0 => Duration::ZERO,
            _ => detection(spec, Failure::BlackHole).worst,
        };
        // The probe before the one that noticed was met, and an answer takes as long as it may.
        let wait = seen.saturating_add(longest(|check| check.timeout)).saturating_add(round * 2);
        Self {
            vantages,
            checks,
            round,
            wait,
            from: Timestamp::default(),
            waiting: VecDeque::new(),
            isolated: vec![false; vantages],
            latest: vec![false; vantages * checks],
            tally: Tally::new(vantages * checks),
        }
    }

    /// A probe that was started `at` has ended. One of nobody known is not looked at.
    pub fn probed(&mut self, vantage: VantageId, check: CheckId, ok: bool, at: Timestamp) {
        let Some(path) = self.path(vantage, check) else { return };
        if self.isolated[vantage.index()] || at < self.from {
            return;
        }
        let number = self.number(at);
        let place = match self.waiting.binary_search_by_key(&number, |round| round.number) {
            Ok(place) => place,
            // What is older than all that wait has been counted already.
            Err(0) if !self.waiting.is_empty() => return,
            Err(place) => {
                let outcomes = vec![Vec::new(); self.latest.len()];
                self.waiting.insert(place, Round { number, outcomes });
                place
            }
        };
        let outcomes = &mut self.waiting[place].outcomes[path];
        let heard = outcomes.iter().any(|(known, _)| *known == at);
        if !heard && outcomes.len() < OUTCOMES_MAX {
            outcomes.push((at, !ok));
        }
        while self.waiting.len() > ROUNDS_MAX {
            self.waiting.pop_front();
        }
    }

    /// It is `now`, and this is what the quorum believes of the site.
    pub fn believed(&mut self, now: Timestamp, verdict: Verdict) {
        if verdict != Verdict::Up {
            self.waiting.clear();
            self.latest.fill(false);
            self.from = now.plus(self.round);
            return;
        }
        while let Some(oldest) = self.waiting.front()
            && now.since(self.begin(oldest.number)) > self.wait
        {
            if let Some(round) = self.waiting.pop_front() {
                self.count(round);
            }
        }
    }

    /// A vantage trusts itself no more, or again.
    pub fn isolated(&mut self, vantage: VantageId, isolated: bool) {
        let Some(known) = self.isolated.get_mut(vantage.index()) else { return };
        *known = isolated;
        let paths = vantage.index() * self.checks..(vantage.index() + 1) * self.checks;
        self.latest[paths.clone()].fill(false);
        for round in &mut self.waiting {
            round.outcomes[paths.clone()].fill(Vec::new());
        }
    }

    /// What was measured; `None` before the first round.
    pub fn measured(&self) -> Option<SiteLosses> {
        SiteLosses::of(&self.tally, self.vantages, self.checks)
    }

    fn count(&mut self, mut round: Round) {
        let mut paths = Vec::with_capacity(round.outcomes.len());
        for (outcomes, latest) in round.outcomes.iter_mut().zip(&mut self.latest) {
            outcomes.sort_unstable_by_key(|(at, _)| *at);
            let mut path = PathTally::default();
            if let Some((_, lost)) = outcomes.first() {
                (path.probes, path.lost) = (1, u64::from(*lost));
            }
            for (_, lost) in &*outcomes {
                path.lost_in_all += u64::from(*lost);
                path.bursts += u64::from(*lost && !*latest);
                *latest = *lost;
            }
            paths.push(path);
        }
        self.tally.add(self.begin(round.number), &paths);
    }

    fn path(&self, vantage: VantageId, check: CheckId) -> Option<usize> {
        let known = vantage.index() < self.vantages && check.index() < self.checks;
        known.then(|| vantage.index() * self.checks + check.index())
    }

    fn number(&self, at: Timestamp) -> u64 {
        at.as_millis() / self.millis()
    }

    fn begin(&self, number: u64) -> Timestamp {
        Timestamp::from_millis(number.saturating_mul(self.millis()))
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.round.as_millis()).unwrap_or(u64::MAX).max(1)
    }
}
