//! What watchers need of a store they share: leases, transactions, reading and watching.
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

/// A store that several watchers share, such as etcd.
///
/// The protocol between the watchers stands in this crate; a store only has to keep these promises:
///
/// - **One order.** All commits happen one after the other; each has a revision, and revisions rise.
/// - **Whole or not at all.** The writes of a commit happen together, and only if all conditions hold
///   at that moment.
/// - **Nothing old.** [`read`](Self::read) sees every commit that had ended before it began.
/// - **A lease ends by itself.** Not before its length has passed since it was granted or last
///   prolonged, as the store counts it, and then everything written under it is removed.
///
/// Dropping a future gives the request up; whether it happened is then as unknown as after an error
/// with [`maybe`](StoreError::maybe). No method may block.
#[async_trait]
pub trait Coordination: Debug + Send + Sync {
    /// What it is and where, for people: "etcd at 10.0.0.1:2379".
    fn name(&self) -> String;

    /// Grants a lease.
    async fn grant(&self, length: Duration) -> Result<LeaseId, StoreError>;

    /// Prolongs a lease to its whole length from now; `false`: it has ended.
    async fn prolong(&self, lease: LeaseId) -> Result<bool, StoreError>;

    /// Ends a lease; that it has ended already is no error.
    async fn end(&self, lease: LeaseId) -> Result<(), StoreError>;

    /// Writes all of `writes` if all of `conditions` hold.
    async fn commit(
        &self,
        conditions: &[Condition],
        writes: &[Write],
    ) -> Result<Committed, StoreError>;

    /// All entries whose keys begin with `prefix`, as they are at one moment.
    async fn read(&self, prefix: &str) -> Result<Reading, StoreError>;

    /// What changes among the keys that begin with `prefix`, after the revision `after`.
    async fn watch(&self, prefix: &str, after: u64) -> Result<Box<dyn Watching>, StoreError>;
}

/// Changes as they happen.
#[async_trait]
pub trait Watching: Debug + Send {
    /// Waits for the next changes, oldest first. After an error nothing more comes: read again and
    /// watch from there.
    async fn next(&mut self) -> Result<Vec<Change>, StoreError>;
}

/// A lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeaseId(pub i64);

/// What must hold for a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is no such key.
    Absent(String),
    /// The key was made by the commit of this revision.
    Created(String, u64),
    /// The key was last changed by the commit of this revision; 0: there is none.
    Changed(String, u64),
}

/// What a commit does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Puts a value under a key.
    Put {
        /// Where.
        key: String,
        /// What.
        value: Vec<u8>,
        /// With whose end it is removed; `None`: it stays.
        lease: Option<LeaseId>,
    },
    /// Removes a key, if it is there.
    Remove {
        /// Which.
        key: String,
    },
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It has happened, as this revision.
    Done(u64),
    /// A condition did not hold; nothing was written.
    Refused,
}

/// Entries at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The moment.
    pub revision: u64,
    /// The entries, by key.
    pub entries: Vec<Entry>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Vec<u8>,
    /// The revision that made it.
    pub created: u64,
    /// The revision that changed it last.
    pub changed: u64,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An entry is new or has a new value.
    Put(Entry),
    /// An entry was removed, or its lease has ended.
    Removed {
        /// Its key.
        key: String,
    },
}

/// Why a store did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    /// In words an operator uses, with the store's name.
    pub message: String,
    /// Whether it may have happened all the same.
    pub maybe: bool,
}

impl StoreError {
    /// An error after which nothing has happened.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { message: message.into(), maybe: false }
    }

    /// An error after which nobody knows.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self { message: message.into(), maybe: true }
    }
}

impl Reading {
    /// The entry under `key`.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Write {
    /// Puts a value that stays.
    pub fn put(key: impl Into<String>, value: Vec<u8>) -> Self {
        Self::Put { key: key.into(), value, lease: None }
    }

    /// Puts a value that is removed with a lease.
    pub fn under(key: impl Into<String>, value: Vec<u8>, lease: LeaseId) -> Self {
        Self::Put { key: key.into(), value, lease: Some(lease) }
    }

    /// Removes a key.
    pub fn remove(key: impl Into<String>) -> Self {
        Self::Remove { key: key.into() }
    }
}
