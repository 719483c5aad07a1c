//! Layouts and settings to render.
use std::collections::BTreeMap;
use std::time::SystemTime;

use cloud_api::boot::{
    Acme, Admin, Binary, DnsPeer, DnsSettings, File, Secrets, Settings, WatcherSettings, files,
};
use cloud_api::{Architecture, Host, Layout, Location, Role};
use secrecy::SecretString;

use crate::support::{name, range};

/// A key as `ssh-keygen -t ed25519` makes it.
pub const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5XnQ4nHvR1wSgbDNbAxhmR5nLBSsYGoZ1yFZ0iWOxK anna";

const ZONE: &str = "$ORIGIN example.com.
$TTL 60
@ SOA ns1 hostmaster 1 3600 600 604800 60
@ NS ns1
@ NS ns2
ns1 A 203.0.113.8
ns2 A 198.51.100.4
shop A 203.0.113.5
";

/// Everything there is to render scripts from.
pub struct Sample {
    pub what: &'static str,
    pub layout: Layout,
    pub settings: Settings,
    pub secrets: Secrets,
}

impl Sample {
    pub fn new(what: &'static str, layout: Layout, settings: Settings) -> Self {
        let secrets =
            Secrets::generate(&layout, &settings, SystemTime::now()).expect("secrets for a sample");
        Self { what, layout, settings, secrets }
    }

    pub fn hosts(&self) -> Vec<String> {
        let hosts = self.layout.locations.iter().flat_map(|location| &location.hosts);
        hosts.map(|host| host.name.as_str().to_owned()).collect()
    }

    pub fn files(&self, host: &str) -> Vec<File> {
        files(&self.layout, &self.settings, &self.secrets, host)
            .unwrap_or_else(|error| panic!("{}: {host}: {error}", self.what))
    }

    /// The text of one file.
    pub fn text(&self, host: &str, path: &str) -> String {
        let files = self.files(host);
        let file = files.iter().find(|file| file.path == path);
        let file = file.unwrap_or_else(|| panic!("{host} has no {path}"));
        String::from_utf8(file.content().to_vec()).expect("text")
    }
}

pub fn host(text: &str, role: Role, public: &str, private: &str) -> Host {
    let public = Some(public.parse().expect("an address"));
    Host::new(name(text), role, public, private.parse().expect("an address"))
}

pub fn location(text: &str, network: &str, hosts: Vec<Host>) -> Location {
    Location::new(name(text), range(network), hosts)
}

/// The six servers of the thesis.
pub fn six() -> Layout {
    let one = vec![
        host("haproxy-one", Role::Haproxy, "203.0.113.5", "10.154.0.5"),
        host("app-one", Role::App, "203.0.113.6", "10.154.0.6"),
        host("db-one", Role::Db, "203.0.113.7", "10.154.0.7"),
    ];
    let two = vec![
        host("haproxy-two", Role::Haproxy, "198.51.100.1", "10.0.1.1"),
        host("app-two", Role::App, "198.51.100.2", "10.0.1.2"),
        host("db-two", Role::Db, "198.51.100.3", "10.0.1.3"),
    ];
    Layout::new(vec![
        location("london", "10.154.0.0/24", one),
        location("falkenstein", "10.0.1.0/24", two),
    ])
}

/// With three application servers and two HAProxy servers in each location, DNS and watchers.
fn many() -> Layout {
    let mut layout = six();
    let (one, two) = ("10.154.0", "10.0.1");
    for (location, (word, net)) in layout.locations.iter_mut().zip([("one", one), ("two", two)]) {
        let mut add = |kind: &str, role, last: u8| {
            let public = format!("192.0.2.{}", if word == "one" { last } else { last + 100 });
            let text = format!("{kind}-{word}");
            location.hosts.push(host(&text, role, &public, &format!("{net}.{last}")));
        };
        add("app-b", Role::App, 20);
        add("app-c", Role::App, 21);
        add("haproxy-b", Role::Haproxy, 22);
        add("ns", Role::Dns, 23);
        add("watch", Role::Watcher, 24);
    }
    layout
}

fn alone() -> Layout {
    let mut layout = six();
    layout.locations.truncate(1);
    // Reached from its own location only.
    for host in layout.locations[0].hosts.iter_mut().filter(|host| host.role != Role::Haproxy) {
        host.public = None;
    }
    layout
}

/// Settings that use everything.
pub fn full() -> Settings {
    let mut settings = Settings::new("shop.example.com");
    settings.acme = Some(Acme::new("hostmaster@example.com"));
    settings.admins = vec![Admin::new("anna", vec![KEY.to_owned()])];
    settings.database.schema = "CREATE TABLE entry (id INT AUTO_INCREMENT PRIMARY KEY);\n".into();
    settings.database.semi_sync = true;
    let page = b"<?php echo 'dbworking';\n".to_vec();
    settings.application.files = BTreeMap::from([
        ("public/health.php".to_owned(), page.clone()),
        ("src/it's not.php".replace("'s not", "s"), page),
    ]);
    settings.application.document_root = "public".into();
    let (x86, arm) = (Architecture::X86, Architecture::Arm);
    let url = "https://downloads.example.com/schwenk";
    let mut watcher = WatcherSettings::new(
        vec![Binary::new(x86, url, "0a".repeat(32)), Binary::new(arm, url, "0b".repeat(32))],
        "vantage = \"one\"\n",
    );
    watcher.credentials.insert("google.json".into(), SecretString::from("{}"));
    settings.watcher = Some(watcher);
    let mut dns = DnsSettings::new("example.com", ZONE);
    let address = "192.0.2.53".parse().expect("an address");
    dns.secondaries = vec![DnsPeer::new(name("elsewhere"), address)];
    settings.dns = Some(dns);
    settings
}

pub fn all() -> Vec<Sample> {
    let mut copied = full();
    if let Some(dns) = &mut copied.dns {
        let address = "192.0.2.54".parse().expect("an address");
        dns.primary = Some(DnsPeer::new(name("outside"), address));
    }
    vec![
        Sample::new("six servers", six(), Settings::new("shop.example.com")),
        Sample::new("many servers", many(), full()),
        Sample::new("a zone that is copied", many(), copied),
        Sample::new("one location", alone(), Settings::new("shop.example.com")),
    ]
}
