//! A project's zones and actions, and how a write goes through.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::action::{Action, Effect, Live};
use super::compute::Compute;
use super::problem::Problem;
use super::zone::Zone;
use super::{Hetzner, Inner};
use crate::authority::ZoneRecord;
use crate::fault::{Cloud, Fate, Faults};

#[derive(Debug)]
pub(super) struct World {
    pub zones: BTreeMap<u64, Zone>,
    pub actions: BTreeMap<u64, Action>,
    pub compute: Compute,
    live: BTreeMap<u64, Live>,
    next_id: u64,
}

impl World {
    pub(super) fn new(faults: Faults) -> Self {
        let (zones, actions, live) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        // Far enough from small numbers that an id taken for a page or an index shows.
        Self { zones, actions, compute: Compute::new(faults), live, next_id: 4211 }
    }

    pub(super) fn zone(&self, id_or_name: &str) -> Result<&Zone, Problem> {
        let by_id = id_or_name.parse().ok().and_then(|id: u64| self.zones.get(&id));
        by_id
            .or_else(|| self.zones.values().find(|zone| zone.name == id_or_name))
            .ok_or_else(|| Problem::not_found("zone"))
    }

    /// `updating` while an action on the zone runs.
    pub(super) fn status(&self, zone: u64) -> &'static str {
        let busy = |action: &Action| action.zone == zone && action.finished.is_none();
        if self.actions.values().any(busy) { "updating" } else { "ok" }
    }

    pub(super) fn zone_json(&self, zone: &Zone) -> Value {
        zone.json(self.status(zone.id))
    }

    /// An action of whatever kind, as JSON.
    pub(super) fn action_json(&self, id: u64) -> Option<Value> {
        let task = || self.compute.action_json(id);
        self.actions.get(&id).map(Action::json).or_else(task)
    }

    pub(super) fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

impl Hetzner {
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The vendor's clock.
    pub(super) fn now(&self) -> Timestamp {
        let skew = jiff::SignedDuration::from_secs(self.0.faults.clock_skew());
        Timestamp::now().checked_add(skew).unwrap_or_else(|_| Timestamp::now())
    }

    /// Changes a zone: `edit` works on a copy, which takes the zone's place when it succeeds and
    /// the action is not doomed. Returns what `edit` returned, and the action.
    pub(super) fn change<T>(
        &self,
        zone: &str,
        command: &'static str,
        edit: impl FnOnce(&mut Zone) -> Result<T, Problem>,
    ) -> Result<(T, Value), Problem> {
        let mut world = self.world();
        let before = world.zone(zone)?.clone();
        if self.0.faults.locked() {
            return Err(Problem::locked());
        }
        let mut after = before.clone();
        let result = edit(&mut after)?;
        let mut effect = Effect::between(Some(&before), &after);
        if !effect.sets.is_empty() || before.ttl != after.ttl {
            after.raise_serial(self.now());
            effect = Effect::between(Some(&before), &after);
        }
        let id = after.id;
        let fate = self.0.faults.operation_fate(Cloud::Hetzner);
        if fate != Fate::Fail {
            world.zones.insert(id, after);
        }
        let action = self.begin(&mut world, command, id, effect, fate);
        Ok((result, action))
    }

    /// Adds a zone. Returns it and the action, as JSON.
    pub(super) fn create(&self, mut zone: Zone) -> Result<(Value, Value), Problem> {
        let mut world = self.world();
        if world.zone(&zone.name).is_ok() {
            return Err(Problem::exists("name", format!("zone {:?} already exists", zone.name)));
        }
        zone.id = world.id();
        let effect = Effect::between(None, &zone);
        let fate = self.0.faults.operation_fate(Cloud::Hetzner);
        if fate != Fate::Fail {
            world.zones.insert(zone.id, zone.clone());
        }
        let action = self.begin(&mut world, "create_zone", zone.id, effect, fate);
        Ok((world.zone_json(&zone), action))
    }

    /// Removes a zone. Returns the action.
    pub(super) fn delete(&self, zone: &str) -> Result<Value, Problem> {
        let mut world = self.world();
        let zone = world.zone(zone)?.clone();
        if self.0.faults.locked() {
            return Err(Problem::locked());
        }
        if zone.protected {
            return Err(Problem::protected("zone is delete protected"));
        }
        let fate = self.0.faults.operation_fate(Cloud::Hetzner);
        if fate != Fate::Fail {
            world.zones.remove(&zone.id);
        }
        Ok(self.begin(&mut world, "delete_zone", zone.id, Effect::deletion(&zone), fate))
    }

    /// Puts a zone in place without an action, published at once: how an emulator starts.
    pub(super) fn place(&self, mut zone: Zone) {
        let mut world = self.world();
        zone.id = world.id();
        let effect = Effect::between(None, &zone);
        let id = zone.id;
        world.zones.insert(id, zone);
        self.0.publish(&mut world, 0, id, effect);
    }

    fn begin(
        &self,
        world: &mut World,
        command: &'static str,
        zone: u64,
        effect: Effect,
        fate: Fate,
    ) -> Value {
        let id = world.id();
        let takes = self.0.action_delay;
        let action = Action::new(id, command, zone, effect, (fate, takes, self.now()));
        world.actions.insert(id, action);
        if takes == Duration::ZERO && fate != Fate::Hang {
            self.0.finish(world, id, self.now());
        } else {
            self.finish_later(id, takes, fate);
        }
        world.actions.get(&id).map(Action::json).unwrap_or_default()
    }

    fn finish_later(&self, action: u64, takes: Duration, fate: Fate) {
        let inner = Arc::downgrade(&self.0);
        let faults = self.0.faults.clone();
        tokio::spawn(async move {
            tokio::time::sleep(takes).await;
            if fate == Fate::Hang {
                faults.operations_released(Cloud::Hetzner).await;
            }
            let Some(hetzner) = inner.upgrade().map(Hetzner) else { return };
            let now = hetzner.now();
            let mut world = hetzner.world();
            hetzner.0.finish(&mut world, action, now);
        });
    }
}

impl Inner {
    fn finish(&self, world: &mut World, action: u64, now: Timestamp) {
        let Some(ended) = world.actions.get_mut(&action) else { return };
        ended.finished = Some(now);
        if ended.fate != Fate::Fail {
            let (zone, effect) = (ended.zone, ended.effect.clone());
            self.publish(world, action, zone, effect);
        }
    }

    fn publish(&self, world: &mut World, action: u64, zone: u64, effect: Effect) {
        let name = effect.zone_name.clone();
        if effect.deleted {
            world.live.remove(&zone);
            self.authority.withdraw(&name);
            return;
        }
        // An action that ends after its zone's deletion has nothing to publish any more.
        if action != 0 && !world.zones.contains_key(&zone) {
            return;
        }
        let live = world.live.entry(zone).or_default();
        live.apply(action, effect);
        let records: Vec<ZoneRecord> = live
            .sets()
            .flat_map(|(set, ttl)| {
                let owner = match set.name.as_str() {
                    "@" => name.clone(),
                    relative => format!("{relative}.{name}"),
                };
                set.records.iter().map(move |record| ZoneRecord {
                    name: owner.clone(),
                    rtype: set.rtype.clone(),
                    ttl,
                    rdata: record.value.clone(),
                })
            })
            .collect();
        if !records.is_empty() {
            self.authority.publish(&name, records);
        }
    }
}
