//! The store of several watchers on etcd.
//!
//! One member is asked at a time, and the next one as soon as it does not answer: a balancer would
//! go on asking a member that has stopped.
mod connect;
mod watching;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use etcd_client::{Client, Compare, CompareOp, Error, GetOptions, PutOptions, Txn, TxnOp};

use super::store::{
    Committed, Condition, Coordination, Entry, LeaseId, Reading, StoreError, Watching, Write,
};
pub use connect::EtcdOptions;
use connect::Members;

/// gRPC's codes for an argument that is wrong, something that is not there, a right that lacks, a
/// state that forbids it, and a login that failed.
const REFUSALS: [i32; 5] = [3, NOT_FOUND, 7, 9, 16];
const NOT_FOUND: i32 = 5;

/// etcd, versions 3.4 and later.
#[derive(Clone, Debug)]
pub struct EtcdCoordination(Arc<Members>);

impl EtcdCoordination {
    /// Contacts nobody yet; says what cannot be right.
    pub fn new(options: EtcdOptions) -> Result<Self, String> {
        Ok(Self(Arc::new(Members::new(options)?)))
    }

    /// Asks each member in turn, and says what each answers: its version, or what is wrong.
    pub async fn examine(&self) -> Vec<(String, Result<String, String>)> {
        self.0.examine().await
    }

    /// Asks the present member, and the next one after a failure that another could do better.
    async fn ask<T>(
        &self,
        what: &str,
        maybe: bool,
        asking: impl AsyncFnOnce(Client) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        let patience = self.0.patience();
        let (client, member) = self.0.client().await.map_err(StoreError::refused)?;
        let failed = |why: String| {
            let text = format!("etcd at {}: {what}: {why}", self.0.endpoint(member));
            if maybe { StoreError::unknown(text) } else { StoreError::refused(text) }
        };
        match tokio::time::timeout(patience, asking(client)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                if another_may_do_better(&error) {
                    self.0.leave(member);
                }
                if is_certain(&error) {
                    return Err(StoreError::refused(failed(words(&error)).message));
                }
                Err(failed(words(&error)))
            }
            Err(_) => {
                self.0.leave(member);
                Err(failed(format!("no answer in {}", failover_core::span(patience))))
            }
        }
    }
}

#[async_trait]
impl Coordination for EtcdCoordination {
    fn name(&self) -> String {
        format!("etcd at {}", self.0.all())
    }

    async fn grant(&self, length: Duration) -> Result<LeaseId, StoreError> {
        // etcd counts in seconds, and may give more than it was asked for.
        let seconds = i64::try_from(length.as_millis().div_ceil(1000)).unwrap_or(i64::MAX);
        let grant = async |mut client: Client| client.lease_grant(seconds, None).await;
        let granted = self.ask("grant a lease", false, grant).await?;
        Ok(LeaseId(granted.id()))
    }

    async fn prolong(&self, lease: LeaseId) -> Result<bool, StoreError> {
        let prolong = async |mut client: Client| match client.lease_keep_alive(lease.0).await {
            Ok(_) => Ok(true),
            // What the client says of a lease that has no time left.
            Err(Error::LeaseKeepAliveError(text)) if text == "lease not found" => Ok(false),
            Err(error) => Err(error),
        };
        self.ask("prolong the lease", false, prolong).await
    }

    async fn end(&self, lease: LeaseId) -> Result<(), StoreError> {
        let end = async |mut client: Client| match client.lease_revoke(lease.0).await {
            Err(error) if code(&error) == Some(NOT_FOUND) => Ok(()),
            other => other.map(drop),
        };
        self.ask("end the lease", true, end).await
    }

    async fn commit(
        &self,
        conditions: &[Condition],
        writes: &[Write],
    ) -> Result<Committed, StoreError> {
        let compares: Vec<Compare> = conditions.iter().map(compare).collect();
        let writes: Vec<TxnOp> = writes.iter().map(operation).collect();
        let txn = Txn::new().when(compares).and_then(writes);
        let answer = self.ask("commit", true, async |mut client: Client| client.txn(txn).await);
        let answer = answer.await?;
        if !answer.succeeded() {
            return Ok(Committed::Refused);
        }
        Ok(Committed::Done(answer.header().map_or(0, |header| number(header.revision()))))
    }

    async fn read(&self, prefix: &str) -> Result<Reading, StoreError> {
        let read = async |mut client: Client| {
            client.get(prefix, Some(GetOptions::new().with_prefix())).await
        };
        let answer = self.ask("read", false, read).await?;
        let revision = answer.header().map_or(0, |header| number(header.revision()));
        let entries = answer.kvs().iter().filter_map(entry).collect();
        Ok(Reading { revision, entries })
    }

    async fn watch(&self, prefix: &str, after: u64) -> Result<Box<dyn Watching>, StoreError> {
        let watching = watching::begin(&self.0, prefix, after).await?;
        Ok(Box::new(watching))
    }
}

fn compare(condition: &Condition) -> Compare {
    let equal = CompareOp::Equal;
    match condition {
        Condition::Absent(key) => Compare::create_revision(key.as_str(), equal, 0),
        Condition::Created(key, at) => Compare::create_revision(key.as_str(), equal, signed(*at)),
        Condition::Changed(key, at) => Compare::mod_revision(key.as_str(), equal, signed(*at)),
    }
}

fn operation(write: &Write) -> TxnOp {
    match write {
        Write::Put { key, value, lease } => {
            let options = lease.map(|lease| PutOptions::new().with_lease(lease.0));
            TxnOp::put(key.as_str(), value.as_slice(), options)
        }
        Write::Remove { key } => TxnOp::delete(key.as_str(), None),
    }
}

/// A key that is not text is none of ours.
fn entry(found: &etcd_client::KeyValue) -> Option<Entry> {
    Some(Entry {
        key: found.key_str().ok()?.to_owned(),
        value: found.value().to_vec(),
        created: number(found.create_revision()),
        changed: number(found.mod_revision()),
    })
}

/// Whether another member could answer; a refusal all of them would repeat.
fn another_may_do_better(error: &Error) -> bool {
    !is_certain(error)
}

/// Whether nothing has happened for certain: the cluster itself has refused it.
fn is_certain(error: &Error) -> bool {
    code(error).is_some_and(|code| REFUSALS.contains(&code))
}

fn code(error: &Error) -> Option<i32> {
    let Error::GRpcStatus(status) = error else { return None };
    Some(status.code().into())
}

/// What went wrong, without what gRPC wraps around it.
fn words(error: &Error) -> String {
    match error {
        Error::GRpcStatus(status) => {
            let mut text = status.message().to_owned();
            if text.is_empty() {
                text = status.code().description().to_owned();
            }
            let mut source = std::error::Error::source(status);
            while let Some(cause) = source {
                let more = cause.to_string();
                if !text.contains(&more) {
                    text += &format!(": {more}");
                }
                source = cause.source();
            }
            text
        }
        other => other.to_string(),
    }
}

/// Revisions are never negative.
fn number(revision: i64) -> u64 {
    u64::try_from(revision).unwrap_or(0)
}

fn signed(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}
