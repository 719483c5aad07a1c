//! What the owner of a service wants: validated once, then never checked again.
use crate::digest::Digest;
use std::sync::Arc;
use std::time::Duration;

mod preset;
mod problem;
#[cfg(test)]
mod tests;
mod validate;

pub use preset::Preset;
pub use problem::{Counted, PolicyProblem, PolicyWrong};

/// One place that can serve the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SitePolicy {
    /// Its name.
    pub name: String,
    /// Whether compute resources must be started before it can serve.
    pub cold: bool,
}

/// How often and how patiently a site is probed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CheckPolicy {
    /// Its name.
    pub name: String,
    /// From the start of one probe to the start of the next.
    pub interval: Duration,
    /// The same once something has failed.
    pub fast_interval: Duration,
    /// How long a probe may take; may be longer than the interval, probes overlap.
    pub timeout: Duration,
}

/// One DNS provider that is authoritative for the service's zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProviderPolicy {
    /// Its name.
    pub name: String,
    /// Whether its server checks the precondition of a write.
    pub guarded: bool,
}

/// How many failures make a check fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Fall {
    /// This many in a row.
    InARow(u8),
    /// This many among the last `of`.
    Window {
        /// Size of the window, at most 64.
        of: u8,
        /// Failures in it.
        failed: u8,
    },
}

/// Which of a site's checks must fail for the site to be down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Require {
    /// One is enough.
    Any,
    /// Every one.
    All,
    /// At least this many.
    AtLeast(u8),
}

/// How long a service stays where an automatic failover has put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Latch {
    /// Until a human re-arms it.
    UntilRearmed,
    /// For this long.
    For(Duration),
    /// Not at all.
    Off,
}

/// Who moves a service back to a preferred site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Failback {
    /// A human.
    Manual,
    /// The machine, once the preferred site has been up for this long.
    Auto {
        /// How long.
        stable_for: Duration,
    },
}

/// What the RRset says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AnswerMode {
    /// The targets of the active site.
    Active,
    /// The targets of every site that is up.
    AllUp,
}

/// What happens when no site is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OnAllDown {
    /// Nothing is changed.
    Hold,
    /// All sites are published.
    AnswerAll,
}

/// What happens when a provider says something that was not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Drift {
    /// It is published again.
    Repair,
    /// People are told.
    Alert,
}

/// Whether the old site is stopped on a failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Fence {
    /// Before the new answer is published.
    Before,
    /// After it was published.
    After,
    /// Never.
    Never,
}

/// A policy as written; [`Policy::new`] validates it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PolicySpec {
    /// The service's name.
    pub service: String,
    /// Two or more, ordered by preference.
    pub sites: Vec<SitePolicy>,
    /// From where is probed.
    pub vantages: Vec<String>,
    /// The checks every vantage runs against every site.
    pub checks: Vec<CheckPolicy>,
    /// The DNS providers that are authoritative for the zone.
    pub providers: Vec<ProviderPolicy>,
    /// Failures that make a check fail.
    pub fall: Fall,
    /// Successes in a row that make it good again.
    pub rise: u8,
    /// Grey failure: this many failures, without `rise` successes in a row between them, also make
    /// a check fail (gdnsd's counter); 0 turns it off.
    pub grey: u8,
    /// Which checks must fail for a site to be down.
    pub require: Require,
    /// How many vantages must agree, on *down* and separately on *up*.
    pub quorum: u8,
    /// A vantage whose report is older counts as unknown.
    pub freshness: Duration,
    /// How long the target must have been up before an automatic move.
    pub candidate_up_for: Duration,
    /// Shortest time between two automatic moves.
    pub hold_down: Duration,
    /// Most automatic moves per `moves_window`.
    pub moves_max: u8,
    /// The window of `moves_max`.
    pub moves_window: Duration,
    /// How long to stay after an automatic failover.
    pub latch: Latch,
    /// Who moves back.
    pub failback: Failback,
    /// What the RRset says.
    pub answer: AnswerMode,
    /// What happens when no site is up.
    pub on_all_down: OnAllDown,
    /// How many providers must have accepted and verified a move for it to be complete.
    pub complete_at: u8,
    /// What happens on drift.
    pub drift: Drift,
    /// Whether the old site is stopped.
    pub fence: Fence,
    /// Largest lag of the target's database for an automatic move; `None`: no database to mind.
    pub lag_max: Option<Duration>,
    /// How long an attempt may go without receipt before it counts as unknown.
    pub attempt_timeout: Duration,
    /// First pause before a failed provider is tried again; doubles each time.
    pub retry_min: Duration,
    /// Longest such pause.
    pub retry_max: Duration,
    /// How long a provider may lag behind a move before people are told.
    pub split_after: Duration,
    /// Longest pause or maintenance a human can set.
    pub pause_max: Duration,
    /// A longer gap between two ticks means that this watcher was asleep and must not trust what it
    /// knew.
    pub tick_gap_max: Duration,
}

/// A validated policy. A clone shares the settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    spec: Arc<PolicySpec>,
    /// Of the settings, so that they are hashed once.
    digest: u64,
}

impl Policy {
    /// The settings.
    pub fn spec(&self) -> &PolicySpec {
        &self.spec
    }

    /// How far back a machine under this policy looks: what is longer ago is all the same to it.
    ///
    /// It is a millisecond more than its longest duration that looks back. What only ends in the
    /// future, such as a pause, is none of these.
    pub fn horizon(&self) -> Duration {
        let spec = self.spec();
        let stable_for = match spec.failback {
            Failback::Auto { stable_for } => stable_for,
            Failback::Manual => Duration::ZERO,
        };
        let longest = [
            // A report that is just fresh is compared with one that may be as old again.
            spec.freshness * 2,
            spec.candidate_up_for,
            stable_for,
            spec.hold_down,
            spec.moves_window,
            spec.attempt_timeout,
            spec.retry_max,
            spec.split_after,
        ];
        longest.into_iter().max().unwrap_or_default() + Duration::from_millis(1)
    }

    pub(crate) fn shared(&self) -> &Arc<PolicySpec> {
        &self.spec
    }

    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }

    /// Takes what was found valid.
    fn of(spec: PolicySpec) -> Self {
        Self { digest: Digest::of(&spec), spec: Arc::new(spec) }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Policy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spec.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Policy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(PolicySpec::deserialize(deserializer)?).map_err(|problems| {
            let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
            serde::de::Error::custom(texts.join("; "))
        })
    }
}
