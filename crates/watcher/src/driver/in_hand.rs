//! What the leader may not have told people of is told by the next one.
//!
//! Every watcher knows what there is to tell, because it follows the log. It keeps that in hand until
//! the leader has written into the store that its channels have taken it; if the leader dies before,
//! the next one tells it. So people may hear of something twice, and never not at all.
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use failover_core::EventRecord;

use super::Driver;
use super::task::Task;
use crate::telling::{News, Notification};

/// What is kept; the oldest are dropped beyond that.
const KEPT: usize = 256;
/// Between two notes of how far people have been told.
const PAUSE: Duration = Duration::from_millis(250);

/// What people may not have been told.
#[derive(Debug, Default)]
pub(crate) struct InHand {
    /// With the numbers of the events they are about.
    waiting: VecDeque<(u64, Notification)>,
    /// How far each channel has told, as the store says; `None`: it says nothing.
    pub(super) told: Option<BTreeMap<String, u64>>,
    writing: Option<Task>,
    latest: Option<Instant>,
}

impl InHand {
    fn keep(&mut self, number: u64, notifications: Vec<Notification>) {
        self.waiting.extend(notifications.into_iter().map(|one| (number, one)));
        let more = self.waiting.len().saturating_sub(KEPT);
        self.waiting.drain(..more);
    }

    /// The store says how far people were told.
    pub(super) fn reached(&mut self, told: BTreeMap<String, u64>) {
        // A channel that the leader does not have is none by which people are told.
        self.waiting.retain(|(number, one)| told.get(&one.channel).is_some_and(|at| number > at));
        self.told = Some(told);
    }
}

impl Driver {
    /// What another watcher has decided, and tells people of; known here in case this one has to tell
    /// them, or how it ends.
    pub(super) fn overhear(&mut self, number: Option<u64>, record: &EventRecord) {
        let place = self.services.iter().position(|one| one.setup.name() == record.service);
        let Some(place) = place else { return };
        let mut news = self.desk.hear(record, &self.services[place].setup);
        let notifications = std::mem::take(&mut news.notifications);
        self.tell(news);
        let Some(seated) = &mut self.seated else { return };
        if let Some(number) = number {
            seated.in_hand.keep(number, notifications);
        }
    }

    /// A new leader tells what the one before has not.
    pub(super) fn tell_what_is_in_hand(&mut self) {
        let Some(seated) = &mut self.seated else { return };
        let waiting = std::mem::take(&mut seated.in_hand.waiting);
        let notifications: Vec<Notification> = waiting.into_iter().map(|(_, one)| one).collect();
        if !notifications.is_empty() {
            tracing::warn!(
                "{} messages that the leader before may not have delivered are told again",
                notifications.len()
            );
            self.tell(News { notifications, ..News::default() });
        }
    }

    /// The leader notes in the store how far people have been told.
    pub(super) fn note_told(&mut self) {
        let Some(seated) = &mut self.seated else { return };
        let Some(term) = seated.term.clone() else { return };
        let in_hand = &mut seated.in_hand;
        let early = in_hand.latest.is_some_and(|latest| latest.elapsed() < PAUSE);
        if early || in_hand.writing.as_ref().is_some_and(Task::is_running) {
            return;
        }
        let before = in_hand.told.clone().unwrap_or_default();
        let each = self.senders.iter().map(|sender| {
            let known = before.get(&sender.channel).copied().unwrap_or(0);
            let told = if sender.is_done() { seated.number } else { known };
            (sender.channel.clone(), told.max(known))
        });
        let told: BTreeMap<String, u64> = each.collect();
        if in_hand.told.as_ref() == Some(&told) {
            return;
        }
        // That it is so is known when the log says it; until then it is tried again.
        in_hand.latest = Some(Instant::now());
        let group = seated.group.clone();
        in_hand.writing = Some(Task::spawn(async move { group.note_told(&term, &told).await }));
    }
}
