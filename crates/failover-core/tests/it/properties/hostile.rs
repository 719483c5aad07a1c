//! The machine takes anything without a panic: places that do not exist, moments at the end of
//! time, policies that have changed.
use std::time::Duration;

use failover_core::{
    Actor, Answer, AttemptId, CheckId, Failover, Input, Output, ProviderId, Receipt, SiteId,
    SiteSet, State, Timestamp, VantageId, explain,
};
use proptest::prelude::*;

use super::config;
use super::policies::{names, policies, with};
use crate::happening::{command, happenings};
use crate::world::World;

fn moments() -> impl Strategy<Value = Timestamp> {
    let near = 0..1_000_000u64;
    prop_oneof![6 => near, 1 => any::<u64>(), 1 => Just(u64::MAX)].prop_map(Timestamp::from_millis)
}

fn places() -> impl Strategy<Value = u8> {
    prop_oneof![4 => 0..4u8, 1 => any::<u8>()]
}

fn sets() -> impl Strategy<Value = SiteSet> {
    prop::collection::vec((0..20u8).prop_map(SiteId), 0..4).prop_map(SiteSet::from_iter)
}

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        3 => sets().prop_map(Answer::Sites),
        1 => any::<String>().prop_map(|text| Answer::Foreign { text }),
        1 => any::<String>().prop_map(|text| Answer::Silent { text }),
    ]
}

fn receipts() -> impl Strategy<Value = Receipt> {
    prop_oneof![
        Just(Receipt::Applied),
        Just(Receipt::AlreadySo),
        (any::<String>(), any::<bool>())
            .prop_map(|(message, changed)| Receipt::Refused { message, changed }),
        any::<String>().prop_map(|message| Receipt::Unknown { message }),
    ]
}

fn inputs() -> impl Strategy<Value = Input> {
    let site = || places().prop_map(SiteId);
    let provider = || places().prop_map(ProviderId);
    let vantage = || places().prop_map(VantageId);
    prop_oneof![
        2 => Just(Input::Tick),
        8 => (vantage(), site(), places().prop_map(CheckId), any::<bool>(), moments())
            .prop_map(|(vantage, site, check, ok, at)| Input::Probed { vantage, site, check, ok, at }),
        3 => ((0..9u64).prop_map(AttemptId), provider(), receipts())
            .prop_map(|(attempt, provider, receipt)| Input::Receipt { attempt, provider, receipt }),
        3 => (provider(), answers())
            .prop_map(|(provider, answer)| Input::Answered { provider, answer }),
        3 => (provider(), answers())
            .prop_map(|(provider, answer)| Input::Stored { provider, answer }),
        1 => (site(), any::<bool>()).prop_map(|(site, ok)| Input::Fenced { site, ok }),
        1 => (site(), any::<bool>()).prop_map(|(site, ok)| Input::Started { site, ok }),
        1 => (any::<u64>(), moments())
            .prop_map(|(epoch, until)| Input::Leadership { epoch, until }),
        1 => Just(Input::LeadershipLost),
        3 => (prop_oneof![Just("anna"), Just("schwenk")], command()).prop_map(|(who, command)| {
            Input::Operator { who: Actor(who.to_owned()), command }
        }),
        1 => (vantage(), any::<bool>())
            .prop_map(|(vantage, isolated)| Input::Isolated { vantage, isolated }),
        1 => (site(), any::<Option<u64>>())
            .prop_map(|(site, lag)| Input::Lag { site, lag: lag.map(Duration::from_secs) }),
        1 => any::<bool>().prop_map(|writable| Input::Journal { writable }),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_fact_makes_it_panic(
        policy in policies(),
        facts in prop::collection::vec((moments(), inputs()), 1..120),
    ) {
        let spec = policy.spec().clone();
        let all = SiteSet::first(spec.sites.len());
        let mut machine = Failover::new(policy, State::default());
        let mut recorded = Vec::new();
        let mut now = Timestamp::from_millis(0);
        for (at, input) in facts {
            now = now.max(at);
            for output in machine.step(at, input) {
                match output {
                    Output::Record(event) => {
                        prop_assert!(!event.text(&spec).is_empty());
                        prop_assert!(explain(&spec, now, &event).is_ok(), "{event:?}");
                        recorded.push((now, event));
                    }
                    Output::Publish { sites, .. } => {
                        prop_assert!(!sites.is_empty() && sites.is_subset(all));
                    }
                    _ => {}
                }
            }
            let view = machine.view(at);
            view.next.blockers.iter().for_each(|blocker| drop(blocker.text(&spec, at)));
            prop_assert!(machine.deadline().is_some());
        }
        let folded = State::fold(recorded.iter().map(|(at, event)| (*at, event)));
        prop_assert_eq!(&folded, machine.state());
    }

    #[test]
    fn a_changed_policy_keeps_what_has_kept_its_name(
        policy in policies(),
        before in happenings(),
        after in happenings(),
        turn in 0..4usize,
    ) {
        let mut world = World::new(policy.clone());
        before.iter().for_each(|happening| drop(world.happen(happening)));
        let old = names_of(&world);
        let generation = world.machine.state().generation();
        // Sites and providers change places, and the last site another name.
        let mut kept = names("site", world.alive.len());
        let turned = with(&policy, |spec| {
            if turn == 3 {
                spec.sites.last_mut().unwrap().name = "new".to_owned();
            }
            let by = turn % spec.sites.len();
            spec.sites.rotate_left(by);
            spec.providers.reverse();
            kept.retain(|name| spec.sites.iter().any(|site| site.name == *name));
        });
        world.restart(turned);
        // The world counts places, too: what it stored would mean something else now.
        world.providers.reverse();
        world.give(Input::Tick);
        if !world.machine.state().desired().is_empty() {
            let new = names_of(&world);
            let carried: Vec<&String> = old.iter().filter(|name| kept.contains(name)).collect();
            prop_assert_eq!(new.iter().collect::<Vec<_>>(), carried);
        }
        prop_assert!(world.machine.state().generation() >= generation);
        after.iter().for_each(|happening| drop(world.happen(happening)));
        prop_assert_eq!(&world.folded(), world.machine.state());
    }
}

fn names_of(world: &World) -> Vec<String> {
    let spec = world.machine.policy().spec();
    let desired = world.machine.state().desired();
    let mut names: Vec<String> =
        desired.iter().map(|site| spec.sites[site.index()].name.clone()).collect();
    names.sort_unstable();
    names
}
