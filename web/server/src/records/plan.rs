//! What a wish would change at each provider: read now, planned by the planner, with its limits.
use dns_provider::plan::{PlanRefused, SafetyLimits, Scope, plan};
use dns_provider::{ChangeSet, Expect, Name, RecordType, RrSet};
use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use web_api::{RecordChange, RecordsLimits, RecordsPlan, RecordsPlanned};

use super::wanted::Wish;
use super::{Member, Records};

/// A plan with what carries it out.
#[derive(Debug)]
pub struct Planned {
    /// What is shown.
    pub shown: RecordsPlan,
    /// What is done, by provider; those without a change are left out.
    pub(super) sets: Vec<(String, ChangeSet)>,
    /// The zone.
    pub(super) zone: Name,
}

impl Records {
    /// Reads the providers that are concerned and plans; changes nothing.
    pub async fn plan(&self, zone: &Name, wishes: &[Wish], apex_ns: bool) -> Planned {
        let limits = SafetyLimits::default();
        let limits = if apex_ns { limits.allow_apex_ns() } else { limits };
        let concerned = self
            .0
            .members
            .iter()
            .filter(|member| wishes.iter().any(|wish| wish.providers.contains(&member.id)));
        let each = concerned.map(async |member| one(member, zone, wishes, &limits).await);
        let mut digest = Sha256::new();
        let (mut providers, mut sets) = (Vec::new(), Vec::new());
        for (planned, set) in join_all(each).await {
            // Whatever is shown or done belongs to it.
            digest.update(serde_json::to_vec(&(&planned, &set)).unwrap_or_default());
            if let Some(set) = set.filter(|set| !set.changes.is_empty()) {
                sets.push((planned.provider.clone(), set));
            }
            providers.push(planned);
        }
        let allowed = providers.iter().all(|planned| planned.problems.is_empty());
        let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let limits = RecordsLimits {
            updates_percent: limits.updates_percent,
            removals_percent: limits.removals_percent,
            sample_min: limits.sample_min,
        };
        let zone_name = zone.to_string();
        let dangers = dangers(zone, wishes);
        let shown = RecordsPlan { zone: zone_name, digest, providers, dangers, allowed, limits };
        Planned { shown, sets, zone: zone.clone() }
    }
}

impl Planned {
    /// Whether there is anything to do.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The RRsets it changes, in words.
    pub(super) fn keys(&self) -> String {
        let changes = self.sets.iter().flat_map(|(_, set)| &set.changes);
        let mut keys: Vec<String> = changes.map(|change| change.key.to_string()).collect();
        keys.sort();
        keys.dedup();
        match keys.as_slice() {
            [first, _, _, _, ..] => format!("{first} and {} more RRsets", keys.len() - 1),
            few => few.join(", "),
        }
    }

    /// What would bring the former state back at `provider`, as far as `done` says.
    pub(super) fn undo(&self, done: &dyn Fn(&str, usize) -> bool) -> Vec<RecordChange> {
        let mut undo: Vec<RecordChange> = Vec::new();
        for (provider, set) in &self.sets {
            for (_, change) in
                set.changes.iter().enumerate().filter(|(place, _)| done(provider, *place))
            {
                let former = match &change.expect {
                    Expect::Exactly(former) => Some(former),
                    _ => None,
                };
                let back = RecordChange {
                    name: change.key.name.to_string(),
                    rtype: change.key.rtype.to_string(),
                    providers: Vec::new(),
                    ttl: former.map(|former| former.ttl),
                    values: former.map_or(Vec::new(), |former| former.values.clone()),
                    remove: former.is_none(),
                };
                let same = |one: &&mut RecordChange| {
                    let bare = RecordChange { providers: Vec::new(), ..(**one).clone() };
                    bare == back
                };
                match undo.iter_mut().find(same) {
                    Some(one) => one.providers.push(provider.clone()),
                    None => {
                        undo.push(RecordChange { providers: vec![provider.clone()], ..back });
                    }
                }
            }
        }
        undo
    }

    /// What goes and what comes, as the journal has it.
    pub(super) fn lines(&self) -> (Vec<String>, Vec<String>) {
        let all = |lines: fn(&RecordsPlanned) -> &Vec<String>| {
            let each = self.shown.providers.iter().flat_map(move |one| {
                lines(one).iter().map(move |line| format!("{}: {line}", one.provider))
            });
            each.collect()
        };
        (all(|one| &one.remove), all(|one| &one.add))
    }
}

async fn one(
    member: &Member,
    zone: &Name,
    wishes: &[Wish],
    limits: &SafetyLimits,
) -> (RecordsPlanned, Option<ChangeSet>) {
    let mut planned = RecordsPlanned {
        provider: member.id.clone(),
        remove: Vec::new(),
        add: Vec::new(),
        problems: Vec::new(),
        puts: 0,
        removals: 0,
        present: 0,
    };
    let (zone, now) = match member.read(zone).await {
        Ok(content) => content,
        Err(problem) => {
            planned.problems.push(problem);
            return (planned, None);
        }
    };
    planned.present = now.len();
    let own: Vec<&Wish> =
        wishes.iter().filter(|wish| wish.providers.contains(&member.id)).collect();
    // The whole zone as it shall be, so that the limits mean the zone.
    let kept = now.iter().filter(|set| !own.iter().any(|wish| wish.key == set.key)).cloned();
    let new = own.iter().filter_map(|wish| wish.desired.clone());
    let want: Vec<RrSet> = kept.chain(new).collect();
    let set = match plan(&zone, &now, &want, &Scope::Zone, member.client.capabilities(), limits) {
        Ok(set) => set,
        Err(PlanRefused { problems, .. }) => {
            planned.problems = problems.iter().map(ToString::to_string).collect();
            return (planned, None);
        }
    };
    for change in &set.changes {
        if let Expect::Exactly(old) = &change.expect {
            planned.remove.extend(old.lines());
        }
        match &change.desired {
            Some(desired) => {
                planned.puts += 1;
                planned.add.extend(desired.lines());
            }
            None => planned.removals += 1,
        }
    }
    (planned, Some(set))
}

/// What asks for a second thought.
fn dangers(zone: &Name, wishes: &[Wish]) -> Vec<String> {
    let removes = wishes.iter().any(|wish| wish.desired.is_none());
    let apex = |wish: &Wish| wish.key.name == *zone && wish.key.rtype == RecordType::Ns;
    let found = [(removes, "remove"), (wishes.iter().any(apex), "apex_ns")];
    found.into_iter().filter(|(so, _)| *so).map(|(_, word)| word.to_owned()).collect()
}
