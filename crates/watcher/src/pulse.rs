//! Whether the loop runs: beaten by the driver, felt by whoever reports it to the outside.
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::setup::Setup;

/// The driver wakes several times a second; beyond this it is stuck.
const LOOP_MAX: Duration = Duration::from_secs(10);
/// What probes may be late beyond three of their longest rounds.
const PROBE_SLACK: Duration = Duration::from_secs(10);

/// How a running watcher is, as far as it can be told without asking it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// How long ago the loop came round; `None`: it has not begun.
    pub loop_age: Option<Duration>,
    /// How long ago a probe has ended; `None`: none has.
    pub probe_age: Option<Duration>,
    /// What is wrong, if anything: in words an operator uses.
    pub problem: Option<String>,
}

/// Shared between the driver and its handles.
#[derive(Clone, Debug)]
pub(crate) struct Pulse(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    /// Milliseconds after the start, plus one; 0: never.
    came_round: AtomicU64,
    probed: AtomicU64,
    /// How old the latest probe may be.
    probe_max: Duration,
    journal: Mutex<Option<String>>,
}

impl Pulse {
    pub(crate) fn new(setup: &Setup) -> Self {
        let checks = setup.services.iter().flat_map(|service| &service.policy().checks);
        let longest = checks.map(|check| check.interval + check.timeout).max();
        let probe_max = longest.unwrap_or_default() * 3 + PROBE_SLACK;
        Self(Arc::new(Inner {
            started: Instant::now(),
            came_round: AtomicU64::new(0),
            probed: AtomicU64::new(0),
            probe_max,
            journal: Mutex::new(None),
        }))
    }

    /// The loop has come round.
    pub(crate) fn beat(&self) {
        self.0.came_round.store(self.now(), Ordering::Relaxed);
    }

    /// A probe has ended.
    pub(crate) fn probed(&self) {
        self.0.probed.store(self.now(), Ordering::Relaxed);
    }

    /// Whether the journal can be written, or why not.
    pub(crate) fn journal(&self, problem: Option<String>) {
        *self.0.journal.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    pub(crate) fn health(&self) -> Health {
        let loop_age = self.age(&self.0.came_round);
        let probe_age = self.age(&self.0.probed);
        let journal = self.0.journal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let late = probe_age.unwrap_or_else(|| self.0.started.elapsed()) > self.0.probe_max;
        let problem = match loop_age {
            None => Some("the watcher has not begun".to_owned()),
            Some(age) if age > LOOP_MAX => {
                Some(format!("the watcher has been stuck for {} s", age.as_secs()))
            }
            Some(_) if journal.is_some() => journal,
            Some(_) if late => Some("no probe has ended for too long".to_owned()),
            Some(_) if probe_age.is_none() => Some("no probe has ended yet".to_owned()),
            Some(_) => None,
        };
        Health { loop_age, probe_age, problem }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    fn age(&self, of: &AtomicU64) -> Option<Duration> {
        match of.load(Ordering::Relaxed) {
            0 => None,
            at => Some(Duration::from_millis(self.now().saturating_sub(at))),
        }
    }
}
