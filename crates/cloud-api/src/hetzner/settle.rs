//! Tickets: what to wait for, what shall be in the end, and the steps in between.
use std::net::Ipv4Addr;
use std::time::Duration;

use cloud_http::{Call, Error, Failure, Kind, Retry};
use serde::{Deserialize, Serialize};

use super::HetznerCloud;
use super::wire::{Started, WireServer};
use crate::range::Range;
use crate::server::Status;
use crate::ticket::{Settled, Ticket};

/// A server that should be on and is seen off so often will not come on by itself.
const DOWN_MAX: u32 = 10;

/// What a ticket says, as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    /// The actions to wait for first.
    actions: Vec<u64>,
    /// The server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<u64>,
    goal: Goal,
    /// The public address it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Ipv4Addr>,
}

/// What shall be in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goal {
    /// The actions have ended well.
    Done,
    /// The server has these private addresses (network, address) and runs.
    Attached(Vec<(u64, Ipv4Addr)>),
    /// The server runs.
    Running,
    /// The server is off.
    Off,
    /// There is no such server.
    Gone,
    /// The server has this type and, if it ran before, runs again.
    Resized { machine: String, start: bool },
    /// The network shows this subnet.
    Subnet { network: u64, range: Range },
    /// There is no such firewall.
    Closed { firewall: u64 },
}

impl Work {
    /// Waiting for the actions of an answer that have not ended well already.
    pub(super) fn new(started: &Started) -> Self {
        let open = started.all().filter(|action| action.status != "success");
        let actions = open.map(|action| action.id).collect();
        Self { actions, server: None, goal: Goal::Done, before: None }
    }

    /// Waiting for something nobody knows the actions of.
    pub(super) fn without_actions(goal: Goal) -> Self {
        Self { actions: Vec::new(), server: None, goal, before: None }
    }

    pub(super) fn goal(self, goal: Goal) -> Self {
        Self { goal, ..self }
    }

    pub(super) fn server(self, id: u64, goal: Goal) -> Self {
        Self { server: Some(id), goal, ..self }
    }

    pub(super) fn before(self, before: Option<Ipv4Addr>) -> Self {
        Self { before, ..self }
    }
}

/// What the look at a server says.
enum Look {
    Reached,
    Wait,
    /// It should be on and is off.
    Down,
    Step(Step),
}

enum Step {
    Start,
    Shutdown,
    Resize(String),
    Attach(u64, Ipv4Addr),
    Detach(u64),
}

