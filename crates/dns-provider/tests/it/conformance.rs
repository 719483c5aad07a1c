//! The suite passes good providers, whatever they promise, and catches bad ones.
use async_trait::async_trait;
use dns_provider::{
    Atomicity, Call, Capabilities, ChangeSet, DnsProvider, Error, Expect, Guard, Key, MemoryDns,
    Report, RrSet, SystemClock, Ticket, Zone, conformance,
};

use crate::support::{apex, zone};

fn memory(atomicity: Atomicity, guard: Guard, ttl_min: u32) -> MemoryDns {
    let capabilities = Capabilities::new(atomicity, guard, ttl_min);
    MemoryDns::new("memory").with_capabilities(capabilities).with_zone(zone(), apex())
}

#[tokio::test]
async fn the_memory_provider_passes_with_every_promise() {
    for atomicity in [Atomicity::None, Atomicity::PerRrSet, Atomicity::WholeSet] {
        for guard in [Guard::None, Guard::ReadThenWrite, Guard::Server] {
            for ttl_min in [0, 60] {
                let dns = memory(atomicity, guard, ttl_min).with_tickets();
                let result = conformance::run(&dns, &zone(), &SystemClock).await;
                assert!(result.failed().is_empty(), "{atomicity:?} {guard:?}: {result}");
                assert!(result.checks.len() >= 32);
                assert_eq!(dns.stored("z1").len(), 2, "the suite leaves nothing behind");
            }
        }
    }
}

/// Which duty is neglected.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lapse {
    IgnoresExpectations,
    IgnoresDryRun,
    IgnoresLease,
    ListsNothing,
    WritesWhatIsSo,
}

/// A provider that neglects one duty.
#[derive(Debug)]
struct Negligent(MemoryDns, Lapse);

#[async_trait]
impl DnsProvider for Negligent {
    fn id(&self) -> &str {
        self.0.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        self.0.zones(call).await
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        let all = self.0.rrsets(zone, call).await?;
        Ok(if self.1 == Lapse::ListsNothing { Vec::new() } else { all })
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        self.0.rrset(zone, key, call).await
    }

    async fn apply(&self, set: &ChangeSet, mut call: Call) -> Result<Report, Error> {
        let mut set = set.clone();
        match self.1 {
            Lapse::IgnoresExpectations => {
                set.changes.iter_mut().for_each(|change| change.expect = Expect::Any);
            }
            Lapse::IgnoresDryRun => call.dry_run = false,
            Lapse::IgnoresLease => call.write_before = None,
            Lapse::WritesWhatIsSo => {
                for change in &set.changes {
                    self.0.erase(&set.zone.id, &change.key);
                }
            }
            Lapse::ListsNothing => {}
        }
        self.0.apply(&set, call).await
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        self.0.settle(ticket, call).await
    }
}

#[tokio::test]
async fn a_neglected_duty_is_found_and_named() {
    for (lapse, check) in [
        (Lapse::IgnoresExpectations, "Exactly refuses other values"),
        (Lapse::IgnoresDryRun, "a dry run changes nothing"),
        (Lapse::IgnoresLease, "no write starts after the lease"),
        (Lapse::ListsNothing, "a created RRset reads back, alone and in the list"),
        (Lapse::WritesWhatIsSo, "what is so already is not sent"),
    ] {
        let dns = Negligent(memory(Atomicity::PerRrSet, Guard::Server, 0), lapse);
        let result = conformance::run(&dns, &zone(), &SystemClock).await;
        let failed: Vec<&str> = result.failed().iter().map(|check| check.name).collect();
        assert!(failed.contains(&check), "{lapse:?}: {failed:?}");
        assert!(result.to_string().contains(check));
    }
}
