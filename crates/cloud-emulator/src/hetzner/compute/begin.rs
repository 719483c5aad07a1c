//! How an action is entered, takes its time and ends.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::Hetzner;
use super::super::world::World;
use super::task::Task;
use crate::fault::{Cloud, Fate};

/// An action that has been entered and not begun yet.
pub(super) struct Ticket {
    pub id: u64,
    takes: Duration,
    fate: Fate,
}

impl Hetzner {
    /// Enters an action; it shows as running from now on.
    pub(super) fn enroll(
        &self,
        world: &mut World,
        command: &'static str,
        resources: &[(&'static str, u64)],
        takes: Duration,
    ) -> Ticket {
        let id = world.id();
        let fate = self.0.faults.fate_of(Cloud::Hetzner, "", command);
        let takes = takes + self.0.faults.slowness_of(Cloud::Hetzner, "", command);
        let task = Task {
            id,
            command,
            resources: resources.to_vec(),
            started: self.now(),
            finished: None,
            failed: false,
            begun: Instant::now(),
            takes,
        };
        world.compute.tasks.insert(id, task);
        Ticket { id, takes, fate }
    }

    /// Lets an action take its time; then `end` learns whether it succeeded.
    pub(super) fn run(
        &self,
        world: &mut World,
        ticket: Ticket,
        end: impl FnOnce(&Self, &mut World, bool) + Send + 'static,
    ) {
        if let Some(task) = world.compute.tasks.get_mut(&ticket.id) {
            task.begun = Instant::now();
        }
        if ticket.takes.is_zero() && ticket.fate != Fate::Hang {
            return self.close(world, &ticket, end);
        }
        let (faults, this) = (self.0.faults.clone(), std::sync::Arc::downgrade(&self.0));
        tokio::spawn(async move {
            tokio::time::sleep(ticket.takes).await;
            if ticket.fate == Fate::Hang {
                faults.operations_released(Cloud::Hetzner).await;
            }
            let Some(hetzner) = this.upgrade().map(Self) else { return };
            let mut world = hetzner.world();
            hetzner.close(&mut world, &ticket, end);
        });
    }

    /// Enters an action and lets it run. Returns it as JSON.
    pub(super) fn act(
        &self,
        world: &mut World,
        (command, takes): (&'static str, Duration),
        resources: &[(&'static str, u64)],
        end: impl FnOnce(&Self, &mut World, bool) + Send + 'static,
    ) -> Value {
        let ticket = self.enroll(world, command, resources, takes);
        let id = ticket.id;
        self.run(world, ticket, end);
        shown(world, id)
    }

    /// Ends an action that waited for one which failed.
    pub(super) fn abandon(&self, world: &mut World, ticket: Ticket) {
        self.close(world, &Ticket { fate: Fate::Fail, ..ticket }, |_, _, _| {});
    }

    /// Does something later, if the cloud still is there then.
    pub(super) fn later(
        &self,
        world: &mut World,
        delay: Duration,
        what: impl FnOnce(&mut World) + Send + 'static,
    ) {
        if delay.is_zero() {
            return what(world);
        }
        let this = std::sync::Arc::downgrade(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            if let Some(hetzner) = this.upgrade().map(Self) {
                what(&mut hetzner.world());
            }
        });
    }

    fn close(
        &self,
        world: &mut World,
        ticket: &Ticket,
        end: impl FnOnce(&Self, &mut World, bool) + Send + 'static,
    ) {
        let good = ticket.fate != Fate::Fail;
        if let Some(task) = world.compute.tasks.get_mut(&ticket.id) {
            task.finished = Some(self.now());
            task.failed = !good;
        }
        end(self, world, good);
    }
}

/// An action as JSON.
pub(super) fn shown(world: &World, id: u64) -> Value {
    world.compute.tasks.get(&id).map(Task::json).unwrap_or_default()
}
