//! The servers behind a site, turned on and off through the API of the cloud they stand in.
//!
//! Servers are known by their names, because a name stays when a server is built anew, and only
//! those that are named are ever touched.
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_api::{ComputeProvider, Power, Server, Status};
use cloud_http::Call;
use futures_util::future::join_all;

use crate::power::SitePower;

/// How long a server gets to shut down by itself before the plug is pulled.
const GRACE: Duration = Duration::from_secs(90);

/// The servers of one site in one cloud.
#[derive(Clone, Debug)]
pub struct SiteServers {
    /// The cloud.
    pub cloud: Arc<dyn ComputeProvider>,
    /// All that may be turned on and off, by name.
    pub names: Vec<String>,
    /// Those of them that run on while the site rests.
    pub running: Vec<String>,
    /// How long a server gets to shut down by itself.
    pub grace: Duration,
}

impl SiteServers {
    /// The servers called `names` in `cloud`; those called `running` run on while the site rests.
    pub fn new(cloud: Arc<dyn ComputeProvider>, names: Vec<String>, running: Vec<String>) -> Self {
        Self { cloud, names, running, grace: GRACE }
    }

    /// Brings each of `names` to `wanted`; what is wrong with any of them is said of all.
    async fn bring(&self, names: &[&String], power: Power, call: Call) -> Result<(), String> {
        let known = self.cloud.servers(None, call).await.map_err(|error| error.to_string())?;
        let known = &known;
        let each = names.iter().map(|name| async move {
            let result = match one(known, name) {
                Ok(server) => self.turn(server, power, call).await,
                Err(message) => Err(message),
            };
            result.map_err(|message| format!("{name}: {message}"))
        });
        let wrong: Vec<String> = join_all(each).await.into_iter().filter_map(Result::err).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }

    async fn turn(&self, server: &Server, power: Power, call: Call) -> Result<(), String> {
        let wanted = if power == Power::Start { Status::Running } else { Status::Off };
        let done = self.ask(&server.id, power, call).await;
        // Whatever the operation says: what counts is how the server is now.
        let now = self.cloud.server(&server.id, call).await.map_err(|error| error.to_string())?;
        match now {
            Some(now) if now.status == wanted => Ok(()),
            Some(now) => Err(done.err().unwrap_or_else(|| format!("it is {:?}", now.status))),
            None => Err("it is gone".to_owned()),
        }
    }

    async fn ask(&self, id: &str, power: Power, call: Call) -> Result<(), String> {
        let ticket = self.cloud.power(id, power, call).await.map_err(|error| error.to_string())?;
        let Some(ticket) = ticket else { return Ok(()) };
        self.cloud.settle(&ticket, call).await.map(drop).map_err(|error| error.to_string())
    }
}

/// The one server of this name. Of two nobody can say which one is meant.
fn one<'s>(known: &'s [Server], name: &str) -> Result<&'s Server, String> {
    let mut found = known.iter().filter(|server| server.name == name);
    match (found.next(), found.next()) {
        (Some(server), None) => Ok(server),
        (Some(one), Some(other)) => {
            Err(format!("there are two, at {} and {}; rename one", one.place, other.place))
        }
        (None, _) => Err("there is no server of this name".to_owned()),
    }
}

#[async_trait]
impl SitePower for SiteServers {
    async fn fence(&self, call: Call) -> Result<(), String> {
        // A shutdown asks the system, and a system that hangs may serve on without listening.
        let names: Vec<&String> = self.names.iter().collect();
        self.bring(&names, Power::PowerOff, call).await
    }

    async fn start(&self, call: Call) -> Result<(), String> {
        let names: Vec<&String> = self.names.iter().collect();
        self.bring(&names, Power::Start, call).await
    }

    async fn rest(&self, call: Call) -> Result<(), String> {
        let names: Vec<&String> =
            self.names.iter().filter(|name| !self.running.contains(name)).collect();
        let gently = Call::until(call.deadline.min(Instant::now() + self.grace));
        if self.bring(&names, Power::Shutdown, gently).await.is_ok() {
            return Ok(());
        }
        self.bring(&names, Power::PowerOff, call).await
    }
}
