//! What humans command: obeyed or refused at once.
use crate::command::{Actor, Command, Refusal};
use crate::event::{Event, MoveKind};
use crate::id::{SiteId, SiteSet};
use crate::machine::Failover;
use crate::machine::decide::Wish;
use crate::mutant::Mutant;
use crate::output::Output;
use crate::time::Timestamp;
use crate::view::{Mode, Verdict};

impl Failover {
    pub(super) fn obey(
        &mut self,
        now: Timestamp,
        who: Actor,
        command: Command,
        out: &mut Vec<Output>,
    ) {
        // Nobody else may speak as the machine.
        let who = if who == Self::machine() { Actor(format!("{} (operator)", who.0)) } else { who };
        // Verdicts must be those of this moment, not of the latest probe.
        self.run.votes.settle(self.policy.spec(), now, self.faults);
        if let Err(refusal) = self.try_obey(now, &who, &command, out) {
            let event = Event::CommandRefused {
                who: who.clone(),
                command: command.clone(),
                refusal: refusal.clone(),
            };
            self.tell(now, out, event);
            out.push(Output::Refused { who, command, refusal });
        }
    }

    fn try_obey(
        &mut self,
        now: Timestamp,
        who: &Actor,
        command: &Command,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        if !self.run.journal {
            return Err(Refusal::NoJournal);
        }
        if !self.leads(now) {
            return Err(Refusal::NotLeader);
        }
        match *command {
            Command::SwitchOver { from, to } => {
                self.may_switch(from, to)?;
                self.move_to(now, MoveKind::Switchover, to, who, out);
            }
            Command::Force { from, to } => {
                self.may_force(from, to)?;
                self.move_to(now, MoveKind::Forced, to, who, out);
            }
            Command::FailBack => {
                let to = self.better_site().ok_or(Refusal::NothingBetter)?;
                self.refuse_open_move()?;
                if self.lags_too_far(to) {
                    return Err(Refusal::LagTooLarge);
                }
                self.move_to(now, MoveKind::Failback, to, who, out);
            }
            Command::Repair => self.repair(now, who, out)?,
            Command::Abandon { id } => {
                let open = self.state.open_move.as_ref().map(|open| open.id);
                if open != Some(id) && !self.errs(Mutant::CleansUpActive) {
                    return Err(Refusal::NoSuchMove);
                }
                self.record(now, out, Event::MoveAbandoned { id, who: who.clone() });
                if let (Some(id), true) = (open, self.errs(Mutant::CleansUpActive)) {
                    self.state.apply(now, &Event::MoveAbandoned { id, who: who.clone() });
                }
            }
            _ => return self.set(now, who, command, out),
        }
        Ok(())
    }

    /// Commands that turn something on or off.
    fn set(
        &mut self,
        now: Timestamp,
        who: &Actor,
        command: &Command,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let who = who.clone();
        let event = match *command {
            Command::Arm if matches!(self.state.mode, Mode::Armed { .. }) => {
                return Err(Refusal::AlreadySo);
            }
            Command::Arm => Event::Armed { who },
            Command::Disarm { until } => {
                let until = self.pause_end(now, until)?;
                Event::Disarmed { who, until: (!self.errs(Mutant::PausesForEver)).then_some(until) }
            }
            Command::Rearm if self.state.latched.is_none() => return Err(Refusal::AlreadySo),
            Command::Rearm => {
                self.faults.rearm();
                Event::Rearmed { who }
            }
            Command::MaintenanceOn { site, until } => {
                self.known(site)?;
                Event::MaintenanceOn { site, who, until: self.pause_end(now, until)? }
            }
            Command::MaintenanceOff { site } => {
                self.known(site)?;
                if !self.in_maintenance(site) {
                    return Err(Refusal::AlreadySo);
                }
                Event::MaintenanceOff { site, who }
            }
            _ if !self.state.unacknowledged => return Err(Refusal::AlreadySo),
            _ => Event::Acknowledged { who },
        };
        self.record(now, out, event);
        Ok(())
    }

    fn known(&self, site: SiteId) -> Result<(), Refusal> {
        let known = site.index() < self.policy.spec().sites.len();
        if known { Ok(()) } else { Err(Refusal::UnknownSite) }
    }

    /// Every pause ends: a forgotten one would leave the service unguarded.
    fn pause_end(&self, now: Timestamp, until: Timestamp) -> Result<Timestamp, Refusal> {
        if until <= now {
            return Err(Refusal::NoExpiry);
        }
        Ok(until.min(now.plus(self.policy.spec().pause_max)))
    }

    fn may_switch(&self, from: SiteId, to: SiteId) -> Result<(), Refusal> {
        self.known(from)?;
        self.known(to)?;
        let active = self.state.desired.single();
        if active != Some(from) {
            return Err(Refusal::Stale { active });
        }
        if active == Some(to) {
            return Err(Refusal::AlreadyActive);
        }
        self.refuse_open_move()?;
        if self.in_maintenance(to) {
            return Err(Refusal::InMaintenance);
        }
        if self.verdict(to) != Verdict::Up {
            return Err(Refusal::NotUp);
        }
        if self.lags_too_far(to) { Err(Refusal::LagTooLarge) } else { Ok(()) }
    }

    /// Force needs to know only what it moves away from; where nothing is known to be published,
    /// or all sites are, any `from` will do.
    fn may_force(&self, from: SiteId, to: SiteId) -> Result<(), Refusal> {
        self.known(from)?;
        self.known(to)?;
        match self.state.desired.single() {
            Some(active) if active != from => Err(Refusal::Stale { active: Some(active) }),
            Some(active) if active == to => Err(Refusal::AlreadyActive),
            _ => Ok(()),
        }
    }

    fn refuse_open_move(&self) -> Result<(), Refusal> {
        self.state.open_move.as_ref().map_or(Ok(()), |open| Err(Refusal::MoveOpen { id: open.id }))
    }

    /// The most preferred site that is up and better than the active one.
    fn better_site(&self) -> Option<SiteId> {
        let active = self.state.desired.single();
        self.site_ids()
            .take_while(|site| Some(*site) != active)
            .find(|site| !self.in_maintenance(*site) && self.verdict(*site) == Verdict::Up)
    }

    fn move_to(
        &mut self,
        now: Timestamp,
        reason: MoveKind,
        to: SiteId,
        who: &Actor,
        out: &mut Vec<Output>,
    ) {
        let evidence = self.evidence(&Wish::site(reason, to));
        self.start_move(now, reason, SiteSet::one(to), who.clone(), evidence, out);
    }

    fn repair(
        &mut self,
        now: Timestamp,
        who: &Actor,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        self.refuse_open_move()?;
        let drifted = self.state.providers.iter().any(|memory| memory.drift.is_some());
        if !drifted || self.state.desired.is_empty() {
            return Err(Refusal::AlreadySo);
        }
        let evidence = crate::event::Evidence::default();
        let to = self.state.desired;
        self.start_move(now, MoveKind::Repair, to, who.clone(), evidence, out);
        Ok(())
    }
}
