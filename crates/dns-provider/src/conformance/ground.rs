//! Where the checks take place, and what they do there again and again.
use std::time::Duration;

use cloud_http::{Call, Clock, Error};

use crate::change::{Change, ChangeSet, Expect, Outcome, Report};
use crate::name::Name;
use crate::provider::DnsProvider;
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// How long one check may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Ground<'a> {
    pub(super) provider: &'a dyn DnsProvider,
    pub(super) zone: &'a Zone,
    pub(super) clock: &'a dyn Clock,
}

impl<'a> Ground<'a> {
    pub(super) fn new(provider: &'a dyn DnsProvider, zone: &'a Zone, clock: &'a dyn Clock) -> Self {
        Self { provider, zone, clock }
    }

    pub(super) fn call(&self) -> Call {
        Call::until(self.clock.now() + PATIENCE)
    }

    /// The TTL the checks write: the floor, and at least a minute.
    pub(super) fn ttl(&self) -> u32 {
        self.provider.capabilities().ttl_min.max(60)
    }

    /// A name below the place reserved for the suite; `""` is the place itself.
    pub(super) fn name(&self, label: &str) -> Result<Name, String> {
        let dot = if label.is_empty() { "" } else { "." };
        let text = format!("{label}{dot}schwenk-conformance.{}", self.zone.name);
        Name::parse(&text).map_err(|error| error.to_string())
    }

    pub(super) fn rrset(&self, label: &str, rtype: &str, values: &[&str]) -> Result<RrSet, String> {
        let key = Key::new(self.name(label)?, rtype.to_owned().into());
        Ok(RrSet::new(key, self.ttl(), values.iter().copied()))
    }

    /// The RRset most checks play with.
    pub(super) fn a(&self, values: &[&str]) -> Result<RrSet, String> {
        self.rrset("a", "A", values)
    }

    pub(super) fn set(&self, changes: Vec<Change>) -> ChangeSet {
        ChangeSet::new(self.zone.clone(), changes)
    }

    pub(super) async fn apply(&self, changes: Vec<Change>) -> Result<Report, String> {
        self.try_apply(changes, self.call()).await.map_err(|error| error.to_string())
    }

    pub(super) async fn try_apply(
        &self,
        changes: Vec<Change>,
        call: Call,
    ) -> Result<Report, Error> {
        self.provider.apply(&self.set(changes), call).await
    }

    /// Applies and settles changes of which each must be applied.
    pub(super) async fn must_apply(&self, changes: Vec<Change>) -> Result<Report, String> {
        let report = self.apply(changes).await?;
        for (key, outcome) in &report.outcomes {
            if *outcome != Outcome::Applied {
                return Err(format!("{key}: {outcome:?} instead of Applied"));
            }
        }
        self.settle(&report).await?;
        Ok(report)
    }

    pub(super) async fn settle(&self, report: &Report) -> Result<(), String> {
        for ticket in &report.pending {
            self.provider.settle(ticket, self.call()).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Puts `rrset` where nothing is.
    pub(super) async fn create(&self, rrset: &RrSet) -> Result<(), String> {
        self.must_apply(vec![Change::put(rrset.clone(), Expect::Absent)]).await.map(drop)
    }

    pub(super) async fn read(&self, key: &Key) -> Result<Option<RrSet>, String> {
        let read = self.provider.rrset(self.zone, key, self.call()).await;
        read.map_err(|error| error.to_string())
    }

    /// Fails unless exactly `wanted` is stored under its key.
    pub(super) async fn must_be(&self, wanted: &RrSet) -> Result<(), String> {
        match self.read(&wanted.key).await? {
            Some(seen) if seen.same_data(wanted) => Ok(()),
            Some(seen) => Err(format!("stored is {:?}, wanted {:?}", seen.lines(), wanted.lines())),
            None => Err(format!("{} is not there", wanted.key)),
        }
    }

    pub(super) async fn must_be_gone(&self, key: &Key) -> Result<(), String> {
        match self.read(key).await? {
            None => Ok(()),
            Some(seen) => Err(format!("still stored is {:?}", seen.lines())),
        }
    }

    /// Removes everything below the place reserved for the suite.
    pub(super) async fn clear(&self) -> Result<(), String> {
        let place = self.name("")?;
        let all = self.provider.rrsets(self.zone, self.call()).await;
        let all = all.map_err(|error| error.to_string())?;
        let left = all.into_iter().filter(|rrset| rrset.key.name.is_in(&place));
        let changes: Vec<Change> =
            left.map(|rrset| Change::remove(rrset.key, Expect::Any)).collect();
        if changes.is_empty() { Ok(()) } else { self.must_apply(changes).await.map(drop) }
    }
}

/// Fails with what was expected and what was seen, unless `holds`.
pub(super) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
