//! How many notifications went out, by channel and outcome: for metrics and the curious.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What one try, or the end of all tries, came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Taken by the channel.
    Delivered,
    /// Refused for good.
    Refused,
    /// Too old.
    GivenUp,
    /// A try that failed and is repeated.
    Retried,
}

impl Outcome {
    /// The word that stands in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
            Self::Retried => "retried",
        }
    }
}

/// What a channel has done since the watcher was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deliveries {
    /// The channel's name.
    pub channel: String,
    /// What sort of channel it is: `email`.
    pub kind: String,
    /// How often each outcome was.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// How many wait for their delivery.
    pub waiting: u64,
    /// Why the latest try failed; `None` while all is well.
    pub problem: Option<String>,
}

/// The counts of all channels; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeliveryCounts(Arc<Mutex<Vec<Deliveries>>>);

impl DeliveryCounts {
    pub(crate) fn new(channels: &[super::ChannelSpec]) -> Self {
        let each = channels.iter().map(|channel| Deliveries {
            channel: channel.name.clone(),
            kind: channel.channel.kind().to_owned(),
            ..Deliveries::default()
        });
        Self(Arc::new(Mutex::new(each.collect())))
    }

    /// Changes what is known of one channel.
    pub(super) fn of(&self, channel: &str, change: impl FnOnce(&mut Deliveries)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = all.iter_mut().find(|one| one.channel == channel) {
            change(one);
        }
    }

    pub(crate) fn all(&self) -> Vec<Deliveries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
