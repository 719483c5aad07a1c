//! Real MariaDB servers for tests, each with a directory of its own, gone with the test.
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};

/// Patience with a machine that is busy with other tests, too.
const PATIENCE: Duration = Duration::from_secs(120);
const PROGRAMS: [&str; 3] = ["mariadbd", "mariadb-install-db", "mariadb"];

/// Whether MariaDB is there. In CI it must be; elsewhere its absence is said loudly.
pub fn available() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps servers where only the administrator looks.
    let places: Vec<PathBuf> =
        std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]).collect();
    let missing: Vec<&str> = PROGRAMS
        .into_iter()
        .filter(|program| !places.iter().any(|place| place.join(program).exists()))
        .collect();
    if missing.is_empty() {
        return true;
    }
    let missing = missing.join(", ");
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    assert!(!in_ci, "{missing} is missing, and in CI nothing may be left out");
    eprintln!("!! {missing} is missing: a test against a real MariaDB is LEFT OUT.");
    eprintln!("!! Install it with: apt-get install --no-install-recommends mariadb-server");
    false
}

/// An authority of our own.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn issue(&self, name: &str, address: &str, directory: &Path) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        let address = address.parse().expect("an address");
        params.subject_alt_names.push(SanType::IpAddress(address));
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let write = |file: &str, text: String| {
            std::fs::write(directory.join(file), text).expect("it can be written");
        };
        write("ca.pem", self.pem.clone());
        write("cert.pem", certificate.pem());
        write("key.pem", key.serialize_pem());
    }
}

/// How a server is started.
pub struct Start<'a> {
    /// Its `server_id` and its `gtid_domain_id`.
    pub id: u32,
    pub address: &'a str,
    pub port: u16,
    /// Who vouches for it; `None`: it offers no TLS.
    pub authority: Option<&'a Authority>,
}

/// A server that runs, with the users `watch` and `repl`, password `geheim`.
pub struct Server {
    pub address: String,
    pub port: u16,
    directory: tempfile::TempDir,
    options: Vec<String>,
    child: Option<Child>,
}

impl Server {
    pub fn start(start: &Start<'_>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |file: &str| directory.path().join(file).display().to_string();
        copy(&template(), &directory.path().join("data"));
        let mut options = vec![
            "--no-defaults".to_owned(),
            format!("--datadir={}", path("data")),
            format!("--socket={}", path("sock")),
            format!("--pid-file={}", path("pid")),
            format!("--log-error={}", path("log")),
            format!("--bind-address={}", start.address),
            format!("--port={}", start.port),
            format!("--server-id={}", start.id),
            format!("--gtid-domain-id={}", start.id),
        ];
        let fixed = [
            "--user=root",
            "--log-bin=bin",
            "--log-slave-updates",
            "--binlog-format=ROW",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M",
            "--innodb-flush-log-at-trx-commit=0",
            "--sync-binlog=0",
            "--performance-schema=OFF",
            "--slave-net-timeout=5",
        ];
        options.extend(fixed.map(str::to_owned));
        if let Some(authority) = start.authority {
            authority.issue(&format!("db-{}.test", start.id), start.address, directory.path());
            options.push(format!("--ssl-ca={}", path("ca.pem")));
            options.push(format!("--ssl-cert={}", path("cert.pem")));
            options.push(format!("--ssl-key={}", path("key.pem")));
        } else {
            options.push("--skip-ssl".to_owned());
        }
        let (address, port) = (start.address.to_owned(), start.port);
        let mut server = Self { address, port, directory, options, child: None };
        server.run();
        server.sql(
            "SET sql_log_bin = 0; CREATE USER watch IDENTIFIED BY 'geheim'; \
             GRANT SLAVE MONITOR ON *.* TO watch; CREATE USER repl IDENTIFIED BY 'geheim'; \
             GRANT REPLICATION SLAVE ON *.* TO repl; SET sql_log_bin = 1; RESET MASTER",
        );
        server
    }

