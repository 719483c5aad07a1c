//! One incident out of a journal: the facts around an event, and the machine they were given to.
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use failover_core::{Event, EventRecord, Failover, MoveId, Timestamp};
use failover_sim::replay::{Part, Told};

use super::{Recording, Segment, Wanted};
use crate::error::JournalError;
use crate::facts::{Step, Why};

/// What is shown before an incident begins and after it has ended.
const AROUND: Duration = Duration::from_secs(30);
/// An incident has at most this many facts; those of three vantages take 100 bytes each.
const MOST: usize = 12_000;
/// And at most this many before it begins.
const MOST_BEFORE: usize = 3_000;
/// So many events are searched for the beginning of a move, and for its end.
const SEARCHED: u64 = 2_000;

/// What a machine was told around an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// The event that was asked for.
    pub event: EventRecord,
    /// The move it belongs to, if it does.
    pub moved: Option<MoveId>,
    /// When the incident began: with the move, or with the event.
    pub began: Timestamp,
    /// When it ended; `None`: it has not, or that is not known.
    pub ended: Option<Timestamp>,
    /// Later facts are left out or missing: there are too many, or they cannot be read.
    pub cut: bool,
    /// The version of the program that recorded the first fact.
    pub version: String,
    /// The facts, oldest first; more than one part if the watcher was started meanwhile.
    pub parts: Vec<Part>,
}

/// Why there is no incident to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoIncident {
    /// The journal has no event of this number.
    UnknownEvent,
    /// Of the time around it no facts are recorded, or none any more.
    NoFacts,
    /// The facts before it lead to another machine now than they did.
    Differs(String),
}

impl fmt::Display for NoIncident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEvent => f.write_str("the journal has no event of this number"),
            Self::NoFacts => f.write_str(
                "no facts are recorded around this event: none were kept then, or their time is \
                 over",
            ),
            Self::Differs(why) => write!(f, "what was recorded does not replay: {why}"),
        }
    }
}

impl Recording {
    /// The facts around event `seq`: from half a minute before its move, or it, until half a minute
    /// after; bounded.
    pub fn incident(&self, seq: u64) -> Result<Result<Incident, NoIncident>, JournalError> {
        let Some(event) = self.journal.event(seq)? else {
            return Ok(Err(NoIncident::UnknownEvent));
        };
        let moved = moved(&event.event);
        let (began, ended) = match moved {
            Some(id) => self.span(&event, id)?,
            None => (event.at, Some(event.at)),
        };
        let from = Timestamp::from_millis(
            began.as_millis().saturating_sub(u64::try_from(AROUND.as_millis()).unwrap_or(0)),
        );
        let until = ended.map(|ended| ended.plus(AROUND));
        let wanted = Wanted { from: Some(from), to: until, moved: None };
        let mut taken = Taken { from, began, until, parts: Vec::new(), left: MOST, cut: false };
        let mut version = None;
        for segment in self.segments(&event.service, &wanted)? {
            match self.take(&segment, &mut taken)? {
                Ok(()) => version.get_or_insert(segment.version),
                Err(why) => return Ok(Err(why)),
            };
            if taken.cut {
                break;
            }
        }
        let there = |part: &Part| part.facts.iter().any(|told| told.now == began);
        if !taken.parts.iter().any(there) {
            return Ok(Err(NoIncident::NoFacts));
        }
        let (cut, parts, version) = (taken.cut, taken.parts, version.unwrap_or_default());
        Ok(Ok(Incident { event, moved, began, ended, cut, version, parts }))
    }

    /// When a move began, and when it ended.
    fn span(
        &self,
        event: &EventRecord,
        id: MoveId,
    ) -> Result<(Timestamp, Option<Timestamp>), JournalError> {
        let (service, seq) = (event.service.as_str(), event.seq);
        let before = self.journal.events(service, seq.saturating_sub(SEARCHED), seq)?;
        let begins = |e: &&EventRecord| matches!(e.event, Event::MoveStarted { id: found, .. } if found == id);
        let began = before.iter().rev().find(begins).map_or(event.at, |found| found.at);
        let after = self.journal.events(service, seq - 1, seq.saturating_add(SEARCHED))?;
        let ends = |e: &&EventRecord| {
            matches!(
                e.event,
                Event::MoveCompleted { id: found } | Event::MoveAbandoned { id: found, .. }
                if found == id
            )
        };
        Ok((began, after.iter().find(ends).map(|found| found.at)))
    }

    fn take(
        &self,
        segment: &Segment,
        taken: &mut Taken,
    ) -> Result<Result<(), NoIncident>, JournalError> {
        let machine = match self.checkpoint(segment)? {
            Ok(machine) => machine,
            Err(why) => return Ok(Err(NoIncident::Differs(why))),
        };
        let (steps, broken) = self.journal.steps(&segment.row)?;
        let taking = taken.segment(segment.why, machine, steps);
        // The latest segment may still be written.
        taken.cut |= broken.is_some();
        Ok(taking)
    }
}

/// What is taken so far, and what of the rest is wanted.
struct Taken {
    from: Timestamp,
    began: Timestamp,
    until: Option<Timestamp>,
    parts: Vec<Part>,
    left: usize,
    cut: bool,
}

impl Taken {
    fn segment(
        &mut self,
        why: Why,
        mut machine: Failover,
        steps: Vec<Step>,
    ) -> Result<(), NoIncident> {
        let mut facts: VecDeque<Told> = VecDeque::new();
        let mut skipped = false;
        for step in steps {
            if self.until.is_some_and(|until| step.now > until) {
                break;
            }
            if self.left == 0 {
                self.cut = true;
                break;
            }
            let early = step.now < self.from;
            facts.push_back(Told { now: step.now, fact: step.fact, digest: step.digest });
            self.left -= 1;
            let crowded = step.now < self.began && facts.len() > MOST_BEFORE;
            if (early || crowded)
                && let Some(told) = facts.pop_front()
            {
                skipped = true;
                self.left += 1;
                pass(&mut machine, told)?;
            }
        }
        // What follows the part before without a gap belongs to it.
        match self.parts.last_mut() {
            Some(part) if why == Why::Next && !skipped => part.facts.extend(facts),
            _ if facts.is_empty() => {}
            _ => {
                let started = why == Why::Start && !skipped;
                self.parts.push(Part { started, machine, facts: facts.into() });
            }
        }
        Ok(())
    }
}

/// Takes a machine beyond a fact that is not shown.
fn pass(machine: &mut Failover, told: Told) -> Result<(), NoIncident> {
    machine.step(told.now, told.fact);
    let now = machine.digest();
    if now == told.digest {
        return Ok(());
    }
    let message = format!("digest {now:016x}, recorded was {:016x}", told.digest);
    Err(NoIncident::Differs(message))
}

/// The move an event belongs to.
fn moved(event: &Event) -> Option<MoveId> {
    match event {
        Event::MoveStarted { id, .. }
        | Event::AttemptStarted { id, .. }
        | Event::AttemptEnded { id, .. }
        | Event::Verified { id, .. }
        | Event::MoveCompleted { id }
        | Event::MoveAbandoned { id, .. }
        | Event::Split { id, .. }
        | Event::Healed { id, .. } => Some(*id),
        _ => None,
    }
}
