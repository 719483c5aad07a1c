//! Digests and checkpoints: what is the same has the same one, whatever it is called.
use failover_core::{
    Command, Drift, Failover, Fall, Input, Policy, PolicySpec, State, Timestamp, VantageId,
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::happening::{Happening, happenings, happenings_with_leases};
use crate::properties::config;
use crate::properties::policies::{policies, with};
use crate::world::{Passed, World};

/// The machine's log of a story: what it was told, and when it was started anew.
fn told(policy: &Policy, story: &[Happening]) -> Vec<(Timestamp, Passed)> {
    let mut world = World::new(policy.clone());
    for happening in story {
        world.happen(happening);
    }
    world.log
}

fn read_back(machine: &Failover) -> Failover {
    let text = serde_json::to_string(machine).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Machines of one story that share an orbit and are not the same, each with its moment.
fn doubles(policy: &Policy, story: &[Happening]) -> Vec<[(Failover, Timestamp); 2]> {
    let mut machine = Failover::new(policy.clone(), State::default());
    let (mut seen, mut doubles) = (BTreeMap::new(), Vec::new());
    for (now, passed) in told(policy, story) {
        let Passed::In(input) = passed else { continue };
        machine.step(now, input);
        // Its own moment: the clock may have run backwards meanwhile.
        let now = machine.view(now).now;
        let found = seen.entry(machine.orbit(&[])).or_insert_with(|| (machine.clone(), now));
        if found.0 != machine {
            doubles.push([found.clone(), (machine.clone(), now)]);
        }
    }
    // The later ones differ most.
    doubles.split_off(doubles.len().saturating_sub(2))
}

/// What was said, without moments, the votes that name them, and the names of vantages.
fn timeless(said: &impl serde::Serialize) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for name in ["evidence", "until", "since", "vantage"] {
                    fields.remove(name);
                }
                fields.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(said).unwrap();
    strip(&mut value);
    value
}

fn names_a_moment(input: &Input) -> bool {
    let Input::Operator { command, .. } = input else { return false };
    matches!(command, Command::Disarm { .. } | Command::MaintenanceOn { .. })
}

/// Every order of so many places.
fn orders(places: u8) -> Vec<Vec<u8>> {
    let Some(last) = places.checked_sub(1) else { return vec![Vec::new()] };
    let insert = |order: Vec<u8>| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, last);
            order
        })
    };
    orders(last).into_iter().flat_map(insert).collect()
}

/// What stands beside the vantages, each at its place: a mark that goes with it.
fn marks(places: &[u8]) -> Vec<u64> {
    let mut marks = vec![0; places.len()];
    for (mark, place) in (1..).zip(places) {
        marks[usize::from(*place)] = mark;
    }
    marks
}

/// What is told of a vantage is told of the one that stands for it, at the same distance in time.
fn elsewhere(input: &Input, places: &[u8], later: impl Fn(Timestamp) -> Timestamp) -> Input {
    let mut input = input.clone();
    if let Input::Probed { at, .. } = &mut input {
        *at = later(*at);
    }
    if let Input::Probed { vantage, .. } | Input::Isolated { vantage, .. } = &mut input {
        vantage.0 = places[usize::from(vantage.0)];
    }
    input
}

