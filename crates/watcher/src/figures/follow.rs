//! One service's figures: empty at first, then following its events.
use std::collections::BTreeMap;

use failover_core::{Event, EventRecord, MoveId, PolicySpec, Receipt, Timestamp};

use super::words::{receipt_word, word_of};
use super::{Gaps, Histogram, Leadership, MoveStage, ProbeFigures, ServiceFigures};
use crate::probe::Row;
use crate::setup::{Family, ServiceSetup};

/// What a service is in the middle of.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    /// The move under way: its number, kind and beginning.
    pub(super) moving: Option<(MoveId, String, Timestamp)>,
    /// When each provider has accepted the latest move.
    pub(super) accepted: BTreeMap<u8, Timestamp>,
}

/// Nothing counted yet.
pub(super) fn service(setup: &ServiceSetup, rows: &[Row]) -> ServiceFigures {
    let policy = setup.policy();
    let probes = rows.iter().map(|row| ProbeFigures {
        site: policy.sites.get(row.site.index()).map(|site| site.name.clone()).unwrap_or_default(),
        check: policy.checks.get(row.check.index()).map(|c| c.name.clone()).unwrap_or_default(),
        family: if row.family == Family::V4 { "ipv4" } else { "ipv6" },
        outcomes: BTreeMap::from([("ok", 0)]),
        seconds: Histogram::fast(),
    });
    ServiceFigures {
        service: setup.name().to_owned(),
        probes: probes.collect(),
        events: BTreeMap::new(),
        moves: BTreeMap::new(),
        move_seconds: Histogram::slow(),
        attempts: BTreeMap::new(),
        propagation_seconds: BTreeMap::new(),
        commands: [0, 0],
        gaps: Gaps::default(),
        leadership: Leadership { leads: true, epoch: 0 },
    }
}

impl ServiceFigures {
    /// Follows a move from its decision to its end.
    pub(super) fn follow(&mut self, open: &mut Open, policy: &PolicySpec, record: &EventRecord) {
        let at = record.at;
        match &record.event {
            Event::MoveStarted { id, reason, .. } => {
                let kind = word_of(reason);
                self.stage(&kind, MoveStage::Started);
                *open = Open { moving: Some((*id, kind, at)), accepted: BTreeMap::new() };
            }
            Event::MoveCompleted { id } => {
                if let Some((_, kind, since)) = open.moving.take_if(|(known, ..)| known == id) {
                    self.stage(&kind, MoveStage::Completed);
                    self.move_seconds.take(at.since(since));
                }
            }
            Event::MoveAbandoned { id, .. } => {
                if let Some((_, kind, _)) = open.moving.take_if(|(known, ..)| known == id) {
                    self.stage(&kind, MoveStage::Abandoned);
                }
            }
            Event::AttemptEnded { provider, receipt, .. } => {
                if let Some(known) = policy.providers.get(provider.index()) {
                    let key = (known.name.clone(), receipt_word(receipt));
                    *self.attempts.entry(key).or_default() += 1;
                }
                if matches!(receipt, Receipt::Applied | Receipt::AlreadySo) {
                    open.accepted.insert(provider.0, at);
                }
            }
            Event::Verified { provider, .. } => {
                let known = policy.providers.get(provider.index());
                if let (Some(since), Some(known)) = (open.accepted.remove(&provider.0), known) {
                    let name = known.name.clone();
                    let times = self.propagation_seconds.entry(name);
                    times.or_insert_with(Histogram::slow).take(at.since(since));
                }
            }
            _ => {}
        }
    }

    fn stage(&mut self, kind: &str, stage: MoveStage) {
        *self.moves.entry((kind.to_owned(), stage)).or_default() += 1;
    }
}
