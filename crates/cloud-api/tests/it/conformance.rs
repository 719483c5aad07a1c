//! The suite passes good providers and catches bad ones.
use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use cloud_api::conformance::{self, Setting};
use cloud_api::{
    Call, ComputeProvider, Creation, Error, Image, Machine, MemoryCloud, Owner, Place, Power,
    Rules, Server, ServerSpec, Settled, SystemClock, Ticket,
};

use crate::support::owner;

fn setting() -> Setting {
    Setting::new(owner(), "north-a", ["small", "large"], "debian-12")
}

#[tokio::test]
async fn the_memory_provider_passes_at_once_and_with_patience() {
    for delay in [Duration::ZERO, Duration::from_millis(5)] {
        for keeps_address in [false, true] {
            let mut rules = MemoryCloud::new("memory").rules().clone();
            rules.keeps_address = keeps_address;
            let cloud = MemoryCloud::new("memory").with_delay(delay).with_rules(rules);
            let result = conformance::run(&cloud, &setting(), &SystemClock).await;
            assert!(result.failed().is_empty(), "{delay:?} {keeps_address}: {result}");
            assert!(result.checks.len() >= 36);
        }
    }
}

/// Which duty is neglected.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lapse {
    IgnoresDryRun,
    IgnoresLease,
    IgnoresOwners,
    ForgetsToStart,
    StopsForNothing,
    LosesLabels,
}

/// A provider that neglects one duty.
#[derive(Debug)]
struct Negligent(MemoryCloud, Lapse);

#[async_trait]
impl ComputeProvider for Negligent {
    fn id(&self) -> &str {
        self.0.id()
    }

    fn rules(&self) -> &Rules {
        self.0.rules()
    }

    async fn places(&self, call: Call) -> Result<Vec<Place>, Error> {
        self.0.places(call).await
    }

    async fn machines(&self, place: &str, call: Call) -> Result<Vec<Machine>, Error> {
        self.0.machines(place, call).await
    }

    async fn image(&self, name: &str, call: Call) -> Result<Option<Image>, Error> {
        self.0.image(name, call).await
    }

    async fn servers(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Server>, Error> {
        let owner = owner.filter(|_| self.1 != Lapse::IgnoresOwners);
        self.0.servers(owner, call).await
    }

    async fn server(&self, id: &str, call: Call) -> Result<Option<Server>, Error> {
        self.0.server(id, call).await
    }

    async fn create(&self, spec: &ServerSpec, call: Call) -> Result<Creation, Error> {
        let mut spec = spec.clone();
        if self.1 == Lapse::LosesLabels {
            spec.labels.clear();
        }
        self.0.create(&spec, call).await
    }

    async fn delete(&self, id: &str, mut call: Call) -> Result<Option<Ticket>, Error> {
        call.dry_run &= self.1 != Lapse::IgnoresDryRun;
        if self.1 == Lapse::IgnoresLease {
            call.write_before = None;
        }
        self.0.delete(id, call).await
    }

    async fn power(&self, id: &str, power: Power, call: Call) -> Result<Option<Ticket>, Error> {
        self.0.power(id, power, call).await
    }

    async fn resize(&self, id: &str, machine: &str, call: Call) -> Result<Option<Ticket>, Error> {
        if self.1 == Lapse::StopsForNothing {
            self.0.power(id, Power::PowerOff, call).await?;
        }
        let ticket = self.0.resize(id, machine, call).await?;
        if self.1 == Lapse::ForgetsToStart && ticket.is_some() {
            return self.0.power(id, Power::PowerOff, call).await;
        }
        Ok(ticket)
    }

    async fn relabel(
        &self,
        id: &str,
        labels: &BTreeMap<String, String>,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        self.0.relabel(id, labels, call).await
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<Settled, Error> {
        self.0.settle(ticket, call).await
    }
}

#[tokio::test]
async fn a_neglected_duty_is_found_and_named() {
    for (lapse, check) in [
        (Lapse::IgnoresDryRun, "a dry run changes nothing"),
        (Lapse::IgnoresLease, "no write starts after the lease"),
        (Lapse::IgnoresOwners, "a server is listed for its owner only"),
        (Lapse::ForgetsToStart, "a running server is resized and runs"),
        (Lapse::StopsForNothing, "a machine type that does not exist is refused"),
        (Lapse::LosesLabels, "a created server runs and reads back"),
    ] {
        let cloud = Negligent(MemoryCloud::new("memory"), lapse);
        let result = conformance::run(&cloud, &setting(), &SystemClock).await;
        let failed: Vec<&str> = result.failed().iter().map(|check| check.name).collect();
        assert!(failed.contains(&check), "{lapse:?}: {failed:?}");
        assert!(result.to_string().contains(check));
    }
}
