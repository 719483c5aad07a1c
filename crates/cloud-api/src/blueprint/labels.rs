//! What is written onto servers, so that nothing has to be remembered here.
use std::collections::BTreeMap;

use super::model::LocationSpec;
use crate::layout::Role;
use crate::server::Server;

/// The location's name.
const LOCATION: &str = "location";

/// What the server is for.
const ROLE: &str = "role";

/// A hash of its boot script.
pub(super) const SCRIPT: &str = "script";

/// A hash of the keys it was given.
pub(super) const KEYS: &str = "keys";

/// A hash of what cannot be changed.
pub(super) const SYSTEM: &str = "system";

/// How far it is. A server is made in several requests, and one that was switched off on purpose
/// looks like one that was never switched on; so only the last request says that it is made.
const STATE: &str = "state";
const MAKING: &str = "making";
const MADE: &str = "made";

/// It ran and was stopped to become another type: whoever finds it so starts it again.
const CHANGING: &str = "changing";

/// The labels that say where a server belongs.
pub(super) fn place(location: &LocationSpec, role: Role) -> BTreeMap<String, String> {
    BTreeMap::from([
        (LOCATION.to_owned(), location.name.to_string()),
        (ROLE.to_owned(), role.word().to_owned()),
    ])
}

/// The same labels, of a server that is being made.
pub(super) fn making(mut labels: BTreeMap<String, String>) -> BTreeMap<String, String> {
    labels.insert(STATE.to_owned(), MAKING.to_owned());
    labels
}

/// The same labels, of a server that is made.
pub(super) fn made(mut labels: BTreeMap<String, String>) -> BTreeMap<String, String> {
    labels.insert(STATE.to_owned(), MADE.to_owned());
    labels
}

/// The labels of a server that runs and is to be stopped for a change.
pub(super) fn changing() -> BTreeMap<String, String> {
    BTreeMap::from([(STATE.to_owned(), CHANGING.to_owned())])
}

/// Whether a server was stopped for a change that is not finished.
pub(super) fn is_changing(server: &Server) -> bool {
    server.labels.get(STATE).is_some_and(|state| state == CHANGING)
}

/// Whether a server was begun and not finished.
pub(super) fn is_unfinished(server: &Server) -> bool {
    server.labels.get(STATE).is_some_and(|state| state == MAKING)
}
