//! Several watchers that share a log and a lead: many eyes, one hand.
//!
//! Each watcher tells the others what it probes; one of them leads and decides. What it decides is in
//! the shared log before anybody acts on it, and the log takes it only from whoever leads. It is the
//! protocol that the simulator and the exhaustive model contain; `docs/decisions/cluster.md` says
//! where a real store makes a difference.
mod ears;
#[cfg(feature = "etcd")]
mod etcd;
mod keys;
mod lease;
mod ledger;
mod lone;
mod mail;
mod memory;
mod news;
mod pulse;
mod record;
mod seat;
mod store;
mod voice;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::clock::slept;
use keys::Keys;

pub(crate) use ears::{hear_commands, hear_leaders, hear_log, hear_reports};
#[cfg(feature = "etcd")]
pub use etcd::{EtcdCoordination, EtcdOptions};
pub(crate) use lease::Term;
pub(crate) use ledger::{Decision, Log, Undecided};
pub(crate) use lone::{Base, Judgement, LoneMove, Standing};
pub(crate) use mail::{answer, ask, take};
pub use memory::{MemoryConnection, MemoryCoordination, Way};
pub(crate) use news::{News, Said};
pub(crate) use pulse::Pulse;
pub(crate) use record::{Holder, MailAnswer, Probe, Report, SharedPower};
pub(crate) use seat::{Membership, Seat};
pub use store::{
    Change, Committed, Condition, Coordination, Entry, LeaseId, Reading, StoreError, Watching,
    Write,
};
pub(crate) use voice::{Facts as OwnFacts, Voice};

/// The shortest lease: below it, a slow disk of the store would be taken for its death.
const LEASE_MIN: Duration = Duration::from_millis(500);

/// With whom a watcher shares its lead and its log.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(crate) store: Arc<dyn Coordination>,
    pub(crate) prefix: String,
    pub(crate) lease: Duration,
}

impl Cluster {
    /// A group of watchers that share `store`, under the prefix `/schwenk` and with a lease of five
    /// seconds.
    pub fn new(store: Arc<dyn Coordination>) -> Self {
        Self { store, prefix: "/schwenk".to_owned(), lease: Duration::from_secs(5) }
    }

    /// What all keys begin with; watchers that share it belong together.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// How long the lead outlives its holder. A longer one forgives a slower store; a shorter one is
    /// passed on sooner. At least half a second.
    #[must_use]
    pub fn lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// What is wrong with it, if anything: which setting, and what would be right.
    pub(crate) fn problem(&self) -> Option<(&'static str, String)> {
        if self.lease < LEASE_MIN {
            return Some((
                "lease",
                format!("{:?} is too short; {LEASE_MIN:?} is least", self.lease),
            ));
        }
        let prefix = self.prefix.trim_end_matches('/');
        let fits = !prefix.is_empty() && prefix.chars().all(|c| c.is_ascii_graphic());
        (!fits).then(|| {
            let message = "it must be visible ASCII without spaces, such as /schwenk".to_owned();
            ("prefix", message)
        })
    }
}

/// One watcher's part in its group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) store: Arc<dyn Coordination>,
    pub(crate) keys: Keys,
    pub(crate) vantage: String,
    /// This process; a restarted one is another.
    pub(crate) instance: String,
    pub(crate) lease: Duration,
    /// Changes whenever the lead may have become free.
    pub(crate) calls: watch::Sender<()>,
    begun: (Instant, Duration),
}

impl Group {
    pub(crate) fn new(cluster: Cluster, vantage: &str) -> Self {
        Self {
            keys: Keys::under(&cluster.prefix),
            store: cluster.store,
            vantage: vantage.to_owned(),
            instance: random_id(),
            lease: cluster.lease,
            calls: watch::channel(()).0,
            begun: (Instant::now(), slept()),
        }
    }

    /// How much of a lease is counted on: the rest is for clocks that differ and for a last write on
    /// its way.
    pub(crate) fn counted(&self) -> Duration {
        self.lease - (self.lease / 10).max(Duration::from_millis(100))
    }

    /// Milliseconds since this watcher began at `moment`, what was slept through included.
    pub(crate) fn millis(&self, moment: Instant) -> u64 {
        let slept = slept().saturating_sub(self.begun.1);
        let since = moment.saturating_duration_since(self.begun.0) + slept;
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Enough randomness that no two are the same.
pub(crate) fn random_id() -> String {
    let half = || getrandom::u64().unwrap_or_else(|_| u64::from(std::process::id()));
    format!("{:016x}{:016x}", half(), half())
}
