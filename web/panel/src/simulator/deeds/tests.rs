//! Events in words, from their own types and from what the server sends.
use super::*;
use crate::model::fixture;
use crate::model::news::Happening;
use crate::model::told;
use failover_core::{
    Answer, AttemptId, Blocker, EventRecord, Evidence, MoveId, MoveKind, SiteSet, Verdict,
};

/// One of each kind that the page of a service tells, too.
fn events() -> Vec<Event> {
    let (id, provider, site) = (MoveId(7), ProviderId(1), SiteId(1));
    let (attempt, until) = (AttemptId(2), fixture::after(60));
    let anna = || Actor("anna".to_owned());
    let evidence = Evidence::default;
    let (from, to) = (SiteSet::one(SiteId(0)), SiteSet::one(site));
    let message = || "quota exceeded".to_owned();
    let moved =
        |reason, who| Event::MoveStarted { id, reason, from, to, who, evidence: evidence() };
    let ended = |receipt| Event::AttemptEnded { id, attempt, provider, receipt };
    let blockers = vec![Blocker::Disarmed, Blocker::NoQuorum { have: 1, need: 2 }];
    vec![
        moved(MoveKind::Failover, Actor::machine()),
        moved(MoveKind::Switchover, anna()),
        Event::AttemptStarted { id, attempt, provider },
        ended(Receipt::Applied),
        ended(Receipt::AlreadySo),
        ended(Receipt::Refused { message: message(), changed: false }),
        ended(Receipt::Unknown { message: message() }),
        Event::Verified { id, provider },
        Event::MoveCompleted { id },
        Event::MoveAbandoned { id, who: anna() },
        Event::Split { id, missing: provider },
        Event::Healed { id, provider },
        Event::DriftSeen { provider, answer: Answer::Foreign { text: message() } },
        Event::DriftGone { provider },
        Event::Adopted { sites: to },
        Event::VerdictChanged { site, from: Verdict::Up, to: Verdict::Down, evidence: evidence() },
        Event::BudgetSpent { moves: 3 },
        Event::Held { blockers },
        Event::Held { blockers: Vec::new() },
        Event::AllDown,
        Event::AllDownOver,
        Event::VantageIsolated { vantage: VantageId(0) },
        Event::VantageBack { vantage: VantageId(0) },
        Event::LeadershipTaken { epoch: 4 },
        Event::LeadershipLost { epoch: 4 },
        Event::Latched { until: Some(until) },
        Event::Latched { until: None },
        Event::Rearmed { who: anna() },
        Event::Rearmed { who: Actor::machine() },
        Event::Armed { who: anna() },
        Event::Armed { who: Actor::machine() },
        Event::Disarmed { who: anna(), until: Some(until) },
        Event::Disarmed { who: Actor::machine(), until: None },
        Event::MaintenanceOn { site, who: anna(), until },
        Event::MaintenanceOff { site, who: anna() },
        Event::MaintenanceOff { site, who: Actor::machine() },
        Event::FenceStarted { site },
        Event::FenceEnded { site, ok: true },
        Event::FenceEnded { site, ok: false },
        Event::StandbyStarting { site },
        Event::StandbyStarted { site, ok: true },
        Event::StandbyStarted { site, ok: false },
        Event::Acknowledged { who: anna() },
    ]
}

#[test]
fn an_event_is_told_here_as_on_the_page_of_its_service() {
    let service = fixture::service();
    let read = |text: &str| crate::model::json::parse::<Happening>(text).unwrap();
    for event in events() {
        let here = sentence(&event, &service, fixture::NOW);
        let record = EventRecord {
            seq: 1,
            at: fixture::NOW,
            service: "shop".to_owned(),
            severity: event.severity(),
            text: String::new(),
            event,
        };
        let there = read(&serde_json::to_string(&record).unwrap());
        assert_eq!(Some(here), told::told(&there, &service), "{record:?}");
    }
}

#[test]
fn a_refused_command_says_what_was_asked_and_why_not() {
    let service = fixture::service();
    let refused = |command, refusal| {
        let who = Actor("anna".to_owned());
        sentence(&Event::CommandRefused { who, command, refusal }, &service, fixture::NOW)
    };
    let (from, to) = (SiteId(0), SiteId(1));
    assert_eq!(
        refused(Command::SwitchOver { from, to }, Refusal::NotUp),
        "anna asked to switch over to Falkenstein, which was refused: the target is not known to be \
         up; only a forced failover goes there."
    );
    let stale = Refusal::Stale { active: Some(to) };
    assert!(refused(Command::FailBack, stale).contains("the active site is Falkenstein"));
    assert!(refused(Command::Repair, Refusal::NotLeader).contains("does not lead"));
}
