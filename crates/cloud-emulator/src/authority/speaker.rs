//! What answers DNS on a socket: an authority, or a resolver.

use crate::door::Rule;
use crate::fault::Faults;

/// Something that answers DNS messages. Clones are the same one.
pub(crate) trait Speaker: Clone + Send + Sync + 'static {
    /// The answer to a message; `None` if it deserves none. `limit` is the transport's: 65535 on
    /// TCP, `None` where the client says how much it takes (UDP).
    fn answer(&self, message: &[u8], limit: Option<usize>) -> Option<Vec<u8>>;

    /// The faults it follows.
    fn faults(&self) -> &Faults;

    /// How it treats TCP connections.
    fn tcp(&self) -> Rule;

    /// Whether it answers nothing over UDP at the moment.
    fn is_silent(&self) -> bool;
}
