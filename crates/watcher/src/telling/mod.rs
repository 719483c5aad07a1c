//! Telling people: what lasts, who is told of it, and what has become of each message.
//!
//! The driver's [`Desk`] turns events and alerts into conditions and messages, without waiting for
//! anybody. Each channel has a [`Courier`], a task with a queue of its own: a slow or broken channel
//! delays neither the driver nor another channel. What is told is in the journal before it is sent,
//! and stays there until it is delivered or given up.
mod count;
mod courier;
mod desk;
#[cfg(test)]
mod tests;
mod topic;

use std::sync::Arc;
use std::time::Duration;

use failover_core::{Severity, Timestamp};
use notify::{Channel, Kind};

pub(crate) use count::DeliveryCounts;
pub use count::{Deliveries, Outcome};
pub(crate) use courier::{About, Courier, Sender};
pub(crate) use desk::Desk;

/// A way to reach people, and what they are told by it.
#[derive(Clone, Debug)]
pub struct ChannelSpec {
    /// The name it has in the log and the journal; unique.
    pub name: String,
    /// The way.
    pub channel: Arc<dyn Channel>,
    /// Nothing less urgent is told. Default: warnings.
    pub least: Severity,
    /// Only these services, and the watcher as a whole; `None`: all.
    pub services: Option<Vec<String>>,
    /// Nobody shall be woken, as far as the channel can do that.
    pub quiet: bool,
    /// How often people are reminded of what lasts; `None`: never.
    pub remind_every: Option<Duration>,
    /// How long one try may take.
    pub timeout: Duration,
    /// How old a message may become before it is given up.
    pub give_up_after: Duration,
}

impl ChannelSpec {
    /// `channel`, called `name`: warnings and worse of all services, reminders every four hours,
    /// 15 s for each try, given up after a day.
    pub fn new(name: impl Into<String>, channel: Arc<dyn Channel>) -> Self {
        Self {
            name: name.into(),
            channel,
            least: Severity::Warning,
            services: None,
            quiet: false,
            remind_every: Some(Duration::from_secs(4 * 3600)),
            timeout: Duration::from_secs(15),
            give_up_after: Duration::from_secs(86_400),
        }
    }

    /// Whether people are told by it of something this urgent.
    fn wants(&self, severity: Severity, service: Option<&str>) -> bool {
        let known = |of: &str| {
            self.services.as_ref().is_none_or(|services| services.iter().any(|one| one == of))
        };
        severity >= self.least && service.is_none_or(known)
    }
}

/// What has become of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// It is still to be delivered.
    Waiting,
    /// It was taken.
    Delivered,
    /// The channel will never take it.
    Refused,
    /// It became too old.
    GivenUp,
}

impl Delivery {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::Refused, Self::GivenUp];

    /// The word that stands in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
        }
    }
}

/// One message to one channel, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its place in the journal, counted from 1 over all channels.
    pub id: u64,
    /// The name it has outside: the same in every try.
    pub uid: String,
    /// When it was written.
    pub at: Timestamp,
    /// The channel's name.
    pub channel: String,
    /// What it is about.
    pub key: String,
    /// What it says of that.
    pub kind: Kind,
    /// How urgent it is.
    pub severity: Severity,
    /// The service it concerns; `None`: the watcher as a whole.
    pub service: Option<String>,
    /// What people read.
    pub text: String,
    /// Since when the condition lasts.
    pub since: Option<Timestamp>,
    /// Tries so far.
    pub attempts: u32,
    /// What has become of it.
    pub delivery: Delivery,
    /// When that was certain.
    pub ended: Option<Timestamp>,
    /// Why the latest try did not deliver it.
    pub problem: Option<String>,
}

/// Which notifications are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this channel.
    pub channel: Option<String>,
    /// Only those of which this has become.
    pub delivery: Option<Delivery>,
}

/// Something that lasts and that people have been told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) key: String,
    pub(crate) severity: Severity,
    /// The worst it has been: who was told then is told of its end.
    pub(crate) peak: Severity,
    pub(crate) service: Option<String>,
    pub(crate) text: String,
    pub(crate) since: Timestamp,
    /// Somebody has seen it: no reminders any more.
    pub(crate) acknowledged: bool,
}

/// What changes with a step, to be written with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) notifications: Vec<Notification>,
    pub(crate) begun: Vec<Condition>,
    /// Keys of what is over. Written before what has begun.
    pub(crate) over: Vec<String>,
}

impl News {
    pub(crate) fn is_empty(&self) -> bool {
        self.notifications.is_empty() && self.begun.is_empty() && self.over.is_empty()
    }

    /// Adds what has happened later.
    pub(crate) fn merge(&mut self, later: Self) {
        self.begun.retain(|begun| !later.over.contains(&begun.key));
        self.over.extend(later.over);
        self.begun.extend(later.begun);
        self.notifications.extend(later.notifications);
    }
}
