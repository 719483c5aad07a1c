//! Whole locations from a blueprint: networks, openings, addresses, keys and servers, made so and
//! kept so.
//!
//! Nothing is remembered between two runs. Names and private addresses follow from the blueprint,
//! everything carries its owner, and [`see`] finds what there is; so [`Job::apply`] goes on after a
//! crash at any moment, and applying twice changes nothing. [`plan`] says beforehand what would be
//! done and what it costs, and its fingerprint makes sure that nothing else is done. What does not
//! carry the owner is never touched.
//!
//! Every server has a reserved public address: visitors come to it, the other location's servers
//! reach it by it, and it is known before any server is made, so that boot scripts can name it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use cloud_api::blueprint::{
//!     Blueprint, Clouds, Job, LocationSpec, NoScripts, ServersSpec, Terms, Unobserved,
//! };
//! use cloud_api::{MemoryCloud, Name, Owner, Range, Role, SystemClock};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let places = vec!["north-a".to_owned(), "north-b".to_owned()];
//! let range = Range::parse("10.20.0.0/24")?;
//! let north = LocationSpec::new(Name::parse("north")?, "memory", places, range, "debian-12")
//!     .servers(ServersSpec::new(Role::Haproxy, "small", 1))
//!     .servers(ServersSpec::new(Role::App, "large", 2));
//! let blueprint = Blueprint::new(Owner::parse("acme")?, Vec::new(), vec![north])
//!     .map_err(|problems| problems[0].to_string())?;
//!
//! let mut clouds = Clouds::new();
//! clouds.insert("memory".to_owned(), Arc::new(MemoryCloud::new("memory")));
//! let terms = Terms::new(Arc::new(SystemClock));
//! let job = Job::new(&blueprint, &clouds, &NoScripts, terms, &Unobserved);
//!
//! let plan = job.plan().await;
//! let report = job.apply(Some(&plan.fingerprint)).await?;
//! assert!(report.is_complete());
//! assert!(job.plan().await.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
mod apply;
mod attempt;
mod cost;
mod destroy;
mod event;
mod labels;
mod model;
mod names;
mod plan;
mod report;
mod scripts;
mod seen;
mod step;

pub use apply::Job;
pub use attempt::Terms;
pub use cost::{Cost, LocationCost};
pub use destroy::{Destroyed, destroy};
pub use event::{Event, Happened, Observer, Unobserved};
pub use model::{Blueprint, COUNT_MAX, LocationSpec, Problem, ServersSpec};
pub use plan::plan;
pub use report::{Existing, Outcome, Refused, Report, StepResult};
pub use scripts::{NoScripts, Scripts};
pub use seen::{Clouds, Inventory, Seen, see};
pub use step::{Action, Plan, Remark, Step, Thing};
