//! Where a replay goes another way than what was recorded.
use std::fmt;

use failover_core::{Event, EventRecord, Output};

use crate::facts::Step;

/// The first place where replay and recording differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// In which segment.
    pub segment: u64,
    /// The version of the program that recorded it.
    pub version: String,
    /// At which fact; `None`: before the first or after the last.
    pub step: Option<Step>,
    /// What differs.
    pub what: What,
    /// The events recorded for this step.
    pub recorded: Vec<EventRecord>,
    /// What the machine asks for now.
    pub replayed: Vec<Output>,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The segment, or a part of it, cannot be read.
    Unreadable(String),
    /// The machine that was written down has another digest now.
    Checkpoint {
        /// The digest when it was written.
        recorded: u64,
        /// The digest now.
        replayed: u64,
    },
    /// The segment does not begin with what the one before ended with.
    Continuity,
    /// The machine is another one after the step.
    Digest {
        /// The digest when it was recorded.
        recorded: u64,
        /// The digest now.
        replayed: u64,
    },
    /// The machine is the same, and other events were recorded.
    Events,
}

impl Difference {
    /// The events the machine asks to record now.
    pub fn replayed_events(&self) -> impl Iterator<Item = &Event> {
        self.replayed.iter().filter_map(|output| match output {
            Output::Record(event) => Some(event),
            _ => None,
        })
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "it cannot be read: {why}"),
            Self::Checkpoint { recorded, replayed } => write!(
                f,
                "the machine it begins with has digest {replayed:016x}, recorded was {recorded:016x}"
            ),
            Self::Continuity => {
                f.write_str("it does not begin with the machine the segment before ended with")
            }
            Self::Digest { recorded, replayed } => {
                write!(f, "digest {replayed:016x}, recorded was {recorded:016x}")
            }
            Self::Events => f.write_str("other events than were recorded"),
        }
    }
}
