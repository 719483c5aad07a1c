//! What is published: S1 to S4, S16, S17, S22.
use super::trace::{BLIND, GUARDED, LONDON, PARIS, Trace, anna, attempt, machine, number};
use super::{Case, case, told};
use crate::property::Property;
use failover_core::{
    AnswerMode, Command, Drift, Event, MoveId, MoveKind, Output, Receipt, SiteId, SiteSet,
};

pub(super) static CASES: &[Case] = &[
    case!(
        S1,
        "a move to nowhere",
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, SiteSet::EMPTY);
        },
        Trace::fail_over
    ),
    case!(
        S1,
        "both sites where one should be",
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, SiteSet::first(2));
        },
        Trace::fail_over
    ),
    case!(
        S2,
        "something that is not configured lands",
        |t| {
            t.fail_over();
            t.land(BLIND, 1, SiteSet::one(SiteId(5)));
        },
        |t| {
            t.fail_over();
            t.land(BLIND, 1, PARIS);
        }
    ),
    case!(
        S3a,
        "an old write lands late",
        |t| {
            t.fail_over();
            t.forced(2, (1, 0));
            t.land(GUARDED, 1, PARIS);
        },
        |t| {
            t.fail_over();
            t.forced(2, (1, 0));
            t.land(BLIND, 1, PARIS);
        }
    ),
    case!(
        S3b,
        "an old write that landed late stays",
        with | spec | spec.drift = Drift::Repair,
        |t| {
            late_write(t);
            t.watch(8);
        },
        |t| {
            late_write(t);
            t.watch(2);
            t.moves(3, MoveKind::Repair, LONDON);
            t.finish(3, LONDON);
            t.watch(8);
        }
    ),
    case!(
        S4,
        "an older move is sent after a newer one has begun",
        |t| {
            t.fail_over();
            t.forced(2, (1, 0));
            let again =
                Event::AttemptStarted { id: MoveId(1), attempt: number(5, BLIND), provider: BLIND };
            t.go(vec![Output::Record(again)]);
        },
        |t| {
            t.fail_over();
            t.forced(2, (1, 0));
            t.watch(1);
        }
    ),
    case!(
        S4,
        "a move is given up that is not the open one",
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
            give_up(t, 0);
        },
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
            give_up(t, 1);
        }
    ),
    case!(
        S16,
        "at rest one provider still says London",
        |t| {
            t.fail_over();
            t.watch(30);
            t.truth.stored[0].sites = LONDON;
            at_rest(t);
        },
        |t| {
            t.fail_over();
            t.watch(30);
            at_rest(t);
        }
    ),
    case!(
        S16,
        "a foreign change is neither seen nor repaired",
        |t| {
            t.fail_over();
            foreign(t);
            t.watch(8);
        },
        |t| {
            t.fail_over();
            foreign(t);
            let answer = failover_core::Answer::Sites(LONDON);
            t.go(vec![Output::Record(Event::DriftSeen { provider: BLIND, answer })]);
            t.watch(40);
        }
    ),
    case!(
        S17,
        "a move begins at one provider only",
        |t| {
            t.london_dies();
            let mut outputs = t.begin(1, MoveKind::Failover, PARIS, machine());
            outputs.truncate(3);
            t.go(outputs);
        },
        |t| {
            t.london_dies();
            t.moves(1, MoveKind::Failover, PARIS);
        }
    ),
    case!(
        S17,
        "one provider is not tried again while the other fails, too",
        |t| {
            both_refuse(t);
            t.watch(18);
        },
        |t| {
            both_refuse(t);
            t.watch(3);
            let again = [attempt(2, GUARDED, PARIS), attempt(2, BLIND, PARIS)];
            let again = again.concat().into_iter().map(|output| match output {
                Output::Record(Event::AttemptStarted { attempt, provider, .. }) => {
                    Output::Record(Event::AttemptStarted { id: MoveId(1), attempt, provider })
                }
                Output::Publish { attempt, provider, sites, .. } => {
                    Output::Publish { id: MoveId(1), attempt, provider, sites }
                }
                other => other,
            });
            t.go(again.collect());
            t.watch(14);
        }
    ),
    case!(
        S22,
        "nobody knows whether what is left serves",
        with | spec | spec.answer = AnswerMode::AllUp,
        |t| only_paris(t, false),
        |t| only_paris(t, true)
    ),
];

/// Paris was left for London, and then the old write for Paris lands where nothing is checked.
fn late_write(t: &mut Trace) {
    t.fail_over();
    t.truth.alive = SiteSet::first(2);
    t.watch(1);
    t.forced(2, (1, 0));
    t.land(BLIND, 1, PARIS);
}

fn give_up(t: &mut Trace, id: u64) {
    let id = MoveId(id);
    let event = Event::MoveAbandoned { id, who: anna() };
    t.command(Command::Abandon { id }, vec![Output::Record(event)]);
}

fn at_rest(t: &mut Trace) {
    let machine = t.machine_after(&[]);
    let settled = t.monitor.settled(&t.truth, &machine);
    t.also(settled);
}

fn foreign(t: &mut Trace) {
    t.truth.stored[1] = crate::seen::Stored { sites: LONDON, generation: MoveId(0) };
    t.see(&crate::seen::Seen::Foreign { provider: BLIND });
}

fn both_refuse(t: &mut Trace) {
    t.london_dies();
    t.moves(1, MoveKind::Failover, PARIS);
    let refused = Receipt::Refused { message: "busy".to_owned(), changed: false };
    t.ends(1, GUARDED, refused.clone());
    t.ends(1, BLIND, refused);
}

/// Both are published, and London is withdrawn, whether anybody has looked at Paris or not.
fn only_paris(t: &mut Trace, looked: bool) {
    t.go(vec![Output::Record(Event::Adopted { sites: SiteSet::first(2) })]);
    t.truth.stored.iter_mut().for_each(|stored| stored.sites = SiteSet::first(2));
    t.unwatched = if looked { SiteSet::EMPTY } else { PARIS };
    t.watch(6);
    t.truth.alive = PARIS;
    t.watch(3);
    t.moves(1, MoveKind::Membership, PARIS);
}

#[test]
fn a_write_of_a_newer_move_may_land_over_an_older_one() {
    let kept = told(Trace::new(), |t| {
        t.fail_over();
        t.forced(2, (1, 0));
        assert_eq!(t.truth.stored[0].generation, MoveId(2));
    });
    assert_eq!(kept, Ok(()));
    assert_eq!(Property::S3a.name(), "never-regresses");
}
