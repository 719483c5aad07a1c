//! One MariaDB server in a folder of its own, with the configuration that a boot script makes.
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::Signal;

use crate::process::{Process, program, run, until};

pub struct Database {
    folder: PathBuf,
    process: Mutex<Option<Process>>,
}

impl Database {
    /// An empty database in a new folder.
    pub fn new(folder: &Path) -> Self {
        fs::create_dir(folder).expect("a new folder");
        run(Command::new("cp").arg("-r").arg(template()).arg(folder.join("data")));
        Self { folder: folder.to_owned(), process: Mutex::default() }
    }

    /// Where a file of this server is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn start(&self) {
        own(&self.folder);
        let mut command = program("mariadbd");
        // It must come first.
        command.arg(format!("--defaults-file={}", self.path("60-schwenk.cnf").display()));
        command.args([
            &format!("--datadir={}", self.path("data").display()),
            &format!("--socket={}", self.path("socket").display()),
            &format!("--pid-file={}", self.path("pid").display()),
            "--innodb-buffer-pool-size=32M",
            "--innodb-use-native-aio=0",
        ]);
        if is_root() {
            command.arg("--user=mysql");
        }
        *self.process() = Some(Process::start(&mut command, &self.folder.join("log")));
    }

    pub async fn ready(&self) {
        until("a database that answers", async || {
            self.process().as_mut().expect("started").must_run();
            self.ask(&["--execute=SELECT 1"]).status.success()
        })
        .await;
    }

    /// Gives it accounts and data and its other half, as the boot script does.
    pub fn set_up(&self) {
        let mut script = Command::new("sh");
        script.arg(self.path("schwenk-db")).env("SCHWENK_DB_FOLDER", &self.folder);
        script.env("SCHWENK_DB_SOCKET", self.path("socket")).env("SCHWENK_DB_PATIENCE", "60");
        run(script.env("TMPDIR", std::env::temp_dir()));
    }

    /// `kill -9`.
    pub fn kill(&self) {
        *self.process() = None;
    }

    /// Makes it silent: it takes connections and answers nothing.
    pub fn silence(&self) {
        self.process().as_ref().expect("started").signal(Signal::STOP);
    }

    /// Lets it answer again.
    pub fn resume(&self) {
        self.process().as_ref().expect("started").signal(Signal::CONT);
    }

    /// Runs SQL as the administrator; rows as lines, columns between tabs.
    pub fn sql(&self, statements: &str) -> String {
        self.say(&["--skip-column-names", "--execute", statements])
    }

    fn say(&self, args: &[&str]) -> String {
        let output = self.ask(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    fn ask(&self, args: &[&str]) -> Output {
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "--user=root", "--batch"]);
        client.arg(format!("--socket={}", self.path("socket").display()));
        client.args(args).output().expect("the client mariadb")
    }

    /// One field of what replication says of itself.
    pub fn replication(&self, field: &str) -> String {
        let all = self.say(&["--vertical", "--execute=SHOW ALL SLAVES STATUS"]);
        let line = all.lines().find_map(|line| line.trim().strip_prefix(&format!("{field}:")));
        line.unwrap_or_else(|| panic!("no {field} in {all}")).trim().to_owned()
    }

    pub fn is_replicating(&self) -> bool {
        let running = |field| self.replication(field) == "Yes";
        running("Slave_IO_Running") && running("Slave_SQL_Running")
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A data folder as a new server has it, made once and copied from then on.
fn template() -> PathBuf {
    static MADE: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let version = run(program("mariadbd").arg("--version"));
    let version: String = version.chars().filter(char::is_ascii_alphanumeric).collect();
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mariadb-{version}"));
    if !made.exists() {
        let begun = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let data = begun.path().join("data");
        let mut install = Command::new("mariadb-install-db");
        install.args(["--no-defaults", "--skip-test-db", "--innodb-log-file-size=8M"]);
        // Only over the socket, which is in a folder that nobody else may enter.
        install.arg("--auth-root-authentication-method=normal");
        if is_root() {
            install.arg("--user=root");
        }
        run(install.arg(format!("--datadir={}", data.display())));
        // Another process may have been faster; its folder is as good.
        let _ = fs::rename(&data, &made);
    }
    made
}

/// Gives a folder to the user that the server runs as, and to nobody else.
fn own(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).expect("permissions");
    if is_root() {
        run(Command::new("chown").args(["-R", "mysql:mysql"]).arg(folder));
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