/// The same facts, told to both of two machines that share an orbit, make the same of them.
fn go_on_alike(
    policy: &Policy,
    story: &[Happening],
    more: &[Happening],
) -> Result<(), TestCaseError> {
    let facts = told(policy, more);
    let start = facts.first().map(|(at, _)| *at).unwrap_or_default();
    let orders = orders(u8::try_from(policy.spec().vantages.len()).unwrap());
    let first = &orders[0];
    for [(mut one, here), (mut other, there)] in doubles(policy, story) {
        // Which vantage is which makes no difference: what the one has here the other may have there.
        let alike = |order: &&Vec<u8>| one.orbit(&marks(first)) == other.orbit(&marks(order));
        let Some(moved) = orders.iter().find(alike) else {
            return Err(TestCaseError::fail("no order of the vantages makes them the same"));
        };
        for (now, passed) in &facts {
            let Passed::In(input) = passed else { continue };
            if names_a_moment(input) {
                continue;
            }
            let tell = |machine: &mut Failover, from: Timestamp, places: &[u8]| {
                let later = |at: Timestamp| from.plus(at.since(start));
                timeless(&machine.step(later(*now), elsewhere(input, places, later)))
            };
            prop_assert_eq!(tell(&mut one, here, first), tell(&mut other, there, moved));
            prop_assert_eq!(one.orbit(&marks(first)), other.orbit(&marks(moved)));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    /// Facts of another world are told to both, whatever they make of them, and to each of its own
    /// vantages what is told to the other's.
    #[test]
    fn machines_that_share_an_orbit_do_the_same_for_ever(
        policy in policies(),
        mut story in happenings(),
        more in happenings(),
    ) {
        story.push(Happening::Watch { steps: 100 });
        go_on_alike(&policy, &story, &more)?;
    }

    #[test]
    fn a_machine_that_was_read_back_goes_on_as_the_one_that_was_written(
        policy in policies(),
        story in happenings_with_leases(),
        more in happenings_with_leases(),
    ) {
        let mut world = World::new(policy);
        for happening in &story {
            world.happen(happening);
        }
        let mut twin = read_back(&world.machine);
        prop_assert_eq!(&twin, &world.machine);
        prop_assert_eq!(twin.digest(), world.machine.digest());
        prop_assert_eq!(twin.orbit(&[]), world.machine.orbit(&[]));
        let from = world.log.len();
        for happening in more.iter().filter(|happening| !matches!(happening, Happening::Crash)) {
            world.happen(happening);
        }
        let mut said = Vec::new();
        for (now, passed) in &world.log[from..] {
            if let Passed::In(input) = passed {
                said.extend(twin.step(*now, input.clone()).into_iter().map(Passed::Out));
            }
        }
        let outputs: Vec<Passed> = world.log[from..]
            .iter()
            .filter(|(_, passed)| matches!(passed, Passed::Out(_)))
            .map(|(_, passed)| passed.clone())
            .collect();
        prop_assert_eq!(said, outputs);
        prop_assert_eq!(twin.digest(), world.machine.digest());
    }

    /// One of the two was told everything later, from vantages with other numbers.
    #[test]
    fn an_orbit_knows_neither_the_hour_nor_which_vantage_is_which(
        policy in policies(),
        story in happenings(),
        later in 1..1_000_000_000u64,
        turn in 0..4u8,
    ) {
        let vantages = u8::try_from(policy.spec().vantages.len()).unwrap();
        let turned = |vantage: VantageId| VantageId((vantage.0 + turn) % vantages);
        let beside: Vec<u64> = (0..u64::from(vantages)).collect();
        let mut beside_turned = beside.clone();
        beside_turned.rotate_right(usize::from(turn % vantages));
        let mut one = Failover::new(policy.clone(), State::default());
        let mut other = one.clone();
        for (now, passed) in told(&policy, &story) {
            // What is commanded names moments of its own.
            let Passed::In(input) = passed else { continue };
            let mut shifted = input.clone();
            match &mut shifted {
                Input::Operator { .. } => continue,
                Input::Probed { vantage, at, .. } => {
                    (*vantage, *at) = (turned(*vantage), at.plus(Duration::from_millis(later)));
                }
                Input::Isolated { vantage, .. } => *vantage = turned(*vantage),
                _ => {}
            }
            one.step(now, input);
            other.step(now.plus(Duration::from_millis(later)), shifted);
            prop_assert_eq!(one.orbit(&beside), other.orbit(&beside_turned));
            prop_assert_ne!(one.digest(), other.digest());
        }
    }

    /// Two steps that leave equal machines leave equal digests, and different ones different.
    #[test]
    fn digests_tell_machines_apart(policy in policies(), story in happenings()) {
        let mut machine = Failover::new(policy.clone(), State::default());
        for (now, passed) in told(&policy, &story) {
            let Passed::In(input) = passed else { continue };
            let before = machine.clone();
            machine.step(now, input);
            prop_assert_eq!(before == machine, before.digest() == machine.digest());
            if before.orbit(&[]) != machine.orbit(&[]) {
                prop_assert_ne!(before, machine.clone());
            }
        }
    }
}

#[test]
fn a_calm_watch_comes_back_to_where_it_was() {
    let names = |prefix, count| crate::properties::policies::names(prefix, count);
    let provider = failover_core::ProviderPolicy { name: "dns".to_owned(), guarded: true };
    let spec = PolicySpec::fast("app", names("site", 2), names("eye", 3), vec![provider]);
    let calm = [Happening::Watch { steps: 100 }];
    assert!(doubles(&Policy::new(spec).unwrap(), &calm).len() >= 2);
}

/// Random worlds found it: two vantages change places, one cut off and one not.
#[test]
fn machines_whose_vantages_changed_places_do_the_same_for_ever() {
    let names = |prefix, count| crate::properties::policies::names(prefix, count);
    let provider = failover_core::ProviderPolicy { name: "dns".to_owned(), guarded: false };
    let mut spec = PolicySpec::fast("app", names("site", 2), names("eye", 2), vec![provider]);
    (spec.fall, spec.rise, spec.grey) = (Fall::InARow(1), 1, 0);
    (spec.drift, spec.complete_at) = (Drift::Repair, 1);
    (spec.moves_max, spec.hold_down) = (1, Duration::ZERO);
    let policy = Policy::new(spec).unwrap();
    let isolated = |vantage, isolated| Happening::Isolated { vantage, isolated };
    let foreign = Happening::Foreign { provider: 0, site: 1 };
    let found = [
        isolated(0, true),
        foreign,
        Happening::Observe,
        isolated(1, true),
        isolated(0, false),
        Happening::Watch { steps: 100 },
    ];
    let shorter = [isolated(0, true), isolated(1, true), isolated(0, false)];
    for story in [&found[..], &shorter] {
        assert!(!doubles(&policy, story).is_empty());
        go_on_alike(&policy, story, &[Happening::Watch { steps: 1 }]).unwrap();
    }
}

#[test]
fn what_stands_beside_a_vantage_counts() {
    let names = |prefix, count| crate::properties::policies::names(prefix, count);
    let provider = failover_core::ProviderPolicy { name: "dns".to_owned(), guarded: true };
    let spec = PolicySpec::fast("app", names("site", 2), names("eye", 3), vec![provider]);
    let machine = Failover::new(Policy::new(spec).unwrap(), State::default());
    assert_eq!(machine.orbit(&[7, 0, 0]), machine.orbit(&[0, 0, 7]));
    assert_eq!(machine.orbit(&[]), machine.orbit(&[0, 0, 0]));
    assert_ne!(machine.orbit(&[7, 0, 0]), machine.orbit(&[7, 7, 0]));
    let other = with(machine.policy(), |spec| spec.quorum = 3);
    assert_ne!(machine.orbit(&[]), Failover::new(other, State::default()).orbit(&[]));
}

#[test]
fn a_checkpoint_that_does_not_fit_itself_is_refused() {
    let names = |prefix, count| crate::properties::policies::names(prefix, count);
    let provider = failover_core::ProviderPolicy { name: "dns".to_owned(), guarded: true };
    let spec = PolicySpec::fast("app", names("site", 2), names("eye", 3), vec![provider]);
    let mut machine = Failover::new(Policy::new(spec).unwrap(), State::default());
    machine.step(Timestamp::from_millis(5), Input::Tick);
    let whole = serde_json::to_value(&machine).unwrap();
    assert_eq!(serde_json::from_value::<Failover>(whole.clone()).unwrap(), machine);
    for (part, list) in [
        ("run", "providers"),
        ("run", "said"),
        ("run", "lags"),
        ("run", "fences"),
        ("run", "starts"),
        ("state", "sites"),
        ("state", "providers"),
    ] {
        let mut cut = whole.clone();
        cut[part][list].as_array_mut().unwrap().pop();
        let refused = serde_json::from_value::<Failover>(cut).unwrap_err();
        assert!(refused.to_string().contains("does not fit"), "{list}: {refused}");
    }
}
