//! What a machine was told, kept so that an incident can be replayed.
//!
//! A *segment* begins with a whole machine and goes on with every fact it was given. The driver's
//! [`Recorder`] collects them; the journal writes them in chunks.
mod code;
mod recorder;

use failover_core::{Input, Timestamp};

pub(crate) use code::decode;
pub(crate) use recorder::{Recorder, Undo};

/// The version of the form in which facts are written; a reader knows one.
pub(crate) const FORM: i64 = 1;

/// One fact as a machine was given it, and what the machine was afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place in the segment, counted from 0.
    pub number: u64,
    /// The moment the machine was told.
    pub now: Timestamp,
    /// The fact.
    pub fact: Input,
    /// The machine's digest after the step.
    pub digest: u64,
}

/// Some facts of one segment on their way to the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) segment: u64,
    pub(crate) service: String,
    /// Set in a segment's first chunk.
    pub(crate) begin: Option<Begin>,
    /// The number of the first fact in it.
    pub(crate) first: u64,
    pub(crate) count: u64,
    /// When the machine was told the first and the last of them.
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) bytes: Vec<u8>,
    /// Something happened in it for which the segment is kept longer.
    pub(crate) notable: bool,
    /// Nothing follows in this segment, and nothing of it is missing.
    pub(crate) end: bool,
}

/// Where a segment begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begin {
    /// The machine before the first fact, as JSON.
    pub(crate) checkpoint: String,
    /// Its digest.
    pub(crate) digest: u64,
    /// The number of the latest event before it, over all services.
    pub(crate) seq: u64,
    pub(crate) why: Why,
    /// The segment that ends here, or 0.
    pub(crate) follows: u64,
}

/// Why a segment was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A watcher started.
    Start,
    /// The one before had become long; nothing lies between them.
    Next,
    /// Facts before it could not be written.
    Loss,
}

impl Why {
    /// The word that stands in the journal.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Next => "next",
            Self::Loss => "loss",
        }
    }

    pub(crate) fn of(word: &str) -> Self {
        match word {
            "start" => Self::Start,
            "next" => Self::Next,
            _ => Self::Loss,
        }
    }
}
