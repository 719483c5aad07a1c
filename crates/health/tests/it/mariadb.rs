//! The MariaDB check against real servers that replicate over TLS.
use std::time::Duration;

use health::{Check, Heartbeat, Kind, MariadbCheck, Outcome, Prober, Replication};
use tokio::net::TcpListener;

use crate::mariadb_server::{Authority, Server, Start, available, free_port};
use crate::server::words;

const PATIENT: Duration = Duration::from_secs(60);

/// Two servers, the second a replica of the first.
struct Pair {
    authority: Authority,
    one: Server,
    two: Server,
}

impl Pair {
    fn start() -> Self {
        let authority = Authority::new("the authority of this test");
        let start = |id| {
            Server::start(&Start {
                id,
                address: "127.0.0.1",
                port: free_port(),
                authority: Some(&authority),
            })
        };
        let (one, two) = (start(1), start(2));
        one.sql("CREATE DATABASE app; CREATE TABLE app.t (id INT PRIMARY KEY, v TEXT)");
        two.replicate_from(&one);
        two.until("SHOW TABLES IN app", "Tables_in_app: t");
        Self { authority, one, two }
    }

    fn check(&self, server: &Server) -> MariadbCheck {
        let ca = self.authority.pem.clone().into_bytes();
        let mut check = MariadbCheck::new("watch", "geheim".into(), ca);
        check.port = server.port;
        check
    }

    async fn look(&self, server: &Server) -> Outcome {
        probe(self.check(server)).await
    }
}

async fn probe(check: MariadbCheck) -> Outcome {
    within(check, PATIENT).await
}

pub async fn within(check: MariadbCheck, timeout: Duration) -> Outcome {
    let check = Check::new(Kind::Mariadb(check), timeout);
    Prober::new().probe(&check, "127.0.0.1".parse().unwrap()).await
}

