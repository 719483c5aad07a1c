//! The journal, leases, pauses and commands: S10, S11, S13 to S15, S20, S28.
use super::trace::{BLIND, GUARDED, LONDON, PARIS, Trace, anna, attempt, machine, number, secs};
use super::{Case, case};
use crate::seen::Seen;
use failover_core::{
    Answer, Command, Event, Failover, Input, Latch, MoveId, MoveKind, Output, Receipt, Refusal,
    SiteId, SiteSet, State, Timestamp,
};

pub(super) static CASES: &[Case] = &[
    case!(
        S10,
        "a second failover while latched",
        |t| {
            second_failover(t);
            t.moves(2, MoveKind::Failover, LONDON);
        },
        |t| {
            second_failover(t);
            t.command(Command::Rearm, vec![Output::Record(Event::Rearmed { who: anna() })]);
            t.moves(2, MoveKind::Failover, LONDON);
        }
    ),
    case!(
        S10,
        "nobody has asked to re-arm",
        |t| {
            t.fail_over();
            t.go(vec![Output::Record(Event::Rearmed { who: anna() })]);
        },
        |t| {
            t.fail_over();
            t.command(Command::Rearm, vec![Output::Record(Event::Rearmed { who: anna() })]);
        }
    ),
    case!(
        S10,
        "the latch lifts too early",
        with | spec | spec.latch = Latch::For(secs(60)),
        |t| lifts_after(t, 50),
        |t| lifts_after(t, 60)
    ),
    case!(
        S10,
        "a restart forgets the latch",
        |t| {
            t.fail_over();
            let mut state = t.state.clone();
            state.apply(t.stamp(), &Event::Rearmed { who: machine() });
            restart(t, &state);
        },
        |t| {
            t.fail_over();
            let state = t.state.clone();
            restart(t, &state);
        }
    ),
    case!(
        S11,
        "too soon after the last one",
        with | spec | spec.latch = Latch::Off,
        |t| {
            t.fail_over();
            back_again(t, 15);
            t.moves(2, MoveKind::Failover, LONDON);
        },
        |t| {
            t.fail_over();
            back_again(t, 40);
            t.moves(2, MoveKind::Failover, LONDON);
        }
    ),
    case!(
        S11,
        "beyond the budget",
        with | spec | spec.latch = Latch::Off,
        |t| third_failover(t, 40),
        |t| third_failover(t, 640)
    ),
    case!(
        S13,
        "recorded outside the lease",
        |t| {
            leads(t, 1, 5);
            t.watch(6);
            t.go(vec![Output::Record(Event::AllDown)]);
        },
        |t| {
            leads(t, 1, 5);
            t.watch(3);
            t.go(vec![Output::Record(Event::AllDown)]);
        }
    ),
    case!(
        S13,
        "sent under an epoch that has ended",
        |t| {
            leads(t, 2, 60);
            t.london_dies();
            t.epoch = 1;
            t.moves(1, MoveKind::Failover, PARIS);
        },
        |t| {
            leads(t, 2, 60);
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
        }
    ),
    case!(
        S13,
        "two moves of one number",
        |t| {
            t.fail_over();
            t.forced(1, (1, 0));
        },
        |t| {
            t.fail_over();
            t.forced(2, (1, 0));
        }
    ),
    case!(
        S14,
        "sent before it is recorded",
        |t| {
            t.london_dies();
            t.pass(1);
            t.send(GUARDED, MoveId(1), number(1, GUARDED), PARIS);
        },
        Trace::fail_over
    ),
    case!(
        S14,
        "asked for before it is recorded",
        |t| {
            t.london_dies();
            let mut outputs = t.begin(1, MoveKind::Failover, PARIS, machine());
            outputs.swap(1, 2);
            t.go(outputs);
        },
        Trace::fail_over
    ),
    case!(
        S14,
        "a restart forgets what was moved",
        |t| {
            t.fail_over();
            restart(t, &State::default());
        },
        |t| {
            t.fail_over();
            let state = t.state.clone();
            restart(t, &state);
        }
    ),
    case!(
        S15,
        "a second write while one is under way",
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
            again(t);
        },
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
            t.ends(1, BLIND, Receipt::Refused { message: "busy".to_owned(), changed: false });
            again(t);
        }
    ),
    case!(
        S15,
        "nobody looks what became of an unknown one",
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
            t.ends(1, BLIND, Receipt::Unknown { message: "no answer".to_owned() });
            again(t);
        },
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
            t.ends(1, BLIND, Receipt::Unknown { message: "no answer".to_owned() });
            t.step(Input::Stored { provider: BLIND, answer: Answer::Sites(LONDON) }, Vec::new());
            again(t);
        }
    ),
    case!(
        S15,
        "a doubled receipt ends the attempt again",
        |t| {
            t.fail_over();
            t.ends(1, BLIND, Receipt::Applied);
        },
        |t| {
            t.fail_over();
            let (attempt, receipt) = (number(1, BLIND), Receipt::Applied);
            t.step(Input::Receipt { attempt, provider: BLIND, receipt }, Vec::new());
        }
    ),
    case!(
        S20,
        "an automatic move while disarmed",
        |t| {
            t.london_dies();
            pause(t, Some(60));
            t.moves(1, MoveKind::Failover, PARIS);
        },
        |t| {
            t.london_dies();
            pause(t, Some(60));
            t.forced(1, (0, 1));
        }
    ),
    case!(S20, "a pause without an end", |t| pause(t, None), |t| pause(t, Some(3600))),
    case!(S20, "a pause beyond the longest one", |t| pause(t, Some(3700)), |t| pause(
        t,
        Some(3500)
    )),
    case!(
        S20,
        "a pause that does not end",
        |t| {
            pause(t, Some(10));
            t.watch(11);
        },
        |t| {
            pause(t, Some(10));
            t.watch(9);
            t.pass(1000);
            t.go(vec![Output::Record(Event::Armed { who: machine() })]);
        }
    ),
    case!(
        S28,
        "force is refused for want of votes",
        |t| {
            let (from, to) = (SiteId(0), SiteId(1));
            let command = Command::Force { from, to };
            let refusal = Refusal::NotUp;
            let refused = Output::Refused { who: anna(), command: command.clone(), refusal };
            t.command(command, vec![refused]);
        },
        |t| t.forced(1, (0, 1))
    ),
    case!(
        S28,
        "force is repeated by itself",
        |t| {
            t.forced(1, (0, 1));
            t.forced(2, (1, 0));
            let outputs = t.begin(3, MoveKind::Forced, PARIS, anna());
            t.go(outputs);
        },
        |t| {
            t.forced(1, (0, 1));
            t.forced(2, (1, 0));
        }
    ),
];

