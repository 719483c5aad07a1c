//! Purity: the same machine, moment and fact give the same outputs and the same machine.
use super::Property;
use super::broken::{Kept, ensure};
use failover_core::{Failover, Input, Timestamp};

/// S25: takes a step with two copies of a machine and compares what they say and what they are.
pub fn twice(before: &Failover, now: Timestamp, input: &Input) -> Kept {
    let (mut one, mut other) = (before.clone(), before.clone());
    let said = (one.step(now, input.clone()), other.step(now, input.clone()));
    ensure(said.0 == said.1, Property::S25, || {
        format!("{input:?} leads to {:?} and to {:?}", said.0, said.1)
    })?;
    ensure(one == other && one.digest() == other.digest(), Property::S25, || {
        format!("{input:?} leads to two different machines")
    })
}
