//! What must survive a restart: the fold of the recorded events.
use crate::command::Actor;
use crate::event::{Event, MoveKind};
use crate::id::{AttemptId, MoveId, SiteId, SiteSet};
use crate::input::{Answer, Receipt};
use crate::policy::{Latch, PolicySpec};
use crate::time::Timestamp;
use crate::view::{Mode, MoveView, Verdict};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The machine's durable memory. It changes through [`State::apply`] only, so that folding the
/// journal's events gives the same state as the machine had.
///
/// What probes have found is not in it: after a restart the machine looks again before it acts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    pub(crate) policy: Option<Arc<PolicySpec>>,
    pub(crate) desired: SiteSet,
    pub(crate) generation: MoveId,
    pub(crate) since: Timestamp,
    pub(crate) mode: Mode,
    pub(crate) latched: Option<(Timestamp, Option<Timestamp>)>,
    pub(crate) sites: Vec<SiteMemory>,
    pub(crate) providers: Vec<ProviderMemory>,
    pub(crate) open_move: Option<MoveView>,
    pub(crate) last_move: Option<MoveView>,
    pub(crate) last_attempt: AttemptId,
    /// Whether the service is where it is because a human put it there.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) by_human: bool,
    /// When the latest automatic moves were decided, oldest first; as many as a budget may count.
    pub(crate) automatic: Vec<Timestamp>,
    /// When the latest automatic repairs were decided, oldest first; at most [`REPAIRS_MAX`].
    pub(crate) repairs: Vec<Timestamp>,
    /// Answers of earlier moves and when each was given up, oldest first; at most [`EARLIER_MAX`].
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) earlier: Vec<(Timestamp, SiteSet)>,
    pub(crate) all_down: bool,
    pub(crate) unacknowledged: bool,
    pub(crate) epoch: u64,
    pub(crate) at: Timestamp,
}

/// Automatic moves are remembered at least this far back, in case a new policy allows more.
const MOVES_KEPT: usize = 16;

/// A write that lands later than this many moves is taken for somebody else's.
const EARLIER_MAX: usize = 4;

/// More automatic repairs than this within the move window mean that somebody else writes too.
pub(crate) const REPAIRS_MAX: usize = 10;

/// What is remembered of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct SiteMemory {
    /// The verdict that was last recorded.
    pub(crate) told: Verdict,
    pub(crate) maintenance: Option<(Timestamp, Actor)>,
    /// How far the fence of the latest move has come here.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) fence: Fencing,
}

/// How far a fence has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Fencing {
    #[default]
    None,
    /// Asked for; a restart asks again.
    Asked,
    /// It has ended, well or not.
    Ended,
}

/// What is remembered of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct ProviderMemory {
    /// The generation it has accepted.
    pub(crate) accepted: MoveId,
    /// The generation all its name servers have answered.
    pub(crate) verified: MoveId,
    /// An attempt that was started and has not ended.
    pub(crate) attempt: Option<AttemptId>,
    /// The latest attempt, ended or not.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) latest: AttemptId,
    /// Nobody knows what became of the latest attempt.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) unsure: bool,
    /// What it has accepted was found there and not written.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) found: bool,
    /// Where the alarm that it is behind was raised.
    pub(crate) split: bool,
    pub(crate) drift: Option<(Answer, Timestamp)>,
    /// That drift is an earlier answer of our own, and was first seen while a late write of it was
    /// still to be expected. However long the repair is held up, it stays one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) returned: bool,
}

impl Default for State {
    fn default() -> Self {
        let start = Timestamp::from_millis(0);
        Self {
            policy: None,
            desired: SiteSet::EMPTY,
            generation: MoveId(0),
            since: start,
            mode: Mode::Armed { who: Actor::machine(), since: start },
            latched: None,
            sites: Vec::new(),
            providers: Vec::new(),
            open_move: None,
            last_move: None,
            last_attempt: AttemptId(0),
            by_human: false,
            automatic: Vec::new(),
            repairs: Vec::new(),
            earlier: Vec::new(),
            all_down: false,
            unacknowledged: false,
            epoch: 0,
            at: start,
        }
    }
}

