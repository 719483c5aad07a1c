//! The world around the decision: what may happen to a service, and what must hold whatever does.
//!
//! A [`World`] is made of a policy, a [`Setup`] and a seed. Around the shipped
//! [`Failover`](failover_core::Failover) it has sites, vantages with their own loss, delay and clocks,
//! DNS providers with and without preconditions on writes, name servers, resolvers, operators, and
//! one or several watchers that share a journal and a lease. It has no clock and no thread: time
//! passes in [`World::advance`], trouble begins in [`World::inject`], and what people would see is
//! [`World::snapshot`], the same type as the server sends. A [`Monitor`] is shown everything that
//! passes and ends the world at the first promise that is broken, with a [`Script`] that does it
//! again. [`Mix`] makes stories of trouble from seeds, and [`shrink`] makes them shorter.
//!
//! The feature `explained`, which is on by default, says in words what happened instead of a promise.
//!
//! ```
//! use failover_core::{Policy, PolicySpec, ProviderPolicy, SiteId, SiteSet};
//! use failover_sim::{Fault, Serves, Setup, World};
//! use std::time::Duration;
//!
//! let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
//! let provider = |name: &str, guarded| ProviderPolicy { name: name.into(), guarded };
//! let providers = vec![provider("google", true), provider("hetzner", false)];
//! let spec = PolicySpec::fast(
//!     "shop", names(&["london", "paris"]), names(&["a", "b", "c"]), providers,
//! );
//! let policy = Policy::new(spec).expect("a valid policy");
//!
//! let mut world = World::new(policy, Setup::default(), 42);
//! world.advance(Duration::from_secs(20))?;
//! world.inject(Fault::Site { site: SiteId(0), check: None, serves: Serves::Silent });
//! world.advance(Duration::from_secs(10))?;
//!
//! let paris = SiteSet::one(SiteId(1));
//! assert!(world.truth().stored.iter().all(|stored| stored.sites == paris));
//! assert_eq!(world.tally().completed, 1);
//! println!("{}\n{:016x}", world.script(), world.digest());
//! # Ok::<(), failover_sim::Failure>(())
//! ```
#![deny(missing_docs)]
#![forbid(unsafe_code)]

#[cfg(feature = "model")]
pub mod model;
pub mod property;
mod random;
pub mod replay;
mod script;
mod seen;
mod shrink;
mod story;
mod world;

pub use property::{Broken, Goals, Monitor, Property};
pub use random::Random;
pub use script::{Noun, Script, ScriptProblem, ScriptWrong};
pub use seen::{Seen, Stored, Truth};
pub use shrink::shrink;
pub use story::Mix;
pub use world::{
    Compute, Disk, Failure, Fault, Foreign, Order, People, ProviderTrouble, Serves, Setup, Tally,
    VantageTrouble, WatcherTrouble, World,
};
