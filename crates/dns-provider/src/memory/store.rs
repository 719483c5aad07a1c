//! What the memory provider holds, and how a change set meets it.
use std::collections::{BTreeMap, BTreeSet};

use cloud_http::{Failure, Kind, Retry};

use super::fault::{Fault, Faults};
use crate::change::{Change, ChangeSet, Expect, Outcome};
use crate::name::Name;
use crate::provider::{Atomicity, Capabilities, Guard};
use crate::record::{Key, RecordType, RrSet};
use crate::zone::Zone;

type RrSets = BTreeMap<Key, RrSet>;

#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) zones: BTreeMap<String, (Zone, RrSets)>,
    pub(super) faults: Faults,
    pub(super) writes: u64,
    tickets: u64,
    open: BTreeSet<String>,
}

impl Store {
    pub(super) fn rrsets(&self, zone: &Zone) -> Result<&RrSets, Failure> {
        self.zones.get(&zone.id).map(|(_, rrsets)| rrsets).ok_or_else(|| no_zone(zone))
    }

    pub(super) fn open_ticket(&mut self) -> String {
        self.tickets += 1;
        let ticket = format!("change-{}", self.tickets);
        self.open.insert(ticket.clone());
        ticket
    }

    pub(super) fn settle(&mut self, ticket: &str) -> Result<(), Failure> {
        if let Some(failure) = self.faults.take_settle() {
            return Err(failure);
        }
        let number = ticket.strip_prefix("change-").and_then(|number| number.parse::<u64>().ok());
        if !number.is_some_and(|number| (1..=self.tickets).contains(&number)) {
            let message = format!("there is no operation {ticket}");
            return Err(Failure::new(Kind::NotFound, message).maybe_applied());
        }
        self.open.remove(ticket);
        Ok(())
    }

    pub(super) fn apply(
        &mut self,
        set: &ChangeSet,
        can: &Capabilities,
        dry_run: bool,
    ) -> Result<Vec<(Key, Outcome)>, Failure> {
        let (_, stored) = self.zones.get(&set.zone.id).ok_or_else(|| no_zone(&set.zone))?;
        let judge = |change: &Change| judge(change, stored.get(&change.key), can.guard);
        if dry_run {
            let outcome = |change| judge(change).unwrap_or(Outcome::NotTried);
            return Ok(set.changes.iter().map(|c| (c.key.clone(), outcome(c))).collect());
        }
        if can.atomicity == Atomicity::WholeSet {
            let verdicts = set.changes.iter().map(judge).collect();
            return Ok(self.apply_whole(set, verdicts));
        }
        Ok(self.apply_each(set, can))
    }

    fn apply_whole(
        &mut self,
        set: &ChangeSet,
        verdicts: Vec<Option<Outcome>>,
    ) -> Vec<(Key, Outcome)> {
        let refused = verdicts.iter().flatten().any(|verdict| !verdict.is_done());
        let label = |verdicts: Vec<Option<Outcome>>, rest: Outcome| {
            let keys = set.changes.iter().map(|change| change.key.clone());
            let outcomes = verdicts.into_iter().map(|verdict| verdict.unwrap_or(rest.clone()));
            keys.zip(outcomes).collect::<Vec<_>>()
        };
        if refused {
            return label(verdicts, Outcome::NotTried);
        }
        let to_write = verdicts.iter().filter(|verdict| verdict.is_none()).count();
        let Some((_, stored)) = self.zones.get_mut(&set.zone.id) else { return Vec::new() };
        let mut after = stored.clone();
        for (change, _) in set.changes.iter().zip(&verdicts).filter(|(_, v)| v.is_none()) {
            write(&mut after, change);
        }
        if let Some(name) = clash(&after) {
            return label(verdicts, Outcome::Refused(cname_clash(&name)));
        }
        let fault = if to_write > 0 { self.faults.take_write(false) } else { None };
        let (written, rest) = match fault {
            None => (true, Outcome::Applied),
            Some(Fault::AnswerLost(failure)) => (true, Outcome::Unknown(failure.maybe_applied())),
            Some(Fault::RequestLost(failure)) => (false, Outcome::Unknown(failure.maybe_applied())),
            Some(Fault::Refuse(failure)) => (false, Outcome::Refused(failure)),
            Some(_) => (false, Outcome::NotTried),
        };
        if written {
            *stored = after;
            self.writes += to_write as u64;
        }
        label(verdicts, rest)
    }

