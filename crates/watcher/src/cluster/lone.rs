//! A move that one watcher has made alone while the store was away, as the group is told of it.
//!
//! It is put into the log before the watcher that has made it is heard again as one of the group, and
//! it stays there, settled, so that it is never taken up twice.
use failover_core::{Digest, Event, EventRecord, MoveId, Receipt, SiteSet, State, Timestamp};
use serde::{Deserialize, Serialize};

use super::Group;
use super::record::encode;
use super::store::{Condition, StoreError, Write};

/// What a store takes in one transaction; etcd: 128 operations.
const EVENTS_MAX: usize = 60;

/// A move that was made alone, with all that has happened to the service meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LoneMove {
    pub(crate) id: String,
    pub(crate) service: String,
    /// Where it was made.
    pub(crate) vantage: String,
    /// Who has ordered it.
    pub(crate) who: String,
    pub(crate) at: Timestamp,
    pub(crate) base: Base,
    /// What is published since.
    pub(crate) to: SiteSet,
    /// Numbered as in the journal of that watcher; empty once it is settled.
    pub(crate) events: Vec<EventRecord>,
    pub(crate) standing: Standing,
}

/// What it was decided on: as long as the log says the same, it follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Base {
    generation: MoveId,
    desired: SiteSet,
    /// The policy's digest; places in the events refer to it.
    policy: u64,
}

/// How far the group has come with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Nobody has looked at it.
    Open,
    /// The log has gone on another way, and a human has to decide.
    Disputed,
    /// It is part of the log, or was given up.
    Settled,
}

/// What is to become of one that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The log goes on with these events.
    Follows(Vec<EventRecord>),
    /// The log has come to the same without it.
    Same,
    /// Neither.
    Differs,
}

impl Base {
    pub(crate) fn of(state: &State) -> Self {
        let (generation, desired) = (state.generation(), state.desired());
        Self { generation, desired, policy: Digest::of(&state.policy()) }
    }
}

impl LoneMove {
    /// What is to become of it, where the log says `state`.
    pub(crate) fn judge(&self, state: &State) -> Judgement {
        if Base::of(state) == self.base {
            let events = essential(&self.events);
            if events.len() <= EVENTS_MAX {
                return Judgement::Follows(events);
            }
        }
        if state.desired() == self.to { Judgement::Same } else { Judgement::Differs }
    }

    /// The same as the group keeps it from now on.
    pub(crate) fn stands(&self, standing: Standing) -> Self {
        let events = match standing {
            Standing::Settled => Vec::new(),
            _ => self.events.clone(),
        };
        Self { events, standing, ..self.clone() }
    }
}

impl Group {
    /// Puts it into the log, unless it is there already.
    pub(crate) async fn offer(&self, lone: &LoneMove) -> Result<(), StoreError> {
        let key = self.keys.lone(&lone.id);
        let write = Write::put(key.clone(), encode(lone)?);
        self.store.commit(&[Condition::Absent(key)], &[write]).await?;
        Ok(())
    }
}

/// Without the attempts that changed nothing, however long a provider was away: the journal where it
/// was made has them.
fn essential(events: &[EventRecord]) -> Vec<EventRecord> {
    if events.len() <= EVENTS_MAX {
        return events.to_vec();
    }
    let latest = |record: &EventRecord| match record.event {
        Event::AttemptStarted { attempt, .. } | Event::AttemptEnded { attempt, .. } => {
            Some(attempt)
        }
        _ => None,
    };
    let last = events.iter().filter_map(latest).max();
    let failed = |record: &EventRecord| match &record.event {
        Event::AttemptEnded { attempt, receipt, .. } => {
            let nothing = matches!(receipt, Receipt::Refused { .. } | Receipt::Unknown { .. });
            nothing.then_some(*attempt)
        }
        _ => None,
    };
    let failed: Vec<_> =
        events.iter().filter_map(failed).filter(|one| Some(*one) != last).collect();
    let idle = |record: &&EventRecord| match record.event {
        Event::DriftSeen { .. } | Event::DriftGone { .. } => false,
        _ => latest(record).is_none_or(|attempt| !failed.contains(&attempt)),
    };
    events.iter().filter(idle).cloned().collect()
}

