//! What is published: never empty, never anything else than what is configured and desired.
use super::Property;
use super::broken::{Kept, ensure};
use super::monitor::{Monitor, Move, Step};
use failover_core::{AnswerMode, Event, MoveId, MoveKind, OnAllDown, Output, SiteSet, Verdict};

impl Monitor {
    /// S1: what is desired and what is stored is never empty. S2: every write is drawn from the
    /// configured sites.
    pub(super) fn allowed_answer(&self, sites: SiteSet) -> Kept {
        ensure(!sites.is_empty(), Property::S1, || "an empty answer".to_owned())?;
        let all = SiteSet::first(self.rules.spec().sites.len());
        ensure(sites.is_subset(all), Property::S2, || {
            format!("{sites:?} is not drawn from the configured sites")
        })
    }

    /// S1, S2: the same for all that a step asks for.
    pub(super) fn answers_in_step(&self, step: &Step<'_>) -> Kept {
        for output in step.outputs {
            match output {
                Output::Publish { sites, .. }
                | Output::Record(Event::MoveStarted { to: sites, .. } | Event::Adopted { sites }) =>
                {
                    self.allowed_answer(*sites)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// S1: one site's targets, or several where the policy says so.
    pub(super) fn one_site(&self, moved: &Move<'_>) -> Kept {
        let spec = self.rules.spec();
        let several = match moved.reason {
            MoveKind::Repair => moved.to == self.account.desired,
            MoveKind::Membership => {
                spec.answer == AnswerMode::AllUp || spec.on_all_down == OnAllDown::AnswerAll
            }
            _ => false,
        };
        ensure(moved.to.len() == 1 || several, Property::S1, || {
            format!("move {} publishes {} sites, not one", moved.id.0, moved.to.len())
        })
    }

    /// S4: after a newer move has begun, or this one was given up, nothing of it is sent; what is
    /// sent is what is desired.
    pub(super) fn latest_only(&self, id: MoveId, sites: SiteSet) -> Kept {
        let latest = self.account.generation;
        ensure(id == latest && sites == self.account.desired, Property::S4, || {
            format!(
                "{sites:?} of move {} is sent, but {:?} of move {} is desired",
                id.0, self.account.desired, latest.0
            )
        })
    }

    /// S4: only the open move is given up.
    pub(super) fn gives_up_the_open_one(&self, watcher: usize, event: &Event) -> Kept {
        let Event::MoveAbandoned { id, who } = event else { return Ok(()) };
        let account = &self.account;
        ensure(account.open.is_some() && account.generation == *id, Property::S4, || {
            format!("move {} is given up and is not open; {} is", id.0, account.generation.0)
        })?;
        let asked = &self.watchers[watcher].about.asked;
        let commanded = super::account::by_machine(who)
            || *asked == Some(failover_core::Command::Abandon { id: *id });
        ensure(commanded, Property::S4, || format!("nobody has asked to give up move {}", id.0))
    }

    /// S4: by itself the machine gives a move up only to begin the next one.
    pub(super) fn supersedes_only(&self, step: &Step<'_>) -> Kept {
        let mut given_up = None;
        for output in step.outputs {
            match output {
                Output::Record(Event::MoveAbandoned { id, who })
                    if super::account::by_machine(who) =>
                {
                    given_up = Some(*id);
                }
                Output::Record(Event::MoveStarted { .. }) => given_up = None,
                _ => {}
            }
        }
        ensure(given_up.is_none(), Property::S4, || {
            format!("move {:?} is given up and none takes its place", given_up.map(|id| id.0))
        })
    }

    /// S22: after every automatic move at least one published site is up by quorum, except where
    /// all are published because none is.
    pub(super) fn some_site_proven(&self, moved: &Move<'_>) -> Kept {
        let watcher = &self.watchers[moved.watcher];
        let some_up = moved.to.iter().any(|site| watcher.verdict(site) == Verdict::Up);
        ensure(some_up || self.answers_all(moved), Property::S22, || {
            format!("no site of {:?} is up by quorum", moved.to)
        })
    }

    /// Whether all sites are published because none is up.
    pub(super) fn answers_all(&self, moved: &Move<'_>) -> bool {
        let spec = self.rules.spec();
        let watcher = &self.watchers[moved.watcher];
        let all = SiteSet::first(spec.sites.len());
        let choice: SiteSet =
            all.iter().filter(|site| !self.account.maintenance.contains(*site)).collect();
        spec.on_all_down == OnAllDown::AnswerAll
            && moved.reason == MoveKind::Membership
            && moved.to == choice
            && all.iter().all(|site| watcher.verdict(site) == Verdict::Down)
    }
}
