//! Calls to a provider's API: requests that fail, wait, arrive late, and answers that are lost.
use failover_core::{Answer, AttemptId, Input, MoveId, ProviderId, Receipt, SiteSet};

use super::World;
use super::provider::Content;
use super::queue::Happens;
use super::setup::millis;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is served.
    Served,
    /// It ends in an error and changes nothing.
    Error,
    /// Its answer is lost; it is served, or not.
    Doubt(bool),
}

/// What a provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// What is stored, and its version.
    Read(Content, u64),
    /// Written.
    Applied,
    /// Somebody else wrote meanwhile.
    Changed,
    /// An error; nothing happened.
    Failed,
    /// The connection broke off.
    Lost,
}

/// What a call is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aim {
    /// The regular look.
    Patrol,
    /// What the machine asked to have read.
    ReadBack,
    /// An attempt to publish: read, then change what was read.
    Attempt { id: MoveId, attempt: AttemptId, sites: SiteSet, epoch: u64, read: Option<u64> },
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    watcher: u8,
    life: u32,
    provider: ProviderId,
    /// What the watcher had done to the provider when the call began.
    mark: u64,
    aim: Aim,
    /// The watcher still waits for its end.
    awaited: bool,
    /// The moment at which it waits no longer has not come.
    limited: bool,
    /// Something of it is still on its way.
    under_way: bool,
}

/// Calls that are not over, each in its place.
#[derive(Default)]
pub(super) struct Calls {
    all: Vec<Option<Call>>,
}

impl Calls {
    fn add(&mut self, call: Call) -> u32 {
        let place = self.all.iter().position(Option::is_none).unwrap_or_else(|| {
            self.all.push(None);
            self.all.len() - 1
        });
        self.all[place] = Some(call);
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    fn get(&mut self, place: u32) -> Option<&mut Call> {
        self.all.get_mut(place as usize)?.as_mut()
    }

    /// Forgets a call of which nothing can come any more.
    fn tidy(&mut self, place: u32) {
        if let Some(slot) = self.all.get_mut(place as usize) {
            slot.take_if(|call| !call.limited && !call.under_way);
        }
    }
}

impl World {
    pub(super) fn call(&mut self, watcher: usize, provider: ProviderId, aim: Aim) -> u32 {
        let known = &self.watchers[watcher];
        let Some(place) = known.places.get(provider.index()) else { return u32::MAX };
        let call = Call {
            watcher: u8::try_from(watcher).unwrap_or(u8::MAX),
            life: known.life,
            provider,
            mark: place.mark,
            aim,
            awaited: true,
            limited: true,
            under_way: true,
        };
        let call = self.calls.add(call);
        let limit = self.now + millis(self.setup.call_timeout);
        self.queue.plan(limit, Happens::GivesUp { call });
        self.request(call);
        call
    }

    /// Sends the next request of a call.
    fn request(&mut self, place: u32) {
        let Some(call) = self.calls.get(place) else { return };
        let (provider, watcher) = (call.provider, usize::from(call.watcher));
        let writes = matches!(call.aim, Aim::Attempt { read: Some(_), .. });
        let cut = self.is_cut(watcher);
        let known = &mut self.providers[provider.index()];
        if known.manner.down || cut {
            self.tally.unanswered += 1;
            self.lose(place);
            self.measure_trouble(provider);
            return;
        }
        let (manner, random) = (&known.manner, &mut known.random);
        let half = manner.delay / 2;
        let mut wait = random.between(half / 2, half + half / 2);
        let fate = if random.chance(manner.errs) {
            Fate::Error
        } else if random.chance(manner.doubts) {
            Fate::Doubt(writes && random.chance(500))
        } else {
            Fate::Served
        };
        let stalled = random.chance(manner.stalls.0);
        wait += if stalled { manner.stalls.1 } else { 0 };
        self.tally.errors += u64::from(fate == Fate::Error);
        self.tally.doubts += u64::from(matches!(fate, Fate::Doubt(_)));
        self.tally.stalls += u64::from(stalled);
        if stalled || fate != Fate::Served {
            self.measure_trouble(provider);
        }
        self.queue.plan(self.now + wait, Happens::Arrives { call: place, fate });
    }

    fn lose(&mut self, place: u32) {
        if let Some(call) = self.calls.get(place) {
            call.under_way = false;
        }
        self.calls.tidy(place);
    }

    pub(super) fn arrives(&mut self, place: u32, fate: Fate) {
        let Some(call) = self.calls.get(place).copied() else { return };
        let known = &self.providers[call.provider.index()];
        if known.manner.down {
            self.tally.unanswered += 1;
            self.lose(place);
            self.measure_trouble(call.provider);
            return;
        }
        let half = known.manner.delay / 2;
        let reply = match (fate, call.aim) {
            (Fate::Error, _) => Reply::Failed,
            (Fate::Doubt(false), _) => Reply::Lost,
            (_, Aim::Attempt { id, sites, read: Some(read), .. }) => {
                let reply = self.write(call, id, sites, read);
                if fate == Fate::Served { reply } else { Reply::Lost }
            }
            (_, _) => Reply::Read(known.content, known.version),
        };
        let known = &mut self.providers[call.provider.index()];
        let wait = known.random.between(half / 2, half + half / 2);
        self.queue.plan(self.now + wait, Happens::Replies { call: place, reply });
    }

