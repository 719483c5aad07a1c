//! Time: sleep makes careful, time that stands still does nothing, and nothing due is forgotten.
use super::Property;
use super::broken::{Kept, ensure};
use super::mark::Mark;
use super::monitor::{Monitor, Move, Step};
use super::watcher::{Lead, Watcher};
use crate::seen::Truth;
use failover_core::{AnswerMode, Event, Failover, Input, Output, SiteId, SiteSet, Timestamp};
use std::time::Duration;

impl Monitor {
    /// S8: a watcher that was asleep looks again for a while before it moves anything.
    pub(super) fn awake(&self, moved: &Move<'_>) -> Kept {
        let woken = self.watchers[moved.watcher].about.woken;
        ensure(woken.is_none(), Property::S8, || {
            format!("move {} by a watcher that has just woken, at {woken:?}", moved.id.0)
        })
    }

    /// S25: time that stands still or runs back does nothing by itself.
    pub(super) fn still_time_does_nothing(&self, step: &Step<'_>) -> Kept {
        if !step.still || *step.input != Input::Tick {
            return Ok(());
        }
        let acts = step.outputs.iter().find(|output| {
            matches!(output, Output::Publish { .. } | Output::Record(Event::MoveStarted { .. }))
        });
        ensure(acts.is_none(), Property::S25, || format!("no time has passed, and yet: {acts:?}"))
    }

    /// S27: a machine that lives asks to be woken in time, so that its silence means something.
    pub(super) fn wants_to_be_woken(&self, step: &Step<'_>) -> Kept {
        let now = self.watchers[step.watcher].about.now;
        let wake = step.machine.deadline().map(|(at, _)| at);
        let heartbeat = self.rules.goals.heartbeat;
        let in_time = wake.is_some_and(|at| at > now && at.since(now) <= heartbeat);
        ensure(in_time, Property::S27, || format!("at {now:?} it wants to be woken at {wake:?}"))
    }

    /// How long no living watcher has taken a step, if that is longer than the heartbeat allows:
    /// what a dead man's switch outside goes by (S27). It is for the world to raise the alarm; a
    /// stalled or dead process breaks no promise of the machine.
    pub fn silence(&self, now: Timestamp) -> Option<Duration> {
        let last = self.watchers.iter().filter(|w| w.about.alive).map(|w| w.about.seen).max();
        let silent = now.since(last.unwrap_or_default());
        (silent > self.rules.goals.heartbeat).then_some(silent)
    }

    /// The watcher that leads and works, if there is one.
    pub(super) fn acting(&self, now: Timestamp) -> Option<&Watcher> {
        let works = |(place, watcher): &(usize, &Watcher)| {
            let about = &watcher.about;
            let leads = match about.lead {
                Lead::Leading { until, .. } => now < until,
                Lead::Sole => true,
                Lead::Following => false,
            };
            let awake = now.since(about.seen) <= self.rules.goals.heartbeat;
            about.alive && leads && about.journal && awake && self.is_rightful(*place)
        };
        self.watchers.iter().enumerate().find(works).map(|(_, watcher)| watcher)
    }

    /// S23: with the active site dead for good, another one up and a quorum of honest vantages, the
    /// move is recorded within the stated time.
    pub(super) fn failover_in_time(&mut self, truth: &Truth) -> Kept {
        if self.rules.goals.commit == Duration::MAX {
            return Ok(());
        }
        if !self.is_due(truth) {
            self.due = None;
            return Ok(());
        }
        let since = *self.due.get_or_insert(truth.now);
        let waited = truth.now.since(since);
        ensure(waited <= self.rules.goals.commit, Property::S23, || {
            format!(
                "site {:?} is dead, another one serves, and nothing moves for {waited:?}",
                self.account.desired
            )
        })
    }

    /// Whether an automatic failover is due, by the truth, and nothing stands against it.
    fn is_due(&self, truth: &Truth) -> bool {
        let (spec, account) = (self.rules.spec(), &self.account);
        let Some(active) = account.desired.single() else { return false };
        let honest = self.honest.iter().filter(|mark| **mark != Mark::Not).count();
        let sure =
            honest >= self.rules.quorum() && self.honest.len() - honest < self.rules.quorum();
        let dead = !truth.alive.contains(active) && !truth.partly.contains(active);
        let wanted = spec.answer == AnswerMode::Active && dead && sure;
        if !wanted || account.paused.is_some() || account.latched.is_some() {
            return false;
        }
        let Some(watcher) = self.acting(truth.now) else { return false };
        let now = watcher.about.now;
        let free = watcher.about.woken.is_none() && account.in_the_way(&self.rules, now).is_none();
        free && self.has_candidate(truth, watcher, active)
    }

    fn has_candidate(&self, truth: &Truth, watcher: &Watcher, active: SiteId) -> bool {
        let spec = self.rules.spec();
        let close = |site: SiteId| {
            spec.lag_max.is_none_or(|most| {
                let lag = watcher.about.lags.get(site.index()).copied().flatten();
                lag.is_some_and(|lag| u128::from(lag) <= most.as_millis())
            })
        };
        SiteSet::first(spec.sites.len()).iter().any(|site| {
            site != active
                && truth.alive.contains(site)
                && !self.account.maintenance.contains(site)
                && !spec.sites[site.index()].cold
                && close(site)
        })
    }

    /// S23: at rest no dead site is desired where another one could be.
    pub(super) fn follows_the_living(&self, truth: &Truth, machine: &Failover) -> Kept {
        let desired = machine.state().desired();
        let due = self.rules.goals.commit != Duration::MAX && self.is_due(truth);
        let waited = self.due.map(|since| truth.now.since(since));
        let fresh = waited.is_none_or(|waited| waited <= self.rules.goals.commit);
        ensure(!due || fresh, Property::S23, || {
            format!("at rest {desired:?} is desired, which is dead; another site serves")
        })
    }
}
