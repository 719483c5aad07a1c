//! What may be wrong with a policy, as data and as a sentence with the remedy.
use crate::text::span;
use std::fmt;
use std::time::Duration;

/// One thing wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyProblem {
    /// The setting, such as `quorum`.
    pub field: &'static str,
    /// What is wrong with it.
    pub wrong: PolicyWrong,
}

/// What is wrong with a setting; whoever shows it in another language says it in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "what a value is stands in the sentence of its variant")]
pub enum PolicyWrong {
    /// There are `have`, and there must be at least `least`.
    TooFew { have: usize, least: usize },
    /// There are `have`, and there may be at most `most`.
    TooMany { have: usize, most: usize },
    /// A name is empty.
    NoName,
    /// A name has more than `most` characters.
    LongName { name: String, most: usize },
    /// A name contains a letter that no name may.
    NameLetter { name: String, letter: char },
    /// A name occurs twice.
    Twice { name: String },
    /// The fast interval is below `least` or above the interval.
    FastInterval { check: String, fast: Duration, least: Duration, interval: Duration },
    /// A timing of a check is not between `least` and `most`.
    OutOfRange {
        check: String,
        setting: &'static str,
        value: Duration,
        least: Duration,
        most: Duration,
    },
    /// So many probes could be under way at once, and at most `most` may.
    InFlight { check: String, probes: u128, most: u128 },
    /// No failure at all would be needed.
    NoFailures,
    /// No success at all would be needed.
    NoSuccesses,
    /// No automatic move would ever be made.
    NoMoves,
    /// The window has `of` probes, which is none or more than `most`.
    Window { of: u8, most: u8 },
    /// So many failures, which is none or more than the window has probes.
    WindowFailures { failed: u8, of: u8 },
    /// The grey counter is below the failures of `fall`.
    Grey { grey: u8, fall: u8 },
    /// The value is none or more than there are.
    MoreThanThereAre { value: u8, count: usize, of: Counted },
    /// A report takes longer than it would count.
    Stale { freshness: Duration, needed: Duration },
    /// The window of the budget is shorter than the hold-down.
    ShortWindow { window: Duration, hold_down: Duration },
    /// The first retry comes later than the last.
    Retry { min: Duration, max: Duration },
    /// It is no time at all.
    NoTime { value: Duration },
    /// It is longer than `most`.
    TooLong { value: Duration, most: Duration },
}

/// What a policy has several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words of the glossary")]
pub enum Counted {
    Checks,
    Vantages,
    Providers,
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Checks => "checks",
            Self::Vantages => "vantages",
            Self::Providers => "providers",
        })
    }
}

impl PolicyProblem {
    /// What is wrong and what would be right, without the setting's name.
    pub fn message(&self) -> String {
        self.wrong.to_string()
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.wrong)
    }
}

impl std::error::Error for PolicyProblem {}

impl fmt::Display for PolicyWrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { .. }
            | Self::TooMany { .. }
            | Self::NoName
            | Self::LongName { .. }
            | Self::NameLetter { .. }
            | Self::Twice { .. } => self.of_names(f),
            Self::FastInterval { .. }
            | Self::OutOfRange { .. }
            | Self::InFlight { .. }
            | Self::Stale { .. }
            | Self::ShortWindow { .. }
            | Self::Retry { .. }
            | Self::NoTime { .. }
            | Self::TooLong { .. } => self.of_times(f),
            Self::NoFailures
            | Self::NoSuccesses
            | Self::NoMoves
            | Self::Window { .. }
            | Self::WindowFailures { .. }
            | Self::Grey { .. }
            | Self::MoreThanThereAre { .. } => self.of_counts(f),
        }
    }
}

impl PolicyWrong {
    fn of_names(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { have, least } => {
                write!(f, "there are {have}, at least {least} are needed; add one")
            }
            Self::TooMany { have, most } => {
                write!(f, "there are {have}, at most {most} are allowed; remove some")
            }
            Self::NoName => f.write_str("a name is empty; give it one"),
            Self::LongName { name, most } => {
                write!(f, "\"{name}\" is too long; use at most {most} characters")
            }
            Self::NameLetter { name, letter } => write!(
                f,
                "\"{}\" contains {letter:?}; use letters, digits, '-', '_' and '.'",
                name.escape_default()
            ),
            Self::Twice { name } => {
                write!(f, "\"{name}\" occurs twice; give each its own name")
            }
            _ => Ok(()),
        }
    }

    fn of_times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FastInterval { check, fast, least, interval } => write!(
                f,
                "check \"{check}\" has a fast_interval of {}; it must be at least {} and at most \
                 its interval of {}",
                span(*fast),
                span(*least),
                span(*interval)
            ),
            Self::OutOfRange { check, setting, value, least, most } => write!(
                f,
                "check \"{check}\" has {setting} {}; it must be between {} and {}",
                span(*value),
                span(*least),
                span(*most)
            ),
            Self::InFlight { check, probes, most } => write!(
                f,
                "check \"{check}\" could have {probes} probes under way at once, at most {most} \
                 are allowed; shorten its timeout or lengthen its fast_interval"
            ),
            Self::Stale { freshness, needed } => write!(
                f,
                "{} is too short: a report takes up to {} (interval and timeout); use at least \
                 that",
                span(*freshness),
                span(*needed)
            ),
            Self::ShortWindow { window, hold_down } => write!(
                f,
                "{} is shorter than the hold_down of {}, so moves_max would never count; use at \
                 least the hold_down",
                span(*window),
                span(*hold_down)
            ),
            Self::Retry { min, max } => write!(
                f,
                "{} is longer than the retry_max of {}; use at most that",
                span(*min),
                span(*max)
            ),
            Self::NoTime { value } => {
                write!(f, "{} is no time at all; use at least 1 ms", span(*value))
            }
            Self::TooLong { value, most } => {
                write!(f, "{} is too long; use at most {}", span(*value), span(*most))
            }
            _ => Ok(()),
        }
    }

    fn of_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFailures => f.write_str("0 failures would mean always down; use at least 1"),
            Self::NoSuccesses => f.write_str("0 successes would mean always up; use at least 1"),
            Self::NoMoves => f.write_str(
                "0 would forbid every automatic move; use at least 1, or disarm the service",
            ),
            Self::Window { of, most } => {
                write!(f, "the window has {of} probes; it must have between 1 and {most}")
            }
            Self::WindowFailures { failed, of } => write!(
                f,
                "{failed} failures among the last {of}; the failures must be at least 1 and at \
                 most the size of the window"
            ),
            Self::Grey { grey, fall } => write!(
                f,
                "{grey} is less than the {fall} failures of fall, which would never be reached; \
                 use 0 to turn it off or at least {fall}"
            ),
            Self::MoreThanThereAre { value, count, of } => write!(
                f,
                "{value} of {count} {of}; it must be at least 1 and at most the number of {of}"
            ),
            _ => Ok(()),
        }
    }
}
