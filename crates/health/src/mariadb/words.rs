//! What went wrong, in the operator's words.
use std::time::Duration;

use mysql_async::{DriverError, Error, IoError};

use crate::connect;
use crate::database::{Connection, Database, Failed, MariadbCheck};
use crate::outcome::Problem;
use crate::tls::describe;

/// Less than this behind is not worth a word.
const WORTH: Duration = Duration::from_secs(1);

/// Whether an error of the server says that this user lacks a right (1044, 1142, 1143, 1227).
pub(super) fn is_right(code: u16) -> bool {
    matches!(code, 1044 | 1142 | 1143 | 1227)
}

pub(super) fn lacks_right(check: &MariadbCheck) -> String {
    format!(
        "the user may not look at replication: GRANT SLAVE MONITOR ON *.* TO '{}'@…",
        check.user
    )
}

pub(super) fn problem(error: &Error, check: &MariadbCheck) -> Problem {
    let user = &check.user;
    let database = |message: String| Problem::Database { message };
    let protocol = |message: &str| Problem::Protocol { message: message.to_owned() };
    match error {
        Error::Server(error) => match error.code {
            // 1698 is what the unix_socket plugin says, 4151 an account that is locked.
            1045 | 1698 => database(format!("access denied for user '{user}'")),
            4151 => database(format!("the account of user '{user}' is locked")),
            1040 | 1203 | 1226 => database("too many connections".to_owned()),
            1129 => database("this host is blocked: mariadb-admin flush-hosts".to_owned()),
            1130 => database("the database lets nobody in from this address".to_owned()),
            1205 | 1969 => database("the database is held up by a lock or by its load".to_owned()),
            1053 => database("the database is shutting down".to_owned()),
            code => database(format!("error {code}: {}", error.message)),
        },
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            Problem::Tls { message: "not TLS: the server does not offer it".to_owned() }
        }
        Error::Driver(DriverError::UnknownAuthPlugin { name }) => {
            database(format!("user '{user}' logs in with {name}, which is not known here"))
        }
        Error::Driver(DriverError::ConnectionClosed) => {
            Problem::Broken { message: "the server closed the connection".to_owned() }
        }
        Error::Driver(_) => protocol("the answer is not MariaDB's"),
        Error::Io(IoError::Io(error)) => io(error),
        Error::Io(IoError::Tls(error)) => tls(error),
        _ => protocol("the answer is not MariaDB's"),
    }
}

/// A heartbeat that could not be written. That nothing can be written is what was to be found out.
pub(super) fn unwritten(error: &Error, check: &MariadbCheck) -> Problem {
    match error {
        Error::Server(error) if error.code == 1290 => {
            Problem::ReadOnly { message: "it refuses a write".to_owned() }
        }
        Error::Server(error) if matches!(error.code, 1205 | 1969) => {
            let message = "a write waits for a lock, or for a disk that is full";
            Problem::ReadOnly { message: message.to_owned() }
        }
        Error::Server(error) => Problem::ReadOnly {
            message: format!(
                "the heartbeat was not written: error {}: {}",
                error.code, error.message
            ),
        },
        other => problem(other, check),
    }
}

fn io(error: &std::io::Error) -> Problem {
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return Problem::Tls { message: describe(inner) };
    }
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            Problem::Broken { message: "the server closed the connection".to_owned() }
        }
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::Other => {
            Problem::Protocol { message: "the answer is not MariaDB's".to_owned() }
        }
        _ => connect::problem(error),
    }
}

fn tls(error: &mysql_async::TlsError) -> Problem {
    use mysql_async::TlsError as T;
    match error {
        T::Tls(error) => Problem::Tls { message: describe(error) },
        // What the check itself brings along says nothing about the site.
        T::InvalidDnsName(_) => {
            Problem::NotRun { message: "the check's host is not a TLS server name".to_owned() }
        }
        T::Pem(_) | T::VerifierBuilderError(_) => {
            Problem::NotRun { message: "the check's authorities cannot be used".to_owned() }
        }
    }
}

/// What is not well with replication, one message each; nothing if nobody may see it.
pub(super) fn replication(seen: &Database) -> Vec<String> {
    let Some(connections) = &seen.connections else { return Vec::new() };
    if connections.is_empty() {
        return vec!["no replication is set up".to_owned()];
    }
    let mut messages = Vec::new();
    for connection in connections {
        messages.extend(of(connection));
        if !connection.tls {
            messages.push(format!("{} is not TLS", name(connection)));
        }
    }
    let beat = seen.heartbeat.filter(|age| *age >= WORTH);
    if let (Some(age), true) = (beat, messages.is_empty()) {
        messages.push(format!("the peer's heartbeat is {} s old", age.as_secs()));
    }
    messages
}

fn of(connection: &Connection) -> Option<String> {
    let name = name(connection);
    let failed = |failed: &Option<Failed>| {
        let error = failed.as_ref();
        error.map_or_else(String::new, |f| format!(": error {}: {}", f.number, f.message))
    };
    match (connection.io.as_str(), connection.sql.as_str()) {
        (_, "No") => Some(format!("{name} stopped{}", failed(&connection.sql_error))),
        ("No", _) => Some(format!("{name} does not fetch{}", failed(&connection.io_error))),
        ("Yes", "Yes") => {
            let behind = connection.behind.filter(|behind| *behind >= WORTH)?;
            let wanted = if connection.delay.is_zero() { "" } else { " (a delay is configured)" };
            Some(format!("lag {} s{wanted}", behind.as_secs()))
        }
        _ => {
            let (from, why) = (&connection.from, failed(&connection.io_error));
            Some(format!("{name} cannot reach {from}{why}"))
        }
    }
}

fn name(connection: &Connection) -> String {
    match connection.name.as_str() {
        "" => "replication".to_owned(),
        name => format!("replication \"{name}\""),
    }
}
