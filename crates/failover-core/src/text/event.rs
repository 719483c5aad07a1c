//! Events as sentences.
use super::evidence::{tally, votes};
use super::moment::{moment, span};
use super::moved::{ended, started};
use super::names::{count, list, provider, site, vantage};
use crate::command::Actor;
use crate::event::{Event, Evidence};
use crate::id::SiteId;
use crate::policy::{OnAllDown, PolicySpec};
use crate::time::Timestamp;
use crate::view::Verdict;

impl Event {
    /// What happened, as one English sentence with the names of `spec`, which should be the policy
    /// that was in force.
    pub fn text(&self, spec: &PolicySpec) -> String {
        // Every event is named here, so that a new one cannot be forgotten.
        match self {
            Self::MoveStarted { .. }
            | Self::AttemptStarted { .. }
            | Self::AttemptEnded { .. }
            | Self::Verified { .. }
            | Self::MoveCompleted { .. }
            | Self::MoveAbandoned { .. }
            | Self::Split { .. }
            | Self::Healed { .. }
            | Self::DriftSeen { .. }
            | Self::DriftGone { .. } => self.of_moves(spec),
            Self::PolicyAdopted { .. }
            | Self::Adopted { .. }
            | Self::VerdictChanged { .. }
            | Self::BudgetSpent { .. }
            | Self::Held { .. }
            | Self::AllDown
            | Self::AllDownOver
            | Self::VantageIsolated { .. }
            | Self::VantageBack { .. }
            | Self::LeadershipTaken { .. }
            | Self::LeadershipLost { .. }
            | Self::CommandRefused { .. } => self.of_belief(spec),
            Self::Latched { .. }
            | Self::Rearmed { .. }
            | Self::Armed { .. }
            | Self::Disarmed { .. }
            | Self::MaintenanceOn { .. }
            | Self::MaintenanceOff { .. }
            | Self::FenceStarted { .. }
            | Self::FenceEnded { .. }
            | Self::StandbyStarting { .. }
            | Self::StandbyStarted { .. }
            | Self::Acknowledged { .. }
            | Self::ByHand { .. } => self.of_operation(spec),
        }
    }

    /// Moves, providers and what they say.
    fn of_moves(&self, spec: &PolicySpec) -> String {
        match self {
            Self::MoveStarted { reason, from, to, who, evidence, .. } => {
                started(spec, *reason, *from, *to, who, evidence)
            }
            Self::AttemptStarted { id, attempt, provider: place } => {
                let at = provider(spec, *place);
                format!("Publishing move {} at {at} (attempt {}).", id.0, attempt.0)
            }
            Self::AttemptEnded { id, attempt, provider, receipt } => {
                ended(spec, *id, *attempt, *provider, receipt)
            }
            Self::Verified { id, provider: place } => {
                format!("All name servers of {} answer move {}.", provider(spec, *place), id.0)
            }
            Self::MoveCompleted { id } => format!("Move {} is complete.", id.0),
            Self::MoveAbandoned { id, who } => {
                format!("{} gave up move {}; what was published stays.", by(who), id.0)
            }
            Self::Split { id, missing } => format!(
                "{} does not answer move {} yet, more than {} after it was decided.",
                provider(spec, *missing),
                id.0,
                span(spec.split_after)
            ),
            Self::Healed { id, provider: place } => {
                format!("{} has caught up with move {}.", provider(spec, *place), id.0)
            }
            Self::DriftSeen { provider: place, answer } => format!(
                "{} says what was not published: {}.",
                provider(spec, *place),
                answer.text(spec)
            ),
            Self::DriftGone { provider: place } => {
                format!("{} says what was published again.", provider(spec, *place))
            }
            _ => String::new(),
        }
    }

