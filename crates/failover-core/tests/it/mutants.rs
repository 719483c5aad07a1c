//! Each mutant does what it is named for, and a machine that is none does not.
use std::time::Duration;

use failover_core::{
    Actor, CheckId, Command, Event, Failover, Input, Mode, Mutant, Output, Policy, PolicySpec,
    ProviderId, ProviderPolicy, Receipt, SiteId, VantageId,
};

use crate::properties::policies::names;
use crate::world::{Manner, Passed, World};

const ONE: SiteId = SiteId(0);
const TWO: SiteId = SiteId(1);

/// Two sites, three vantages, a provider of each kind; with room for several moves.
fn policy() -> Policy {
    let provider = |(name, guarded)| ProviderPolicy { name, guarded };
    let providers = names("dns", 2).into_iter().zip([true, false]).map(provider).collect();
    let mut spec = PolicySpec::fast("app", names("site", 2), names("eye", 3), providers);
    spec.hold_down = Duration::ZERO;
    spec.lag_max = Some(Duration::from_secs(10));
    spec.freshness = Duration::from_secs(60);
    Policy::new(spec).unwrap()
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

impl World {
    fn command(&mut self, command: Command) {
        self.give(Input::Operator { who: Actor("anna".to_owned()), command });
    }

    fn moves(&self) -> usize {
        let moves = self.recorded.iter().filter(|(_, e)| matches!(e, Event::MoveStarted { .. }));
        moves.count()
    }

    /// From the journal; the databases are measured anew.
    fn starts_again(&mut self) {
        self.crash();
        for site in [ONE, TWO] {
            self.give(Input::Lag { site, lag: Some(Duration::ZERO) });
        }
    }

    /// A site dies, and there is time to notice and to move.
    fn dies(&mut self, site: usize) {
        self.alive[site] = false;
        self.watch(secs(5));
    }
}

/// Leads the machine into temptation; says whether it gives in.
fn gives_in(mutant: Mutant, world: &mut World) -> bool {
    world.watch(secs(20));
    match mutant {
        Mutant::UnfencedWrite => {
            let until = world.stamp().plus(secs(3));
            world.give(Input::Leadership { epoch: 2, until });
            world.watch(secs(5));
            world.dies(0);
            world.moves() > 0
        }
        Mutant::CleansUpActive => {
            world.providers[0].manner = Manner::Hangs;
            world.command(Command::Force { from: ONE, to: TWO });
            world.command(Command::Abandon { id: failover_core::MoveId(0) });
            world.machine.view(world.stamp()).open_move.is_none()
        }
        Mutant::CountsTheLive => {
            (world.silent[1], world.silent[2]) = (true, true);
            world.watch(secs(70));
            world.dies(0);
            world.moves() > 0
        }
        Mutant::FallsAtOnce => {
            world.alive[0] = false;
            world.probe_all();
            world.moves() > 0
        }
        Mutant::PublishesFirst => {
            world.command(Command::Force { from: ONE, to: TWO });
            let place = |wanted: fn(&Output) -> bool| {
                world.log.iter().position(|(_, p)| matches!(p, Passed::Out(out) if wanted(out)))
            };
            place(|out| matches!(out, Output::Publish { .. }))
                < place(|out| matches!(out, Output::Record(Event::AttemptStarted { .. })))
        }
        Mutant::HearsItself => {
            world.foreign(0, TWO);
            world.observe();
            !world.recorded.iter().any(|(_, event)| matches!(event, Event::DriftSeen { .. }))
        }
        Mutant::ForgetsOnRestart => {
            world.dies(0);
            world.alive[0] = true;
            world.starts_again();
            world.watch(secs(20));
            world.dies(1);
            world.moves() > 1
        }
        _ => gives_in_too(mutant, world),
    }
}

fn gives_in_too(mutant: Mutant, world: &mut World) -> bool {
    match mutant {
        Mutant::CountsTheStale => {
            world.lies[1][0] = Some(false);
            world.watch(secs(2));
            (world.silent[1], world.silent[2]) = (true, true);
            world.watch(secs(70));
            world.dies(0);
            world.moves() > 0
        }
        Mutant::TakesUnknownForNoLag => {
            world.give(Input::Lag { site: TWO, lag: None });
            world.dies(0);
            world.moves() > 0
        }
        Mutant::UpByDefault => {
            world.starts_again();
            for _ in 0..20 {
                world.now += 200;
                let at = world.stamp();
                for vantage in [0, 1, 2].map(VantageId) {
                    let check = CheckId(0);
                    world.give(Input::Probed { vantage, site: ONE, check, ok: false, at });
                }
            }
            world.moves() > 0
        }
        Mutant::PausesForEver => {
            world.command(Command::Disarm { until: world.stamp().plus(secs(1)) });
            world.watch(secs(3));
            matches!(world.machine.state().mode(), Mode::Disarmed { .. })
        }
        Mutant::StopsAtTheFirst => {
            world.providers[0].manner = Manner::Dead;
            world.command(Command::Force { from: ONE, to: TWO });
            !world.published.iter().any(|(_, provider, ..)| *provider == ProviderId(1))
        }
        Mutant::EmptiesTheAnswer => {
            world.alive[1] = false;
            world.dies(0);
            world.published.iter().any(|(.., sites)| sites.is_empty())
        }
        Mutant::SleepsUnnoticed => {
            world.now += 11_000;
            world.alive[0] = false;
            world.watch(Duration::from_millis(800));
            world.moves() > 0
        }
        Mutant::CountsTwice => {
            world.command(Command::Force { from: ONE, to: TWO });
            let (attempt, provider) = (failover_core::AttemptId(1), ProviderId(0));
            world.give(Input::Receipt { attempt, provider, receipt: Receipt::Applied });
            world.machine.state().generation().0 > 1
        }
        Mutant::RearmsForGood => {
            world.dies(0);
            world.alive[0] = true;
            world.watch(secs(5));
            world.command(Command::Rearm);
            world.dies(1);
            world.alive[1] = true;
            world.watch(secs(5));
            assert_eq!(world.moves(), 2);
            world.dies(0);
            world.moves() > 2
        }
        _ => unreachable!("the other half of the list"),
    }
}

fn world(build: fn(Failover) -> Failover) -> World {
    let mut world = World::new(policy());
    world.built = build;
    world.machine = build(world.machine);
    world
}

/// Function pointers capture nothing, so each mutant has its own.
macro_rules! mutated {
    ($wanted:expr; $($mutant:ident)*) => {
        match $wanted {
            $(Mutant::$mutant => world(|machine| machine.mutated(Mutant::$mutant)),)*
        }
    };
}

fn mutated(mutant: Mutant) -> World {
    mutated!(mutant; UnfencedWrite CleansUpActive CountsTheLive FallsAtOnce PublishesFirst
        HearsItself ForgetsOnRestart CountsTheStale TakesUnknownForNoLag UpByDefault PausesForEver
        StopsAtTheFirst EmptiesTheAnswer SleepsUnnoticed CountsTwice RearmsForGood)
}

#[test]
fn each_mutant_does_what_it_is_named_for() {
    let meek = |mutant: &&Mutant| !gives_in(**mutant, &mut mutated(**mutant));
    let meek: Vec<&Mutant> = Mutant::ALL.iter().filter(meek).collect();
    assert!(meek.is_empty(), "{meek:?}");
}

/// The scenarios, which name every output, are run with the feature, too.
#[test]
fn a_machine_that_is_no_mutant_gives_in_to_nothing() {
    for &mutant in Mutant::ALL {
        assert!(!gives_in(mutant, &mut world(|machine| machine)), "{}", mutant.name());
    }
}

#[test]
fn a_mutant_is_another_machine_and_stays_one_as_a_checkpoint() {
    let plain = Failover::new(policy(), failover_core::State::default());
    assert!(!serde_json::to_string(&plain).unwrap().contains("faults"));
    for &mutant in Mutant::ALL {
        let machine = plain.clone().mutated(mutant);
        assert_ne!(machine.digest(), plain.digest());
        assert_ne!(machine.orbit(&[]), plain.orbit(&[]));
        let text = serde_json::to_string(&machine).unwrap();
        assert_eq!(serde_json::from_str::<Failover>(&text).unwrap(), machine);
    }
}

#[test]
fn sixteen_mutants_have_names_and_promises_of_their_own() {
    let mut names: Vec<&str> = Mutant::ALL.iter().map(|mutant| mutant.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 16);
    for mutant in Mutant::ALL {
        assert!(!mutant.kills().is_empty() && mutant.what().ends_with('.'), "{mutant:?}");
    }
}
