//! The monitor's own account of the journal: what was decided, and what it allows.
use super::rules::Fixed;
use failover_core::{
    Actor, AttemptId, Event, Latch, MoveId, MoveKind, Receipt, SiteSet, Timestamp,
};

/// What was recorded, as far as a promise depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Account {
    pub(super) desired: SiteSet,
    pub(super) generation: MoveId,
    /// When the latest move began.
    pub(super) since: Timestamp,
    /// Where the open move comes from; its number is the generation.
    pub(super) open: Option<SiteSet>,
    /// The latest change of what is desired was that a move was given up.
    pub(super) gave_up: bool,
    /// Since when.
    pub(super) latched: Option<Timestamp>,
    /// Disarmed, and until when.
    pub(super) paused: Option<Option<Timestamp>>,
    pub(super) maintenance: SiteSet,
    pub(super) by_human: bool,
    /// The latest automatic moves, as many as the budget counts.
    pub(super) automatic: Vec<Timestamp>,
    /// The latest automatic repairs.
    pub(super) repairs: Vec<Timestamp>,
    /// The highest epoch that was recorded.
    pub(super) epoch: u64,
    pub(super) attempt: AttemptId,
    pub(super) places: Vec<Place>,
}

/// What was recorded of one provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The attempt under way.
    pub(super) slot: Option<AttemptId>,
    /// It has the latest move.
    pub(super) accepted: bool,
    /// Its name servers have it, too.
    pub(super) verified: bool,
    /// People know that it is behind.
    pub(super) split: bool,
    /// People know that it stores something else.
    pub(super) drift: bool,
    /// Nobody knows what became of the latest attempt.
    pub(super) unsure: bool,
}

/// After this many automatic repairs within the window somebody else must be writing, too.
pub(super) const REPAIRS: usize = 10;

/// Whether the machine itself has acted.
pub(super) fn by_machine(who: &Actor) -> bool {
    who.0 == "schwenk"
}

impl Account {
    pub(super) fn new(rules: &Fixed) -> Self {
        // Before the first move nobody is behind.
        let place = Place { accepted: true, verified: true, ..Place::default() };
        Self { places: vec![place; rules.spec().providers.len()], ..Self::default() }
    }

    pub(super) fn apply(&mut self, rules: &Fixed, at: Timestamp, event: &Event) {
        match event {
            Event::Adopted { sites } => (self.desired, self.gave_up) = (*sites, false),
            Event::MoveStarted { id, reason, from, to, who, .. } => {
                self.begin(rules, at, (*reason, by_machine(who)));
                self.open = Some(*from);
                (self.desired, self.generation, self.since) = (*to, *id, at);
                for place in &mut self.places {
                    let Place { slot, unsure, .. } = *place;
                    *place = Place { slot, unsure, ..Place::default() };
                }
            }
            Event::MoveAbandoned { .. } => self.give_up(),
            Event::MoveCompleted { .. } => self.open = None,
            Event::AttemptStarted { attempt, provider, .. } => {
                self.attempt = self.attempt.max(*attempt);
                self.place(provider.index(), |place| {
                    (place.slot, place.unsure) = (Some(*attempt), false);
                });
            }
            Event::AttemptEnded { id, provider, receipt, .. } => {
                let latest = *id >= self.generation;
                self.place(provider.index(), |place| {
                    place.slot = None;
                    place.unsure = matches!(receipt, Receipt::Unknown { .. });
                    let there = matches!(receipt, Receipt::Applied | Receipt::AlreadySo);
                    place.accepted |= there && latest;
                });
            }
            Event::Verified { id, provider } if *id >= self.generation => {
                self.place(provider.index(), |place| place.verified = true);
            }
            Event::Split { missing, .. } => self.place(missing.index(), |place| place.split = true),
            Event::Healed { provider, .. } => {
                self.place(provider.index(), |place| place.split = false);
            }
            Event::DriftSeen { provider, .. } => {
                self.place(provider.index(), |place| place.drift = true);
            }
            Event::DriftGone { provider } => {
                self.place(provider.index(), |place| place.drift = false);
            }
            Event::Rearmed { .. } => self.latched = None,
            Event::Armed { .. } => self.paused = None,
            Event::Disarmed { until, .. } => self.paused = Some(*until),
            Event::MaintenanceOn { site, .. } => self.maintenance = self.maintenance.with(*site),
            Event::MaintenanceOff { site, .. } => {
                self.maintenance = self.maintenance.without(*site);
            }
            Event::LeadershipTaken { epoch } => self.epoch = self.epoch.max(*epoch),
            _ => {}
        }
    }

    fn begin(&mut self, rules: &Fixed, at: Timestamp, (reason, machine): (MoveKind, bool)) {
        let spec = rules.spec();
        self.gave_up = false;
        if reason != MoveKind::Repair {
            self.by_human = matches!(reason, MoveKind::Switchover | MoveKind::Forced);
        }
        match (reason, machine) {
            (MoveKind::Repair, true) => keep(&mut self.repairs, at, REPAIRS),
            (_, true) => keep(&mut self.automatic, at, usize::from(spec.moves_max)),
            _ => {}
        }
        if reason == MoveKind::Failover && machine && spec.latch != Latch::Off {
            self.latched = Some(at);
        }
    }

    /// What was published stays; if nothing was, nothing has been moved.
    fn give_up(&mut self) {
        let Some(from) = self.open.take() else { return };
        if !from.is_empty() && self.places.iter().all(|place| !place.accepted) {
            self.desired = from;
        }
        for place in &mut self.places {
            (place.accepted, place.verified, place.split) = (true, true, false);
        }
        self.gave_up = true;
    }

    /// When the next automatic move is allowed, as far as hold-down and budget go.
    pub(super) fn in_the_way(&self, rules: &Fixed, now: Timestamp) -> Option<&'static str> {
        let spec = rules.spec();
        if self.automatic.last().is_some_and(|last| now.since(*last) < spec.hold_down) {
            return Some("within the hold-down after the last one");
        }
        (self.spent(rules, now) >= usize::from(spec.moves_max)).then_some("beyond the budget")
    }

    /// Automatic moves within the window.
    pub(super) fn spent(&self, rules: &Fixed, now: Timestamp) -> usize {
        let window = rules.spec().moves_window;
        self.automatic.iter().filter(|at| now.since(**at) < window).count()
    }

    fn place(&mut self, index: usize, change: impl FnOnce(&mut Place)) {
        if let Some(place) = self.places.get_mut(index) {
            change(place);
        }
    }
}

fn keep(list: &mut Vec<Timestamp>, at: Timestamp, most: usize) {
    list.push(at);
    list.drain(..list.len().saturating_sub(most));
}
