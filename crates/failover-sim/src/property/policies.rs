//! Configurations: a lattice of policies, with the ones that must be refused.
use super::Property;
use super::broken::{Broken, ensure};
use failover_core::{Fall, Latch, Policy, PolicySpec, ProviderPolicy, Require};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// S29: tries every policy of a lattice around a good one and compares what [`Policy::new`] says
/// with what it must say; gives back how many policies were tried.
///
/// Three of the rules are not the machine's to know. The TTL and the provider's lowest one, and a
/// detection time that is longer than what was asked for, belong to the configuration file and are
/// checked where that is read.
pub fn refuses_wrong_policies() -> Result<usize, Broken> {
    let mut tried = 0;
    let axes = axes();
    // Every pair of axes, each with every pair of values: what is wrong in one place must not hide
    // behind what is right in another.
    for (number, one) in axes.iter().enumerate() {
        for other in &axes[number + 1..] {
            for (change, wrong) in one {
                for (further, also_wrong) in other {
                    let mut spec = good();
                    change(&mut spec);
                    further(&mut spec);
                    tried += 1;
                    must_be(&spec, *wrong || *also_wrong)?;
                }
            }
        }
    }
    Ok(tried)
}

pub(super) fn must_be(spec: &PolicySpec, refused: bool) -> Result<(), Broken> {
    let said = Policy::new(spec.clone());
    ensure(said.is_err() == refused, Property::S29, || match &said {
        Ok(_) => format!("accepted, and must not be: {spec:?}"),
        Err(problems) => format!("refused for {problems:?}, and must not be: {spec:?}"),
    })?;
    let explained = said.err().is_none_or(|problems| {
        !problems.is_empty() && problems.iter().all(|problem| problem.message().len() > 10)
    });
    ensure(explained, Property::S29, || "refused without a remedy".to_owned())
}

/// Something to change in a policy, and whether that makes it wrong.
type Change = (fn(&mut PolicySpec), bool);

fn good() -> PolicySpec {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let provider = |name: &str| ProviderPolicy { name: name.to_owned(), guarded: true };
    PolicySpec::fast(
        "shop",
        names(&["london", "paris"]),
        names(&["a", "b", "c"]),
        vec![provider("google"), provider("hetzner")],
    )
}

fn axes() -> Vec<Vec<Change>> {
    let mut all = counting();
    all.extend(times());
    all.extend(lists());
    all
}

fn counting() -> Vec<Vec<Change>> {
    vec![
        vec![
            (|spec| spec.quorum = 0, true),
            (|spec| spec.quorum = 1, false),
            (|spec| spec.quorum = 3, false),
            (|spec| spec.quorum = 4, true),
        ],
        vec![
            (|spec| spec.complete_at = 0, true),
            (|spec| spec.complete_at = 2, false),
            (|spec| spec.complete_at = 3, true),
        ],
        vec![
            (|spec| (spec.fall, spec.grey) = (Fall::InARow(0), 0), true),
            (|spec| (spec.fall, spec.grey) = (Fall::InARow(1), 1), false),
            (|spec| (spec.fall, spec.grey) = (Fall::InARow(3), 2), true),
            (|spec| (spec.fall, spec.grey) = (Fall::Window { of: 4, failed: 4 }, 0), false),
            (|spec| (spec.fall, spec.grey) = (Fall::Window { of: 4, failed: 5 }, 0), true),
            (|spec| (spec.fall, spec.grey) = (Fall::Window { of: 65, failed: 5 }, 0), true),
            (|spec| (spec.fall, spec.grey) = (Fall::Window { of: 64, failed: 64 }, 0), false),
            (|spec| (spec.fall, spec.grey) = (Fall::Window { of: 0, failed: 0 }, 0), true),
        ],
        vec![(|spec| spec.rise = 0, true), (|spec| spec.rise = 1, false)],
        vec![(|spec| spec.moves_max = 0, true), (|spec| spec.moves_max = 1, false)],
        vec![
            (|spec| spec.require = Require::AtLeast(0), true),
            (|spec| spec.require = Require::AtLeast(1), false),
            (|spec| spec.require = Require::AtLeast(2), true),
            (|spec| spec.require = Require::Any, false),
        ],
    ]
}

fn times() -> Vec<Vec<Change>> {
    vec![
        vec![
            (|spec| spec.freshness = reach(spec) - MS, true),
            (|spec| spec.freshness = reach(spec), false),
        ],
        vec![
            (|spec| spec.moves_window = spec.hold_down - MS, true),
            (|spec| spec.moves_window = spec.hold_down, false),
        ],
        vec![
            (|spec| spec.retry_min = spec.retry_max + MS, true),
            (|spec| spec.retry_min = spec.retry_max, false),
            (|spec| spec.retry_min = Duration::ZERO, true),
        ],
        vec![
            (|spec| spec.pause_max = Duration::ZERO, true),
            (|spec| spec.pause_max = Duration::MAX, true),
            (|spec| spec.pause_max = MS, false),
        ],
        vec![
            (|spec| spec.attempt_timeout = Duration::ZERO, true),
            (|spec| spec.attempt_timeout = MS, false),
        ],
        vec![
            (|spec| spec.split_after = Duration::ZERO, true),
            (|spec| spec.split_after = MS, false),
        ],
        vec![
            (|spec| spec.tick_gap_max = Duration::ZERO, true),
            (|spec| spec.tick_gap_max = MS, false),
        ],
        vec![
            (|spec| spec.latch = Latch::For(Duration::ZERO), true),
            (|spec| spec.latch = Latch::For(MS), false),
        ],
    ]
}

fn lists() -> Vec<Vec<Change>> {
    vec![
        vec![
            (|spec| spec.sites.truncate(1), true),
            (|spec| spec.sites[1].name = spec.sites[0].name.clone(), true),
            (|spec| spec.sites[1].name = String::new(), true),
            (|spec| spec.sites[1].name = "berlin".to_owned(), false),
        ],
        vec![(|spec| spec.service = "no name".to_owned(), true)],
        vec![
            (|spec| spec.checks[0].name = "a b".to_owned(), true),
            (|spec| spec.checks[0].name = "ping".to_owned(), false),
        ],
        vec![
            (|spec| spec.providers[1].name = spec.providers[0].name.clone(), true),
            (|spec| spec.providers[1].name = "third".to_owned(), false),
        ],
    ]
}

/// How long a report may take to come.
fn reach(spec: &PolicySpec) -> Duration {
    let reaches = spec.checks.iter().map(|check| check.interval + check.timeout);
    reaches.max().unwrap_or_default()
}
