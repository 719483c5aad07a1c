//! Moves that were made alone come back into the group: told, judged, and decided by a human where
//! the log has gone on another way.
use std::sync::Arc;
use std::time::Instant;

use failover_core::{
    Actor, Event, EventRecord, Input, Mode, Severity, SiteId, SiteSet, State, Timestamp,
};
use tokio::sync::{mpsc, oneshot};

use super::step::Job;
use super::task::Task;
use super::{Driver, Fact};
use crate::alert::Alert;
use crate::cluster::{Decision, Group, Judgement, LoneMove, Standing, Undecided};
use crate::error::CommandError;
use crate::journal::{Batch, Journal, LoneRow, Stage};
use crate::setup::Setup;
use crate::telling::News;

/// Between two tries to tell the group.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// A move made alone on its way into the log.
#[derive(Debug)]
pub(super) struct Settling {
    place: usize,
    at: Timestamp,
    state: State,
    /// Numbered as in the log.
    events: Vec<EventRecord>,
    lone: LoneMove,
    adopts: bool,
}

impl Driver {
    /// The store is reached: tells the group what was moved from here.
    pub(super) fn hand_over(&mut self) {
        for place in 0..self.services.len() {
            self.stop_alone(place);
        }
        let Some(seated) = &mut self.seated else { return };
        let rows = self.services.iter().flat_map(|service| service.lone.clone());
        let rows: Vec<LoneRow> = rows.collect();
        seated.handing = (!rows.is_empty()).then(|| {
            let (group, facts) = (seated.group.clone(), self.facts.0.clone());
            let (journal, setup) = (self.journal.clone(), self.setup.clone());
            Task::spawn(hand_over(group, journal, rows, setup, facts))
        });
    }

    /// The group has it.
    pub(super) fn handed(&mut self, id: &str) {
        let Some(seated) = &mut self.seated else { return };
        for service in &mut self.services {
            if service.lone.iter().any(|row| row.id == id) {
                seated.handed.insert(id.to_owned(), service.setup.name().to_owned());
                service.lone.retain(|row| row.id != id);
            }
        }
        self.look_after_lone_moves();
    }

