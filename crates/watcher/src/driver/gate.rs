//! The last look at the lease, right before something outside is changed.
use cloud_http::Call;

use crate::cluster::Term;

/// Lets writes pass: always for a watcher alone, within its term for one of several.
#[derive(Clone, Debug)]
pub(crate) struct Gate(Option<Term>);

impl Gate {
    /// The gate of a watcher that shares its lead with nobody.
    pub(crate) fn open() -> Self {
        Self(None)
    }

    pub(crate) fn within(term: Term) -> Self {
        Self(Some(term))
    }

    /// The same call, but no write of it begins after the lease; `None`: it has ended already.
    pub(crate) fn call(&self, call: Call) -> Option<Call> {
        match &self.0 {
            None => Some(call),
            Some(term) => term.holds().then(|| call.write_before(term.until().at)),
        }
    }
}