    /// What is believed, what is allowed, and who decides.
    fn of_belief(&self, spec: &PolicySpec) -> String {
        match self {
            Self::PolicyAdopted { policy } => adopted(policy),
            Self::Adopted { sites } => format!(
                "The providers answer with {}; that is taken over as it is.",
                sites.text(spec)
            ),
            Self::VerdictChanged { site, from, to, evidence } => {
                changed(spec, *site, *from, *to, evidence)
            }
            Self::BudgetSpent { moves } => format!(
                "Automation has moved the service {} within {} and stops itself.",
                count(usize::try_from(*moves).unwrap_or(usize::MAX), "time"),
                span(spec.moves_window)
            ),
            Self::Held { blockers } if blockers.is_empty() => {
                "A move is due and is not made.".to_owned()
            }
            Self::Held { blockers } => {
                let blockers = blockers.iter().map(|blocker| blocker.past(spec));
                format!("A move is due and is not made: {}.", list(blockers))
            }
            Self::AllDown => match spec.on_all_down {
                OnAllDown::Hold => "No site is up; what is published stays.".to_owned(),
                OnAllDown::AnswerAll => {
                    "No site is up; all of them are to be published.".to_owned()
                }
            },
            Self::AllDownOver => "Some site is up again.".to_owned(),
            Self::VantageIsolated { vantage: place } => format!(
                "{} does not trust itself; what it reports does not count.",
                vantage(spec, *place)
            ),
            Self::VantageBack { vantage: place } => {
                format!("{} trusts itself again.", vantage(spec, *place))
            }
            Self::LeadershipTaken { epoch } => format!("This watcher leads now (epoch {epoch})."),
            Self::LeadershipLost { epoch } => {
                format!("This watcher leads no more (epoch {epoch} has ended).")
            }
            Self::CommandRefused { who, command, refusal } => format!(
                "{} asked to {}, which was refused: {}.",
                by(who),
                command.text(spec),
                refusal.clause(spec)
            ),
            _ => String::new(),
        }
    }

    /// What people, or timers in their place, set and lift; and what happens to machines.
    fn of_operation(&self, spec: &PolicySpec) -> String {
        let name = |place: &SiteId| site(spec, *place);
        match self {
            Self::Latched { until: None } => {
                "The service stays where it is until somebody re-arms it.".to_owned()
            }
            Self::Latched { until: Some(until) } => {
                format!("The service stays where it is until {}.", moment(*until))
            }
            Self::Rearmed { who } if is_machine(who) => {
                "The latch has lifted by itself.".to_owned()
            }
            Self::Rearmed { who } => format!("{} re-armed the service.", by(who)),
            Self::Armed { who } if is_machine(who) => {
                "The pause is over: automation may act.".to_owned()
            }
            Self::Armed { who } => format!("{} armed the service: automation may act.", by(who)),
            Self::Disarmed { who, until } => {
                format!("{} disarmed the service {}: automation may not act.", by(who), end(*until))
            }
            Self::MaintenanceOn { site, who, until } => {
                let until = moment(*until);
                format!("{} took {} out of the choice until {until}.", by(who), name(site))
            }
            Self::MaintenanceOff { site, who } if is_machine(who) => {
                format!("The maintenance of {} is over.", name(site))
            }
            Self::MaintenanceOff { site, who } => {
                format!("{} put {} back into the choice.", by(who), name(site))
            }
            Self::FenceStarted { site } => {
                format!("{} is being stopped so that it cannot serve.", name(site))
            }
            Self::FenceEnded { site, ok: true } => {
                format!("{} is stopped and cannot serve.", name(site))
            }
            Self::FenceEnded { site, ok: false } => {
                format!("{} could not be stopped; it may still serve.", name(site))
            }
            Self::StandbyStarting { site } => {
                format!("The cold standby {} is being started.", name(site))
            }
            Self::StandbyStarted { site, ok: true } => {
                format!("The cold standby {} runs.", name(site))
            }
            Self::StandbyStarted { site, ok: false } => {
                format!("The cold standby {} could not be started.", name(site))
            }
            Self::Acknowledged { who } => format!("{} has seen the alarm.", by(who)),
            Self::ByHand { what, .. } => what.clone(),
            _ => String::new(),
        }
    }
}

fn changed(
    spec: &PolicySpec,
    place: SiteId,
    from: Verdict,
    to: Verdict,
    evidence: &Evidence,
) -> String {
    let name = site(spec, place);
    match to {
        Verdict::Unknown => format!(
            "Nobody knows whether {name} is up (it was {from}): {}.",
            tally(evidence, place)
        ),
        Verdict::Up | Verdict::Down => {
            let votes = votes(spec, evidence, place, to);
            format!("{name} is {to} (it was {from}) from {votes}.")
        }
    }
}

fn adopted(policy: &PolicySpec) -> String {
    let sites = list(policy.sites.iter().map(|site| site.name.clone()));
    let providers = list(policy.providers.iter().map(|provider| provider.name.clone()));
    format!(
        "This policy is in force: {sites} watched from {}, {} must agree, published at {providers}.",
        count(policy.vantages.len(), "vantage"),
        policy.quorum
    )
}

fn end(until: Option<Timestamp>) -> String {
    until.map_or("until somebody arms it".to_owned(), |until| format!("until {}", moment(until)))
}

fn by(who: &Actor) -> String {
    if is_machine(who) { "The machine".to_owned() } else { who.0.clone() }
}

pub(super) fn is_machine(who: &Actor) -> bool {
    *who == Actor::machine()
}
