//! A provider whose temporary failures are tried again.
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_http::{Backoff, Call, Clock, Effect, Error, Failure, Retry, SystemClock};
use futures_util::future::BoxFuture;

use crate::change::{Change, ChangeSet, Outcome, Report, Ticket};
use crate::provider::{Capabilities, DnsProvider};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// Tries again whatever failed in a way that time may mend (`Retry::Later`, `Retry::After`), as
/// long as the deadline allows.
///
/// A change is tried again only when it certainly did not happen: an unknown outcome is handed to
/// the caller as it is, because only reading decides it, and so is a failed precondition.
#[derive(Clone, Debug)]
pub struct Retrying<P> {
    inner: P,
    backoff: Backoff,
    clock: Arc<dyn Clock>,
}

impl<P: DnsProvider> Retrying<P> {
    /// `inner` with the default back-off.
    pub fn new(inner: P) -> Self {
        Self { inner, backoff: Backoff::default(), clock: Arc::new(SystemClock) }
    }

    /// The same with another back-off.
    #[must_use]
    pub fn with_backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    async fn again<'a, T>(
        &self,
        limit: Instant,
        operation: impl Fn() -> BoxFuture<'a, Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        let mut retries = 0;
        loop {
            let error = match operation().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match self.pause(&error.failure, retries) {
                Some(pause) if self.wait(pause, limit).await => retries += 1,
                _ => return Err(error),
            }
        }
    }

    /// How long to wait before trying again, if at all.
    fn pause(&self, failure: &Failure, retries: u32) -> Option<Duration> {
        if retries + 1 >= self.backoff.attempts_max {
            return None;
        }
        match failure.retry {
            Retry::Later => Some(self.backoff.pause(retries)),
            // Everyone else was told the same moment.
            Retry::After(wait) => Some(wait.saturating_add(self.backoff.pause(0).min(wait))),
            _ => None,
        }
    }

    /// Waits; false, and at once, when that would be too late.
    async fn wait(&self, pause: Duration, limit: Instant) -> bool {
        match self.clock.now().checked_add(pause) {
            Some(at) if at < limit => {
                self.clock.sleep_until(at).await;
                true
            }
            _ => false,
        }
    }

    /// How long to wait before applying again what `report` says did not happen.
    fn pause_after(&self, report: &Report, call: Call, retries: u32) -> Option<Duration> {
        if call.dry_run {
            return None;
        }
        let failures = report.outcomes.iter().filter_map(|(_, outcome)| refusal(outcome));
        failures.filter_map(|failure| self.pause(failure, retries)).max()
    }
}

/// Why a change certainly did not happen.
fn refusal(outcome: &Outcome) -> Option<&Failure> {
    match outcome {
        Outcome::Refused(failure) if failure.effect == Effect::NotApplied => Some(failure),
        _ => None,
    }
}

/// Whether a change did not happen and may be sent again: refused for a time, or not tried because
/// of another one that was.
fn is_open(outcome: &Outcome) -> bool {
    let temporary = |failure: &Failure| matches!(failure.retry, Retry::Later | Retry::After(_));
    *outcome == Outcome::NotTried || refusal(outcome).is_some_and(temporary)
}

#[async_trait]
impl<P: DnsProvider> DnsProvider for Retrying<P> {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        self.again(call.deadline, || self.inner.zones(call)).await
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        self.again(call.deadline, || self.inner.rrsets(zone, call)).await
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        self.again(call.deadline, || self.inner.rrset(zone, key, call)).await
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        let limit = call.write_deadline();
        let mut report = self.again(limit, || self.inner.apply(set, call)).await?;
        let mut retries = 0;
        while let Some(pause) = self.pause_after(&report, call, retries) {
            if !self.wait(pause, limit).await {
                break;
            }
            let mut open = set.clone();
            open.changes = still_open(set, &report);
            // An error means that nothing was tried: what the report says still holds.
            if let Ok(again) = self.inner.apply(&open, call).await {
                merge(&mut report, again);
            }
            retries += 1;
        }
        Ok(report)
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        self.again(call.deadline, || self.inner.settle(ticket, call)).await
    }
}

fn still_open(set: &ChangeSet, report: &Report) -> Vec<Change> {
    let outcomes = report.outcomes.iter().map(|(_, outcome)| outcome);
    let changes = set.changes.iter().zip(outcomes);
    changes.filter(|(_, outcome)| is_open(outcome)).map(|(change, _)| change.clone()).collect()
}

/// Puts the outcomes of a second attempt in the place of those it tried again.
fn merge(done: &mut Report, again: Report) {
    for (key, outcome) in again.outcomes {
        if let Some((_, old)) = done.outcomes.iter_mut().find(|(known, _)| *known == key) {
            *old = outcome;
        }
    }
    done.pending.extend(again.pending);
}
