//! Counting: the watcher's tasks write here, whoever exports reads a copy.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use failover_core::{EventRecord, Input, MoveId, MoveKind, PolicySpec, Severity, Timestamp};
use health::{Outcome, Problem};

use super::follow::{Open, service};
use super::words::{probe_word, tag, word_of};
use super::{Figures, Gaps, Histogram, JournalFigures, Leadership, ProbeFigures, Told};
use crate::probe::Row;
use crate::setup::ServiceSetup;

/// The figures as they grow. Nobody holds the lock for longer than it takes to add a number.
#[derive(Debug)]
pub(crate) struct Counts {
    journal: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    figures: Figures,
    services: Vec<Open>,
    /// When the write under way began.
    writing: Option<Instant>,
}

impl Counts {
    pub(crate) fn new(services: &[Arc<ServiceSetup>], rows: &[Vec<Row>], journal: &Path) -> Self {
        let each = services.iter().zip(rows).map(|(setup, rows)| service(setup, rows));
        let journal_figures = JournalFigures {
            commits: 0,
            failures: 0,
            commit_seconds: Histogram::fast(),
            writable: true,
            backlog: 0,
            lost: 0,
            pending: None,
            facts_lost: 0,
            bytes: None,
        };
        let figures = Figures {
            services: each.collect(),
            journal: journal_figures,
            notifications: BTreeMap::new(),
            probes_dropped: 0,
        };
        let services = vec![Open::default(); services.len()];
        let inner = Mutex::new(Inner { figures, services, writing: None });
        Self { journal: journal.to_owned(), inner }
    }

    /// A copy of everything; looks at the size of the journal's files.
    pub(crate) fn figures(&self) -> Figures {
        let bytes = self.bytes();
        let inner = self.inner();
        let mut figures = inner.figures.clone();
        figures.journal.pending = inner.writing.map(|since| since.elapsed());
        figures.journal.bytes = bytes;
        figures
    }

    pub(crate) fn probed(&self, service: usize, row: usize, outcome: &Outcome) {
        let mut inner = self.inner();
        let Some(probes) = inner.row(service, row) else { return };
        *probes.outcomes.entry(probe_word(outcome)).or_default() += 1;
        let answered = !matches!(
            outcome.problem,
            Some(Problem::TimedOut { .. } | Problem::NotRun { .. } | Problem::Unreachable { .. })
        );
        if answered {
            probes.seconds.take(outcome.elapsed);
        }
    }

    pub(crate) fn probe_dropped(&self) {
        self.inner().figures.probes_dropped += 1;
    }

    pub(crate) fn told(&self, severity: Severity, told: Told) {
        *self.inner().figures.notifications.entry((severity, told)).or_default() += 1;
    }

    /// A move that was under way when the watcher was started.
    pub(crate) fn goes_on(&self, service: usize, id: MoveId, kind: MoveKind, at: Timestamp) {
        if let Some(open) = self.inner().services.get_mut(service) {
            open.moving = Some((id, word_of(&kind), at));
        }
    }

    /// An event that is durable.
    pub(crate) fn happened(&self, service: usize, policy: &PolicySpec, record: &EventRecord) {
        let mut inner = self.inner();
        let Inner { figures, services, .. } = &mut *inner;
        let (Some(figures), Some(open)) =
            (figures.services.get_mut(service), services.get_mut(service))
        else {
            return;
        };
        let kind = tag(&record.event, "kind");
        *figures.events.entry((record.severity, kind)).or_default() += 1;
        figures.follow(open, policy, record);
    }

    /// What a machine was told that says something about this watcher.
    pub(crate) fn heard(&self, service: usize, input: &Input) {
        let mut inner = self.inner();
        let Some(figures) = inner.figures.services.get_mut(service) else { return };
        let leadership = &mut figures.leadership;
        match input {
            Input::Leadership { epoch, .. } => {
                *leadership = Leadership { leads: true, epoch: leadership.epoch.max(*epoch) };
            }
            Input::LeadershipLost => leadership.leads = false,
            _ => {}
        }
    }

    pub(crate) fn commanded(&self, service: usize, refused: bool) {
        if let Some(figures) = self.inner().figures.services.get_mut(service) {
            figures.commands[usize::from(refused)] += 1;
        }
    }

    pub(crate) fn slept(&self, service: usize, until: Timestamp, gap: Duration) {
        if let Some(figures) = self.inner().figures.services.get_mut(service) {
            let Gaps { count, total, latest } = &mut figures.gaps;
            *count += 1;
            *total += gap;
            *latest = Some((until, gap));
        }
    }

    pub(crate) fn writes(&self) {
        self.inner().writing = Some(Instant::now());
    }

    pub(crate) fn written(&self, ok: bool) {
        let mut inner = self.inner();
        let took = inner.writing.take().map(|since| since.elapsed());
        let journal = &mut inner.figures.journal;
        if !ok {
            journal.failures += 1;
            return;
        }
        journal.commits += 1;
        if let Some(took) = took {
            journal.commit_seconds.take(took);
        }
    }

    /// How the journal stands.
    pub(crate) fn journal(&self, writable: bool, backlog: usize, lost: u64, facts_lost: u64) {
        let mut inner = self.inner();
        let journal = &mut inner.figures.journal;
        journal.writable = writable;
        journal.backlog = backlog as u64;
        journal.lost = journal.lost.max(lost);
        journal.facts_lost = facts_lost;
    }

    fn bytes(&self) -> Option<u64> {
        let file = std::fs::metadata(&self.journal).ok()?.len();
        let mut log = self.journal.clone().into_os_string();
        log.push("-wal");
        let log = std::fs::metadata(log).map_or(0, |log| log.len());
        Some(file + log)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn row(&mut self, service: usize, row: usize) -> Option<&mut ProbeFigures> {
        self.figures.services.get_mut(service)?.probes.get_mut(row)
    }
}