impl HetznerCloud {
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
        let doing = match work.server {
            Some(server) => format!("wait for server {server}"),
            None => "wait for work".to_owned(),
        };
        let by_state = work.server.is_some() || work.goal != Goal::Done;
        for id in &work.actions {
            match self.actions.ended(&self.client, *id, call).await {
                Ok(()) => {}
                // Old actions are forgotten; what is there tells as well.
                Err(failure) if failure.kind == Kind::NotFound && by_state => {}
                Err(failure) => return Err(self.error(&doing, failure)),
            }
        }
        match (&work.goal, work.server) {
            (Goal::Subnet { network, range }, _) => {
                self.await_subnet(*network, *range, call).await?;
                Ok(Settled::default())
            }
            (Goal::Closed { firewall }, _) => {
                self.await_closed(*firewall, call).await?;
                Ok(Settled::default())
            }
            (_, None) => Ok(Settled::default()),
            (goal, Some(id)) => {
                let server = self.reach(&doing, id, goal, call).await?.map(WireServer::server);
                let moved = server.as_ref().and_then(|server| server.moved_since(work.before));
                Ok(Settled { moved, ..Settled::with(server) })
            }
        }
    }

    /// Looks and acts until the goal is reached.
    async fn reach(
        &self,
        doing: &str,
        id: u64,
        goal: &Goal,
        call: Call,
    ) -> Result<Option<WireServer>, Error> {
        let mut pause = self.poll_first;
        // A system is asked once to shut down; asking again and again would not help.
        let mut asked = false;
        let mut down = 0;
        loop {
            let more = if *goal == Goal::Off || asked {
                "; a system that does not listen has to be powered off"
            } else {
                ""
            };
            let server = match self.get_server(id, call).await {
                Ok(server) => server,
                Err(_) if self.client.clock().now() >= call.deadline => {
                    return Err(self.too_late(doing, more));
                }
                Err(error) => return Err(unsure(error)),
            };
            let Some(server) = server else {
                if *goal == Goal::Gone {
                    return Ok(None);
                }
                let text = format!("server {id} is gone");
                let failure = Failure::new(Kind::NotFound, text).retry(Retry::AfterReread);
                return Err(self.error(doing, failure.maybe_applied()));
            };
            let step = match look(&server, goal) {
                Look::Reached => return Ok(Some(server)),
                Look::Step(Step::Shutdown) if asked => None,
                Look::Step(step) => Some(step),
                Look::Wait => None,
                Look::Down => {
                    down += 1;
                    None
                }
            };
            if down >= DOWN_MAX {
                let text = format!("server {id} has stopped again, or somebody stopped it");
                let failure = Failure::new(Kind::Changed, text).retry(Retry::AfterReread);
                return Err(self.error(doing, failure.maybe_applied()));
            }
            let Some(step) = step else {
                self.rest(doing, more, &mut pause, call).await?;
                continue;
            };
            asked |= matches!(step, Step::Shutdown);
            self.take(id, goal, step, call).await?;
        }
    }

    async fn take(&self, id: u64, goal: &Goal, step: Step, call: Call) -> Result<(), Error> {
        let started = match &step {
            Step::Start => self.act(id, "poweron", None, call).await,
            Step::Shutdown => self.act(id, "shutdown", None, call).await,
            Step::Resize(machine) => self.change_type(id, machine, call).await,
            Step::Attach(network, address) => self.attach(id, *network, *address, call).await,
            Step::Detach(network) => {
                let body = serde_json::json!({"network": network});
                self.act(id, "detach_from_network", Some(body), call).await
            }
        };
        let ended = match started {
            Ok(started) => self.all_ended(&started, call).await,
            Err(error) => Err(error),
        };
        match ended {
            Err(error) if matches!(step, Step::Resize(_)) => {
                Err(self.after_refusal(id, goal, error, call).await)
            }
            other => other,
        }
    }

    /// Waits for all actions of an answer.
    pub(super) async fn all_ended(&self, started: &Started, call: Call) -> Result<(), Error> {
        for action in started.all() {
            let ended = match action.result() {
                Some(result) => result,
                None => self.actions.ended(&self.client, action.id, call).await,
            };
            ended.map_err(|failure| self.error(format!("wait for {}", action.command), failure))?;
        }
        Ok(())
    }

    /// A server that was stopped for a new type that it did not get must run again.
    async fn after_refusal(&self, id: u64, goal: &Goal, mut error: Error, call: Call) -> Error {
        let stopped = matches!(goal, Goal::Resized { start: true, .. });
        let final_word = matches!(error.failure.retry, Retry::Never);
        if !stopped || !final_word {
            return error;
        }
        let end = match self.act(id, "poweron", None, call).await {
            Ok(_) => "; it is started again with its old type".to_owned(),
            Err(again) => format!("; it is off, and could not be started: {}", again.failure),
        };
        error.failure.message.push_str(&end);
        error
    }

    /// Waits a little longer than the last time, or fails at the deadline.
    pub(super) async fn rest(
        &self,
        doing: &str,
        more: &str,
        pause: &mut Duration,
        call: Call,
    ) -> Result<(), Error> {
        let clock = self.client.clock();
        let at = clock.now() + *pause;
        if at >= call.deadline {
            return Err(self.too_late(doing, more));
        }
        clock.sleep_until(at).await;
        *pause = (*pause * 8 / 5).min(self.poll_cap);
        Ok(())
    }

    fn too_late(&self, doing: &str, more: &str) -> Error {
        let text = format!("not done yet at the deadline{more}");
        let failure = Failure::new(Kind::Timeout, text).retry(Retry::Later);
        self.error(doing, failure.maybe_applied())
    }
}

/// That a look failed says nothing about the work.
pub(super) fn unsure(mut error: Error) -> Error {
    error.failure = error.failure.maybe_applied();
    error
}

fn look(server: &WireServer, goal: &Goal) -> Look {
    let status = server.status();
    let (running, off) = (status == Status::Running, status == Status::Off);
    match goal {
        Goal::Off if off => Look::Reached,
        Goal::Running if running => Look::Reached,
        // While an action runs, every other one would be refused.
        _ if server.locked => Look::Wait,
        // Between being made and being started it is off too, but not for long.
        Goal::Running if off => Look::Down,
        Goal::Attached(wanted) => {
            for (network, address) in wanted {
                match server.address_in(*network) {
                    Some(present) if present == *address => {}
                    Some(_) => return Look::Step(Step::Detach(*network)),
                    None => return Look::Step(Step::Attach(*network, *address)),
                }
            }
            match (running, off) {
                (true, _) => Look::Reached,
                (_, true) => Look::Step(Step::Start),
                _ => Look::Wait,
            }
        }
        Goal::Resized { machine, start } => {
            let right = server.server_type.is(machine);
            match (right, off, running) {
                (true, true, _) if !start => Look::Reached,
                (true, _, true) => Look::Reached,
                (true, true, _) => Look::Step(Step::Start),
                (false, true, _) => Look::Step(Step::Resize(machine.clone())),
                (false, _, true) => Look::Step(Step::Shutdown),
                _ => Look::Wait,
            }
        }
        _ => Look::Wait,
    }
}
