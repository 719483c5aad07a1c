//! What holds where several watchers share a lease: nothing outside it, never an older epoch.
use failover_core::{
    Event, Failover, Input, Output, Policy, PolicySpec, ProviderPolicy, State, Timestamp,
};
use proptest::prelude::*;

use super::config;
use super::policies::{names, policies};
use crate::happening::happenings_with_leases;
use crate::world::{Passed, World};

/// A watcher as its lease says.
#[derive(Debug)]
struct Lease {
    /// Whether leases were ever spoken of; until then a watcher is alone.
    sole: bool,
    highest: u64,
    until: Option<Timestamp>,
    now: Timestamp,
}

impl Lease {
    fn hear(&mut self, input: &Input) {
        match input {
            Input::Leadership { epoch, until } => {
                self.sole = false;
                let current = *epoch >= self.highest;
                self.until = current.then_some(*until);
                self.highest = self.highest.max(*epoch);
            }
            Input::LeadershipLost => (self.sole, self.until) = (false, None),
            _ => {}
        }
    }

    fn allows(&self) -> bool {
        self.sole || self.until.is_some_and(|until| self.now < until)
    }
}

#[test]
fn a_lost_lease_and_a_broken_journal_are_heard_before_anything_is_recorded() {
    let provider = ProviderPolicy { name: "dns".to_owned(), guarded: true };
    let spec = PolicySpec::fast("app", names("site", 2), names("eye", 3), vec![provider]);
    let policy = Policy::new(spec).unwrap();
    for first in [Input::LeadershipLost, Input::Journal { writable: false }] {
        let mut machine = Failover::new(policy.clone(), State::default());
        assert_eq!(machine.step(Timestamp::from_millis(1_000_000), first), []);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_is_asked_for_outside_the_lease(
        policy in policies(),
        story_of in happenings_with_leases(),
    ) {
        let mut world = World::new(policy);
        story_of.iter().for_each(|happening| drop(world.happen(happening)));
        let start = Timestamp::from_millis(0);
        let mut lease = Lease { sole: true, highest: 0, until: None, now: start };
        // The last word before it was lost may still be recorded.
        let mut losing = false;
        let mut recorded = 0;
        for (at, passed) in &world.log {
            match passed {
                Passed::In(input) => {
                    // The machine's time does not run backwards with the clock.
                    lease.now = lease.now.max(*at);
                    losing = matches!(input, Input::LeadershipLost) && lease.allows();
                    lease.hear(input);
                }
                Passed::Out(Output::Refused { .. }) => {}
                Passed::Out(Output::Record(_) | Output::Notify { .. }) if losing => {}
                Passed::Out(output) => {
                    assert!(lease.allows(), "{output:?} with {lease:?}");
                    if let Output::Record(Event::LeadershipTaken { epoch }) = output {
                        recorded = recorded.max(*epoch);
                    }
                }
                // What was heard but could not be recorded is lost with the process.
                Passed::Crash => {
                    lease.until = None;
                    lease.highest = recorded;
                }
            }
        }
    }
}
