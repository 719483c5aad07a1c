//! What is lost on the paths to sites that are up, and how rarely that misleads a quorum.
use std::time::{Duration, Instant};

use failover_core::bound::{Estimate, Losses, SiteLosses, false_failover_measured};
use failover_core::{Input, MeasuredBound, SiteId, Timestamp, Verdict};

use super::service::Service;
use super::task::Task;
use super::{Driver, Fact};

/// When the bounds are reckoned again.
#[derive(Debug)]
pub(super) struct Reckoning {
    interval: Duration,
    due: Instant,
    running: Option<Task>,
}

impl Reckoning {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, due: Instant::now() + interval, running: None }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }
}

impl Driver {
    /// Reckons away from the machines what was measured, when it is time.
    pub(super) fn reckon_bounds(&mut self, now: Instant) {
        if self.reckoning.due > now {
            return;
        }
        self.reckoning.due = now + self.reckoning.interval.max(Duration::from_millis(10));
        if self.reckoning.running.as_ref().is_some_and(Task::is_running) || self.ending.is_some() {
            return;
        }
        let at = self.setup.clock.now();
        let facts = self.facts.0.clone();
        let each = self.services.iter().map(|service| {
            let measured = service.losses.iter().filter_map(Losses::measured);
            (service.setup.clone(), measured.collect::<Vec<SiteLosses>>())
        });
        let each: Vec<_> = each.collect();
        self.reckoning.running = Some(Task::spawn(async move {
            for (service, (setup, measured)) in each.into_iter().enumerate() {
                let reckon = move || false_failover_measured(setup.policy(), &measured);
                let Ok(estimate) = tokio::task::spawn_blocking(reckon).await else { return };
                let bound = estimate.map(|estimate| bound(estimate, at));
                let _ = facts.send(Fact::Bound { service, bound }).await;
            }
        }));
    }
}

impl Service {
    /// Takes in what a machine is about to be told, with what is believed so far. After a gap nothing
    /// is.
    pub(super) fn measure(&mut self, now: Timestamp, input: &Input, slept: bool) {
        match input {
            Input::Probed { vantage, site, check, ok, at } => {
                if let Some(losses) = self.losses.get_mut(site.index()) {
                    losses.probed(*vantage, *check, *ok, (*at).min(now));
                }
            }
            Input::Isolated { vantage, isolated } => {
                for losses in &mut self.losses {
                    losses.isolated(*vantage, *isolated);
                }
            }
            _ => {}
        }
        for (site, losses) in (0..).zip(&mut self.losses) {
            let known = if slept { Verdict::Unknown } else { self.machine.verdict(SiteId(site)) };
            losses.believed(now, known);
        }
    }
}

fn bound(estimate: Estimate, at: Timestamp) -> MeasuredBound {
    let seconds = Some(estimate.mean.quorum).filter(|seconds| seconds.is_finite());
    MeasuredBound { seconds, exact: estimate.exact, at }
}
