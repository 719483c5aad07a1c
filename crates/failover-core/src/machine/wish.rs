//! What would be good for the service, whether it may be done or not.
use crate::event::MoveKind;
use crate::id::{SiteId, SiteSet};
use crate::machine::Failover;
use crate::machine::decide::Wish;
use crate::mutant::Mutant;
use crate::policy::{AnswerMode, Failback, OnAllDown};
use crate::time::Timestamp;
use crate::view::Verdict;

impl Failover {
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
        let Some(active) = self.state.desired.single() else { return self.wish_one_of_many(now) };
        let back = self.way_back(active, now);
        // A latch allows no failover, but the way back that the policy names.
        let latched = self.state.latched.is_some();
        if self.verdict(active) != Verdict::Down || (latched && back.is_some()) {
            return back;
        }
        if let Some(to) = self.candidate(Some(active), now) {
            return Some(Wish::site(MoveKind::Failover, to));
        }
        let nowhere = Wish { reason: MoveKind::Failover, to: None, candidate: None };
        Some(self.wish_everyone(now).unwrap_or(nowhere))
    }

    /// Several sites are published though one should be: because none was up, or because it was
    /// found so. The first proven site ends the one; the other is left alone while all is well.
    fn wish_one_of_many(&self, now: Timestamp) -> Option<Wish> {
        let mut present = self.state.desired.iter();
        let needed = self.policy.spec().on_all_down == OnAllDown::AnswerAll
            || present.any(|site| self.verdict(site) == Verdict::Down);
        let to = self.candidate(None, now).filter(|_| needed)?;
        Some(Wish::site(MoveKind::Membership, to))
    }

    /// The move to a better site that is up for long enough, where the policy lets the machine do
    /// it. Where a human has put the service it stays.
    fn way_back(&self, active: SiteId, now: Timestamp) -> Option<Wish> {
        let Failback::Auto { stable_for } = self.policy.spec().failback else { return None };
        let stable = |site: &SiteId| {
            !self.in_maintenance(*site)
                && self.up_since(*site).is_some_and(|since| now.since(since) >= stable_for)
        };
        let mut better = self.site_ids().take_while(|site| *site != active);
        let site = better.find(stable).filter(|_| !self.state.by_human)?;
        Some(Wish::site(MoveKind::Failback, site))
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
        if !to.iter().any(|site| self.verdict(site) == Verdict::Up) {
            // A dead site is no worse than one of which nobody knows anything.
            return self.wish_everyone(now);
        }
        let reason = MoveKind::Membership;
        (to != present).then_some(Wish { reason, to: Some(to), candidate: None })
    }

    /// With no site up, all that are not in maintenance, if the policy wants them.
    fn wish_everyone(&self, now: Timestamp) -> Option<Wish> {
        let answer_all = self.policy.spec().on_all_down == OnAllDown::AnswerAll;
        let all_down = self.site_ids().all(|site| self.verdict(site) == Verdict::Down);
        let all: SiteSet = self.site_ids().filter(|site| !self.in_maintenance(*site)).collect();
        let coming = self.coming_up(now).is_some();
        if all_down && self.errs(Mutant::EmptiesTheAnswer) {
            let (to, reason) = (Some(SiteSet::EMPTY), MoveKind::Membership);
            return Some(Wish { reason, to, candidate: None });
        }
        let helps = !all.is_empty() && all != self.state.desired && !coming;
        let reason = MoveKind::Membership;
        (answer_all && all_down && helps).then_some(Wish { reason, to: Some(all), candidate: None })
    }

    /// The site to go to: the first one that could serve at once, else the first that is up.
    pub(super) fn candidate(&self, active: Option<SiteId>, now: Timestamp) -> Option<SiteId> {
        let up = |site: &SiteId| {
            Some(*site) != active
                && self.verdict(*site) == Verdict::Up
                && !self.is_being_fenced(*site)
        };
        let ready = |site: &SiteId| up(site) && self.against_candidate(*site, now).is_empty();
        self.site_ids().find(ready).or_else(|| self.site_ids().find(up))
    }
}
