//! The files that boot scripts make for two locations, brought to folders of the tests.
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use cloud_api::boot::{self, Secrets, Settings};
use cloud_api::{Host, Layout, Location, Name, Range, Role};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::database::Database;
use crate::site::{Site, folder};

/// Layout, settings and secrets of a pair. Its servers have loopback addresses of their own, so the
/// ports are those of real ones.
pub struct Rendered {
    layout: Layout,
    settings: Settings,
    secrets: Secrets,
}

impl Rendered {
    pub fn new() -> Self {
        let network = network();
        let location = |name: &str, number: u32| {
            let host = |role: Role, number| {
                let address = Ipv4Addr::from(network + number);
                let name = format!("{}-{name}", role.word());
                Host::new(Name::parse(&name).expect("a name"), role, Some(address), address)
            };
            let range = Range::parse("127.0.0.0/8").expect("a range");
            let hosts = vec![host(Role::Db, number), host(Role::App, number + 2)];
            Location::new(Name::parse(name).expect("a name"), range, hosts)
        };
        let layout = Layout::new(vec![location("one", 1), location("two", 2)]);
        let mut settings = Settings::new("diary.example");
        settings.database.name = "diary".to_owned();
        settings.database.user = "diary".to_owned();
        settings.database.schema =
            fs::read_to_string(folder().join("schema.sql")).expect("the schema");
        settings.application.document_root = "public".to_owned();
        for part in ["account.php", "lib", "public"] {
            let path = folder().join(part);
            let files = match fs::read_dir(&path) {
                Ok(entries) => entries.map(|entry| entry.expect("a file").path()).collect(),
                Err(_) => vec![path],
            };
            for file in files {
                let name = file.strip_prefix(folder()).expect("below it").to_string_lossy();
                let content = fs::read(&file).expect("a file");
                settings.application.files.insert(name.into_owned(), content);
            }
        }
        let secrets = Secrets::generate(&layout, &settings, SystemTime::now()).expect("secrets");
        Self { layout, settings, secrets }
    }

    /// The boot script of a server.
    pub fn script(&self, server: &str) -> String {
        let script = boot::script(&self.layout, &self.settings, &self.secrets, server);
        script.unwrap_or_else(|e| panic!("{server}: {e}")).expose_secret().to_owned()
    }

    /// A location with its files in this new folder; nothing runs yet. `more` is what the
    /// application is told beside them.
    pub fn site(&self, name: &'static str, folder: &Path, more: &Value) -> Site {
        let database = Database::new(folder);
        self.place(&format!("db-{name}"), folder);
        self.place(&format!("app-{name}"), folder);
        let text = fs::read(folder.join("app.json")).expect("a configuration");
        let mut settings: Value = serde_json::from_slice(&text).expect("JSON");
        // Here nothing ends the visitors' TLS, and there is no hash worth breaking.
        settings["diary"] = json!({ "https": false, "bcrypt_cost": 4 });
        for (key, value) in more.as_object().into_iter().flatten() {
            settings["diary"][key] = value.clone();
        }
        let config = folder.join("diary.json");
        fs::write(&config, settings.to_string()).expect("a configuration");
        let (_, app) = self.layout.host(&format!("app-{name}")).expect("a server");
        Site::new(name, app.private, database, config)
    }

    fn place(&self, server: &str, folder: &Path) {
        let files = boot::files(&self.layout, &self.settings, &self.secrets, server);
        for file in files.expect("files") {
            let path = Path::new(&file.path);
            let Some(name) = path
                .file_name()
                .filter(|_| path.starts_with("/etc") || path.ends_with("schwenk-db"))
            else {
                continue;
            };
            let text = String::from_utf8_lossy(file.content());
            let here = format!("{}/", folder.display());
            let text = ["/etc/schwenk/db/", "/etc/mysql/schwenk/", "/etc/schwenk/"]
                .iter()
                .fold(text.into_owned(), |text, place| text.replace(place, &here));
            fs::write(folder.join(name), text).expect("a file");
        }
    }
}

/// Addresses that no other pair on this machine uses.
fn network() -> u32 {
    static PAIRS: AtomicU32 = AtomicU32::new(0);
    let pair = PAIRS.fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    let third = process % 250 + 1;
    let base = u32::from(Ipv4Addr::new(127, 64, 0, 0));
    base + (((process / 250) % 64) << 16) + (third << 8) + pair * 8
}
