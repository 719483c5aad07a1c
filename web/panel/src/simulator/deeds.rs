//! What the machine did, in words: [`told`](crate::model::told) for events that are at hand as they
//! are and need not be read first.
use crate::model::{next, site_name, site_names, time, tone};
use crate::words;
use failover_core::{
    Actor, Command, Event, ProviderId, Receipt, Refusal, ServiceSnapshot, Severity, SiteId,
    Timestamp, VantageId,
};

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// How urgent.
    pub severity: Severity,
    /// One sentence.
    pub text: String,
}

/// The event as a sentence; `service` gives places their names.
pub fn sentence(event: &Event, service: &ServiceSnapshot, at: Timestamp) -> String {
    let about = About { service, at };
    let said = about.of_moves(event).or_else(|| about.of_belief(event));
    said.or_else(|| about.of_people(event)).unwrap_or_default()
}

struct About<'a> {
    service: &'a ServiceSnapshot,
    at: Timestamp,
}

/// A human; `None` if it was the machine.
fn human(who: &Actor) -> Option<&str> {
    (*who != Actor::machine()).then_some(who.0.as_str())
}

fn name(who: &Actor) -> &str {
    human(who).unwrap_or_else(|| words::THE_MACHINE.text())
}

impl About<'_> {
    fn site(&self, site: SiteId) -> String {
        site_name(self.service, site)
    }

    fn provider(&self, place: ProviderId) -> &str {
        let all = &self.service.view.providers;
        all.get(place.index()).map_or("?", |provider| provider.name.as_str())
    }

    fn vantage(&self, place: VantageId) -> &str {
        let votes = self.service.view.sites.first().map_or(&[][..], |site| &site.votes);
        votes.get(place.index()).map_or("?", |vote| vote.vantage.as_str())
    }

    fn of_moves(&self, event: &Event) -> Option<String> {
        let names = |sites| site_names(self.service, sites);
        Some(match event {
            Event::MoveStarted { reason, from, to, who, .. } => {
                words::decided(&words::move_title(*reason, &names(*from), &names(*to)), human(who))
            }
            Event::AttemptStarted { id, attempt, provider } => {
                words::told_attempt(id.0, attempt.0, self.provider(*provider))
            }
            Event::AttemptEnded { id, provider, receipt, .. } => {
                let provider = self.provider(*provider);
                match receipt {
                    Receipt::Applied => words::told_applied(id.0, provider),
                    Receipt::AlreadySo => words::told_already(id.0, provider),
                    Receipt::Refused { message, .. } => {
                        words::told_refused(id.0, provider, message)
                    }
                    Receipt::Unknown { message } => words::told_unknown(id.0, provider, message),
                    _ => return None,
                }
            }
            Event::Verified { id, provider } => {
                words::told_verified(id.0, self.provider(*provider))
            }
            Event::MoveCompleted { id } => words::told_completed(id.0),
            Event::MoveAbandoned { id, who } => words::told_abandoned(id.0, name(who)),
            Event::Split { id, missing } => words::told_split(id.0, self.provider(*missing)),
            Event::Healed { id, provider } => words::told_healed(id.0, self.provider(*provider)),
            Event::DriftSeen { provider, .. } => words::told_drift(self.provider(*provider)),
            Event::DriftGone { provider } => words::told_drift_gone(self.provider(*provider)),
            _ => return None,
        })
    }

    fn of_belief(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::PolicyAdopted { .. } => words::TOLD_POLICY.into(),
            Event::Adopted { sites } => words::told_adopted(&site_names(self.service, *sites)),
            Event::VerdictChanged { site, from, to, .. } => {
                let word = |verdict| tone::verdict(verdict).word();
                words::told_verdict(&self.site(*site), word(*to), word(*from))
            }
            Event::BudgetSpent { moves } => words::told_budget(*moves),
            Event::Held { blockers } => {
                let said = blockers.iter().map(|one| next::blocker(self.service, one, self.at));
                words::held(&said.collect::<Vec<_>>())
            }
            Event::AllDown => words::TOLD_ALL_DOWN.into(),
            Event::AllDownOver => words::TOLD_ALL_DOWN_OVER.into(),
            Event::VantageIsolated { vantage } => words::told_isolated(self.vantage(*vantage)),
            Event::VantageBack { vantage } => words::told_vantage_back(self.vantage(*vantage)),
            Event::LeadershipTaken { epoch } => words::told_leads(*epoch),
            Event::LeadershipLost { epoch } => words::told_leads_no_more(*epoch),
            Event::CommandRefused { who, command, refusal } => {
                words::told_command_refused(name(who), &self.command(command), &self.why(refusal))
            }
            _ => return None,
        })
    }

    fn of_people(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Latched { until: Some(until) } => words::told_latched_until(&time::utc(*until)),
            Event::Latched { until: None } => words::TOLD_LATCHED.into(),
            Event::Rearmed { who } => {
                human(who).map_or_else(|| words::TOLD_LATCH_LIFTED.into(), words::told_rearmed)
            }
            Event::Armed { who } => {
                human(who).map_or_else(|| words::TOLD_PAUSE_OVER.into(), words::told_armed)
            }
            Event::Disarmed { who, until: Some(until) } => {
                words::told_disarmed_until(name(who), &time::utc(*until))
            }
            Event::Disarmed { who, until: None } => words::told_disarmed(name(who)),
            Event::MaintenanceOn { site, who, until } => {
                words::told_maintenance(name(who), &self.site(*site), &time::utc(*until))
            }
            Event::MaintenanceOff { site, who } => match human(who) {
                None => words::told_maintenance_over(&self.site(*site)),
                Some(who) => words::told_maintenance_off(who, &self.site(*site)),
            },
            Event::FenceStarted { site } => words::told_fencing(&self.site(*site)),
            Event::FenceEnded { site, ok: true } => words::told_fenced(&self.site(*site)),
            Event::FenceEnded { site, ok: false } => words::told_not_fenced(&self.site(*site)),
            Event::StandbyStarting { site } => words::told_starting(&self.site(*site)),
            Event::StandbyStarted { site, ok: true } => words::told_runs(&self.site(*site)),
            Event::StandbyStarted { site, ok: false } => words::told_not_started(&self.site(*site)),
            Event::Acknowledged { who } => words::told_acknowledged(name(who)),
            Event::ByHand { what, .. } => what.clone(),
            _ => return None,
        })
    }

    /// What was asked for, as a phrase.
    fn command(&self, command: &Command) -> String {
        match command {
            Command::SwitchOver { to, .. } => words::told_to_switch(&self.site(*to)),
            Command::Force { to, .. } => words::told_to_force(&self.site(*to)),
            Command::FailBack => words::TOLD_TO_FAIL_BACK.into(),
            Command::Arm => words::TOLD_TO_ARM.into(),
            Command::Disarm { .. } => words::TOLD_TO_DISARM.into(),
            Command::Rearm => words::TOLD_TO_REARM.into(),
            Command::MaintenanceOn { site, .. } => words::told_to_maintain(&self.site(*site)),
            Command::MaintenanceOff { site } => words::told_to_return(&self.site(*site)),
            Command::Abandon { id } => words::told_to_abandon(id.0),
            Command::Acknowledge => words::TOLD_TO_ACKNOWLEDGE.into(),
            Command::Repair => words::TOLD_TO_REPAIR.into(),
            _ => words::TOLD_TO_COMMAND.into(),
        }
    }

    /// Why it was refused, as a phrase.
    fn why(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Stale { active: Some(active) } => words::refused_stale(&self.site(*active)),
            Refusal::MoveOpen { id } => words::refused_move_open(id.0),
            Refusal::Stale { active: None } => words::REFUSED_NONE_ACTIVE.into(),
            Refusal::UnknownSite => words::REFUSED_NO_SITE.into(),
            Refusal::AlreadyActive => words::REFUSED_ACTIVE.into(),
            Refusal::NotUp => words::REFUSED_NOT_UP.into(),
            Refusal::InMaintenance => words::REFUSED_MAINTENANCE.into(),
            Refusal::NoSuchMove => words::REFUSED_NO_MOVE.into(),
            Refusal::AlreadySo => words::REFUSED_ALREADY.into(),
            Refusal::NotLeader => words::REFUSED_NOT_LEADER.into(),
            Refusal::NoJournal => words::REFUSED_NO_JOURNAL.into(),
            Refusal::NoExpiry => words::REFUSED_NO_EXPIRY.into(),
            Refusal::NothingBetter => words::REFUSED_NOTHING_BETTER.into(),
            Refusal::LagTooLarge => words::REFUSED_LAG.into(),
            _ => words::REFUSED_OTHERWISE.into(),
        }
    }
}

#[cfg(test)]
mod tests;