    /// Services that were moved from here alone, as long as the group has not looked at it.
    pub(super) fn alone_services(&self) -> Vec<String> {
        let Some(seated) = &self.seated else { return Vec::new() };
        let open = |id: &&String| {
            let known = seated.lone.get(*id).map(|(_, lone)| lone.standing);
            known.is_none_or(|standing| standing == Standing::Open)
        };
        let handed = seated.handed.iter().filter(|(id, _)| open(id)).map(|(_, name)| name.clone());
        let own = self.services.iter().filter(|service| !service.lone.is_empty());
        let mut all: Vec<String> =
            own.map(|service| service.setup.name().to_owned()).chain(handed).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether the lead of a service waits until it is known what was done alone.
    pub(super) fn is_held(&self, place: usize) -> bool {
        let Some(seated) = &self.seated else { return false };
        let name = self.services[place].setup.name();
        let open =
            |(_, lone): &(u64, LoneMove)| lone.service == name && lone.standing == Standing::Open;
        seated.returned.is_some()
            || !self.services[place].lone.is_empty()
            || seated.lone.values().any(open)
            || self.peer_is_alone(name)
    }

    /// A leader takes up what was done alone, one move at a time, and only then decides. What it
    /// does about it is queued or being written when this returns.
    pub(super) fn reconcile(&mut self) {
        self.look_for_peers_again();
        if self.pending.is_some() || !self.seated.as_ref().is_some_and(super::Seated::leads) {
            return;
        }
        if self.settle_next() {
            return;
        }
        for place in 0..self.services.len() {
            if self.services[place].waits.is_some() && !self.is_held(place) {
                let waiting = self.services[place].waits.take().unwrap_or_default();
                self.resume_power_of(place);
                self.queue.extend(self.leadership().map(|input| Job::of(place, input)));
                self.queue.extend(waiting);
            }
        }
    }

    /// Settles the oldest move that can be; says whether there was one.
    fn settle_next(&mut self) -> bool {
        let Some(seated) = &self.seated else { return false };
        let mut open: Vec<(u64, LoneMove)> = seated.lone.values().cloned().collect();
        open.retain(|(_, lone)| lone.standing != Standing::Settled);
        open.sort_by(|(_, one), (_, other)| (one.at, &one.id).cmp(&(other.at, &other.id)));
        for (revision, lone) in open {
            let place = self.services.iter().position(|one| one.setup.name() == lone.service);
            let Some(place) = place else { continue };
            let state = self.services[place].machine.state().clone();
            let (standing, events, adopts) = match (lone.standing, lone.judge(&state)) {
                (Standing::Disputed, _) if matches!(state.mode(), Mode::Armed { .. }) => {
                    (Standing::Settled, Vec::new(), false)
                }
                (Standing::Disputed | Standing::Settled, _) => continue,
                (Standing::Open, Judgement::Follows(events)) => (Standing::Settled, events, true),
                (Standing::Open, Judgement::Same) => (Standing::Settled, Vec::new(), false),
                (Standing::Open, Judgement::Differs) => {
                    (Standing::Disputed, self.stop_automation(place, &state), false)
                }
            };
            let lone = lone.stands(standing);
            self.settle(place, (revision, lone), (state, events, adopts));
            return true;
        }
        false
    }

    /// Nothing is moved by itself until a human has decided.
    fn stop_automation(&self, place: usize, state: &State) -> Vec<EventRecord> {
        if matches!(state.mode(), Mode::Disarmed { until: None, .. }) {
            return Vec::new();
        }
        let setup = &self.services[place].setup;
        let event = Event::Disarmed { who: Actor::machine(), until: None };
        vec![EventRecord {
            seq: 0,
            at: self.setup.clock.now(),
            service: setup.name().to_owned(),
            severity: event.severity(),
            text: event.text(setup.policy()),
            event,
        }]
    }

    fn settle(
        &mut self,
        place: usize,
        (revision, lone): (u64, LoneMove),
        (mut state, events, adopts): (State, Vec<EventRecord>, bool),
    ) {
        let Some(seated) = &self.seated else { return };
        let Some(term) = seated.term.clone() else { return };
        tracing::warn!(
            "the move of {} that {} has made alone: {:?}, {} events",
            lone.service,
            lone.vantage,
            lone.standing,
            events.len()
        );
        for record in &events {
            // What was done elsewhere must not lie in the future here.
            self.setup.clock.catch_up(record.at);
            state.apply(record.at, &record.event);
        }
        let numbered = events.into_iter().zip(seated.number + 1..);
        let events: Vec<EventRecord> =
            numbered.map(|(record, number)| EventRecord { seq: number, ..record }).collect();
        let at = self.setup.clock.now();
        let decision = Decision {
            service: lone.service.clone(),
            at,
            state: state.clone(),
            after: seated.revisions.get(&lone.service).copied().unwrap_or(0),
            number: seated.number + events.len() as u64,
            events: events.clone(),
            lone: Some((revision, lone.clone())),
            adopts,
        };
        let group = seated.group.clone();
        let (reply, written) = oneshot::channel();
        let task = Task::spawn(async move {
            let _ = reply.send(group.decide(&term, &decision).await);
        });
        self.await_settling(written, task, Settling { place, at, state, events, lone, adopts });
    }

    /// The log has it, or nobody knows.
    pub(super) fn settled(&mut self, settling: Settling, written: Result<u64, Undecided>) {
        let revision = match written {
            Ok(revision) => revision,
            Err(why) => {
                tracing::warn!("what was moved alone was not taken up: {why:?}");
                self.lose_lead();
                return;
            }
        };
        let Settling { place, at, state, events, lone, adopts } = settling;
        let Some(seated) = &mut self.seated else { return };
        seated.number += events.len() as u64;
        seated.revisions.insert(lone.service.clone(), revision);
        let (number, own) = (seated.number, seated.own.contains(&lone.id));
        let mirrored = seated.mirror.reached(number);
        seated.lone.insert(lone.id.clone(), (revision, lone.clone()));
        let mut records = Vec::new();
        for record in events.into_iter().filter(|_| !(own && adopts)) {
            self.seq += 1;
            records.push(EventRecord { seq: self.seq, ..record });
        }
        let mut news = News::default();
        for record in &records {
            if adopts {
                // Where it was done people were told.
                self.remember_of_others(record);
                self.overhear(None, record);
            } else {
                self.remember(place, record);
                news.merge(self.news_of(place, std::slice::from_ref(record)));
            }
        }
        let states = vec![(lone.service, at, state.clone())];
        let batch =
            Batch { events: records, states, mirrored, news: news.clone(), ..Batch::default() };
        self.keep_mirror(batch);
        self.send(news);
        self.rebuild(place, state);
        self.takes_up_move(place);
        self.look_after_lone_moves();
        self.pictures.hurry();
    }

    /// Raises and clears what people should know of moves made alone.
    pub(super) fn look_after_lone_moves(&mut self) {
        for place in 0..self.services.len() {
            let name = self.services[place].setup.name().to_owned();
            let key = format!("alone:{name}");
            match self.alone_words(place, &name) {
                Some((severity, text)) => self.raise(Alert::new(key, severity, text).of(&name)),
                None => self.clear(&key, &format!("The watchers agree about {name} again.")),
            }
        }
    }

    fn alone_words(&self, place: usize, name: &str) -> Option<(Severity, String)> {
        let seated = self.seated.as_ref()?;
        let service = &self.services[place];
        let sites = |sites: SiteSet| {
            let all = service.setup.policy().sites.iter().zip(0..);
            let names = all.filter(|(_, site)| sites.contains(SiteId(*site)));
            names.map(|(site, _)| site.name.clone()).collect::<Vec<_>>().join(", ")
        };
        let disputed = seated
            .lone
            .values()
            .map(|(_, lone)| lone)
            .find(|lone| lone.service == name && lone.standing == Standing::Disputed);
        if let Some(LoneMove { vantage, who, to, .. }) = disputed {
            let text = format!(
                "While the watchers' store was away, {vantage} alone has moved {name} to {} by order of \
                 {who}, and the others have gone on another way. Nothing is overwritten and automation \
                 is off: move {name} to where it shall be, then arm it.",
                sites(*to)
            );
            return Some((Severity::Critical, text));
        }
        let row = service.lone.last().filter(|row| !row.events.is_empty())?;
        let text = format!(
            "This watcher alone has moved {name} to {} by order of {}; the others do not know of it. \
             Nothing is moved by itself.",
            sites(row.state.desired()),
            row.who.0
        );
        Some((Severity::Warning, text))
    }

    /// A leader that gives up has not obeyed what waited.
    pub(super) fn send_back_waiting(&mut self) {
        for job in self.services.iter_mut().filter_map(|service| service.waits.take()).flatten() {
            if let Some(reply) = job.reply {
                let text = "nothing was changed: this watcher does not lead any more; give the command \
                            again";
                drop(reply.send(Err(CommandError::Elsewhere(text.to_owned()))));
            }
        }
    }

    /// Whether a command waits until the lead is taken up.
    pub(super) fn waits(&mut self, job: Job) -> Option<Job> {
        let waits = self.services.get_mut(job.service).and_then(|one| one.waits.as_mut());
        match (waits, &job.input) {
            (Some(waiting), Input::Operator { .. }) => {
                waiting.push(job);
                None
            }
            _ => Some(job),
        }
    }
}

/// Tells the group of each, for as long as it takes; what is not certain is told again when the store
/// is reached the next time.
async fn hand_over(
    group: Arc<Group>,
    journal: Journal,
    rows: Vec<LoneRow>,
    setup: Arc<Setup>,
    facts: mpsc::Sender<Fact>,
) {
    for row in rows {
        let staged = |stage| {
            let row = Box::new(LoneRow { stage, ..row.clone() });
            journal.commit(Batch { lone: Some(row), ..Batch::default() })
        };
        // Once the group may have it, nobody here may go on with it, not even after a crash.
        while !matches!(staged(Stage::Handing).await, Ok(Ok(()))) {
            tokio::time::sleep(PAUSE).await;
        }
        setup.options.reached(&row.service, "handing").await;
        let lone = row.told(&group.vantage);
        loop {
            let offering = tokio::time::timeout(group.lease, group.offer(&lone)).await;
            match offering {
                Ok(Ok(())) => break,
                Ok(Err(error)) => tracing::debug!("the group was not told: {error}"),
                Err(_) => tracing::debug!("the group was not told in time"),
            }
            tokio::time::sleep(PAUSE).await;
        }
        setup.options.reached(&row.service, "handed").await;
        let _ = staged(Stage::Handed).await;
        let _ = facts.send(Fact::Handed(row.id)).await;
    }
}

impl Driver {
    /// After a time without the store the others are waited for: one of them may have been moved
    /// alone. Who does not come back within two leases is not waited for.
    fn look_for_peers_again(&mut self) {
        let Some(seated) = &mut self.seated else { return };
        let Some(since) = seated.returned else { return };
        let patience = seated.group.lease * 2;
        let heard = seated.peers.values().all(|peer| peer.was_heard_after(since));
        if heard || Instant::now().saturating_duration_since(since) >= patience {
            seated.returned = None;
        }
    }
}
