//! What the machine wants, what stands against it, and the start of a move.
use crate::command::Actor;
use crate::event::{Event, Evidence, MoveKind};
use crate::id::{SiteId, SiteSet};
use crate::machine::{Failover, Job};
use crate::mutant::Mutant;
use crate::output::Output;
use crate::policy::Failback;
use crate::time::Timestamp;
use crate::view::{Blocker, Mode, Verdict};

/// A move that would be good for the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) reason: MoveKind,
    /// `None`: a move is needed and there is nowhere to go.
    pub(super) to: Option<SiteSet>,
    /// The site that must have proven itself first.
    pub(super) candidate: Option<SiteId>,
}

impl Failover {
    /// Starts the move that is due, or records why it is not made.
    pub(super) fn decide(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        self.start_standby(now, out);
        let Some(wish) = self.wish(now) else {
            self.run.held.clear();
            return;
        };
        let blockers = self.blockers(&wish, now);
        if let (Some(to), true) = (wish.to, blockers.is_empty()) {
            let evidence = self.evidence(&wish);
            self.start_move(now, wish.reason, to, Actor::machine(), evidence, out);
            return;
        }
        let only_budget = blockers.iter().all(|blocker| matches!(blocker, Blocker::Budget { .. }));
        // The way back can wait for the budget; what is needed now and not allowed trips the breaker.
        if wish.to.is_some() && only_budget && wish.reason != MoveKind::Failback {
            let moves = u32::from(self.policy.spec().moves_max);
            self.record(now, out, Event::BudgetSpent { moves });
            self.record(now, out, Event::Disarmed { who: Self::machine(), until: None });
        }
        self.hold(&wish, blockers, now, out);
    }

    /// Says once that a needed move is not made; what passes by itself within moments is not worth
    /// a word.
    fn hold(&mut self, wish: &Wish, blockers: Vec<Blocker>, now: Timestamp, out: &mut Vec<Output>) {
        let fleeting = |blocker: &Blocker| {
            matches!(
                blocker,
                Blocker::CandidateTooFresh { .. }
                    | Blocker::JustWoken { .. }
                    | Blocker::NotAdopted
                    | Blocker::MoveOpen { .. }
                    | Blocker::StandbyStarting { .. }
                    | Blocker::SelfDistrust
            )
        };
        let worth: Vec<Blocker> = blockers.into_iter().filter(|b| !fleeting(b)).collect();
        let kinds =
            |list: &[Blocker]| -> Vec<_> { list.iter().map(std::mem::discriminant).collect() };
        let news = kinds(&worth) != kinds(&self.run.held);
        if wish.reason == MoveKind::Failover && !worth.is_empty() && news {
            self.run.held.clone_from(&worth);
            self.record(now, out, Event::Held { blockers: worth });
        }
    }

    /// What stands against moving to `site`.
    pub(super) fn against_candidate(&self, site: SiteId, now: Timestamp) -> Vec<Blocker> {
        let spec = self.policy.spec();
        let mut against = Vec::new();
        if self.in_maintenance(site) {
            against.push(Blocker::InMaintenance { site });
        }
        if let Some(since) = self.up_since(site) {
            let until = since.plus(spec.candidate_up_for);
            if now < until {
                against.push(Blocker::CandidateTooFresh { site, until });
            }
        }
        if self.lags_too_far(site) {
            against.push(Blocker::Lag { site });
        }
        // Whoever is cut off sees every site fail, some of them a moment earlier than others.
        let quorum = self.run.votes.quorum(spec, now, self.faults);
        if self.run.votes.without_doubt(spec, site) < usize::from(quorum) {
            against.push(Blocker::SelfDistrust);
        }
        against
    }

    /// Whether a change of members takes out a site that is down.
    fn leaves_a_dead_site(&self, wish: &Wish) -> bool {
        let Some(to) = wish.to.filter(|_| wish.reason == MoveKind::Membership) else {
            return false;
        };
        let left = |site: &SiteId| !to.contains(*site) && self.verdict(*site) == Verdict::Down;
        self.state.desired.iter().any(|site| left(&site))
    }

    /// Whoever is cut off sees all sites fail, some a moment before the others: a site is taken out
    /// only while one that stays is beyond doubt.
    fn against_the_rest(&self, wish: &Wish, to: SiteSet) -> Option<Blocker> {
        let spec = self.policy.spec();
        let sure = |site| self.run.votes.without_doubt(spec, site) >= usize::from(spec.quorum);
        let some_up = to.iter().any(|site| self.verdict(site) == Verdict::Up);
        let doubtful = some_up && self.leaves_a_dead_site(wish) && !to.iter().any(sure);
        doubtful.then_some(Blocker::SelfDistrust)
    }

    pub(super) fn lags_too_far(&self, site: SiteId) -> bool {
        let Some(most) = self.policy.spec().lag_max else { return false };
        let known = self.run.lags.get(site.index()).copied().flatten();
        let known = known.or(self.errs(Mutant::TakesUnknownForNoLag).then_some(0));
        known.is_none_or(|lag| u128::from(lag) > most.as_millis())
    }

    pub(super) fn in_maintenance(&self, site: SiteId) -> bool {
        self.state.sites.get(site.index()).is_some_and(|memory| memory.maintenance.is_some())
    }

