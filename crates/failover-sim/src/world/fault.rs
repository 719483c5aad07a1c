//! What may go wrong, and go right again: all that a story can do to a world.
use std::time::Duration;

use failover_core::{CheckId, ProviderId, SiteId, SiteSet, VantageId};

/// Something that is done to a world.
///
/// It lasts until the same thing is set otherwise; what has a time of its own ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// How a site answers one check, or all.
    Site {
        /// Which site.
        site: SiteId,
        /// Which check; `None`: all.
        check: Option<CheckId>,
        /// How it answers.
        serves: Serves,
    },
    /// How far a site's database lags; `None`: nobody knows.
    Lag {
        /// Which site.
        site: SiteId,
        /// How far.
        lag: Option<Duration>,
    },
    /// What compute does when asked to stop or start a site.
    Compute(Compute),
    /// Something about a vantage.
    Vantage {
        /// Which.
        vantage: VantageId,
        /// What.
        trouble: VantageTrouble,
    },
    /// Vantages of this group lose probes together: all of them at the same moments.
    Group {
        /// Which.
        group: u8,
        /// How many of a thousand.
        per_mille: u16,
    },
    /// Something about a provider.
    Provider {
        /// Which.
        provider: ProviderId,
        /// What.
        trouble: ProviderTrouble,
    },
    /// Somebody else changes what a provider stores.
    Foreign {
        /// Where.
        provider: ProviderId,
        /// To what.
        content: Foreign,
    },
    /// Something about a watcher.
    Watcher {
        /// Which, counted from 0.
        watcher: u8,
        /// What.
        trouble: WatcherTrouble,
    },
    /// How the journal takes writes.
    Journal(Disk),
    /// A human commands something, of the watcher that leads.
    Operator(Order),
    /// Everything that was set by a fault is as in the beginning again: sites serve, and what is
    /// dead returns. A watcher that is stopped or suspended goes on when its time has come.
    Calm,
}

/// How a site answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Serves {
    /// Well.
    #[default]
    Well,
    /// It refuses.
    Refuses,
    /// Not at all.
    Silent,
    /// So many of a thousand probes fail.
    Partly(u16),
}

/// What compute does when asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compute {
    /// What it is asked for.
    #[default]
    Works,
    /// Nothing, and it says so.
    Fails,
    /// Nothing, and it says nothing.
    Silent,
}

/// What may be wrong with a vantage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VantageTrouble {
    /// It loses so many of a thousand probes.
    Loses(u16),
    /// Its reports take this much longer to get to the watchers.
    Delays(Duration),
    /// It, and the watcher beside it, has no network, or has one again.
    Cut(bool),
    /// Its reports arrive nowhere, or do again.
    Mute(bool),
    /// It sees a site as up or as down, whatever is so; `None`: as it is.
    Sees(SiteId, Option<bool>),
    /// Its clock jumps by so many milliseconds.
    Jumps(i64),
    /// Its clock is fast by so many parts per million.
    Drifts(i32),
    /// It does nothing for a while.
    Sleeps(Duration),
}

/// What may be wrong with a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProviderTrouble {
    /// So many of a thousand requests end in an error and change nothing.
    Errs(u16),
    /// The answers to so many of a thousand are lost; half of these changes happen.
    Doubts(u16),
    /// So many of a thousand requests wait for this long before they are served.
    Stalls(u16, Duration),
    /// Every request takes this long.
    Delays(Duration),
    /// The API gives no answer at all, or does again.
    Down(bool),
    /// The slowest name server has a new answer after this long.
    Publishes(Duration),
    /// The name servers give no answer, or do again.
    Silent(bool),
}

/// What somebody else has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Foreign {
    /// The targets of these sites.
    Sites(SiteSet),
    /// Addresses of no site.
    Other,
    /// Nothing: the record is gone.
    Nothing,
}

/// What may be wrong with a watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WatcherTrouble {
    /// Its process dies, at once or before it carries out one more output than `after`, and is
    /// started again after `down`.
    Crashes {
        /// Outputs that are still carried out.
        after: Option<u16>,
        /// How long it is gone.
        down: Duration,
    },
    /// Its process is stopped for a while; what arrives meanwhile waits.
    Stops(Duration),
    /// Its machine is suspended for a while; what arrives meanwhile is lost. Its clock must be one
    /// that counts on: one that stands still would let it go on with what it saw before.
    Suspended(Duration),
    /// It cannot reach the lease, or can again.
    Parted(bool),
    /// Its clock is fast by so many parts per million.
    Drifts(i32),
}

/// How the journal takes writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Disk {
    /// As it should.
    #[default]
    Works,
    /// Not at all.
    Broken,
    /// So slowly.
    Slow(Duration),
}

/// What a human commands; see [`Command`](failover_core::Command).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// Planned move.
    Switch(SiteId, SiteId),
    /// Move to a site not known to be up.
    Force(SiteId, SiteId),
    /// Back to the preferred site that is up.
    FailBack,
    /// Automation may act.
    Arm,
    /// It may not, for so long.
    Disarm(Duration),
    /// The latch is lifted.
    Rearm,
    /// A site is taken out for so long.
    Maintain(SiteId, Duration),
    /// And put back.
    Return(SiteId),
    /// The open move is given up.
    Abandon,
    /// The alarm was seen.
    Acknowledge,
    /// The desired answer is published again.
    Repair,
}
