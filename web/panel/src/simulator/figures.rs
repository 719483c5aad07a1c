//! The two sides of a policy, by the core's own functions: how soon it sees a failure, and how
//! rarely one that is none.
use crate::words::{self, simulator as say};
use failover_core::PolicySpec;
use failover_core::bound::{Failure, Loss, detection, false_failover_under};

/// How soon a policy sees a failure, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// On average and at worst, until a site that refuses is known to be down.
    pub refused: (u64, u64),
    /// The same for a site that is silent.
    pub silent: (u64, u64),
}

impl Seen {
    /// Of a policy, which should be valid.
    pub fn of(spec: &PolicySpec) -> Self {
        let seen = |failure| {
            let bound = detection(spec, failure);
            let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(0);
            (millis(bound.expected), millis(bound.worst))
        };
        Self { refused: seen(Failure::Refused), silent: seen(Failure::BlackHole) }
    }
}

/// How probes are lost on the way to a site that is well; as `expect` in the configuration has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paths {
    /// So many of ten thousand.
    pub lost: u64,
    /// The correlation of the losses of two paths, in per cent.
    pub together: u64,
    /// So many in a row on average, once one is.
    pub burst: u64,
}

impl Default for Paths {
    fn default() -> Self {
        Self { lost: 100, together: 10, burst: 1 }
    }
}

/// What can be supposed of the paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supposed {
    /// How many probes are lost.
    Lost,
    /// How much the paths lose together.
    Together,
    /// How many are lost in a row.
    Burst,
}

impl Supposed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Lost, Self::Together, Self::Burst];

    /// Its name in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Self::Lost => "loss",
            Self::Together => "correlation",
            Self::Burst => "burst",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lost => say::SIM_PATHS_LOST.text(),
            Self::Together => say::SIM_PATHS_TOGETHER.text(),
            Self::Burst => say::SIM_PATHS_BURST.text(),
        }
    }

    /// The values it moves over.
    pub fn values(self) -> &'static [u64] {
        match self {
            Self::Lost => &[1, 5, 10, 20, 50, 100, 200, 300, 500, 1_000, 2_000],
            Self::Together => &[0, 1, 2, 5, 10, 20, 30, 50, 75, 100],
            Self::Burst => &[1, 2, 3, 5, 10, 20],
        }
    }

    /// What it is set to.
    pub fn value(self, paths: Paths) -> u64 {
        match self {
            Self::Lost => paths.lost,
            Self::Together => paths.together,
            Self::Burst => paths.burst,
        }
    }

    /// The paths with it set.
    pub fn set(self, paths: Paths, value: u64) -> Paths {
        match self {
            Self::Lost => Paths { lost: value, ..paths },
            Self::Together => Paths { together: value, ..paths },
            Self::Burst => Paths { burst: value, ..paths },
        }
    }

    /// A value in words.
    pub fn text(self, value: u64) -> String {
        match self {
            Self::Lost => say::sim_percent(&hundredths(value)),
            Self::Together if value == 0 => say::SIM_PATHS_APART.to_owned(),
            Self::Together if value == 100 => say::SIM_PATHS_ONE.to_owned(),
            Self::Together => say::sim_percent(&value.to_string()),
            Self::Burst if value == 1 => say::SIM_PATHS_SINGLY.to_owned(),
            Self::Burst => say::sim_several_in_a_row(value),
        }
    }
}

