//! Verdicts and the grounds of automatic moves, counted again from the outcomes themselves.
use super::Property;
use super::broken::{Kept, broken, ensure};
use super::mark::Mark;
use super::monitor::{Monitor, Move};
use super::rules::SLOWEST_RECORD;
use super::watcher::{Among, Watcher};
use crate::seen::Truth;
use failover_core::{Event, MoveKind, SiteId, SiteSet, Verdict, explain};

impl Monitor {
    /// S12: a verdict flips only after as many outcomes as the policy counts.
    pub(super) fn counted_verdict(&self, watcher: usize, event: &Event) -> Kept {
        let Event::VerdictChanged { site, to, .. } = event else { return Ok(()) };
        if *to == Verdict::Unknown {
            return Ok(());
        }
        self.agree(&self.watchers[watcher], *site, *to, Property::S12)
    }

    /// S5, S6, S9, S22: what an automatic move leaves is down by quorum, and where it goes is
    /// proven.
    pub(super) fn grounds(&self, moved: &Move<'_>) -> Kept {
        if moved.reason == MoveKind::Membership && self.answers_all(moved) {
            return Ok(());
        }
        let watcher = &self.watchers[moved.watcher];
        let (left, new) = (without(moved.from, moved.to), without(moved.to, moved.from));
        // Who ends an answer of several sites with one of them, or goes back, leaves no dead site.
        let leaves = match moved.reason {
            MoveKind::Failover => true,
            MoveKind::Membership => !self.narrows(moved),
            _ => false,
        };
        for site in left.iter().filter(|_| leaves) {
            if moved.reason == MoveKind::Membership && self.account.maintenance.contains(site) {
                continue;
            }
            self.agree(watcher, site, Verdict::Down, Property::S6)?;
        }
        self.somebody_up(moved)?;
        for site in if self.narrows(moved) { moved.to } else { new }.iter() {
            self.proven(watcher, site)?;
            ensure(!self.account.maintenance.contains(site), Property::S20, || {
                format!("site {} is in maintenance and yet chosen", site.0)
            })?;
        }
        self.some_site_proven(moved)
    }

    /// Whether one site shall be published where several are.
    fn narrows(&self, moved: &Move<'_>) -> bool {
        self.rules.spec().answer == failover_core::AnswerMode::Active
            && moved.reason == MoveKind::Membership
            && moved.to.len() == 1
    }

    /// S9: while no other site is known to be up, nothing changes.
    fn somebody_up(&self, moved: &Move<'_>) -> Kept {
        let watcher = &self.watchers[moved.watcher];
        let all = SiteSet::first(self.rules.spec().sites.len());
        // Where nobody has looked yet it is a matter of proof, S5.
        let hopeless = moved.to.iter().all(|site| watcher.verdict(site) == Verdict::Down)
            && all.iter().all(|site| watcher.verdict(site) != Verdict::Up);
        ensure(!hopeless, Property::S9, || {
            format!("move {} is made although no site is up", moved.id.0)
        })
    }

    /// S5: a quorum has called the site up without a break for as long as the policy asks. S8:
    /// whoever begins to see that site fail, too, may be cut off.
    fn proven(&self, watcher: &Watcher, site: SiteId) -> Kept {
        self.agree(watcher, site, Verdict::Up, Property::S5)?;
        let (spec, now) = (self.rules.spec(), watcher.about.now);
        let up_for = watcher.up_since(site).map(|since| now.since(since));
        ensure(up_for.is_some_and(|up| up >= spec.candidate_up_for), Property::S5, || {
            format!("site {} has been up for {up_for:?} only", site.0)
        })?;
        if spec.answer == failover_core::AnswerMode::AllUp {
            return Ok(());
        }
        let sure = watcher.counts.without_doubt(&self.rules, now, site);
        ensure(sure >= self.rules.quorum(), Property::S8, || {
            format!("site {} begins to fail, too, and only {sure} vantages do not doubt it", site.0)
        })
    }

    /// A quorum says so by the monitor's own count; if not, says which promise that breaks.
    fn agree(
        &self,
        watcher: &Watcher,
        site: SiteId,
        verdict: Verdict,
        otherwise: Property,
    ) -> Kept {
        let (rules, now) = (&self.rules, watcher.about.now);
        let counts = &watcher.counts;
        if counts.verdict(rules, now, site, Among::Fresh) == verdict {
            return Ok(());
        }
        let votes = |among| counts.votes(rules, now, (site, verdict), among);
        let (fresh, quorum) = (votes(Among::Fresh), rules.quorum());
        let property = if votes(Among::Isolated) >= quorum {
            Property::S8
        } else if votes(Among::Stale) >= quorum {
            Property::S6
        } else if fresh > 0 && fresh * 2 > counts.live(rules, now) {
            Property::S7
        } else if watcher.about.woken.is_some() {
            Property::S8
        } else if verdict == Verdict::Up && !counts.has_reported(site) {
            Property::S5
        } else {
            otherwise
        };
        let of = rules.spec().vantages.len();
        broken(property, || {
            format!(
                "site {} counts as {verdict}, by {fresh} fresh votes of {of}; {quorum} must say so",
                site.0
            )
        })
    }

    /// S24: as long as fewer vantages than a quorum lie or are cut off, no automatic failover leaves
    /// a site that serves.
    pub(super) fn no_liar_moves_it(&self, truth: &Truth, moved: &Move<'_>) -> Kept {
        if !matches!(moved.reason, MoveKind::Failover | MoveKind::Membership) || self.narrows(moved)
        {
            return Ok(());
        }
        // A watcher whose clock has stood still while it slept is for the shell to prevent.
        let about = &self.watchers[moved.watcher].about;
        if about.numbed.is_some() || truth.now.since(about.seen) > SLOWEST_RECORD {
            return Ok(());
        }
        let liars = self.honest.iter().filter(|mark| **mark != Mark::Long).count();
        let served = |site: &SiteId| {
            truth.alive.contains(*site)
                && self.serving.get(site.index()) == Some(&Mark::Long)
                && !self.account.maintenance.contains(*site)
        };
        let left = without(moved.from, moved.to).iter().find(served);
        ensure(left.is_none() || liars >= self.rules.quorum(), Property::S24, || {
            let site = left.map_or(0, |site| site.0);
            format!("site {site} serves and is left, with only {liars} vantages that may be wrong")
        })
    }

    /// S26: every automatic move stores the votes that it was decided on, and they justify it when
    /// checked again.
    pub(super) fn explained(&self, moved: &Move<'_>, event: &Event) -> Kept {
        let watcher = &self.watchers[moved.watcher];
        let now = watcher.about.now;
        let explained = explain(self.rules.spec(), now, event);
        ensure(explained.is_ok(), Property::S26, || {
            format!("move {}: {}", moved.id.0, explained.clone().err().unwrap_or_default())
        })?;
        let wrong = moved.evidence.votes.iter().find(|vote| {
            let own = (vote.vantage, vote.site);
            vote.verdict != watcher.counts.vote(&self.rules, now, own, Among::Fresh)
        });
        ensure(wrong.is_none(), Property::S26, || {
            format!("move {} stores a vote that was not cast: {wrong:?}", moved.id.0)
        })
    }
}

fn without(sites: SiteSet, others: SiteSet) -> SiteSet {
    sites.iter().filter(|site| !others.contains(*site)).collect()
}
