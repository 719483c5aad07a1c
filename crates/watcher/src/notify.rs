//! Telling people: a queue between the driver and whoever carries the news.
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use failover_core::EventRecord;
use tokio::sync::mpsc;

use crate::figures::{Counts, Told};

/// News that wait for a slow notifier; more are dropped, and said to be.
const WAITING_MAX: usize = 256;
/// How long one notification may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Carries an event to people. Called one event at a time, in order, away from the driver: a slow
/// notifier delays only later notifications.
#[async_trait]
pub trait Notifier: Debug + Send + Sync {
    /// Tells people of `record`. Ten seconds at most; then it is dropped and logged.
    async fn notify(&self, record: &EventRecord);
}

/// Tells nobody: what a watcher does without another notifier. Every event is written to the
/// `tracing` log anyway, as urgent as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogNotifier;

#[async_trait]
impl Notifier for LogNotifier {
    async fn notify(&self, record: &EventRecord) {
        let EventRecord { seq, service, text, .. } = record;
        tracing::debug!(seq, service, "nobody is told but the log: {text}");
    }
}

/// The driver's end of the queue; never waits.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    queue: mpsc::Sender<EventRecord>,
    counts: Arc<Counts>,
}

impl Outbox {
    /// The queue, and the task that empties it until the queue is dropped.
    pub(crate) fn new(
        notifier: Arc<dyn Notifier>,
        counts: Arc<Counts>,
    ) -> (Self, impl Future<Output = ()>) {
        let (queue, mut waiting) = mpsc::channel::<EventRecord>(WAITING_MAX);
        let counted = counts.clone();
        let deliver = async move {
            while let Some(record) = waiting.recv().await {
                let told = tokio::time::timeout(PATIENCE, notifier.notify(&record)).await;
                let outcome = if told.is_ok() { Told::Handed } else { Told::TimedOut };
                counted.told(record.severity, outcome);
                if told.is_err() {
                    tracing::warn!(
                        seq = record.seq,
                        "notification dropped: took over {PATIENCE:?}"
                    );
                }
            }
        };
        (Self { queue, counts }, deliver)
    }

    pub(crate) fn tell(&self, record: EventRecord) {
        let severity = record.severity;
        if let Err(error) = self.queue.try_send(record) {
            self.counts.told(severity, Told::Dropped);
            tracing::warn!("notification dropped: {error}");
        }
    }
}
