//! How long the recorded providers took.
use std::collections::BTreeMap;
use std::time::Duration;

use failover_core::{AttemptId, Event, Input, Output, ProviderId, Receipt, Timestamp};

use super::Seen;

/// What stands for a delay that was never seen in the recording.
const UNSEEN: Duration = Duration::from_secs(1);

/// How long one provider took in the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The provider's name.
    pub provider: String,
    /// From the beginning of an attempt to its good end: the median.
    pub publish: Duration,
    /// From the first question to its name servers to the answer of all of them: the median.
    pub verify: Duration,
    /// How many attempts and verifications were seen; with none, a delay is assumed.
    pub seen: (usize, usize),
}

/// Watches a replay with a clock in its hand.
#[derive(Debug, Default)]
pub struct Stopwatch {
    attempts: BTreeMap<AttemptId, Timestamp>,
    asked: BTreeMap<ProviderId, Timestamp>,
    took: BTreeMap<String, (Vec<Duration>, Vec<Duration>)>,
}

impl Stopwatch {
    /// Looks at one step.
    pub fn see(&mut self, seen: Seen<'_>) {
        let now = seen.now;
        let spec = seen.machine.policy().spec();
        let name = |provider: ProviderId| {
            spec.providers.get(provider.index()).map(|provider| provider.name.clone())
        };
        if let Input::Receipt { attempt, provider, receipt } = seen.fact
            && let Some(since) = self.attempts.remove(attempt)
            && matches!(receipt, Receipt::Applied)
            && let Some(name) = name(*provider)
        {
            self.took.entry(name).or_default().0.push(now.since(since));
        }
        for output in seen.outputs {
            match output {
                Output::Publish { attempt, provider, .. } => {
                    self.asked.remove(provider);
                    self.attempts.insert(*attempt, now);
                }
                Output::Verify { provider, .. } => {
                    self.asked.entry(*provider).or_insert(now);
                }
                Output::Record(Event::Verified { provider, .. }) => {
                    if let (Some(since), Some(name)) =
                        (self.asked.remove(provider), name(*provider))
                    {
                        self.took.entry(name).or_default().1.push(now.since(since));
                    }
                }
                _ => {}
            }
        }
    }

    /// What was measured of the providers with these names.
    pub fn measured(mut self, names: impl Iterator<Item = String>) -> Vec<Measured> {
        let each = names.map(|provider| {
            let (mut publish, mut verify) = self.took.remove(&provider).unwrap_or_default();
            let seen = (publish.len(), verify.len());
            Measured { provider, publish: median(&mut publish), verify: median(&mut verify), seen }
        });
        each.collect()
    }
}

fn median(all: &mut [Duration]) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(UNSEEN)
}