    /// What guards a write is checked where it is stored.
    fn write(&mut self, call: Call, id: MoveId, sites: SiteSet, read: u64) -> Reply {
        let known = &self.providers[call.provider.index()];
        let guarded = self.policy.spec().providers[call.provider.index()].guarded;
        if guarded && known.version != read {
            self.tally.conflicts += 1;
            return Reply::Changed;
        }
        let dead = self.watchers[usize::from(call.watcher)].life != call.life;
        self.tally.late_writes += u64::from(dead || !call.awaited);
        self.land(call.provider, id, sites);
        Reply::Applied
    }

    pub(super) fn replies(&mut self, place: u32, reply: Reply) {
        let Some(call) = self.calls.get(place).copied() else { return };
        let watcher = usize::from(call.watcher);
        if self.put_off(watcher, Happens::Replies { call: place, reply }) {
            return;
        }
        self.lose(place);
        let alive = self.watchers[watcher].life == call.life;
        if !call.awaited || !alive || self.is_cut(watcher) {
            return;
        }
        match (call.aim, reply) {
            (
                Aim::Attempt { id, attempt, sites, epoch, read: None },
                Reply::Read(stored, version),
            ) => {
                if stored == Content::Sites(sites) {
                    self.end_attempt(place, call, attempt, Receipt::AlreadySo);
                } else if self.may_write(watcher, call.provider, attempt) {
                    let aim = Aim::Attempt { id, attempt, sites, epoch, read: Some(version) };
                    self.go_on(place, call, aim);
                } else {
                    let message = "the lease has ended".to_owned();
                    let receipt = Receipt::Refused { message, changed: false };
                    self.end_attempt(place, call, attempt, receipt);
                }
            }
            (Aim::Attempt { attempt, read, .. }, reply) => {
                self.end_attempt(place, call, attempt, receipt(reply, read.is_some()));
            }
            (Aim::Patrol | Aim::ReadBack, Reply::Read(stored, _)) => {
                self.end_read(place, call, stored.answer());
            }
            (Aim::Patrol | Aim::ReadBack, _) => {
                self.end_read(place, call, Answer::Silent { text: "status 503".to_owned() });
            }
        }
    }

    /// The second request of a call.
    fn go_on(&mut self, place: u32, call: Call, aim: Aim) {
        // It may have been forgotten if the watcher's patience ended at this very moment.
        if let Some(slot) = self.calls.all.get_mut(place as usize) {
            *slot = Some(Call { aim, under_way: true, ..call });
            self.request(place);
        }
    }

    pub(super) fn gives_up(&mut self, place: u32) {
        let Some(call) = self.calls.get(place) else { return };
        let watcher = usize::from(call.watcher);
        if self.put_off(watcher, Happens::GivesUp { call: place }) {
            return;
        }
        let Some(call) = self.calls.get(place) else { return };
        call.limited = false;
        let call = *call;
        if call.awaited && self.watchers[watcher].life == call.life {
            match call.aim {
                Aim::Attempt { attempt, read, .. } => {
                    self.end_attempt(place, call, attempt, receipt(Reply::Lost, read.is_some()));
                }
                Aim::Patrol | Aim::ReadBack => {
                    self.end_read(
                        place,
                        call,
                        Answer::Silent { text: "no answer in 5 s".to_owned() },
                    );
                }
            }
        }
        self.calls.tidy(place);
    }

    fn end_attempt(&mut self, place: u32, call: Call, attempt: AttemptId, receipt: Receipt) {
        self.end_wait(place);
        let watcher = usize::from(call.watcher);
        let known = &mut self.watchers[watcher].places[call.provider.index()];
        if known.publishing != Some(attempt) {
            // The machine has given it up; what becomes of it is read back.
            return;
        }
        known.publishing = None;
        known.mark += 1;
        self.look_now(watcher, call.provider);
        self.tally.count_receipt(&receipt);
        self.tell(watcher, Input::Receipt { attempt, provider: call.provider, receipt });
    }

    fn end_read(&mut self, place: u32, call: Call, stored: Answer) {
        self.end_wait(place);
        let (watcher, provider) = (usize::from(call.watcher), call.provider);
        let known = &mut self.watchers[watcher].places[provider.index()];
        let patrol = matches!(call.aim, Aim::Patrol);
        if !patrol && known.reading != Some(place) {
            return;
        }
        if !patrol {
            known.reading = None;
        }
        if known.mark != call.mark {
            // Nothing old is passed on; but what was not seen this time must not wait for the next.
            if patrol {
                self.look_now(watcher, provider);
            }
            return;
        }
        known.seen = Some((self.now, stored.clone()));
        self.tell(watcher, Input::Stored { provider, answer: stored });
        let unchanged = self.watchers[watcher].places[provider.index()].mark == call.mark;
        if patrol && unchanged && self.watchers[watcher].life == call.life {
            self.tell_answered(watcher, provider);
        }
    }

    fn end_wait(&mut self, place: u32) {
        if let Some(call) = self.calls.get(place) {
            call.awaited = false;
        }
    }
}

fn receipt(reply: Reply, writing: bool) -> Receipt {
    let message = |text: &str| text.to_owned();
    match reply {
        Reply::Applied => Receipt::Applied,
        Reply::Changed => {
            Receipt::Refused { message: message("somebody else wrote meanwhile"), changed: true }
        }
        Reply::Lost if writing => Receipt::Unknown { message: message("the answer was lost") },
        Reply::Failed | Reply::Lost | Reply::Read(..) => {
            Receipt::Refused { message: message("status 503"), changed: false }
        }
    }
}
