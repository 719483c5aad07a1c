//! From what is there and what is wanted to a change set: pure, so that a dry run, a drift check
//! and the real thing cannot differ.
mod limits;
mod refused;

use std::collections::{BTreeMap, BTreeSet};

pub use limits::SafetyLimits;
pub use refused::{PlanRefused, Problem};

use crate::change::{Change, ChangeSet, Expect};
use crate::name::Name;
use crate::provider::Capabilities;
use crate::record::{Key, RecordType, RrSet};
use crate::zone::Zone;

/// Which RRsets of a zone a plan may touch. What is in scope and not wanted is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Only these keys.
    Keys(BTreeSet<Key>),
    /// The whole zone but the SOA and the name servers at its apex, which stay as they are unless
    /// others are wanted.
    Zone,
}

impl Scope {
    /// The scope of exactly the RRsets in `want`: nothing is removed.
    pub fn of(want: &[RrSet]) -> Self {
        Self::Keys(want.iter().map(|rrset| rrset.key.clone()).collect())
    }

    fn covers(&self, key: &Key) -> bool {
        match self {
            Self::Keys(keys) => keys.contains(key),
            Self::Zone => true,
        }
    }
}

/// The changes that turn `now` into `want` within `scope`, each expecting exactly what `now` says.
///
/// Removals come first, so that a name is free of other types before it becomes a CNAME; then
/// everything by key. An RRset that is as wanted makes no change. The plan is refused, with all
/// problems at once, when something wanted breaks a rule of DNS or of the provider, when it would
/// destroy what plain values cannot express, or when it changes more than `limits` allow.
///
/// ```
/// # use dns_provider::plan::{plan, SafetyLimits, Scope};
/// # use dns_provider::{Atomicity, Capabilities, Guard, Name, RrSet, Zone};
/// let zone = Zone::new("1", Name::parse("example.com")?, vec![]);
/// let now = [RrSet::parse("app.example.com", "A", 60, &["192.0.2.1"])?];
/// let want = [RrSet::parse("app.example.com", "A", 60, &["198.51.100.1"])?];
/// let can = Capabilities::new(Atomicity::WholeSet, Guard::Server, 0);
/// let set = plan(&zone, &now, &want, &Scope::of(&want), &can, &SafetyLimits::default())?;
/// assert_eq!(set.changes.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(
    zone: &Zone,
    now: &[RrSet],
    want: &[RrSet],
    scope: &Scope,
    can: &Capabilities,
    limits: &SafetyLimits,
) -> Result<ChangeSet, PlanRefused> {
    let mut problems = Vec::new();
    let there: BTreeMap<&Key, &RrSet> = now.iter().map(|rrset| (&rrset.key, rrset)).collect();
    let mut wanted: BTreeMap<&Key, &RrSet> = BTreeMap::new();
    for rrset in want {
        if wanted.insert(&rrset.key, rrset).is_some() {
            problems.push(Problem::WantedTwice(rrset.key.clone()));
        }
        if !scope.covers(&rrset.key) {
            problems.push(Problem::OutOfScope(rrset.key.clone()));
        }
    }
    let in_scope = there.values().copied().filter(|rrset| scope.covers(&rrset.key));
    let unwanted = in_scope.clone().filter(|rrset| !wanted.contains_key(&rrset.key));
    let removals: Vec<Change> = unwanted
        .filter(|rrset| !(*scope == Scope::Zone && at_apex(zone, &rrset.key)))
        .map(|rrset| Change::remove(rrset.key.clone(), Expect::Exactly(rrset.clone())))
        .collect();
    let puts: Vec<Change> = wanted
        .values()
        .filter(|rrset| !there.get(&rrset.key).is_some_and(|old| old.same_data(rrset)))
        .map(|rrset| put(there.get(&rrset.key).copied(), rrset))
        .collect();

    protect(zone, &removals, &puts, limits, &mut problems);
    exclusive(&there, &removals, &wanted, &mut problems);
    let updates = puts.iter().filter(|change| change.expect != Expect::Absent).count();
    limits.judge(in_scope.count(), updates, removals.len(), &mut problems);
    let mut set = ChangeSet::new(zone.clone(), removals);
    set.changes.extend(puts);
    if problems.is_empty()
        && let Err(failure) = set.validate(can)
    {
        problems.push(Problem::Invalid(failure.message));
    }
    if problems.is_empty() { Ok(set) } else { Err(PlanRefused { problems }) }
}

fn put(old: Option<&RrSet>, desired: &RrSet) -> Change {
    let expect = old.map_or(Expect::Absent, |old| Expect::Exactly(old.clone()));
    Change::put(desired.clone(), expect)
}

/// Whether `key` is the SOA or the NS set at the zone's apex.
fn at_apex(zone: &Zone, key: &Key) -> bool {
    key.name == zone.name && matches!(key.rtype, RecordType::Soa | RecordType::Ns)
}

/// Finds changes of what must not be changed: opaque RRsets, SOA and NS at the apex.
fn protect(
    zone: &Zone,
    removals: &[Change],
    puts: &[Change],
    limits: &SafetyLimits,
    problems: &mut Vec<Problem>,
) {
    for change in removals.iter().chain(puts) {
        let old = match &change.expect {
            Expect::Exactly(old) => Some(old),
            Expect::Absent | Expect::Any => None,
        };
        if old.into_iter().chain(&change.desired).any(|rrset| rrset.opaque.is_some()) {
            problems.push(Problem::Opaque(change.key.clone()));
        }
        let delegation = change.key.rtype == RecordType::Ns && change.desired.is_some();
        let allowed = delegation && limits.apex_ns;
        if at_apex(zone, &change.key) && !allowed {
            problems.push(Problem::Apex(change.key.clone()));
        }
    }
}

/// Finds names that would have a CNAME and something else (RFC 1034 section 3.6.2).
fn exclusive(
    there: &BTreeMap<&Key, &RrSet>,
    removals: &[Change],
    wanted: &BTreeMap<&Key, &RrSet>,
    problems: &mut Vec<Problem>,
) {
    let removed: BTreeSet<&Key> = removals.iter().map(|change| &change.key).collect();
    let kept = there.keys().copied().filter(|key| !removed.contains(key));
    let after: BTreeSet<&Key> = kept.chain(wanted.keys().copied()).collect();
    let mut types: BTreeMap<&Name, Vec<&RecordType>> = BTreeMap::new();
    for key in after {
        types.entry(&key.name).or_default().push(&key.rtype);
    }
    let touched: BTreeSet<&Name> = wanted.keys().map(|key| &key.name).collect();
    for (name, types) in types {
        if touched.contains(name) && types.len() > 1 && types.contains(&&RecordType::Cname) {
            problems.push(Problem::CnameBesideOthers(name.clone()));
        }
    }
}
