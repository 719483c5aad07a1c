//! A location: the application beside its database.
use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::database::Database;
use crate::process::{Process, until};
use crate::visitor::PASSWORD;

const PORT: u16 = 8080;
/// Of the application with the file as it was made.
const PORT_AS_SHIPPED: u16 = 8081;

pub struct Site {
    pub name: &'static str,
    pub database: Arc<Database>,
    address: (Ipv4Addr, u16),
    config: PathBuf,
    web: Mutex<Option<Process>>,
}

impl Site {
    /// A location whose application is configured by this file and does not run yet.
    pub fn new(name: &'static str, address: Ipv4Addr, database: Database, config: PathBuf) -> Self {
        let (database, address) = (Arc::new(database), (address, PORT));
        Self { name, database, address, config, web: Mutex::default() }
    }

    /// The same location with the file as the boot script makes it, at another port.
    pub fn as_shipped(&self) -> Self {
        Self {
            name: self.name,
            database: Arc::clone(&self.database),
            address: (self.address.0, PORT_AS_SHIPPED),
            config: self.database.path("app.json"),
            web: Mutex::default(),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}:{}/", self.address.0, self.address.1)
    }

    /// Starts the application, or another location's in its place, as when its name moved there.
    pub async fn serve(&self, from: &Self) {
        let log = self.database.path("web.log");
        let mut php = Command::new("php");
        php.args(["-S", &format!("{}:{}", self.address.0, self.address.1), "-t"])
            .arg(folder().join("public"));
        php.env("SCHWENK_APP_CONFIG", &from.config);
        // Ended first, or the address would still be taken.
        self.stop();
        *self.web.lock().expect("a lock") = Some(Process::start(&mut php, &log));
        until("a web server that answers", async || {
            self.web.lock().expect("a lock").as_mut().expect("started").must_run();
            TcpStream::connect(self.address).is_ok()
        })
        .await;
    }

    /// Ends the application; visitors are refused from now on.
    pub fn stop(&self) {
        *self.web.lock().expect("a lock") = None;
    }

    /// All that the application has written into its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.database.path("web.log")).expect("a log")
    }

    /// What must be in no log and on no page.
    pub fn database_password(&self) -> String {
        let text = fs::read(&self.config).expect("a configuration");
        let settings: Value = serde_json::from_slice(&text).expect("JSON");
        settings["database"]["password"].as_str().expect("a password").to_owned()
    }

    /// Makes an account at this location, at the command line.
    pub fn add_account(&self, name: &str) {
        let said = self.account(&["set", name], PASSWORD);
        assert_eq!(said, Ok(String::new()), "{name}");
    }

    /// Runs the command for accounts; what it printed, or how it refused.
    pub fn account(&self, args: &[&str], input: &str) -> Result<String, String> {
        let mut php = Command::new("php");
        php.arg(folder().join("account.php")).args(args).env("SCHWENK_APP_CONFIG", &self.config);
        php.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = php.spawn().expect("php");
        // It may refuse before it has read anything.
        let _ = writeln!(child.stdin.take().expect("an input"), "{input}");
        let output = child.wait_with_output().expect("an end");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

/// The application.
pub fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/diary"))
}
