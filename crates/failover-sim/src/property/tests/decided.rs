//! What is decided, and on what grounds: S5 to S9, S12, S18, S19, S24, S26.
use super::trace::{LONDON, PARIS, Trace, machine, secs};
use super::{Case, case, told};
use failover_core::{
    AnswerMode, Event, Failback, Input, Latch, MoveKind, OnAllDown, Output, SiteId, SiteSet,
    VantageId, Verdict,
};
use std::time::Duration;

pub(super) static CASES: &[Case] = &[
    case!(S5, "the target has only just come up", |t| to_fresh_paris(t, 3), |t| to_fresh_paris(
        t, 6
    )),
    case!(
        S5,
        "nobody has ever looked at the target",
        |t| {
            t.unwatched = PARIS;
            t.fail_over();
        },
        Trace::fail_over
    ),
    case!(
        S6,
        "the votes are old",
        |t| {
            t.london_dies();
            silence(t, 5);
            t.moves(1, MoveKind::Failover, PARIS);
        },
        |t| {
            t.london_dies();
            silence(t, 4);
            t.moves(1, MoveKind::Failover, PARIS);
        }
    ),
    case!(
        S6,
        "one vantage has begun to see it up again",
        |t| {
            t.london_dies();
            t.truth.alive = SiteSet::first(2);
            t.watch(2);
            t.moves(1, MoveKind::Failover, PARIS);
        },
        |t| {
            t.london_dies();
            t.says[0] = [Some(true), None];
            t.watch(2);
            t.moves(1, MoveKind::Failover, PARIS);
        }
    ),
    case!(
        S7,
        "the only vantage that is left says so",
        |t| {
            t.mute = [false, true, true];
            t.london_dies();
            t.verdict(0, Verdict::Down);
        },
        |t| {
            t.mute = [false, false, true];
            t.london_dies();
            t.verdict(0, Verdict::Down);
        }
    ),
    case!(S8, "a watcher that has just woken", |t| asleep(t, 3), |t| asleep(t, 5)),
    case!(
        S8,
        "vantages that are cut off",
        |t| {
            isolate(t, 0);
            isolate(t, 1);
            t.london_dies();
            t.verdict(0, Verdict::Down);
        },
        |t| {
            isolate(t, 0);
            t.london_dies();
            t.verdict(0, Verdict::Down);
        }
    ),
    case!(
        S8,
        "the target begins to fail, too",
        |t| {
            t.london_dies();
            t.truth.alive = SiteSet::EMPTY;
            t.watch(1);
            t.moves(1, MoveKind::Failover, PARIS);
        },
        |t| {
            t.london_dies();
            t.says[0] = [None, Some(false)];
            t.watch(1);
            t.moves(1, MoveKind::Failover, PARIS);
        }
    ),
    case!(
        S9,
        "no site is up",
        |t| {
            all_dead(t);
            t.moves(1, MoveKind::Failover, PARIS);
        },
        |t| {
            all_dead(t);
            t.go(vec![Output::Record(Event::AllDown)]);
        }
    ),
    case!(S9, "only some are published though all are down", with answer_all, |t| {
        all_dead(t);
        t.moves(1, MoveKind::Membership, PARIS);
    }, |t| {
        all_dead(t);
        t.moves(1, MoveKind::Membership, SiteSet::first(2));
    }),
    case!(S12, "one failure is not two", |t| dead_for(t, 1), |t| dead_for(t, 2)),
    case!(
        S12,
        "one success is not two",
        |t| {
            t.watch(1);
            t.verdict(1, Verdict::Up);
        },
        |t| {
            t.watch(2);
            t.verdict(1, Verdict::Up);
        }
    ),
    case!(S12, "failures and successes take turns", |t| flapping(t, 1), |t| flapping(t, 2)),
    case!(
        S18,
        "the policy leaves the way back to humans",
        with | spec | way_back(spec, None),
        |t| goes_back(t, 60),
        Trace::fail_over
    ),
    case!(
        S18,
        "the preferred site has not been stable for long enough",
        with | spec | way_back(spec, Some(secs(50))),
        |t| goes_back(t, 45),
        |t| goes_back(t, 55)
    ),
    case!(
        S18,
        "a human has put it there",
        with | spec | way_back(spec, Some(secs(10))),
        |t| {
            t.watch(20);
            t.forced(1, (0, 1));
            t.moves(2, MoveKind::Failback, LONDON);
        },
        |t| {
            t.watch(20);
            t.forced(1, (0, 1));
            t.watch(60);
        }
    ),
    case!(
        S19,
        "nobody knows how far the database lags",
        with | spec | spec.lag_max = Some(secs(5)),
        |t| lagging(t, None),
        |t| lagging(t, Some(secs(5)))
    ),
    case!(
        S19,
        "the database lags too far",
        with | spec | spec.lag_max = Some(secs(5)),
        |t| lagging(t, Some(secs(6))),
        |t| lagging(t, Some(secs(4)))
    ),
    case!(S24, "all are true, and yet London serves", |t| slandered(t, 0b111), |t| slandered(
        t, 0b100
    )),
    case!(
        S26,
        "the move has no grounds",
        |t| {
            t.london_dies();
            let mut outputs = t.begin(1, MoveKind::Failover, PARIS, machine());
            if let Output::Record(Event::MoveStarted { evidence, .. }) = &mut outputs[0] {
                evidence.votes.truncate(1);
            }
            t.go(outputs);
        },
        Trace::fail_over
    ),
    case!(
        S26,
        "a vote that was never cast",
        |t| {
            t.mute = [false, false, true];
            t.london_dies();
            let mut outputs = t.begin(1, MoveKind::Failover, PARIS, machine());
            if let Output::Record(Event::MoveStarted { evidence, .. }) = &mut outputs[0] {
                evidence.votes[2].verdict = Verdict::Down;
            }
            t.go(outputs);
        },
        |t| {
            t.mute = [false, false, true];
            t.fail_over();
        }
    ),
];

