//! What each variant says, word by word.
use crate::command::{Actor, Command, Refusal};
use crate::event::{Event, Evidence, MoveKind, Vote};
use crate::id::{AttemptId, CheckId, MoveId, ProviderId, SiteId, SiteSet, VantageId};
use crate::input::Receipt;
use crate::policy::{OnAllDown, PolicySpec, ProviderPolicy};
use crate::time::Timestamp;
use crate::view::{Blocker, Verdict};
use std::time::Duration;

mod moves;
mod phrases;
mod words;

const LONDON: SiteId = SiteId(0);
const FALKENSTEIN: SiteId = SiteId(1);
const NOWHERE: SiteId = SiteId(200);
const NOON: Timestamp = Timestamp::from_millis(1_795_435_200_000);

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn spec() -> PolicySpec {
    let provider = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    PolicySpec::fast(
        "shop",
        strings(&["london", "falkenstein", "paris"]),
        strings(&["a", "b", "c"]),
        vec![provider("google", true), provider("hetzner", false)],
    )
    .with_checks(strings(&["http", "ping"]))
}

fn alice() -> Actor {
    Actor("alice".to_owned())
}

fn both() -> SiteSet {
    SiteSet::first(2)
}

fn vote(vantage: u8, site: SiteId, verdict: Verdict, failed: &[u8]) -> Vote {
    Vote {
        vantage: VantageId(vantage),
        site,
        verdict,
        since: NOON,
        reported: NOON.plus(Duration::from_millis(12_400)),
        failed: failed.iter().map(|place| CheckId(*place)).collect(),
    }
}

fn evidence() -> Evidence {
    Evidence {
        votes: vec![
            vote(0, LONDON, Verdict::Down, &[0]),
            vote(1, LONDON, Verdict::Down, &[0]),
            vote(2, LONDON, Verdict::Up, &[]),
            vote(0, FALKENSTEIN, Verdict::Up, &[]),
            vote(1, FALKENSTEIN, Verdict::Up, &[]),
            vote(2, FALKENSTEIN, Verdict::Unknown, &[]),
        ],
        candidate_up_since: Some(NOON),
        lag_ms: None,
    }
}

fn started(reason: MoveKind, from: SiteSet, to: SiteSet, who: Actor) -> Event {
    Event::MoveStarted { id: MoveId(3), reason, from, to, who, evidence: evidence() }
}

fn away(reason: MoveKind, who: Actor) -> Event {
    started(reason, SiteSet::one(LONDON), SiteSet::one(FALKENSTEIN), who)
}

fn ended(receipt: Receipt) -> Event {
    Event::AttemptEnded { id: MoveId(3), attempt: AttemptId(7), provider: ProviderId(1), receipt }
}

#[track_caller]
fn say(cases: impl IntoIterator<Item = (Event, &'static str)>) {
    for (event, text) in cases {
        assert_eq!(event.text(&spec()), text);
    }
}

#[test]
fn beliefs_name_the_votes() {
    let changed = |site, from, to| Event::VerdictChanged { site, from, to, evidence: evidence() };
    say([
        (
            Event::PolicyAdopted { policy: spec().into() },
            "This policy is in force: london, falkenstein and paris watched from 3 vantages, 2 \
             must agree, published at google and hetzner.",
        ),
        (
            Event::Adopted { sites: SiteSet::one(LONDON) },
            "The providers answer with london; that is taken over as it is.",
        ),
        (
            changed(LONDON, Verdict::Up, Verdict::Down),
            "london is down (it was up) from 2 of 3 vantages (http failed).",
        ),
        (
            changed(FALKENSTEIN, Verdict::Unknown, Verdict::Up),
            "falkenstein is up (it was unknown) from 2 of 3 vantages.",
        ),
        (
            changed(FALKENSTEIN, Verdict::Up, Verdict::Unknown),
            "Nobody knows whether falkenstein is up (it was up): 2 up, 0 down, 1 unknown.",
        ),
        (Event::AllDown, "No site is up; what is published stays."),
        (Event::AllDownOver, "Some site is up again."),
        (
            Event::VantageIsolated { vantage: VantageId(2) },
            "c does not trust itself; what it reports does not count.",
        ),
        (Event::VantageBack { vantage: VantageId(2) }, "c trusts itself again."),
        (Event::LeadershipTaken { epoch: 4 }, "This watcher leads now (epoch 4)."),
        (Event::LeadershipLost { epoch: 4 }, "This watcher leads no more (epoch 4 has ended)."),
    ]);
    let answer_all = PolicySpec { on_all_down: OnAllDown::AnswerAll, ..spec() };
    assert_eq!(Event::AllDown.text(&answer_all), "No site is up; all of them are to be published.");
}

#[test]
fn what_is_held_or_refused_says_why() {
    let until = NOON.plus(Duration::from_secs(300));
    say([
        (
            Event::Held { blockers: vec![Blocker::Disarmed, Blocker::HoldDown { until }] },
            "A move is due and is not made: the service is disarmed and the last move is too \
             recent, hold-down until 2026-11-23 12:05:00 UTC.",
        ),
        (Event::Held { blockers: vec![] }, "A move is due and is not made."),
        (
            Event::BudgetSpent { moves: 3 },
            "Automation has moved the service 3 times within 1 h and stops itself.",
        ),
        (
            Event::CommandRefused {
                who: alice(),
                command: Command::SwitchOver { from: LONDON, to: FALKENSTEIN },
                refusal: Refusal::Stale { active: Some(SiteId(2)) },
            },
            "alice asked to switch over from london to falkenstein, which was refused: the active \
             site is paris; look again and name that one.",
        ),
    ]);
}

#[test]
fn operations_name_people_and_the_machine() {
    let (who, site) = (alice(), LONDON);
    say([
        (
            Event::Latched { until: None },
            "The service stays where it is until somebody re-arms it.",
        ),
        (
            Event::Latched { until: Some(NOON) },
            "The service stays where it is until 2026-11-23 12:00:00 UTC.",
        ),
        (Event::Rearmed { who: alice() }, "alice re-armed the service."),
        (Event::Rearmed { who: Actor::machine() }, "The latch has lifted by itself."),
        (Event::Armed { who: alice() }, "alice armed the service: automation may act."),
        (Event::Armed { who: Actor::machine() }, "The pause is over: automation may act."),
        (
            Event::Disarmed { who: alice(), until: Some(NOON) },
            "alice disarmed the service until 2026-11-23 12:00:00 UTC: automation may not act.",
        ),
        (
            Event::Disarmed { who: Actor::machine(), until: None },
            "The machine disarmed the service until somebody arms it: automation may not act.",
        ),
        (
            Event::MaintenanceOn { site, who: alice(), until: NOON },
            "alice took london out of the choice until 2026-11-23 12:00:00 UTC.",
        ),
        (Event::MaintenanceOff { site, who }, "alice put london back into the choice."),
        (
            Event::MaintenanceOff { site, who: Actor::machine() },
            "The maintenance of london is over.",
        ),
        (Event::FenceStarted { site }, "london is being stopped so that it cannot serve."),
        (Event::FenceEnded { site, ok: true }, "london is stopped and cannot serve."),
        (Event::FenceEnded { site, ok: false }, "london could not be stopped; it may still serve."),
        (Event::StandbyStarting { site }, "The cold standby london is being started."),
        (Event::StandbyStarted { site, ok: true }, "The cold standby london runs."),
        (
            Event::StandbyStarted { site, ok: false },
            "The cold standby london could not be started.",
        ),
        (Event::Acknowledged { who: alice() }, "alice has seen the alarm."),
    ]);
}
