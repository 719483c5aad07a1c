//! Words, times and what does not fit.
use super::super::moment::{moment, span};
use super::*;
use crate::event::Severity;
use crate::id::ProviderId;
use crate::machine::Why;

#[test]
fn places_outside_the_policy_are_numbers() {
    let spec = spec();
    let far = SiteSet::one(SiteId(9));
    assert_eq!(far.text(&spec), "site 9");
    assert_eq!(SiteSet::EMPTY.text(&spec), "no site");
    assert_eq!(SiteSet::first(3).text(&spec), "london, falkenstein and paris");
    say([
        (
            Event::FenceStarted { site: NOWHERE },
            "site 200 is being stopped so that it cannot serve.",
        ),
        (Event::VantageBack { vantage: VantageId(9) }, "vantage 9 trusts itself again."),
        (
            Event::Verified { id: MoveId(1), provider: ProviderId(255) },
            "All name servers of provider 255 answer move 1.",
        ),
    ]);
    let mut strange = evidence();
    strange.votes.push(vote(77, NOWHERE, Verdict::Down, &[88]));
    let event = Event::VerdictChanged {
        site: NOWHERE,
        from: Verdict::Up,
        to: Verdict::Down,
        evidence: strange,
    };
    assert!(event.text(&spec).contains("(check 88 failed)"));
    assert!(started(MoveKind::Failover, far, far, alice()).text(&spec).contains("site 9"));
}

#[test]
fn each_word_and_each_reason_is_its_own() {
    let verdicts = [Verdict::Up, Verdict::Down, Verdict::Unknown].map(|word| word.to_string());
    assert_eq!(verdicts, ["up", "down", "unknown"]);
    let severities = [Severity::Info, Severity::Warning, Severity::Critical];
    assert_eq!(severities.map(|word| word.to_string()), ["info", "warning", "critical"]);
    let kinds = [
        MoveKind::Failover,
        MoveKind::Switchover,
        MoveKind::Forced,
        MoveKind::Failback,
        MoveKind::Membership,
        MoveKind::Repair,
    ];
    let mut words: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    let reasons = [
        Why::Stale,
        Why::CandidateReady,
        Why::HoldDownEnds,
        Why::BudgetReturns,
        Why::LatchEnds,
        Why::PauseEnds,
        Why::MaintenanceEnds,
        Why::FailbackDue,
        Why::Retry,
        Why::AttemptTimeout,
        Why::SplitAlarm,
        Why::LeaseEnds,
        Why::Heartbeat,
    ];
    words.extend(reasons.iter().map(|why| why.text().to_owned()));
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), count);
    assert!(words.iter().all(|word| !word.is_empty() && !word.ends_with('.')));
}

#[test]
fn times_are_written_as_people_do() {
    let spans = [
        (0, "0 ms"),
        (800, "800 ms"),
        (1_300, "1300 ms"),
        (2_000, "2 s"),
        (12_400, "12 s"),
        (60_000, "1 min"),
        (5_400_000, "1 h 30 min"),
        (3_605_000, "1 h"),
        (7 * 86_400_000, "7 d"),
    ];
    for (millis, text) in spans {
        assert_eq!(span(Duration::from_millis(millis)), text);
    }
    let moments = [
        (0, "1970-01-01 00:00:00 UTC"),
        (951_782_399_999, "2000-02-28 23:59:59 UTC"),
        (951_827_696_000, "2000-02-29 12:34:56 UTC"),
        (1_709_251_200_000, "2024-03-01 00:00:00 UTC"),
        (4_107_542_400_000, "2100-03-01 00:00:00 UTC"),
    ];
    for (millis, text) in moments {
        assert_eq!(moment(Timestamp::from_millis(millis)), text);
    }
    // The end of time is far away but no reason to fail.
    assert!(moment(Timestamp::from_millis(u64::MAX)).ends_with("UTC"));
}

#[test]
fn what_others_say_stays_on_one_line_and_within_bounds() {
    let message = format!("bad\u{7} \r\n {}", "ö".repeat(1000));
    let text = ended(Receipt::Unknown { message }).text(&spec());
    assert!(text.contains(": bad ö") && text.ends_with("....") && text.chars().count() < 400);
}
