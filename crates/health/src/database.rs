//! What is asked of a MariaDB server, and what it says of itself.
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A session with a MariaDB server and what it must say of itself.
///
/// TLS is always demanded, and the password never leaves without it. Nothing is written, unless
/// [`heartbeat`](Self::heartbeat) says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MariadbCheck {
    /// The port.
    pub port: u16,
    /// Who asks. `GRANT SLAVE MONITOR ON *.*` is all it needs; MariaDB 10.5 and newer.
    pub user: String,
    /// The user's password; not part of what is written down.
    #[serde(skip)]
    pub password: Password,
    /// The name in the server's certificate; `None`: the address itself.
    pub host: Option<String>,
    /// The authorities that are trusted, in PEM; nobody else is.
    pub ca: Vec<u8>,
    /// Whether the certificate's chain and name are checked.
    pub verify: bool,
    /// Whether `read_only` is a problem.
    pub writable: bool,
    /// What replication means to the check.
    pub replication: Replication,
    /// A table whose rows say when each server was last written to.
    pub heartbeat: Option<Heartbeat>,
}

impl MariadbCheck {
    /// Port 3306, verified, must be writable, replication is watched, no heartbeat.
    pub fn new(user: impl Into<String>, password: Password, ca: Vec<u8>) -> Self {
        Self {
            port: 3306,
            user: user.into(),
            password,
            host: None,
            ca,
            verify: true,
            writable: true,
            replication: Replication::Watched,
            heartbeat: None,
        }
    }
}

/// What replication means to the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replication {
    /// Nobody looks at it.
    Ignored,
    /// What is wrong with it is a warning: a site whose peer is dead serves all the same.
    Watched,
    /// What is wrong with it fails the check.
    Required,
}

/// A table with one row per server: `server_id` and `at`, a `TIMESTAMP(6)` or `DATETIME(6)` in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Its name, as `schema.table`.
    pub table: String,
    /// Whether each probe writes the row of the server it asks; else somebody else does.
    pub write: bool,
}

/// A password that shows itself to nobody.
#[derive(Clone, Default)]
pub struct Password(SecretString);

impl Password {
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<SecretString> for Password {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}

impl From<&str> for Password {
    fn from(secret: &str) -> Self {
        Self(secret.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Password {}

/// What a MariaDB server says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Database {
    /// Its version, such as `10.11.19-MariaDB`.
    pub version: String,
    /// Its `server_id`.
    pub server_id: u32,
    /// Whether `read_only` is set.
    pub read_only: bool,
    /// Everything that was committed here: written here or replicated.
    pub position: Position,
    /// What of it was replicated from other servers (`gtid_slave_pos`).
    pub replicated: Position,
    /// Its replication connections; `None`: this user may not see them.
    pub connections: Option<Vec<Connection>>,
    /// Age of the newest row that another server has written into the heartbeat table.
    pub heartbeat: Option<Duration>,
}

impl Database {
    /// How many of the transactions that another server stands at are missing here, over all
    /// domains; 0: it has everything.
    ///
    /// What this server has written itself it has; everything else must have been replicated, so
    /// that its own writes do not hide what is missing. Two servers that both take writes need a
    /// `gtid_domain_id` each, or numbers of one domain mean two things. `None`: they do, one number
    /// was written by two servers.
    pub fn lacks(&self, there: &Position) -> Option<u64> {
        let mut lacks = 0_u64;
        for (domain, theirs) in &there.0 {
            let own = theirs.server == self.server_id;
            let has = if own { &self.position } else { &self.replicated };
            let ours = has.0.get(domain);
            if ours.is_some_and(|ours| ours.number == theirs.number && ours != theirs) {
                return None;
            }
            let number = ours.map_or(0, |ours| ours.number);
            lacks = lacks.saturating_add(theirs.number.saturating_sub(number));
        }
        Some(lacks)
    }

    /// How far it is behind in its own opinion: the largest of all connections. `None` if nobody
    /// knows, and that is so as soon as one thread of one connection does not run.
    ///
    /// `Seconds_Behind_Master` counts whole seconds, and does not see what has not arrived yet.
    pub fn behind(&self) -> Option<Duration> {
        let connections = self.connections.as_ref().filter(|all| !all.is_empty())?;
        let mut most = Duration::ZERO;
        for connection in connections {
            if !connection.runs() {
                return None;
            }
            most = most.max(connection.behind?);
        }
        Some(most)
    }
}

/// One replication connection: a row of `SHOW ALL SLAVES STATUS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Connection {
    /// Its name; empty for the usual one.
    pub name: String,
    /// Where it replicates from.
    pub from: String,
    /// `Slave_IO_Running`: `Yes`, `No`, `Connecting`, `Preparing`.
    pub io: String,
    /// `Slave_SQL_Running`: `Yes` or `No`.
    pub sql: String,
    /// Why the IO thread has stopped, or cannot connect.
    pub io_error: Option<Failed>,
    /// Why the SQL thread has stopped.
    pub sql_error: Option<Failed>,
    /// `Seconds_Behind_Master`.
    pub behind: Option<Duration>,
    /// `SQL_Delay`: how far it stays behind on purpose.
    pub delay: Duration,
    /// Whether it uses TLS.
    pub tls: bool,
}

impl Connection {
    /// Whether both threads run.
    pub fn runs(&self) -> bool {
        self.io == "Yes" && self.sql == "Yes"
    }
}

/// An error of a replication thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// MariaDB's number, such as 1062.
    pub number: u32,
    /// MariaDB's words, shortened.
    pub message: String,
}

/// How far a server has come in each replication domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position(BTreeMap<u32, Gtid>);

/// The latest transaction of a domain: written by which server, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gtid {
    /// The server that has written it.
    pub server: u32,
    /// Its number in the domain.
    pub number: u64,
}

