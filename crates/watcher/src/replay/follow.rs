//! The same facts to the same machine, compared at every step.
use failover_core::{EventRecord, Failover, Output, State};

use super::{Difference, Recording, Segment, What};
use crate::error::JournalError;
use crate::facts::{Step, Why};

/// What a replay has shown.
#[derive(Debug, Default)]
pub struct Replay {
    /// The segments that were followed; the one with the difference is the last.
    pub segments: Vec<Followed>,
    /// The facts that were compared.
    pub steps: u64,
    /// What was recorded, oldest first.
    pub events: Vec<EventRecord>,
    /// The first difference; `None`: identical at every step.
    pub difference: Option<Difference>,
}

/// One segment that was followed.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Which.
    pub segment: Segment,
    /// How it hangs together with the one before it.
    pub link: Link,
}

/// How a segment hangs together with the one before it; each was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// There is none before it.
    First,
    /// It begins with the machine the one before ended with.
    Continued,
    /// A watcher was started. It begins with the state the one before ended with.
    Restarted {
        /// The watcher before was not ended in order; its latest facts, which led to nothing, may
        /// be missing.
        killed: bool,
    },
    /// Facts between the two are missing, lost or removed. It begins with the state the one before
    /// ended with, after the events in between.
    Gap {
        /// How many events that were.
        events: usize,
    },
}

/// One step of a replay, as it is taken.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// In which segment.
    pub segment: &'a Segment,
    /// The fact.
    pub step: &'a Step,
    /// The machine after it.
    pub machine: &'a Failover,
    /// What it asked for.
    pub outputs: &'a [Output],
}

impl<'a> Seen<'a> {
    /// The same step without its segment.
    pub(super) fn simulated(&self) -> failover_sim::replay::Seen<'a> {
        let Self { step, machine, outputs, .. } = *self;
        failover_sim::replay::Seen { now: step.now, fact: &step.fact, machine, outputs }
    }
}

/// What the segment before has left behind.
struct Before {
    machine: Failover,
    segment: u64,
    closed: bool,
    /// Events between its last fact and the next segment.
    rest: Vec<EventRecord>,
}

impl Recording {
    /// Replays segments of one service, oldest first, up to the first difference. `look` sees every
    /// step.
    pub fn replay(
        &self,
        segments: &[Segment],
        look: &mut dyn FnMut(Seen<'_>),
    ) -> Result<Replay, JournalError> {
        let mut replay = Replay::default();
        let mut before = None;
        for segment in segments {
            match self.follow(segment, before.as_ref(), &mut replay, look)? {
                Ok(end) => before = Some(end),
                Err(difference) => {
                    replay.difference = Some(*difference);
                    break;
                }
            }
        }
        Ok(replay)
    }

    fn follow(
        &self,
        segment: &Segment,
        before: Option<&Before>,
        replay: &mut Replay,
        look: &mut dyn FnMut(Seen<'_>),
    ) -> Result<Result<Before, Box<Difference>>, JournalError> {
        let differs = |what| Err(Box::new(segment.differs(what)));
        let mut machine = match self.checkpoint(segment)? {
            Ok(machine) => machine,
            Err(why) => return Ok(differs(What::Unreadable(why))),
        };
        let (recorded, replayed) = (segment.row.digest, machine.digest());
        let Some(link) = link(segment, &machine, before) else {
            return Ok(differs(What::Continuity));
        };
        replay.segments.push(Followed { segment: segment.clone(), link });
        if recorded != replayed {
            return Ok(differs(What::Checkpoint { recorded, replayed }));
        }
        let events =
            self.journal.events(&segment.service, segment.row.seq, segment.events_until)?;
        let mut events = events.into_iter().peekable();
        let (steps, broken) = self.journal.steps(&segment.row)?;
        for step in steps {
            let outputs = machine.step(step.now, step.fact.clone());
            let mut written = Vec::new();
            while let Some(event) =
                events.next_if(|event| belongs(event, &step, &outputs, written.len()))
            {
                written.push(event);
            }
            replay.steps += 1;
            if let Some(what) = compare(&step, &machine, &outputs, &written) {
                let recorded = if written.is_empty() {
                    events.next_if(|event| event.at == step.now).into_iter().collect()
                } else {
                    written
                };
                let difference =
                    Difference { recorded, replayed: outputs, ..segment.differs(what) };
                return Ok(Err(Box::new(Difference { step: Some(step), ..difference })));
            }
            look(Seen { segment, step: &step, machine: &machine, outputs: &outputs });
            replay.events.extend(written);
        }
        if let Some(why) = broken {
            return Ok(differs(What::Unreadable(why)));
        }
        let rest: Vec<EventRecord> = events.collect();
        Ok(Ok(Before { machine, segment: segment.number, closed: segment.closed, rest }))
    }
}

impl Segment {
    fn differs(&self, what: What) -> Difference {
        Difference {
            segment: self.number,
            version: self.version.clone(),
            step: None,
            what,
            recorded: Vec::new(),
            replayed: Vec::new(),
        }
    }
}

/// How `segment`, which begins with `machine`, follows what was before; `None`: not at all.
fn link(segment: &Segment, machine: &Failover, before: Option<&Before>) -> Option<Link> {
    let Some(before) = before else { return Some(Link::First) };
    if segment.why == Why::Next && segment.row.follows == before.segment {
        return (before.machine == *machine && before.rest.is_empty()).then_some(Link::Continued);
    }
    let mut state: State = before.machine.state().clone();
    for record in &before.rest {
        state.apply(record.at, &record.event);
    }
    if state != *machine.state() {
        return None;
    }
    let events = before.rest.len();
    let restarted = segment.why == Why::Start && events == 0;
    Some(if restarted { Link::Restarted { killed: !before.closed } } else { Link::Gap { events } })
}

/// Whether the next recorded event was recorded by this step.
fn belongs(event: &EventRecord, step: &Step, outputs: &[Output], taken: usize) -> bool {
    let records = outputs.iter().filter(|output| matches!(output, Output::Record(_))).count();
    event.at == step.now && taken < records
}

fn compare(
    step: &Step,
    machine: &Failover,
    outputs: &[Output],
    written: &[EventRecord],
) -> Option<What> {
    let (recorded, replayed) = (step.digest, machine.digest());
    if recorded != replayed {
        return Some(What::Digest { recorded, replayed });
    }
    let asked = outputs.iter().filter_map(|output| match output {
        Output::Record(event) => Some(event),
        _ => None,
    });
    let same = asked.eq(written.iter().map(|record| &record.event));
    (!same).then_some(What::Events)
}
