//! What happens in the end, once the faults stop.
use std::time::Duration;

use failover_core::{AnswerMode, Fence, Input, OnAllDown, Output, SiteId};
use proptest::prelude::*;

use super::config;
use super::policies::{policies, with};
use crate::happening::{Happening, happenings, manners};
use crate::world::{Manner, World};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn once_the_faults_stop_every_provider_says_what_is_desired(
        policy in policies(),
        story_of in happenings(),
    ) {
        let mut world = World::new(policy);
        for happening in &story_of {
            world.happen(happening);
        }
        world.happen(&Happening::Journal { writable: true });
        for provider in &mut world.providers {
            provider.manner = Manner::Works;
        }
        // Longer than every pause between attempts, and with the usual looks at the providers.
        for _ in 0..40 {
            world.watch(Duration::from_secs(10));
            world.observe();
        }
        let view = world.machine.view(world.stamp());
        for (provider, shown) in world.providers.iter().zip(&view.providers) {
            let same = provider.stored == view.desired;
            assert!(same || shown.drift.is_some(), "{:?} {view:#?}", provider.stored);
        }
        assert!(view.open_move.is_none(), "{view:#?}");
    }

    #[test]
    fn a_dead_site_is_left_when_nothing_stands_against_it(policy in policies()) {
        let mut world = World::new(with(&policy, |spec| spec.answer = AnswerMode::Active));
        world.watch(Duration::from_secs(30));
        world.alive[0] = false;
        world.watch(Duration::from_secs(30));
        let desired = world.machine.state().desired();
        assert!(!desired.contains(SiteId(0)), "{desired:?}");
        assert!(world.providers.iter().all(|provider| provider.stored == desired));
    }

    #[test]
    fn waking_at_the_deadline_is_enough(policy in policies(), story_of in happenings()) {
        let mut world = World::new(policy);
        for happening in &story_of {
            world.happen(happening);
            let now = world.stamp();
            let (at, why) = world.machine.deadline().expect("there is always a heartbeat");
            assert!(at > now, "{why:?} is due at {at:?}, it is {now:?}");
        }
    }
    #[test]
    fn the_deadlines_alone_bring_an_open_move_to_its_end(
        policy in policies(),
        manner in manners(),
        compute in any::<Option<bool>>(),
    ) {
        let policy = with(&policy, |spec| {
            (spec.answer, spec.lag_max) = (AnswerMode::Active, None);
            spec.sites.iter_mut().for_each(|site| site.cold = false);
        });
        let mut world = World::new(policy);
        world.watch(Duration::from_secs(20));
        world.compute = compute;
        world.alive[0] = false;
        world.providers[0].manner = manner;
        world.watch(Duration::from_secs(20));
        let desired = world.machine.state().desired();
        prop_assert!(!desired.contains(SiteId(0)));
        world.providers[0].manner = Manner::Works;
        let end = world.now + 200_000;
        while world.now < end {
            let (at, _) = world.machine.deadline().expect("there is always a heartbeat");
            world.now = at.as_millis();
            world.give(Input::Tick);
        }
        prop_assert!(world.providers.iter().all(|provider| provider.stored == desired));
        prop_assert!(world.machine.view(world.stamp()).open_move.is_none());
    }

    #[test]
    fn a_fence_or_a_start_without_an_answer_is_not_waited_for(policy in policies()) {
        let policy = with(&policy, |spec| {
            (spec.answer, spec.lag_max, spec.fence) = (AnswerMode::Active, None, Fence::Before);
            spec.on_all_down = OnAllDown::Hold;
            spec.sites.iter_mut().skip(1).for_each(|site| site.cold = true);
        });
        let patience = policy.spec().attempt_timeout;
        let mut world = World::new(policy);
        world.watch(Duration::from_secs(10));
        (world.compute, world.alive[0]) = (None, false);
        let out = world.watch(Duration::from_secs(10));
        let started = out.iter().any(|output| matches!(output, Output::Start { .. }));
        prop_assert!(started);
        // Compute has lost the request; the next one gets through.
        world.compute = Some(true);
        world.watch(patience * 4);
        prop_assert!(world.alive[1..].iter().any(|alive| *alive));
        prop_assert!(!world.machine.state().desired().contains(SiteId(0)));
    }
}
