//! The project's zones and what happens to them in time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::clock::Clock;
use super::error::{ApiError, Problem};
use super::zone::Zone;
use crate::authority::Authority;
use crate::fault::{Cloud, Faults};

/// Everything the project owns, behind one lock.
pub(crate) struct World {
    zones: Mutex<Vec<Zone>>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    authority: Authority,
    change_delay: Duration,
}

/// What becomes done when its time has come.
#[derive(Debug, Clone)]
pub(crate) enum Pending {
    /// Change number so and so of the zone.
    Change(usize),
    /// The zone's operation with this id.
    Operation(String),
}

impl World {
    pub(crate) fn new(authority: Authority, faults: Faults, change_delay: Duration) -> Arc<Self> {
        let clock = Clock::new(faults.clone());
        Arc::new(Self { zones: Mutex::default(), clock, faults, authority, change_delay })
    }

    /// The zones in the order of their creation.
    pub(crate) fn zones(&self) -> MutexGuard<'_, Vec<Zone>> {
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the zone's present content to the name servers at once.
    pub(crate) fn publish_now(&self, zones: &[Zone], zone: &Zone) {
        // Resolvers reach the zone the registrar delegated to: of two of the same name, the older.
        let first = zones.iter().find(|one| one.served() && one.dns_name == zone.dns_name);
        if first.is_some_and(|first| first.id == zone.id) {
            let name = zone.dns_name.trim_end_matches('.');
            self.authority.publish(name, zone.records());
        }
    }

    /// Takes a deleted zone off the name servers, unless another zone of that name takes over.
    pub(crate) fn withdraw(&self, zones: &[Zone], gone: &Zone) {
        if !gone.served() {
            return;
        }
        match zones.iter().find(|one| one.served() && one.dns_name == gone.dns_name) {
            Some(heir) => self.publish_now(zones, heir),
            None => self.authority.withdraw(gone.dns_name.trim_end_matches('.')),
        }
    }

    /// Lets `what` become done after the change delay; a held one waits until it is released.
    pub(crate) fn finish_later(self: &Arc<Self>, zone: u64, what: Pending, held: bool) {
        if self.change_delay.is_zero() && !held {
            return self.finish(zone, &what);
        }
        tokio::spawn(finish(Arc::downgrade(self), self.change_delay, zone, what, held));
    }

    fn finish(&self, id: u64, what: &Pending) {
        let mut zones = self.zones();
        let Some(index) = zones.iter().position(|zone| zone.id == id) else { return };
        let zone = &mut zones[index];
        match what {
            Pending::Operation(id) => {
                zone.operations
                    .iter_mut()
                    .filter(|one| one.id == *id)
                    .for_each(|one| one.done = true);
            }
            Pending::Change(number) => {
                if let Some(change) = zone.changes.get_mut(*number) {
                    change.done = true;
                }
                if *number > zone.published {
                    zone.published = *number;
                    self.publish_now(&zones, &zones[index]);
                }
            }
        }
    }
}

/// The zone a path segment names, by name or number.
pub(crate) fn find<'z>(zones: &'z [Zone], key: &str) -> Result<&'z Zone, ApiError> {
    let found = zones.iter().find(|zone| zone.is(key));
    found.ok_or_else(|| Problem::missing("parameters.managedZone", key).into())
}

/// Like [`find`], to change it.
pub(crate) fn find_mut<'z>(zones: &'z mut [Zone], key: &str) -> Result<&'z mut Zone, ApiError> {
    let found = zones.iter_mut().find(|zone| zone.is(key));
    found.ok_or_else(|| Problem::missing("parameters.managedZone", key).into())
}

async fn finish(world: Weak<World>, delay: Duration, zone: u64, what: Pending, held: bool) {
    tokio::time::sleep(delay).await;
    if held && let Some(faults) = world.upgrade().map(|world| world.faults.clone()) {
        faults.operations_released(Cloud::Google).await;
    }
    if let Some(world) = world.upgrade() {
        world.finish(zone, &what);
    }
}
