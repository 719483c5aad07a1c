//! What is wrong with a zone that two providers answer: delegation, agreement, DNSSEC, and what would break.
//!
//! [`ask`] finds out [`Facts`], [`examine`] judges them and does nothing else. Every [`Finding`] says
//! in a sentence what is so, and what to do about it.
mod agreement;
mod ask;
mod delegation;
mod dnssec;
mod facts;
mod loss;
mod servers;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::BTreeMap;

use serde::Serialize;

pub use ask::{Start, ask};
pub use facts::{Answers, Facts, KeyTag, Parent, Provider, RecordAnswer, Server, Signature, Soa};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// As it should be, and worth knowing.
    Good,
    /// Different from what one might expect, and all right.
    Note,
    /// Works today, and may not tomorrow.
    Warning,
    /// People do not get an answer, or will not when something fails.
    Critical,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub grade: Grade,
    /// A stable word for programs.
    pub code: &'static str,
    /// What is so.
    pub text: String,
    /// What to do about it; empty when nothing is to be done.
    pub remedy: String,
    /// What stands in both, by name, for whoever says them in another language.
    pub values: BTreeMap<&'static str, Vec<String>>,
}

impl Finding {
    fn new(grade: Grade, code: &'static str, text: String, remedy: String) -> Self {
        Self { grade, code, text, remedy, values: BTreeMap::new() }
    }

    fn good(code: &'static str, text: impl Into<String>) -> Self {
        Self::new(Grade::Good, code, text.into(), String::new())
    }

    fn note(code: &'static str, text: impl Into<String>) -> Self {
        Self::new(Grade::Note, code, text.into(), String::new())
    }

    fn warning(code: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Grade::Warning, code, text.into(), remedy.into())
    }

    fn critical(code: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Grade::Critical, code, text.into(), remedy.into())
    }

    /// The same, told what stands in it.
    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.insert(name, vec![value.to_string()]);
        self
    }

    /// The same, told a list that stands in it.
    fn with_all(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = impl ToString>,
    ) -> Self {
        let values = values.into_iter().map(|value| value.to_string());
        self.values.insert(name, values.collect());
        self
    }
}

/// What is to be said of these facts, the worst first.
pub fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = delegation::examine(facts);
    findings.extend(servers::examine(facts));
    findings.extend(agreement::examine(facts));
    findings.extend(dnssec::examine(facts));
    findings.extend(loss::examine(facts));
    // Stable, so that what belongs together stays together.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
    findings
}

/// "a", "a and b", "a, b and c".
fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let all: Vec<T> = items.into_iter().collect();
    match all.as_slice() {
        [] => "none".to_owned(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// "90 s", "5 min", "2 h", "1 d": for TTLs, which are round.
fn span(seconds: u32) -> String {
    match seconds {
        s if s > 0 && s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s > 0 && s % 3600 == 0 => format!("{} h", s / 3600),
        s if s > 0 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}
