//! Commands, refusals and blockers.
use super::*;

#[test]
fn commands_are_phrases() {
    let (from, to, site, until) = (LONDON, FALKENSTEIN, LONDON, NOON);
    let cases = [
        (Command::SwitchOver { from, to }, "switch over from london to falkenstein"),
        (Command::Force { from, to }, "force a failover from london to falkenstein"),
        (Command::FailBack, "fail back to the preferred site"),
        (Command::Arm, "arm the service"),
        (Command::Disarm { until }, "disarm the service until 2026-11-23 12:00:00 UTC"),
        (Command::Rearm, "re-arm the service"),
        (
            Command::MaintenanceOn { site, until },
            "take london out of the choice until 2026-11-23 12:00:00 UTC",
        ),
        (Command::MaintenanceOff { site }, "put london back into the choice"),
        (Command::Abandon { id: MoveId(3) }, "give up move 3"),
        (Command::Acknowledge, "acknowledge the alarm"),
        (Command::Repair, "publish the desired answer again"),
    ];
    for (command, text) in cases {
        assert_eq!(command.text(&spec()), text);
    }
}

#[test]
fn refusals_say_what_would_be_right() {
    let cases = [
        (
            Refusal::Stale { active: Some(LONDON) },
            "The active site is london; look again and name that one.",
        ),
        (
            Refusal::Stale { active: None },
            "There is no single active site; look again before you move anything.",
        ),
        (Refusal::UnknownSite, "The service has no such site."),
        (Refusal::AlreadyActive, "The site is active already."),
        (Refusal::NotUp, "The target is not known to be up; only a forced failover goes there."),
        (Refusal::InMaintenance, "The target is in maintenance; end that first."),
        (
            Refusal::MoveOpen { id: MoveId(3) },
            "Move 3 is still open; wait for it or give it up first.",
        ),
        (Refusal::NoSuchMove, "No such move is open."),
        (Refusal::AlreadySo, "It is so already."),
        (Refusal::NotLeader, "This watcher does not lead; ask the one that does."),
        (Refusal::NoJournal, "The journal cannot be written, so nothing may be changed."),
        (Refusal::NoExpiry, "A pause must end in the future."),
        (Refusal::NothingBetter, "There is no better site to go back to that is up."),
        (
            Refusal::LagTooLarge,
            "The database at the target lags too far, or nobody knows how far; only a forced \
             failover goes there.",
        ),
    ];
    for (refusal, text) in cases {
        assert_eq!(refusal.text(&spec()), text);
    }
}

#[test]
fn blockers_say_for_how_long() {
    let (site, until) = (FALKENSTEIN, NOON.plus(Duration::from_secs(90)));
    let cases = [
        (Blocker::Disarmed, "The service is disarmed."),
        (
            Blocker::Latched { until: None },
            "The service is latched after a failover until somebody re-arms it.",
        ),
        (
            Blocker::Latched { until: Some(until) },
            "The service is latched after a failover for another 1 min 30 s.",
        ),
        (
            Blocker::HoldDown { until },
            "The last move is too recent, hold-down for another 1 min 30 s.",
        ),
        (Blocker::HoldDown { until: NOON }, "The last move is too recent, hold-down for a moment."),
        (
            Blocker::Budget { until },
            "There were 3 automatic moves within 1 h already, the circuit breaker is open for \
             another 1 min 30 s.",
        ),
        (
            Blocker::NoQuorum { have: 1, need: 2 },
            "Only 1 of 3 vantages say that the active site is down, 2 must.",
        ),
        (Blocker::NoCandidate, "No other site is known to be up."),
        (
            Blocker::CandidateTooFresh { site, until },
            "The candidate falkenstein has not been up for long enough, it must prove itself for \
             another 1 min 30 s.",
        ),
        (Blocker::InMaintenance { site }, "The candidate falkenstein is in maintenance."),
        (
            Blocker::Lag { site },
            "The database of the candidate falkenstein lags too far, or nobody knows how far.",
        ),
        (Blocker::MoveOpen { id: MoveId(3) }, "Move 3 is still open."),
        (Blocker::NotLeader, "This watcher does not lead."),
        (Blocker::NoJournal, "The journal cannot be written."),
        (Blocker::SelfDistrust, "All sites fail at once, so this watcher may itself be cut off."),
        (
            Blocker::JustWoken { until },
            "This watcher was asleep and looks again first, for another 1 min 30 s.",
        ),
        (Blocker::StandbyStarting { site }, "The cold standby falkenstein is being started."),
        (Blocker::NotAdopted, "Nothing is known yet of what the providers publish."),
    ];
    for (blocker, text) in cases {
        assert_eq!(blocker.text(&spec(), NOON), text);
    }
}
