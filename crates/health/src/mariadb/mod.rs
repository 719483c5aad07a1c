//! One session with a MariaDB server: in over TLS, a few questions, out.
//!
//! `mysql_async` speaks the protocol. A server that speaks rubbish must not take the watcher down
//! with it, so even a panic of that library becomes an outcome.
mod status;
mod words;

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder, Row, SslOpts};

use crate::database::{Database, Heartbeat, MariadbCheck, Replication};
use crate::outcome::{Problem, Warning};
use crate::stage::{Stage, Step};
use crate::tls;

/// What this check asks for fits into much less; a server that sends more is no database.
const PACKET_MAX: usize = 1024 * 1024;

/// Looks at the server; what it says of itself goes into `database` as soon as it is known.
pub(crate) async fn look(
    check: &MariadbCheck,
    address: IpAddr,
    timeout: Duration,
    stage: &Stage,
    database: &mut Option<Database>,
) -> Result<Vec<Warning>, Problem> {
    stage.enter(Step::Entering);
    let session = session(check, address, timeout, stage, database);
    match AssertUnwindSafe(session).catch_unwind().await {
        Ok(result) => result,
        Err(_) => Err(Problem::Protocol { message: "the answer is not MariaDB's".to_owned() }),
    }
}

async fn session(
    check: &MariadbCheck,
    address: IpAddr,
    timeout: Duration,
    stage: &Stage,
    database: &mut Option<Database>,
) -> Result<Vec<Warning>, Problem> {
    let beat = check.heartbeat.as_ref().map(table).transpose()?;
    let opts = opts(check, address)?;
    tls::have_a_default_provider();
    let wrong = |error: mysql_async::Error| words::problem(&error, check);
    let mut conn = Conn::new(opts).await.map_err(wrong)?;
    stage.enter(Step::Asking);
    conn.query_drop(limits(timeout)).await.map_err(wrong)?;
    let row: Option<Row> = conn.query_first(status::ITSELF).await.map_err(wrong)?;
    let row = row.ok_or_else(|| Problem::Protocol { message: "it says nothing".to_owned() })?;
    let seen = database.insert(status::itself(&row)?);
    let mut warnings = Vec::new();
    if !check.verify {
        warnings.push(Warning::Unverified);
    }
    if check.replication != Replication::Ignored {
        let rows: Result<Vec<Row>, _> = conn.query(status::REPLICATION).await;
        match rows {
            Ok(rows) => seen.connections = Some(rows.iter().map(status::connection).collect()),
            Err(mysql_async::Error::Server(error)) if words::is_right(error.code) => {
                warnings.push(Warning::Replication { message: words::lacks_right(check) });
            }
            Err(error) => return Err(wrong(error)),
        }
    }
    if let Some((table, heartbeat)) = beat.as_ref().zip(check.heartbeat.as_ref()) {
        if heartbeat.write && !seen.read_only {
            stage.enter(Step::Writing);
            conn.query_drop(status::beat(table)).await.map_err(|e| words::unwritten(&e, check))?;
        }
        let age: Option<Option<i64>> = conn.query_first(status::age(table)).await.map_err(wrong)?;
        seen.heartbeat = age
            .flatten()
            .map(|micros| Duration::from_micros(u64::try_from(micros).unwrap_or_default()));
    }
    let seen = seen.clone();
    // What follows is of no interest to the outcome, nor to the server.
    let _ = conn.disconnect().await;
    judge(check, &seen, warnings)
}

fn judge(
    check: &MariadbCheck,
    seen: &Database,
    mut warnings: Vec<Warning>,
) -> Result<Vec<Warning>, Problem> {
    if check.writable && seen.read_only {
        return Err(Problem::ReadOnly { message: "read_only is set".to_owned() });
    }
    let messages = words::replication(seen);
    match (check.replication, messages.is_empty()) {
        (Replication::Required, false) => {
            return Err(Problem::Replication { message: messages.join("; ") });
        }
        (Replication::Required, true) if seen.connections.is_none() => {
            return Err(Problem::Replication { message: words::lacks_right(check) });
        }
        _ => {}
    }
    warnings.extend(messages.into_iter().map(|message| Warning::Replication { message }));
    Ok(warnings)
}

fn opts(check: &MariadbCheck, address: IpAddr) -> Result<OptsBuilder, Problem> {
    if check.verify && check.ca.is_empty() {
        let message = "no authority is given that the server's certificate could be from";
        return Err(Problem::NotRun { message: message.to_owned() });
    }
    let name = check.host.clone().unwrap_or_else(|| address.to_string());
    let tls = SslOpts::default()
        .with_root_certs(if check.ca.is_empty() {
            Vec::new()
        } else {
            vec![check.ca.clone().into()]
        })
        // Without verification any root does, and the verifier wants one.
        .with_disable_built_in_roots(!check.ca.is_empty())
        .with_danger_accept_invalid_certs(!check.verify)
        .with_danger_tls_hostname_override(Some(name));
    Ok(OptsBuilder::default()
        .ip_or_hostname(address.to_string())
        .resolved_ips(Some(vec![address]))
        .tcp_port(check.port)
        .user(Some(&check.user))
        .pass(Some(check.password.expose()))
        .ssl_opts(Some(tls))
        .prefer_socket(Some(false))
        // A session that is given up takes its leave in the background; with a dead server, this
        // is what ends it.
        .tcp_keepalive(Some(Duration::from_secs(10)))
        .max_allowed_packet(Some(PACKET_MAX))
        .wait_timeout(Some(60))
        .stmt_cache_size(Some(0)))
}

/// The server, too, gives up in time: a session that waits for a lock would stay there otherwise,
/// one for every probe.
fn limits(timeout: Duration) -> String {
    let secs = timeout.as_secs_f64().max(0.05);
    let whole = timeout.as_secs().max(1);
    format!(
        "SET SESSION max_statement_time = {secs:.3}, lock_wait_timeout = {whole}, \
         innodb_lock_wait_timeout = {whole}"
    )
}

/// The heartbeat table, quoted. A name that is none is no statement of ours.
fn table(heartbeat: &Heartbeat) -> Result<String, Problem> {
    let word = |part: &str| {
        let sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        (!part.is_empty() && part.len() <= 64 && part.chars().all(sound))
            .then(|| format!("`{part}`"))
    };
    let parts: Option<Vec<String>> = heartbeat.table.split('.').map(word).collect();
    match parts {
        Some(parts) if parts.len() == 2 => Ok(parts.join(".")),
        _ => Err(Problem::NotRun {
            message: format!("\"{}\" is not a table; write schema.table", heartbeat.table),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(table: &str) -> Result<String, Problem> {
        super::table(&Heartbeat { table: table.to_owned(), write: false })
    }

    #[test]
    fn a_table_is_two_plain_words() {
        assert_eq!(named("schwenk.heartbeat").unwrap(), "`schwenk`.`heartbeat`");
        for wrong in ["heartbeat", "a.b.c", "a.`b`", "a.b; DROP TABLE c", "", "."] {
            assert!(named(wrong).is_err(), "{wrong}");
        }
    }
}
