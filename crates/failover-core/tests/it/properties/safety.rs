//! What never happens.
use failover_core::{
    AnswerMode, Event, Failback, Latch, Mode, MoveId, MoveKind, Output, SiteSet, explain,
};
use proptest::prelude::*;

use super::policies::{policies, with};
use super::{automatic, config, story};
use crate::happening::{Happening, happenings};
use crate::world::World;

proptest! {
    #![proptest_config(config())]

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
    fn losing_vantages_only_delays_the_first_move(
        policy in policies(),
        story_of in happenings(),
        lost in any::<u8>(),
    ) {
        let policy = with(&policy, |spec| {
            (spec.answer, spec.failback) = (AnswerMode::Active, Failback::Manual);
            spec.sites.iter_mut().for_each(|site| site.cold = false);
        });
        let mut all = World::new(policy.clone());
        let mut some = World::new(policy);
        let place = usize::from(lost) % some.silent.len();
        some.silent[place] = true;
        for happening in &story_of {
            // Restarts forget what was counted; who has counted more may then differ for a moment.
            if matches!(happening, Happening::Command(_) | Happening::Crash) {
                continue;
            }
            all.happen(happening);
            some.happen(happening);
            if let Some((at, MoveKind::Failover)) = automatic(&some).first() {
                assert!(automatic(&all).first().is_some_and(|(first, _)| first <= at));
            }
        }
    }

    #[test]
    fn a_database_that_lags_keeps_automation_away(policy in policies(), story_of in happenings()) {
        let mut world = World::new(with(&policy, |spec| {
            spec.lag_max = Some(std::time::Duration::from_secs(10));
        }));
        let mut known = vec![Some(0); world.alive.len()];
        let mut seen = 0;
        for happening in &story_of {
            if let Happening::Lag { site, millis } = happening {
                let place = usize::from(*site) % known.len();
                known[place] = *millis;
            }
            if matches!(happening, Happening::Crash) {
                // A restarted shell measures again.
                known.fill(None);
            }
            world.happen(happening);
            for (_, event) in &world.recorded[seen..] {
                let Event::MoveStarted { reason, who, to, .. } = event else { continue };
                let gated = matches!(reason, MoveKind::Failover | MoveKind::Failback);
                if let (true, "schwenk", Some(site)) = (gated, who.0.as_str(), to.single()) {
                    assert!(known[site.index()].is_some_and(|lag| lag <= 10_000), "{known:?}");
                }
            }
            seen = world.recorded.len();
        }
    }
}
