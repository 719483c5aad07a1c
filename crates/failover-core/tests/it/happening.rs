//! Stories: what can happen to a world, in any order.
use std::time::Duration;

use failover_core::{Actor, Command, Input, MoveId, Output, SiteId, Timestamp, VantageId};
use proptest::prelude::*;

use crate::world::{Manner, World};

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
    /// One vantage says that it is cut off, or back.
    Isolated { vantage: u8, isolated: bool },
    /// A provider changes its manner.
    Provider { provider: u8, manner: Manner },
    /// Someone else writes at a provider.
    Foreign { provider: u8, site: u8 },
    /// A write that was on its way arrives.
    Land { number: u8 },
    /// Compute changes its manner.
    Compute { says: Option<bool> },
    /// A database is measured.
    Lag { site: u8, millis: Option<u32> },
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
    /// A lease is granted.
    Lease { epoch: u64, millis: u32 },
    /// Somebody else leads.
    Deposed,
}

impl World {
    pub fn happen(&mut self, happening: &Happening) -> Vec<Output> {
        let sites = self.alive.len();
        let place = |number: u8, count: usize| usize::from(number) % count;
        let site = |number: u8| SiteId(u8::try_from(place(number, sites)).unwrap());
        match happening {
            Happening::Watch { steps } => {
                return self.watch(Duration::from_millis(u64::from(*steps) * 200));
            }
            Happening::Silence { millis } => {
                self.now += u64::from(*millis);
                return self.give(Input::Tick);
            }
            Happening::Site { site, alive } => self.alive[place(*site, sites)] = *alive,
            Happening::Lie { vantage, site, lie } => {
                let vantage = place(*vantage, self.lies.len());
                self.lies[vantage][place(*site, sites)] = *lie;
            }
            Happening::Isolated { vantage, isolated } => {
                let vantage = VantageId(u8::try_from(place(*vantage, self.lies.len())).unwrap());
                return self.give(Input::Isolated { vantage, isolated: *isolated });
            }
            Happening::Provider { provider, manner } => {
                let provider = place(*provider, self.providers.len());
                self.providers[provider].manner = *manner;
            }
            Happening::Foreign { provider, site: to } => {
                self.foreign(place(*provider, self.providers.len()), site(*to));
            }
            Happening::Land { number } => return self.land(usize::from(*number)),
            Happening::Compute { says } => self.compute = *says,
            Happening::Lag { site: at, millis } => {
                let lag = millis.map(|millis| Duration::from_millis(millis.into()));
                return self.give(Input::Lag { site: site(*at), lag });
            }
            Happening::Observe => return self.observe(),
            Happening::Command(command) => {
                let who = Actor("anna".to_owned());
                return self.give(Input::Operator { who, command: command.clone() });
            }
            Happening::Crash => {
                self.crash();
                return self.give(Input::Tick);
            }
            Happening::Journal { writable } => {
                return self.give(Input::Journal { writable: *writable });
            }
            Happening::ClockBack { millis } => {
                let true_now = self.now;
                self.now = self.now.saturating_sub(u64::from(*millis));
                let out = self.give(Input::Tick);
                self.now = true_now;
                return out;
            }
            Happening::Lease { epoch, millis } => {
                self.leased = true;
                let until = self.stamp().plus(Duration::from_millis(u64::from(*millis)));
                return self.give(Input::Leadership { epoch: *epoch, until });
            }
            Happening::Deposed => {
                self.leased = true;
                return self.give(Input::LeadershipLost);
            }
        }
        Vec::new()
    }
}

/// What happens where there is one watcher.
pub fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec(happening(), 1..40)
}

/// What happens where several watchers share a lease.
pub fn happenings_with_leases() -> impl Strategy<Value = Vec<Happening>> {
    let lease = prop_oneof![
        4 => (0..6u64, 0..60_000u32).prop_map(|(epoch, millis)| Happening::Lease { epoch, millis }),
        1 => Just(Happening::Deposed),
    ];
    prop::collection::vec(prop_oneof![3 => happening(), 1 => lease], 1..50)
}

pub fn manners() -> impl Strategy<Value = Manner> {
    prop_oneof![
        4 => Just(Manner::Works),
        1 => Just(Manner::Refuses),
        1 => Just(Manner::Changed),
        1 => Just(Manner::LosesAnswer),
        1 => Just(Manner::LosesRequest),
        1 => Just(Manner::Hangs),
        1 => Just(Manner::Late),
        1 => Just(Manner::Dead),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => (1..40u8).prop_map(|steps| Happening::Watch { steps }),
        2 => (0..400_000u32).prop_map(|millis| Happening::Silence { millis }),
        4 => (any::<u8>(), any::<bool>()).prop_map(|(site, alive)| Happening::Site { site, alive }),
        2 => (any::<u8>(), any::<u8>(), any::<Option<bool>>())
            .prop_map(|(vantage, site, lie)| Happening::Lie { vantage, site, lie }),
        1 => (any::<u8>(), any::<bool>())
            .prop_map(|(vantage, isolated)| Happening::Isolated { vantage, isolated }),
        3 => (any::<u8>(), manners())
            .prop_map(|(provider, manner)| Happening::Provider { provider, manner }),
        1 => (any::<u8>(), any::<u8>())
            .prop_map(|(provider, site)| Happening::Foreign { provider, site }),
        2 => any::<u8>().prop_map(|number| Happening::Land { number }),
        1 => any::<Option<bool>>().prop_map(|says| Happening::Compute { says }),
        1 => (any::<u8>(), prop::option::of(0..20_000u32))
            .prop_map(|(site, millis)| Happening::Lag { site, millis }),
        2 => Just(Happening::Observe),
        3 => command().prop_map(Happening::Command),
        2 => Just(Happening::Crash),
        1 => any::<bool>().prop_map(|writable| Happening::Journal { writable }),
        1 => (0..100_000u32).prop_map(|millis| Happening::ClockBack { millis }),
    ]
}

pub fn command() -> impl Strategy<Value = Command> {
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
