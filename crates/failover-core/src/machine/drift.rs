//! What the providers say: adoption at first, drift later.
use crate::event::{Event, Evidence, MoveKind};
use crate::id::{ProviderId, SiteSet};
use crate::input::Answer;
use crate::machine::Failover;
use crate::machine::publish::Phase;
use crate::mutant::Mutant;
use crate::output::Output;
use crate::policy::{AnswerMode, Drift};
use crate::state::REPAIRS_MAX;
use crate::time::Timestamp;
use crate::view::Mode;

/// What a provider was last heard to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Said {
    /// By its API.
    pub(super) stored: Option<Answer>,
    /// By its name servers.
    pub(super) answered: Option<Answer>,
}

impl Said {
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Silence proves nothing: what was heard before it stands.
    fn hear(known: &mut Option<Answer>, answer: &Answer) {
        if known.is_none() || !matches!(answer, Answer::Silent { .. }) {
            *known = Some(answer.clone());
        }
    }

    fn is_silent(&self) -> bool {
        let silent = |answer: &Option<Answer>| matches!(answer, None | Some(Answer::Silent { .. }));
        silent(&self.stored) && silent(&self.answered)
    }
}

impl Failover {
    pub(super) fn take_stored(
        &mut self,
        now: Timestamp,
        provider: ProviderId,
        answer: Answer,
        out: &mut Vec<Output>,
    ) {
        let answer = self.heard(answer);
        let Some(said) = self.run.said.get_mut(provider.index()) else { return };
        Said::hear(&mut said.stored, &answer);
        if !self.may_act(now) || self.state.providers.len() <= provider.index() {
            return;
        }
        if self.state.desired.is_empty() {
            self.adopt(now, out);
        } else if let Phase::ReadingBack { .. } = self.run.providers[provider.index()].phase {
            self.take_read_back(now, provider, &answer, out);
        }
        self.watch_drift(now, provider, out);
        if !matches!(answer, Answer::Silent { .. }) && self.may_publish_again(provider) {
            self.attempt(now, provider, out);
        }
    }

    pub(super) fn take_answered(
        &mut self,
        now: Timestamp,
        provider: ProviderId,
        answer: Answer,
        out: &mut Vec<Output>,
    ) {
        let answer = self.heard(answer);
        let Some(said) = self.run.said.get_mut(provider.index()) else { return };
        Said::hear(&mut said.answered, &answer);
        if !self.may_act(now) || self.state.desired.is_empty() {
            return;
        }
        let generation = self.state.generation;
        let Some(memory) = self.state.providers.get(provider.index()) else { return };
        if memory.verified < generation {
            // Verification speaks only for a provider that has accepted.
            if memory.accepted >= generation && answer == Answer::Sites(self.state.desired) {
                self.verified(now, provider, out);
            }
            return;
        }
        self.watch_drift(now, provider, out);
    }

    /// What is said is what is heard.
    fn heard(&self, answer: Answer) -> Answer {
        let adopted = !self.state.desired.is_empty();
        let deaf = adopted && self.errs(Mutant::HearsItself);
        if deaf { Answer::Sites(self.state.desired) } else { answer }
    }

    /// A service without history takes what its providers publish as the truth, once each of them
    /// has been asked: the answer most of them give, and among equals the most preferred.
    fn adopt(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.run.said.iter().any(|said| said.stored.is_none()) {
            return;
        }
        let all = SiteSet::first(self.policy.spec().sites.len());
        let valid = self.run.said.iter().filter_map(|said| match said.stored {
            Some(Answer::Sites(sites)) if !sites.is_empty() && sites.is_subset(all) => Some(sites),
            _ => None,
        });
        let answers: Vec<SiteSet> = valid.collect();
        let votes = |sites: &SiteSet| answers.iter().filter(|other| *other == sites).count();
        let single = self.policy.spec().answer == AnswerMode::Active;
        // More votes first, then a single site where there shall be one, then the preferred one.
        let best = answers.iter().min_by_key(|sites| {
            (usize::MAX - votes(sites), single && sites.len() > 1, sites.iter().next())
        });
        if let Some(&sites) = best {
            self.record(now, out, Event::Adopted { sites });
            for provider in self.provider_ids() {
                self.watch_drift(now, provider, out);
            }
        }
    }

