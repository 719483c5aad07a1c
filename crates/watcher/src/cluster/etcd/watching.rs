//! Changes in etcd, as they are told on one connection.
use std::sync::Arc;

use async_trait::async_trait;
use etcd_client::{EventType, WatchOptions, WatchStream};
use tokio::sync::watch;

use super::connect::Members;
use super::{entry, signed, words};
use crate::cluster::store::{Change, StoreError, Watching};

/// One stream of changes.
pub(super) struct EtcdWatching {
    stream: WatchStream,
    /// Changes when another member is asked: this one's connection is not trusted any more.
    members: watch::Receiver<u64>,
    endpoint: String,
}

impl std::fmt::Debug for EtcdWatching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EtcdWatching").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

pub(super) async fn begin(
    members: &Arc<Members>,
    prefix: &str,
    after: u64,
) -> Result<EtcdWatching, StoreError> {
    let changes = members.changes();
    let (mut client, member) = members.client().await.map_err(StoreError::refused)?;
    let options = WatchOptions::new().with_prefix().with_start_revision(signed(after + 1));
    let endpoint = members.endpoint(member).to_owned();
    let failed = |why: String| StoreError::refused(format!("etcd at {endpoint}: watch: {why}"));
    let begun = tokio::time::timeout(members.patience(), client.watch(prefix, Some(options))).await;
    match begun {
        Ok(Ok(stream)) => Ok(EtcdWatching { stream, members: changes, endpoint }),
        Ok(Err(error)) => {
            members.leave(member);
            Err(failed(words(&error)))
        }
        Err(_) => {
            members.leave(member);
            Err(failed(format!("no answer in {}", failover_core::span(members.patience()))))
        }
    }
}

#[async_trait]
impl Watching for EtcdWatching {
    async fn next(&mut self) -> Result<Vec<Change>, StoreError> {
        let failed =
            |why: String| StoreError::refused(format!("etcd at {}: watch: {why}", self.endpoint));
        loop {
            let message = tokio::select! {
                message = self.stream.message() => message,
                _ = self.members.changed() => {
                    return Err(failed("another member is asked from now on".to_owned()));
                }
            };
            let response = message.map_err(|error| failed(words(&error)))?;
            let Some(response) = response else { return Err(failed("it has ended".to_owned())) };
            if response.canceled() {
                let why = response.cancel_reason().to_owned();
                let compacted = response.compact_revision() > 0;
                return Err(failed(if compacted {
                    "the revision is gone".to_owned()
                } else {
                    why
                }));
            }
            let changes: Vec<Change> = response.events().iter().filter_map(change).collect();
            if !changes.is_empty() {
                return Ok(changes);
            }
        }
    }
}

fn change(event: &etcd_client::Event) -> Option<Change> {
    let found = entry(event.kv()?)?;
    Some(match event.event_type() {
        EventType::Put => Change::Put(found),
        EventType::Delete => Change::Removed { key: found.key },
    })
}
