//! What was recorded of a machine, once more: followed fact by fact, and told to another policy.
//!
//! A [`Part`] is a machine and the facts that it was given, as a journal keeps them. [`Part::follow`]
//! gives them to the machine again and compares digests; [`what_if`] gives the observations among
//! them to another policy, with stand-ins for the providers.
mod compare;
mod measure;
mod places;
mod provider;
mod what_if;

use failover_core::{Failover, Input, Output, Policy, Timestamp};

pub use compare::{Row, rows};
pub use measure::{Measured, Stopwatch};
pub use what_if::{Decided, Decision, Other, WhatIf};

/// A machine and the facts that it was given, without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// A watcher was started with this machine; otherwise facts before it are left out or missing.
    pub started: bool,
    /// The machine before the first fact.
    pub machine: Failover,
    /// The facts, in order.
    pub facts: Vec<Told>,
}

/// One fact as a machine was given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The moment it was told.
    pub now: Timestamp,
    /// The fact.
    pub fact: Input,
    /// The machine's digest after the step.
    pub digest: u64,
}

/// One step, as it is taken again.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The fact.
    pub fact: &'a Input,
    /// The machine after it.
    pub machine: &'a Failover,
    /// What it asked for.
    pub outputs: &'a [Output],
}

impl Part {
    /// Gives the facts to the machine again; `look` sees every step. Says how many steps were
    /// identical before the first that was not; `None`: all were.
    pub fn follow(&self, look: &mut dyn FnMut(Seen<'_>)) -> Option<usize> {
        let mut machine = self.machine.clone();
        for (place, told) in self.facts.iter().enumerate() {
            let outputs = machine.step(told.now, told.fact.clone());
            if machine.digest() != told.digest {
                return Some(place);
            }
            look(Seen { now: told.now, fact: &told.fact, machine: &machine, outputs: &outputs });
        }
        None
    }
}

/// What `policy` would have made of the same observations; its places are those of the recorded
/// policy by name. `None` where the recorded side does not replay identically: then a comparison
/// would mean nothing.
pub fn what_if(parts: &[Part], policy: &Policy) -> Option<WhatIf> {
    let mut stopwatch = Stopwatch::default();
    let mut recorded = Vec::new();
    for part in parts {
        let differs = part.follow(&mut |seen| {
            stopwatch.see(seen);
            Decision::note(seen, &mut recorded);
        });
        if differs.is_some() {
            return None;
        }
    }
    let names = policy.spec().providers.iter().map(|provider| provider.name.clone());
    let measured = stopwatch.measured(names);
    let mut other = Other::new(policy, &parts.first()?.machine, &measured);
    for part in parts {
        other.begin(part.started, &part.machine);
        let mut before = part.machine.clone();
        for told in &part.facts {
            other.see(told.now, &told.fact, &before);
            before.step(told.now, told.fact.clone());
        }
    }
    let other = other.decisions().to_vec();
    let rows = rows(&recorded, &other);
    Some(WhatIf { measured, rows, recorded, other })
}