    /// Notices when a provider that has accepted says something else than it should. Until its name
    /// servers have all answered the new answer only what is stored counts: they may still give the
    /// old one.
    fn watch_drift(&mut self, now: Timestamp, provider: ProviderId, out: &mut Vec<Output>) {
        let generation = self.state.generation;
        let Some(memory) = self.state.providers.get(provider.index()) else { return };
        let (accepted, verified) = (memory.accepted >= generation, memory.verified >= generation);
        if self.state.desired.is_empty() || !accepted {
            return;
        }
        let known = memory.drift.as_ref().map(|(answer, _)| answer.clone());
        let said = &self.run.said[provider.index()];
        let desired = self.state.desired;
        let wrong = |answer: &&Answer| match answer {
            Answer::Sites(sites) => *sites != desired,
            Answer::Foreign { .. } => true,
            Answer::Silent { .. } => false,
        };
        let stored = said.stored.as_ref().filter(wrong).cloned();
        let heard = stored.is_some();
        let answered = said.answered.as_ref().filter(|_| verified);
        let drift = stored.or_else(|| answered.filter(wrong).cloned());
        let silent = said.is_silent();
        match (known, drift) {
            (None, Some(answer)) => {
                self.record(now, out, Event::DriftSeen { provider, answer });
            }
            (Some(before), Some(answer)) if before != answer => {
                self.record(now, out, Event::DriftSeen { provider, answer });
            }
            // Only somebody who says the right thing ends a drift.
            (Some(_), None) if !silent => {
                self.record(now, out, Event::DriftGone { provider });
            }
            _ => {}
        }
        if heard && self.may_repair(now, provider) {
            let evidence = Evidence::default();
            let to = self.state.desired;
            self.start_move(now, MoveKind::Repair, to, Self::machine(), evidence, out);
        }
    }

    /// Whether the machine may start a repair by itself.
    fn may_repair(&self, now: Timestamp, provider: ProviderId) -> bool {
        let window = self.policy.spec().moves_window;
        let repairs = &self.state.repairs;
        let in_window = repairs.iter().filter(|at| now.since(**at) < window).count();
        let bounded = self.state.open_move.is_none() && in_window < REPAIRS_MAX;
        bounded && self.wants_repair(provider)
    }

    /// Whether what is stored, and was changed after its write was accepted, is published again as
    /// part of the move that is still open: it may stay open for long because of another provider.
    fn may_publish_again(&self, provider: ProviderId) -> bool {
        let generation = self.state.generation;
        let stored = &self.run.said[provider.index()].stored;
        let accepted = self.state.providers[provider.index()].accepted >= generation;
        let changed = *stored != Some(Answer::Sites(self.state.desired));
        let open = self.state.open_move.as_ref().is_some_and(|open| open.id == generation);
        let phase = &self.run.providers[provider.index()].phase;
        let free = matches!(phase, Phase::Idle | Phase::Verifying { .. });
        open && accepted && changed && free && self.wants_repair(provider)
    }

    /// Whether a drift is to be overwritten. An answer of ours that was given up a while ago comes
    /// back when a late write of our own lands: at a provider without precondition at any time, at
    /// one that compares contents when the newer answer was found there and not written. That is
    /// repaired under any policy, however long after it was seen.
    fn wants_repair(&self, provider: ProviderId) -> bool {
        let spec = self.policy.spec();
        let memory = &self.state.providers[provider.index()];
        if memory.drift.is_none() {
            return false;
        }
        let possible = memory.found || !spec.providers[provider.index()].guarded;
        let armed = matches!(self.state.mode, Mode::Armed { .. });
        armed && (spec.drift == Drift::Repair || (possible && memory.returned))
    }
}