fn to_fresh_paris(t: &mut Trace, seconds: u64) {
    t.truth.alive = LONDON;
    t.watch(6);
    t.truth.alive = PARIS;
    t.watch(seconds);
    t.moves(1, MoveKind::Failover, PARIS);
}

/// The watcher lives, and hears nothing.
fn silence(t: &mut Trace, seconds: u64) {
    for _ in 0..seconds {
        t.pass(1000);
        t.step(Input::Tick, Vec::new());
    }
}

fn asleep(t: &mut Trace, seconds: u64) {
    t.london_dies();
    t.pass(11_000);
    t.step(Input::Tick, Vec::new());
    t.probe();
    t.watch(seconds);
    t.moves(1, MoveKind::Failover, PARIS);
}

fn isolate(t: &mut Trace, vantage: u8) {
    t.step(Input::Isolated { vantage: VantageId(vantage), isolated: true }, Vec::new());
}

fn all_dead(t: &mut Trace) {
    t.watch(6);
    t.truth.alive = SiteSet::EMPTY;
    t.watch(3);
}

fn answer_all(spec: &mut failover_core::PolicySpec) {
    (spec.on_all_down, spec.answer) = (OnAllDown::AnswerAll, AnswerMode::Active);
}

fn dead_for(t: &mut Trace, seconds: u64) {
    t.watch(6);
    t.truth.alive = PARIS;
    t.watch(seconds);
    t.verdict(0, Verdict::Down);
}

/// London fails for so many probes, then serves for one, five times.
fn flapping(t: &mut Trace, failures: u64) {
    t.watch(6);
    for _ in 0..5 {
        t.truth.alive = PARIS;
        t.watch(failures);
        t.truth.alive = SiteSet::first(2);
        t.watch(1);
    }
    t.verdict(0, Verdict::Down);
}

fn way_back(spec: &mut failover_core::PolicySpec, stable_for: Option<Duration>) {
    spec.latch = Latch::Off;
    spec.failback = stable_for.map_or(Failback::Manual, |stable_for| Failback::Auto { stable_for });
}

fn goes_back(t: &mut Trace, seconds: u64) {
    t.fail_over();
    t.truth.alive = SiteSet::first(2);
    t.watch(seconds);
    t.moves(2, MoveKind::Failback, LONDON);
}

fn lagging(t: &mut Trace, lag: Option<Duration>) {
    t.step(Input::Lag { site: SiteId(1), lag }, Vec::new());
    t.fail_over();
}

/// Two vantages say that London is down, and it is not.
fn slandered(t: &mut Trace, honest: u64) {
    t.truth.honest = honest;
    t.watch(10);
    t.says = [[Some(false), None], [Some(false), None], [None, None]];
    t.watch(3);
    t.moves(1, MoveKind::Failover, PARIS);
}

#[test]
fn who_sees_everything_fail_is_cut_off_and_not_believed() {
    let kept = told(Trace::new(), |t| {
        all_dead(t);
        t.watch(20);
    });
    assert_eq!(kept, Ok(()));
}
