//! A world and what happens to it, as text that people read, write and replay.
//!
//! ```text
//! # A dead site is left while the first provider errs.
//! seed 42
//! sites london paris
//! vantages a b c
//! providers google hetzner
//! unguarded hetzner
//! set latch off
//!
//! 10s    provider google errs 500
//! 12.5s  site london silent
//! 60s    calm
//! 180s   end
//! ```
//!
//! The head is that of the decision's scenarios, with the `seed` and with `world` for each setting
//! of the [`Setup`] that differs from the default. Then come the faults, each with the time since
//! the beginning. `crates/failover-sim/stories/README.md` lists them.
mod fault;
mod head;
mod words;
mod wrong;

use std::fmt;
use std::time::Duration;

use failover_core::{Policy, PolicySpec};

use crate::world::{Failure, Fault, Setup, World};
use words::{read_time, time};

pub use wrong::{Noun, ScriptProblem, ScriptWrong};

/// A world and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The policy.
    pub spec: PolicySpec,
    /// How the world is built.
    pub setup: Setup,
    /// What it is made of.
    pub seed: u64,
    /// What happens, with the time since the beginning, in order.
    pub steps: Vec<(Duration, Fault)>,
    /// How long it goes on.
    pub length: Duration,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    ///
    /// What is wrong and in which line.
    pub fn parse(text: &str) -> Result<Self, ScriptProblem> {
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let timed = |line: &str| line.starts_with(|c: char| c.is_ascii_digit());
        let (body, head): (Vec<_>, Vec<_>) = lines.partition(|(_, line)| timed(line));
        let (spec, setup, seed) = head::read(&head)?;
        let (mut steps, mut length) = (Vec::new(), None);
        for (number, line) in body {
            let wrong = |wrong: ScriptWrong| wrong.at(number);
            let words: Vec<&str> = line.split_whitespace().collect();
            let [at, rest @ ..] = words.as_slice() else { continue };
            let at = read_time(at).map_err(wrong)?;
            if length.is_some() {
                return Err(wrong(ScriptWrong::AfterEnd));
            }
            if steps.last().is_some_and(|(before, _)| *before > at) {
                return Err(wrong(ScriptWrong::Before(at)));
            }
            match rest {
                ["end"] => length = Some(at),
                words => steps.push((at, fault::read(&spec, words).map_err(wrong)?)),
            }
        }
        let length = length.ok_or(ScriptWrong::NoEnd)?;
        Ok(Self { spec, setup, seed, steps, length })
    }

    /// Plays it from the beginning to the end; with a quiet end, the world must have come to rest.
    ///
    /// # Errors
    ///
    /// The first promise that was broken.
    ///
    /// # Panics
    ///
    /// If the policy is not valid; one that was parsed is.
    pub fn play(&self) -> Result<World, Failure> {
        let policy = Policy::new(self.spec.clone()).expect("a script's policy is valid");
        let mut world = World::new(policy, self.setup.clone(), self.seed);
        for (at, fault) in &self.steps {
            world.advance(at.saturating_sub(world.age()))?;
            world.inject(fault.clone());
        }
        world.advance(self.length.saturating_sub(world.age()))?;
        if matches!(self.steps.last(), Some((_, Fault::Calm))) {
            world.come_to_rest()?;
        }
        Ok(world)
    }
}

impl Fault {
    /// Reads what stands behind the time in a line of a script.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(spec: &PolicySpec, line: &str) -> Result<Self, ScriptWrong> {
        fault::read(spec, &line.split_whitespace().collect::<Vec<_>>())
    }

    /// What stands behind the time in a line of a script.
    pub fn line(&self, spec: &PolicySpec) -> String {
        fault::write(spec, self)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        head::write(f, self)?;
        writeln!(f)?;
        for (at, fault) in &self.steps {
            writeln!(f, "{:<9} {}", time(*at), fault::write(&self.spec, fault))?;
        }
        writeln!(f, "{:<9} end", time(self.length))
    }
}
