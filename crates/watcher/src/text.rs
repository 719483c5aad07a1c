//! Events and refusals as one English sentence, with names instead of places.
use failover_core::{
    Actor, Answer, Blocker, Command, Event, MoveKind, Receipt, Refusal, SiteSet, VantageId, Verdict,
};

use crate::setup::ServiceSetup;

/// What happened.
pub(crate) fn sentence(event: &Event, setup: &ServiceSetup) -> String {
    let site = |id| setup.site_name(id);
    let at = |id| setup.provider_name(id);
    match event {
        Event::PolicyAdopted { policy } => {
            format!("The policy of {} was adopted", policy.service)
        }
        Event::Adopted { sites } => format!("The providers answer {}", set(*sites, setup)),
        Event::VerdictChanged { site: id, from, to, evidence } => {
            let agree =
                evidence.votes.iter().filter(|vote| vote.site == *id && vote.verdict == *to);
            let voters: Vec<&str> = agree.map(|vote| vantage(vote.vantage, setup)).collect();
            let by = if voters.is_empty() { String::new() } else { voters.join(", ") };
            let by = if by.is_empty() { by } else { format!(", says {by}") };
            format!("{} is {} (was {}){by}", site(*id), verdict(*to), verdict(*from))
        }
        Event::MoveStarted { id, reason, from, to, who, .. } => format!(
            "Move {}: {} from {} to {}, decided by {}",
            id.0,
            kind(*reason),
            set(*from, setup),
            set(*to, setup),
            who.0
        ),
        Event::MoveCompleted { id } => format!("Move {} is complete", id.0),
        Event::MoveAbandoned { id, who } => format!("Move {} was given up by {}", id.0, who.0),
        Event::AttemptStarted { id, attempt, provider } => {
            format!("Move {}: publishing at {} (attempt {})", id.0, at(*provider), attempt.0)
        }
        Event::AttemptEnded { id, provider, receipt, .. } => {
            format!("Move {}: {} {}", id.0, at(*provider), receipt_words(receipt))
        }
        Event::Verified { id, provider } => {
            format!("Move {}: the name servers of {} answer it", id.0, at(*provider))
        }
        Event::Split { id, missing } => {
            format!("The providers differ: {} lacks move {}", at(*missing), id.0)
        }
        Event::Healed { id, provider } => {
            format!("{} has caught up with move {}", at(*provider), id.0)
        }
        Event::DriftSeen { provider, answer: seen } => {
            format!("{} says {}, which was not published", at(*provider), answer(seen, setup))
        }
        Event::DriftGone { provider } => format!("{} says what was published again", at(*provider)),
        Event::Held { blockers } => {
            let words: Vec<String> = blockers.iter().map(|one| blocker(one, setup)).collect();
            format!("A move is due and not made: {}", words.join("; "))
        }
        Event::CommandRefused { who, command, refusal: why } => {
            let (asked, why) = (command_words(command, setup), refusal(why, setup));
            format!("{} wanted to {asked} and was refused: {why}", who.0)
        }
        other => of_the_service(other, setup),
    }
}

/// Events that are not about a move or a provider.
fn of_the_service(event: &Event, setup: &ServiceSetup) -> String {
    let site = |id| setup.site_name(id);
    let by = |who: &Actor| format!("by {}", who.0);
    match event {
        Event::Latched { until: None } => "The service stays here until it is re-armed".to_owned(),
        Event::Latched { until: Some(_) } => "The service stays here for the set time".to_owned(),
        Event::Rearmed { who } => format!("The latch was lifted {}", by(who)),
        Event::Armed { who } => format!("Automation was armed {}", by(who)),
        Event::Disarmed { who, .. } => format!("Automation was disarmed {}", by(who)),
        Event::BudgetSpent { moves } => {
            format!("{moves} moves are too many: the service has disarmed itself")
        }
        Event::MaintenanceOn { site: id, who, .. } => {
            format!("{} was put into maintenance {}", site(*id), by(who))
        }
        Event::MaintenanceOff { site: id, who } => {
            format!("{} was taken out of maintenance {}", site(*id), by(who))
        }
        Event::AllDown => "No site is up".to_owned(),
        Event::AllDownOver => "A site is up again".to_owned(),
        Event::VantageIsolated { vantage: id } => {
            format!("Vantage {} is cut off; its probes count for nothing", vantage(*id, setup))
        }
        Event::VantageBack { vantage: id } => {
            format!("Vantage {} is back", vantage(*id, setup))
        }
        Event::FenceStarted { site: id } => format!("{} is being stopped", site(*id)),
        Event::FenceEnded { site: id, ok: true } => format!("{} was stopped", site(*id)),
        Event::FenceEnded { site: id, ok: false } => {
            format!("{} could not be stopped", site(*id))
        }
        Event::StandbyStarting { site: id } => format!("{} is being started", site(*id)),
        Event::StandbyStarted { site: id, ok: true } => format!("{} was started", site(*id)),
        Event::StandbyStarted { site: id, ok: false } => {
            format!("{} could not be started", site(*id))
        }
        Event::LeadershipTaken { epoch } => format!("This watcher leads (epoch {epoch})"),
        Event::LeadershipLost { epoch } => format!("This watcher leads no more (epoch {epoch})"),
        Event::Acknowledged { who } => format!("The alarm was acknowledged {}", by(who)),
        other => format!("{other:?}"),
    }
}

