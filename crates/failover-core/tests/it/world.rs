//! A small world around the machine: sites that live and die, providers that answer, refuse, keep
//! silent or lose the answer, a shell that crashes. Time moves only when a test moves it.
use std::collections::VecDeque;
use std::time::Duration;

use failover_core::{
    Actor, Answer, AttemptId, CheckId, Command, Event, Failover, Input, MoveId, Output, Policy,
    ProviderId, Receipt, SiteId, SiteSet, State, Timestamp, VantageId,
};
use proptest::prelude::*;

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Happening {
    /// Time passes, with probes five times a second.
    Watch { steps: u8 },
    /// Time passes without any probe.
    Silence { millis: u32 },
    /// A site changes its health.
    Site { site: u8, alive: bool },
    /// One vantage lies about one site.
    Lie { vantage: u8, site: u8, lie: Option<bool> },
    /// A provider changes its manner.
    Provider { provider: u8, manner: Manner },
    /// Someone else writes at a provider.
    Foreign { provider: u8, site: u8 },
    /// The shell reads what is stored and asks the name servers.
    Observe,
    /// A human says something.
    Command(Command),
    /// The shell dies and starts again from the journal.
    Crash,
    /// The journal breaks or works again.
    Journal { writable: bool },
    /// The wall clock says something absurd.
    ClockBack { millis: u32 },
}

/// How a provider behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Works,
    Refuses,
    /// The write happens, the answer is lost.
    LosesAnswer,
    /// Neither happens.
    LosesRequest,
    /// No receipt at all.
    Hangs,
    /// The API is down for reading, too.
    Dead,
}

/// A provider as it really is.
pub struct Provider {
    pub stored: SiteSet,
    pub manner: Manner,
    /// The generation that was written last.
    pub written: MoveId,
}

pub struct World {
    pub machine: Failover,
    pub now: u64,
    pub alive: Vec<bool>,
    pub lies: Vec<Vec<Option<bool>>>,
    pub providers: Vec<Provider>,
    pub recorded: Vec<(Timestamp, Event)>,
    /// Every `Publish` ever asked for, with the moment.
    pub published: Vec<(Timestamp, ProviderId, MoveId, SiteSet)>,
    pub writable: bool,
    pub attempts: Vec<Option<AttemptId>>,
}