#[cfg(test)]
mod tests {
    use failover_core::{Actor, AttemptId, Evidence, MoveKind, ProviderId, Severity, SiteId};

    use super::*;

    fn record(seq: u64, event: Event) -> EventRecord {
        let (at, service) = (Timestamp::from_millis(seq), "app".to_owned());
        EventRecord { seq, at, service, severity: Severity::Info, text: String::new(), event }
    }

    fn moved(id: u64, from: u8, to: u8) -> Event {
        let (from, to) = (SiteSet::one(SiteId(from)), SiteSet::one(SiteId(to)));
        let (who, evidence) = (Actor("ann".to_owned()), Evidence::default());
        Event::MoveStarted { id: MoveId(id), reason: MoveKind::Forced, from, to, who, evidence }
    }

    fn state(events: &[Event]) -> State {
        State::fold(events.iter().map(|event| (Timestamp::from_millis(1), event)))
    }

    fn lone(base: &State, events: Vec<EventRecord>) -> LoneMove {
        LoneMove {
            id: "a".to_owned(),
            service: "app".to_owned(),
            vantage: "north".to_owned(),
            who: "ann".to_owned(),
            at: Timestamp::from_millis(1),
            base: Base::of(base),
            to: SiteSet::one(SiteId(1)),
            events,
            standing: Standing::Open,
        }
    }

    fn adopted() -> Event {
        Event::Adopted { sites: SiteSet::one(SiteId(0)) }
    }

    #[test]
    fn it_follows_a_log_in_which_only_the_leader_has_changed() {
        let events = vec![record(1, moved(1, 0, 1))];
        let lone = lone(&state(&[adopted()]), events.clone());
        let log = state(&[adopted(), Event::LeadershipTaken { epoch: 7 }]);
        assert_eq!(lone.judge(&log), Judgement::Follows(events));
    }

    #[test]
    fn where_the_log_has_moved_the_service_too_it_depends_on_where() {
        let lone = lone(&state(&[adopted()]), vec![record(1, moved(1, 0, 1))]);
        assert_eq!(lone.judge(&state(&[adopted(), moved(1, 0, 1)])), Judgement::Same);
        assert_eq!(lone.judge(&state(&[adopted(), moved(1, 0, 2)])), Judgement::Differs);
        let there_and_back = state(&[adopted(), moved(1, 0, 1), moved(2, 1, 0)]);
        assert_eq!(lone.judge(&there_and_back), Judgement::Differs);
    }

    #[test]
    fn hours_of_failed_attempts_fit_into_one_transaction_and_leave_the_same_state() {
        let mut events = vec![record(1, moved(1, 0, 1))];
        let (id, provider) = (MoveId(1), ProviderId(0));
        for number in 1..=200 {
            let attempt = AttemptId(number);
            events.push(record(2 * number, Event::AttemptStarted { id, attempt, provider }));
            let message = "away".to_owned();
            let receipt = match number {
                200 => Receipt::Applied,
                _ => Receipt::Refused { message, changed: false },
            };
            let ended = Event::AttemptEnded { id, attempt, provider, receipt };
            events.push(record(2 * number + 1, ended));
        }
        let base = state(&[adopted()]);
        let Judgement::Follows(few) = lone(&base, events.clone()).judge(&base) else {
            panic!("it does not follow");
        };
        assert_eq!(few.len(), 3);
        let after = |events: &[EventRecord]| {
            let mut state = base.clone();
            events.iter().for_each(|record| state.apply(record.at, &record.event));
            state
        };
        assert_eq!(after(&few), after(&events));
    }
}