/// Why a command was refused, and what can be done about it.
pub(crate) fn refusal(refusal: &Refusal, setup: &ServiceSetup) -> String {
    match refusal {
        Refusal::Stale { active: Some(active) } => {
            format!("{} is active by now; look again", setup.site_name(*active))
        }
        Refusal::Stale { active: None } => "no single site is active; look again".to_owned(),
        Refusal::UnknownSite => {
            let names: Vec<&str> = setup.spec.sites.iter().map(|site| site.name.as_str()).collect();
            format!("there is no such site (there are {})", names.join(", "))
        }
        Refusal::AlreadyActive => "that site is active already".to_owned(),
        Refusal::NotUp => "that site is not up; a forced failover would go there".to_owned(),
        Refusal::InMaintenance => "that site is in maintenance".to_owned(),
        Refusal::MoveOpen { id } => format!("move {} is still open", id.0),
        Refusal::NoSuchMove => "no such move is open".to_owned(),
        Refusal::AlreadySo => "it is so already".to_owned(),
        Refusal::NotLeader => "this watcher does not lead; ask the one that does".to_owned(),
        Refusal::NoJournal => "the journal cannot be written, so nothing is changed".to_owned(),
        Refusal::NoExpiry => "a pause must end in the future".to_owned(),
        Refusal::NothingBetter => "no preferred site is up to go back to".to_owned(),
        Refusal::LagTooLarge => {
            "the database there lags too far, or nobody knows how far".to_owned()
        }
        other => format!("{other:?}"),
    }
}

fn command_words(command: &Command, setup: &ServiceSetup) -> String {
    let site = |id| setup.site_name(id);
    match command {
        Command::SwitchOver { from, to } => {
            format!("switch over from {} to {}", site(*from), site(*to))
        }
        Command::Force { from, to } => format!("force {} to {}", site(*from), site(*to)),
        Command::FailBack => "fail back".to_owned(),
        Command::Arm => "arm".to_owned(),
        Command::Disarm { .. } => "disarm".to_owned(),
        Command::Rearm => "lift the latch".to_owned(),
        Command::MaintenanceOn { site: id, .. } => format!("put {} into maintenance", site(*id)),
        Command::MaintenanceOff { site: id } => format!("take {} out of maintenance", site(*id)),
        Command::Abandon { id } => format!("give up move {}", id.0),
        Command::Acknowledge => "acknowledge".to_owned(),
        Command::Repair => "repair".to_owned(),
        other => format!("{other:?}"),
    }
}

fn receipt_words(receipt: &Receipt) -> String {
    match receipt {
        Receipt::Applied => "has stored it".to_owned(),
        Receipt::AlreadySo => "stored it already".to_owned(),
        Receipt::Refused { message, changed: true } => {
            format!("refused, because somebody else has changed it meanwhile: {message}")
        }
        Receipt::Refused { message, changed: false } => format!("refused: {message}"),
        Receipt::Unknown { message } => format!("may or may not have stored it: {message}"),
        other => format!("{other:?}"),
    }
}

fn blocker(blocker: &Blocker, setup: &ServiceSetup) -> String {
    let site = |id| setup.site_name(id);
    match blocker {
        Blocker::Disarmed => "disarmed".to_owned(),
        Blocker::Latched { .. } => "latched".to_owned(),
        Blocker::HoldDown { .. } => "the last move is too recent".to_owned(),
        Blocker::Budget { .. } => "too many moves lately".to_owned(),
        Blocker::NoQuorum { have, need } => format!("{have} of {need} needed vantages agree"),
        Blocker::NoCandidate => "no other site is up".to_owned(),
        Blocker::CandidateTooFresh { site: id, .. } => {
            format!("{} has not been up for long enough", site(*id))
        }
        Blocker::InMaintenance { site: id } => format!("{} is in maintenance", site(*id)),
        Blocker::Lag { site: id } => format!("the database of {} lags", site(*id)),
        Blocker::MoveOpen { id } => format!("move {} is open", id.0),
        Blocker::NotLeader => "this watcher does not lead".to_owned(),
        Blocker::NoJournal => "the journal cannot be written".to_owned(),
        Blocker::SelfDistrust => "everything fails at once; this watcher may be cut off".to_owned(),
        Blocker::JustWoken { .. } => "this watcher was asleep and looks again first".to_owned(),
        Blocker::StandbyStarting { site: id } => format!("{} is being started", site(*id)),
        Blocker::NotAdopted => "nothing is known of what the providers publish".to_owned(),
        other => format!("{other:?}"),
    }
}

fn set(sites: SiteSet, setup: &ServiceSetup) -> String {
    let names: Vec<&str> = sites.iter().map(|site| setup.site_name(site)).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(" and ") }
}

fn answer(answer: &Answer, setup: &ServiceSetup) -> String {
    match answer {
        Answer::Sites(sites) => set(*sites, setup),
        Answer::Foreign { text } => text.clone(),
        Answer::Silent { text } => format!("nothing at all ({text})"),
        other => format!("{other:?}"),
    }
}

fn vantage(id: VantageId, setup: &ServiceSetup) -> &str {
    setup.policy().vantages.get(id.index()).map_or("?", String::as_str)
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Up => "up",
        Verdict::Down => "down",
        Verdict::Unknown => "unknown",
    }
}

fn kind(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Failover => "failover",
        MoveKind::Switchover => "switchover",
        MoveKind::Forced => "forced failover",
        MoveKind::Failback => "failback",
        MoveKind::Membership => "change of the sites that are up",
        MoveKind::Repair => "repair",
        MoveKind::Adoption => "first answer",
        _ => "move",
    }
}
