//! Moves and attempts as sentences.
use super::event::is_machine;
use super::evidence::{up_for, votes};
use super::names::{provider, quoted, site};
use crate::command::Actor;
use crate::event::{Evidence, MoveKind};
use crate::id::{AttemptId, MoveId, ProviderId, SiteId, SiteSet};
use crate::input::Receipt;
use crate::policy::PolicySpec;
use crate::view::Verdict;

pub(super) fn started(
    spec: &PolicySpec,
    reason: MoveKind,
    from: SiteSet,
    to: SiteSet,
    who: &Actor,
    evidence: &Evidence,
) -> String {
    let (old, new) = (from.text(spec), to.text(spec));
    let candidate = format!("{new} {}", up_for(evidence));
    match reason {
        MoveKind::Failover => {
            let lost = from.iter().filter(|site| !to.contains(*site)).map(|place| {
                let votes = votes(spec, evidence, place, Verdict::Down);
                format!("{} is down from {votes}", site(spec, place))
            });
            let grounds: Vec<String> = lost.chain([candidate]).collect();
            format!("Failover from {old} to {new}: {}.", grounds.join(", "))
        }
        MoveKind::Switchover => format!("Switchover from {old} to {new} by {}.", who.0),
        MoveKind::Forced => {
            format!("Forced failover from {old} to {new}, not known to be up, by {}.", who.0)
        }
        MoveKind::Failback if is_machine(who) => {
            format!("Failback from {old} to {new}: {candidate}.")
        }
        MoveKind::Failback => format!("Failback from {old} to {new} by {}.", who.0),
        MoveKind::Membership => {
            let sites = (0u8..).zip(&spec.sites).map(|(place, _)| SiteId(place)).take(16);
            let differ = sites.filter(|site| from.contains(*site) != to.contains(*site));
            // Where nobody says so, the reason is another one: a maintenance, or that none is up.
            let grounds = differ.filter_map(|place| {
                let verdict = if to.contains(place) { Verdict::Up } else { Verdict::Down };
                let name = site(spec, place);
                let seen = evidence.votes.iter().any(|v| v.site == place && v.verdict == verdict);
                let votes = votes(spec, evidence, place, verdict);
                seen.then(|| format!("{name} is {verdict} from {votes}"))
            });
            let grounds: Vec<String> = grounds.collect();
            let colon = if grounds.is_empty() { "" } else { ": " };
            format!("The answer changes from {old} to {new}{colon}{}.", grounds.join(", "))
        }
        MoveKind::Repair if is_machine(who) => {
            format!("Repair: {new} is published again because a provider drifted.")
        }
        MoveKind::Repair => {
            format!("Repair by {}: {new} is published again because a provider drifted.", who.0)
        }
    }
}

pub(super) fn ended(
    spec: &PolicySpec,
    id: MoveId,
    attempt: AttemptId,
    place: ProviderId,
    receipt: &Receipt,
) -> String {
    let name = provider(spec, place);
    let what = format!("move {} (attempt {})", id.0, attempt.0);
    match receipt {
        Receipt::Applied => format!("{name} has accepted {what}."),
        Receipt::AlreadySo => format!("{name} had {what} already."),
        Receipt::Refused { message, changed: false } => {
            format!("{name} refused {what}: {}.", quoted(message))
        }
        Receipt::Refused { message, changed: true } => format!(
            "{name} refused {what} because somebody else wrote meanwhile: {}.",
            quoted(message)
        ),
        Receipt::Unknown { message } => {
            format!("It is not known whether {name} has accepted {what}: {}.", quoted(message))
        }
    }
}
