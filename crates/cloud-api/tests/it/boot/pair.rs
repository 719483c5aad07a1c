//! Two real databases with their rendered files, on loopback: how they begin, go on and come back.
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cloud_api::boot::Settings;
use cloud_api::{Layout, Role};

use super::programs::{Root, Said, are_there, program, run};
use super::sample::{Sample, host, location};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// A database server in a folder.
struct Database {
    root: Root,
    server: Option<Child>,
}

impl Database {
    fn new(sample: &Sample, name: &str) -> Self {
        Self { root: Root::of(&sample.files(name)), server: None }
    }

    /// Starts with no data at all.
    fn start_empty(&mut self) {
        let data = self.root.at("/data");
        fs::remove_dir_all(&data).ok();
        let mut install = program("mariadb-install-db");
        install.args(["--no-defaults", "--auth-root-authentication-method=normal"]);
        install
            .args(["--skip-test-db", "--skip-name-resolve"])
            .arg(format!("--datadir={}", data.display()));
        run(install.args(self.user())).expect("a data folder");
        self.start();
    }

    fn start(&mut self) {
        let file = self.root.at("/etc/mysql/mariadb.conf.d/60-schwenk.cnf");
        let mut server = program("mariadbd");
        server.arg(format!("--defaults-file={}", file.display()));
        server.arg(format!("--datadir={}", self.root.at("/data").display()));
        server.arg(format!("--socket={}", self.socket().display()));
        server.arg(format!("--pid-file={}", self.root.at("/pid").display()));
        server.args(self.user()).stdout(Stdio::null());
        let log = fs::File::create(self.root.at("/log")).expect("a log");
        self.server = Some(server.stderr(log).spawn().expect("a server"));
    }

