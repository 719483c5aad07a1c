//! What must hold whatever happens, over random policies and random worlds.
use failover_core::{Event, MoveKind, Output, Policy, Timestamp};
use proptest::prelude::*;

use crate::happening::Happening;
use crate::world::World;

mod hostile;
mod leader;
mod liveness;
pub mod policies;
mod provider;
mod restart;
mod safety;

/// A counterexample becomes a scenario that people can read, not a seed in a file.
pub fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = std::env::var("PROPTEST_CASES").map_or(64, |_| default.cases);
    ProptestConfig { failure_persistence: None, cases, ..default }
}

/// Runs a story and checks after every chapter.
fn story(
    policy: Policy,
    happenings: &[Happening],
    mut check: impl FnMut(&World, &[Output]),
) -> World {
    let mut world = World::new(policy);
    for happening in happenings {
        let out = world.happen(happening);
        check(&world, &out);
    }
    world
}

fn automatic(world: &World) -> Vec<(Timestamp, MoveKind)> {
    let moves = world.recorded.iter().filter_map(|(at, event)| match event {
        Event::MoveStarted { reason, who, .. } if who.0 == "schwenk" => Some((*at, *reason)),
        _ => None,
    });
    moves.filter(|(_, reason)| *reason != MoveKind::Repair).collect()
}
