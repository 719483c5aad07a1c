//! Intervals and limits of the shell; what decides stands in each service's policy.
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::journal::Retention;
use crate::resolvers::ResolverCheck;

/// Intervals and limits of the watcher. `Options::default()` suits a production set-up.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often stored RRsets and name servers are compared with what was published. Each round
    /// is shifted at random by up to a fifth.
    pub drift_interval: Duration,
    /// How often every name server is asked for the snapshot's sake.
    pub observe_interval: Duration,
    /// First pause between two questions to a name server that does not answer the new sites yet;
    /// grows by half each time.
    pub verify_first: Duration,
    /// Longest such pause.
    pub verify_max: Duration,
    /// How long one question to a name server may take.
    pub query_timeout: Duration,
    /// How long a verification waits for name servers that do not answer at all while all others
    /// answer the new sites. A server that was silent before the move is not waited for.
    pub silent_patience: Duration,
    /// How long an open move may go on after shutdown was asked for.
    pub grace: Duration,
    /// Probes kept per series in the snapshot.
    pub samples: usize,
    /// Events kept in the snapshot.
    pub recent: usize,
    /// A snapshot is published at least this often.
    pub snapshot_interval: Duration,
    /// How often the bound is reckoned that follows from what was measured of the paths; it may take
    /// a moment of one processor.
    pub reckon_interval: Duration,
    /// Addresses that always answer when this vantage has a network: TCP is tried, and an accepted
    /// or a refused connection both count. If none answers, the vantage is isolated and its probes
    /// count for nothing. Empty: never isolated.
    pub anchors: Vec<SocketAddr>,
    /// How often the anchors are tried, and how long one try may take.
    pub anchor_interval: Duration,
    /// The journal never grows beyond this many bytes; when it is full, nothing is changed any
    /// more until there is room again. `None`: as large as the disk.
    pub journal_max_bytes: Option<u64>,
    /// How long the facts that were given to the machines are kept, for a replay.
    pub retention: Retention,
    /// How long one try to turn a site's servers on or off may take; it is tried again until it is so.
    pub power_timeout: Duration,
    /// How long the active site must have been up without a doubt before a standby that was started
    /// on suspicion is turned off again.
    pub rest_after: Duration,
    /// The most starts of one site's standby within `starts_window`; flapping must not cost more.
    pub starts_max: usize,
    /// The window of `starts_max`.
    pub starts_window: Duration,
    /// Who is asked after a move how far the world has followed; nobody by default.
    pub resolvers: ResolverCheck,
    /// Told of every step between a decision and its effect. For crash tests and drills; `None` in
    /// production.
    pub checkpoint: Option<Arc<dyn Checkpoint>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            drift_interval: Duration::from_secs(30),
            observe_interval: Duration::from_secs(10),
            verify_first: Duration::from_millis(50),
            verify_max: Duration::from_secs(1),
            query_timeout: Duration::from_secs(1),
            silent_patience: Duration::from_secs(3),
            grace: Duration::from_secs(4),
            samples: 120,
            recent: 50,
            snapshot_interval: Duration::from_millis(500),
            reckon_interval: Duration::from_secs(60),
            anchors: Vec::new(),
            anchor_interval: Duration::from_secs(1),
            journal_max_bytes: None,
            retention: Retention::default(),
            power_timeout: Duration::from_secs(300),
            rest_after: Duration::from_secs(1800),
            starts_max: 3,
            starts_window: Duration::from_secs(3600),
            resolvers: ResolverCheck::default(),
            checkpoint: None,
        }
    }
}

/// Watches the watcher: each named step waits until this returns.
///
/// A test that returns never has stopped the watcher at exactly that step and can kill it there.
/// The steps, in the order of a move:
///
/// | step | what has happened | what has not |
/// |---|---|---|
/// | `decided` | the machine has stepped | nothing is durable |
/// | `recorded` | the events and the state are in the journal | no effect was started |
/// | `publishing` | an attempt begins | the provider knows of nothing |
/// | `read` | the present RRsets were read | no change was sent |
/// | `applied` | the provider has answered | nobody has waited for its operation |
/// | `settled` | the operation has ended | the machine has no receipt |
/// | `powering` | a change of power is in the journal | its cloud was not asked |
/// | `powered` | the servers are as they shall be | the machine does not know |
/// | `verified` | all name servers answer the new sites | the machine does not know |
/// | `handing` | a move made alone is over here, and the journal knows | the group was not told |
/// | `handed` | the group was told | the journal does not know |
#[async_trait]
pub trait Checkpoint: fmt::Debug + Send + Sync {
    /// `step` was reached for `service`; the watcher goes on when this returns.
    async fn reached(&self, service: &str, step: &str);
}

impl Options {
    pub(crate) async fn reached(&self, service: &str, step: &str) {
        if let Some(checkpoint) = &self.checkpoint {
            checkpoint.reached(service, step).await;
        }
    }
}
