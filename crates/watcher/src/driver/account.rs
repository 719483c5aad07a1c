//! What has happened is kept for the snapshot, counted, and written to the log.
use failover_core::{
    Event, EventRecord, Input, PolicySpec, ProviderId, Severity, SiteId, Timestamp, VantageId,
};

use super::Driver;
use super::service::Service;
use crate::figures::Counts;

impl Driver {
    /// An event that is durable, or cannot be for now.
    pub(super) fn remember(&mut self, service: usize, record: &EventRecord) {
        let policy = self.services[service].setup.policy();
        self.setup.counts.happened(service, policy, record);
        write_down(policy, record);
        self.recent.push_front(record.clone());
        self.recent.truncate(self.setup.options.recent);
    }

    /// An event that another watcher has decided; there it was counted and written to the log.
    pub(super) fn remember_of_others(&mut self, record: &EventRecord) {
        let EventRecord { seq, service, text, .. } = record;
        tracing::debug!(seq, service, "decided by another watcher: {text}");
        self.recent.push_front(record.clone());
        self.recent.truncate(self.setup.options.recent);
    }

    /// A move that was under way when the watcher was started counts when it ends.
    pub(super) fn takes_up_move(&self, service: usize) {
        let view = self.services[service].machine.view(self.started);
        if let Some(open) = view.open_move {
            self.setup.counts.goes_on(service, open.id, open.reason, open.since);
        }
    }

    /// How the journal stands, for the figures.
    pub(super) fn account_for_journal(&self) {
        let trouble = self.trouble.as_ref();
        let (backlog, lost) = trouble.map_or((0, 0), |trouble| (trouble.waiting(), trouble.lost));
        let losses = self.journal.losses();
        self.setup.counts.journal(trouble.is_none(), backlog, lost, losses);
    }
}

impl Service {
    /// Looks at what a machine is about to be told, at `now`, for what it says of this watcher and of
    /// the paths.
    pub(super) fn notices(&mut self, now: Timestamp, input: &Input, counts: &Counts, at: usize) {
        let gap_max = self.setup.policy().tick_gap_max;
        let gap = self.told.map(|told| now.since(told)).filter(|gap| *gap > gap_max);
        if let Some(gap) = gap {
            counts.slept(at, now, gap);
            let (service, gap_ms) = (self.setup.name(), gap.as_millis());
            tracing::warn!(
                service,
                gap_ms,
                "this watcher did nothing for {gap:?}; it looks again before it acts"
            );
        }
        self.told = self.told.max(Some(now));
        counts.heard(at, input);
        self.measure(now, input, gap.is_some());
    }
}

/// One line of the log, as urgent as the event, with the same fields for all events.
fn write_down(policy: &PolicySpec, record: &EventRecord) {
    let EventRecord { seq, service, text, .. } = record;
    let About { site, provider, vantage, moved, attempt } = About::of(&record.event);
    let site = site.and_then(|site| policy.sites.get(site.index())).map(|site| &*site.name);
    let provider = provider.and_then(|id| policy.providers.get(id.index())).map(|p| &*p.name);
    let vantage = vantage.and_then(|id| policy.vantages.get(id.index())).map(|name| &**name);
    macro_rules! write {
        ($level:ident) => {
            tracing::$level!(
                seq,
                service,
                site,
                provider,
                vantage,
                "move" = moved,
                attempt,
                "{text}"
            )
        };
    }
    match record.severity {
        Severity::Info => write!(info),
        Severity::Warning => write!(warn),
        Severity::Critical => write!(error),
    }
}

/// What an event is about.
#[derive(Default)]
struct About {
    site: Option<SiteId>,
    provider: Option<ProviderId>,
    vantage: Option<VantageId>,
    moved: Option<u64>,
    attempt: Option<u64>,
}

impl About {
    fn of(event: &Event) -> Self {
        let nothing = Self::default();
        match event {
            Event::VerdictChanged { site, .. }
            | Event::MaintenanceOn { site, .. }
            | Event::MaintenanceOff { site, .. }
            | Event::FenceStarted { site }
            | Event::FenceEnded { site, .. }
            | Event::StandbyStarting { site }
            | Event::StandbyStarted { site, .. } => Self { site: Some(*site), ..nothing },
            Event::MoveStarted { id, .. }
            | Event::MoveCompleted { id }
            | Event::MoveAbandoned { id, .. } => Self { moved: Some(id.0), ..nothing },
            Event::AttemptStarted { id, attempt, provider }
            | Event::AttemptEnded { id, attempt, provider, .. } => Self {
                moved: Some(id.0),
                attempt: Some(attempt.0),
                provider: Some(*provider),
                ..nothing
            },
            Event::Verified { id, provider }
            | Event::Healed { id, provider }
            | Event::Split { id, missing: provider } => {
                Self { moved: Some(id.0), provider: Some(*provider), ..nothing }
            }
            Event::DriftSeen { provider, .. } | Event::DriftGone { provider } => {
                Self { provider: Some(*provider), ..nothing }
            }
            Event::VantageIsolated { vantage } | Event::VantageBack { vantage } => {
                Self { vantage: Some(*vantage), ..nothing }
            }
            _ => nothing,
        }
    }
}
