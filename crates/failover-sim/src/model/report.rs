//! What a search has found, for people and for programs.
use std::fmt::Write;

use super::closed::Closed;
use super::explorer::{Effort, Found, Trace, collision, explore};
use super::gallery::Verdict;
use super::scope::{Letter, Size};
use super::shorten::shorten;
use super::tally::Tally;
use crate::property::{Property, Reached, refuses_wrong_policies};

/// One scope, explored.
#[derive(Debug)]
pub struct Explored {
    /// Which.
    pub letter: Letter,
    /// How many closed worlds it has.
    pub worlds: usize,
    /// What was found.
    pub found: Found<Closed>,
    /// A broken promise with the way to it, shortened.
    pub broken: Option<Trace<Closed>>,
}

/// Several scopes, and what is checked without exploring.
#[derive(Debug, Default)]
pub struct Report {
    /// The scopes.
    pub scopes: Vec<Explored>,
    /// Policies that were tried for S29, and what was wrong with that.
    pub policies: usize,
    /// What does not hold, as sentences.
    pub problems: Vec<String>,
}

impl Explored {
    /// Explores a scope to its end.
    pub fn of(letter: Letter, size: Size, effort: Effort) -> Self {
        let closed = letter.closed(size);
        let found = explore(&closed, effort);
        let broken = found.broken.as_ref().map(|trace| shorten(&closed, trace));
        Self { letter, worlds: letter.worlds(size).len(), found, broken }
    }

    /// Promises that it claims to put to the test and has not.
    pub fn untried(&self) -> Vec<Property> {
        let tried = |property: &&Property| self.found.tally.times(**property) == 0;
        self.letter.claims().iter().filter(tried).copied().collect()
    }
}

impl Report {
    /// What several scopes have found together.
    pub fn of(scopes: Vec<Explored>) -> Self {
        let mut problems = Vec::new();
        for one in &scopes {
            let letter = one.letter;
            if let Some(trace) = &one.broken {
                problems.push(format!("scope {letter}: {}", trace.broken));
            } else if !one.found.complete {
                problems.push(format!("scope {letter}: the table of states is too small"));
            } else {
                let untried = one.untried().into_iter().map(Property::id);
                problems.extend(
                    untried.map(|id| format!("scope {letter} never puts {id} to the test")),
                );
            }
        }
        let policies = refuses_wrong_policies().unwrap_or_else(|broken| {
            problems.push(broken.to_string());
            0
        });
        let all = Letter::ALL.iter().all(|letter| scopes.iter().any(|one| one.letter == *letter));
        let whole = Self { scopes, policies, problems };
        let missing = whole.total().named().missing();
        if all && !missing.is_empty() {
            let text = format!("S30: not reached: {}", missing.join(", "));
            return Self { problems: [whole.problems, vec![text]].concat(), ..whole };
        }
        whole
    }

