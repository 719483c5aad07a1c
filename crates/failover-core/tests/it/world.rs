//! A small world around the machine: sites that live and die, providers that answer, refuse, keep
//! silent or lose the answer, a shell that crashes. Time moves only when a test moves it.
use std::collections::VecDeque;
use std::time::Duration;

use failover_core::{
    Answer, AttemptId, CheckId, Event, Failover, Input, MoveId, Output, Policy, ProviderId,
    Receipt, SiteId, SiteSet, State, Timestamp, VantageId,
};

/// How a provider behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Works,
    Refuses,
    /// Somebody else writes first, each time.
    Changed,
    /// The write happens, the answer is lost.
    LosesAnswer,
    /// Neither happens.
    LosesRequest,
    /// No receipt at all, and nothing happens.
    Hangs,
    /// The write happens later, when [`World::land`] says so.
    Late,
    /// The API is down for reading, too.
    Dead,
}

/// A provider as it really is.
pub struct Provider {
    pub stored: SiteSet,
    pub manner: Manner,
    /// How often somebody has written.
    writes: u32,
}

/// A write on its way.
#[derive(Clone, Copy, Debug)]
pub struct Flying {
    provider: ProviderId,
    attempt: AttemptId,
    sites: SiteSet,
    /// What the writer has seen of the provider.
    writes: u32,
}

/// What passed the machine's door.
#[derive(Clone, Debug, PartialEq)]
pub enum Passed {
    In(Input),
    Out(Output),
    Crash,
}

pub struct World {
    pub machine: Failover,
    pub now: u64,
    pub alive: Vec<bool>,
    pub lies: Vec<Vec<Option<bool>>>,
    /// Vantages that report nothing.
    pub silent: Vec<bool>,
    pub providers: Vec<Provider>,
    pub flying: Vec<Flying>,
    /// What compute says when asked to stop or start something; `None`: nothing.
    pub compute: Option<bool>,
    pub recorded: Vec<(Timestamp, Event)>,
    /// Every `Publish` ever asked for, with the moment.
    pub published: Vec<(Timestamp, ProviderId, MoveId, SiteSet)>,
    pub log: Vec<(Timestamp, Passed)>,
    pub writable: bool,
    /// Whether leases were ever spoken of.
    pub leased: bool,
    /// Crash after so many more outputs.
    pub crash_after: Option<usize>,
    /// What is done to every machine that is built.
    pub built: fn(Failover) -> Failover,
}

impl World {
    pub fn new(policy: Policy) -> Self {
        let spec = policy.spec();
        let (sites, vantages) = (spec.sites.len(), spec.vantages.len());
        let provider =
            || Provider { stored: SiteSet::one(SiteId(0)), manner: Manner::Works, writes: 0 };
        let alive = spec.sites.iter().map(|site| !site.cold).collect();
        let lag = spec.lag_max;
        let mut world = Self {
            now: 1_000_000,
            alive,
            lies: vec![vec![None; sites]; vantages],
            silent: vec![false; vantages],
            providers: spec.providers.iter().map(|_| provider()).collect(),
            flying: Vec::new(),
            compute: Some(true),
            recorded: Vec::new(),
            published: Vec::new(),
            log: Vec::new(),
            writable: true,
            leased: false,
            crash_after: None,
            built: |machine| machine,
            machine: Failover::new(policy, State::default()),
        };
        if lag.is_some() {
            for site in world.site_ids() {
                world.give(Input::Lag { site, lag: Some(Duration::ZERO) });
            }
        }
        world.observe();
        world
    }

