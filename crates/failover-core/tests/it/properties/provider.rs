//! What holds between the machine and each provider.
use std::collections::BTreeMap;
use std::time::Duration;

use failover_core::{
    Answer, AnswerMode, AttemptId, Event, Fence, Input, MoveId, MoveKind, Output, ProviderId,
    ProviderPolicy, Receipt, SiteSet,
};
use proptest::prelude::*;

use super::config;
use super::policies::{policies, with};
use crate::happening::{happenings, manners};
use crate::world::{Manner, Passed, World};

/// What the machine may know of a provider's writes.
#[derive(Default)]
struct Slot {
    flying: Option<AttemptId>,
    unsure: bool,
}

/// One write at a time, and after an unknown one a look.
fn check_slots(world: &World) {
    let mut slots: BTreeMap<ProviderId, Slot> = BTreeMap::new();
    for (at, passed) in &world.log {
        match passed {
            Passed::Out(Output::Publish { provider, attempt, .. }) => {
                let slot = slots.entry(*provider).or_default();
                assert_eq!(slot.flying, None, "a second write at {provider:?}, {at:?}");
                assert!(!slot.unsure, "a write without a look at {provider:?}, {at:?}");
                slot.flying = Some(*attempt);
            }
            Passed::Out(Output::Record(Event::AttemptEnded { provider, receipt, .. })) => {
                let slot = slots.entry(*provider).or_default();
                slot.flying = None;
                slot.unsure = matches!(receipt, Receipt::Unknown { .. });
            }
            Passed::In(Input::Stored { provider, answer }) => {
                let silent = matches!(answer, Answer::Silent { .. });
                slots.entry(*provider).or_default().unsure &= silent;
            }
            _ => {}
        }
    }
}

/// No publishing before the fence has ended, if the policy wants it before.
fn check_fences(world: &World) {
    let mut fencing = SiteSet::EMPTY;
    let mut newest = MoveId(0);
    for (at, passed) in &world.log {
        match passed {
            Passed::Out(Output::Record(Event::MoveStarted { id, reason, from, to, .. })) => {
                let left = from.iter().filter(|site| !to.contains(*site));
                let left: SiteSet = left.collect();
                fencing = if *reason == MoveKind::Failover { left } else { SiteSet::EMPTY };
                newest = *id;
            }
            Passed::Out(Output::Record(Event::FenceEnded { site, .. }))
            | Passed::In(Input::Fenced { site, .. }) => fencing = fencing.without(*site),
            Passed::Out(Output::Publish { id, .. }) if *id == newest => {
                assert!(fencing.is_empty(), "published before the fence has ended, {at:?}");
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn one_write_at_a_time_and_after_an_unknown_one_a_look(
        policy in policies(),
        story_of in happenings(),
    ) {
        let mut world = World::new(policy);
        story_of.iter().for_each(|happening| drop(world.happen(happening)));
        check_slots(&world);
    }

    #[test]
    fn a_fence_before_the_move_comes_before_it(policy in policies(), story_of in happenings()) {
        let mut world = World::new(with(&policy, |spec| spec.fence = Fence::Before));
        story_of.iter().for_each(|happening| drop(world.happen(happening)));
        check_fences(&world);
    }

    #[test]
    fn receipts_that_come_late_change_nothing(
        policy in policies(),
        story_of in happenings(),
        receipt in prop_oneof![Just(Receipt::Applied), Just(Receipt::AlreadySo)],
    ) {
        let mut world = World::new(policy);
        story_of.iter().for_each(|happening| drop(world.happen(happening)));
        world.give(Input::Tick);
        let ended = world.recorded.iter().filter_map(|(_, event)| match event {
            Event::AttemptEnded { attempt, provider, .. } => Some((*attempt, *provider)),
            _ => None,
        });
        let machine = world.machine.clone();
        for (attempt, provider) in ended {
            let receipt = receipt.clone();
            let late = Input::Receipt { attempt, provider, receipt };
            let out = world.machine.step(world.stamp(), late);
            assert!(out.is_empty(), "{out:?}");
        }
        assert_eq!(machine, world.machine);
    }

    #[test]
    fn the_trouble_of_one_provider_is_not_the_others(policy in policies(), manner in manners()) {
        let policy = with(&policy, |spec| {
            (spec.answer, spec.lag_max) = (AnswerMode::Active, None);
            let second = ProviderPolicy { name: "second".to_owned(), guarded: true };
            spec.providers.truncate(1);
            spec.providers.push(second);
        });
        let mut calm = World::new(policy.clone());
        let mut troubled = World::new(policy);
        for world in [&mut calm, &mut troubled] {
            world.watch(Duration::from_secs(30));
            world.alive[0] = false;
        }
        troubled.providers[0].manner = manner;
        for world in [&mut calm, &mut troubled] {
            world.watch(Duration::from_secs(20));
        }
        let second = |world: &World| {
            let of = |p: &&(_, ProviderId, _, _)| p.1 == ProviderId(1);
            world.published.iter().find(of).copied()
        };
        assert!(second(&calm).is_some());
        // Attempts are numbered over all providers, moves are not.
        assert_eq!(second(&calm), second(&troubled));
        assert_eq!(calm.providers[1].stored, troubled.providers[1].stored);
        let other = [Manner::Works, Manner::LosesAnswer].contains(&manner);
        assert!(!other || troubled.providers[0].stored == troubled.providers[1].stored);
    }
}
