//! What may be wrong with a script, as data and as a sentence.
use std::fmt;
use std::time::Duration;

use failover_core::{PolicyProblem, span};

/// One thing wrong with a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptProblem {
    /// In which line; `None`: in no particular one.
    pub line: Option<usize>,
    /// What.
    pub wrong: ScriptWrong,
}

/// What is wrong; whoever shows it in another language says it in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptWrong {
    /// No line like this stands at the beginning of a script.
    Head(String),
    /// Nothing like this can happen.
    Fault(String),
    /// Nothing like this happens to such a thing.
    Trouble(Noun, String),
    /// No operator does this.
    Order(String),
    /// This is no time.
    Time(String),
    /// This is no number, or none that fits.
    Number(String),
    /// There is no such thing of this name, only others.
    Unknown {
        /// What was looked for.
        noun: Noun,
        /// Its name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The policy has no such setting.
    Setting(String),
    /// A world has no such setting.
    World(String),
    /// There is no such preset.
    Preset(String),
    /// A setting without a value.
    NoValue,
    /// Something comes after the end.
    AfterEnd,
    /// This moment is before the line above.
    Before(Duration),
    /// It does not say when it ends.
    NoEnd,
    /// The policy is not valid.
    Policy(Vec<PolicyProblem>),
}

/// What a script names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words of the glossary")]
pub enum Noun {
    Site,
    Check,
    Vantage,
    Provider,
    Watcher,
}

impl Noun {
    fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Check => "check",
            Self::Vantage => "vantage",
            Self::Provider => "provider",
            Self::Watcher => "watcher",
        }
    }
}

impl ScriptWrong {
    /// The same, in a line.
    pub(super) fn at(self, line: usize) -> ScriptProblem {
        ScriptProblem { line: Some(line), wrong: self }
    }
}

impl From<ScriptWrong> for ScriptProblem {
    fn from(wrong: ScriptWrong) -> Self {
        Self { line: None, wrong }
    }
}

impl fmt::Display for ScriptProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.wrong),
            None => self.wrong.fmt(f),
        }
    }
}

impl std::error::Error for ScriptProblem {}

impl fmt::Display for ScriptWrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(text) => write!(f, "\"{text}\" is nothing that a script begins with"),
            Self::Fault(text) => write!(f, "\"{text}\" is nothing that can happen"),
            Self::Trouble(noun, text) => {
                write!(f, "\"{text}\" is nothing that happens to a {}", noun.name())
            }
            Self::Order(text) => write!(f, "\"{text}\" is nothing that operators do"),
            Self::Time(word) => {
                write!(f, "\"{word}\" is not a time such as 12.5s, 300ms, 5min or 1h")
            }
            Self::Number(word) => write!(f, "\"{word}\" is not a number that fits here"),
            Self::Unknown { noun, name, known } if known.is_empty() => {
                write!(f, "there is no {} \"{name}\"", noun.name())
            }
            Self::Unknown { noun, name, known } => {
                let known = known.join(", ");
                write!(f, "there is no {} \"{name}\"; there are {known}", noun.name())
            }
            Self::Setting(key) => write!(f, "there is no setting \"{key}\""),
            Self::World(key) => write!(f, "a world has no \"{key}\""),
            Self::Preset(name) => {
                write!(f, "\"{name}\" is not a preset; there are fast, careful and thesis")
            }
            Self::NoValue => f.write_str("a setting needs a key and a value"),
            Self::AfterEnd => f.write_str("nothing comes after the end"),
            Self::Before(at) => write!(f, "{} is before the line above", span(*at)),
            Self::NoEnd => f.write_str("the last line must say when it ends, such as \"180s end\""),
            Self::Policy(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                write!(f, "the policy is not valid: {}", problems.join("; "))
            }
        }
    }
}
