//! Moves, attempts and providers.
use super::*;
use crate::id::{AttemptId, ProviderId};
use crate::input::Answer;

#[test]
fn moves_name_the_sites_and_the_grounds() {
    say([
        (
            away(MoveKind::Failover, Actor::machine()),
            "Failover from london to falkenstein: london is down from 2 of 3 vantages (http \
             failed), falkenstein up for 12 s.",
        ),
        (away(MoveKind::Switchover, alice()), "Switchover from london to falkenstein by alice."),
        (
            away(MoveKind::Forced, alice()),
            "Forced failover from london to falkenstein, not known to be up, by alice.",
        ),
        (
            away(MoveKind::Failback, Actor::machine()),
            "Failback from london to falkenstein: falkenstein up for 12 s.",
        ),
        (away(MoveKind::Failback, alice()), "Failback from london to falkenstein by alice."),
        (
            started(MoveKind::Membership, both(), SiteSet::one(FALKENSTEIN), Actor::machine()),
            "The answer changes from london and falkenstein to falkenstein: london is down from 2 \
             of 3 vantages (http failed).",
        ),
        (
            started(MoveKind::Membership, SiteSet::one(LONDON), both(), Actor::machine()),
            "The answer changes from london to london and falkenstein: falkenstein is up from 2 of \
             3 vantages.",
        ),
        (
            away(MoveKind::Repair, Actor::machine()),
            "Repair: falkenstein is published again because a provider drifted.",
        ),
        (
            away(MoveKind::Repair, alice()),
            "Repair by alice: falkenstein is published again because a provider drifted.",
        ),
    ]);
}

#[test]
fn attempts_say_what_became_of_them() {
    let message = "Quota\n exceeded.".to_owned();
    say([
        (
            Event::AttemptStarted { id: MoveId(3), attempt: AttemptId(7), provider: ProviderId(0) },
            "Publishing move 3 at google (attempt 7).",
        ),
        (ended(Receipt::Applied), "hetzner has accepted move 3 (attempt 7)."),
        (ended(Receipt::AlreadySo), "hetzner had move 3 (attempt 7) already."),
        (
            ended(Receipt::Refused { message: message.clone(), changed: false }),
            "hetzner refused move 3 (attempt 7): Quota exceeded.",
        ),
        (
            ended(Receipt::Refused { message: message.clone(), changed: true }),
            "hetzner refused move 3 (attempt 7) because somebody else wrote \
             meanwhile: Quota exceeded.",
        ),
        (
            ended(Receipt::Unknown { message: String::new() }),
            "It is not known whether hetzner has accepted move 3 (attempt 7): no \
             reason given.",
        ),
        (
            Event::Verified { id: MoveId(3), provider: ProviderId(0) },
            "All name servers of google answer move 3.",
        ),
        (Event::MoveCompleted { id: MoveId(3) }, "Move 3 is complete."),
        (
            Event::MoveAbandoned { id: MoveId(3), who: alice() },
            "alice gave up move 3; what was published stays.",
        ),
        (
            Event::MoveAbandoned { id: MoveId(3), who: Actor::machine() },
            "The machine gave up move 3; what was published stays.",
        ),
    ]);
}

#[test]
fn providers_that_differ_are_named() {
    let provider = ProviderId(1);
    let drift = |answer| Event::DriftSeen { provider, answer };
    say([
        (
            Event::Split { id: MoveId(3), missing: provider },
            "hetzner does not answer move 3 yet, more than 1 min after it was decided.",
        ),
        (Event::Healed { id: MoveId(3), provider }, "hetzner has caught up with move 3."),
        (
            drift(Answer::Sites(both())),
            "hetzner says what was not published: london and falkenstein.",
        ),
        (
            drift(Answer::Foreign { text: "A 192.0.2.1, TTL 60".to_owned() }),
            "hetzner says what was not published: something foreign (A 192.0.2.1, TTL \
             60).",
        ),
        (
            drift(Answer::Silent { text: "timed out".to_owned() }),
            "hetzner says what was not published: no answer (timed out).",
        ),
        (Event::DriftGone { provider }, "hetzner says what was published again."),
    ]);
}