/// Hundredths as people write them: `1`, `0.5`, `0.05`.
fn hundredths(value: u64) -> String {
    let text = format!("{}.{:02}", value / 100, value % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How rarely a policy sees a failure that is none: seconds from one to the next on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rarity {
    /// By the quorum; infinite: never.
    pub quorum: f64,
    /// By a vantage alone.
    pub one: f64,
    /// Whether it is so; else it is at least as long.
    pub exact: bool,
}

impl Rarity {
    /// Of a policy, which should be valid; `None` if nothing is supposed of the paths that could be.
    pub fn of(spec: &PolicySpec, paths: Paths) -> Option<Self> {
        let (lost, together) = (paths.lost as f64 / 10_000.0, paths.together as f64 / 100.0);
        let loss = Loss::new(lost, together, paths.burst as f64).ok()?;
        let found = false_failover_under(spec, &loss);
        let (one, quorum) = (found.mean.one_vantage, found.mean.quorum);
        Some(Self { quorum, one, exact: found.exact })
    }

    /// In a sentence.
    pub fn text(&self) -> String {
        if self.quorum > AGE {
            say::SIM_WRONG_NEVER.to_owned()
        } else if self.exact {
            say::sim_wrong_about(&words::years(self.quorum))
        } else {
            say::sim_wrong_least(&words::years(self.quorum))
        }
    }

    /// What the quorum is good for, in a sentence.
    pub fn alone(&self) -> String {
        if self.one > AGE {
            say::SIM_ALONE_NEVER.to_owned()
        } else {
            say::sim_alone(&words::years(self.one))
        }
    }
}

/// In a million years nobody waits.
const AGE: f64 = 3e13;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{draft, examples};
    use failover_core::bound::false_failover;

    fn spec() -> PolicySpec {
        draft::parse(examples::ALL[0].text).unwrap().spec
    }

    #[test]
    fn a_failure_is_seen_as_soon_as_the_core_says() {
        let seen = Seen::of(&spec());
        // 500 ms until the next probe, then two more 200 ms apart; the last waits for its timeout.
        assert_eq!((seen.refused.1, seen.silent.1), (900, 1_700));
        assert!(seen.refused.0 < 900 && seen.silent.0 < 1_700);
        let slower = PolicySpec { fall: failover_core::Fall::InARow(6), ..spec() };
        assert!(Seen::of(&slower).silent > seen.silent);
    }

    #[test]
    fn losses_that_paths_share_make_wrong_failovers_more_frequent() {
        let of = |together, burst| {
            Rarity::of(&spec(), Paths { together, burst, ..Paths::default() }).unwrap()
        };
        let (apart, some, one) = (of(0, 1), of(20, 1), of(100, 1));
        assert!(apart.quorum > some.quorum && some.quorum > one.quorum);
        assert!(of(0, 5).quorum < apart.quorum, "losses that last are worse");
        // Paths that lose everything together are one path.
        assert!((one.quorum / one.one - 1.0).abs() < 1e-6);
        let core = false_failover(&spec(), 0.01);
        assert!(apart.quorum > 1_000.0 * core.one_vantage, "a quorum errs much more rarely");
    }

    #[test]
    fn how_rarely_is_said_in_a_sentence() {
        let said = |quorum, exact| Rarity { quorum, one: 3_700.0, exact }.text();
        const YEAR: f64 = 31_557_600.0;
        assert_eq!(said(12.4 * YEAR, true), "One wrong failover in about 12 years.");
        assert_eq!(said(12.4 * YEAR, false), "At most one wrong failover in 12 years.");
        assert_eq!(said(f64::INFINITY, true), "No wrong failover in a million years.");
        let alone = Rarity { quorum: YEAR, one: 7_300.0, exact: true }.alone();
        assert_eq!(alone, "A vantage alone would err once in about 2 hours.");
    }

    #[test]
    fn every_slider_moves_over_its_usual_value_and_says_it() {
        for knob in Supposed::ALL {
            let usual = knob.value(Paths::default());
            assert!(knob.values().contains(&usual) && knob.values().is_sorted());
            for value in knob.values() {
                let paths = knob.set(Paths::default(), *value);
                assert_eq!(knob.value(paths), *value);
                assert!(!knob.text(*value).is_empty());
            }
        }
        assert_eq!(Supposed::Lost.text(50), "0.5 %");
        assert_eq!(Supposed::Lost.text(2_000), "20 %");
    }
}
