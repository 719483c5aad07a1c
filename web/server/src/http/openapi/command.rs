//! The shapes of commands and refusals.
use serde::Serialize;
use utoipa::ToSchema;

/// What a human may ask for; `do` says what.
#[derive(Serialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Planned move while things are healthy.
    SwitchOver {
        /// The site believed to be active; refused if it is another.
        from: u8,
        /// The site to move to; must be up.
        to: u8,
    },
    /// Move to a site not known to be up.
    Force {
        /// The site believed to be active; refused if it is another.
        from: u8,
        /// The site to move to.
        to: u8,
    },
    /// Move back to the preferred site that is up.
    FailBack,
    /// Automation may act.
    Arm,
    /// Automation may not act until then.
    Disarm {
        /// When it arms itself again.
        until: u64,
    },
    /// Lift the latch after an automatic failover.
    Rearm,
    /// Take a site out of the choice.
    MaintenanceOn {
        /// Which site.
        site: u8,
        /// When it returns by itself.
        until: u64,
    },
    /// Put a site back into the choice.
    MaintenanceOff {
        /// Which site.
        site: u8,
    },
    /// Give up the open move; what was published stays.
    Abandon {
        /// Which move.
        id: u64,
    },
    /// The operator has seen the alarm.
    Acknowledge,
    /// Publish the desired answer again at providers that drifted.
    Repair,
}

/// A command, and who is to obey it.
#[derive(Serialize, ToSchema)]
pub struct Order {
    #[serde(flatten)]
    command: Command,
    /// For `force` at one of several watchers whose shared store is away: this one alone moves the
    /// service, and the others are told when the store is back. Refused (`not_alone`) while it is
    /// reached.
    #[schema(default = false)]
    alone: Option<bool>,
}

/// Why a command was refused; `why` says it.
#[derive(Serialize, ToSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// `from` is not the active site.
    Stale {
        /// The site that is active.
        active: Option<u8>,
    },
    /// No such site.
    UnknownSite,
    /// The site is active already.
    AlreadyActive,
    /// The target is not up.
    NotUp,
    /// The target is in maintenance.
    InMaintenance,
    /// A move is open.
    MoveOpen {
        /// Which.
        id: u64,
    },
    /// No such move is open.
    NoSuchMove,
    /// It is so already.
    AlreadySo,
    /// This watcher does not lead.
    NotLeader,
    /// The journal cannot be written.
    NoJournal,
    /// A pause must end in the future.
    NoExpiry,
    /// There is no better site to go back to.
    NothingBetter,
    /// The database at the target lags too far, or nobody knows how far.
    LagTooLarge,
}
