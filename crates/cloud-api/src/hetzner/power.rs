//! Removing, switching, resizing and relabelling servers.
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use cloud_http::{Call, Error, Failure, Kind, Request};
use http::Method;
use serde_json::{Value, json};

use super::HetznerCloud;
use super::settle::{Goal, Work};
use super::wire::{Started, WireServer};
use crate::labels;
use crate::server::{Power, Status};
use crate::ticket::Ticket;
use crate::validate::check_word;

/// How often an address is asked for that is not free yet, or in a subnet not known yet.
const ROUNDS: u32 = 6;

impl HetznerCloud {
    pub(super) async fn delete_server(
        &self,
        id: &str,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let number = self.number("server", id)?;
        let doing = format!("delete server {id}");
        let request =
            Request::write(doing, Method::DELETE, format!("/servers/{number}")).repeatable();
        match self.client.json::<Started>(&request, call).await {
            Ok(started) => Ok(Some(self.ticket(&Work::new(&started).server(number, Goal::Gone)))),
            Err(error) if error.failure.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn switch(
        &self,
        id: &str,
        power: Power,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let doing = format!("switch server {id}");
        let server = self.known(&doing, id, call).await?;
        let status = server.status();
        match power {
            Power::Start if status == Status::Running => return Ok(None),
            Power::Shutdown | Power::PowerOff if status == Status::Off => return Ok(None),
            Power::Reboot | Power::Reset if status == Status::Off => {
                let text = format!("server {id} is off; start it");
                return Err(self.error(&doing, Failure::new(Kind::Invalid, text)));
            }
            _ => {}
        }
        let (verb, goal) = match power {
            Power::Start => ("poweron", Goal::Running),
            Power::Shutdown => ("shutdown", Goal::Off),
            Power::PowerOff => ("poweroff", Goal::Off),
            Power::Reboot => ("reboot", Goal::Running),
            Power::Reset => ("reset", Goal::Running),
        };
        let started = self.act(server.id, verb, None, call).await?;
        let work = Work::new(&started).server(server.id, goal).before(server.public_v4());
        Ok(Some(self.ticket(&work)))
    }

    pub(super) async fn begin_resize(
        &self,
        id: &str,
        machine: &str,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let doing = format!("resize server {id}");
        check_word("machine type", machine).map_err(|failure| self.error(&doing, failure))?;
        let server = self.known(&doing, id, call).await?;
        if server.server_type.is(machine) {
            return Ok(None);
        }
        // Before anything is stopped.
        self.must_have_machine(&server, machine, call).await?;
        let off = server.status() == Status::Off;
        let started = if off {
            self.change_type(server.id, machine, call).await?
        } else {
            self.act(server.id, "shutdown", None, call).await?
        };
        let goal = Goal::Resized { machine: machine.to_owned(), start: !off };
        let work = Work::new(&started).server(server.id, goal).before(server.public_v4());
        Ok(Some(self.ticket(&work)))
    }

    /// The disk stays as it is, so that a smaller type remains possible.
    pub(super) async fn change_type(
        &self,
        id: u64,
        machine: &str,
        call: Call,
    ) -> Result<Started, Error> {
        let body = json!({"server_type": machine, "upgrade_disk": false});
        self.act(id, "change_type", Some(body), call).await
    }

    /// Attaches a server to a network. Subnets made and addresses freed a moment ago are not yet
    /// known everywhere, so some refusals are met with patience.
    pub(super) async fn attach(
        &self,
        id: u64,
        network: u64,
        address: Ipv4Addr,
        call: Call,
    ) -> Result<Started, Error> {
        let body = json!({"network": network, "ip": address});
        let clock = self.client.clock();
        let mut round = 0;
        loop {
            let error = match self.act(id, "attach_to_network", Some(body.clone()), call).await {
                Ok(started) => return Ok(started),
                Err(error) => error,
            };
            let code = error.failure.code.as_deref();
            match code {
                Some("server_already_attached") => return Ok(Started::default()),
                Some("no_subnet_available" | "ip_not_available") if round < ROUNDS => {}
                _ => return Err(error),
            }
            let at = clock.now() + self.backoff.ceiling(round);
            if !call.may_write(at) {
                return Err(error);
            }
            clock.sleep_until(at).await;
            round += 1;
        }
    }

    /// One of a server's actions. Each of them is harmless when it comes twice.
    pub(super) async fn act(
        &self,
        id: u64,
        verb: &str,
        body: Option<Value>,
        call: Call,
    ) -> Result<Started, Error> {
        let path = format!("/servers/{id}/actions/{verb}");
        let doing = format!("{} server {id}", verb.replace('_', " "));
        let mut request = Request::write(doing, Method::POST, path).repeatable();
        if let Some(body) = body {
            request = request.json(body);
        }
        self.client.json(&request, call).await
    }

    pub(super) async fn set_labels(
        &self,
        id: &str,
        own: &BTreeMap<String, String>,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let doing = format!("relabel server {id}");
        labels::check(own, &[]).map_err(|failure| self.error(&doing, failure))?;
        let server = self.known(&doing, id, call).await?;
        // A PUT replaces all labels, those of the owner and of other programs too.
        let wanted = labels::relabelled(&server.labels, own);
        if wanted == server.labels {
            return Ok(None);
        }
        let request = Request::write(doing, Method::PUT, format!("/servers/{}", server.id))
            .json(json!({"labels": wanted}))
            .repeatable();
        self.client.send(&request, call).await.map(|_| None)
    }

    async fn known(&self, doing: &str, id: &str, call: Call) -> Result<WireServer, Error> {
        let number = self.number("server", id)?;
        self.get_server(number, call).await?.ok_or_else(|| {
            let text = format!(
                "there is no server {id}; a server is seen only by tokens of the project it is in"
            );
            self.error(doing, Failure::new(Kind::NotFound, text))
        })
    }
}
