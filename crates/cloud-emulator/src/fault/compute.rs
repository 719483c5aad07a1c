//! The faults of servers and of what belongs to them.

use std::time::Duration;

use super::{Cloud, Fate, Fault, Faults};

impl Faults {
    /// Decides the fate of an operation that starts now, using up a counted fault. It is meant by
    /// its name and, at Google, by its name behind that of the collection.
    pub(crate) fn fate_of(&self, cloud: Cloud, collection: &str, name: &str) -> Fate {
        if self.operation_hangs(cloud) {
            return Fate::Hang;
        }
        let failed = self.take(|fault| match fault {
            Fault::ActionError { cloud: broken, .. } => *broken == cloud,
            Fault::OperationError { cloud: broken, operation, .. } => {
                *broken == cloud && means(operation.as_deref(), collection, name)
            }
            _ => false,
        });
        if failed.is_some() { Fate::Fail } else { Fate::Succeed }
    }

    /// By how much longer than usual an operation takes.
    pub(crate) fn slowness_of(&self, cloud: Cloud, collection: &str, name: &str) -> Duration {
        let active = self.active();
        let millis = active.iter().filter_map(|fault| match fault {
            Fault::SlowOperation { cloud: slow, millis, operation }
                if *slow == cloud && means(operation.as_deref(), collection, name) =>
            {
                Some(*millis)
            }
            _ => None,
        });
        Duration::from_millis(millis.sum())
    }

    /// Whether there is no capacity for a type in a zone or location.
    pub(crate) fn stock_out(&self, cloud: Cloud, place: &str, server_type: &str) -> bool {
        self.any(|fault| {
            matches!(fault, Fault::StockOut { cloud: empty, place: p, server_type: t, .. }
                if *empty == cloud && all_or(p.as_deref(), place) && all_or(t.as_deref(), server_type))
        })
    }

    /// Whether the list of types shows that there is no capacity.
    pub(crate) fn stock_out_announced(&self, cloud: Cloud, place: &str, server_type: &str) -> bool {
        self.any(|fault| {
            matches!(fault, Fault::StockOut { cloud: empty, place: p, server_type: t, announced: true }
                if *empty == cloud && all_or(p.as_deref(), place) && all_or(t.as_deref(), server_type))
        })
    }

    pub(crate) fn placement_error(&self) -> bool {
        self.take(|fault| matches!(fault, Fault::PlacementError { .. })).is_some()
    }

    /// Whether the quota is used up; the question is whether it shows at once or at the end.
    pub(crate) fn quota_exceeded(&self, cloud: Cloud, late: bool) -> bool {
        let meant = |fault: &Fault| {
            matches!(fault, Fault::Quota { cloud: full, at_end, .. }
                if *full == cloud && *at_end == late)
        };
        self.any(|fault| meant(fault) && matches!(fault, Fault::Quota { count: None, .. }))
            || self.take(meant).is_some()
    }

    pub(crate) fn rate_limited(&self, cloud: Cloud) -> bool {
        self.take(|fault| matches!(fault, Fault::RateLimited { cloud: c, .. } if *c == cloud))
            .is_some()
    }

    pub(crate) fn ssh_key_refused(&self, cloud: Cloud) -> bool {
        self.any(|fault| matches!(fault, Fault::SshKeyRefused { cloud: c } if *c == cloud))
    }

    pub(crate) fn read_only(&self, cloud: Cloud) -> bool {
        self.any(|fault| matches!(fault, Fault::ReadOnly { cloud: c } if *c == cloud))
    }

    pub(crate) fn shutdown_ignored(&self) -> bool {
        self.any(|fault| matches!(fault, Fault::ShutdownIgnored))
    }

    /// Counts a write that was carried out; those that only wait are none.
    pub(super) fn written(&self, cloud: Cloud) {
        for fault in self.lock().iter_mut() {
            if let Fault::DiesAfter { cloud: dying, count } = fault
                && *dying == cloud
            {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// Whether the API dies with this request, its last write having been answered before.
    pub(super) fn dies(&self, cloud: Cloud) -> bool {
        let over = Fault::DiesAfter { cloud, count: 0 };
        let mut active = self.lock();
        let Some(place) = active.iter().position(|fault| *fault == over) else { return false };
        active.remove(place);
        drop(active);
        self.set(Fault::ApiDown { cloud });
        true
    }
}

fn means(wanted: Option<&str>, collection: &str, name: &str) -> bool {
    wanted.is_none_or(|wanted| {
        wanted == name
            || wanted.strip_suffix(name).and_then(|head| head.strip_suffix('.')) == Some(collection)
    })
}

fn all_or(wanted: Option<&str>, present: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == present)
}