    /// Starts the program, again after `kill`, and waits until it answers.
    pub fn run(&mut self) {
        let mut command = Command::new(found("mariadbd"));
        command.args(&self.options).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().expect("mariadbd starts"));
        let give_up = Instant::now() + PATIENCE;
        while self.ask("SELECT 1").is_err() {
            let log = || std::fs::read_to_string(self.directory.path().join("log"));
            assert!(Instant::now() < give_up, "mariadbd never answers: {:?}", log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Replicates from `other`, over TLS.
    pub fn replicate_from(&self, other: &Server) {
        let ca = self.directory.path().join("ca.pem");
        self.sql(&format!(
            "CHANGE MASTER TO MASTER_HOST = '{}', MASTER_PORT = {}, MASTER_USER = 'repl', \
             MASTER_PASSWORD = 'geheim', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, \
             MASTER_SSL = 1, MASTER_SSL_CA = '{}', MASTER_SSL_VERIFY_SERVER_CERT = 1; START SLAVE",
            other.address,
            other.port,
            ca.display()
        ));
        self.until("SHOW SLAVE STATUS", "Slave_SQL_Running: Yes");
        self.until("SHOW SLAVE STATUS", "Slave_IO_Running: Yes");
    }

    /// Runs statements as the administrator; returns what is printed, one column a line.
    pub fn sql(&self, statements: &str) -> String {
        self.ask(statements).unwrap_or_else(|error| panic!("{statements}: {error}"))
    }

    /// Waits until the answer to `question` contains `wanted`.
    pub fn until(&self, question: &str, wanted: &str) {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let answer = self.ask(question);
            if answer.as_ref().is_ok_and(|answer| answer.contains(wanted)) {
                return;
            }
            assert!(Instant::now() < give_up, "{question} never says {wanted}: {answer:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Holds a lock in a session of its own until the returned value is dropped.
    pub fn holding(&self, statement: &str) -> Session {
        let mut command = self.client();
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("mariadb starts");
        let mut input = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut input, format!("{statement}; SELECT 'held';\n").as_bytes())
            .expect("it reads");
        let mut output = child.stdout.take().expect("a pipe");
        let mut text = Vec::new();
        while !String::from_utf8_lossy(&text).contains("held") {
            let mut part = [0; 256];
            let length = std::io::Read::read(&mut output, &mut part).expect("it writes");
            assert!(length > 0, "{statement}: the session has ended");
            text.extend_from_slice(&part[..length]);
        }
        Session { child, _input: input }
    }

    /// Kills it as a power failure would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Sends a signal, such as `STOP`: it keeps its sockets and answers nothing.
    pub fn signal(&self, name: &str) {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        let done = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(done.is_ok_and(|status| status.success()), "kill -{name}");
    }

    fn ask(&self, statements: &str) -> Result<String, String> {
        let output = self.client().args(["--execute", statements]).output().expect("mariadb runs");
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn client(&self) -> Command {
        let mut command = Command::new(found("mariadb"));
        let socket = self.directory.path().join("sock");
        command.args(["--no-defaults", "--user=root", "--vertical", "--unbuffered"]);
        command.arg(format!("--socket={}", socket.display()));
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A session that holds something.
pub struct Session {
    child: Child,
    _input: std::process::ChildStdin,
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that is free on loopback.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// An empty data directory of this version: made once, and copied for each server.
fn template() -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let version = Command::new(found("mariadbd")).arg("--version").output().expect("it runs");
    let version =
        String::from_utf8_lossy(&version.stdout).replace(|c: char| !c.is_alphanumeric(), "");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(version);
    if place.exists() {
        return place;
    }
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let data = directory.path().join("data");
    let made = Command::new(found("mariadb-install-db"))
        .args(["--no-defaults", "--user=root", "--auth-root-authentication-method=normal"])
        .args(["--skip-test-db", "--innodb-log-file-size=8M"])
        .arg(format!("--datadir={}", data.display()))
        .output()
        .expect("mariadb-install-db runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
    // Another test process may have been faster; its directory is as good.
    let _ = std::fs::rename(&data, &place);
    place
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(status.is_ok_and(|status| status.success()), "cp -a");
}

fn found(program: &str) -> PathBuf {
    let server = Path::new("/usr/sbin").join(program);
    if server.exists() { server } else { PathBuf::from(program) }
}
