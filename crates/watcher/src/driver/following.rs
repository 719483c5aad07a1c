//! Lets a task follow each move through the world's caches; nothing of it comes back to a machine.
use failover_core::{Curve, CurveEnd, Event, EventRecord, MoveId, SiteSet, Timestamp};

use super::Driver;
use super::task::Task;
use crate::converge;
use crate::journal::interrupted;

impl Driver {
    /// A move that was recorded just now is followed, in place of the one before it.
    pub(super) fn follow_moves(&mut self, service: usize, records: &[EventRecord]) {
        for record in records {
            if let Event::MoveStarted { id, to, .. } = &record.event {
                self.follow(service, *id, *to, record.at);
            }
        }
    }

    /// Goes on with what an earlier watcher on this journal has begun.
    pub(super) fn resume_following(&mut self, unfinished: Vec<Curve>) {
        for curve in unfinished {
            let same = |one: &super::Service| one.setup.name() == curve.service;
            let place = self.services.iter().position(same);
            let state = place.map(|place| self.services[place].machine.state());
            let now = self.setup.clock.now();
            let still = state.is_some_and(|state| state.generation() == curve.id)
                && now.since(curve.began) < self.setup.options.resolvers.limit
                && !self.setup.options.resolvers.resolvers.is_empty();
            match (place, state) {
                (Some(place), Some(state)) if still => {
                    let sites = state.desired();
                    self.spawn_following(place, sites, curve);
                }
                _ => self.journal.curves().keep(interrupted(curve)),
            }
        }
    }

    fn follow(&mut self, service: usize, id: MoveId, to: SiteSet, began: Timestamp) {
        self.give_up_following(service);
        if self.setup.options.resolvers.resolvers.is_empty() {
            return;
        }
        let one = &self.services[service];
        let ttl = one.setup.spec.ttl;
        let names = one.setup.policy().providers.iter().map(|provider| provider.name.clone());
        let providers = names.zip(&one.places).map(|(name, place)| {
            let stored = place.published.iter().filter_map(|row| row.ttl).max();
            let home = place.home.borrow().clone().and_then(Result::ok);
            let servers = home.map(|home| home.servers.clone()).unwrap_or_default();
            (name, stored.unwrap_or(ttl), servers)
        });
        let options = &self.setup.options.resolvers;
        let name = one.setup.name();
        let curve = converge::new_curve(name, (id, began), ttl, providers.collect(), options);
        self.spawn_following(service, to, curve);
    }

    fn spawn_following(&mut self, service: usize, sites: SiteSet, curve: Curve) {
        let book = self.journal.curves();
        let one = &mut self.services[service];
        let (setup, known) = (self.setup.clone(), one.setup.clone());
        let following = converge::follow_move(setup, known, sites, curve, book);
        one.following = Some(Task::spawn(following));
    }

    /// The world will not follow that move any more. Its task is stopped, and the journal's thread
    /// marks what it has written of it.
    fn give_up_following(&mut self, service: usize) {
        let one = &mut self.services[service];
        if one.following.take_if(|task| task.is_running()).is_some() {
            self.journal.curves().end(one.setup.name(), CurveEnd::Replaced);
        }
    }
}