    /// As when the machine is lost: no goodbye.
    fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().expect("killed");
            server.wait().expect("gone");
        }
    }

    fn user(&self) -> Option<&'static str> {
        super::programs::is_root().then_some("--user=root")
    }

    fn socket(&self) -> PathBuf {
        self.root.at("/sock")
    }

    fn setup(&self, order: &[&str]) -> Command {
        let mut setup = program("sh");
        setup.arg(self.root.at("/usr/local/sbin/schwenk-db")).args(order);
        setup.env("SCHWENK_DB_FOLDER", self.root.at("/etc/schwenk/db"));
        setup.env("SCHWENK_DB_SOCKET", self.socket());
        setup.env("TMPDIR", self.root.path());
        setup
    }

    fn sql(&self, statement: &str) -> Said {
        let mut client = program("mariadb");
        client.args(["--no-defaults", "--user=root", "--batch", "--skip-column-names"]);
        client.arg(format!("--socket={}", self.socket().display()));
        run(client.args(["--execute", statement]))
    }

    fn insert(&self, word: &str) {
        self.sql(&format!("INSERT INTO app.entry (word) VALUES ('{word}')")).expect("written");
    }

    /// Waits until a query gives this.
    fn until(&self, query: &str, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let said = self.sql(query);
            if said.as_ref().is_ok_and(|said| said.trim() == wanted) {
                return;
            }
            if Instant::now() > end {
                let status = self.sql("SHOW SLAVE STATUS");
                let log = fs::read_to_string(self.root.at("/log")).unwrap_or_default();
                panic!("{query} gives {said:?} instead of {wanted}\n{status:?}\n{log}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn until_it_has(&self, words: &[&str]) {
        let query = "SELECT GROUP_CONCAT(word ORDER BY word) FROM app.entry";
        self.until(query, &words.join(","));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Addresses that no other run on this machine uses at the same time.
fn pair(settings: &Settings) -> Sample {
    let id = std::process::id();
    let net = |place: u32| format!("127.{}.{}", 100 + id % 100 + place, id / 100 % 250);
    let hosts = |word: &str, net: &str| {
        let at = |last: u8| format!("{net}.{last}");
        vec![
            host(&format!("app-{word}"), Role::App, &at(2), &at(2)),
            host(&format!("db-{word}"), Role::Db, &at(3), &at(3)),
        ]
    };
    let (one, two) = (net(0), net(1));
    let layout = Layout::new(vec![
        location("one", &format!("{one}.0/24"), hosts("one", &one)),
        location("two", &format!("{two}.0/24"), hosts("two", &two)),
    ]);
    Sample::new("two databases", layout, settings.clone())
}

#[test]
fn two_databases_begin_replicate_and_come_back_after_a_loss() {
    if !are_there() {
        return;
    }
    let mut settings = Settings::new("shop.example.com");
    settings.database.schema =
        "CREATE TABLE entry (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(20));\n".into();
    let sample = pair(&settings);
    let (mut one, mut two) = (Database::new(&sample, "db-one"), Database::new(&sample, "db-two"));

    // Both at once, as when the servers are made; each waits for the other.
    one.start_empty();
    two.start_empty();
    let mut joins = two.setup(&[]);
    let joins = thread::spawn(move || run(&mut joins));
    let begun = run(&mut one.setup(&[])).expect("set up");
    assert!(begun.contains("begins with the schema"), "{begun}");
    let joined = joins.join().expect("its end").expect("set up");
    assert!(joined.contains("copies the other database"), "{joined}");

    one.insert("from-one");
    two.insert("from-two");
    one.until_it_has(&["from-one", "from-two"]);
    two.until_it_has(&["from-one", "from-two"]);
    // Numbers never meet.
    one.until("SELECT id % 2 FROM app.entry WHERE word = 'from-one'", "1");
    two.until("SELECT id % 2 FROM app.entry WHERE word = 'from-two'", "0");
    only_over_tls(&sample, &one);

    // Again: nothing is lost, what is stale goes, and both go on.
    one.sql("SET sql_log_bin = 0; CREATE USER 'app'@'192.0.2.99'").expect("a stale account");
    for database in [&one, &two] {
        let said = run(&mut database.setup(&[])).expect("set up again");
        assert!(!said.contains("begins") && !said.contains("copies"), "{said}");
    }
    one.until("SELECT GROUP_CONCAT(host) FROM mysql.user WHERE user = 'app'", "127.0.0.1");
    one.insert("later");
    two.until_it_has(&["from-one", "from-two", "later"]);

    // What one notes about itself is not taken over by the other, though it be written to the log.
    one.sql("UPDATE schwenk.member SET state = 'joining'").expect("noted");
    one.insert("marker");
    two.until_it_has(&["from-one", "from-two", "later", "marker"]);
    two.until("SELECT state FROM schwenk.member", "ready");
    // The first one is lost with all it had; the second goes on alone.
    one.kill();
    two.insert("alone");
    one.start_empty();
    let said = run(&mut one.setup(&[])).expect("set up after the loss");
    assert!(said.contains("copies the other database"), "{said}");
    let all = ["alone", "from-one", "from-two", "later", "marker"];
    one.until_it_has(&all);
    // What it writes now is not taken for what the second has had from it before.
    one.insert("new-one");
    two.insert("new-two");
    let all = [&all[..], &["new-one", "new-two"]].concat();
    one.until_it_has(&all);
    two.until_it_has(&all);
}

/// The application's user gets in from its server over TLS only.
fn only_over_tls(sample: &Sample, one: &Database) {
    let config = sample.text("app-one", "/etc/schwenk/app.json");
    let config: serde_json::Value = serde_json::from_str(&config).expect("JSON");
    let field = |name: &str| config["database"][name].as_str().expect("a text").to_owned();
    let connect = |more: &[&str]| {
        let mut client = program("mariadb");
        client.arg("--no-defaults").arg(format!("--host={}", field("host")));
        client.arg(format!("--user={}", field("user"))).args(more);
        client.env("MYSQL_PWD", field("password"));
        run(client.args(["--execute", "SHOW STATUS LIKE 'Ssl_version'"]))
    };
    let ca = format!("--ssl-ca={}", one.root.at("/etc/schwenk/ca.pem").display());
    let said = connect(&[&ca, "--ssl-verify-server-cert"]).expect("in over TLS");
    assert!(said.contains("TLSv1."), "{said}");
    assert!(connect(&["--skip-ssl"]).is_err());
}

#[test]
fn a_database_that_cannot_ask_the_other_one_does_not_begin() {
    if !are_there() {
        return;
    }
    let sample = pair(&Settings::new("shop.example.com"));
    // Addresses of the other test of this process, in a layout that is turned around.
    let Sample { what, mut layout, settings, .. } = sample;
    for location in &mut layout.locations {
        for host in &mut location.hosts {
            let [a, b, c, d] = host.private.octets();
            host.private = [a, b, c, d + 100].into();
            host.public = Some(host.private);
        }
    }
    let sample = Sample::new(what, layout, settings);
    let mut one = Database::new(&sample, "db-one");
    one.start_empty();
    let complaint = run(one.setup(&[]).env("SCHWENK_DB_PATIENCE", "3")).expect_err("nobody there");
    assert!(complaint.contains("the other database does not answer"), "{complaint}");
    one.until("SELECT COUNT(*) FROM schwenk.member", "0");
    // Somebody who knows better may order it.
    run(&mut one.setup(&["found"])).expect("begun");
    one.until("SELECT state FROM schwenk.member", "ready");

    // Data that was not made here is left alone.
    one.sql("DELETE FROM schwenk.member").expect("forgotten");
    let complaint = run(&mut one.setup(&[])).expect_err("foreign data");
    assert!(complaint.contains("was not made here"), "{complaint}");
    one.until("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'app'", "1");
}