fn warnings(outcome: &Outcome) -> String {
    assert!(outcome.is_ok(), "{outcome:?}");
    outcome.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Looks again and again until the operator is told `wanted`.
async fn until_told(pair: &Pair, server: &Server, wanted: &str) -> Outcome {
    let give_up = tokio::time::Instant::now() + PATIENT;
    loop {
        let outcome = pair.look(server).await;
        if warnings(&outcome).contains(wanted) {
            return outcome;
        }
        assert!(tokio::time::Instant::now() < give_up, "never told {wanted:?}: {outcome:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn lacks(of: &Outcome, there: &Outcome) -> Option<u64> {
    let (here, there) = (of.database.as_ref().unwrap(), there.database.as_ref().unwrap());
    here.lacks(&there.position)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_tells_what_is_wrong_with_its_replication_and_what_it_lacks() {
    if !available() {
        return;
    }
    let pair = Pair::start();
    healthy(&pair).await;
    sql_thread_stopped(&pair).await;
    duplicate_key(&pair).await;
    delayed(&pair).await;
    held_up_by_a_lock(&pair).await;
    io_thread_stopped(&pair).await;
    read_only(&pair).await;
    heartbeat(&pair).await;
    killed(pair).await;
}

async fn healthy(pair: &Pair) {
    pair.one.sql("INSERT INTO app.t VALUES (1, 'one')");
    pair.two.until("SELECT v FROM app.t WHERE id = 1", "one");
    let (one, two) = (pair.look(&pair.one).await, pair.look(&pair.two).await);
    assert_eq!(warnings(&one), "no replication is set up");
    assert_eq!(warnings(&two), "");
    let seen = two.database.as_ref().unwrap();
    assert_eq!((seen.server_id, seen.read_only), (2, false));
    assert!(seen.version.contains("MariaDB"), "{}", seen.version);
    assert!(seen.connections.as_ref().unwrap()[0].tls);
    assert_eq!(seen.behind(), Some(Duration::ZERO));
    assert_eq!(lacks(&two, &one), Some(0));
}

async fn sql_thread_stopped(pair: &Pair) {
    pair.two.sql("STOP SLAVE SQL_THREAD");
    pair.one.sql("INSERT INTO app.t VALUES (2, 'two')");
    let two = pair.look(&pair.two).await;
    assert_eq!(warnings(&two), "replication stopped");
    assert_eq!(two.database.as_ref().unwrap().behind(), None);
    assert_eq!(lacks(&two, &pair.look(&pair.one).await), Some(1));
    let mut demanding = pair.check(&pair.two);
    demanding.replication = Replication::Required;
    assert_eq!(words(&probe(demanding).await), "replication stopped");
    pair.two.sql("START SLAVE SQL_THREAD");
    pair.two.until("SELECT v FROM app.t WHERE id = 2", "two");
    assert_eq!(lacks(&pair.look(&pair.two).await, &pair.look(&pair.one).await), Some(0));
}

async fn duplicate_key(pair: &Pair) {
    pair.two.sql("SET sql_log_bin = 0; INSERT INTO app.t VALUES (3, 'mine')");
    pair.one.sql("INSERT INTO app.t VALUES (3, 'three')");
    let two = until_told(pair, &pair.two, "replication stopped: error 1062: ").await;
    assert!(warnings(&two).contains("Duplicate entry '3'"), "{two:?}");
    pair.two.sql("SET sql_log_bin = 0; DELETE FROM app.t WHERE id = 3");
    pair.two.sql("START SLAVE");
    pair.two.until("SELECT v FROM app.t WHERE id = 3", "three");
    assert_eq!(warnings(&pair.look(&pair.two).await), "");
}

async fn delayed(pair: &Pair) {
    pair.two.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 600; START SLAVE");
    pair.one.sql("INSERT INTO app.t VALUES (4, 'four')");
    let told = until_told(pair, &pair.two, "(a delay is configured)").await;
    assert!(warnings(&told).starts_with("lag "), "{told:?}");
    assert_eq!(lacks(&told, &pair.look(&pair.one).await), Some(1));
    pair.two.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 0; START SLAVE");
    pair.two.until("SELECT v FROM app.t WHERE id = 4", "four");
}

async fn held_up_by_a_lock(pair: &Pair) {
    let lock = pair.two.holding("FLUSH TABLES WITH READ LOCK");
    pair.one.sql("INSERT INTO app.t VALUES (5, 'five')");
    let two = until_told(pair, &pair.two, "lag ").await;
    assert_eq!(lacks(&two, &pair.look(&pair.one).await), Some(1));
    drop(lock);
    pair.two.until("SELECT v FROM app.t WHERE id = 5", "five");
}

async fn io_thread_stopped(pair: &Pair) {
    pair.two.sql("STOP SLAVE IO_THREAD");
    pair.one.sql("INSERT INTO app.t VALUES (6, 'six')");
    let two = pair.look(&pair.two).await;
    assert_eq!(warnings(&two), "replication does not fetch");
    // The server's own opinion would be worth nothing now; the positions tell.
    assert_eq!(two.database.as_ref().unwrap().behind(), None);
    assert_eq!(lacks(&two, &pair.look(&pair.one).await), Some(1));
    pair.two.sql("START SLAVE IO_THREAD");
    pair.two.until("SELECT v FROM app.t WHERE id = 6", "six");
}

async fn read_only(pair: &Pair) {
    pair.two.sql("SET GLOBAL read_only = 1");
    let two = pair.look(&pair.two).await;
    assert_eq!(words(&two), "read only: read_only is set");
    assert!(two.database.is_some(), "what it said is known all the same");
    let mut lenient = pair.check(&pair.two);
    lenient.writable = false;
    assert_eq!(words(&probe(lenient).await), "ok");
    pair.two.sql("SET GLOBAL read_only = 0");
}

async fn heartbeat(pair: &Pair) {
    pair.one.sql(
        "CREATE DATABASE schwenk; CREATE TABLE schwenk.heartbeat \
         (server_id INT UNSIGNED PRIMARY KEY, at DATETIME(6) NOT NULL)",
    );
    pair.two.until("SHOW TABLES IN schwenk", "heartbeat");
    for server in [&pair.one, &pair.two] {
        server.sql("SET sql_log_bin = 0; GRANT SELECT, INSERT, UPDATE ON schwenk.* TO watch");
    }
    let beating = |server: &Server| {
        let mut check = pair.check(server);
        let table = "schwenk.heartbeat".to_owned();
        check.heartbeat = Some(Heartbeat { table, write: true });
        check
    };
    let one = probe(beating(&pair.one)).await;
    assert_eq!(words(&one), "ok");
    assert_eq!(one.database.unwrap().heartbeat, None, "nobody else has written yet");
    pair.two.until("SELECT server_id FROM schwenk.heartbeat", "server_id: 1");
    let two = probe(beating(&pair.two)).await;
    assert!(two.database.unwrap().heartbeat.is_some(), "the peer's row has arrived");
    // A lock lets the server answer and takes no write: only a real one finds that out.
    let lock = pair.one.holding("FLUSH TABLES WITH READ LOCK");
    assert_eq!(words(&probe(pair.check(&pair.one)).await), "ok");
    let stuck = within(beating(&pair.one), Duration::from_secs(2)).await;
    let stuck = words(&stuck);
    let told = stuck.starts_with("read only: a write waits")
        || stuck.ends_with("waiting for the database to take a write");
    assert!(told, "{stuck}");
    drop(lock);
}

async fn killed(mut pair: Pair) {
    pair.one.kill();
    let one = within(pair.check(&pair.one), PATIENT).await;
    assert_eq!(words(&one), "connection refused");
    let two = until_told(&pair, &pair.two, "replication cannot reach 127.0.0.1:").await;
    assert_eq!(two.database.unwrap().behind(), None);
    pair.two.signal("STOP");
    let stopped = within(pair.check(&pair.two), Duration::from_secs(1)).await;
    assert_eq!(words(&stopped), "timed out after 1 s while connecting and logging in");
    pair.two.signal("CONT");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_come_in_is_told_why() {
    if !available() {
        return;
    }
    let authority = Authority::new("the authority of this test");
    let (address, port) = ("127.0.0.1", free_port());
    let server = Server::start(&Start { id: 1, address, port, authority: Some(&authority) });
    let pem = |authority: &Authority| authority.pem.clone().into_bytes();
    let check = |user: &str, password: &str, authority: &Authority| {
        let mut check = MariadbCheck::new(user, password.into(), pem(authority));
        check.port = server.port;
        check
    };
    let told = async |check: MariadbCheck| words(&probe(check).await);
    assert_eq!(told(check("watch", "geheim", &authority)).await, "ok");
    let wrong = probe(check("watch", "falsch", &authority)).await;
    assert_eq!(words(&wrong), "access denied for user 'watch'");
    assert!(!format!("{wrong:?}").contains("falsch"));
    assert_eq!(
        told(check("nobody", "geheim", &authority)).await,
        "access denied for user 'nobody'"
    );
    let stranger = Authority::new("a stranger");
    let untrusted = "TLS: the certificate was not issued by a trusted authority";
    assert_eq!(told(check("watch", "geheim", &stranger)).await, untrusted);
    let mut named = check("watch", "geheim", &authority);
    named.host = Some("db-1.test".to_owned());
    assert_eq!(told(named.clone()).await, "ok");
    named.host = Some("db-2.test".to_owned());
    assert_eq!(told(named).await, "TLS: the certificate is for another name");
    let mut lenient = check("watch", "geheim", &stranger);
    lenient.verify = false;
    let lenient = probe(lenient).await;
    assert!(warnings(&lenient).contains("the certificate is not verified"), "{lenient:?}");
    server.sql("CREATE USER blind IDENTIFIED BY 'geheim'");
    let blind = probe(check("blind", "geheim", &authority)).await;
    let wanted = "the user may not look at replication: GRANT SLAVE MONITOR ON *.* TO 'blind'@…";
    assert_eq!(warnings(&blind), wanted);
    server.sql("SET GLOBAL max_connections = 10");
    let holders: Vec<_> = (0..11).map(|_| server.holding("SELECT 1")).collect();
    assert_eq!(told(check("watch", "geheim", &authority)).await, "too many connections");
    drop(holders);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_gets_no_password() {
    if !available() {
        return;
    }
    let start = Start { id: 1, address: "127.0.0.1", port: free_port(), authority: None };
    let server = Server::start(&start);
    let ca = Authority::new("anybody").pem.into_bytes();
    let mut check = MariadbCheck::new("watch", "geheim".into(), ca);
    check.port = server.port;
    let told = words(&probe(check).await);
    assert_eq!(told, "TLS: not TLS: the server does not offer it");
}

#[tokio::test]
async fn a_black_hole_costs_the_timeout_and_no_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut check = MariadbCheck::new("watch", "geheim".into(), b"x".to_vec());
    check.port = listener.local_addr().unwrap().port();
    let outcome = within(check, Duration::from_millis(200)).await;
    assert_eq!(words(&outcome), "timed out after 200 ms while connecting and logging in");
}

#[tokio::test]
async fn a_check_without_authority_is_not_run() {
    let mut check = MariadbCheck::new("watch", "geheim".into(), Vec::new());
    check.port = 1;
    let told = words(&probe(check).await);
    assert!(told.starts_with("probe not run: no authority"), "{told}");
}
