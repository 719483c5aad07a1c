//! Stories made of a seed: a policy, a world, and trouble of all kinds until it ends.
mod policy;
mod trouble;

use std::time::Duration;

use failover_core::ProviderId;

use crate::property::Goals;
use crate::random::Random;
use crate::script::Script;
use crate::world::{Fault, ProviderTrouble, WatcherTrouble};

/// What stories are made of.
///
/// The shares are those of a background that lasts as long as the trouble does; the weights say how
/// often something further happens, compared with everything else. A weight of 0 rules it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    /// How long there is trouble. Then everything is as it should be again, for as long as the
    /// promises need to be kept.
    pub trouble: Duration,
    /// Between two things that happen, at most; on average half of it.
    pub pause: Duration,
    /// API requests that end in an error, of a thousand.
    pub errors: u16,
    /// Requests whose answer is lost, of a thousand; half of these changes happen.
    pub doubts: u16,
    /// Requests that wait, of a thousand, and for how long.
    pub stalls: (u16, Duration),
    /// Sites fail and return.
    pub sites: u16,
    /// Providers fail and return.
    pub providers: u16,
    /// Somebody else writes.
    pub foreign: u16,
    /// Vantages lose probes, are cut off, lie, sleep, have wrong clocks.
    pub vantages: u16,
    /// Watchers crash between two outputs, are stopped, are cut off from the lease.
    pub watchers: u16,
    /// The journal breaks or is slow.
    pub journal: u16,
    /// Operators command something.
    pub operators: u16,
    /// Databases lag, compute fails.
    pub surroundings: u16,
}

impl Default for Mix {
    /// Every tenth API request fails, some stall for half a minute, and everything can happen.
    fn default() -> Self {
        Self {
            trouble: Duration::from_secs(150),
            pause: Duration::from_secs(8),
            errors: 100,
            doubts: 50,
            stalls: (30, Duration::from_secs(30)),
            sites: 30,
            providers: 12,
            foreign: 8,
            vantages: 15,
            watchers: 20,
            journal: 4,
            operators: 15,
            surroundings: 6,
        }
    }
}

impl Mix {
    /// The story of `seed`: always the same one.
    pub fn story(&self, seed: u64) -> Script {
        let mut random = Random::of(seed, 1);
        let (spec, setup) = policy::draw(&mut random);
        let goals = policy::valid(&spec);
        let goals = Goals::of(&goals, setup.look.max(setup.look_blind), setup.call_timeout);
        let mut steps = Vec::new();
        for place in 0..u8::try_from(spec.providers.len()).unwrap_or(u8::MAX) {
            let provider = ProviderId(place);
            let background = [
                ProviderTrouble::Errs(self.errors),
                ProviderTrouble::Doubts(self.doubts),
                ProviderTrouble::Stalls(self.stalls.0, self.stalls.1),
            ];
            steps
                .extend(background.map(|trouble| {
                    (Duration::from_secs(1), Fault::Provider { provider, trouble })
                }));
        }
        let mut at = Duration::from_secs(5);
        while at < self.trouble {
            trouble::draw(self, &mut random, &spec, &setup, at, &mut steps);
            at += within(&mut random, Duration::from_millis(20), self.pause);
        }
        steps.sort_by_key(|(at, _)| *at);
        steps.retain(|(at, _)| *at < self.trouble);
        for (at, fault) in &mut steps {
            if let Fault::Watcher { trouble, .. } = fault
                && let WatcherTrouble::Stops(time) | WatcherTrouble::Suspended(time) = trouble
            {
                *time = (*time).min(self.trouble - *at);
            }
        }
        steps.push((self.trouble, Fault::Calm));
        // What was stalled lands yet, and the promises count from then.
        let rest = goals.repair + goals.commit + self.stalls.1;
        Script { spec, setup, seed, steps, length: self.trouble + rest }
    }
}

/// A time between `least` and `most`, to the millisecond.
fn within(random: &mut Random, least: Duration, most: Duration) -> Duration {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random.between(millis(least), millis(most).max(millis(least))))
}

fn secs(random: &mut Random, least: u64, most: u64) -> Duration {
    Duration::from_secs(random.between(least, most))
}