    fn apply_each(&mut self, set: &ChangeSet, can: &Capabilities) -> Vec<(Key, Outcome)> {
        let mut outcomes = Vec::with_capacity(set.changes.len());
        for change in &set.changes {
            let outcome = self.apply_one(&set.zone, change, can);
            outcomes.push((change.key.clone(), outcome));
        }
        outcomes
    }

    fn apply_one(&mut self, zone: &Zone, change: &Change, can: &Capabilities) -> Outcome {
        let Some((_, stored)) = self.zones.get_mut(&zone.id) else {
            return Outcome::Refused(no_zone(zone));
        };
        let before = stored.get(&change.key);
        if let Some(verdict) = judge(change, before, can.guard) {
            return verdict;
        }
        let old_ttl = before.map(|rrset| rrset.ttl);
        let mut after = stored.clone();
        write(&mut after, change);
        if let Some(name) = clash(&after) {
            return Outcome::Refused(cname_clash(&name));
        }
        let outcome = match self.faults.take_write(can.atomicity == Atomicity::None) {
            None => Outcome::Applied,
            Some(Fault::AnswerLost(failure)) => Outcome::Unknown(failure.maybe_applied()),
            Some(Fault::Halved(failure)) => {
                if let (Some(rrset), Some(ttl)) = (after.get_mut(&change.key), old_ttl) {
                    rrset.ttl = ttl;
                }
                Outcome::Unknown(failure.maybe_applied())
            }
            Some(Fault::RequestLost(failure)) => return Outcome::Unknown(failure.maybe_applied()),
            Some(Fault::Refuse(failure)) => return Outcome::Refused(failure),
            Some(_) => return Outcome::NotTried,
        };
        *stored = after;
        self.writes += 1;
        outcome
    }
}

/// As [`Change::settled_by`], but where nobody checks preconditions they are not checked.
fn judge(change: &Change, now: Option<&RrSet>, guard: Guard) -> Option<Outcome> {
    if guard == Guard::None && change.expect != Expect::Any {
        return Change { expect: Expect::Any, ..change.clone() }.settled_by(now);
    }
    change.settled_by(now)
}

fn write(rrsets: &mut RrSets, change: &Change) {
    match &change.desired {
        Some(rrset) => rrsets.insert(change.key.clone(), rrset.clone()),
        None => rrsets.remove(&change.key),
    };
}

/// The first name that has a CNAME and something else beside it (RFC 1034 section 3.6.2).
fn clash(rrsets: &RrSets) -> Option<Name> {
    let cnames = rrsets.keys().filter(|key| key.rtype == RecordType::Cname);
    cnames.map(|key| &key.name).find(|name| others(rrsets, name)).cloned()
}

fn others(rrsets: &RrSets, name: &Name) -> bool {
    let from = Key::new(name.clone(), RecordType::A);
    let mut same_name = rrsets.range(from..).take_while(|(key, _)| key.name == *name);
    same_name.any(|(key, _)| key.rtype != RecordType::Cname)
}

fn cname_clash(name: &Name) -> Failure {
    Failure::new(Kind::Invalid, format!("{name}: a CNAME cannot stand beside other records"))
}

fn no_zone(zone: &Zone) -> Failure {
    Failure::new(Kind::NotFound, format!("there is no zone {} here", zone.id)).retry(Retry::Never)
}
