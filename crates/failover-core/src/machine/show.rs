//! The machine as people and programs are shown it.
use crate::event::MoveKind;
use crate::id::{ProviderId, SiteId};
use crate::machine::Failover;
use crate::machine::publish::Phase;
use crate::policy::{Fall, PolicySpec};
use crate::time::Timestamp;
use crate::view::{Blocker, CheckView, Next, ProviderStep, ProviderView, SiteView, View, VoteView};

impl Failover {
    pub(super) fn show(&self, now: Timestamp) -> View {
        let spec = self.policy.spec();
        let left = usize::from(spec.moves_max).saturating_sub(self.automatic_moves(now));
        View {
            service: spec.service.clone(),
            now,
            mode: self.state.mode.clone(),
            latched: self.state.latched,
            desired: self.state.desired,
            generation: self.state.generation,
            since: self.state.since,
            sites: self.site_ids().map(|site| self.show_site(site, now)).collect(),
            providers: self
                .provider_ids()
                .map(|provider| self.show_provider(provider, now))
                .collect(),
            open_move: self.state.open_move.clone(),
            last_move: self.state.last_move.clone(),
            hold_down_until: self.hold_down_until().filter(|until| now < *until),
            moves_left: u8::try_from(left).unwrap_or(u8::MAX),
            quorum: spec.quorum,
            next: self.show_next(now),
            unacknowledged: self.state.unacknowledged,
        }
    }

    fn show_site(&self, site: SiteId, now: Timestamp) -> SiteView {
        let spec = self.policy.spec();
        let held = self.run.votes.verdict(site);
        let memory = self.state.sites.get(site.index());
        SiteView {
            name: spec.sites[site.index()].name.clone(),
            verdict: held.verdict,
            since: held.since,
            active: self.state.desired.contains(site),
            maintenance: memory.and_then(|memory| memory.maintenance.clone()),
            tally: self.run.votes.tally(site),
            lag_ms: self.run.lags[site.index()],
            votes: self.show_votes(spec, site, now),
        }
    }

    fn show_votes(&self, spec: &PolicySpec, site: SiteId, now: Timestamp) -> Vec<VoteView> {
        let fall = match spec.fall {
            Fall::InARow(fall) => fall,
            Fall::Window { failed, .. } => failed,
        };
        let vote = |(vantage, name): (crate::id::VantageId, &String)| {
            let counters = self.run.votes.counters(vantage, site);
            let held = self.run.votes.vote(vantage, site);
            let checks = spec.checks.iter().zip(counters).map(|(check, counter)| CheckView {
                name: check.name.clone(),
                verdict: counter.fresh_verdict(spec, now, self.faults),
                failures: counter.towards_down(spec.fall).min(fall),
                fall,
                successes: counter.successes.min(spec.rise),
                rise: spec.rise,
                reported: counter.reported,
            });
            let fresh = |at: Timestamp| now.since(at) < spec.freshness;
            VoteView {
                vantage: name.clone(),
                verdict: held.verdict,
                since: held.since,
                stale: !counters.iter().filter_map(|c| c.reported).any(fresh),
                isolated: self.run.votes.is_isolated(vantage),
                checks: checks.collect(),
            }
        };
        self.run.votes.vantages().zip(&spec.vantages).map(vote).collect()
    }

    fn show_provider(&self, provider: ProviderId, now: Timestamp) -> ProviderView {
        let memory = self.state.providers.get(provider.index()).cloned().unwrap_or_default();
        let run = &self.run.providers[provider.index()];
        let generation = self.state.generation;
        let step = match &run.phase {
            Phase::Publishing { attempt, since, .. } => {
                ProviderStep::Publishing { attempt: *attempt, since: *since }
            }
            Phase::ReadingBack { since, .. } => ProviderStep::ReadingBack { since: *since },
            Phase::Failed { message, retry_at, .. } => ProviderStep::Failed {
                message: message.clone(),
                retry_at: *retry_at,
                failures: run.failures,
            },
            Phase::Verifying { since, .. } => ProviderStep::Accepted { since: *since },
            Phase::Idle if memory.accepted < generation => ProviderStep::Waiting,
            Phase::Idle if memory.verified < generation => ProviderStep::Accepted { since: now },
            Phase::Idle => ProviderStep::Settled,
        };
        ProviderView {
            name: self.policy.spec().providers[provider.index()].name.clone(),
            step,
            accepted: memory.accepted,
            drift: memory.drift,
        }
    }

    fn show_next(&self, now: Timestamp) -> Next {
        let deadline = self.next_wake(now);
        if self.state.desired.is_empty() {
            let blockers = vec![Blocker::NotAdopted];
            return Next { wants: None, reason: None, blockers, deadline };
        }
        if let Some(wish) = self.wish(now) {
            let blockers = self.blockers(&wish, now);
            return Next { wants: wish.to, reason: Some(wish.reason), blockers, deadline };
        }
        // A failover that is coming: somebody sees the active site down, but not enough do.
        let need = self.policy.spec().quorum;
        let coming = self.state.desired.single().map(|active| self.run.votes.tally(active)[1]);
        match coming {
            Some(have) if have > 0 && have < need => Next {
                wants: None,
                reason: Some(MoveKind::Failover),
                blockers: vec![Blocker::NoQuorum { have, need }],
                deadline,
            },
            _ => Next { wants: None, reason: None, blockers: Vec::new(), deadline },
        }
    }
}
