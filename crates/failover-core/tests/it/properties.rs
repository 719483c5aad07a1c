//! What must hold whatever happens, over random policies and random worlds.
use std::time::Duration;

use failover_core::{
    AnswerMode, Drift, Event, Failback, Fall, Latch, Mode, MoveId, MoveKind, OnAllDown, Output,
    Policy, Preset, ProviderPolicy, Require, SiteSet, Timestamp, explain,
};
use proptest::prelude::*;

use crate::world::{Happening, Manner, World, happenings};

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

fn policies() -> impl Strategy<Value = Policy> {
    let shape = (2..4usize, 1..4usize, 1..3usize);
    let counting = (
        prop_oneof![
            (1..4u8).prop_map(Fall::InARow),
            (2..8u8, 1..8u8).prop_map(|(of, failed)| Fall::Window { of, failed: failed.min(of) }),
        ],
        1..4u8,
        prop_oneof![Just(Require::Any), Just(Require::All)],
        any::<bool>(),
    );
    let habits = (
        prop_oneof![
            Just(Latch::UntilRearmed),
            Just(Latch::Off),
            (1..600u64).prop_map(|secs| Latch::For(Duration::from_secs(secs))),
        ],
        prop_oneof![
            Just(Failback::Manual),
            (1..120u64).prop_map(|s| Failback::Auto { stable_for: Duration::from_secs(s) }),
        ],
        prop_oneof![3 => Just(AnswerMode::Active), 1 => Just(AnswerMode::AllUp)],
        prop_oneof![Just(OnAllDown::Hold), Just(OnAllDown::AnswerAll)],
        prop_oneof![Just(Drift::Repair), Just(Drift::Alert)],
        (1..4u8, 0..600u64),
    );
    (shape, counting, habits).prop_map(|((sites, vantages, providers), counting, habits)| {
        let provider = |name| ProviderPolicy { name, guarded: sites % 2 == 0 };
        let providers: Vec<_> = names("dns", providers).into_iter().map(provider).collect();
        let complete_at = u8::try_from(providers.len()).unwrap();
        let mut spec =
            Preset::Fast.spec("app", names("site", sites), names("eye", vantages), providers);
        spec.complete_at = complete_at;
        spec.quorum = u8::try_from(vantages / 2 + 1).unwrap();
        (spec.fall, spec.rise, spec.require) = (counting.0, counting.1, counting.2);
        if counting.3 {
            spec.grey = 8;
        }
        (spec.latch, spec.failback, spec.answer) = (habits.0, habits.1, habits.2);
        (spec.on_all_down, spec.drift, spec.moves_max) = (habits.3, habits.4, habits.5.0);
        spec.hold_down = Duration::from_secs(habits.5.1);
        Policy::new(spec).expect("a valid policy")
    })
}

/// Runs a story and checks after every chapter.
fn story(policy: Policy, happenings: &[Happening], mut check: impl FnMut(&World, &[Output])) {
    let mut world = World::new(policy);
    for happening in happenings {
        let out = world.happen(happening);
        check(&world, &out);
    }
}

fn automatic(world: &World) -> Vec<(Timestamp, MoveKind)> {
    world
        .recorded
        .iter()
        .filter_map(|(at, event)| match event {
            Event::MoveStarted { reason, who, .. } if who.0 == "schwenk" => Some((*at, *reason)),
            _ => None,
        })
        .filter(|(_, reason)| *reason != MoveKind::Repair)
        .collect()
}

