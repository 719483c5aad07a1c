//! The shape of a policy, as the journal records it.
use serde::Serialize;
use utoipa::ToSchema;

/// A span of time.
#[derive(Serialize, ToSchema)]
pub struct Duration {
    /// Whole seconds.
    pub secs: u64,
    /// The rest, in nanoseconds.
    pub nanos: u32,
}

/// One place that can serve the service.
#[derive(Serialize, ToSchema)]
pub struct SitePolicy {
    pub name: String,
    /// Whether compute resources must be started before it can serve.
    pub cold: bool,
}

/// How often and how patiently a site is probed.
#[derive(Serialize, ToSchema)]
pub struct CheckPolicy {
    pub name: String,
    /// From the start of one probe to the start of the next.
    pub interval: Duration,
    /// The same once something has failed.
    pub fast_interval: Duration,
    /// How long a probe may take.
    pub timeout: Duration,
}

/// One DNS provider.
#[derive(Serialize, ToSchema)]
pub struct ProviderPolicy {
    pub name: String,
    /// Whether its server checks the precondition of a write.
    pub guarded: bool,
}

/// How many failures make a check fail.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fall {
    /// This many in a row.
    InARow(u8),
    /// This many among the last `of`.
    Window { of: u8, failed: u8 },
}

/// Which of a site's checks must fail for the site to be down.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Require {
    Any,
    All,
    AtLeast(u8),
}

/// How long a service stays where an automatic failover has put it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Latch {
    UntilRearmed,
    For(Duration),
    Off,
}

/// Who moves a service back to a preferred site.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Failback {
    Manual,
    Auto {
        /// How long the preferred site must have been up.
        stable_for: Duration,
    },
}

/// What the RRset says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerMode {
    Active,
    AllUp,
}

/// What happens when no site is up.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnAllDown {
    Hold,
    AnswerAll,
}

/// What happens when a provider says something that was not published.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    Repair,
    Alert,
}

/// Whether the old site is stopped on a failover.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fence {
    Before,
    After,
    Never,
}

/// All settings of one service's decision; see the reference of the configuration file.
#[derive(Serialize, ToSchema)]
pub struct PolicySpec {
    pub service: String,
    /// Ordered by preference; other places refer to these by number.
    pub sites: Vec<SitePolicy>,
    pub vantages: Vec<String>,
    pub checks: Vec<CheckPolicy>,
    pub providers: Vec<ProviderPolicy>,
    pub fall: Fall,
    pub rise: u8,
    pub grey: u8,
    pub require: Require,
    pub quorum: u8,
    pub freshness: Duration,
    pub candidate_up_for: Duration,
    pub hold_down: Duration,
    pub moves_max: u8,
    pub moves_window: Duration,
    pub latch: Latch,
    pub failback: Failback,
    pub answer: AnswerMode,
    pub on_all_down: OnAllDown,
    pub complete_at: u8,
    pub drift: Drift,
    pub fence: Fence,
    pub lag_max: Option<Duration>,
    pub attempt_timeout: Duration,
    pub retry_min: Duration,
    pub retry_max: Duration,
    pub split_after: Duration,
    pub pause_max: Duration,
    pub tick_gap_max: Duration,
}
