//! Which files and packages a server of each role gets.
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::certificate::AUTHORITY;
use super::error::BootError;
use super::file::File;
use super::render::render;
use super::secrets::Secrets;
use super::settings::{DnsPeer, Settings};
use super::view::{Neighbour, View};
use crate::layout::Role;
use crate::place::Architecture;

/// How many requests an application server works on at a time: Apache's default.
const WORKERS: usize = 150;

/// The Debian packages of a server.
pub(super) fn packages(view: &View) -> Vec<&'static str> {
    let mut packages = vec![
        "nftables",
        "fail2ban",
        // How fail2ban reads the journal; only recommended by it.
        "python3-systemd",
        "unattended-upgrades",
        "openssh-server",
        "sudo",
        "ca-certificates",
    ];
    packages.extend_from_slice(match view.role {
        Role::Haproxy if view.acme => &["haproxy", "openssl", "lego"],
        Role::Haproxy => &["haproxy", "openssl"],
        Role::App => &["apache2", "libapache2-mod-php", "php-mysql"],
        Role::Db => &["mariadb-server", "mariadb-client"],
        Role::Dns => &["knot", "knot-dnsutils"],
        Role::Watcher => &["curl"],
    });
    packages
}

/// The files of a server, in the order of their paths.
pub(super) fn files(
    view: &View,
    settings: &Settings,
    secrets: &Secrets,
) -> Result<Vec<File>, BootError> {
    let make = Make { view, settings, secrets };
    let mut files = make.base()?;
    files.extend(match view.role {
        Role::Haproxy => make.haproxy()?,
        Role::App => make.app()?,
        Role::Db => make.db()?,
        Role::Dns => make.dns()?,
        Role::Watcher => make.watcher()?,
    });
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// The programs to download, as Debian calls their processors.
pub(super) fn binaries(settings: &Settings) -> Vec<Value> {
    let all = settings.watcher.iter().flat_map(|watcher| &watcher.binaries);
    all.map(|binary| {
        let debian = match binary.architecture {
            Architecture::X86 => "amd64",
            Architecture::Arm => "arm64",
        };
        json!({ "debian": debian, "url": binary.url, "sha256": binary.sha256 })
    })
    .collect()
}

struct Make<'a> {
    view: &'a View,
    settings: &'a Settings,
    secrets: &'a Secrets,
}

