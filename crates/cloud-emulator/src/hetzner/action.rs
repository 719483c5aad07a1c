//! Actions: what a write started, until it has ended.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::record::{Key, RrSet};
use super::zone::{Zone, time};
use crate::fault::Fate;

#[derive(Clone, Debug)]
pub(super) struct Action {
    pub id: u64,
    pub command: &'static str,
    pub zone: u64,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    pub fate: Fate,
    pub effect: Effect,
    begun: Instant,
    takes: Duration,
}

/// What the name servers learn when an action has succeeded.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub zone_name: String,
    pub ttl: u32,
    /// RRsets that changed; `None` if they went away.
    pub sets: Vec<(Key, Option<RrSet>)>,
    /// The zone itself is gone.
    pub deleted: bool,
}

impl Effect {
    /// The difference between two versions of a zone; `before` is absent for a new one.
    pub(super) fn between(before: Option<&Zone>, after: &Zone) -> Self {
        let old = before.map(Zone::content).unwrap_or_default();
        let new = after.content();
        let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (key.clone(), None));
        let changed = new
            .iter()
            .filter(|(key, set)| {
                old.get(*key).is_none_or(|was| was.ttl != set.ttl || !was.same_values(set))
            })
            .map(|(key, set)| (key.clone(), Some(set.clone())));
        Self {
            zone_name: after.name.clone(),
            ttl: after.ttl,
            sets: gone.chain(changed).collect(),
            deleted: false,
        }
    }

    pub(super) fn deletion(zone: &Zone) -> Self {
        Self { zone_name: zone.name.clone(), ttl: zone.ttl, sets: Vec::new(), deleted: true }
    }
}

impl Action {
    pub(super) fn new(
        id: u64,
        command: &'static str,
        zone: u64,
        effect: Effect,
        (fate, takes, started): (Fate, Duration, Timestamp),
    ) -> Self {
        let begun = Instant::now();
        Self { id, command, zone, started, finished: None, fate, effect, begun, takes }
    }

    pub(super) fn status(&self) -> &'static str {
        match (self.finished, self.fate) {
            (None, _) => "running",
            (Some(_), Fate::Fail) => "error",
            (Some(_), Fate::Succeed | Fate::Hang) => "success",
        }
    }

    pub(super) fn json(&self) -> Value {
        let failed = self.status() == "error";
        json!({
            "id": self.id,
            "command": self.command,
            "status": self.status(),
            "progress": self.progress(),
            "started": time(self.started),
            "finished": self.finished.map(time),
            "resources": [{"id": self.zone, "type": "zone"}],
            "error": failed.then(|| json!({"code": "action_failed", "message": "Action failed"})),
        })
    }

    fn progress(&self) -> u64 {
        if self.finished.is_some() {
            return 100;
        }
        let done = self.begun.elapsed().as_millis() * 100 / self.takes.as_millis().max(1);
        u64::try_from(done).unwrap_or(u64::MAX).min(95)
    }
}

/// A zone as its name servers have it: for each RRset the version of the newest finished action.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    sets: BTreeMap<Key, (u64, Option<RrSet>)>,
    ttl: (u64, u32),
}

impl Live {
    /// Takes in what a finished action changed. Actions may end in another order than they began:
    /// a later one's content stays.
    pub(super) fn apply(&mut self, action: u64, effect: Effect) {
        for (key, set) in effect.sets {
            let version = self.sets.entry(key).or_insert((0, None));
            if version.0 <= action {
                *version = (action, set);
            }
        }
        if self.ttl.0 <= action {
            self.ttl = (action, effect.ttl);
        }
    }

    /// The RRsets with the TTLs they are answered with.
    pub(super) fn sets(&self) -> impl Iterator<Item = (&RrSet, u32)> {
        let default = self.ttl.1;
        self.sets
            .values()
            .filter_map(|(_, set)| set.as_ref())
            .map(move |set| (set, set.ttl.unwrap_or(default)))
    }
}
