//! One server's power and type.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_api::{Call, ComputeProvider, Error, Kind, Power, Server, Status, Ticket};
use failover_core::Actor;
use watcher::Handle;
use web_api::{BlueprintStep, PlacesJob, PowerAct, PowerRequest, ResizeRequest, Said};

use super::job::{Turn, Words, lines, of_kind};
use super::look::{silent, status};
use super::{LOOK, Places, Refused};

/// How often a server is looked at while the vendor works on it.
const GLANCE: Duration = Duration::from_secs(2);

/// What is to be done to one server.
#[derive(Clone, Debug)]
enum Change {
    Power(Power),
    Resize(String),
}

impl Places {
    /// Turns a server on or off.
    pub async fn power(
        self: &Arc<Self>,
        handle: &Handle,
        who: Actor,
        request: PowerRequest,
    ) -> Result<PlacesJob, Refused> {
        let (power, word) = match request.act {
            PowerAct::Start => (Power::Start, "start"),
            PowerAct::Shutdown => (Power::Shutdown, "shut down"),
            PowerAct::PowerOff => (Power::PowerOff, "cut the power of"),
            PowerAct::Reboot => (Power::Reboot, "restart"),
            PowerAct::Reset => (Power::Reset, "reset"),
        };
        let PowerRequest { provider, server, name, foreign, act } = request;
        let title = format!("{word} {name} ({provider})");
        let action = serde_json::to_value(act).ok().and_then(|it| it.as_str().map(str::to_owned));
        let turn = self.turn(handle, who, "power", title)?;
        let server = Asked { provider, server, name, foreign };
        self.one(turn, server, action.unwrap_or_default(), Change::Power(power)).await
    }

    /// Gives a server another type.
    pub async fn resize(
        self: &Arc<Self>,
        handle: &Handle,
        who: Actor,
        request: ResizeRequest,
    ) -> Result<PlacesJob, Refused> {
        let ResizeRequest { provider, server, name, machine, foreign } = request;
        let title = format!("make {name} ({provider}) a {machine}");
        let turn = self.turn(handle, who, "resize", title)?;
        let server = Asked { provider, server, name, foreign };
        self.one(turn, server, "resize".to_owned(), Change::Resize(machine)).await
    }

    async fn one(
        self: &Arc<Self>,
        mut turn: Turn,
        asked: Asked,
        action: String,
        change: Change,
    ) -> Result<PlacesJob, Refused> {
        let cloud = self.cloud(&asked.provider)?.clone();
        let server = self.known(cloud.as_ref(), &asked).await?;
        let detail = match &change {
            Change::Power(_) => {
                format!("{}, {} at {}", status(&server.status), server.machine, server.place)
            }
            Change::Resize(to) => format!("{} → {to}", server.machine),
        };
        let step = BlueprintStep {
            action,
            thing: "server".to_owned(),
            provider: asked.provider,
            location: server
                .labels
                .get("location")
                .filter(|_| self.is_own(server.owner.as_deref()))
                .cloned(),
            name: server.name.clone(),
            detail,
            reason: String::new(),
        };
        let steps = vec![step];
        let lines = lines(&steps);
        let job = turn.begin(steps, lines).await?;
        tokio::spawn(carry_out(turn, cloud, server.id, change));
        Ok(job)
    }

    /// The server that is meant, if it is the one it is believed to be.
    async fn known(&self, cloud: &dyn ComputeProvider, asked: &Asked) -> Result<Server, Refused> {
        let call = Call::until(Instant::now() + LOOK);
        let found = match cloud.server(&asked.server, call).await {
            Ok(found) => found,
            Err(error) if error.failure.kind == Kind::Invalid => None,
            Err(error) => return Err(silent(error)),
        };
        let Some(server) = found else {
            let text = format!("{} has no server of this id; look again", asked.provider);
            return Err(Refused::Unknown("unknown_server", text));
        };
        if server.name != asked.name {
            let text = format!(
                "this server is called {}, not \"{}\"; look again",
                server.name,
                asked.name.escape_debug()
            );
            return Err(Refused::Conflict("other_server", text));
        }
        let ours =
            self.is_own(server.owner.as_deref()) || self.is_named(&asked.provider, &server.name);
        if !ours && !asked.foreign {
            let text = format!(
                "{} is neither the blueprint's nor named in the configuration; to change it all the \
                 same, say so with \"foreign\": true",
                server.name
            );
            return Err(Refused::Conflict("foreign_server", text));
        }
        if server.busy {
            let text = format!("{} is being worked on already; wait for the end", server.name);
            return Err(Refused::Conflict("server_busy", text));
        }
        Ok(server)
    }
}