impl Position {
    /// Reads lists such as `0-1-100,1-2-7`; of two transactions of a domain the later one counts.
    /// What is not a GTID is left out.
    pub fn parse<'t>(lists: impl IntoIterator<Item = &'t str>) -> Self {
        let mut found: BTreeMap<u32, Gtid> = BTreeMap::new();
        for text in lists.into_iter().flat_map(|list| list.split(',')) {
            let mut parts = text.trim().splitn(3, '-');
            let mut part = || parts.next()?.parse::<u64>().ok();
            let (Some(domain), Some(server), Some(number)) = (part(), part(), part()) else {
                continue;
            };
            let (Ok(domain), Ok(server)) = (u32::try_from(domain), u32::try_from(server)) else {
                continue;
            };
            let gtid = Gtid { server, number };
            let known = found.entry(domain).or_insert(gtid);
            if known.number < number {
                *known = gtid;
            }
        }
        Self(found)
    }

    /// Whether nothing was ever committed, or GTIDs are not in use.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (domain, Gtid { server, number })) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{domain}-{server}-{number}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Server 2, that has replicated `replicated` and has written `written`.
    fn second(replicated: &str, written: &str) -> Database {
        Database {
            version: "10.11.19-MariaDB".to_owned(),
            server_id: 2,
            read_only: false,
            position: Position::parse([replicated, written]),
            replicated: Position::parse([replicated]),
            connections: None,
            heartbeat: None,
        }
    }

    fn lacks(replicated: &str, there: &str) -> Option<u64> {
        second(replicated, "").lacks(&Position::parse([there]))
    }

    #[test]
    fn transactions_are_counted_in_every_domain() {
        assert_eq!(lacks("0-1-100,7-2-5", "0-1-100"), Some(0));
        assert_eq!(lacks("0-1-90", "0-1-100,7-2-5"), Some(15));
        assert_eq!(lacks("", "0-1-3"), Some(3));
    }

    #[test]
    fn one_number_written_by_two_servers_is_no_distance() {
        assert_eq!(lacks("0-3-100", "0-1-100"), None);
    }

    #[test]
    fn what_a_server_has_written_itself_it_has_and_it_hides_nothing() {
        let both = second("1-1-7", "2-2-90");
        assert_eq!(both.lacks(&Position::parse(["1-1-7,2-2-80"])), Some(0));
        let one_domain = second("0-1-100", "0-2-120");
        assert_eq!(one_domain.lacks(&Position::parse(["0-1-110"])), Some(10));
    }

    #[test]
    fn of_two_lists_the_later_transaction_counts() {
        assert_eq!(Position::parse(["0-1-4,2-2-9", "0-2-7"]).to_string(), "0-2-7,2-2-9");
    }

    #[test]
    fn a_password_shows_itself_to_nobody() {
        let check = MariadbCheck::new("watch", "hunter2".into(), Vec::new());
        assert!(!format!("{check:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn whatever_a_server_calls_its_position_is_read_without_panic(text in ".{0,80}") {
            let position = Position::parse([text.as_str()]);
            let seen = second(&text, "");
            prop_assert!(seen.lacks(&position).is_none_or(|lacks| lacks == 0 || text.contains("-2-")));
        }

        #[test]
        fn a_position_reads_itself(text in "([0-9]{1,9}-[0-9]{1,9}-[0-9]{1,18},?){0,5}") {
            let position = Position::parse([text.as_str()]);
            prop_assert_eq!(&Position::parse([position.to_string().as_str()]), &position);
        }
    }
}
