//! One piece of trouble, and mostly its end.
use std::time::Duration;

use failover_core::{CheckId, PolicySpec, ProviderId, SiteId, SiteSet, VantageId};

use super::{Mix, secs, within};
use crate::random::Random;
use crate::world::{
    Compute, Disk, Fault, Foreign, Order, ProviderTrouble, Serves, Setup, VantageTrouble,
    WatcherTrouble,
};

/// What happens, what ends it and how long it lasts.
struct Trouble {
    begins: Fault,
    ends: Option<(Duration, Fault)>,
}

struct Teller<'a> {
    mix: &'a Mix,
    random: &'a mut Random,
    spec: &'a PolicySpec,
    setup: &'a Setup,
}

/// Adds what happens at `at`, and its end.
pub(super) fn draw(
    mix: &Mix,
    random: &mut Random,
    spec: &PolicySpec,
    setup: &Setup,
    at: Duration,
    steps: &mut Vec<(Duration, Fault)>,
) {
    let Trouble { begins, ends } = Teller { mix, random, spec, setup }.trouble();
    steps.push((at, begins));
    steps.extend(ends.map(|(later, ends)| (at + later, ends)));
}

impl Teller<'_> {
    fn trouble(&mut self) -> Trouble {
        let Mix { sites, providers, foreign, vantages, .. } = *self.mix;
        let Mix { watchers, journal, operators, surroundings, .. } = *self.mix;
        let weights =
            [sites, providers, foreign, vantages, watchers, journal, operators, surroundings];
        let mut left = self.random.below(weights.iter().map(|weight| u64::from(*weight)).sum());
        for (kind, weight) in weights.iter().enumerate() {
            if left < u64::from(*weight) {
                return self.kind(kind);
            }
            left -= u64::from(*weight);
        }
        self.site()
    }

    fn kind(&mut self, kind: usize) -> Trouble {
        match kind {
            0 => self.site(),
            1 => self.provider(),
            2 => self.foreign(),
            3 => self.vantage(),
            4 => self.watcher(),
            5 => self.journal(),
            6 => Trouble { begins: Fault::Operator(self.order()), ends: None },
            _ => self.surroundings(),
        }
    }

    fn place(&mut self, count: usize) -> u8 {
        u8::try_from(self.random.below(count as u64)).unwrap_or(0)
    }

    fn some_site(&mut self) -> SiteId {
        SiteId(self.place(self.spec.sites.len()))
    }

    fn some_provider(&mut self) -> ProviderId {
        ProviderId(self.place(self.spec.providers.len()))
    }

    /// How long trouble lasts: moments or minutes.
    fn while_it_lasts(&mut self) -> Duration {
        let most = *self.random.pick(&[1, 5, 20, 60, 120]);
        within(self.random, Duration::from_millis(100), Duration::from_secs(most))
    }

    fn site(&mut self) -> Trouble {
        // Mostly the preferred one: it is the one that is published.
        let site = if self.random.chance(600) { SiteId(0) } else { self.some_site() };
        let checks = self.spec.checks.len();
        let check = self.random.chance(300).then(|| CheckId(self.place(checks)));
        let serves = match self.random.below(6) {
            0 => Serves::Partly(u16::try_from(self.random.between(50, 900)).unwrap_or(500)),
            1 | 2 => Serves::Refuses,
            _ => Serves::Silent,
        };
        let lasts = self.while_it_lasts();
        let ends = (lasts, Fault::Site { site, check, serves: Serves::Well });
        Trouble { begins: Fault::Site { site, check, serves }, ends: Some(ends) }
    }

    fn provider(&mut self) -> Trouble {
        let provider = self.some_provider();
        let share = |random: &mut Random| u16::try_from(random.between(50, 1_000)).unwrap_or(500);
        let usual = self.mix;
        let (begins, ends) = match self.random.below(7) {
            0 => (ProviderTrouble::Down(true), ProviderTrouble::Down(false)),
            1 => (ProviderTrouble::Silent(true), ProviderTrouble::Silent(false)),
            2 => (ProviderTrouble::Errs(share(self.random)), ProviderTrouble::Errs(usual.errors)),
            3 => {
                let doubts = share(self.random);
                (ProviderTrouble::Doubts(doubts), ProviderTrouble::Doubts(usual.doubts))
            }
            4 | 5 => {
                let stalls = (share(self.random), secs(self.random, 1, 60));
                let (share, time) = usual.stalls;
                let ends = ProviderTrouble::Stalls(share, time);
                (ProviderTrouble::Stalls(stalls.0, stalls.1), ends)
            }
            _ => {
                let slow = within(self.random, Duration::from_secs(1), Duration::from_secs(8));
                (ProviderTrouble::Delays(slow), ProviderTrouble::Delays(self.setup.call))
            }
        };
        let lasts = self.while_it_lasts();
        let fault = |trouble| Fault::Provider { provider, trouble };
        Trouble { begins: fault(begins), ends: Some((lasts, fault(ends))) }
    }

    fn foreign(&mut self) -> Trouble {
        let provider = self.some_provider();
        let content = match self.random.below(4) {
            0 => Foreign::Other,
            1 => Foreign::Nothing,
            _ => Foreign::Sites(SiteSet::one(self.some_site())),
        };
        Trouble { begins: Fault::Foreign { provider, content }, ends: None }
    }

    fn vantage(&mut self) -> Trouble {
        let vantage = VantageId(self.place(self.spec.vantages.len()));
        let lasts = self.while_it_lasts();
        let site = self.some_site();
        if self.random.chance(150) {
            let group = self.place(2);
            let per_mille = u16::try_from(self.random.between(10, 400)).unwrap_or(0);
            let ends = (lasts, Fault::Group { group, per_mille: 0 });
            return Trouble { begins: Fault::Group { group, per_mille }, ends: Some(ends) };
        }
        let (begins, ends) = match self.random.below(8) {
            0 => {
                let loses = u16::try_from(self.random.between(10, 500)).unwrap_or(0);
                (VantageTrouble::Loses(loses), Some(VantageTrouble::Loses(0)))
            }
            1 => {
                let delay = within(self.random, Duration::from_millis(50), Duration::from_secs(6));
                (VantageTrouble::Delays(delay), Some(VantageTrouble::Delays(Duration::ZERO)))
            }
            2 => (VantageTrouble::Cut(true), Some(VantageTrouble::Cut(false))),
            3 => (VantageTrouble::Mute(true), Some(VantageTrouble::Mute(false))),
            4 => {
                let sees = Some(self.random.chance(300));
                (VantageTrouble::Sees(site, sees), Some(VantageTrouble::Sees(site, None)))
            }
            5 => {
                let jump = i64::try_from(self.random.between(0, 20_000)).unwrap_or(0) - 10_000;
                (VantageTrouble::Jumps(jump), Some(VantageTrouble::Jumps(-jump)))
            }
            6 => {
                let ppm = i32::try_from(self.random.between(0, 2_000)).unwrap_or(0) - 1_000;
                (VantageTrouble::Drifts(ppm), Some(VantageTrouble::Drifts(0)))
            }
            _ => (VantageTrouble::Sleeps(lasts), None),
        };
        let fault = |trouble| Fault::Vantage { vantage, trouble };
        Trouble { begins: fault(begins), ends: ends.map(|ends| (lasts, fault(ends))) }
    }

    fn watcher(&mut self) -> Trouble {
        let watcher = self.place(usize::from(self.setup.watchers));
        let lasts = self.while_it_lasts();
        let down = within(self.random, Duration::from_millis(200), Duration::from_secs(20));
        let (begins, ends) = match self.random.below(10) {
            0 => (WatcherTrouble::Crashes { after: None, down }, None),
            1..=5 => {
                let after = u16::try_from(self.random.below(20)).ok();
                (WatcherTrouble::Crashes { after, down }, None)
            }
            6 => (WatcherTrouble::Stops(lasts), None),
            7 => (WatcherTrouble::Suspended(lasts), None),
            8 => {
                let ppm = i32::try_from(self.random.between(0, 400)).unwrap_or(0) - 200;
                (WatcherTrouble::Drifts(ppm), Some(WatcherTrouble::Drifts(0)))
            }
            _ => (WatcherTrouble::Parted(true), Some(WatcherTrouble::Parted(false))),
        };
        let fault = |trouble| Fault::Watcher { watcher, trouble };
        Trouble { begins: fault(begins), ends: ends.map(|ends| (lasts, fault(ends))) }
    }

    fn journal(&mut self) -> Trouble {
        let slow = within(self.random, Duration::from_millis(10), Duration::from_millis(60));
        let disk = if self.random.chance(500) { Disk::Broken } else { Disk::Slow(slow) };
        let lasts = self.while_it_lasts();
        let ends = (lasts, Fault::Journal(Disk::Works));
        Trouble { begins: Fault::Journal(disk), ends: Some(ends) }
    }

    fn order(&mut self) -> Order {
        let (one, other) = (self.some_site(), self.some_site());
        let time = secs(self.random, 5, 120);
        match self.random.below(14) {
            0 | 1 => Order::Switch(one, other),
            2 | 3 => Order::Force(one, other),
            4 => Order::FailBack,
            5 => Order::Arm,
            6 => Order::Disarm(time),
            7 | 8 => Order::Rearm,
            9 => Order::Maintain(one, time),
            10 => Order::Return(one),
            11 => Order::Abandon,
            12 => Order::Acknowledge,
            _ => Order::Repair,
        }
    }

    fn surroundings(&mut self) -> Trouble {
        let lasts = self.while_it_lasts();
        if self.random.chance(500) {
            let compute = *self.random.pick(&[Compute::Fails, Compute::Silent]);
            let ends = (lasts, Fault::Compute(Compute::Works));
            return Trouble { begins: Fault::Compute(compute), ends: Some(ends) };
        }
        let site = self.some_site();
        let lag = self.random.chance(700).then(|| secs(self.random, 0, 30));
        let ends = (lasts, Fault::Lag { site, lag: Some(Duration::ZERO) });
        Trouble { begins: Fault::Lag { site, lag }, ends: Some(ends) }
    }
}
