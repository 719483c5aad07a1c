//! The questions, and how the answers are read: by name, and nothing is taken for granted.
use std::time::Duration;

use mysql_async::{Row, Value};

use crate::database::{Connection, Database, Failed, Position};
use crate::outcome::Problem;

/// `gtid_current_pos` leaves out what this server has written itself while it was a replica of
/// nobody, `gtid_binlog_pos` what it has replicated without `log_slave_updates`, and
/// `gtid_slave_pos` all that was written here: together they are everything
/// (<https://mariadb.com/kb/en/gtid/>).
pub(super) const ITSELF: &str = "SELECT @@version AS version, @@server_id AS server_id, \
     @@global.read_only AS read_only, @@global.gtid_slave_pos AS slave, \
     @@global.gtid_binlog_pos AS binlog, @@global.gtid_current_pos AS current";

/// All connections, the unnamed one included (<https://mariadb.com/kb/en/show-replica-status/>).
pub(super) const REPLICATION: &str = "SHOW ALL SLAVES STATUS";

/// Writes the row of the server that is asked.
pub(super) fn beat(table: &str) -> String {
    format!(
        "INSERT INTO {table} (server_id, at) VALUES (@@server_id, UTC_TIMESTAMP(6)) \
         ON DUPLICATE KEY UPDATE at = UTC_TIMESTAMP(6)"
    )
}

/// The age of the newest row of another server, in microseconds.
pub(super) fn age(table: &str) -> String {
    format!(
        "SELECT TIMESTAMPDIFF(MICROSECOND, MAX(at), UTC_TIMESTAMP(6)) FROM {table} \
         WHERE server_id <> @@server_id"
    )
}

pub(super) fn itself(row: &Row) -> Result<Database, Problem> {
    let version = text(row, "version").filter(|version| !version.is_empty()).ok_or_else(|| {
        Problem::Protocol { message: "the server does not say its version".to_owned() }
    })?;
    let positions = ["slave", "binlog", "current"].map(|name| text(row, name).unwrap_or_default());
    let read_only = text(row, "read_only").unwrap_or_default();
    Ok(Database {
        version,
        server_id: number(row, "server_id").unwrap_or_default(),
        // A number up to MariaDB 11, a word from 12 on.
        read_only: !matches!(read_only.as_str(), "0" | "OFF" | ""),
        position: Position::parse(positions.iter().map(String::as_str)),
        replicated: Position::parse([positions[0].as_str()]),
        connections: None,
        heartbeat: None,
    })
}

pub(super) fn connection(row: &Row) -> Connection {
    let word = |name: &str| text(row, name).unwrap_or_default();
    let secs = |name: &str| number::<u64>(row, name).map(Duration::from_secs);
    let failed = |number: &str, message: &str| {
        let number = self::number(row, number).filter(|number| *number != 0)?;
        Some(Failed { number, message: short(&word(message)) })
    };
    Connection {
        name: word("Connection_name"),
        from: format!("{}:{}", word("Master_Host"), word("Master_Port")),
        io: word("Slave_IO_Running"),
        sql: word("Slave_SQL_Running"),
        io_error: failed("Last_IO_Errno", "Last_IO_Error"),
        sql_error: failed("Last_SQL_Errno", "Last_SQL_Error"),
        behind: secs("Seconds_Behind_Master"),
        delay: secs("SQL_Delay").unwrap_or_default(),
        tls: word("Master_SSL_Allowed") == "Yes",
    }
}

/// MariaDB puts whole statements into its messages.
fn short(message: &str) -> String {
    const MOST: usize = 240;
    let line: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= MOST {
        return line;
    }
    line.chars().take(MOST).chain(['…']).collect()
}

fn text(row: &Row, name: &str) -> Option<String> {
    let place = row.columns_ref().iter().position(|column| column.name_ref() == name.as_bytes())?;
    match row.as_ref(place)? {
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number<N: std::str::FromStr>(row: &Row, name: &str) -> Option<N> {
    text(row, name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_message_is_one_short_line() {
        assert_eq!(short("a\nb"), "a b");
        assert_eq!(short(&"ü".repeat(500)).chars().count(), 241);
    }
}
