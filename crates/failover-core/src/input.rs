//! Facts: all that the machine can be told.
use crate::command::{Actor, Command};
use crate::id::{AttemptId, CheckId, ProviderId, SiteId, SiteSet, VantageId};
use crate::time::Timestamp;
use std::time::Duration;

/// One fact from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Input {
    /// Time has passed; see [`Failover::deadline`](crate::Failover::deadline).
    Tick,
    /// A probe ended.
    Probed {
        /// From where.
        vantage: VantageId,
        /// Of which site.
        site: SiteId,
        /// With which check.
        check: CheckId,
        /// Whether the check was met.
        ok: bool,
        /// When the probe was *started*; overlapping probes may end out of order.
        at: Timestamp,
    },
    /// What became of a [`Publish`](crate::Output::Publish).
    Receipt {
        /// Which attempt.
        attempt: AttemptId,
        /// At which provider.
        provider: ProviderId,
        /// What became of it.
        receipt: Receipt,
    },
    /// What a provider's name servers answer, seen together: the worst of them.
    ///
    /// What was asked before the latest receipt from this provider is not to be passed on: it is
    /// about the answer before.
    Answered {
        /// Whose name servers.
        provider: ProviderId,
        /// What they say.
        answer: Answer,
    },
    /// What the provider's API says is stored (drift check, and read-back after `Unknown`).
    ///
    /// As with `Answered`, a read that began before the latest receipt, or before the latest
    /// [`ReadBack`](crate::Output::ReadBack), is not to be passed on.
    Stored {
        /// At which provider.
        provider: ProviderId,
        /// What is stored.
        answer: Answer,
    },
    /// A fence ended.
    Fenced {
        /// Which site was to be stopped.
        site: SiteId,
        /// Whether it certainly cannot serve any more.
        ok: bool,
    },
    /// The start of a cold standby ended.
    Started {
        /// Which site.
        site: SiteId,
        /// Whether its resources run.
        ok: bool,
    },
    /// This watcher leads until `until` under `epoch`.
    Leadership {
        /// Rises with every change of leader.
        epoch: u64,
        /// End of the lease.
        until: Timestamp,
    },
    /// This watcher does not lead any more.
    LeadershipLost,
    /// A human or a program with the operator's rights commands something.
    Operator {
        /// Who.
        who: Actor,
        /// What.
        command: Command,
    },
    /// A vantage can, or cannot, reach its own reference anchors.
    Isolated {
        /// Which vantage.
        vantage: VantageId,
        /// Whether it is cut off.
        isolated: bool,
    },
    /// How far the replicated database behind a site lags; `None`: not known. It counts until the
    /// next one, so that who can no longer tell has to say `None`.
    Lag {
        /// Which site.
        site: SiteId,
        /// How far it lags.
        lag: Option<Duration>,
    },
    /// Whether the journal can be written. Without it nothing outside may be changed.
    Journal {
        /// Whether it can.
        writable: bool,
    },
}

/// What became of one attempt to publish.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Receipt {
    /// The provider has accepted and finished the change.
    Applied,
    /// It was so already.
    AlreadySo,
    /// Nothing changed, and why.
    Refused {
        /// In words an operator uses.
        message: String,
        /// Whether the precondition failed because somebody else wrote meanwhile.
        changed: bool,
    },
    /// It may or may not have happened; a read-back decides.
    Unknown {
        /// In words an operator uses.
        message: String,
    },
}

/// What an RRset says, translated into sites.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Answer {
    /// Exactly the targets of these sites.
    Sites(SiteSet),
    /// Something else: other addresses, another TTL, nothing at all.
    Foreign {
        /// What it says instead.
        text: String,
    },
    /// No answer (name server or API unreachable).
    Silent {
        /// Why.
        text: String,
    },
}
