//! What every provider must do, as a suite that any provider can be put through: the one in
//! memory, a client against an emulator, and, on purpose, a client against the real service.
//!
//! The suite makes servers (and deletes them again), so against a real service it costs money. It
//! touches only what belongs to [`Setting::owner`], removes what an earlier run left there and
//! leaves nothing behind.
//!
//! ```
//! # use cloud_api::{conformance, MemoryCloud, Owner, Range, SystemClock};
//! # use cloud_api::conformance::Setting;
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let owner = Owner::parse("schwenk-conformance")?;
//! let setting = Setting::new(owner, "north-a", ["small", "large"], "debian-12");
//! let cloud = MemoryCloud::new("memory");
//! let conformance = conformance::run(&cloud, &setting, &SystemClock).await;
//! assert!(conformance.failed().is_empty(), "{conformance}");
//! # Ok::<(), cloud_api::NameError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
mod bounds;
mod catalogue;
mod ground;
mod groups;
mod networks;
mod servers;

use std::fmt;
use std::time::Duration;

use cloud_http::Clock;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::name::Owner;
use crate::provider::ComputeProvider;
use crate::server::Attachment;
use ground::Ground;

/// What the suite works with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setting {
    /// Whose everything will be; must be the suite's alone.
    pub owner: Owner,
    /// Where the servers will stand.
    pub place: String,
    /// Two machine types that the place has; servers are resized from the first to the second.
    pub machines: [String; 2],
    /// The system.
    pub image: String,
    /// The network that servers stand in by default; must not be the owner's. Without one they
    /// stand where the provider puts them, which at Google is the network `default`, if the project
    /// still has it.
    pub home: Option<Attachment>,
    /// How long one check may take.
    pub patience: Duration,
}

impl Setting {
    /// A setting in which every check has five minutes.
    pub fn new(owner: Owner, place: &str, machines: [&str; 2], image: &str) -> Self {
        Self {
            owner,
            place: place.to_owned(),
            machines: machines.map(str::to_owned),
            image: image.to_owned(),
            home: None,
            patience: Duration::from_secs(300),
        }
    }

    /// The same with a network for the servers.
    #[must_use]
    pub fn home(self, home: Attachment) -> Self {
        Self { home: Some(home), ..self }
    }

    /// The same with another time for each check.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}

/// What came of the suite.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conformance {
    /// The provider's id.
    pub provider: String,
    /// Every check, in the order it was made.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What must hold, as a sentence.
    pub name: &'static str,
    /// `Err` says what was seen instead.
    pub result: Result<(), String>,
}

impl Conformance {
    /// The checks that failed.
    pub fn failed(&self) -> Vec<&Check> {
        self.checks.iter().filter(|check| check.result.is_err()).collect()
    }
}

impl fmt::Display for Conformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (failed, all) = (self.failed(), self.checks.len());
        writeln!(f, "{}: {} of {all} checks passed", self.provider, all - failed.len())?;
        for check in failed {
            let why = check.result.as_ref().err().map_or("", String::as_str);
            writeln!(f, "failed: {}: {why}", check.name)?;
        }
        Ok(())
    }
}

/// A check that takes so many times its patience does not end by itself.
const HUNG: u32 = 20;

type Checked<'a> = BoxFuture<'a, Result<(), String>>;
type Checker = for<'a> fn(&'a Ground<'a>) -> Checked<'a>;

const CHECKS: &[(&str, Checker)] = &[
    ("the place is listed", |g| Box::pin(catalogue::place(g))),
    ("the machine types are listed", |g| Box::pin(catalogue::machines(g))),
    ("a place that does not exist is an error", |g| Box::pin(catalogue::no_place(g))),
    ("the image is found and another is not", |g| Box::pin(catalogue::image(g))),
    ("the machine types have prices", |g| Box::pin(catalogue::prices(g))),
    ("a created server runs and reads back", |g| Box::pin(servers::created(g))),
    ("a server is listed for its owner only", |g| Box::pin(servers::owned(g))),
    ("creating again finds the first one", |g| Box::pin(servers::adopted(g))),
    ("another owner's name is taken", |g| Box::pin(servers::taken(g))),
    ("a server shuts down and starts again", |g| Box::pin(servers::off_and_on(g))),
    ("a server is powered off, reset and rebooted", |g| Box::pin(servers::hard(g))),
    ("a running server is resized and runs", |g| Box::pin(servers::resized(g))),
    ("a server that is off stays off when resized", |g| Box::pin(servers::resized_off(g))),
    ("labels change and the owner stays", |g| Box::pin(servers::relabelled(g))),
    ("a deleted server is gone", |g| Box::pin(servers::deleted(g))),
    ("a ticket survives a restart and settles twice", |g| Box::pin(servers::settled_twice(g))),
    ("a missing server is no server", |g| Box::pin(servers::missing(g))),
    ("a network holds its subnets", |g| Box::pin(networks::made(g))),
    ("making a network again finds the first one", |g| Box::pin(networks::adopted(g))),
    ("a server gets the private address it shall have", |g| Box::pin(networks::attached(g))),
    ("a subnet in use stays", |g| Box::pin(networks::in_use(g))),
    ("an opening opens and closes", |g| Box::pin(groups::openings(g))),
    ("a reserved address is used and given back", |g| Box::pin(groups::addresses(g))),
    ("a key is kept once", |g| Box::pin(groups::keys(g))),
    ("a server's keys let somebody in", |g| Box::pin(groups::server_keys(g))),
    ("boot data is replaced", |g| Box::pin(groups::boot_data(g))),
    ("the console is read on from where it was", |g| Box::pin(groups::console(g))),
    ("a machine type that does not exist is refused", |g| Box::pin(bounds::no_machine(g))),
    ("an image that does not exist is refused", |g| Box::pin(bounds::no_image(g))),
    ("a place that does not exist is refused", |g| Box::pin(bounds::nowhere(g))),
    ("what is wrong in itself is refused", |g| Box::pin(bounds::wrong(g))),
    ("a dry run changes nothing", |g| Box::pin(bounds::dry_run(g))),
    ("no write starts after the lease", |g| Box::pin(bounds::lease(g))),
    ("nothing starts after the deadline", |g| Box::pin(bounds::deadline(g))),
    ("another provider's ticket is refused", |g| Box::pin(bounds::foreign_ticket(g))),
];

/// Puts `provider` through every check; `clock` is the provider's.
///
/// Nothing panics and nothing ends the run early. Dropping the future leaves what the check under
/// way has made behind; the next run removes it.
pub async fn run(
    provider: &dyn ComputeProvider,
    setting: &Setting,
    clock: &dyn Clock,
) -> Conformance {
    let mut checks = Vec::with_capacity(CHECKS.len() + 1);
    for (name, check) in CHECKS {
        let ground = Ground::new(provider, setting, clock);
        let result = match ground.clear().await {
            Ok(()) => futures_util::select_biased! {
                result = check(&ground).fuse() => result,
                () = clock.sleep_until(clock.now() + setting.patience * HUNG).fuse() => {
                    Err("it does not end, deadlines are not kept".to_owned())
                }
            },
            Err(why) => Err(format!("the place could not be cleared before: {why}")),
        };
        checks.push(Check { name, result });
    }
    let result = Ground::new(provider, setting, clock).clear().await;
    checks.push(Check { name: "nothing is left behind", result });
    Conformance { provider: provider.id().to_owned(), checks }
}
