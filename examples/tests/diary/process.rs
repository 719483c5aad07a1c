//! Programs that the tests start and that end with them.
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A loaded CI machine is slow; what never comes is still noticed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until it holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A running program; it is killed when this is dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it says goes to a file.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let out = File::options().create(true).append(true).open(log).expect("a log");
        let err = out.try_clone().expect("the same log");
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let child = child.unwrap_or_else(|e| panic!("{command:?}: {e}"));
        Self { child, log: log.to_owned() }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Stops it without ending it, or lets it go on.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Panics with what it said when it has ended.
    pub fn must_run(&mut self) {
        if let Ok(Some(status)) = self.child.try_wait() {
            panic!("ended with {status}:\n{}", self.said());
        }
    }

    /// All it has said.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a program to its end; what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out
}

/// A program of the system; servers are not always in the path of ordinary users.
pub fn program(name: &str) -> Command {
    let server = Path::new("/usr/sbin").join(name);
    if server.exists() { Command::new(server) } else { Command::new(name) }
}

/// What cannot be started of what the pair needs, and how to get it.
pub fn missing() -> Option<String> {
    let needed = ["mariadbd", "mariadb", "mariadb-install-db", "php"];
    let mut missing: Vec<&str> = needed.into_iter().filter(|name| !exists(name)).collect();
    let mysqli = ["-r", "exit(extension_loaded('mysqli') ? 0 : 1);"];
    if !Command::new("php").args(mysqli).status().is_ok_and(|status| status.success()) {
        missing.push("mysqli");
    }
    let how = "apt-get install mariadb-server php-cli php-mysql";
    (!missing.is_empty()).then(|| format!("no {} on this machine: {how}", missing.join(", ")))
}

fn exists(name: &str) -> bool {
    let mut probe = program(name);
    probe.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
