//! A spawned task that ends with its owner.
use tokio::task::JoinHandle;

/// Aborted when dropped: a watcher that is dropped leaves nothing running.
#[derive(Debug)]
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(future))
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.0.is_finished()
    }

    /// Waits for its own end, but not for long.
    pub(crate) async fn ends_within(&mut self, patience: std::time::Duration) {
        let _ = tokio::time::timeout(patience, &mut self.0).await;
    }

    /// Returns when the task certainly does nothing any more.
    pub(crate) async fn stop(mut self) {
        self.0.abort();
        let _ = (&mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