impl World {
    pub fn new(policy: Policy) -> Self {
        let spec = policy.spec();
        let (sites, vantages) = (spec.sites.len(), spec.vantages.len());
        let provider = || Provider {
            stored: SiteSet::one(SiteId(0)),
            manner: Manner::Works,
            written: MoveId(0),
        };
        let providers: Vec<Provider> = spec.providers.iter().map(|_| provider()).collect();
        let attempts = vec![None; providers.len()];
        let machine = Failover::new(policy, State::default());
        let mut world = Self {
            machine,
            now: 1_000_000,
            alive: vec![true; sites],
            lies: vec![vec![None; sites]; vantages],
            providers,
            recorded: Vec::new(),
            published: Vec::new(),
            writable: true,
            attempts,
        };
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
            let out = self.machine.step(now, input);
            for output in &out {
                self.carry_out(now, output, &mut queue);
            }
            all.extend(out);
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
                self.attempts[provider.index()] = Some(*attempt);
                if let Some(receipt) = self.write(*provider, *id, *sites) {
                    queue.push_back(Input::Receipt {
                        attempt: *attempt,
                        provider: *provider,
                        receipt,
                    });
                }
            }
            Output::ReadBack { provider } => queue.push_back(self.read(*provider)),
            Output::Verify { provider, .. } => queue.push_back(self.ask(*provider)),
            Output::Fence { site } => queue.push_back(Input::Fenced { site: *site, ok: true }),
            Output::Start { site } => queue.push_back(Input::Started { site: *site, ok: true }),
            _ => {}
        }
    }

    fn write(&mut self, provider: ProviderId, id: MoveId, sites: SiteSet) -> Option<Receipt> {
        let cloud = &mut self.providers[provider.index()];
        let message = "the world says so".to_owned();
        let (happens, receipt) = match cloud.manner {
            Manner::Works if cloud.stored == sites => (true, Some(Receipt::AlreadySo)),
            Manner::Works => (true, Some(Receipt::Applied)),
            Manner::Refuses => (false, Some(Receipt::Refused { message, changed: false })),
            Manner::LosesAnswer => (true, Some(Receipt::Unknown { message })),
            Manner::LosesRequest | Manner::Dead => (false, Some(Receipt::Unknown { message })),
            Manner::Hangs => (false, None),
        };
        if happens {
            (cloud.stored, cloud.written) = (sites, id);
        }
        receipt
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
        for vantage in 0..self.lies.len() {
            for site in 0..self.alive.len() {
                let ok = self.lies[vantage][site].unwrap_or(self.alive[site]);
                for check in 0..checks {
                    let at = self.stamp();
                    let vantage = VantageId(u8::try_from(vantage).unwrap());
                    let site = SiteId(u8::try_from(site).unwrap());
                    let probed = Input::Probed { vantage, site, check: CheckId(check), ok, at };
                    all.extend(self.give(probed));
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

    pub fn crash(&mut self) {
        let policy = self.machine.policy().clone();
        self.machine = Failover::new(policy, self.folded());
        self.writable = true;
    }

    pub fn happen(&mut self, happening: &Happening) -> Vec<Output> {
        let sites = self.alive.len();
        let place = |number: u8, count: usize| usize::from(number) % count;
        match happening {
            Happening::Watch { steps } => {
                self.watch(Duration::from_millis(u64::from(*steps) * 200))
            }
            Happening::Silence { millis } => {
                self.now += u64::from(*millis);
                self.give(Input::Tick)
            }
            Happening::Site { site, alive } => {
                self.alive[place(*site, sites)] = *alive;
                Vec::new()
            }
            Happening::Lie { vantage, site, lie } => {
                let vantage = place(*vantage, self.lies.len());
                self.lies[vantage][place(*site, sites)] = *lie;
                Vec::new()
            }
            Happening::Provider { provider, manner } => {
                let provider = place(*provider, self.providers.len());
                self.providers[provider].manner = *manner;
                Vec::new()
            }
            Happening::Foreign { provider, site } => {
                let site = SiteId(u8::try_from(place(*site, sites)).unwrap());
                let provider = place(*provider, self.providers.len());
                self.providers[provider].stored = SiteSet::one(site);
                Vec::new()
            }
            Happening::Observe => self.observe(),
            Happening::Command(command) => {
                let who = Actor("anna".to_owned());
                self.give(Input::Operator { who, command: command.clone() })
            }
            Happening::Crash => {
                self.crash();
                self.give(Input::Tick)
            }
            Happening::Journal { writable } => {
                self.writable = *writable;
                self.give(Input::Journal { writable: *writable })
            }
            Happening::ClockBack { millis } => {
                let true_now = self.now;
                self.now = self.now.saturating_sub(u64::from(*millis));
                let out = self.give(Input::Tick);
                self.now = true_now;
                out
            }
        }
    }
}

pub fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec(happening(), 1..40)
}

fn happening() -> impl Strategy<Value = Happening> {
    let manner = prop_oneof![
        4 => Just(Manner::Works),
        1 => Just(Manner::Refuses),
        1 => Just(Manner::LosesAnswer),
        1 => Just(Manner::LosesRequest),
        1 => Just(Manner::Hangs),
        1 => Just(Manner::Dead),
    ];
    prop_oneof![
        8 => (1..40u8).prop_map(|steps| Happening::Watch { steps }),
        2 => (0..400_000u32).prop_map(|millis| Happening::Silence { millis }),
        4 => (any::<u8>(), any::<bool>()).prop_map(|(site, alive)| Happening::Site { site, alive }),
        2 => (any::<u8>(), any::<u8>(), any::<Option<bool>>())
            .prop_map(|(vantage, site, lie)| Happening::Lie { vantage, site, lie }),
        3 => (any::<u8>(), manner)
            .prop_map(|(provider, manner)| Happening::Provider { provider, manner }),
        1 => (any::<u8>(), any::<u8>())
            .prop_map(|(provider, site)| Happening::Foreign { provider, site }),
        2 => Just(Happening::Observe),
        3 => command().prop_map(Happening::Command),
        2 => Just(Happening::Crash),
        1 => any::<bool>().prop_map(|writable| Happening::Journal { writable }),
        1 => (0..100_000u32).prop_map(|millis| Happening::ClockBack { millis }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let site = (0..4u8).prop_map(SiteId);
    let until = (0..10_000_000u64).prop_map(Timestamp::from_millis);
    prop_oneof![
        (site.clone(), site.clone()).prop_map(|(from, to)| Command::SwitchOver { from, to }),
        (site.clone(), site.clone()).prop_map(|(from, to)| Command::Force { from, to }),
        Just(Command::FailBack),
        Just(Command::Arm),
        until.clone().prop_map(|until| Command::Disarm { until }),
        Just(Command::Rearm),
        (site.clone(), until).prop_map(|(site, until)| Command::MaintenanceOn { site, until }),
        site.prop_map(|site| Command::MaintenanceOff { site }),
        (0..8u64).prop_map(|id| Command::Abandon { id: MoveId(id) }),
        Just(Command::Acknowledge),
        Just(Command::Repair),
    ]
}
