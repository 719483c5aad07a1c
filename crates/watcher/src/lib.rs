//! Drives the decision: probes, providers, journal, verification. Embeddable, without an HTTP server.
//!
//! `failover-core` decides and does nothing; this crate does and decides nothing. One task holds the
//! machines, one per service, and takes one step at a time:
//!
//! 1. A fact comes in: a probe has ended, a provider has answered, a human commands, time passes.
//! 2. The machine steps. What it asks for is looked at, not yet done.
//! 3. Its records and its state go into the [journal](#the-journal) in one transaction.
//! 4. Only when the disk has them is anything carried out: reading and changing RRsets, asking name
//!    servers, telling people. Each runs in a task of its own and comes back as a fact.
//! 5. A [`Snapshot`](failover_core::Snapshot) is published for whoever looks.
//!
//! So a crash at any moment leaves a journal from which the next watcher takes the same decision,
//! ends an open move, and never begins a second one.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use dns_provider::{MemoryDns, Name, RrSet, Zone};
//! use failover_core::{Policy, Preset, ProviderPolicy, SiteId};
//! use health::{Check, Kind};
//! use watcher::{ProviderSpec, ServiceSpec, SiteSpec, Watcher, ZoneRef};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let zone = Zone::new("z1", Name::parse("example.com")?, vec![]);
//! let app = RrSet::parse("app.example.com", "A", 60, &["127.0.10.1"])?;
//! let dns = Arc::new(MemoryDns::new("memory").with_zone(zone, vec![app]));
//!
//! let site = |name: &str, address: [u8; 4]| SiteSpec {
//!     name: name.to_owned(),
//!     location: "this machine".to_owned(),
//!     targets: vec![address.into()],
//! };
//! let policy = Preset::Fast.spec(
//!     "app",
//!     vec!["one".to_owned(), "two".to_owned()],
//!     vec!["here".to_owned()],
//!     vec![ProviderPolicy { name: "memory".to_owned(), guarded: true }],
//! );
//! let timeout = policy.checks[0].timeout;
//! let service = ServiceSpec {
//!     policy: Policy::new(policy).map_err(|problems| problems[0].message())?,
//!     name: Name::parse("app.example.com")?,
//!     ttl: 60,
//!     sites: vec![site("one", [127, 0, 10, 1]), site("two", [127, 0, 20, 1])],
//!     checks: vec![Check::new(Kind::Tcp { port: 80 }, timeout)],
//!     layers: Vec::new(),
//!     zones: vec![ZoneRef::Id("z1".to_owned())],
//! };
//!
//! let directory = tempfile::tempdir()?;
//! let watcher = Watcher::builder("here")
//!     .journal(directory.path().join("journal.db"))
//!     .provider(ProviderSpec::new("memory", dns).servers(vec![]))
//!     .service(service)
//!     .build()?;
//! let handle = watcher.handle();
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let running = tokio::spawn(watcher.run(async { drop(stopped.await) }));
//!
//! // What the provider stores is learnt first: site one is active.
//! let mut updates = handle.updates();
//! while let Some(snapshot) = updates.next().await {
//!     if snapshot.services[0].view.desired.contains(SiteId(0)) {
//!         break;
//!     }
//! }
//! // What a move to site two would change.
//! let plan = handle.plan("app", SiteId(1)).await?;
//! assert_eq!(plan[0].add[0].values, ["127.0.20.1"]);
//!
//! drop(stop);
//! running.await??;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Probes
//!
//! Every check runs against the first address of each family of each site. **A site with IPv4 and
//! IPv6 addresses serves only if both answer**: the first family that fails speaks for the check,
//! and while none fails the first one does. Both rows of probes are in the snapshot. A probe that
//! could not be run (no permission for ICMP, no free socket) is shown and counts for nothing.
//!
//! # Publishing and verifying
//!
//! A site's IPv4 targets are the A RRset, its IPv6 targets the AAAA RRset, both in one change set
//! under the precondition of what was just read. Of a family that only other sites have, the RRset
//! is removed; of a family that no site has, it is never touched. A routing policy or anything else
//! that plain values cannot express is never overwritten.
//!
//! A move is verified at a provider when every address of every name server answers exactly the
//! wanted addresses with the wanted TTL and authority. Addresses that do not answer at all are
//! waited for a moment ([`Options::silent_patience`]) and then excused, as long as somebody answers.
//! Afterwards the stored RRsets and the name servers are looked at for ever, and another address,
//! another TTL or nothing at all is drift.
//!
//! How far the world's caches have followed is asked of public resolvers ([`ResolverCheck`]) beside
//! all this, and kept as a [`Curve`](failover_core::Curve) in the journal; no machine hears of it.
//!
//! # The journal
//!
//! SQLite, append-only, one writer; `docs/concepts/journal.md` has tables, guarantees and what to do
//! when it is refused. While it cannot be written nothing is changed: probing goes on, the snapshot
//! says why ([`Snapshot::journal_problem`](failover_core::Snapshot)), receipts are kept, and when
//! there is room again everything goes on from where it stood.
//!
//! Beside what was decided it holds what the machines were told, for a while ([`Retention`]); the
//! module [`replay`] tells it to them again, or to another policy.
//!
//! # Telling people
//!
//! Who is told what is described with [`ChannelSpec`]s. An event that lasts (a site is down, a move
//! is open, automation is disarmed) and an [`Alert`] are told once, again when they become more or
//! less urgent, every so often while they last, and once more when they are over; of a repetition
//! nobody is told. Each message is in the journal with the event it is about, before it is sent, and
//! is tried again there until it is delivered or given up, also by the next watcher. So it is
//! delivered at least once; exactly once where the channel is
//! [idempotent](notify::Channel::is_idempotent). Each channel has a task and a queue of its own.
//!
//! # Time
//!
//! The machines are told a monotonic time that is anchored at the start to the time of day, and not
//! before the journal's latest entry. A wall clock that jumps never reaches them.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod alert;
mod anchors;
mod builder;
mod clock;
pub mod cluster;
mod converge;
mod driver;
mod error;
mod facts;
pub mod figures;
mod handle;
mod journal;
mod lag;
mod observe;
mod options;
mod power;
mod probe;
mod publish;
mod pulse;
pub mod replay;
mod resolvers;
#[cfg(test)]
mod sample;
mod servers;
mod setup;
mod spec;
mod telling;
mod translate;
mod zone;

pub use alert::Alert;
pub use builder::{Watcher, WatcherBuilder};
pub use converge::{follow, new_curve};
pub use error::{BuildError, CommandError, JournalError, RunError};
pub use handle::{Deed, Handle, ProviderDiff, Updates};
pub use journal::{
    EventQuery, Retention, power_changes, read_curves, read_events, read_notifications,
    search_events,
};
pub use options::{Checkpoint, Options};
pub use power::{Act, PowerChange, SitePower};
pub use pulse::Health;
pub use resolvers::ResolverCheck;
pub use servers::SiteServers;
pub use spec::{ProviderSpec, ServiceSpec, SiteSpec, ZoneRef, layer_of};
pub use telling::{ChannelSpec, Deliveries, Delivery, Filter, Notification, Outcome};