impl Make<'_> {
    fn base(&self) -> Result<Vec<File>, BootError> {
        let mut files = vec![
            self.file("/etc/nftables.conf", "base/nftables.conf")?.mode(0o755),
            self.file("/etc/fail2ban/jail.d/60-schwenk.local", "base/fail2ban.local")?,
            self.file("/etc/apt/apt.conf.d/60schwenk", "base/apt.conf")?,
            self.file("/etc/ssh/sshd_config.d/10-schwenk.conf", "base/sshd.conf")?,
            self.file("/etc/sysctl.d/60-schwenk.conf", "base/sysctl.conf")?,
            File::new("/etc/schwenk/ca.pem", self.secrets.authority()),
        ];
        for admin in &self.settings.admins {
            let keys = admin.keys.iter().map(|key| format!("{}\n", key.trim()));
            let path = format!("/etc/ssh/authorized_keys.d/{}", admin.user);
            files.push(File::new(path, keys.collect::<String>()));
        }
        if !self.settings.admins.is_empty() {
            // They have no password that could be asked for.
            let rule = "# Made by Schwenk; do not edit.\n%sudo ALL=(ALL:ALL) NOPASSWD: ALL\n";
            files.push(File::new("/etc/sudoers.d/60-schwenk", rule).mode(0o440));
        }
        Ok(files)
    }

    fn haproxy(&self) -> Result<Vec<File>, BootError> {
        let front = self.secrets.front();
        let mut files = vec![
            self.more(
                "/etc/haproxy/haproxy.cfg",
                "haproxy/haproxy.cfg",
                json!({ "acme_thumbprint": self.secrets.acme_thumbprint()? }),
            )?,
            // Until there is one that browsers trust, and then no more.
            File::new(
                "/etc/haproxy/certs/service.pem",
                format!("{}{}", front.certificate, front.key.show()),
            )
            .mode(0o600)
            .once(),
            self.host_pem()?,
        ];
        if self.view.acme {
            let units = "/etc/systemd/system";
            files.extend([
                File::new("/etc/schwenk/acme.key", self.secrets.acme_key.show()).mode(0o600),
                self.file("/usr/local/sbin/schwenk-acme", "haproxy/acme.sh")?.mode(0o755),
                self.file(&format!("{units}/schwenk-acme.service"), "haproxy/acme.service")?,
                self.file(&format!("{units}/schwenk-acme.timer"), "haproxy/acme.timer")?,
            ]);
        }
        Ok(files)
    }

    fn app(&self) -> Result<Vec<File>, BootError> {
        let apache = "/etc/apache2";
        let mut files = vec![
            self.file(&format!("{apache}/ports.conf"), "app/ports.conf")?,
            self.file(&format!("{apache}/sites-available/schwenk.conf"), "app/site.conf")?,
            self.more(
                &format!("{apache}/conf-available/schwenk.conf"),
                "app/tuning.conf",
                json!({ "workers": WORKERS }),
            )?,
            self.file("/etc/schwenk/php.ini", "app/php.ini")?,
            self.app_config()?,
            self.host_pem()?,
        ];
        let application = &self.settings.application;
        for (path, content) in &application.files {
            files.push(File::new(format!("/var/www/app/{path}"), content.clone()));
        }
        if application.files.is_empty() {
            let path = format!("{}{}", self.view.document_root, self.view.health_path);
            files.push(self.file(&path, "app/health.php")?);
        }
        Ok(files)
    }

    /// How the application finds its database; the environment variable `SCHWENK_APP_CONFIG` names
    /// the file.
    fn app_config(&self) -> Result<File, BootError> {
        let database = self.view.db.near.first();
        let database = database.ok_or_else(|| BootError::Layout("no database".into()))?;
        let config = json!({
            "location": self.view.location,
            "server": self.view.host,
            "database": {
                "host": database.address,
                "port": 3306,
                "name": self.view.database,
                "user": self.view.database_user,
                "password": self.secrets.passwords.application.show(),
                "ca": "/etc/schwenk/ca.pem",
            },
        });
        let text = format!("{config:#}\n");
        Ok(File::new("/etc/schwenk/app.json", text).mode(0o640).owner("root:www-data"))
    }

    fn db(&self) -> Result<Vec<File>, BootError> {
        let Self { view, secrets, .. } = self;
        let issued = secrets.host_named(&view.host)?;
        let passwords = &secrets.passwords;
        let connections = WORKERS * view.app.near.len() + 50;
        let databases = 1 + view.db.far.len();
        let sql = json!({
            "authority": AUTHORITY,
            "application_password": passwords.application.show(),
            "replication_password": passwords.replication.show(),
            "join_password": passwords.join.show(),
            "monitor_password": passwords.monitor.show(),
            "peer": view.db.far.first(),
        });
        let (own, steps) = ("/etc/mysql/schwenk", "/etc/schwenk/db");
        let mut files = vec![
            self.more(
                "/etc/mysql/mariadb.conf.d/60-schwenk.cnf",
                "db/mariadb.cnf",
                json!({ "connections": connections, "databases": databases }),
            )?,
            File::new(format!("{own}/cert.pem"), issued.certificate.as_str()),
            File::new(format!("{own}/key.pem"), issued.key.show()).mode(0o640).owner("root:mysql"),
            self.file("/usr/local/sbin/schwenk-db", "db/setup.sh")?.mode(0o755),
            self.more(&format!("{steps}/first.sql"), "db/first.sql", sql.clone())?.mode(0o600),
            self.more(&format!("{steps}/accounts.sql"), "db/accounts.sql", sql.clone())?
                .mode(0o600),
            File::new(format!("{steps}/schema.sql"), self.settings.database.schema.as_str()),
        ];
        if databases > 1 {
            let replicate = format!("{steps}/replicate.sql");
            files.push(self.more(&replicate, "db/replicate.sql", sql.clone())?.mode(0o600));
            files.push(self.more(&format!("{steps}/peer.cnf"), "db/peer.cnf", sql)?.mode(0o600));
        }
        Ok(files)
    }

    fn dns(&self) -> Result<Vec<File>, BootError> {
        let Self { view, settings, secrets } = self;
        let missing = || BootError::setting("dns", "is missing");
        let dns = settings.dns.as_ref().ok_or_else(missing)?;
        let others: Vec<&Neighbour> = view.dns.near.iter().chain(&view.dns.far).collect();
        let keeper = dns.primary.is_none() && view.number == 1;
        let primaries: Vec<Neighbour> = match &dns.primary {
            Some(primary) => vec![outside(primary)],
            None => others.iter().filter(|it| it.number == 1).map(|it| (*it).clone()).collect(),
        };
        let mut secondaries: Vec<Neighbour> = Vec::new();
        if keeper {
            secondaries.extend(others.iter().map(|it| (*it).clone()));
        }
        if keeper || (dns.primary.is_some() && view.number == 1) {
            secondaries.extend(dns.secondaries.iter().map(outside));
        }
        let watchers = view.watcher.near.iter().chain(&view.watcher.far);
        let updaters: Vec<_> = watchers.map(|watcher| watcher.source).collect();
        let more = json!({
            "primaries": primaries,
            "secondaries": secondaries,
            "updaters": updaters,
            "tsig": secrets.tsig.show(),
        });
        let conf = self.more("/etc/knot/knot.conf", "dns/knot.conf", more)?;
        let mut files = vec![conf.mode(0o640).owner("root:knot")];
        if keeper {
            let path = format!("/var/lib/knot/{}.zone", dns.zone);
            files.push(File::new(path, dns.content.as_str()).owner("knot:knot").once());
        }
        Ok(files)
    }

    fn watcher(&self) -> Result<Vec<File>, BootError> {
        let missing = || BootError::setting("watcher", "is missing");
        let watcher = self.settings.watcher.as_ref().ok_or_else(missing)?;
        let names: Vec<&String> = watcher.credentials.keys().collect();
        let folder = "/etc/schwenk/credentials";
        let password = self.secrets.monitor_password().expose_secret();
        let mut files = vec![
            self.more(
                "/etc/systemd/system/schwenk.service",
                "watcher/schwenk.service",
                json!({ "credentials": names }),
            )?,
            File::new("/etc/schwenk/schwenk.toml", watcher.config.as_str()).mode(0o600),
            File::new(format!("{folder}/db-monitor"), password).mode(0o600),
        ];
        for (name, secret) in &watcher.credentials {
            let path = format!("{folder}/{name}");
            files.push(File::new(path, secret.expose_secret()).mode(0o600));
        }
        Ok(files)
    }

    /// Certificate and key of this server, for programs that read both from one file as root.
    fn host_pem(&self) -> Result<File, BootError> {
        let issued = self.secrets.host_named(&self.view.host)?;
        let text = format!("{}{}", issued.certificate, issued.key.show());
        Ok(File::new("/etc/schwenk/host.pem", text).mode(0o600))
    }

    fn file(&self, path: &str, template: &str) -> Result<File, BootError> {
        self.more(path, template, json!({}))
    }

    fn more(&self, path: &str, template: &str, more: Value) -> Result<File, BootError> {
        Ok(File::new(path, render(template, self.view, more)?))
    }
}

fn outside(peer: &DnsPeer) -> Neighbour {
    let DnsPeer { name, address } = peer;
    Neighbour { name: name.as_str().to_owned(), address: *address, source: *address, number: 0 }
}
