//! Telling people: a queue between the driver and whoever carries the news.
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use failover_core::{EventRecord, Severity};
use tokio::sync::mpsc;

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

/// Writes notifications to the `tracing` log: what a watcher does without another notifier.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogNotifier;

#[async_trait]
impl Notifier for LogNotifier {
    async fn notify(&self, record: &EventRecord) {
        let EventRecord { seq, service, text, .. } = record;
        match record.severity {
            Severity::Info => tracing::info!(seq, %service, "{text}"),
            Severity::Warning => tracing::warn!(seq, %service, "{text}"),
            Severity::Critical => tracing::error!(seq, %service, "{text}"),
        }
    }
}

/// The driver's end of the queue; never waits.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(mpsc::Sender<EventRecord>);

impl Outbox {
    /// The queue, and the task that empties it until the queue is dropped.
    pub(crate) fn new(notifier: Arc<dyn Notifier>) -> (Self, impl Future<Output = ()>) {
        let (queue, mut waiting) = mpsc::channel::<EventRecord>(WAITING_MAX);
        let deliver = async move {
            while let Some(record) = waiting.recv().await {
                let told = tokio::time::timeout(PATIENCE, notifier.notify(&record)).await;
                if told.is_err() {
                    tracing::warn!(
                        seq = record.seq,
                        "notification dropped: took over {PATIENCE:?}"
                    );
                }
            }
        };
        (Self(queue), deliver)
    }

    pub(crate) fn tell(&self, record: EventRecord) {
        if let Err(error) = self.0.try_send(record) {
            tracing::warn!("notification dropped: {error}");
        }
    }
}