proptest! {
    // A counterexample becomes a scenario that people can read, not a seed in a file.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_published_is_never_empty_nor_foreign(policy in policies(), story_of in happenings()) {
        let all = SiteSet::first(policy.spec().sites.len());
        story(policy, &story_of, |world, _| {
            for (_, _, _, sites) in &world.published {
                assert!(!sites.is_empty() && sites.is_subset(all));
            }
        });
    }

    #[test]
    fn every_automatic_failover_can_be_explained(policy in policies(), story_of in happenings()) {
        let spec = policy.spec().clone();
        story(policy, &story_of, |world, _| {
            for (at, event) in &world.recorded {
                explain(&spec, *at, event).unwrap();
            }
        });
    }

    #[test]
    fn the_fold_of_the_journal_is_the_state(policy in policies(), story_of in happenings()) {
        story(policy, &story_of, |world, _| {
            assert_eq!(&world.folded(), world.machine.state());
        });
    }

    #[test]
    fn automatic_moves_keep_their_distance_and_their_budget(
        policy in policies(),
        story_of in happenings(),
    ) {
        let spec = policy.spec().clone();
        story(policy, &story_of, |world, _| {
            let moves = automatic(world);
            for pair in moves.windows(2) {
                assert!(pair[1].0.since(pair[0].0) >= spec.hold_down);
            }
            for window in moves.windows(usize::from(spec.moves_max) + 1) {
                let (first, last) = (window[0].0, window[window.len() - 1].0);
                assert!(last.since(first) >= spec.moves_window);
            }
        });
    }

    #[test]
    fn between_two_failovers_the_latch_was_lifted(policy in policies(), story_of in happenings()) {
        let mut latched = false;
        let mut seen = 0;
        let keeps = policy.spec().latch != Latch::Off;
        story(policy, &story_of, |world, _| {
            for (_, event) in &world.recorded[seen..] {
                match event {
                    Event::MoveStarted { reason: MoveKind::Failover, .. } => {
                        assert!(!latched, "a failover while latched");
                    }
                    Event::Latched { .. } => latched = keeps,
                    Event::Rearmed { .. } => latched = false,
                    _ => {}
                }
            }
            seen = world.recorded.len();
        });
    }

    #[test]
    fn nothing_automatic_begins_while_disarmed(policy in policies(), story_of in happenings()) {
        let mut armed = true;
        let mut seen = 0;
        story(policy, &story_of, |world, _| {
            for (_, event) in &world.recorded[seen..] {
                match event {
                    Event::Armed { .. } => armed = true,
                    Event::Disarmed { .. } => armed = false,
                    Event::MoveStarted { who, .. } if who.0 == "schwenk" => assert!(armed),
                    _ => {}
                }
            }
            seen = world.recorded.len();
            let mode_armed = matches!(world.machine.state().mode(), Mode::Armed { .. });
            assert_eq!(mode_armed, armed);
        });
    }

    #[test]
    fn no_intent_of_an_older_move_follows_a_newer_one(policy in policies(), story_of in happenings()) {
        story(policy, &story_of, |world, _| {
            let mut newest = MoveId(0);
            for (_, _, id, _) in &world.published {
                assert!(*id >= newest);
                newest = *id;
            }
        });
    }

    #[test]
    fn every_effect_was_recorded_before(policy in policies(), story_of in happenings()) {
        story(policy, &story_of, |_, out| {
            let mut started = Vec::new();
            for output in out {
                match output {
                    Output::Record(Event::AttemptStarted { attempt, .. }) => started.push(*attempt),
                    Output::Publish { attempt, .. } => assert!(started.contains(attempt)),
                    _ => {}
                }
            }
        });
    }

    #[test]
    fn the_same_story_has_the_same_end(policy in policies(), story_of in happenings()) {
        let mut first = World::new(policy.clone());
        let mut second = World::new(policy);
        for happening in &story_of {
            assert_eq!(first.happen(happening), second.happen(happening));
        }
        assert_eq!(first.machine, second.machine);
    }

    #[test]
    fn a_clock_that_runs_backwards_moves_nothing(policy in policies(), story_of in happenings()) {
        let mut world = World::new(policy);
        for happening in &story_of {
            world.happen(happening);
            let before = world.published.len();
            world.happen(&Happening::ClockBack { millis: 60_000 });
            assert_eq!(world.published.len(), before);
        }
    }

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
        prop_assume!(policy.spec().answer == AnswerMode::Active);
        let mut world = World::new(policy);
        world.watch(Duration::from_secs(30));
        world.alive[0] = false;
        world.watch(Duration::from_secs(30));
        let desired = world.machine.state().desired();
        assert!(!desired.contains(failover_core::SiteId(0)), "{desired:?}");
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
}
