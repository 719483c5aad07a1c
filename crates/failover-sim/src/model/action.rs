//! What may happen in a closed world, one thing at a time.
use std::fmt;

use failover_core::{ProviderId, SiteId, SiteSet, VantageId};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Time passes, in milliseconds.
    Pass(u16),
    /// A vantage reports on every site.
    Report(VantageId),
    /// A watcher looks at what a provider stores and answers.
    Look(Who, ProviderId),
    /// A site dies or comes back.
    Flip(SiteId),
    /// A vantage will say this from now on, whatever it sees; `None`: the truth.
    Lie(VantageId, Option<SiteSet>),
    /// A vantage falls silent, or speaks again.
    Mute(VantageId, bool),
    /// A vantage is cut off from everything, or no more.
    Isolate(VantageId, bool),
    /// A provider's API goes down, or comes back.
    Outage(ProviderId, bool),
    /// A write on its way ends like this.
    End(u8, Fate),
    /// A receipt comes a second time.
    Echo(u8),
    /// Somebody else writes; the empty set stands for something foreign.
    Foreign(ProviderId, SiteSet),
    /// Compute has ended a job, well or not.
    Job(u8, bool),
    /// The next output is carried out.
    Continue(Who),
    /// The process dies before the next output.
    Crash(Who),
    /// It starts again; its clock may have been set back.
    Restart(Who, bool),
    /// An operator commands something.
    Order(Who, Order),
    /// The lag of a site's database changes.
    Lag(SiteId, Lag),
    /// The watcher's machine is suspended, or resumed.
    Sleep(Who, bool),
    /// The journal cannot be written, or can again.
    Journal(bool),
    /// A watcher takes or prolongs the lease.
    Lead(Who),
}

/// Which watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Who(pub u8);

impl Who {
    /// Its place.
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// How a write on its way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It lands if the provider lets it; the watcher is told.
    Arrives,
    /// The same, and the receipt will come a second time.
    ArrivesTwice,
    /// The provider refuses it.
    Refused,
    /// It lands; its answer is lost.
    AnswerLost,
    /// The watcher is told that nobody knows; it lands later, or never.
    Delayed,
    /// Nothing is ever heard of it; it lands later, or never.
    Hangs,
}

/// A command of an operator, in a form that fits every moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Lift the latch.
    Rearm,
    /// Arm.
    Arm,
    /// Disarm for two seconds.
    Disarm,
    /// Take a site out of the choice for two seconds.
    MaintenanceOn(SiteId),
    /// Put it back.
    MaintenanceOff(SiteId),
    /// From the first site to the second.
    SwitchOver(SiteId, SiteId),
    /// The same without asking whether it is up.
    Force(SiteId, SiteId),
    /// To the better site.
    FailBack,
    /// Give up the open move.
    Abandon,
    /// Give up the move before it.
    AbandonOlder,
    /// Publish again where something drifted.
    Repair,
    /// The alarm was seen.
    Acknowledge,
}

/// How far a database lags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lag {
    /// Nobody knows.
    Unknown,
    /// Not at all.
    None,
    /// More than the policy allows.
    TooLarge,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Pass(millis) => write!(f, "{millis} ms pass"),
            Self::Report(vantage) => write!(f, "vantage {} reports", vantage.0),
            Self::Look(who, provider) => write!(f, "{who} looks at provider {}", provider.0),
            Self::Flip(site) => write!(f, "site {} dies or comes back", site.0),
            Self::Lie(vantage, None) => write!(f, "vantage {} tells the truth again", vantage.0),
            Self::Lie(vantage, Some(up)) => {
                write!(f, "vantage {} says from now on that {} up", vantage.0, sites(up, "is"))
            }
            Self::Mute(vantage, true) => write!(f, "vantage {} falls silent", vantage.0),
            Self::Mute(vantage, false) => write!(f, "vantage {} speaks again", vantage.0),
            Self::Isolate(vantage, true) => write!(f, "vantage {} is cut off", vantage.0),
            Self::Isolate(vantage, false) => write!(f, "vantage {} is back", vantage.0),
            Self::Outage(provider, true) => write!(f, "provider {} goes down", provider.0),
            Self::Outage(provider, false) => write!(f, "provider {} comes back", provider.0),
            Self::End(place, fate) => write!(f, "write {place} on its way: {fate:?}"),
            Self::Echo(place) => write!(f, "receipt {place} comes a second time"),
            Self::Foreign(provider, what) => {
                write!(f, "somebody makes provider {} store {}", provider.0, sites(what, ""))
            }
            Self::Job(place, ok) => {
                write!(f, "compute ends job {place} {}", if ok { "well" } else { "in failure" })
            }
            Self::Continue(who) => write!(f, "{who} carries out its next output"),
            Self::Crash(who) => write!(f, "{who} dies"),
            Self::Restart(who, false) => write!(f, "{who} starts again"),
            Self::Restart(who, true) => write!(f, "{who} starts again, its clock set back"),
            Self::Order(who, order) => write!(f, "{who} is commanded {order:?}"),
            Self::Lag(site, lag) => write!(f, "lag of site {}: {lag:?}", site.0),
            Self::Sleep(who, true) => write!(f, "{who} is suspended"),
            Self::Sleep(who, false) => write!(f, "{who} is resumed"),
            Self::Journal(true) => write!(f, "the journal can be written again"),
            Self::Journal(false) => write!(f, "the journal cannot be written"),
            Self::Lead(who) => write!(f, "{who} takes or prolongs the lease"),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "watcher {}", self.0)
    }
}

fn sites(set: SiteSet, verb: &str) -> String {
    let list: Vec<String> = set.iter().map(|site| site.0.to_string()).collect();
    let list = if list.is_empty() { "none".to_owned() } else { list.join(" and ") };
    let verb = if list.contains("and") { "are" } else { verb };
    format!("{list} {verb}").trim_end().to_owned()
}