    /// All counts together.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.scopes.iter().for_each(|one| total.add(&one.found.tally));
        total
    }

    /// Distinct states of all scopes.
    pub fn states(&self) -> u64 {
        self.scopes.iter().map(|one| one.found.states).sum()
    }

    /// The scopes that put a promise to the test, and how often that was.
    pub fn where_tried(&self, property: Property) -> (String, u64) {
        let claims = |one: &&Explored| one.letter.claims().contains(&property);
        let (mut letters, mut times) = (Vec::new(), 0);
        for one in self.scopes.iter().filter(claims) {
            letters.push(one.letter.to_string());
            times += one.found.tally.times(property);
        }
        match property {
            Property::S29 => ("policies".to_owned(), self.policies as u64),
            Property::S30 => {
                let all = Reached::NAMES.len();
                ("all".to_owned(), (all - self.total().named().missing().len()) as u64)
            }
            _ => (letters.join(" "), times),
        }
    }

    /// Promises that were put to the test in every state that can be reached: all but S29, which is
    /// about settings and not about states.
    pub fn exhaustive(&self) -> Vec<Property> {
        let tried =
            |property: &Property| *property != Property::S29 && self.where_tried(*property).1 > 0;
        Property::ALL.iter().copied().filter(tried).collect()
    }

    /// Tables for a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{:<10} {:>6} {:>12} {:>13} {:>7} {:>9} {:>9}",
            "scope", "worlds", "states", "transitions", "depth", "seconds", "states/s"
        );
        for one in &self.scopes {
            let (found, seconds) = (&one.found, one.found.took.as_secs_f64());
            let _ = writeln!(
                out,
                "{:<10} {:>6} {:>12} {:>13} {:>7} {:>9.1} {:>9.0}",
                format!("{} {}", one.letter, one.letter.title()),
                one.worlds,
                found.states,
                found.transitions,
                found.deepest,
                seconds,
                found.states as f64 / seconds.max(1e-3)
            );
        }
        let (states, chance) = (self.states(), collision(self.states()));
        let _ = writeln!(out, "{states} distinct states; two of them share a fingerprint with a");
        let _ = writeln!(out, "probability of at most {chance:.1e}.\n");
        let _ = writeln!(out, "{:<4} {:<28} {:<9} {:>13}", "", "promise", "scopes", "put to test");
        for property in Property::ALL {
            let (scopes, times) = self.where_tried(*property);
            let (id, name) = (property.id(), property.name());
            let _ = writeln!(out, "{id:<4} {name:<28} {scopes:<9} {times:>13}");
        }
        for one in &self.scopes {
            if let Some(trace) = &one.broken {
                let _ = write!(out, "\n{}", told(trace));
            }
        }
        out
    }

    /// The same for programs, as JSON.
    pub fn json(&self) -> String {
        let scopes: Vec<String> = self
            .scopes
            .iter()
            .map(|one| {
                let found = &one.found;
                format!(
                    "{{\"scope\":\"{}\",\"title\":\"{}\",\"worlds\":{},\"states\":{},\
                     \"transitions\":{},\"depth\":{},\"seconds\":{:.3},\"complete\":{}}}",
                    one.letter,
                    one.letter.title(),
                    one.worlds,
                    found.states,
                    found.transitions,
                    found.deepest,
                    found.took.as_secs_f64(),
                    found.complete
                )
            })
            .collect();
        let properties: Vec<String> = Property::ALL
            .iter()
            .map(|property| {
                let (scopes, times) = self.where_tried(*property);
                let (id, name) = (property.id(), property.name());
                format!("{{\"id\":\"{id}\",\"name\":\"{name}\",\"scopes\":\"{scopes}\",\"times\":{times}}}")
            })
            .collect();
        let problems: Vec<String> = self.problems.iter().map(|text| quoted(text)).collect();
        format!(
            "{{\"states\":{},\"scopes\":[{}],\"properties\":[{}],\"problems\":[{}]}}\n",
            self.states(),
            scopes.join(","),
            properties.join(","),
            problems.join(",")
        )
    }
}

/// The way to a broken promise, action by action.
pub fn told(trace: &Trace<Closed>) -> String {
    let mut out = format!("{}\n  {}\n", trace.broken, trace.broken.property.sentence());
    for action in &trace.actions {
        let _ = writeln!(out, "    {action}");
    }
    out
}

/// The gallery as a table for a terminal.
pub fn gallery(verdicts: &[Verdict]) -> String {
    let mut out = format!(
        "{:<26} {:<10} {:>6} {:>9} {:>6}\n",
        "mutant", "killed by", "scope", "states", "trace"
    );
    for verdict in verdicts {
        let name = verdict.suspect.name();
        let _ = match &verdict.killed {
            Some(kill) => writeln!(
                out,
                "{name:<26} {:<10} {:>6} {:>9} {:>6}",
                kill.property.id(),
                kill.letter.to_string(),
                kill.states,
                kill.trace.actions.len()
            ),
            None => writeln!(out, "{name:<26} nobody has noticed"),
        };
    }
    out
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