    /// Everything that stands against an automatic move.
    pub(super) fn blockers(&self, wish: &Wish, now: Timestamp) -> Vec<Blocker> {
        let spec = self.policy.spec();
        let mut blockers = Vec::new();
        if !self.run.journal {
            blockers.push(Blocker::NoJournal);
        }
        if !self.leads(now) {
            blockers.push(Blocker::NotLeader);
        }
        if matches!(self.state.mode, Mode::Disarmed { .. }) {
            blockers.push(Blocker::Disarmed);
        }
        // The way back is a policy of its own; the latch keeps the service from leaving again.
        if let Some((_, until)) = self.state.latched
            && wish.reason != MoveKind::Failback
            && !self.faults.is_rearmed()
        {
            blockers.push(Blocker::Latched { until });
        }
        if let Some(until) = self.run.woken_until.filter(|until| now < *until) {
            blockers.push(Blocker::JustWoken { until });
        }
        // Leaving a dead site does not wait for a move that may never end (a provider can be down
        // for hours); every other move does.
        if let Some(open) = &self.state.open_move
            && wish.reason != MoveKind::Failover
            && !self.leaves_a_dead_site(wish)
        {
            blockers.push(Blocker::MoveOpen { id: open.id });
        }
        if let Some(until) = self.hold_down_until().filter(|until| now < *until) {
            blockers.push(Blocker::HoldDown { until });
        }
        if let Some(until) = self.budget_back_at(now) {
            blockers.push(Blocker::Budget { until });
        }
        match (wish.to, wish.candidate) {
            (None, _) => {
                let coming = self.coming_up(now).map(|site| Blocker::StandbyStarting { site });
                blockers.push(coming.unwrap_or(Blocker::NoCandidate));
            }
            (_, Some(site)) => blockers.extend(self.against_candidate(site, now)),
            (Some(to), None) => blockers.extend(self.against_the_rest(wish, to)),
        }
        if wish.reason == MoveKind::Failback
            && let Some(site) = wish.candidate
            && let Some(since) = self.up_since(site)
            && let Failback::Auto { stable_for } = spec.failback
            && now.since(since) < stable_for
        {
            blockers.push(Blocker::CandidateTooFresh { site, until: since.plus(stable_for) });
        }
        blockers
    }

    pub(super) fn hold_down_until(&self) -> Option<Timestamp> {
        self.state.automatic.last().map(|at| at.plus(self.policy.spec().hold_down))
    }

    /// When the circuit breaker allows the next automatic move, if it does not now.
    pub(super) fn budget_back_at(&self, now: Timestamp) -> Option<Timestamp> {
        let spec = self.policy.spec();
        let counted = |at: &&Timestamp| now.since(**at) < spec.moves_window;
        let moves: Vec<&Timestamp> = self.state.automatic.iter().filter(counted).collect();
        let in_the_way = moves.len().checked_sub(usize::from(spec.moves_max))?;
        moves.get(in_the_way).map(|at| at.plus(spec.moves_window))
    }

    /// Automatic moves within the window.
    pub(super) fn automatic_moves(&self, now: Timestamp) -> usize {
        let window = self.policy.spec().moves_window;
        self.state.automatic.iter().filter(|at| now.since(**at) < window).count()
    }

    pub(super) fn evidence(&self, wish: &Wish) -> Evidence {
        let active = self.state.desired.single();
        let sites: Vec<SiteId> = match (active, wish.candidate) {
            (Some(active), Some(candidate)) => vec![active, candidate],
            _ => self.site_ids().collect(),
        };
        Evidence {
            votes: self.votes_on(&sites),
            candidate_up_since: wish.candidate.and_then(|site| self.up_since(site)),
            lag_ms: wish
                .candidate
                .and_then(|site| self.run.lags.get(site.index()).copied().flatten()),
        }
    }

    /// Starts a move; an open one is closed first.
    pub(super) fn start_move(
        &mut self,
        now: Timestamp,
        reason: MoveKind,
        to: SiteSet,
        who: Actor,
        evidence: Evidence,
        out: &mut Vec<Output>,
    ) {
        let empties = self.errs(Mutant::EmptiesTheAnswer);
        assert!(!to.is_empty() || empties, "what is published is never empty");
        // What an open move wants counts as left, even if nothing of it was published.
        let from = self.state.desired;
        if let Some(open) = &self.state.open_move {
            let id = open.id;
            self.record(now, out, Event::MoveAbandoned { id, who: Self::machine() });
        }
        let id = self.state.generation.next();
        let automatic = who == Self::machine();
        self.record(now, out, Event::MoveStarted { id, reason, from, to, who, evidence });
        if reason == MoveKind::Failover
            && automatic
            && let Some((_, until)) = self.state.latch(now)
        {
            self.record(now, out, Event::Latched { until });
        }
        self.run.held.clear();
        for job in &mut self.run.fences {
            // A site that is just being stopped stays out of the choice until that has ended.
            if !matches!(job, Job::Running(_)) {
                *job = Job::None;
            }
        }
        self.prepare_providers();
    }
}

impl Wish {
    pub(super) fn site(reason: MoveKind, site: SiteId) -> Self {
        Self { reason, to: Some(SiteSet::one(site)), candidate: Some(site) }
    }
}
