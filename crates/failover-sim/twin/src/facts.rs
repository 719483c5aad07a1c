//! Random facts of every kind, most of which make sense.
use std::time::Duration;

use failover_core::{
    Actor, Answer, AttemptId, CheckId, Command, Input, MoveId, Output, Policy, ProviderId, Receipt,
    SiteId, SiteSet, Timestamp, VantageId,
};
use failover_sim::Random;

use crate::BEGIN;

/// Facts without end, of one seed.
pub struct Facts {
    random: Random,
    now: Timestamp,
    /// How many sites, vantages, checks and providers there are.
    counts: [u64; 4],
    /// How often in a thousand probes of a site fail now.
    failing: Vec<u16>,
    /// What each provider was last asked to publish.
    asked: Vec<(AttemptId, SiteSet)>,
    /// The latest move.
    moved: MoveId,
    epoch: u64,
}

impl Facts {
    pub fn new(policy: &Policy, seed: u64) -> Self {
        let spec = policy.spec();
        let lengths =
            [spec.sites.len(), spec.vantages.len(), spec.checks.len(), spec.providers.len()];
        Self {
            random: Random::new(seed),
            now: BEGIN,
            counts: lengths.map(|length| length as u64),
            failing: vec![0; spec.sites.len()],
            asked: vec![(AttemptId(0), SiteSet::one(SiteId(0))); spec.providers.len()],
            moved: MoveId(0),
            epoch: 0,
        }
    }

    /// The next fact, and when it is told.
    pub fn next(&mut self) -> (Timestamp, Input) {
        let pause = match self.random.below(2000) {
            // Asleep, or a clock that was set back.
            0 => 30_000,
            1 => 0,
            _ => self.random.between(1, 150),
        };
        self.now = self.now.plus(Duration::from_millis(pause));
        if self.random.chance(2) {
            let site = self.place(0);
            let how = *self.random.pick(&[0, 0, 20, 500, 1000]);
            self.failing[usize::from(site)] = how;
        }
        let fact = match self.random.below(1000) {
            0..800 => self.probed(),
            800..900 => Input::Tick,
            900..930 => self.receipt(),
            930..950 => Input::Stored { provider: self.provider(), answer: self.answer() },
            950..975 => Input::Answered { provider: self.provider(), answer: self.answer() },
            975..979 => Input::Fenced { site: self.site(), ok: self.random.chance(700) },
            979..983 => Input::Started { site: self.site(), ok: self.random.chance(700) },
            983..985 => self.isolated(),
            985..989 => self.lag(),
            989..990 => Input::Journal { writable: self.random.chance(800) },
            990..991 => self.leadership(),
            _ => Input::Operator { who: Actor("ann".to_owned()), command: self.command() },
        };
        (self.now, fact)
    }

    /// What the machine has asked for.
    pub fn hear(&mut self, outputs: &[Output]) {
        for output in outputs {
            if let Output::Publish { id, attempt, provider, sites } = output {
                self.asked[provider.index()] = (*attempt, *sites);
                self.moved = *id;
            }
        }
    }

    fn probed(&mut self) -> Input {
        let (vantage, site, check) = (self.place(1), self.place(0), self.place(2));
        let ok = !self.random.chance(self.failing[usize::from(site)]);
        let ago = self.random.below(300);
        let at = Timestamp::from_millis(self.now.as_millis() - ago);
        let (vantage, site, check) = (VantageId(vantage), SiteId(site), CheckId(check));
        Input::Probed { vantage, site, check, ok, at }
    }

    fn receipt(&mut self) -> Input {
        let provider = self.provider();
        let (attempt, _) = self.asked[provider.index()];
        let message = "no".to_owned();
        let receipt = match self.random.below(10) {
            0 => Receipt::Refused { message, changed: false },
            1 => Receipt::Refused { message, changed: true },
            2 => Receipt::Unknown { message },
            3 => Receipt::AlreadySo,
            _ => Receipt::Applied,
        };
        Input::Receipt { attempt, provider, receipt }
    }

    fn answer(&mut self) -> Answer {
        match self.random.below(20) {
            0 => Answer::Silent { text: "timed out".to_owned() },
            1 => Answer::Foreign { text: "192.0.2.99".to_owned() },
            2 => Answer::Sites(SiteSet::one(self.site())),
            _ => {
                let provider = self.provider();
                Answer::Sites(self.asked[provider.index()].1)
            }
        }
    }

    fn isolated(&mut self) -> Input {
        let vantage = VantageId(self.place(1));
        Input::Isolated { vantage, isolated: self.random.chance(300) }
    }

    fn lag(&mut self) -> Input {
        let millis = self.random.below(8000);
        let lag = self.random.chance(900).then(|| Duration::from_millis(millis));
        Input::Lag { site: self.site(), lag }
    }

    fn leadership(&mut self) -> Input {
        if self.random.chance(200) {
            return Input::LeadershipLost;
        }
        self.epoch += self.random.below(2);
        let until = self.now.plus(Duration::from_millis(self.random.below(600_000)));
        Input::Leadership { epoch: self.epoch, until }
    }

    fn command(&mut self) -> Command {
        let (from, to) = (self.site(), self.site());
        let until = self.now.plus(Duration::from_millis(self.random.below(20_000)));
        match self.random.below(12) {
            0 => Command::Force { from, to },
            1 => Command::FailBack,
            2 | 3 => Command::Arm,
            4 => Command::Disarm { until },
            5 | 6 => Command::Rearm,
            7 => Command::MaintenanceOn { site: to, until },
            8 => Command::MaintenanceOff { site: to },
            9 => Command::Abandon { id: self.moved },
            10 => Command::Repair,
            _ => Command::SwitchOver { from, to },
        }
    }

    /// A place of a kind, by its index in `counts`.
    fn place(&mut self, kind: usize) -> u8 {
        u8::try_from(self.random.below(self.counts[kind])).unwrap_or(0)
    }

    fn site(&mut self) -> SiteId {
        SiteId(self.place(0))
    }

    fn provider(&mut self) -> ProviderId {
        ProviderId(self.place(3))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use failover_core::{Event, Failover, State};

    use super::*;
    use crate::policies::policies;

    /// The variant's name alone.
    fn kind(shown: &str) -> String {
        shown.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_kind_of_fact_comes_and_leads_to_most_kinds_of_events() {
        let (mut facts_seen, mut events_seen) = (BTreeSet::new(), BTreeSet::new());
        for policy in policies() {
            let mut facts = Facts::new(&policy, 7);
            let mut machine = Failover::new(policy, State::default());
            for _ in 0..20_000 {
                let (now, fact) = facts.next();
                facts_seen.insert(kind(&format!("{fact:?}")));
                let outputs = machine.step(now, fact);
                facts.hear(&outputs);
                events_seen.extend(outputs.iter().filter_map(|output| match output {
                    Output::Record(event) => Some(kind(&format!("{event:?}"))),
                    _ => None,
                }));
            }
        }
        assert_eq!(facts_seen.len(), 13, "{facts_seen:?}");
        assert!(events_seen.len() >= 25, "{events_seen:?}");
        let moved = kind(&format!("{:?}", Event::AllDown));
        assert!(events_seen.contains(&moved) && events_seen.contains("MoveCompleted"));
    }
}
