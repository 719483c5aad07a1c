//! What humans say counts: pauses are pauses and end, commands are obeyed or refused at once.
use super::Property;
use super::account::by_machine;
use super::broken::{Kept, ensure};
use super::monitor::{Monitor, Move, Step};
use failover_core::{Command, Event, Input, Mode, MoveKind, Output, SiteId};

impl Monitor {
    /// S20: a pause that a human sets always has an end, no later than the policy allows, and is
    /// asked for.
    pub(super) fn paused_rightly(&self, watcher: usize, event: &Event) -> Kept {
        let about = &self.watchers[watcher].about;
        let most = about.now.plus(self.rules.spec().pause_max);
        let asked = about.asked.as_ref();
        match event {
            Event::Disarmed { who, until: None } => {
                ensure(by_machine(who), Property::S20, || {
                    format!("the pause that {} has set has no end", who.0)
                })?;
                let spent = self.account.spent(&self.rules, about.now);
                let tripped = spent >= usize::from(self.rules.spec().moves_max);
                ensure(tripped, Property::S11, || {
                    format!("the breaker has tripped after {spent} moves")
                })
            }
            Event::Disarmed { until: Some(until), .. } => {
                let right = matches!(asked, Some(Command::Disarm { .. })) && *until <= most;
                ensure(right, Property::S20, || format!("a pause until {until:?}, not asked for"))
            }
            Event::MaintenanceOn { until, .. } => {
                let right = matches!(asked, Some(Command::MaintenanceOn { .. })) && *until <= most;
                ensure(right, Property::S20, || {
                    format!("a maintenance until {until:?}, not asked for")
                })
            }
            Event::Armed { who } => {
                let due = matches!(self.account.paused, Some(Some(until)) if about.now >= until);
                let right = if by_machine(who) { due } else { asked == Some(&Command::Arm) };
                ensure(right, Property::S20, || format!("armed by {}, unasked", who.0))
            }
            _ => Ok(()),
        }
    }

    /// S20: a pause that has an end ends then.
    pub(super) fn pauses_end(&self, step: &Step<'_>) -> Kept {
        let about = &self.watchers[step.watcher].about;
        // Whoever is told first thing after a start that it does not lead has never led.
        let follows = *step.input == Input::LeadershipLost;
        if about.acts.is_none() || !about.journal || follows {
            return Ok(());
        }
        match step.machine.state().mode() {
            Mode::Disarmed { until: Some(until), .. } => {
                ensure(*until > about.now, Property::S20, || {
                    format!("still disarmed at {:?}, which was to end at {until:?}", about.now)
                })
            }
            Mode::Disarmed { who, until: None, .. } => {
                ensure(by_machine(who), Property::S20, || {
                    format!("the pause that {} has set has no end", who.0)
                })
            }
            _ => Ok(()),
        }
    }

    /// S28: a human's move is made when it is asked for, and never by itself.
    pub(super) fn commanded(&self, moved: &Move<'_>) -> Kept {
        let asked = &self.watchers[moved.watcher].about.asked;
        let to = |site: &SiteId| moved.to.single() == Some(*site);
        let right = match (moved.reason, asked) {
            (MoveKind::Forced, Some(Command::Force { to: site, .. }))
            | (MoveKind::Switchover, Some(Command::SwitchOver { to: site, .. })) => to(site),
            (MoveKind::Failback, Some(Command::FailBack))
            | (MoveKind::Repair, Some(Command::Repair)) => true,
            _ => false,
        };
        ensure(right, Property::S28, || {
            format!("move {} ({:?}) that nobody has asked for", moved.id.0, moved.reason)
        })
    }

    /// S28: of its own accord the machine only repairs where somebody has written over an answer.
    pub(super) fn repairs_only(&self, moved: &Move<'_>) -> Kept {
        let same = moved.to == self.account.desired && moved.from == moved.to;
        ensure(same, Property::S4, || {
            format!("repair {} changes what is desired to {:?}", moved.id.0, moved.to)
        })?;
        let now = self.watchers[moved.watcher].about.now;
        let window = self.rules.spec().moves_window;
        let recent = self.account.repairs.iter().filter(|at| now.since(**at) < window).count();
        ensure(recent < super::account::REPAIRS, Property::S11, || {
            format!("repair {} follows {recent} others", moved.id.0)
        })
    }

    /// S28: each command is obeyed or refused at once; force is obeyed, whatever the votes.
    pub(super) fn obeyed_or_refused(&self, step: &Step<'_>) -> Kept {
        let Input::Operator { command, .. } = step.input else { return Ok(()) };
        let answered = step
            .outputs
            .iter()
            .any(|output| matches!(output, Output::Record(_) | Output::Refused { .. }));
        ensure(answered, Property::S28, || format!("no answer to {command:?}"))?;
        let Command::Force { from, to } = command else { return Ok(()) };
        let about = &self.watchers[step.watcher].about;
        let sites = self.rules.spec().sites.len();
        let known = from.index() < sites && to.index() < sites;
        let stale = match self.account.desired.single() {
            Some(active) => active != *from || active == *to,
            None => false,
        };
        if !self.is_rightful(step.watcher) || !about.journal || !known || stale {
            return Ok(());
        }
        let moved = step.outputs.iter().any(|output| match output {
            Output::Record(Event::MoveStarted { reason, to: sites, .. }) => {
                *reason == MoveKind::Forced && sites.single() == Some(*to)
            }
            _ => false,
        });
        ensure(moved, Property::S28, || format!("not obeyed: {command:?}"))
    }
}
