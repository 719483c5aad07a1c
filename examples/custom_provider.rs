//! A DNS provider of one's own: a zone file on disk, put through the conformance suite.
//!
//! `cargo run -p examples --bin custom_provider`
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind, Retry};
use dns_provider::{
    Atomicity, Capabilities, Change, ChangeSet, DnsProvider, Expect, Guard, Key, Name, Outcome,
    Report, RrSet, Ticket, Zone, conformance,
};
use examples::{Failed, call};

/// One zone in one file, for a name server that reloads it.
#[derive(Debug)]
struct ZoneFile {
    path: PathBuf,
    zone: Zone,
    can: Capabilities,
    /// One writer at a time, which is what makes the precondition hold.
    turn: Mutex<()>,
}

impl ZoneFile {
    fn read(&self) -> Result<BTreeMap<Key, RrSet>, Failure> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(self.failure(Kind::Unavailable, &e)),
        };
        let rrsets =
            RrSet::from_lines(&text, 3600).map_err(|e| self.failure(Kind::Protocol, &e))?;
        Ok(rrsets.into_iter().map(|rrset| (rrset.key.clone(), rrset)).collect())
    }

    /// Writes a new file and renames it, so that a reader sees all of it or nothing.
    fn write(&self, rrsets: &BTreeMap<Key, RrSet>) -> Result<(), Failure> {
        let lines: Vec<String> = rrsets.values().flat_map(RrSet::lines).collect();
        let new = self.path.with_extension("new");
        std::fs::write(&new, lines.join("\n") + "\n")
            .and_then(|()| std::fs::rename(&new, &self.path))
            .map_err(|e| self.failure(Kind::Unavailable, &e))
    }

    fn failure(&self, kind: Kind, why: &dyn std::fmt::Display) -> Failure {
        Failure::new(kind, format!("{}: {why}", self.path.display()))
    }

    fn error(&self, operation: &str, failure: Failure) -> Error {
        Error::new("zone-file", operation, failure)
    }

    /// Nothing starts after the deadline, and only this provider's zone is touched.
    fn enter(&self, zone: Option<&Zone>, call: Call) -> Result<(), Error> {
        if Instant::now() >= call.deadline {
            let failure = Failure::new(Kind::Timeout, "the deadline has passed");
            return Err(self.error("start", failure.retry(Retry::Later)));
        }
        let Some(zone) = zone else { return Ok(()) };
        if zone.id == self.zone.id {
            return Ok(());
        }
        let failure = Failure::new(Kind::NotFound, format!("there is no zone {}", zone.name));
        Err(self.error("find the zone", failure))
    }
}

#[async_trait]
impl DnsProvider for ZoneFile {
    fn id(&self) -> &str {
        "zone-file"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.can
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        self.enter(None, call)?;
        Ok(vec![self.zone.clone()])
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        self.enter(Some(zone), call)?;
        let rrsets = self.read().map_err(|failure| self.error("read the zone", failure))?;
        Ok(rrsets.into_values().collect())
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        self.enter(Some(zone), call)?;
        let mut rrsets = self.read().map_err(|failure| self.error("read the zone", failure))?;
        Ok(rrsets.remove(key))
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        self.enter(Some(&set.zone), call)?;
        // What every provider refuses in the same way: TTL floor, too many values, wrong types.
        set.validate(&self.can).map_err(|failure| self.error("check the change", failure))?;
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut rrsets = self.read().map_err(|failure| self.error("read the zone", failure))?;
        let verdicts: Vec<Outcome> = set.changes.iter().map(|c| judge(&rrsets, c)).collect();
        let refused = verdicts.iter().any(|verdict| matches!(verdict, Outcome::Refused(_)));
        let write = !refused && call.may_write(Instant::now());
        if !write && !refused && !call.dry_run {
            let failure = Failure::new(Kind::Expired, "the lease has ended");
            return Err(self.error("write the zone", failure));
        }
        if write {
            for change in &set.changes {
                match &change.desired {
                    Some(desired) => rrsets.insert(change.key.clone(), desired.clone()),
                    None => rrsets.remove(&change.key),
                };
            }
            self.write(&rrsets).map_err(|failure| self.error("write the zone", failure))?;
        }
        let outcome = |verdict: Outcome| match verdict {
            Outcome::Applied if !write => Outcome::NotTried,
            other => other,
        };
        let keys = set.changes.iter().map(|change| change.key.clone());
        Ok(Report::new(self.id(), keys.zip(verdicts.into_iter().map(outcome)).collect()))
    }

    async fn settle(&self, _: &Ticket, _: Call) -> Result<(), Error> {
        // A file is published as soon as it is renamed: there are no tickets.
        Ok(())
    }
}

/// What would become of one change.
fn judge(rrsets: &BTreeMap<Key, RrSet>, change: &Change) -> Outcome {
    let now = rrsets.get(&change.key);
    let so = match (now, &change.desired) {
        (Some(now), Some(desired)) => now.same_data(desired),
        (None, None) => true,
        _ => false,
    };
    if so {
        return Outcome::AlreadySo;
    }
    let met = match &change.expect {
        Expect::Absent => now.is_none(),
        Expect::Exactly(rrset) => now.is_some_and(|now| now.same_data(rrset)),
        _ => true,
    };
    if met {
        return Outcome::Applied;
    }
    let kind = if change.expect == Expect::Absent { Kind::AlreadyExists } else { Kind::Changed };
    let failure = Failure::new(kind, format!("{} is not as expected", change.key));
    Outcome::Refused(failure.retry(Retry::AfterReread))
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("example.org.zone");
    let zone = Zone::new("example.org", Name::parse("example.org")?, Vec::new());
    let can = Capabilities::new(Atomicity::WholeSet, Guard::Server, 0);
    let provider = ZoneFile { path: path.clone(), zone: zone.clone(), can, turn: Mutex::new(()) };

    let app = RrSet::parse("app.example.org", "A", 60, &["192.0.2.1"])?;
    let set = ChangeSet::new(zone.clone(), vec![Change::put(app, Expect::Absent)]);
    println!("{:?}", provider.apply(&set, call()).await?.outcomes);
    println!("{}", std::fs::read_to_string(&path)?);

    println!("the conformance suite:");
    let results = conformance::run(&provider, &zone, &dns_provider::SystemClock).await;
    println!("{results}");
    Ok(())
}
