//! What every provider must do, as a suite that any provider can be put through: the one in
//! memory, a client against an emulator, and, on purpose, a client against the real service.
//!
//! The suite writes only below `schwenk-conformance.<apex>`, removes what an earlier run left there
//! and leaves nothing behind. It needs one public zone with write access.
//!
//! ```
//! # use dns_provider::{conformance, MemoryDns, Name, SystemClock, Zone};
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let zone = Zone::new("1", Name::parse("example.com")?, vec![]);
//! let provider = MemoryDns::new("memory").with_zone(zone.clone(), vec![]);
//! let conformance = conformance::run(&provider, &zone, &SystemClock).await;
//! assert!(conformance.failed().is_empty(), "{conformance}");
//! # Ok::<(), dns_provider::NameError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
mod bounds;
mod expectations;
mod ground;
mod writes;

use std::fmt;
use std::time::Duration;

use cloud_http::Clock;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::provider::DnsProvider;
use crate::zone::Zone;
use ground::Ground;

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

/// A check that takes longer than all deadlines in it together does not end by itself.
const HUNG: Duration = Duration::from_secs(30 * 60);

type Checked<'a> = BoxFuture<'a, Result<(), String>>;
type Checker = for<'a> fn(&'a Ground<'a>) -> Checked<'a>;

const CHECKS: &[(&str, Checker)] = &[
    ("the zone is listed", |g| Box::pin(writes::zone_is_listed(g))),
    ("what is not there reads as nothing", |g| Box::pin(writes::absent_reads_as_nothing(g))),
    ("a created RRset reads back, alone and in the list", |g| Box::pin(writes::created(g))),
    ("values change in place", |g| Box::pin(writes::values_change(g))),
    ("a TTL changes alone", |g| Box::pin(writes::ttl_changes(g))),
    ("values and TTL change in one set", |g| Box::pin(writes::both_change(g))),
    ("a removed RRset is gone", |g| Box::pin(writes::removed(g))),
    ("what is so already is not sent", |g| Box::pin(writes::already_so(g))),
    ("several RRsets change in one set", |g| Box::pin(writes::several(g))),
    ("a TXT value survives unchanged", |g| Box::pin(writes::text_survives(g))),
    ("a wildcard name survives unchanged", |g| Box::pin(writes::wildcard_survives(g))),
    ("as many values as promised fit", |g| Box::pin(writes::many_values(g))),
    ("a ticket can be settled twice", |g| Box::pin(writes::settled_twice(g))),
    ("Absent refuses what exists", |g| Box::pin(expectations::absent_refuses(g))),
    ("Exactly refuses other values", |g| Box::pin(expectations::exactly_refuses_values(g))),
    ("Exactly refuses another TTL", |g| Box::pin(expectations::exactly_refuses_ttl(g))),
    ("Exactly refuses what is missing", |g| Box::pin(expectations::exactly_refuses_missing(g))),
    ("Exactly takes any order and spelling", |g| Box::pin(expectations::spelling_is_free(g))),
    ("a removal obeys its precondition", |g| Box::pin(expectations::removal_obeys(g))),
    ("a set is as atomic as promised", |g| Box::pin(expectations::atomicity(g))),
    ("a dry run changes nothing", |g| Box::pin(bounds::dry_run(g))),
    ("no write starts after the lease", |g| Box::pin(bounds::lease(g))),
    ("nothing starts after the deadline", |g| Box::pin(bounds::deadline(g))),
    ("a TTL under the floor is refused", |g| Box::pin(bounds::ttl_floor(g))),
    ("more values than promised are refused", |g| Box::pin(bounds::too_many_values(g))),
    ("a name outside the zone is refused", |g| Box::pin(bounds::outside(g))),
    ("one key twice in a set is refused", |g| Box::pin(bounds::twice(g))),
    ("a value wrong in itself is refused", |g| Box::pin(bounds::wrong_value(g))),
    ("promises beyond the provider's are refused", |g| Box::pin(bounds::promises(g))),
    ("a private zone is refused", |g| Box::pin(bounds::private_zone(g))),
    ("a zone that does not exist is an error", |g| Box::pin(bounds::no_zone(g))),
];

/// Puts `provider` through every check in `zone`; `clock` is the provider's.
///
/// Nothing panics and nothing ends the run early; each check has a minute. Dropping the future
/// leaves the RRsets of the check under way behind.
pub async fn run(provider: &dyn DnsProvider, zone: &Zone, clock: &dyn Clock) -> Conformance {
    let mut checks = Vec::with_capacity(CHECKS.len() + 1);
    for (name, check) in CHECKS {
        let ground = Ground::new(provider, zone, clock);
        let result = match ground.clear().await {
            Ok(()) => futures_util::select_biased! {
                result = check(&ground).fuse() => result,
                () = clock.sleep_until(clock.now() + HUNG).fuse() => {
                    Err("it does not end, deadlines are not kept".to_owned())
                }
            },
            Err(why) => Err(format!("the place could not be cleared before: {why}")),
        };
        checks.push(Check { name, result });
    }
    let result = Ground::new(provider, zone, clock).clear().await;
    checks.push(Check { name: "nothing is left behind", result });
    Conformance { provider: provider.id().to_owned(), checks }
}
