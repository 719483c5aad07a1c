//! The program as a process of its own.
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::PATIENCE;

/// The program with nothing of this machine's settings.
pub fn schwenk(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_schwenk"));
    command.args(args).env_clear().env("NO_GCE_CHECK", "true").stdin(Stdio::null());
    command
}

/// What a finished command has said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The one line of JSON on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("no signal");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Said {
    command.output().expect("it starts").into()
}

/// The same with something on standard input.
pub fn run_with_input(command: &mut Command, input: &str) -> Said {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends").into()
}

/// A command that runs until it is told to stop, and its first line of JSON.
pub struct Service {
    child: Child,
    out: BufReader<ChildStdout>,
    pub hello: Value,
}

impl Service {
    /// Starts it and waits for its first line.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let hello = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { child, out, hello }
    }

    /// The next line of JSON it prints.
    pub fn line(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// A text of the first line, by its path: `/tokens/hetzner`.
    pub fn text(&self, pointer: &str) -> String {
        let found = self.hello.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {pointer} in {}", self.hello)).to_owned()
    }

    /// Asks it to end; returns its exit code and how long that took.
    pub fn terminate(mut self) -> (Option<i32>, Duration) {
        let started = Instant::now();
        self.signal(Signal::TERM);
        loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                return (status.code(), started.elapsed());
            }
            assert!(started.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it without asking.
    pub fn kill(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().expect("it is ours");
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(id, signal).expect("it is ours");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Whatever a failed test leaves behind must not outlive it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The emulated clouds as a process.
pub fn emulator() -> Service {
    Service::start(&mut schwenk(&["emulate", "--json"]))
}

/// A configuration in `dir` for the emulated clouds, on a free port, with a token for commands.
pub fn configure(dir: &Path, clouds: &Service, token_hash: &str) -> std::path::PathBuf {
    let servers = |provider: &str| {
        let all = clouds.hello["dns"].as_array().expect("name servers").iter();
        let own = all.filter(|server| server["provider"] == provider);
        let each = own.map(|server| {
            format!("{{ name = {}, addresses = [{}] }}", server["server"], server["address"])
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let site = |place: usize| clouds.text(&format!("/sites/{place}/address"));
    let text = format!(
        r#"
[server]
listen = "127.0.0.1:0"
[[server.tokens]]
name = "test"
token_hash = "{token_hash}"
role = "operate"
[journal]
path = "journal.db"
[[providers]]
id = "google"
kind = "google"
project = "{project}"
credentials = "file:{key_file}"
endpoint = "{google}"
name_servers = [{google_servers}]
[[providers]]
id = "hetzner"
kind = "hetzner"
token = "env:HCLOUD_TOKEN"
endpoint = "{hetzner}"
name_servers = [{hetzner_servers}]
[[services]]
name = "app"
record = "app.schwenk.example"
zone = "schwenk.example"
ttl = 60
[[services.sites]]
name = "one"
addresses = ["{one}"]
[[services.sites]]
name = "two"
addresses = ["{two}"]
[[services.checks]]
kind = "http"
port = {port}
contains = ["dbworking"]
"#,
        project = clouds.text("/project"),
        key_file = clouds.text("/key_file"),
        google = clouds.text("/google"),
        google_servers = servers("google"),
        hetzner = clouds.text("/hetzner"),
        hetzner_servers = servers("hetzner"),
        one = site(0),
        two = site(1),
        port = clouds.hello["sites"][0]["port"],
    );
    let path = dir.join("schwenk.toml");
    std::fs::write(&path, text).expect("it can be written");
    path
}