/// Paris dies after London is back.
fn second_failover(t: &mut Trace) {
    t.fail_over();
    back_again(t, 40);
}

fn back_again(t: &mut Trace, seconds: u64) {
    t.truth.alive = SiteSet::first(2);
    t.watch(seconds - 3);
    t.truth.alive = LONDON;
    t.watch(3);
}

fn third_failover(t: &mut Trace, seconds: u64) {
    second_failover(t);
    t.moves(2, MoveKind::Failover, LONDON);
    t.finish(2, LONDON);
    t.truth.alive = SiteSet::first(2);
    t.watch(seconds);
    t.truth.alive = PARIS;
    t.watch(3);
    t.moves(3, MoveKind::Failover, PARIS);
}

fn lifts_after(t: &mut Trace, seconds: u64) {
    t.fail_over();
    t.watch(seconds);
    t.go(vec![Output::Record(Event::Rearmed { who: machine() })]);
}

fn leads(t: &mut Trace, epoch: u64, seconds: u64) {
    t.pass(1);
    let until = t.stamp().plus(secs(seconds));
    t.epoch = epoch;
    let taken = Output::Record(Event::LeadershipTaken { epoch });
    t.step(Input::Leadership { epoch, until }, vec![taken]);
}

fn restart(t: &mut Trace, state: &State) {
    t.see(&Seen::Crashed { watcher: 0 });
    t.pass(1000);
    let machine = Failover::new(t.policy.clone(), state.clone());
    let now = t.stamp();
    t.see(&Seen::Restarted { watcher: 0, machine: &machine, now });
}

fn again(t: &mut Trace) {
    let [started, published] = attempt(3, BLIND, PARIS);
    let Output::Record(Event::AttemptStarted { attempt, provider, .. }) = started else { return };
    let started = Event::AttemptStarted { id: MoveId(1), attempt, provider };
    let Output::Publish { sites, .. } = published else { return };
    let published = Output::Publish { id: MoveId(1), attempt, provider, sites };
    t.go(vec![Output::Record(started), published]);
}

fn pause(t: &mut Trace, seconds: Option<u64>) {
    let until = seconds.map(|seconds| t.stamp().plus(secs(seconds)));
    let command = Command::Disarm { until: until.unwrap_or(Timestamp::from_millis(u64::MAX)) };
    t.command(command, vec![Output::Record(Event::Disarmed { who: anna(), until })]);
}
