//! The providers of a what-if: they do what they are asked, after the time the recorded ones took.
use std::collections::BTreeMap;
use std::time::Duration;

use failover_core::{Answer, AttemptId, Input, Output, ProviderId, Receipt, SiteSet, Timestamp};

use super::Measured;

/// All providers of one service, and what they have been asked.
#[derive(Debug)]
pub(crate) struct StandIns {
    each: Vec<StandIn>,
    due: BTreeMap<(Timestamp, u64), Due>,
    /// Keeps what is due at the same moment in the order in which it was asked.
    count: u64,
}

#[derive(Debug)]
struct StandIn {
    publish: Duration,
    verify: Duration,
    /// What it stores; `None` until something was seen.
    stored: Option<SiteSet>,
    /// Somebody else's change, as it was recorded; gone with the next write.
    foreign: Option<Answer>,
    /// What the recorded one was last seen to store.
    seen: Option<Answer>,
    /// Counts writes: what was asked before the latest one is not told.
    mark: u64,
}

#[derive(Debug)]
enum Due {
    Applied { provider: ProviderId, attempt: AttemptId, sites: SiteSet },
    Read { provider: ProviderId, mark: u64 },
    Agreed { provider: ProviderId, mark: u64, sites: SiteSet },
    Now(Input),
}

impl StandIns {
    /// Providers that store `stored`, if anything is known of it.
    pub(crate) fn new(measured: &[Measured], stored: Option<SiteSet>) -> Self {
        let each = measured.iter().map(|measured| StandIn {
            publish: measured.publish,
            verify: measured.verify,
            stored,
            foreign: None,
            seen: None,
            mark: 0,
        });
        Self { each: each.collect(), due: BTreeMap::new(), count: 0 }
    }

    /// Takes what a machine asks for.
    pub(crate) fn ask(&mut self, now: Timestamp, output: &Output) {
        match output {
            Output::Publish { attempt, provider, sites, .. } => {
                let Some(one) = self.each.get_mut(provider.index()) else { return };
                one.mark += 1;
                let (at, provider) = (now.plus(one.publish), *provider);
                self.put(at, Due::Applied { provider, attempt: *attempt, sites: *sites });
            }
            Output::ReadBack { provider } => {
                let Some(one) = self.each.get(provider.index()) else { return };
                let (at, mark) = (now.plus(one.publish), one.mark);
                self.put(at, Due::Read { provider: *provider, mark });
            }
            Output::Verify { provider, sites, .. } => {
                let Some(one) = self.each.get(provider.index()) else { return };
                let (at, mark) = (now.plus(one.verify), one.mark);
                self.put(at, Due::Agreed { provider: *provider, mark, sites: *sites });
            }
            // As in the watcher, which cannot stop or start servers.
            Output::Fence { site } => {
                self.put(now, Due::Now(Input::Fenced { site: *site, ok: false }));
            }
            Output::Start { site } => {
                self.put(now, Due::Now(Input::Started { site: *site, ok: false }));
            }
            _ => {}
        }
    }

    /// When the next answer comes.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// The next answer, if it still means anything.
    pub(crate) fn answer(&mut self) -> Option<Input> {
        let (_, due) = self.due.pop_first()?;
        match due {
            Due::Applied { provider, attempt, sites } => {
                let one = self.each.get_mut(provider.index())?;
                let same = one.foreign.is_none() && one.stored == Some(sites);
                let receipt = if same { Receipt::AlreadySo } else { Receipt::Applied };
                (one.stored, one.foreign) = (Some(sites), None);
                one.mark += 1;
                Some(Input::Receipt { attempt, provider, receipt })
            }
            Due::Read { provider, mark } => {
                let one = self.each.get(provider.index()).filter(|one| one.mark == mark)?;
                Some(Input::Stored { provider, answer: one.says()? })
            }
            Due::Agreed { provider, mark, sites } => {
                let one = self.each.get(provider.index()).filter(|one| one.mark == mark)?;
                let answer = Answer::Sites(sites);
                (one.says()? == answer).then_some(Input::Answered { provider, answer })
            }
            Due::Now(input) => Some(input),
        }
    }

    /// What is told instead of what a recorded provider was seen to store or answer. `own`: it was
    /// what the recorded machine had published, or was about to.
    pub(crate) fn seen(
        &mut self,
        provider: ProviderId,
        answer: Answer,
        own: bool,
    ) -> Option<Answer> {
        let one = self.each.get_mut(provider.index())?;
        if matches!(answer, Answer::Silent { .. }) {
            return Some(answer);
        }
        if let (None, Answer::Sites(sites)) = (one.stored, &answer) {
            one.stored = Some(*sites);
        }
        let news = one.seen.replace(answer.clone()).as_ref() != Some(&answer);
        if own {
            one.foreign = None;
        } else if news {
            one.foreign = Some(answer);
        }
        one.says()
    }

    /// The watcher ends: what was asked is done, and nobody hears of it.
    pub(crate) fn forget(&mut self) {
        for due in std::mem::take(&mut self.due).into_values() {
            if let Due::Applied { provider, sites, .. } = due
                && let Some(one) = self.each.get_mut(provider.index())
            {
                (one.stored, one.foreign) = (Some(sites), None);
            }
        }
    }

    /// Whether a write is under way at `provider`: what is seen there is not told meanwhile.
    pub(crate) fn is_writing(&self, provider: ProviderId) -> bool {
        let here = |due: &Due| matches!(due, Due::Applied { provider: at, .. } if *at == provider);
        self.due.values().any(here)
    }

    fn put(&mut self, at: Timestamp, due: Due) {
        self.count += 1;
        self.due.insert((at, self.count), due);
    }
}

impl StandIn {
    fn says(&self) -> Option<Answer> {
        self.foreign.clone().or(self.stored.map(Answer::Sites))
    }
}
