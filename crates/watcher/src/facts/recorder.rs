//! Collects what one machine is told, until the journal takes it.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use failover_core::{Failover, Input, Timestamp};

use super::{Begin, Chunk, Why, code};

/// A segment ends after this long, so that old ones can go without the young.
const LENGTH: Duration = Duration::from_secs(600);
/// Or with this many bytes, also when a move is open for very long.
const BYTES_MAX: usize = 4 << 20;
/// What may wait for a journal that cannot be written; beyond it, facts are given up.
const WAITING_MAX: usize = 1 << 20;

/// The facts of one service that the journal has not taken yet.
#[derive(Debug)]
pub(crate) struct Recorder {
    service: String,
    /// The numbers of segments, over all services.
    segments: Arc<AtomicU64>,
    why: Why,
    /// The segment that has just ended, or 0.
    ended: u64,
    segment: Option<Segment>,
    /// Ends of segments that wait.
    ready: Vec<Chunk>,
    chunk: Option<Chunk>,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    number: u64,
    begun: Timestamp,
    /// The moment of its latest fact.
    latest: Timestamp,
    facts: u64,
    bytes: usize,
}

/// What brings a recorder back to before its latest fact.
#[derive(Debug)]
pub(crate) struct Undo {
    segment: Option<Segment>,
    length: usize,
    count: u64,
    until: Timestamp,
    notable: bool,
}

impl Recorder {
    /// A recorder for a watcher that has just started. `segments` counts the segments.
    pub(crate) fn new(service: &str, segments: Arc<AtomicU64>) -> Self {
        let service = service.to_owned();
        let (segment, ready, chunk) = (None, Vec::new(), None);
        Self { service, segments, why: Why::Start, ended: 0, segment, ready, chunk }
    }

    /// Takes one fact: `before` is the machine it was given to, `after` the machine that came of
    /// it, `seq` the number of the latest event before it.
    pub(crate) fn note(
        &mut self,
        now: Timestamp,
        fact: &Input,
        before: &Failover,
        after: &Failover,
        seq: u64,
    ) -> Option<Undo> {
        if self.segment.is_some_and(|segment| segment.is_long(now, before)) {
            self.finish();
        }
        if self.waiting() > WAITING_MAX {
            self.lose();
        }
        if self.segment.is_none() && !self.begin(now, before, seq) {
            return None;
        }
        let segment = self.segment.as_mut()?;
        let chunk = self.chunk.get_or_insert_with(|| Chunk {
            segment: segment.number,
            service: self.service.clone(),
            begin: None,
            first: segment.facts,
            count: 0,
            from: now,
            until: now,
            bytes: Vec::new(),
            notable: false,
            end: false,
        });
        let (length, count) = (chunk.bytes.len(), chunk.count);
        let (until, notable) = (chunk.until, chunk.notable);
        let undo = Undo { segment: Some(*segment), length, count, until, notable };
        let earlier = if count == 0 { chunk.from } else { segment.latest };
        if let Err(error) = code::encode(&mut chunk.bytes, earlier, now, fact, after.digest()) {
            tracing::error!("service {}: a fact is not recorded: {error}", self.service);
            self.lose();
            return None;
        }
        (chunk.count, chunk.until) = (count + 1, now);
        segment.bytes += chunk.bytes.len() - length;
        (segment.latest, segment.facts) = (now, segment.facts + 1);
        Some(undo)
    }

    /// The latest fact brought something for which the segment is to be kept.
    pub(crate) fn mark(&mut self) {
        if let Some(chunk) = &mut self.chunk {
            chunk.notable = true;
        }
    }

    /// What the journal is to take.
    pub(crate) fn take(&mut self) -> Vec<Chunk> {
        let mut chunks = std::mem::take(&mut self.ready);
        chunks.extend(self.chunk.take());
        chunks
    }

    /// The same for the last time: the watcher ends in order.
    pub(crate) fn take_last(&mut self) -> Vec<Chunk> {
        self.finish();
        self.take()
    }

    /// The journal did not take it; nothing was noted meanwhile.
    pub(crate) fn put_back(&mut self, mut chunks: Vec<Chunk>) {
        let open = |chunk: &mut Chunk| !chunk.end;
        self.chunk = chunks.pop_if(open);
        self.ready = chunks;
    }

    /// The latest fact was not: the machine was put back to before it.
    pub(crate) fn undo(&mut self, undo: Undo) {
        if let Some(chunk) = &mut self.chunk {
            chunk.bytes.truncate(undo.length);
            (chunk.count, chunk.until, chunk.notable) = (undo.count, undo.until, undo.notable);
            self.segment = undo.segment;
        }
    }

    /// What follows is told to another machine: what was recorded so far ends here in order.
    pub(crate) fn interrupt(&mut self) {
        if self.segment.is_some() {
            self.finish();
            (self.why, self.ended) = (Why::Loss, 0);
        }
    }

    /// Facts are missing: what comes next is a segment of its own.
    pub(crate) fn lose(&mut self) {
        // Before anything was recorded, nothing is lost.
        if self.segment.is_some() || !self.ready.is_empty() || self.why == Why::Next {
            (self.why, self.ended) = (Why::Loss, 0);
        }
        (self.segment, self.chunk) = (None, None);
        self.ready.clear();
    }

    fn begin(&mut self, now: Timestamp, before: &Failover, seq: u64) -> bool {
        let checkpoint = match serde_json::to_string(before) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                tracing::error!("service {}: its facts are not recorded: {error}", self.service);
                return false;
            }
        };
        let number = self.segments.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = checkpoint.len();
        self.segment = Some(Segment { number, begun: now, latest: now, facts: 0, bytes });
        self.chunk = Some(Chunk {
            segment: number,
            service: self.service.clone(),
            begin: Some(Begin {
                checkpoint,
                digest: before.digest(),
                seq,
                why: self.why,
                follows: self.ended,
            }),
            first: 0,
            count: 0,
            from: now,
            until: now,
            bytes: Vec::new(),
            notable: has_open_move(before, now),
            end: false,
        });
        self.why = Why::Next;
        true
    }

    fn finish(&mut self) {
        let Some(segment) = self.segment.take() else { return };
        self.ended = segment.number;
        let mut chunk = self.chunk.take().unwrap_or_else(|| Chunk {
            segment: segment.number,
            service: self.service.clone(),
            begin: None,
            first: segment.facts,
            count: 0,
            from: segment.latest,
            until: segment.latest,
            bytes: Vec::new(),
            notable: false,
            end: true,
        });
        chunk.end = true;
        self.ready.push(chunk);
    }

    fn waiting(&self) -> usize {
        self.ready.iter().chain(&self.chunk).map(|chunk| chunk.bytes.len()).sum()
    }
}

impl Segment {
    /// A move that is open stays in one segment, unless it is very long.
    fn is_long(&self, now: Timestamp, machine: &Failover) -> bool {
        let due = now.since(self.begun) >= LENGTH && !has_open_move(machine, now);
        due || self.bytes >= BYTES_MAX
    }
}

fn has_open_move(machine: &Failover, now: Timestamp) -> bool {
    machine.view(now).open_move.is_some()
}
