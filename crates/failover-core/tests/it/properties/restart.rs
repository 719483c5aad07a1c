//! Crash anywhere, start again from the journal: the same end, and no second move.
use std::time::Duration;

use failover_core::{AnswerMode, Event, Failback, Latch, MoveKind, Policy, PolicySpec, SiteSet};
use proptest::prelude::*;

use super::config;
use super::policies::{policies, with};
use crate::happening::manners;
use crate::world::{Manner, World};

/// A policy under which a dead site leads to one failover and to nothing else.
fn one_move(spec: &mut PolicySpec) {
    (spec.answer, spec.latch) = (AnswerMode::Active, Latch::UntilRearmed);
    (spec.failback, spec.lag_max) = (Failback::Manual, None);
    spec.sites.iter_mut().for_each(|site| site.cold = false);
}

/// The preferred site dies while providers have their troubles, which end later.
fn tell(policy: &Policy, manners: [Manner; 2], crash_after: Option<usize>) -> (World, bool) {
    let mut world = World::new(policy.clone());
    world.crash_after = crash_after;
    world.watch(Duration::from_secs(20));
    world.alive[0] = false;
    for (provider, manner) in world.providers.iter_mut().zip(manners) {
        provider.manner = manner;
    }
    world.watch(Duration::from_secs(30));
    world.providers.iter_mut().for_each(|provider| provider.manner = Manner::Works);
    for _ in 0..10 {
        world.watch(Duration::from_secs(20));
        world.observe();
    }
    let crashed = world.crash_after.is_none();
    (world, crashed)
}

fn end(world: &World) -> (Vec<SiteSet>, usize, bool) {
    let failovers = world.recorded.iter().filter(|(_, event)| {
        matches!(event, Event::MoveStarted { reason: MoveKind::Failover, .. })
    });
    let stored = world.providers.iter().map(|provider| provider.stored).collect();
    let view = world.machine.view(world.stamp());
    (stored, failovers.count(), view.open_move.is_none() && view.latched.is_some())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_crash_anywhere_leads_to_the_same_end(
        policy in policies(),
        manners in [manners(), manners()],
        crash_after in 0..60usize,
    ) {
        let policy = with(&policy, one_move);
        let (calm, _) = tell(&policy, manners, None);
        let (crashed, _) = tell(&policy, manners, Some(crash_after));
        prop_assert_eq!(end(&calm), end(&crashed));
        prop_assert_eq!(end(&calm).1, 1);
        prop_assert_eq!(&crashed.folded(), crashed.machine.state());
    }
}

#[test]
fn a_crash_after_each_output_of_a_move_leads_to_the_same_end() {
    let names = |prefix| super::policies::names(prefix, 2);
    let provider = |name| failover_core::ProviderPolicy { name, guarded: false };
    let providers = names("dns").into_iter().map(provider).collect();
    let mut spec = PolicySpec::fast("app", names("site"), names("eye"), providers);
    one_move(&mut spec);
    spec.fence = failover_core::Fence::Before;
    let policy = Policy::new(spec).expect("a valid policy");
    let manners = [Manner::LosesAnswer, Manner::LosesRequest];
    let (calm, _) = tell(&policy, manners, None);
    for crash_after in 0.. {
        let (world, crashed) = tell(&policy, manners, Some(crash_after));
        assert_eq!(end(&calm), end(&world), "crashed after {crash_after} outputs");
        if !crashed {
            assert!(crash_after > 20, "only {crash_after} outputs");
            break;
        }
    }
}
