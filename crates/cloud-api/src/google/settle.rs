//! Tickets: what to wait for, what shall be in the end, and the steps in between.
use std::net::Ipv4Addr;

use cloud_http::{Call, Error, Failure, Kind, Retry};
use serde::{Deserialize, Serialize};

use super::GoogleCompute;
use super::wire::{Instance, Operation, tail};
use crate::server::Status;
use crate::ticket::{Settled, Ticket};

/// What a ticket says, as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    /// The path of the operation to wait for first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// The server's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    goal: Goal,
    /// The public address it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Ipv4Addr>,
}

/// What shall be in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goal {
    /// The operation has ended well.
    Done,
    /// The server runs.
    Running,
    /// The server is off.
    Off,
    /// There is no such server.
    Gone,
    /// The server has been stopped and runs again.
    Restarted,
    /// The server has this type and, if it ran before, runs again.
    Resized { machine: String, start: bool },
}

impl Work {
    /// Waiting for `operation`, and for nothing else.
    pub(super) fn new(operation: &Operation) -> Self {
        Self { operation: Some(operation.path()), server: None, goal: Goal::Done, before: None }
    }

    /// Waiting for something nobody knows the operation of any more.
    pub(super) fn without_operation(id: &str, goal: Goal) -> Self {
        Self { operation: None, server: Some(id.to_owned()), goal, before: None }
    }

    /// The same for a server.
    pub(super) fn server(self, id: &str, goal: Goal) -> Self {
        Self { server: Some(id.to_owned()), goal, ..self }
    }

    /// The same for a server that had this public address.
    pub(super) fn before(self, before: Option<Ipv4Addr>) -> Self {
        Self { before, ..self }
    }
}

/// What the look at a server says.
enum Look {
    /// Nothing more to do.
    Reached(Box<Option<Instance>>),
    /// Look again soon.
    Wait,
    /// Carry out this step.
    Step(Step),
}

enum Step {
    Stop,
    Start,
    Resize(String),
}

impl GoogleCompute {
    pub(super) fn ticket(&self, work: &Work) -> Ticket {
        // Plain data always becomes JSON.
        Ticket::new(&self.id, serde_json::to_string(work).unwrap_or_default())
    }

    pub(super) async fn settle_ticket(
        &self,
        ticket: &Ticket,
        call: Call,
    ) -> Result<Settled, Error> {
        let ours = serde_json::from_str::<Work>(&ticket.operation).ok();
        let work = ours.filter(|_| ticket.provider == self.id).ok_or_else(|| {
            let text = format!(
                "the ticket {} of provider {} is not one of {}",
                ticket.operation, ticket.provider, self.id
            );
            self.error("wait for work", Failure::new(Kind::Invalid, text))
        })?;
        let doing = match (&work.server, &work.operation) {
            (Some(server), _) => format!("wait for server {server}"),
            (None, Some(operation)) => format!("wait for {operation}"),
            (None, None) => "wait".to_owned(),
        };
        if let Some(operation) = &work.operation {
            match self.done(&doing, operation, call).await? {
                Ok(()) => {}
                Err(failure) if work.goal == Goal::Gone && failure.kind == Kind::NotFound => {}
                Err(failure) => return Err(self.error(&doing, failure)),
            }
        }
        let Some(server) = &work.server else { return Ok(Settled::default()) };
        let instance = self.reach(&doing, server, &work.goal, call).await?;
        let server = instance.map(Instance::server);
        let moved = server.as_ref().and_then(|server| server.moved_since(work.before));
        Ok(Settled { moved, ..Settled::with(server) })
    }

    /// Looks and acts until the goal is reached.
    async fn reach(
        &self,
        doing: &str,
        id: &str,
        goal: &Goal,
        call: Call,
    ) -> Result<Option<Instance>, Error> {
        let mut pause = self.poll_first;
        loop {
            let instance = self.instance(id, call).await.map_err(|mut error| {
                error.failure = error.failure.maybe_applied();
                error
            })?;
            let step = match look(id, instance, goal).map_err(|f| self.error(doing, f))? {
                Look::Reached(instance) => return Ok(*instance),
                Look::Wait => {
                    self.rest(doing, &mut pause, call).await?;
                    continue;
                }
                Look::Step(step) => step,
            };
            let started = match &step {
                Step::Stop => self.stop(id, call).await?,
                Step::Start => self.start_instance(id, call).await?,
                Step::Resize(machine) => match self.set_machine_type(id, machine, call).await {
                    Ok(operation) => operation,
                    Err(error) => return Err(self.after_refusal(id, goal, error, call).await),
                },
            };
            let ended = self.done(doing, &started.path(), call).await?;
            if let Err(failure) = ended {
                let error = self.error(doing, failure);
                let resize = matches!(step, Step::Resize(_));
                return Err(if resize {
                    self.after_refusal(id, goal, error, call).await
                } else {
                    error
                });
            }
        }
    }

    /// A server that was stopped for a new type that it did not get must run again.
    async fn after_refusal(&self, id: &str, goal: &Goal, mut error: Error, call: Call) -> Error {
        let stopped = matches!(goal, Goal::Resized { start: true, .. });
        let final_word = matches!(error.failure.retry, Retry::Never);
        if !stopped || !final_word {
            return error;
        }
        let end = match self.start_instance(id, call).await {
            Ok(_) => "; it is started again with its old type".to_owned(),
            Err(again) => format!("; it is off, and could not be started: {}", again.failure),
        };
        error.failure.message.push_str(&end);
        error
    }
}

fn look(id: &str, instance: Option<Instance>, goal: &Goal) -> Result<Look, Failure> {
    let Some(instance) = instance else {
        return if *goal == Goal::Gone {
            Ok(Look::Reached(Box::new(None)))
        } else {
            let text = format!("server {id} is gone");
            Err(Failure::new(Kind::NotFound, text).retry(Retry::AfterReread).maybe_applied())
        };
    };
    let status = instance.status();
    let off = status == Status::Off;
    let running = status == Status::Running;
    let reached = |instance| Ok(Look::Reached(Box::new(Some(instance))));
    match goal {
        Goal::Done => reached(instance),
        Goal::Off if off => reached(instance),
        Goal::Running if running => reached(instance),
        Goal::Restarted if running => reached(instance),
        Goal::Restarted if off => Ok(Look::Step(Step::Start)),
        Goal::Running if off => {
            let text = format!("server {id} has stopped again; its console may say why");
            Err(Failure::new(Kind::Changed, text).retry(Retry::AfterReread).maybe_applied())
        }
        Goal::Resized { machine, start } => {
            let right = tail(&instance.machine_type) == machine;
            match (right, off, running) {
                (true, true, _) if !start => reached(instance),
                (true, _, true) => reached(instance),
                (true, true, _) => Ok(Look::Step(Step::Start)),
                (false, true, _) => Ok(Look::Step(Step::Resize(machine.clone()))),
                (false, _, true) => Ok(Look::Step(Step::Stop)),
                _ => Ok(Look::Wait),
            }
        }
        Goal::Gone | Goal::Off | Goal::Running | Goal::Restarted => Ok(Look::Wait),
    }
}
