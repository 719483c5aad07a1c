//! What is asked of compute: stopping the old site, starting a cold standby.
use crate::event::{Event, MoveKind};
use crate::id::{SiteId, SiteSet};
use crate::machine::{Failover, Job};
use crate::output::Output;
use crate::policy::Fence;
use crate::state::Fencing;
use crate::time::Timestamp;
use crate::view::{Mode, MoveView, Verdict};

impl Failover {
    /// Asks compute to stop the sites that the latest failover leaves, once per move; after a
    /// restart again, if nobody knows what became of it.
    pub(super) fn fence(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        for site in self.to_fence().iter() {
            let place = site.index();
            let ended = self.state.sites.get(place).is_none_or(|m| m.fence == Fencing::Ended);
            if ended || !matches!(self.run.fences.get(place), Some(Job::None)) {
                continue;
            }
            self.run.fences[place] = Job::Running(now);
            self.record(now, out, Event::FenceStarted { site });
            out.push(Output::Fence { site });
        }
    }

    /// The sites that the policy wants stopped now.
    fn to_fence(&self) -> SiteSet {
        let now_or_later = match self.policy.spec().fence {
            Fence::Before => self.state.open_move.as_ref(),
            Fence::After => self.state.last_move.as_ref().filter(|view| view.completed.is_some()),
            Fence::Never => None,
        };
        let left = |view: &MoveView| -> SiteSet {
            view.from.iter().filter(|site| !view.to.contains(*site)).collect()
        };
        let latest = |view: &&MoveView| {
            view.id == self.state.generation && view.reason == MoveKind::Failover
        };
        now_or_later.filter(latest).map(left).unwrap_or_default()
    }

    /// A fence before the move holds publishing up, but not for ever: a dead cloud cannot confirm
    /// that its servers are stopped, and that is just when the move is needed.
    pub(super) fn fence_holds(&self) -> bool {
        self.policy.spec().fence == Fence::Before
            && self.to_fence().iter().any(|site| self.is_being_fenced(site))
    }

    pub(super) fn is_being_fenced(&self, site: SiteId) -> bool {
        matches!(self.run.fences.get(site.index()), Some(Job::Running(_)))
    }

    /// Starts a cold standby as soon as somebody sees the active site down and nothing warm is up.
    pub(super) fn start_standby(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let present = self.state.desired;
        let Some(suspect) = present.iter().next() else { return };
        let [_, down, _] = self.run.votes.tally(suspect);
        let seen_down = match present.single() {
            Some(_) => down > 0,
            None => present.iter().all(|site| self.verdict(site) == Verdict::Down),
        };
        if down == 0 && self.verdict(suspect) == Verdict::Up {
            // The alarm is over; the next one finds the standby as it is then.
            for job in &mut self.run.starts {
                if !matches!(job, Job::Running(_)) {
                    *job = Job::None;
                }
            }
        }
        let armed = matches!(self.state.mode, Mode::Armed { .. });
        if !seen_down || !armed || self.candidate(present.single(), now).is_some() {
            return;
        }
        let spec = self.policy.spec();
        let due = |job: &Job| match job {
            Job::None => true,
            Job::Failed(at) => now.since(*at) >= spec.retry_max,
            Job::Running(_) | Job::Done(_) => false,
        };
        let next = self.site_ids().find(|site| {
            present.single() != Some(*site)
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

    /// A standby that is being started, or was started so lately that it may yet come up.
    pub(super) fn coming_up(&self, now: Timestamp) -> Option<SiteId> {
        let patience = self.policy.spec().attempt_timeout;
        self.site_ids().find(|site| match self.run.starts.get(site.index()) {
            Some(Job::Running(_)) => true,
            Some(Job::Done(at)) => now.since(*at) < patience,
            _ => false,
        })
    }

    pub(super) fn end_fence(
        &mut self,
        now: Timestamp,
        site: SiteId,
        ok: bool,
        out: &mut Vec<Output>,
    ) {
        if self.run.fences.get_mut(site.index()).is_some_and(|job| job.end(now, ok)) {
            self.tell(now, out, Event::FenceEnded { site, ok });
        }
    }

    pub(super) fn end_start(
        &mut self,
        now: Timestamp,
        site: SiteId,
        ok: bool,
        out: &mut Vec<Output>,
    ) {
        if self.run.starts.get_mut(site.index()).is_some_and(|job| job.end(now, ok)) {
            self.tell(now, out, Event::StandbyStarted { site, ok });
        }
    }

    /// What nobody has reported on for too long counts as failed.
    pub(super) fn end_late_jobs(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let patience = self.policy.spec().attempt_timeout;
        let late = |job: Option<&Job>| matches!(job, Some(Job::Running(since)) if now.since(*since) >= patience);
        for site in self.site_ids() {
            if late(self.run.fences.get(site.index())) {
                self.end_fence(now, site, false, out);
            }
            if late(self.run.starts.get(site.index())) {
                self.end_start(now, site, false, out);
            }
        }
    }
}

impl Job {
    /// Takes a result; says whether it is news. A success that comes late is one.
    fn end(&mut self, now: Timestamp, ok: bool) -> bool {
        let news = matches!(self, Self::Running(_)) || (ok && matches!(self, Self::Failed(_)));
        if news {
            *self = if ok { Self::Done(now) } else { Self::Failed(now) };
        }
        news
    }
}
