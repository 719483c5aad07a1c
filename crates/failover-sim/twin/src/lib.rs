//! The decision as a bare WebAssembly module, to be compared with itself.
//!
//! Native code and WebAssembly are compiled differently, on machines with other words; that the
//! panel can replay an incident rests on both deciding the same. This crate runs the same random
//! facts, and the same simulated day, on either side and gives back one digest of it all.
//!
//! It is a module without bindings: three functions with plain numbers, so that an interpreter in
//! a test and a browser can both call it.
#![deny(missing_docs)]

mod facts;
#[cfg(not(target_family = "wasm"))]
pub mod module;
mod policies;

use std::hash::{Hash, Hasher};
use std::time::Duration;

use failover_core::{Digest, Failover, State, Timestamp};
use failover_sim::{Random, Setup, World};

use facts::Facts;

/// Facts per machine; then comes the next policy.
const EPISODE: u64 = 10_000;
/// A machine is digested after this many facts, what it asks for after each: a step that went
/// another way would still be seen in it.
const DIGESTED: u64 = 16;
/// What a day is told in: a world shows what is broken after each.
const HOUR: Duration = Duration::from_secs(3600);

/// The digest of `count` random facts of `seed`: of all that the machines asked for at each step and
/// when they want to be woken, and again and again of the whole machine.
pub fn chain(seed: u64, count: u64) -> u64 {
    let policies = policies::policies();
    let mut random = Random::new(seed);
    let mut chain = Digest::new();
    let mut left = count;
    while left > 0 {
        let policy = random.pick(&policies).clone();
        let mut facts = Facts::new(&policy, random.next());
        let mut machine = Failover::new(policy, State::default());
        for step in 0..EPISODE.min(left) {
            if step == EPISODE / 2 {
                // As after a crash: what was durable goes on.
                machine = Failover::new(machine.policy().clone(), machine.state().clone());
            }
            let (now, fact) = facts.next();
            let outputs = machine.step(now, fact);
            facts.hear(&outputs);
            if step % DIGESTED == 0 {
                chain.write_u64(machine.digest());
            }
            outputs.hash(&mut chain);
            machine.deadline().map(|(at, _)| at).hash(&mut chain);
        }
        left = left.saturating_sub(EPISODE);
    }
    chain.finish()
}

/// The digest of a simulated world after `hours` hours: three vantages that probe two sites twice a
/// second. 0 if a promise was broken in it.
pub fn hours(seed: u64, hours: u64) -> u64 {
    let Some(policy) = policies::day() else { return 0 };
    let mut world = World::new(policy, Setup::default(), seed);
    for _ in 0..hours {
        if world.advance(HOUR).is_err() {
            return 0;
        }
    }
    world.digest()
}

/// The moment at which the random facts begin: the first of January 2026.
const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// [`chain`] for whoever has only numbers.
#[expect(unsafe_code, reason = "an export has a name of its own; nothing else here has this one")]
#[unsafe(no_mangle)]
pub extern "C" fn twin_chain(seed: u64, count: u64) -> u64 {
    chain(seed, count)
}

/// [`hours`] for whoever has only numbers.
#[expect(unsafe_code, reason = "an export has a name of its own; nothing else here has this one")]
#[unsafe(no_mangle)]
pub extern "C" fn twin_hours(seed: u64, count: u64) -> u64 {
    hours(seed, count)
}
