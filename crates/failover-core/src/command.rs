//! What a human may ask for, and why it may be refused.
use crate::id::{MoveId, SiteId};
use crate::time::Timestamp;

/// Who asked: a login name, a token's name, or `schwenk` for the machine itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Actor(pub String);

impl Actor {
    /// The machine itself.
    pub fn machine() -> Self {
        Self("schwenk".to_owned())
    }
}

/// A command; obeyed or refused at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "do", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Command {
    /// Planned move while things are healthy; names from and to.
    SwitchOver {
        /// The site believed to be active; refused if it is another.
        from: SiteId,
        /// The site to move to; must be up.
        to: SiteId,
    },
    /// Move to a site not known to be up.
    Force {
        /// The site believed to be active; refused if it is another.
        from: SiteId,
        /// The site to move to.
        to: SiteId,
    },
    /// Move back to the preferred site that is up.
    FailBack,
    /// Automation may act.
    Arm,
    /// Automation may not act until `until`; watching goes on.
    Disarm {
        /// When it arms itself again; capped by the policy's longest pause.
        until: Timestamp,
    },
    /// Lift the latch after an automatic failover.
    Rearm,
    /// Take a site out of the choice.
    MaintenanceOn {
        /// Which site.
        site: SiteId,
        /// When it returns by itself; capped by the policy's longest pause.
        until: Timestamp,
    },
    /// Put a site back into the choice.
    MaintenanceOff {
        /// Which site.
        site: SiteId,
    },
    /// Give up the open move; what was published stays.
    Abandon {
        /// Which move.
        id: MoveId,
    },
    /// The operator has seen the alarm; reminders stop.
    Acknowledge,
    /// Publish the desired answer again at providers that drifted.
    Repair,
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "why", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Refusal {
    /// `from` is not the active site: the world has moved.
    Stale {
        /// The site that is active.
        active: Option<SiteId>,
    },
    /// No such site.
    UnknownSite,
    /// The site is active already.
    AlreadyActive,
    /// The target is not up; only a forced failover goes there.
    NotUp,
    /// The target is in maintenance.
    InMaintenance,
    /// A move is open.
    MoveOpen {
        /// Which.
        id: MoveId,
    },
    /// No such move is open.
    NoSuchMove,
    /// Nothing to do: it is so already.
    AlreadySo,
    /// This watcher does not lead.
    NotLeader,
    /// The journal cannot be written, so nothing may be changed.
    NoJournal,
    /// A pause must end in the future.
    NoExpiry,
    /// There is no better site to go back to.
    NothingBetter,
    /// The database at the target lags too far, or nobody knows how far.
    LagTooLarge,
}
