//! Telling the other watchers what this one sees: at once what matters, in batches what does not.
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::Group;
use super::record::{Probe, Report, encode};
use super::seat::Membership;
use super::store::{LeaseId, Write};

/// Between two reports that matter.
const HURRY: Duration = Duration::from_millis(60);
/// Probes that wait; the oldest are given up beyond that.
const WAITING_MAX: usize = 512;
/// After this many good probes in a row the next one is no news.
const PROVEN: u32 = 12;

/// What a watcher says of itself beside its probes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) isolated: bool,
    pub(crate) lags: Vec<(String, String, u64)>,
    pub(crate) leads: bool,
    pub(crate) journal: Option<String>,
    pub(crate) sees: bool,
    pub(crate) alone: Vec<String>,
    pub(crate) policies: Vec<(String, u64)>,
}

/// The task that speaks for this watcher.
pub(crate) struct Voice {
    pub(crate) group: Arc<Group>,
    pub(crate) membership: Arc<Membership>,
    /// Probes with the moments they were started at.
    pub(crate) probes: mpsc::Receiver<(Probe, Instant)>,
    pub(crate) facts: watch::Receiver<Facts>,
    pub(crate) version: String,
    /// How long good probes may wait for each other.
    pub(crate) quiet: Duration,
}

/// What waits to be said.
#[derive(Default)]
struct Waiting {
    probes: VecDeque<Probe>,
    /// How many good probes in a row each one of service, site and check has had.
    rows: BTreeMap<(String, String, String), u32>,
    urgent: bool,
    number: u64,
}

impl Voice {
    /// Speaks for ever.
    pub(crate) async fn speak(mut self) {
        let mut waiting = Waiting::default();
        let mut latest = Instant::now();
        loop {
            let pause = if waiting.urgent { HURRY } else { self.quiet };
            tokio::select! {
                probe = self.probes.recv() => match probe {
                    Some((probe, started)) => {
                        let at = self.group.millis(started);
                        waiting.add(Probe { at, ..probe });
                        continue;
                    }
                    None => return,
                },
                changed = self.facts.changed() => match changed {
                    Ok(()) => {
                        waiting.urgent = true;
                        continue;
                    }
                    Err(_) => return,
                },
                () = tokio::time::sleep_until((latest + pause).into()) => {}
            }
            latest = Instant::now();
            let member = *self.membership.borrow();
            let Some(lease) = member else { continue };
            let report = waiting.report(&self.group, &self.facts.borrow(), &self.version);
            if !self.say(&report, lease).await {
                // Nobody can hear it; what was probed meanwhile is too old by then.
                waiting.urgent = true;
            }
            latest = Instant::now();
        }
    }

    /// Says the very same until it is certainly heard or the membership is over: a probe that is
    /// told twice under two numbers would count twice.
    async fn say(&self, report: &Report, lease: LeaseId) -> bool {
        let Ok(value) = encode(report) else { return false };
        let write = [Write::under(self.group.keys.report(&self.group.vantage), value, lease)];
        while *self.membership.borrow() == Some(lease) {
            let saying = self.group.store.commit(&[], &write);
            match tokio::time::timeout(self.group.lease / 3, saying).await {
                Ok(Ok(_)) => return true,
                Ok(Err(error)) => tracing::debug!("a report was not delivered: {error}"),
                Err(_) => tracing::debug!("a report was not delivered in time"),
            }
            tokio::time::sleep(HURRY).await;
        }
        false
    }
}

impl Waiting {
    fn add(&mut self, probe: Probe) {
        let row = (probe.service.clone(), probe.site.clone(), probe.check.clone());
        let good = self.rows.entry(row).or_default();
        *good = if probe.ok { good.saturating_add(1) } else { 0 };
        self.urgent |= *good < PROVEN;
        self.probes.push_back(probe);
        while self.probes.len() > WAITING_MAX {
            self.probes.pop_front();
        }
    }

    fn report(&mut self, group: &Group, facts: &Facts, version: &str) -> Report {
        self.urgent = false;
        self.number += 1;
        let Facts { isolated, lags, leads, journal, sees, alone, policies } = facts.clone();
        Report {
            instance: group.instance.clone(),
            number: self.number,
            sent: group.millis(Instant::now()),
            probes: self.probes.drain(..).collect(),
            isolated,
            lags,
            version: version.to_owned(),
            leads,
            journal,
            sees,
            alone,
            policies,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(ok: bool) -> Probe {
        let name = |text: &str| text.to_owned();
        Probe { service: name("app"), site: name("one"), check: name("http"), ok, at: 1 }
    }

    #[test]
    fn a_failure_and_what_follows_it_is_urgent_and_the_rest_is_not() {
        let mut waiting = Waiting::default();
        let mut urgent = |ok| {
            waiting.urgent = false;
            waiting.add(probe(ok));
            waiting.urgent
        };
        for _ in 0..PROVEN {
            urgent(true);
        }
        assert!(!urgent(true));
        assert!(urgent(false));
        assert!(urgent(true), "a site that comes back is news");
    }

    #[test]
    fn what_nobody_takes_is_bounded() {
        let mut waiting = Waiting::default();
        for _ in 0..2 * WAITING_MAX {
            waiting.add(probe(true));
        }
        assert_eq!(waiting.probes.len(), WAITING_MAX);
    }
}
