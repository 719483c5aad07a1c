//! What the servers shall serve, apart from where they stand.
use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;

use crate::name::Name;
use crate::place::Architecture;

/// What the servers shall serve, apart from where they stand. Plain data; it is checked when a
/// script is made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The name visitors use: `shop.example.com`.
    pub host: String,
    /// Who issues the certificate that visitors see. Without it they see one of the own CA, which
    /// no browser trusts.
    pub acme: Option<Acme>,
    /// The page that tells whether an application server works.
    pub health: HealthPage,
    /// How HAProxy shares the visitors among the application servers.
    pub balance: Balance,
    /// The application.
    pub application: Application,
    /// The database.
    pub database: Database,
    /// Who may log in and become root, beside the keys that the provider installs.
    pub admins: Vec<Admin>,
    /// Schwenk itself; needed when the layout has watchers.
    pub watcher: Option<WatcherSettings>,
    /// The zone; needed when the layout has DNS servers.
    pub dns: Option<DnsSettings>,
}

impl Settings {
    /// Settings for a service, everything else as it usually is.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            acme: None,
            health: HealthPage { path: "/health.php".into(), contains: "dbworking".into() },
            balance: Balance::LeastConnections,
            application: Application::default(),
            database: Database::default(),
            admins: Vec::new(),
            watcher: None,
            dns: None,
        }
    }
}

/// An account at a certificate authority that speaks ACME (RFC 8555).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acme {
    /// Where the authority writes to before a certificate ends.
    pub contact: String,
    /// The URL of its directory; <https://letsencrypt.org/docs/acme-protocol-updates/>.
    pub directory: String,
}

impl Acme {
    /// An account at Let's Encrypt.
    pub fn new(contact: impl Into<String>) -> Self {
        let directory = "https://acme-v02.api.letsencrypt.org/directory".into();
        Self { contact: contact.into(), directory }
    }
}

/// The page that tells whether an application server works: status 200 and a text in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HealthPage {
    /// Its path: `/health.php`.
    pub path: String,
    /// The text: `dbworking`.
    pub contains: String,
}

impl HealthPage {
    /// A page.
    pub fn new(path: impl Into<String>, contains: impl Into<String>) -> Self {
        Self { path: path.into(), contains: contains.into() }
    }
}

/// How HAProxy shares the visitors among the application servers of its location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Balance {
    /// To the one that has the fewest requests under way.
    LeastConnections,
    /// To one after the other.
    RoundRobin,
}

/// The application: PHP, run by Apache.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// Its files, by their path below `/var/www/app`. With no files at all, a health page that tries
    /// the database is put there, so that the servers can be tried out.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The folder that is served, below `/var/www/app`; empty: all of it.
    pub document_root: String,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.files.keys().collect();
        f.debug_struct("Application").field("files", &names).finish_non_exhaustive()
    }
}

/// The database of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Database {
    /// Its name.
    pub name: String,
    /// The user of the application; its password is generated.
    pub user: String,
    /// SQL that fills the empty database, once.
    pub schema: String,
    /// Whether a write waits for the other location to have it, for a second at most
    /// (<https://mariadb.com/kb/en/semisynchronous-replication/>).
    pub semi_sync: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self { name: "app".into(), user: "app".into(), schema: String::new(), semi_sync: false }
    }
}

/// Somebody who may log in and become root.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Admin {
    /// The user.
    pub user: String,
    /// Public keys, one line each as in `authorized_keys`.
    pub keys: Vec<String>,
}

impl Admin {
    /// A user with these keys.
    pub fn new(user: impl Into<String>, keys: Vec<String>) -> Self {
        Self { user: user.into(), keys }
    }
}

/// Schwenk itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WatcherSettings {
    /// The program, for each processor there is among the watchers.
    pub binaries: Vec<Binary>,
    /// Its configuration (`schwenk.toml`). The journal belongs into `/var/lib/schwenk`; secrets are
    /// files: `file:/run/credentials/schwenk.service/NAME` with a name from `credentials`, or
    /// `db-monitor`, the password of the user `schwenk_monitor` at the databases. The own CA is in
    /// `/etc/schwenk/ca.pem`.
    pub config: String,
    /// Secret files for the configuration, by name.
    pub credentials: BTreeMap<String, SecretString>,
}

impl WatcherSettings {
    /// A watcher with this configuration and no secret files.
    pub fn new(binaries: Vec<Binary>, config: impl Into<String>) -> Self {
        Self { binaries, config: config.into(), credentials: BTreeMap::new() }
    }
}

/// A program to download.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Binary {
    /// For which processors.
    pub architecture: Architecture,
    /// From where, over https.
    pub url: String,
    /// What it must be: the SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Binary {
    /// A program.
    pub fn new(
        architecture: Architecture,
        url: impl Into<String>,
        sha256: impl Into<String>,
    ) -> Self {
        Self { architecture, url: url.into(), sha256: sha256.into() }
    }
}

/// The zone that the DNS servers of the layout answer for. The first of them keeps it, the others
/// copy it from there; it is changed by updates (RFC 2136) with the key `schwenk`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsSettings {
    /// Its name: `example.com`.
    pub zone: String,
    /// What is in it at first, as a zone file (RFC 1035, section 5). Later contents are the
    /// server's own. Not needed when there is a `primary`.
    pub content: String,
    /// A server outside the layout that the zone is copied from instead.
    pub primary: Option<DnsPeer>,
    /// Servers outside the layout that may copy the zone and are told of changes.
    pub secondaries: Vec<DnsPeer>,
}

impl DnsSettings {
    /// A zone that is kept here.
    pub fn new(zone: impl Into<String>, content: impl Into<String>) -> Self {
        let (zone, content) = (zone.into(), content.into());
        Self { zone, content, primary: None, secondaries: Vec::new() }
    }
}

/// A name server outside the layout. It shares the key `schwenk`
/// ([`Secrets::tsig`](super::Secrets::tsig)) with those in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsPeer {
    /// A name for it.
    pub name: Name,
    /// Its address.
    pub address: std::net::Ipv4Addr,
}

impl DnsPeer {
    /// A name server.
    pub fn new(name: Name, address: std::net::Ipv4Addr) -> Self {
        Self { name, address }
    }
}
