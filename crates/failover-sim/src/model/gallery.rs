//! The gallery of mutants: seeded faults, and which promise notices each of them.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use failover_core::Mutant;

use super::closed::Closed;
use super::explorer::{Effort, Trace, explore};
use super::scope::Letter;
use super::shorten::shorten;
use crate::property::Property;

/// A machine, or an environment, that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspect {
    /// A fault of the machine.
    Machine(Mutant),
    /// A provider that says it checks preconditions and accepts any write.
    AcceptsAnyWrite,
}

/// How one of them was found.
#[derive(Debug)]
pub struct Verdict {
    /// What was wrong.
    pub suspect: Suspect,
    /// Where it was found, if it was.
    pub killed: Option<Kill>,
}

/// The broken promise that gave a fault away.
#[derive(Debug)]
pub struct Kill {
    /// In which scope.
    pub letter: Letter,
    /// Which promise.
    pub property: Property,
    /// What happened instead.
    pub text: String,
    /// Distinct states seen until then.
    pub states: u64,
    /// The way there, shortened.
    pub trace: Trace<Closed>,
}

impl Suspect {
    /// All of them.
    pub fn all() -> Vec<Self> {
        let machines = Mutant::ALL.iter().copied().map(Self::Machine);
        machines.chain([Self::AcceptsAnyWrite]).collect()
    }

    /// Its name in lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Machine(mutant) => mutant.name(),
            Self::AcceptsAnyWrite => "accepts-any-write",
        }
    }

    /// What is wrong, in one sentence.
    pub fn what(self) -> String {
        match self {
            Self::Machine(mutant) => mutant.what(),
            Self::AcceptsAnyWrite => {
                "A provider that should check the precondition of a write does not.".to_owned()
            }
        }
    }

    /// The promises of which one must notice.
    pub fn kills(self) -> Vec<Property> {
        let ids: &[&str] = match self {
            Self::Machine(mutant) => mutant.kills(),
            Self::AcceptsAnyWrite => &["S3a"],
        };
        ids.iter().filter_map(|id| Property::of_id(id)).collect()
    }

    /// The scopes in the order in which they are worth a look.
    fn scopes(self) -> [Letter; 4] {
        use Letter::{A, B, C, D};
        match self {
            Self::AcceptsAnyWrite => [B, A, C, D],
            Self::Machine(mutant) => match mutant {
                Mutant::UnfencedWrite
                | Mutant::CountsTwice
                | Mutant::HearsItself
                | Mutant::PublishesFirst
                | Mutant::StopsAtTheFirst => [B, C, A, D],
                Mutant::SleepsUnnoticed | Mutant::ForgetsOnRestart | Mutant::RearmsForGood => {
                    [C, B, A, D]
                }
                Mutant::TakesUnknownForNoLag | Mutant::EmptiesTheAnswer => [D, A, B, C],
                _ => [A, C, B, D],
            },
        }
    }
}

/// Hunts all of them, `effort.threads` at a time.
pub fn hunt_all(effort: Effort) -> Vec<Verdict> {
    let suspects = Suspect::all();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(suspect) = suspects.get(next.fetch_add(1, Ordering::Relaxed)) {
            let verdict = hunt(*suspect, effort);
            found.lock().unwrap_or_else(PoisonError::into_inner).push(verdict);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..effort.threads.max(1) {
            scope.spawn(work);
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|verdict| suspects.iter().position(|known| *known == verdict.suspect));
    found
}

/// Looks for a fault in one scope after the other until a promise that it must break is broken:
/// with one worker, so that it is the same one each time.
pub fn hunt(suspect: Suspect, effort: Effort) -> Verdict {
    let kills = suspect.kills();
    let mut states = 0;
    for letter in suspect.scopes() {
        let worlds = match suspect {
            Suspect::Machine(mutant) => letter.mutated(mutant),
            Suspect::AcceptsAnyWrite => letter.unguarded(),
        };
        for closed in worlds {
            let found = explore(&closed, Effort { threads: 1, ..effort });
            states += found.states;
            let Some(trace) = found.broken else { continue };
            if !kills.contains(&trace.broken.property) {
                continue;
            }
            let trace = shorten(&closed, &trace);
            let (property, text) = (trace.broken.property, trace.broken.text.clone());
            return Verdict {
                suspect,
                killed: Some(Kill { letter, property, text, states, trace }),
            };
        }
    }
    Verdict { suspect, killed: None }
}
