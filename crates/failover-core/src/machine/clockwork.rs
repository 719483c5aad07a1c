//! What happens by itself when time passes.
use crate::event::Event;
use crate::machine::publish::Phase;
use crate::machine::{Failover, Job, Leader};
use crate::output::Output;
use crate::policy::{AnswerMode, Failback};
use crate::time::Timestamp;
use crate::view::{Mode, Verdict};

/// Why the machine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Why {
    /// A vantage's report goes stale.
    Stale,
    /// The candidate will have been up for long enough.
    CandidateReady,
    /// The hold-down ends.
    HoldDownEnds,
    /// A move leaves the window of the circuit breaker.
    BudgetReturns,
    /// The latch lifts by itself.
    LatchEnds,
    /// A pause ends.
    PauseEnds,
    /// A maintenance ends.
    MaintenanceEnds,
    /// The preferred site will have been stable for long enough.
    FailbackDue,
    /// A failed provider is tried again.
    Retry,
    /// An attempt has gone without receipt for too long.
    AttemptTimeout,
    /// A provider will have lagged behind for long enough to tell people.
    SplitAlarm,
    /// The lease ends.
    LeaseEnds,
    /// Nothing is due; the machine only wants to know that time is being kept.
    Heartbeat,
}

impl Failover {
    /// Ends what has an end.
    pub(super) fn expire(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.run.woken_until.is_some_and(|until| now >= until) {
            self.run.woken_until = None;
        }
        if !self.may_act(now) {
            return;
        }
        if let Mode::Disarmed { until: Some(until), .. } = self.state.mode
            && now >= until
        {
            self.record(now, out, Event::Armed { who: Self::machine() });
        }
        if let Some((_, Some(until))) = self.state.latched
            && now >= until
        {
            self.record(now, out, Event::Rearmed { who: Self::machine() });
        }
        for site in self.site_ids() {
            let memory = self.state.sites.get(site.index());
            let until = memory.and_then(|m| m.maintenance.as_ref()).map(|(until, _)| *until);
            if until.is_some_and(|until| now >= until) {
                self.record(now, out, Event::MaintenanceOff { site, who: Self::machine() });
            }
        }
        self.end_late_jobs(now, out);
    }

    /// The next moment at which something can happen by itself.
    pub(super) fn next_wake(&self, now: Timestamp) -> Option<(Timestamp, Why)> {
        let spec = self.policy.spec();
        let mut next = (now.plus(spec.tick_gap_max / 2), Why::Heartbeat);
        let mut at = |moment: Option<Timestamp>, why: Why| {
            if let Some(moment) = moment.filter(|moment| *moment > now)
                && moment < next.0
            {
                next = (moment, why);
            }
        };
        at(self.run.votes.stale_at(spec, now), Why::Stale);
        at(self.run.woken_until, Why::CandidateReady);
        if let Mode::Disarmed { until, .. } = self.state.mode {
            at(until, Why::PauseEnds);
        }
        at(self.state.latched.and_then(|(_, until)| until), Why::LatchEnds);
        for memory in &self.state.sites {
            at(memory.maintenance.as_ref().map(|(until, _)| *until), Why::MaintenanceEnds);
        }
        if let Leader::Leading { until, .. } = self.run.leadership {
            at(Some(until), Why::LeaseEnds);
        }
        self.wake_for_moves(now, &mut at);
        self.wake_for_providers(&mut at);
        Some(next)
    }

    fn wake_for_moves(&self, now: Timestamp, at: &mut impl FnMut(Option<Timestamp>, Why)) {
        let spec = self.policy.spec();
        let active_down =
            self.state.desired.single().is_some_and(|a| self.verdict(a) == Verdict::Down);
        let alert = active_down
            || spec.answer == AnswerMode::AllUp
            || self.state.desired.len() > 1
            || matches!(spec.failback, Failback::Auto { .. });
        for site in self.site_ids() {
            if let Some(since) = self.up_since(site) {
                if alert {
                    at(Some(since.plus(spec.candidate_up_for)), Why::CandidateReady);
                }
                if let Failback::Auto { stable_for } = spec.failback {
                    at(Some(since.plus(stable_for)), Why::FailbackDue);
                }
            }
        }
        at(self.hold_down_until(), Why::HoldDownEnds);
        at(self.budget_back_at(now), Why::BudgetReturns);
    }

    fn wake_for_providers(&self, at: &mut impl FnMut(Option<Timestamp>, Why)) {
        let spec = self.policy.spec();
        for run in &self.run.providers {
            match &run.phase {
                Phase::Publishing { since, .. } | Phase::ReadingBack { since, .. } => {
                    at(Some(since.plus(spec.attempt_timeout)), Why::AttemptTimeout);
                }
                Phase::Verifying { asked, .. } => at(Some(asked.plus(spec.retry_max)), Why::Retry),
                Phase::Failed { retry_at, .. } => at(Some(*retry_at), Why::Retry),
                Phase::Idle => {}
            }
        }
        for job in self.run.fences.iter().chain(&self.run.starts) {
            if let Job::Running(since) = job {
                at(Some(since.plus(spec.attempt_timeout)), Why::AttemptTimeout);
            }
        }
        for job in &self.run.starts {
            match job {
                Job::Failed(since) => at(Some(since.plus(spec.retry_max)), Why::Retry),
                Job::Done(since) => {
                    at(Some(since.plus(spec.attempt_timeout)), Why::CandidateReady);
                }
                Job::None | Job::Running(_) => {}
            }
        }
        let generation = self.state.generation;
        if self.state.providers.iter().any(|m| m.verified < generation && !m.split) {
            at(Some(self.state.since.plus(spec.split_after)), Why::SplitAlarm);
        }
    }
}