    pub fn stamp(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// Gives the machine a fact and carries out what it says until nothing more follows.
    pub fn give(&mut self, input: Input) -> Vec<Output> {
        let mut all = Vec::new();
        let mut queue = VecDeque::from([input]);
        let mut rounds = 0;
        while let Some(input) = queue.pop_front() {
            rounds += 1;
            assert!(rounds < 1_000, "the machine and its world talk for ever");
            let now = self.stamp();
            if let Input::Journal { writable } = input {
                self.writable = writable;
            }
            self.log.push((now, Passed::In(input.clone())));
            for output in self.machine.step(now, input) {
                if self.crash_after == Some(0) {
                    self.crash_after = None;
                    self.crash();
                    return all;
                }
                self.crash_after = self.crash_after.map(|left| left - 1);
                self.log.push((now, Passed::Out(output.clone())));
                self.carry_out(now, &output, &mut queue);
                all.push(output);
            }
        }
        all
    }

    fn carry_out(&mut self, now: Timestamp, output: &Output, queue: &mut VecDeque<Input>) {
        match output {
            Output::Record(event) => {
                assert!(self.writable, "nothing is recorded in a journal that cannot be written");
                self.recorded.push((now, event.clone()));
            }
            Output::Publish { id, attempt, provider, sites } => {
                self.published.push((now, *provider, *id, *sites));
                queue.extend(self.write(*provider, *attempt, *sites));
            }
            Output::ReadBack { provider } => queue.push_back(self.read(*provider)),
            Output::Verify { provider, .. } => queue.push_back(self.ask(*provider)),
            Output::Fence { site } => {
                queue.extend(self.compute.map(|ok| Input::Fenced { site: *site, ok }));
            }
            Output::Start { site } => {
                if let Some(ok) = self.compute {
                    self.alive[site.index()] |= ok;
                    queue.push_back(Input::Started { site: *site, ok });
                }
            }
            _ => {}
        }
    }

    fn write(&mut self, provider: ProviderId, attempt: AttemptId, sites: SiteSet) -> Option<Input> {
        let cloud = &mut self.providers[provider.index()];
        let message = "the world says so".to_owned();
        let (happens, receipt) = match cloud.manner {
            Manner::Works if cloud.stored == sites => (true, Some(Receipt::AlreadySo)),
            Manner::Works => (true, Some(Receipt::Applied)),
            Manner::Refuses => (false, Some(Receipt::Refused { message, changed: false })),
            Manner::Changed => (false, Some(Receipt::Refused { message, changed: true })),
            Manner::LosesAnswer => (true, Some(Receipt::Unknown { message })),
            Manner::LosesRequest | Manner::Dead => (false, Some(Receipt::Unknown { message })),
            Manner::Hangs => (false, None),
            Manner::Late => {
                let writes = cloud.writes;
                self.flying.push(Flying { provider, attempt, sites, writes });
                (false, None)
            }
        };
        if happens {
            (cloud.stored, cloud.writes) = (sites, cloud.writes + 1);
        }
        receipt.map(|receipt| Input::Receipt { attempt, provider, receipt })
    }

    /// A write that was on its way arrives, and its receipt with it.
    pub fn land(&mut self, number: usize) -> Vec<Output> {
        if self.flying.is_empty() {
            return Vec::new();
        }
        let Flying { provider, attempt, sites, writes } =
            self.flying.remove(number % self.flying.len());
        let guarded = self.machine.policy().spec().providers[provider.index()].guarded;
        let cloud = &mut self.providers[provider.index()];
        let receipt = if guarded && cloud.writes != writes {
            Receipt::Refused { message: "somebody else wrote".to_owned(), changed: true }
        } else {
            (cloud.stored, cloud.writes) = (sites, cloud.writes + 1);
            Receipt::Applied
        };
        self.give(Input::Receipt { attempt, provider, receipt })
    }

    pub fn read(&self, provider: ProviderId) -> Input {
        let cloud = &self.providers[provider.index()];
        let answer = match cloud.manner {
            Manner::Dead | Manner::Hangs => Answer::Silent { text: "down".to_owned() },
            _ => Answer::Sites(cloud.stored),
        };
        Input::Stored { provider, answer }
    }

    /// Name servers live on when the API is dead.
    pub fn ask(&self, provider: ProviderId) -> Input {
        let stored = self.providers[provider.index()].stored;
        Input::Answered { provider, answer: Answer::Sites(stored) }
    }

    pub fn foreign(&mut self, provider: usize, site: SiteId) {
        let cloud = &mut self.providers[provider];
        (cloud.stored, cloud.writes) = (SiteSet::one(site), cloud.writes + 1);
    }

    pub fn site_ids(&self) -> Vec<SiteId> {
        (0..u8::try_from(self.alive.len()).unwrap()).map(SiteId).collect()
    }

    pub fn provider_ids(&self) -> Vec<ProviderId> {
        (0..u8::try_from(self.providers.len()).unwrap()).map(ProviderId).collect()
    }

    pub fn observe(&mut self) -> Vec<Output> {
        let mut all = Vec::new();
        for provider in self.provider_ids() {
            let stored = self.read(provider);
            all.extend(self.give(stored));
            let answered = self.ask(provider);
            all.extend(self.give(answered));
        }
        all
    }

    /// One round of probes of everything from everywhere.
    pub fn probe_all(&mut self) -> Vec<Output> {
        let checks = u8::try_from(self.machine.policy().spec().checks.len()).unwrap();
        let mut all = Vec::new();
        for (number, vantage) in (0u8..).map(VantageId).take(self.lies.len()).enumerate() {
            if self.silent[number] {
                continue;
            }
            for site in self.site_ids() {
                let ok = self.lies[number][site.index()].unwrap_or(self.alive[site.index()]);
                for check in (0..checks).map(CheckId) {
                    let at = self.stamp();
                    all.extend(self.give(Input::Probed { vantage, site, check, ok, at }));
                }
            }
        }
        all
    }

    pub fn watch(&mut self, time: Duration) -> Vec<Output> {
        let mut all = Vec::new();
        for _ in 0..time.as_millis() / 200 {
            self.now += 200;
            all.extend(self.give(Input::Tick));
            all.extend(self.probe_all());
        }
        all
    }

    /// What was recorded, folded, is the machine's state.
    pub fn folded(&self) -> State {
        State::fold(self.recorded.iter().map(|(at, event)| (*at, event)))
    }

    /// The shell dies and starts again from the journal.
    pub fn crash(&mut self) {
        let policy = self.machine.policy().clone();
        self.restart(policy);
    }

    /// The same with another policy of as many sites and providers.
    pub fn restart(&mut self, policy: Policy) {
        self.log.push((self.stamp(), Passed::Crash));
        self.machine = (self.built)(Failover::new(policy, self.folded()));
        self.writable = true;
        if self.leased {
            self.give(Input::LeadershipLost);
        }
    }
}
