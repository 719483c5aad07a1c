//! What is broken at the moment: one list of faults, changed by method or over HTTP.

mod compute;
mod gate;
mod identity;
mod kind;

pub use kind::{Cloud, Fault};

pub(crate) use gate::gate;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::timeout;

/// The switchboard of an emulator's faults. Clones share one list.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    active: Mutex<Vec<Fault>>,
    stopped: AtomicBool,
    changed: watch::Sender<u64>,
    /// How far each listener has followed the changes.
    followers: Mutex<Vec<Arc<AtomicU64>>>,
    followed: Notify,
}

/// What becomes of a long-running operation (Hetzner action, Google change).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Succeed,
    Fail,
    Hang,
}

/// How far a listener has followed the changes of the faults.
pub(crate) struct Progress {
    reached: Arc<AtomicU64>,
    faults: Faults,
}

impl Progress {
    pub(crate) fn reached(&self, version: u64) {
        self.reached.store(version, Ordering::Release);
        self.faults.0.followed.notify_waiters();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.faults.followers().retain(|one| !Arc::ptr_eq(one, &self.reached));
        self.faults.0.followed.notify_waiters();
    }
}

impl Faults {
    pub(crate) fn new() -> Self {
        let (changed, _) = watch::channel(0);
        Self(Arc::new(Shared {
            active: Mutex::new(Vec::new()),
            stopped: AtomicBool::new(false),
            changed,
            followers: Mutex::new(Vec::new()),
            followed: Notify::new(),
        }))
    }

    /// Adds a fault. One of the same identity (kind, cloud or site, and for `answer` the status and
    /// path) is replaced, so that a count or a delay can be changed by setting it again.
    pub fn set(&self, fault: Fault) {
        let mut active = self.lock();
        match active.iter_mut().find(|present| present.same_as(&fault)) {
            Some(present) => *present = fault,
            None => active.push(fault),
        }
        drop(active);
        self.announce();
    }

    /// Mends a fault: removes every active fault of the same identity, whatever is left of its
    /// count. Nothing happens if there is none.
    pub fn clear(&self, fault: &Fault) {
        self.lock().retain(|present| !present.same_as(fault));
        self.announce();
    }

    /// Mends everything.
    pub fn clear_all(&self) {
        self.lock().clear();
        self.announce();
    }

    /// The faults now active, in the order they were set, counts as they are left.
    pub fn active(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Waits until every port has been opened or shut as the faults now want it. What answers
    /// differently (errors, delays, name servers) does so from [`Faults::set`] on.
    pub async fn settled(&self) {
        let version = *self.0.changed.borrow();
        let wait = async {
            loop {
                let followed = self.0.followed.notified();
                if self.followers().iter().all(|one| one.load(Ordering::Acquire) >= version) {
                    return;
                }
                followed.await;
            }
        };
        // A port that cannot be opened again must not hold up whoever mended it.
        let _ = timeout(Duration::from_secs(2), wait).await;
    }

    /// Decides the fate of an operation that starts now, using up a counted `action_error`.
    pub(crate) fn operation_fate(&self, cloud: Cloud) -> Fate {
        self.fate_of(cloud, "", "")
    }

    /// Whether operations of this cloud never end at the moment.
    pub(crate) fn operation_hangs(&self, cloud: Cloud) -> bool {
        self.any(|fault| matches!(fault, Fault::ActionHang { cloud: broken } if *broken == cloud))
    }

    /// Waits until hanging operations of this cloud are let go.
    pub(crate) async fn operations_released(&self, cloud: Cloud) {
        let mut changes = self.changes();
        while self.operation_hangs(cloud) && !self.stopped() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn token_revoked(&self, cloud: Cloud) -> bool {
        self.any(|fault| matches!(fault, Fault::TokenRevoked { cloud: broken } if *broken == cloud))
    }

    /// By how many seconds the clouds' clocks are ahead of ours (negative: behind).
    pub(crate) fn clock_skew(&self) -> i64 {
        let active = self.lock();
        active
            .iter()
            .find_map(|fault| match fault {
                Fault::ClockSkew { seconds } => Some(*seconds),
                _ => None,
            })
            .unwrap_or(0)
    }

    /// Whether this write meets a zone on which another action is running.
    pub(crate) fn locked(&self) -> bool {
        self.any(|fault| matches!(fault, Fault::Locked { count: None }))
            || self.take(|fault| matches!(fault, Fault::Locked { .. })).is_some()
    }

    /// By how much longer than configured a cloud's name servers lag behind its API.
    pub(crate) fn publish_delay(&self, cloud: Cloud) -> Duration {
        let active = self.lock();
        let millis = active.iter().find_map(|fault| match fault {
            Fault::PublishDelay { cloud: broken, millis } if *broken == cloud => Some(*millis),
            _ => None,
        });
        Duration::from_millis(millis.unwrap_or(0))
    }

    pub(crate) fn any(&self, which: impl Fn(&Fault) -> bool) -> bool {
        self.lock().iter().any(which)
    }

    /// Uses up one of the first matching fault's count; it disappears with its last one.
    pub(crate) fn take(&self, which: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut active = self.lock();
        let place = active.iter().position(which)?;
        let taken = active[place].clone();
        let spent = active[place].count_mut().is_some_and(|count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
        if spent {
            active.remove(place);
        }
        drop(active);
        if spent {
            self.announce();
        }
        Some(taken)
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Shuts every door for good: the emulator ends.
    pub(crate) fn stop(&self) {
        self.0.stopped.store(true, Ordering::Release);
        self.announce();
    }

    pub(crate) fn stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Acquire)
    }

    /// Registers a listener that [`Faults::settled`] waits for.
    pub(crate) fn follower(&self) -> Progress {
        let reached = Arc::new(AtomicU64::new(0));
        self.followers().push(Arc::clone(&reached));
        Progress { reached, faults: self.clone() }
    }

    fn followers(&self) -> MutexGuard<'_, Vec<Arc<AtomicU64>>> {
        self.0.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self) {
        self.0.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
