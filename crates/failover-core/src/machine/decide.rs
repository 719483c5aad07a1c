//! What the machine wants, what stands against it, and the start of a move.
use crate::command::Actor;
use crate::event::{Event, Evidence, MoveKind};
use crate::id::{SiteId, SiteSet};
use crate::machine::{Failover, Job};
use crate::output::Output;
use crate::policy::{AnswerMode, Failback, Fence, Latch, OnAllDown};
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
        if wish.to.is_some() && only_budget {
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

    /// What would be good for the service now, if anything.
    pub(super) fn wish(&self, now: Timestamp) -> Option<Wish> {
        if self.state.desired.is_empty() {
            return None;
        }
        match self.policy.spec().answer {
            AnswerMode::Active => self.wish_active(now),
            AnswerMode::AllUp => self.wish_all_up(now),
        }
    }

    fn wish_active(&self, now: Timestamp) -> Option<Wish> {
        let spec = self.policy.spec();
        let Some(active) = self.state.desired.single() else {
            // All sites were published because none was up; the first proven one ends that.
            let to = self.candidate(None, now)?;
            return Some(Wish::site(MoveKind::Membership, to));
        };
        if self.verdict(active) == Verdict::Down {
            if let Some(to) = self.candidate(Some(active), now) {
                return Some(Wish::site(MoveKind::Failover, to));
            }
            let all_down = self.site_ids().all(|site| self.verdict(site) == Verdict::Down);
            if spec.on_all_down == OnAllDown::AnswerAll && all_down {
                let all = SiteSet::first(spec.sites.len());
                return Some(Wish { reason: MoveKind::Membership, to: Some(all), candidate: None });
            }
            return Some(Wish { reason: MoveKind::Failover, to: None, candidate: None });
        }
        let Failback::Auto { stable_for } = spec.failback else { return None };
        let better = self.site_ids().take_while(|site| *site != active).find(|site| {
            !self.in_maintenance(*site)
                && self.up_since(*site).is_some_and(|since| now.since(since) >= stable_for)
        })?;
        Some(Wish::site(MoveKind::Failback, better))
    }

    fn wish_all_up(&self, now: Timestamp) -> Option<Wish> {
        let spec = self.policy.spec();
        let present = self.state.desired;
        let proven = |site: SiteId| {
            self.up_since(site).is_some_and(|at| now.since(at) >= spec.candidate_up_for)
        };
        let stays = |site: &SiteId| {
            if self.in_maintenance(*site) {
                return false;
            }
            match self.verdict(*site) {
                Verdict::Up => present.contains(*site) || proven(*site),
                Verdict::Down => false,
                // Not knowing is no reason to withdraw a site, nor to add one.
                Verdict::Unknown => present.contains(*site),
            }
        };
        let to: SiteSet = self.site_ids().filter(stays).collect();
        if to.is_empty() {
            let all = SiteSet::first(spec.sites.len());
            let answer_all = spec.on_all_down == OnAllDown::AnswerAll && present != all;
            return answer_all.then_some(Wish {
                reason: MoveKind::Membership,
                to: Some(all),
                candidate: None,
            });
        }
        (to != present).then_some(Wish {
            reason: MoveKind::Membership,
            to: Some(to),
            candidate: None,
        })
    }

    /// The site to go to: the first one that could serve at once, else the first that is up.
    fn candidate(&self, active: Option<SiteId>, now: Timestamp) -> Option<SiteId> {
        let up = |site: &SiteId| Some(*site) != active && self.verdict(*site) == Verdict::Up;
        let ready = |site: &SiteId| up(site) && self.against_candidate(*site, now).is_empty();
        self.site_ids().find(ready).or_else(|| self.site_ids().find(up))
    }

    /// What stands against moving to `site`.
    fn against_candidate(&self, site: SiteId, now: Timestamp) -> Vec<Blocker> {
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
        against
    }

    pub(super) fn lags_too_far(&self, site: SiteId) -> bool {
        let Some(most) = self.policy.spec().lag_max else { return false };
        let known = self.run.lags.get(site.index()).copied().flatten();
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
        {
            blockers.push(Blocker::Latched { until });
        }
        if let Some(until) = self.run.woken_until.filter(|until| now < *until) {
            blockers.push(Blocker::JustWoken { until });
        }
        // A failover does not wait for a move that may never end (a provider can be down for
        // hours); every other move does.
        if let Some(open) = &self.state.open_move
            && wish.reason != MoveKind::Failover
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
            (None, _) => blockers.push(self.nowhere_to_go(now)),
            (_, Some(site)) => blockers.extend(self.against_candidate(site, now)),
            _ => {}
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

    fn nowhere_to_go(&self, _now: Timestamp) -> Blocker {
        let starting = self
            .site_ids()
            .find(|site| matches!(self.run.starts.get(site.index()), Some(Job::Running(_))));
        starting.map_or(Blocker::NoCandidate, |site| Blocker::StandbyStarting { site })
    }

    pub(super) fn hold_down_until(&self) -> Option<Timestamp> {
        self.state.automatic.last().map(|at| at.plus(self.policy.spec().hold_down))
    }

    /// When the circuit breaker allows the next automatic move, if it does not now.
    pub(super) fn budget_back_at(&self, now: Timestamp) -> Option<Timestamp> {
        let spec = self.policy.spec();
        if self.automatic_moves(now) < usize::from(spec.moves_max) {
            return None;
        }
        self.state.automatic.first().map(|at| at.plus(spec.moves_window))
    }

    /// Automatic moves within the window.
    pub(super) fn automatic_moves(&self, now: Timestamp) -> usize {
        let window = self.policy.spec().moves_window;
        self.state.automatic.iter().filter(|at| now.since(**at) < window).count()
    }

    pub(super) fn evidence(&self, wish: &Wish) -> Evidence {
        let active = self.state.desired.single();
        let sites: Vec<SiteId> = match wish.candidate {
            Some(candidate) => active.into_iter().chain([candidate]).collect(),
            None => self.site_ids().collect(),
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
        assert!(!to.is_empty(), "what is published is never empty");
        if let Some(open) = &self.state.open_move {
            let id = open.id;
            self.record(now, out, Event::MoveAbandoned { id, who: Self::machine() });
        }
        let spec = self.policy.spec();
        let (fence, latch) = (spec.fence, spec.latch);
        let id = self.state.generation.next();
        let from = self.state.desired;
        let automatic = who == Self::machine();
        self.record(now, out, Event::MoveStarted { id, reason, from, to, who, evidence });
        if reason == MoveKind::Failover && automatic {
            match latch {
                Latch::UntilRearmed => self.record(now, out, Event::Latched { until: None }),
                Latch::For(time) => {
                    self.record(now, out, Event::Latched { until: Some(now.plus(time)) });
                }
                Latch::Off => {}
            }
        }
        self.run.held.clear();
        self.run.fences.fill(Job::None);
        if fence == Fence::Before && reason == MoveKind::Failover {
            self.start_fences(now, from, to, out);
        }
        self.prepare_providers();
    }

    /// Asks compute to stop the sites that are left.
    pub(super) fn start_fences(
        &mut self,
        now: Timestamp,
        from: SiteSet,
        to: SiteSet,
        out: &mut Vec<Output>,
    ) {
        for site in from.iter().filter(|site| !to.contains(*site)) {
            let Some(Job::None) = self.run.fences.get(site.index()) else { continue };
            self.run.fences[site.index()] = Job::Running(now);
            self.record(now, out, Event::FenceStarted { site });
            out.push(Output::Fence { site });
        }
    }

    /// Starts a cold standby as soon as somebody sees the active site down and nothing warm is up.
    fn start_standby(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let Some(active) = self.state.desired.single() else { return };
        let [_, down, _] = self.run.votes.tally(active);
        let armed = matches!(self.state.mode, Mode::Armed { .. });
        if down == 0 || !armed || self.candidate(Some(active), now).is_some() {
            return;
        }
        let pause = self.policy.spec().retry_max;
        let due = |job: &Job| match job {
            Job::None => true,
            Job::Failed(at) => now.since(*at) >= pause,
            Job::Running(_) | Job::Done => false,
        };
        let spec = self.policy.spec();
        let next = self.site_ids().find(|site| {
            *site != active
                && spec.sites[site.index()].cold
                && !self.in_maintenance(*site)
                && due(&self.run.starts[site.index()])
        });
        if let Some(site) = next {
            self.run.starts[site.index()] = Job::Running(now);
            self.record(now, out, Event::StandbyStarting { site });
            out.push(Output::Start { site });
        }
    }
}

impl Wish {
    pub(super) fn site(reason: MoveKind, site: SiteId) -> Self {
        Self { reason, to: Some(SiteSet::one(site)), candidate: Some(site) }
    }
}
