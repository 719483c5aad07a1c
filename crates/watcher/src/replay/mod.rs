//! Replays what a watcher was told: the same facts, the same decisions, the same digests.
//!
//! A journal holds, beside the events, segments of facts: each begins with a whole machine and goes
//! on with every fact that machine was given, and with its digest after it. [`Recording::replay`]
//! gives the facts to the machine again and compares at every step; [`Recording::what_if`] gives
//! them to another policy.
//!
//! A journal can be read while a watcher writes it. What is read is one moment's view of it.
mod difference;
mod follow;
mod incident;
mod what_if;

use std::path::Path;

use failover_core::{Event, Failover, MoveId, PolicySpec, Timestamp};

use crate::error::JournalError;
use crate::journal::{Recorded, SegmentRow};

pub use crate::facts::{Step, Why};
pub use difference::{Difference, What};
pub use failover_sim::replay::{Decision, Measured, Row, WhatIf};
pub use follow::{Followed, Link, Replay, Seen};
pub use incident::{Incident, NoIncident};

/// A journal as it is replayed; never written.
#[derive(Debug)]
pub struct Recording {
    journal: Recorded,
}

/// A row of facts without a gap, and the machine they were given to.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its number, over all services.
    pub number: u64,
    /// Whose facts.
    pub service: String,
    /// The version of the program that recorded it.
    pub version: String,
    /// Why it was begun.
    pub why: Why,
    /// The moment of its first fact.
    pub began: Timestamp,
    /// The moment of its latest fact.
    pub ended: Timestamp,
    /// How many facts it has.
    pub steps: u64,
    /// What facts and machine take in the journal.
    pub bytes: u64,
    /// Whether it was ended in order. If not, the watcher was killed, is still recording, or could
    /// not write: the latest facts, which led to nothing, may be missing.
    pub closed: bool,
    row: SegmentRow,
    /// The number of the latest event before the next segment.
    events_until: u64,
}

/// Which segments are wanted; all, if nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only those that end then or later.
    pub from: Option<Timestamp>,
    /// Only those that begin then or earlier.
    pub to: Option<Timestamp>,
    /// Only those of this move, and the one before them.
    pub moved: Option<MoveId>,
}

impl Recording {
    /// Opens a journal, of this version or an older one, to be read.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self { journal: Recorded::open(path)? })
    }

    /// The services of which something is recorded, by name.
    pub fn services(&self) -> Result<Vec<String>, JournalError> {
        let mut names = self.journal.services()?;
        names.extend(self.journal.segments()?.into_iter().map(|row| row.service));
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The wanted segments of `service`, oldest first.
    pub fn segments(&self, service: &str, wanted: &Wanted) -> Result<Vec<Segment>, JournalError> {
        let mut rows = self.journal.segments()?;
        rows.retain(|row| row.service == service);
        let next = rows.iter().skip(1).map(|row| row.seq).chain([u64::MAX]).collect::<Vec<_>>();
        let all = rows.into_iter().zip(next).map(|(row, events_until)| Segment {
            number: row.id,
            service: row.service.clone(),
            version: row.version.clone(),
            why: row.why,
            began: row.began,
            ended: row.ended,
            steps: row.steps,
            bytes: row.bytes,
            closed: row.closed,
            row,
            events_until,
        });
        let mut all: Vec<Segment> = all.collect();
        if let Some(id) = wanted.moved {
            all = self.around(&all, id)?;
        }
        all.retain(|segment| {
            wanted.from.is_none_or(|from| segment.ended >= from)
                && wanted.to.is_none_or(|to| segment.began <= to)
        });
        Ok(all)
    }

    /// How many events of `service` happened before the first fact of it that is still recorded,
    /// and when the first fact was.
    pub fn before_facts(&self, service: &str) -> Result<(u64, Option<Timestamp>), JournalError> {
        let rows = self.journal.segments()?;
        let first = rows.iter().find(|row| row.service == service);
        let until = first.map_or(u64::MAX, |row| row.seq);
        Ok((self.journal.count(service, until)?, first.map(|row| row.began)))
    }

    /// The policy at the beginning of a segment.
    pub fn policy(&self, segment: &Segment) -> Result<PolicySpec, JournalError> {
        let machine = self.checkpoint(segment)?;
        machine.map(|machine| machine.policy().spec().clone()).map_err(|message| JournalError::Io {
            path: self.journal.path().to_owned(),
            message: format!("segment {}: {message}", segment.number),
        })
    }

    /// The machine at the beginning of a segment, or why it cannot be read.
    fn checkpoint(&self, segment: &Segment) -> Result<Result<Failover, String>, JournalError> {
        let text = self.journal.checkpoint(segment.number)?;
        let text = text.ok_or("it was removed meanwhile".to_owned());
        Ok(text.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())))
    }

    /// The segments in which move `id` was under way, and the one before them.
    fn around(&self, all: &[Segment], id: MoveId) -> Result<Vec<Segment>, JournalError> {
        let mut first = None;
        let mut last = None;
        for (place, segment) in all.iter().enumerate() {
            let (after, until) = (segment.row.seq, segment.events_until);
            for record in self.journal.events(&segment.service, after, until)? {
                match record.event {
                    Event::MoveStarted { id: found, .. } if found == id => {
                        (first, last) = (Some(place), Some(place));
                    }
                    Event::MoveStarted { .. } => {}
                    Event::MoveCompleted { id: found } | Event::MoveAbandoned { id: found, .. }
                        if found == id && first.is_some() =>
                    {
                        last = Some(place);
                    }
                    _ => {}
                }
            }
        }
        let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
        Ok(all[first.saturating_sub(1)..=last].to_vec())
    }
}
