//! The configuration as the program needs it: everything checked, secrets read.
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use dns_provider::Name;
use failover_core::bound::Loss;
use failover_core::{Layer, Policy};
use secrecy::SecretString;
use web_api::Role;

use super::model_notify::{Heartbeat, Notify};
use super::origin::Origins;
use super::problem::{Place, Problem};

/// A validated configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The vantage this process probes from.
    pub vantage: String,
    /// Addresses that answer whenever this vantage has a network.
    pub anchors: Vec<SocketAddr>,
    /// How often what is stored and answered is compared with what was published.
    pub drift_interval: Duration,
    /// What is assumed of the network, and what the bounds are held to.
    pub expect: Expect,
    /// The panel and its API.
    pub server: Server,
    /// What the program writes to its log.
    pub log: Log,
    /// The SQLite journal.
    pub journal: PathBuf,
    /// With whom this watcher shares its lead; `None`: it is alone.
    pub cluster: Option<Cluster>,
    /// How long facts are kept in it for a replay.
    pub retention: watcher::Retention,
    /// Who is asked after a move how far the world has followed.
    pub resolvers: watcher::ResolverCheck,
    /// The DNS providers.
    pub providers: Vec<Provider>,
    /// The services.
    pub services: Vec<Service>,
    /// Who is told.
    pub notify: Vec<Notify>,
    /// Who misses this watcher when it falls silent.
    pub heartbeat: Option<Heartbeat>,
    /// The locations to make at the providers, if any.
    pub locations: Option<Locations>,
    /// Where each setting was typed.
    pub origins: Origins,
    /// What is doubtful.
    pub warnings: Vec<Problem>,
}

/// The watchers that share a lead, and the store between them.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Where it stands in the file.
    pub place: Place,
    /// The vantages of all watchers.
    pub vantages: Vec<String>,
    /// The members of the etcd cluster.
    pub endpoints: Vec<String>,
    /// What all keys begin with.
    pub prefix: String,
    /// How long the lead outlives its holder.
    pub lease: Duration,
    /// The authority that has signed the members' certificates (PEM).
    pub ca: Option<String>,
    /// The certificate to show and its key (PEM).
    pub identity: Option<(String, SecretString)>,
    /// The user to log in as, and the password.
    pub user: Option<(String, SecretString)>,
}

/// What `schwenk locations` needs of a configuration.
#[derive(Clone, Debug)]
pub struct Locations {
    /// The locations to make.
    pub blueprint: cloud_api::blueprint::Blueprint,
    /// The providers they are at.
    pub providers: Vec<Provider>,
    /// What the servers run; `None`: nothing beyond their image.
    pub run: Option<Run>,
}

/// What servers run, and where their secrets are kept.
#[derive(Clone, Debug)]
pub struct Run {
    /// What boot scripts are made from.
    pub settings: cloud_api::boot::Settings,
    /// The file with generated passwords and keys.
    pub secrets: PathBuf,
}

/// What is assumed of the network, and what the bounds are held to.
#[derive(Clone, Debug)]
pub struct Expect {
    /// How probes are lost although a site is well.
    pub loss: Loss,
    /// The shortest mean time to a false failover that is good enough.
    pub false_failover: Duration,
    /// The longest time to a verdict that is good enough, if any.
    pub detection: Option<Duration>,
}

/// The panel and its API.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the metrics are served without a login, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// How browsers reach it, if not by `listen`: an origin such as `https://schwenk.example.com`.
    pub public_origin: Option<String>,
    /// How long a login lasts.
    pub session: Duration,
    /// People.
    pub users: Vec<Account>,
    /// Programs.
    pub tokens: Vec<Account>,
}

/// What `schwenk run` writes to its log, unless the command line says otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log {
    /// How urgent a line must be.
    pub level: Option<LogLevel>,
    /// As what lines are written.
    pub format: Option<LogFormat>,
}

/// How urgent a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Somebody is woken.
    Error,
    /// Somebody should look today.
    Warn,
    /// What happens.
    Info,
    /// What is done for it.
    Debug,
    /// Everything.
    Trace,
}

/// As what the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON document per line.
    Json,
}

/// Somebody who may log in, or a program that may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name that stands in the journal.
    pub name: String,
    /// An argon2id hash in PHC format.
    pub hash: String,
    /// What they may do.
    pub role: Role,
}

/// One DNS provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Where it stands in the file.
    pub place: Place,
    /// The name used everywhere else.
    pub id: String,
    /// Whose API, and how to reach it.
    pub api: Api,
    /// Whether plain `http` may leave this machine.
    pub allow_plain: bool,
    /// The longest an API operation may take.
    pub call_timeout: Duration,
    /// The name servers to ask, in place of those the zone names.
    pub name_servers: Option<Vec<NameServer>>,
}

/// Whose API, and how to reach it.
#[derive(Clone, Debug)]
pub enum Api {
    /// Google Cloud DNS.
    Google(Google),
    /// Hetzner Cloud DNS.
    Hetzner {
        /// The API token.
        token: SecretString,
        /// The base URL, if not the vendor's.
        endpoint: Option<String>,
    },
}

/// How to reach Google Cloud DNS.
#[derive(Clone, Debug)]
pub struct Google {
    /// The project that holds the zones; `None`: the credentials' own.
    pub project: Option<String>,
    /// Where the credentials come from.
    pub credentials: GoogleCredentials,
    /// The base URL, if not the vendor's.
    pub endpoint: Option<String>,
    /// The base URL of Compute Engine, if not the vendor's.
    pub compute_endpoint: Option<String>,
    /// Where tokens are fetched, if not where the key says.
    pub token_uri: Option<String>,
    /// The metadata server, if not the usual one.
    pub metadata_host: Option<String>,
}

/// Where Google credentials come from.
#[derive(Clone, Debug)]
pub enum GoogleCredentials {
    /// Application Default Credentials.
    Adc,
    /// The metadata server of the machine this runs on.
    Metadata,
    /// A key file's contents.
    Json(SecretString),
}

/// A name server and where to ask it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameServer {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<SocketAddr>,
}

/// One service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Where its zone stands in the file.
    pub place: Place,
    /// The decision's settings.
    pub policy: Policy,
    /// The preset the policy started from.
    pub preset: String,
    /// The owner name.
    pub record: Name,
    /// The zone.
    pub zone: Name,
    /// The TTL, in seconds.
    pub ttl: u32,
    /// The sites, in order of preference.
    pub sites: Vec<Site>,
    /// The checks, in the policy's order.
    pub checks: Vec<health::Check>,
    /// What each of them looks at.
    pub layers: Vec<Layer>,
    /// Per provider of the policy, in its order: the provider's own id of the zone, if given.
    pub zone_ids: Vec<Option<String>>,
}

/// One place that can serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Where it is, in the owner's words.
    pub location: String,
    /// The addresses it is published with.
    pub addresses: Vec<IpAddr>,
    /// The servers behind it, as far as the watcher may turn them on and off.
    pub servers: Option<Servers>,
}

/// The servers behind a site, as far as the watcher may turn them on and off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servers {
    /// Where they stand in the file.
    pub place: Place,
    /// The id of the provider they are at.
    pub cloud: String,
    /// Their names.
    pub names: Vec<String>,
    /// Those among them that run in a warm standby.
    pub databases: Vec<String>,
    /// What of them runs while the site is not active.
    pub standby: Standby,
}

/// What of a site runs while it is not active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standby {
    /// Everything.
    #[default]
    Hot,
    /// The databases; the rest is off.
    Warm,
    /// Nothing.
    Cold,
}
