//! Carrying out what a machine asks for, and looking at providers by oneself.
use failover_core::{Answer, AttemptId, Input, MoveId, Output, ProviderId, SiteId, SiteSet};

use super::World;
use super::call::Aim;
use super::fault::Compute;
use super::queue::Happens;
use super::setup::millis;
use super::watcher::Life;
use crate::seen::Seen;

/// One question to a name server.
const ASKING: u64 = 20;
/// The first pause between two questions, and the longest.
const PAUSE: (u32, u32) = (50, 1_000);

impl World {
    pub(super) fn carry_out(&mut self, watcher: usize, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Publish { id, attempt, provider, sites } => {
                    self.publish(watcher, provider, (id, attempt), sites);
                }
                Output::ReadBack { provider } => self.read_back(watcher, provider),
                Output::Verify { provider, .. } => self.begin_to_verify(watcher, provider),
                Output::Fence { site } => self.ask_compute(watcher, site, true),
                Output::Start { site } => self.ask_compute(watcher, site, false),
                Output::Notify { .. } => self.tally.notices += 1,
                Output::Refused { .. } => self.tally.refusals += 1,
                _ => {}
            }
        }
    }

    fn publish(
        &mut self,
        watcher: usize,
        provider: ProviderId,
        (id, attempt): (MoveId, AttemptId),
        sites: SiteSet,
    ) {
        let known = &mut self.watchers[watcher];
        let epoch = known.lease.map_or(0, |(epoch, _)| epoch);
        let Some(place) = known.places.get_mut(provider.index()) else { return };
        place.mark += 1;
        (place.publishing, place.reading) = (Some(attempt), None);
        place.verify += 1;
        if !self.may_write(watcher, provider, attempt) {
            // The lease has ended while the journal was written: somebody else's turn.
            return;
        }
        self.tally.published += 1;
        self.guard.see(&Seen::Sent { watcher, epoch, provider, id, attempt, sites });
        self.call(watcher, provider, Aim::Attempt { id, attempt, sites, epoch, read: None });
    }

    /// Whether an attempt is still wanted and the lease still holds.
    pub(super) fn may_write(
        &self,
        watcher: usize,
        provider: ProviderId,
        attempt: AttemptId,
    ) -> bool {
        let known = &self.watchers[watcher];
        let holds = known.lease.is_none_or(|(_, until)| self.now < until);
        holds && known.places[provider.index()].publishing == Some(attempt)
    }

    fn read_back(&mut self, watcher: usize, provider: ProviderId) {
        let Some(place) = self.watchers[watcher].places.get_mut(provider.index()) else { return };
        if place.publishing.take().is_some() {
            place.mark += 1;
        }
        self.tally.read_backs += 1;
        let call = self.call(watcher, provider, Aim::ReadBack);
        self.watchers[watcher].places[provider.index()].reading = Some(call);
    }

    fn begin_to_verify(&mut self, watcher: usize, provider: ProviderId) {
        let Some(place) = self.watchers[watcher].places.get_mut(provider.index()) else { return };
        place.verify += 1;
        let token = place.verify;
        self.plan_verify(watcher, provider, token, PAUSE.0, self.now + ASKING);
    }

    fn plan_verify(
        &mut self,
        watcher: usize,
        provider: ProviderId,
        token: u32,
        pause: u32,
        at: u64,
    ) {
        let watcher = u8::try_from(watcher).unwrap_or(u8::MAX);
        self.queue.plan(at, Happens::Verify { watcher, provider, token, pause });
    }

    /// One round of questions to the name servers of a move.
    pub(super) fn verify(&mut self, what: Happens) {
        let Happens::Verify { watcher: number, provider, token, pause } = what else { return };
        let watcher = usize::from(number);
        let known = &self.watchers[watcher];
        if known.state == Life::Dead
            || known.places[provider.index()].verify != token
            || self.put_off(watcher, what)
        {
            return;
        }
        let desired = self.watchers[watcher].machine.state().desired();
        let heard = self.heard(watcher, provider, desired);
        if heard == Answer::Sites(desired) {
            let place = &mut self.watchers[watcher].places[provider.index()];
            place.mark += 1;
            place.verify += 1;
            self.tell(watcher, Input::Answered { provider, answer: heard });
        } else {
            let next = (pause * 3 / 2).min(PAUSE.1);
            let at = self.now + u64::from(pause) + ASKING;
            self.plan_verify(watcher, provider, token, next, at);
        }
    }

    fn heard(&self, watcher: usize, provider: ProviderId, desired: SiteSet) -> Answer {
        if self.is_cut(watcher) {
            return Answer::Silent { text: "no answer in 1 s".to_owned() };
        }
        self.asked(provider, desired)
    }

    pub(super) fn tell_answered(&mut self, watcher: usize, provider: ProviderId) {
        let desired = self.watchers[watcher].machine.state().desired();
        let answer = self.heard(watcher, provider, desired);
        self.tell(watcher, Input::Answered { provider, answer });
    }

    /// The regular look, now and then each interval.
    pub(super) fn look_now(&mut self, watcher: usize, provider: ProviderId) {
        let place = &mut self.watchers[watcher].places[provider.index()];
        place.patrol += 1;
        let token = place.patrol;
        let watcher = u8::try_from(watcher).unwrap_or(u8::MAX);
        self.queue.plan(self.now, Happens::Patrol { watcher, provider, token });
    }

    pub(super) fn patrol(&mut self, watcher: u8, provider: ProviderId, token: u32) {
        let what = Happens::Patrol { watcher, provider, token };
        let number = usize::from(watcher);
        let known = &self.watchers[number];
        if known.state == Life::Dead
            || known.places[provider.index()].patrol != token
            || self.put_off(number, what)
        {
            return;
        }
        self.call(number, provider, Aim::Patrol);
        let guarded = self.policy.spec().providers[provider.index()].guarded;
        let every = millis(if guarded { self.setup.look } else { self.setup.look_blind });
        // A little earlier each time, so that not everybody looks at once.
        let early = self.chance.between(0, every / 5);
        self.queue.plan(self.now + every - early, what);
    }

    fn ask_compute(&mut self, watcher: usize, site: SiteId, stop: bool) {
        if self.compute == Compute::Silent || self.is_cut(watcher) {
            return;
        }
        let life = self.watchers[watcher].life;
        let at = self.after(self.setup.boot);
        let watcher = u8::try_from(watcher).unwrap_or(u8::MAX);
        self.queue.plan(at, Happens::Computed { watcher, life, site, stop });
    }

    pub(super) fn computed(&mut self, watcher: usize, life: u32, site: SiteId, stop: bool) {
        let ok = self.compute == Compute::Works;
        self.tally.computed += 1;
        if ok {
            self.power(site, !stop);
        }
        if self.watchers[watcher].life == life {
            let end = if stop { Input::Fenced { site, ok } } else { Input::Started { site, ok } };
            self.tell(watcher, end);
        }
    }
}
