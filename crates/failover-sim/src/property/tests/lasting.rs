//! What is promised of time, of runs as a whole and of configurations: S21, S23, S25, S27, S29, S30.
use super::trace::{BLIND, GUARDED, LONDON, PARIS, Trace, machine, spec};
use super::{Case, case, told};
use crate::property::policies::must_be;
use crate::property::{
    Broken, Property, Reached, Replay, Write, compare_dry, refuses_wrong_policies, twice,
};
use crate::seen::Seen;
use failover_core::{
    Answer, Blocker, Event, Failover, Input, MoveId, MoveKind, Output, Policy, SiteSet, State,
};

pub(super) static CASES: &[Case] = &[
    Case {
        property: Property::S21,
        about: "a dry run that would have written something else",
        wrong: || compare_dry(&[write(LONDON)], &[write(PARIS)], 0),
        right: || compare_dry(&[write(PARIS)], &[write(PARIS)], 0),
    },
    Case {
        property: Property::S21,
        about: "a dry run that has written",
        wrong: || compare_dry(&[write(PARIS)], &[write(PARIS)], 1),
        right: || compare_dry(&[], &[], 0),
    },
    Case {
        property: Property::S21,
        about: "a dry run that has stopped short",
        wrong: || compare_dry(&[write(PARIS), write(LONDON)], &[write(PARIS)], 0),
        right: || compare_dry(&[write(PARIS), write(LONDON)], &[write(PARIS), write(LONDON)], 0),
    },
    case!(
        S23,
        "London is dead, and nothing moves",
        |t| {
            t.london_dies();
            t.watch(16);
        },
        |t| {
            t.london_dies();
            t.watch(8);
            t.moves(1, MoveKind::Failover, PARIS);
            t.finish(1, PARIS);
            t.watch(20);
        }
    ),
    case!(
        S25,
        "a move without any time passing",
        |t| {
            t.london_dies();
            let outputs = t.begin(1, MoveKind::Failover, PARIS, machine());
            t.step(Input::Tick, outputs);
        },
        Trace::fail_over
    ),
    Case {
        property: Property::S25,
        about: "a memory that is not the fold of the journal",
        wrong: || remembered(&State::default()),
        right: || {
            let mut state = State::default();
            state.apply(failover_core::Timestamp::from_millis(7), &Event::AllDown);
            remembered(&state)
        },
    },
    case!(
        S27,
        "a machine that does not ask to be woken",
        |t| {
            t.pass(1);
            let machine = Failover::new(t.policy.clone(), t.state.clone());
            t.step_as(&machine, &Input::Tick, &[]);
        },
        |t| {
            t.pass(1);
            t.step(Input::Tick, Vec::new());
        }
    ),
    Case {
        property: Property::S29,
        about: "a policy that must be refused and is not",
        wrong: || must_be(&spec(), true),
        right: || must_be(&spec(), false),
    },
    Case {
        property: Property::S29,
        about: "a policy that is refused and must not be",
        wrong: || {
            let mut spec = spec();
            spec.quorum = 4;
            must_be(&spec, false)
        },
        right: || refuses_wrong_policies().map(drop),
    },
    Case {
        property: Property::S30,
        about: "something has never happened",
        wrong: || reached(4).all(),
        right: || reached(6).all(),
    },
];

fn write(sites: SiteSet) -> Write {
    Write { provider: GUARDED, id: MoveId(1), sites }
}

/// A machine that leads and has recorded that all is down, with a memory.
fn remembered(state: &State) -> Result<(), Broken> {
    let policy = Policy::new(spec()).expect("a valid policy");
    let machine = Failover::new(policy, state.clone());
    let (now, input) = (failover_core::Timestamp::from_millis(7), Input::Tick);
    let outputs = [Output::Record(Event::AllDown)];
    let seen =
        Seen::Stepped { watcher: 0, now, input: &input, outputs: &outputs, machine: &machine };
    Replay::new().see(&seen, true)
}

/// The first so many of the things that can happen.
fn reached(count: usize) -> Reached {
    let who = machine;
    let (from, to, evidence) = (LONDON, PARIS, Default::default());
    let (id, reason) = (MoveId(1), MoveKind::Failover);
    let moved = Event::MoveStarted { id, reason, from, to, who: who(), evidence };
    let evidence = Default::default();
    let repair =
        Event::MoveStarted { id, reason: MoveKind::Repair, from, to, who: who(), evidence };
    let events = [
        moved,
        Event::Held { blockers: vec![Blocker::NoCandidate] },
        Event::Latched { until: None },
        Event::Rearmed { who: who() },
        repair,
    ];
    let mut reached = Reached::new();
    let at = failover_core::Timestamp::default();
    for event in events.iter().take(count) {
        reached.see(&Seen::Recorded { watcher: 0, at, event });
    }
    if count > events.len() {
        let machine = Failover::new(Policy::new(spec()).expect("valid"), State::default());
        let (input, outputs) = (Input::Tick, [Output::Record(Event::AllDown)]);
        let stepped = Seen::Stepped {
            watcher: 0,
            now: at,
            input: &input,
            outputs: &outputs,
            machine: &machine,
        };
        reached.see(&stepped);
    }
    reached
}

#[test]
fn what_was_not_reached_is_named() {
    assert_eq!(reached(4).missing(), ["repair", "all-down hold"]);
    let other = reached(0).and(reached(6));
    assert_eq!(other.missing(), Vec::<&str>::new());
}

#[test]
fn a_real_step_taken_twice_is_the_same() {
    let machine = Failover::new(Policy::new(spec()).expect("valid"), State::default());
    let now = failover_core::Timestamp::from_millis(1_000_000);
    let input = Input::Stored { provider: BLIND, answer: Answer::Sites(LONDON) };
    assert_eq!(twice(&machine, now, &input), Ok(()));
}

#[test]
fn hundreds_of_policies_are_tried() {
    assert!(refuses_wrong_policies().expect("all as they must be") > 500);
}

#[test]
fn silence_is_noticed_from_outside() {
    let mut trace = Trace::new();
    trace.watch(3);
    assert_eq!(trace.monitor.silence(trace.stamp()), None);
    let later = trace.stamp().plus(std::time::Duration::from_secs(11));
    assert_eq!(trace.monitor.silence(later), Some(std::time::Duration::from_secs(11)));
}

#[test]
fn which_vantage_is_which_is_hashed_apart() {
    use std::hash::Hasher;
    let hashes = |lame: usize| {
        let mut trace = Trace::new();
        trace.mute[lame] = true;
        trace.watch(4);
        let vantages = (0..3).map(|vantage| {
            let mut digest = failover_core::Digest::new();
            trace.monitor.hash_vantage(failover_core::VantageId(vantage), &mut digest);
            digest.finish()
        });
        let mut vantages: Vec<u64> = vantages.collect();
        vantages.sort_unstable();
        let mut rest = failover_core::Digest::new();
        trace.monitor.hash_rest(&mut rest);
        assert_eq!(told(trace, |_| {}), Ok(()));
        (vantages, rest.finish())
    };
    assert_eq!(hashes(0), hashes(2));
}
