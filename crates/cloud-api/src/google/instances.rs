//! Making, removing, switching and resizing servers.
use std::net::{IpAddr, Ipv4Addr};

use cloud_http::{Call, Error, Failure, Kind, Retry, encode};
use http::Method;
use serde_json::{Value, json};

use super::kept::WireAddress;
use super::settle::{Goal, Work};
use super::{GoogleCompute, region_of, spec};
use crate::server::{Power, PublicV4, ServerSpec, Status};
use crate::ticket::{Creation, Ticket};
use crate::validate::check_word;

impl GoogleCompute {
    pub(super) async fn insert(&self, spec: &ServerSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("create server {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&doing, failure))?;
        for attachment in &spec.attachments {
            self.halves("subnet", &attachment.subnet)?;
        }
        let id = format!("{}/{}", spec.place, spec.name);
        let reserved = match &spec.public_v4 {
            PublicV4::Reserved(address) => match self.reserved(spec, address, call).await? {
                Some(address) => Some(address),
                // In use: perhaps by this very server.
                None => match self.adopt(spec, &id, call).await? {
                    Some(creation) => return Ok(creation),
                    None => {
                        let text = format!("the address {address} is in use by another server");
                        return Err(self.error(&doing, Failure::new(Kind::Busy, text)));
                    }
                },
            },
            _ => None,
        };
        let path = format!("zones/{}/instances", encode(&spec.place));
        let body = spec::instance(spec, reserved, &self.disk_type);
        let mut pause = self.poll_first;
        loop {
            let request = self.change(&doing, Method::POST, &path)?.json(body.clone());
            match self.start(&request, call).await {
                Ok(operation) => {
                    let ticket = self.ticket(&Work::new(&operation).server(&id, Goal::Running));
                    return Ok(Creation::new(id, Some(ticket)));
                }
                Err(error) if error.failure.kind == Kind::AlreadyExists => {
                    if let Some(creation) = self.adopt(spec, &id, call).await? {
                        return Ok(creation);
                    }
                    // The name is taken from the first moment on, but what bears it is shown later.
                    self.rest(&doing, &mut pause, call).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The server that an interrupted attempt has made, if there is one.
    async fn adopt(
        &self,
        spec: &ServerSpec,
        id: &str,
        call: Call,
    ) -> Result<Option<Creation>, Error> {
        let Some(instance) = self.instance(id, call).await? else { return Ok(None) };
        let server = instance.server();
        if server.belongs_to(&spec.owner) {
            let open = matches!(server.status, Status::Starting);
            let ticket = open.then(|| self.ticket(&Work::without_operation(id, Goal::Running)));
            return Ok(Some(Creation::adopted(id, ticket)));
        }
        let whose =
            server.owner.map_or_else(|| "nobody's".to_owned(), |owner| format!("{owner}'s"));
        let text = format!("there is a server {id} already, and it is {whose}");
        let failure = Failure::new(Kind::AlreadyExists, text).retry(Retry::Never);
        Err(self.error(format!("create server {}", spec.name), failure))
    }

    /// The address to give to a new server; `None` if it is in use.
    async fn reserved(
        &self,
        spec: &ServerSpec,
        id: &str,
        call: Call,
    ) -> Result<Option<Ipv4Addr>, Error> {
        let doing = format!("create server {}", spec.name);
        let wrong = |kind, text: String| self.error(&doing, Failure::new(kind, text));
        let (region, name) = self.halves("address", id)?;
        let wanted = region_of(&spec.place);
        if region != wanted {
            let text = format!("the address {id} cannot be used in {wanted}");
            return Err(wrong(Kind::Invalid, text));
        }
        let path = format!("regions/{}/addresses/{}", encode(region), encode(name));
        let address: Option<WireAddress> =
            self.get(format!("read address {id}"), &path, call).await?;
        let address = address.and_then(WireAddress::address);
        let address =
            address.ok_or_else(|| wrong(Kind::NotFound, format!("there is no address {id}")))?;
        match address.address {
            _ if address.server.is_some() => Ok(None),
            Some(IpAddr::V4(v4)) => Ok(Some(v4)),
            Some(IpAddr::V6(_)) => Err(wrong(Kind::Invalid, format!("{id} is no IPv4 address"))),
            None => Err(wrong(Kind::Busy, format!("{id} is still being reserved"))),
        }
    }

    pub(super) async fn delete_instance(
        &self,
        id: &str,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let request = self.change(
            format!("delete server {id}"),
            Method::DELETE,
            &self.instance_path(id, "")?,
        )?;
        match self.start(&request, call).await {
            Ok(operation) => Ok(Some(self.ticket(&Work::new(&operation).server(id, Goal::Gone)))),
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
        let instance = self.instance(id, call).await?.ok_or_else(|| self.no_server(&doing, id))?;
        let status = instance.status();
        let off = status == Status::Off;
        match power {
            Power::Start if status == Status::Running => return Ok(None),
            Power::Shutdown | Power::PowerOff if off => return Ok(None),
            Power::Reboot | Power::Reset if off => {
                let text = format!("server {id} is off; start it");
                return Err(self.error(&doing, Failure::new(Kind::Invalid, text)));
            }
            _ => {}
        }
        let (verb, goal) = match power {
            Power::Start => ("start", Goal::Running),
            Power::Shutdown | Power::PowerOff => ("stop", Goal::Off),
            Power::Reboot => ("stop", Goal::Restarted),
            Power::Reset => ("reset", Goal::Running),
        };
        let path = self.instance_path(id, &format!("/{verb}"))?;
        let mut request = self.change(&doing, Method::POST, &path)?;
        if verb == "stop" {
            // Needed by a server with local disks, ignored by any other.
            request = request.query("discardLocalSsd", "true");
        }
        if power == Power::PowerOff {
            request = request.query("noGracefulShutdown", "true");
        }
        let operation = self.start(&request, call).await?;
        let work = Work::new(&operation).server(id, goal).before(instance.public_v4());
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
        let instance = self.instance(id, call).await?.ok_or_else(|| self.no_server(&doing, id))?;
        if super::wire::tail(&instance.machine_type) == machine {
            return Ok(None);
        }
        let (zone, _) = self.halves("server", id)?;
        // Before anything is stopped.
        self.must_have_machine(zone, machine, call).await?;
        let off = instance.status() == Status::Off;
        let goal = Goal::Resized { machine: machine.to_owned(), start: !off };
        let operation = if off {
            self.set_machine_type(id, machine, call).await?
        } else {
            self.stop(id, call).await?
        };
        let work = Work::new(&operation).server(id, goal).before(instance.public_v4());
        Ok(Some(self.ticket(&work)))
    }

    pub(super) async fn set_machine_type(
        &self,
        id: &str,
        machine: &str,
        call: Call,
    ) -> Result<super::wire::Operation, Error> {
        let (zone, _) = self.halves("server", id)?;
        let body: Value = json!({"machineType": format!("zones/{zone}/machineTypes/{machine}")});
        let path = self.instance_path(id, "/setMachineType")?;
        let request = self.change(format!("resize server {id}"), Method::POST, &path)?.json(body);
        self.start(&request, call).await
    }

    pub(super) async fn stop(&self, id: &str, call: Call) -> Result<super::wire::Operation, Error> {
        let path = self.instance_path(id, "/stop")?;
        let request = self
            .change(format!("stop server {id}"), Method::POST, &path)?
            .query("discardLocalSsd", "true");
        self.start(&request, call).await
    }

    pub(super) async fn start_instance(
        &self,
        id: &str,
        call: Call,
    ) -> Result<super::wire::Operation, Error> {
        let path = self.instance_path(id, "/start")?;
        let request = self.change(format!("start server {id}"), Method::POST, &path)?;
        self.start(&request, call).await
    }

    /// The path of a server, or of one of its verbs.
    pub(super) fn instance_path(&self, id: &str, verb: &str) -> Result<String, Error> {
        let (zone, name) = self.halves("server", id)?;
        Ok(format!("zones/{}/instances/{}{verb}", encode(zone), encode(name)))
    }

    pub(super) fn no_server(&self, doing: &str, id: &str) -> Error {
        let text = format!("there is no server {id} in project {}", self.project);
        self.error(doing, Failure::new(Kind::NotFound, text))
    }
}