impl State {
    /// The state after these events, from nothing.
    pub fn fold<'a>(events: impl IntoIterator<Item = (Timestamp, &'a Event)>) -> Self {
        let mut state = Self::default();
        for (at, event) in events {
            state.apply(at, event);
        }
        state
    }

    /// The policy to which the places in this state refer.
    pub fn policy(&self) -> Option<&PolicySpec> {
        self.policy.as_deref()
    }

    /// What shall be published; empty as long as nothing is known of what is.
    pub fn desired(&self) -> SiteSet {
        self.desired
    }

    /// Whether automation may act.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// The generation of what shall be published.
    pub fn generation(&self) -> MoveId {
        self.generation
    }

    /// The highest epoch under which anybody has led.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Hashes all but the policy, which is large and hardly ever changes.
    pub(crate) fn hash_rest(&self, hasher: &mut impl Hasher) {
        let Self {
            policy: _,
            desired,
            generation,
            since,
            mode,
            latched,
            sites,
            providers,
            open_move,
            last_move,
            last_attempt,
            by_human,
            automatic,
            repairs,
            earlier,
            all_down,
            unacknowledged,
            epoch,
            at,
        } = self;
        (desired, generation, since, mode, latched, sites, providers).hash(hasher);
        (open_move, last_move, last_attempt, by_human, automatic, repairs, earlier).hash(hasher);
        (all_down, unacknowledged, epoch, at).hash(hasher);
    }

    /// Whether there is a memory for each place of its policy.
    #[cfg(feature = "serde")]
    pub(crate) fn fits(&self) -> bool {
        let known = |policy: &PolicySpec| (policy.sites.len(), policy.providers.len());
        let places = self.policy.as_deref().map(known).unwrap_or_default();
        places == (self.sites.len(), self.providers.len())
    }

    /// Whether this is the policy of this state, which then shares it.
    pub(crate) fn share(&mut self, policy: &Arc<PolicySpec>) -> bool {
        let same = self.policy.as_ref() == Some(policy);
        if same {
            self.policy = Some(Arc::clone(policy));
        }
        same
    }

    /// The state after one more event.
    pub fn apply(&mut self, at: Timestamp, event: &Event) {
        self.at = self.at.max(at);
        match event {
            Event::PolicyAdopted { policy } => {
                if let (None, Mode::Armed { since, .. }) = (&self.policy, &mut self.mode) {
                    // A new service is armed from its first moment on.
                    *since = at;
                }
                self.take_policy(policy);
            }
            Event::Adopted { sites } => {
                (self.desired, self.since) = (*sites, at);
            }
            Event::VerdictChanged { site, to, .. } => {
                self.site(*site, |memory| memory.told = *to);
            }
            Event::MoveStarted { id, reason, from, to, who, .. } => {
                let view = MoveView {
                    id: *id,
                    reason: *reason,
                    from: *from,
                    to: *to,
                    who: who.clone(),
                    since: at,
                    completed: None,
                };
                self.begin(view, at);
            }
            Event::AttemptStarted { attempt, provider, .. } => {
                self.last_attempt = self.last_attempt.max(*attempt);
                self.provider(provider.index(), |memory| {
                    (memory.attempt, memory.latest) = (Some(*attempt), *attempt);
                    memory.unsure = false;
                });
            }
            Event::AttemptEnded { id, provider, receipt, .. } => {
                self.provider(provider.index(), |memory| {
                    memory.attempt = None;
                    memory.unsure = matches!(receipt, Receipt::Unknown { .. });
                    if matches!(receipt, Receipt::Applied | Receipt::AlreadySo) {
                        memory.accepted = memory.accepted.max(*id);
                        memory.found = *receipt == Receipt::AlreadySo;
                    }
                });
            }
            Event::Verified { id, provider } => {
                self.provider(provider.index(), |memory| {
                    memory.verified = memory.verified.max(*id);
                });
            }
            Event::MoveCompleted { id } => self.finish(*id, Some(at)),
            Event::MoveAbandoned { id, .. } => self.abandon(*id),
            other => self.apply_rest(at, other),
        }
    }

    /// Events that change one thing each.
    fn apply_rest(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Split { missing, .. } => self.provider(missing.index(), |m| m.split = true),
            Event::Healed { provider, .. } => self.provider(provider.index(), |m| m.split = false),
            Event::DriftSeen { provider, answer } => {
                let returned = self.expects(answer, at);
                self.provider(provider.index(), |m| {
                    (m.drift, m.returned) = (Some((answer.clone(), at)), returned);
                });
            }
            Event::DriftGone { provider } => {
                self.provider(provider.index(), |m| (m.drift, m.returned) = (None, false));
            }
            Event::Latched { until } => self.latched = Some((at, *until)),
            Event::Rearmed { .. } => self.latched = None,
            Event::Armed { who } => self.mode = Mode::Armed { who: who.clone(), since: at },
            Event::Disarmed { who, until } => {
                self.mode = Mode::Disarmed { who: who.clone(), since: at, until: *until };
            }
            Event::MaintenanceOn { site, who, until } => {
                self.site(*site, |m| m.maintenance = Some((*until, who.clone())));
            }
            Event::MaintenanceOff { site, .. } => self.site(*site, |m| m.maintenance = None),
            Event::FenceStarted { site } => self.site(*site, |m| m.fence = Fencing::Asked),
            Event::FenceEnded { site, .. } => self.site(*site, |m| m.fence = Fencing::Ended),
            Event::AllDown => (self.all_down, self.unacknowledged) = (true, true),
            Event::AllDownOver => self.all_down = false,
            Event::BudgetSpent { .. } => self.unacknowledged = true,
            Event::LeadershipTaken { epoch } => self.epoch = self.epoch.max(*epoch),
            Event::Acknowledged { .. } => self.unacknowledged = false,
            _ => {}
        }
    }

    fn begin(&mut self, view: MoveView, at: Timestamp) {
        let limit = self.policy.as_ref().map_or(0, |policy| usize::from(policy.moves_max));
        let limit = limit.max(MOVES_KEPT);
        match (view.reason, view.who == Actor::machine()) {
            (MoveKind::Repair, true) => push_bounded(&mut self.repairs, at, REPAIRS_MAX),
            (_, true) => {
                push_bounded(&mut self.automatic, at, limit);
                if view.reason == MoveKind::Failover {
                    self.unacknowledged = true;
                    // With the move, not only with the event that says so after it: a crash
                    // between the two must not lose it.
                    self.latched = self.latch(at).or(self.latched);
                }
            }
            _ => {}
        }
        if view.reason != MoveKind::Repair {
            self.by_human = matches!(view.reason, MoveKind::Switchover | MoveKind::Forced);
        }
        for memory in &mut self.sites {
            memory.fence = Fencing::None;
        }
        if view.from != view.to && !view.from.is_empty() {
            self.earlier.retain(|(_, sites)| *sites != view.from && *sites != view.to);
            push_bounded(&mut self.earlier, (at, view.from), EARLIER_MAX);
        }
        (self.desired, self.generation, self.since) = (view.to, view.id, at);
        for memory in &mut self.providers {
            (memory.drift, memory.returned, memory.split) = (None, false, false);
        }
        self.open_move = Some(view);
    }

    /// Whether an answer is one that a late write of our own could bring back at this moment.
    fn expects(&self, answer: &Answer, at: Timestamp) -> bool {
        let window = self.policy.as_ref().map(|policy| policy.moves_window).unwrap_or_default();
        let recent = |given_up: &Timestamp| at.since(*given_up) < window;
        let mut earlier = self.earlier.iter();
        earlier.any(|(given_up, sites)| recent(given_up) && *answer == Answer::Sites(*sites))
    }

    /// The latch that an automatic failover falls into.
    pub(crate) fn latch(&self, at: Timestamp) -> Option<(Timestamp, Option<Timestamp>)> {
        match self.policy.as_ref()?.latch {
            Latch::UntilRearmed => Some((at, None)),
            Latch::For(time) => Some((at, Some(at.plus(time)))),
            Latch::Off => None,
        }
    }

    fn finish(&mut self, id: MoveId, completed: Option<Timestamp>) {
        if let Some(mut view) = self.open_move.take_if(|view| view.id == id) {
            view.completed = completed;
            self.last_move = Some(view);
        }
    }

    /// What was published stays; nothing more of this move is.
    fn abandon(&mut self, id: MoveId) {
        let Some(view) = self.open_move.as_ref().filter(|view| view.id == id) else { return };
        let nowhere = self.providers.iter().all(|memory| memory.accepted < id);
        if nowhere && !view.from.is_empty() {
            self.desired = view.from;
        }
        for memory in &mut self.providers {
            (memory.accepted, memory.verified, memory.split) = (id, id, false);
        }
        self.finish(id, None);
    }

    /// Moves what is remembered to the places of the new policy, by name.
    fn take_policy(&mut self, new: &Arc<PolicySpec>) {
        let old = self.policy.take();
        let place = |old_names: &[String], name: &String| old_names.iter().position(|o| o == name);
        let names = |spec: &PolicySpec| -> (Vec<String>, Vec<String>) {
            let sites = spec.sites.iter().map(|site| site.name.clone()).collect();
            (sites, spec.providers.iter().map(|provider| provider.name.clone()).collect())
        };
        let (old_sites, old_providers) = old.as_deref().map(names).unwrap_or_default();
        let (new_sites, new_providers) = names(new);
        let carry = |set: SiteSet| -> SiteSet {
            let kept = set.iter().filter_map(|site| {
                let name = old_sites.get(site.index())?;
                let at = new_sites.iter().position(|new| new == name)?;
                u8::try_from(at).ok().map(SiteId)
            });
            kept.collect()
        };
        self.desired = carry(self.desired);
        for (_, sites) in &mut self.earlier {
            *sites = carry(*sites);
        }
        for view in self.open_move.iter_mut().chain(&mut self.last_move) {
            (view.from, view.to) = (carry(view.from), carry(view.to));
        }
        let sites = new_sites.iter().map(|name| {
            let kept = place(&old_sites, name).and_then(|at| self.sites.get(at));
            kept.cloned().unwrap_or_default()
        });
        self.sites = sites.collect();
        let (generation, desired) = (self.generation, self.desired);
        let providers = new_providers.iter().map(|name| {
            let kept = place(&old_providers, name).and_then(|at| self.providers.get(at));
            // A provider that is new here counts as settled until its drift shows otherwise.
            let fresh = || ProviderMemory {
                accepted: generation,
                verified: generation,
                ..ProviderMemory::default()
            };
            kept.cloned().unwrap_or_else(fresh)
        });
        self.providers = providers.collect();
        for memory in &mut self.providers {
            memory.drift = memory.drift.take().and_then(|(answer, since)| match answer {
                Answer::Sites(sites) => {
                    let kept = carry(sites);
                    let same = kept.len() == sites.len() && kept != desired;
                    same.then_some((Answer::Sites(kept), since))
                }
                other => Some((other, since)),
            });
            memory.returned &= memory.drift.is_some();
        }
        if desired.is_empty() {
            // The active site is gone from the policy: learn anew what is published, and until
            // then nobody is behind anything.
            self.open_move = None;
            for memory in &mut self.providers {
                (memory.accepted, memory.verified) = (generation, generation);
                (memory.split, memory.drift, memory.returned) = (false, None, false);
            }
        }
        self.policy = Some(Arc::clone(new));
    }

    fn site(&mut self, site: SiteId, change: impl FnOnce(&mut SiteMemory)) {
        if let Some(memory) = self.sites.get_mut(site.index()) {
            change(memory);
        }
    }

    fn provider(&mut self, place: usize, change: impl FnOnce(&mut ProviderMemory)) {
        if let Some(memory) = self.providers.get_mut(place) {
            change(memory);
        }
    }
}

fn push_bounded<T>(list: &mut Vec<T>, latest: T, limit: usize) {
    list.push(latest);
    list.drain(..list.len().saturating_sub(limit));
}
