//! Tells one listener what is new to it.
use std::sync::Arc;

use failover_core::{Sample, ServiceSnapshot};
use serde_json::Value;

use super::{Beat, Change, Picture, SeriesChange, ServiceChange, difference};

/// An event that has as many bytes takes no further service: a browser reads so much between two
/// frames.
const EVENT_MAX: usize = 32 * 1024;
/// So many services have their samples with them when everything is sent. Those of the others follow
/// once the whole picture is there: they are nine tenths of it.
const FULL_AT_FIRST: usize = 8;

/// What one listener knows, and how many events have told it.
#[derive(Debug)]
pub struct Teller {
    samples: usize,
    event: u64,
    known: Option<Known>,
}

#[derive(Debug)]
struct Known {
    picture: Arc<Picture>,
    /// How many services it knows with their samples.
    full: usize,
}

impl Teller {
    /// Of somebody who knows nothing, and of each series wants at most the latest `samples`.
    pub fn new(samples: usize) -> Self {
        Self { samples, event: 0, known: None }
    }

    /// The number of the snapshot that is known.
    pub fn number(&self) -> Option<u64> {
        self.known.as_ref().map(|known| known.picture.number())
    }

    /// Whether all is known of that snapshot.
    pub fn is_complete(&self) -> bool {
        let known = self.known.as_ref();
        known.is_some_and(|known| known.full >= known.picture.services.len())
    }

    /// The events that make what is known into `picture`; at least one, which says the moment.
    pub fn tell(&mut self, picture: Arc<Picture>) -> Vec<Change> {
        let count = picture.services.len();
        let before = self.known.take().filter(|known| known.picture.services.len() == count);
        let full = if before.is_some() { count } else { FULL_AT_FIRST.min(count) };
        if before.is_none() {
            self.event = 0;
        }
        let nothing = Value::Null;
        let rest = before.as_ref().map_or(&nothing, |known| &known.picture.rest);
        let mut all = vec![self.event_of(&picture, difference(rest, &picture.rest))];
        let mut size = 0;
        for place in 0..count {
            let Some(change) = self.service(before.as_ref(), &picture, place, place < full) else {
                continue;
            };
            let more = serde_json::to_vec(&change).map_or(0, |json| json.len());
            if size > 0 && size + more > EVENT_MAX {
                all.push(self.event_of(&picture, None));
                size = 0;
            }
            size += more;
            all.last_mut().expect("there is one").services.push(change);
        }
        all.last_mut().expect("there is one").last = true;
        self.known = Some(Known { picture, full });
        all
    }

    fn event_of(&mut self, picture: &Picture, snapshot: Option<Value>) -> Change {
        let (event, number, at) = (self.event, picture.number(), picture.snapshot.at);
        self.event += 1;
        Change { event, number, at, last: false, snapshot, services: Vec::new() }
    }

    fn service(
        &self,
        before: Option<&Known>,
        after: &Picture,
        place: usize,
        full: bool,
    ) -> Option<ServiceChange> {
        let nothing = Value::Null;
        let old = before.map_or(&nothing, |known| &known.picture.services[place]);
        let service = difference(old, &after.services[place]);
        let old = before.filter(|known| place < known.full);
        let old = old.map(|known| &known.picture.snapshot.services[place]);
        let new = &after.snapshot.services[place];
        let samples = if full { self.series(old, new) } else { Vec::new() };
        let change = ServiceChange { place, service, samples };
        (change.service.is_some() || !change.samples.is_empty()).then_some(change)
    }

    fn series(&self, old: Option<&ServiceSnapshot>, new: &ServiceSnapshot) -> Vec<SeriesChange> {
        let changes = new.series.iter().enumerate().filter_map(|(place, series)| {
            let old = old.and_then(|old| old.series.get(place));
            let old = old.map_or(&[][..], |series| latest(&series.samples, self.samples));
            let new = latest(&series.samples, self.samples);
            let (gone, come) = moved_on(old, new);
            let come = come.iter().map(Beat::from).collect::<Vec<_>>();
            (gone > 0 || !come.is_empty()).then_some(SeriesChange(place, gone, come))
        });
        changes.collect()
    }
}

fn latest(samples: &[Sample], count: usize) -> &[Sample] {
    &samples[samples.len().saturating_sub(count)..]
}

/// How many of the oldest are gone, and which have come.
fn moved_on<'a>(old: &[Sample], new: &'a [Sample]) -> (usize, &'a [Sample]) {
    let stays = |gone: &usize| new.starts_with(&old[*gone..]);
    let gone = (0..old.len()).find(stays).unwrap_or(old.len());
    (gone, &new[old.len() - gone..])
}