/// Which server is meant.
struct Asked {
    provider: String,
    server: String,
    name: String,
    foreign: bool,
}

async fn carry_out(turn: Turn, cloud: Arc<dyn ComputeProvider>, id: String, change: Change) {
    turn.step("running", None, None);
    let call = Call::until(Instant::now() + turn.places().terms.patience);
    let begun = match &change {
        Change::Power(power) => cloud.power(&id, *power, call).await,
        Change::Resize(machine) => cloud.resize(&id, machine, call).await,
    };
    let result = match begun {
        Ok(Some(ticket)) => settled(&turn, cloud.as_ref(), &id, &ticket, call).await,
        Ok(None) => Ok(("it is so already".to_owned(), Some(Said::of("power.so_already")))),
        Err(error) => Err(error),
    };
    match result {
        Ok((note, said)) => {
            turn.step("done", Some((note.clone(), said.clone())), None);
            turn.end("done", (sentence(&note), said), None).await;
        }
        Err(error) => {
            let (text, advice) = (error.failure.to_string(), advice(&error, &change));
            turn.step("failed", Some((text.clone(), None)), Some(advice.clone()));
            turn.end("failed", (sentence(&text), None), Some(advice)).await;
        }
    }
}

/// Waits for the vendor and shows meanwhile what the server does.
async fn settled(
    turn: &Turn,
    cloud: &dyn ComputeProvider,
    id: &str,
    ticket: &Ticket,
    call: Call,
) -> Result<Words, Error> {
    let mut settling = std::pin::pin!(cloud.settle(ticket, call));
    let settled = loop {
        tokio::select! {
            settled = &mut settling => break settled?,
            () = tokio::time::sleep(GLANCE) => {
                let glance = Call::until(Instant::now() + LOOK);
                if let Ok(Some(server)) = cloud.server(id, glance).await {
                    turn.step("running", Some((status(&server.status), None)), None);
                }
            }
        }
    };
    let (mut note, mut said) = match &settled.server {
        Some(server) if server.status == Status::Off => {
            ("it is off".to_owned(), Some(Said::of("power.off")))
        }
        Some(server) if server.status == Status::Running => {
            let said = Said::of("power.runs").with("machine", &server.machine);
            (format!("it runs as {}", server.machine), Some(said))
        }
        Some(server) => (format!("it is {}", status(&server.status)), None),
        None => ("the vendor says that it is done".to_owned(), Some(Said::of("power.done"))),
    };
    if let Some(moved) = settled.moved {
        note += &format!("; its public address is {} now, no more {}", moved.after, moved.before);
        said = said.map(|said| said.with("after", moved.after).with("before", moved.before));
    }
    Ok((note, said))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string());
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn advice(error: &Error, change: &Change) -> Words {
    let mut said = of_kind("power", error.failure.kind);
    let text = match (error.failure.kind, change) {
        (Kind::Timeout, Change::Power(Power::Shutdown)) => {
            said = Said::of("advice.power.shutdown_timeout");
            "the system may not listen; look at the server, and cut its power if it must be off"
        }
        (Kind::NoCapacity, _) => "wait, or choose another type",
        (Kind::Quota, _) => "ask the provider for a higher limit",
        (Kind::Forbidden, _) => {
            "at Hetzner the token must be for reading and writing, at Google the account needs the \
             role Compute Admin"
        }
        (Kind::RateLimited, _) => "wait some minutes and try again",
        (Kind::Invalid | Kind::Unsupported, Change::Resize(_)) => {
            said = Said::of("advice.power.another_type");
            "choose another type"
        }
        _ => {
            said = Said::of("advice.power.look");
            "look at the server before you try again: it may have been done"
        }
    };
    (text.to_owned(), Some(said))
}
