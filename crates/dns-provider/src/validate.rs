//! What can be known to be wrong with a change set before any request is sent.
use std::collections::HashSet;

use cloud_http::{Failure, Kind};

use crate::change::{Change, ChangeSet, Expect};
use crate::provider::Capabilities;
use crate::record::{Key, RecordType};
use crate::zone::Visibility;

impl ChangeSet {
    /// Checks the set against what a provider can do, without any request. Every provider calls
    /// this first and fails with what comes back.
    ///
    /// Refused are: promises weaker than needed, more changes than the provider takes, two changes
    /// of one key, names outside the zone, private zones, RRsets wrong in themselves, a TTL under
    /// the provider's floor, too many values, types it cannot write, opaque RRsets.
    pub fn validate(&self, can: &Capabilities) -> Result<(), Failure> {
        if can.atomicity < self.need.atomicity || can.guard < self.need.guard {
            let message = format!(
                "needed are atomicity {:?} and guard {:?}, this provider has {:?} and {:?}",
                self.need.atomicity, self.need.guard, can.atomicity, can.guard
            );
            return Err(Failure::new(Kind::Unsupported, message));
        }
        if self.zone.visibility != Visibility::Public {
            let message =
                format!("zone {} is private; only public zones are changed", self.zone.id);
            return Err(Failure::new(Kind::Unsupported, message));
        }
        if self.changes.len() > can.changes_max {
            let count = self.changes.len();
            let message = format!("{count} changes are more than {} in one set", can.changes_max);
            return Err(Failure::new(Kind::Invalid, message));
        }
        let mut seen: HashSet<&Key> = HashSet::with_capacity(self.changes.len());
        for change in &self.changes {
            if !seen.insert(&change.key) {
                let message = format!("{} is changed twice in one set", change.key);
                return Err(Failure::new(Kind::Invalid, message));
            }
            self.validate_one(change, can)?;
        }
        Ok(())
    }

    fn validate_one(&self, change: &Change, can: &Capabilities) -> Result<(), Failure> {
        let key = &change.key;
        let invalid = |message| Err(Failure::new(Kind::Invalid, message));
        if !key.name.is_in(&self.zone.name) {
            return invalid(format!("{key} is outside zone {}", self.zone.name));
        }
        if key.name == self.zone.name && key.rtype == RecordType::Cname {
            return invalid(format!("{key}: the apex of a zone cannot be a CNAME"));
        }
        if can.types.as_ref().is_some_and(|types| !types.contains(&key.rtype)) {
            let message = format!("{key}: this provider has no record type {}", key.rtype);
            return Err(Failure::new(Kind::Unsupported, message));
        }
        let stated = match &change.expect {
            Expect::Exactly(rrset) => Some(rrset),
            Expect::Absent | Expect::Any => None,
        };
        for rrset in stated.into_iter().chain(&change.desired) {
            if rrset.key != *key {
                return invalid(format!("the change of {key} speaks of {}", rrset.key));
            }
            if rrset.opaque.is_some() {
                let message = format!("{key} is not a plain RRset and is never changed");
                return Err(Failure::new(Kind::Unsupported, message));
            }
        }
        let Some(desired) = &change.desired else { return Ok(()) };
        if let Err(error) = desired.check() {
            return invalid(error.to_string());
        }
        if desired.ttl < can.ttl_min {
            let floor = can.ttl_min;
            return invalid(format!("{key}: TTL {} is under this provider's {floor}", desired.ttl));
        }
        if desired.values.len() > can.values_max {
            let (count, most) = (desired.values.len(), can.values_max);
            return invalid(format!("{key}: {count} values are more than this provider's {most}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;
    use crate::provider::{Atomicity, Guard, Need};
    use crate::record::RrSet;
    use crate::zone::Zone;

    fn can() -> Capabilities {
        let mut can = Capabilities::new(Atomicity::PerRrSet, Guard::ReadThenWrite, 60);
        can.values_max = 2;
        can.changes_max = 2;
        can.types = Some(vec![RecordType::A, RecordType::Cname]);
        can
    }

    fn set(changes: Vec<Change>) -> ChangeSet {
        let apex = Name::parse("example.com").unwrap();
        ChangeSet::new(Zone::new("1", apex, Vec::new()), changes)
    }

    fn put(name: &str, rtype: &str, ttl: u32, values: &[&str]) -> Change {
        let key = Key::new(Name::parse(name).unwrap(), rtype.to_owned().into());
        Change::put(RrSet::new(key, ttl, values.iter().copied()), Expect::Any)
    }

    #[test]
    fn everything_that_can_be_known_beforehand_is_refused_by_name() {
        let a = || put("app.example.com", "A", 60, &["192.0.2.1"]);
        let mut other_key = a();
        other_key.key.name = Name::parse("other.example.com").unwrap();
        let mut opaque = a();
        opaque.expect =
            Expect::Exactly(RrSet { opaque: Some("{}".into()), ..a().desired.unwrap() });
        for (changes, why) in [
            (vec![a(), a()], "changed twice"),
            (vec![put("notexample.com", "A", 60, &["192.0.2.1"])], "outside zone example.com"),
            (vec![put("example.com", "CNAME", 60, &["a."])], "apex"),
            (vec![put("app.example.com", "TXT", 60, &["a"])], "no record type TXT"),
            (vec![put("app.example.com", "A", 59, &["192.0.2.1"])], "TTL 59 is under"),
            (
                vec![put("app.example.com", "A", 60, &["192.0.2.1", "192.0.2.2", "192.0.2.3"])],
                "3 v",
            ),
            (vec![put("app.example.com", "A", 60, &["x"])], "not an IPv4 address"),
            (vec![other_key], "speaks of app.example.com A"),
            (vec![opaque], "not a plain RRset"),
            (
                vec![
                    a(),
                    put("b.example.com", "A", 60, &["192.0.2.1"]),
                    put("c.example.com", "A", 60, &["192.0.2.1"]),
                ],
                "3 changes",
            ),
        ] {
            let failure = set(changes).validate(&can()).unwrap_err();
            assert!(failure.message.contains(why), "{failure}");
        }
        assert_eq!(set(vec![a()]).validate(&can()), Ok(()));
    }

    #[test]
    fn weaker_promises_than_needed_are_refused() {
        let mut strict = set(Vec::new());
        strict.need = Need { atomicity: Atomicity::None, guard: Guard::Server };
        assert_eq!(strict.validate(&can()).unwrap_err().kind, Kind::Unsupported);
        strict.need = Need { atomicity: Atomicity::WholeSet, guard: Guard::None };
        assert_eq!(strict.validate(&can()).unwrap_err().kind, Kind::Unsupported);
    }
}
