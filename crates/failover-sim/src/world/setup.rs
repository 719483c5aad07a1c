//! How a world is built: what does not change in it, and how it is when nothing is wrong.
use std::time::Duration;

/// The make of a world. [`Setup::default`] is an ordinary one: nothing fails, nothing is lost.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Setup {
    /// Watchers that share a journal; more than one share a lease, too. The first one probes from
    /// the first vantage, and so on.
    pub watchers: u8,
    /// Vantages that lose probes together, by number; those beyond the list are on their own.
    pub groups: Vec<u8>,
    /// How long a call to a provider takes when nothing is wrong.
    pub call: Duration,
    /// How long a watcher waits for a whole call.
    pub call_timeout: Duration,
    /// How often a watcher reads what a provider stores and tells its machine.
    pub look: Duration,
    /// The same for a provider that does not check preconditions, where an old write may land late.
    pub look_blind: Duration,
    /// Name servers of each provider.
    pub servers: u8,
    /// From an accepted write until the slowest name server answers it.
    pub publication: Duration,
    /// The TTL that is published.
    pub ttl: Duration,
    /// Resolvers that ask for the name all the time.
    pub resolvers: u16,
    /// How long the journal takes for one write.
    pub disk: Duration,
    /// How long a lease lasts.
    pub lease: Duration,
    /// How long compute takes to stop or to start a site.
    pub boot: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            watchers: 1,
            groups: Vec::new(),
            call: Duration::from_millis(200),
            call_timeout: Duration::from_secs(5),
            look: Duration::from_secs(25),
            look_blind: Duration::from_secs(5),
            servers: 2,
            publication: Duration::from_millis(800),
            ttl: Duration::from_secs(60),
            resolvers: 32,
            disk: Duration::from_millis(2),
            lease: Duration::from_secs(6),
            boot: Duration::from_secs(3),
        }
    }
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
