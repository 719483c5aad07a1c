//! What is refused before any script is made.
//!
//! Everything that gets into a configuration file is checked here for what would mean something
//! there. Afterwards nothing has to be quoted but for the shell.
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::error::BootError;
use super::settings::{Admin, DnsSettings, Settings, WatcherSettings};
use crate::key::SshKey;
use crate::layout::{Host, Layout, Location, Role};
use crate::name::Name;

/// Replication goes both ways between two; a third would make a ring or a mesh of them, in which one
/// that is down cuts or doubles what the others have.
const DATABASES_MAX: usize = 2;

pub(super) fn layout(layout: &Layout, settings: &Settings) -> Result<(), BootError> {
    unique(layout)?;
    let wrong = |why: String| Err(BootError::Layout(why));
    let mut databases = Vec::new();
    for location in &layout.locations {
        let here: Vec<&Host> = location.of(Role::Db).collect();
        if here.len() > 1 {
            return wrong(format!(
                "the location \"{}\" has {} databases; one is replicated with one of another \
                 location, so one per location is supported",
                location.name,
                here.len()
            ));
        }
        if here.is_empty() && location.of(Role::App).next().is_some() {
            return wrong(format!(
                "the location \"{}\" has application servers, but no database for them",
                location.name
            ));
        }
        databases.extend(here);
        roles(location, settings)?;
    }
    if databases.len() > DATABASES_MAX {
        return wrong(format!(
            "there are {} databases; two in two locations replicate each other, more are not \
             supported",
            databases.len()
        ));
    }
    let alone = databases.len() > 1;
    if let Some(hidden) = databases.iter().find(|db| alone && db.public.is_none()) {
        return wrong(format!(
            "the database \"{}\" has no public address, so that the other location's cannot reach \
             it",
            hidden.name
        ));
    }
    let no_app = layout.locations.iter().all(|location| location.of(Role::App).next().is_none());
    let proxy = layout.locations.iter().find_map(|location| location.of(Role::Haproxy).next());
    match proxy.filter(|_| no_app) {
        Some(proxy) => wrong(format!("there is no application server behind \"{}\"", proxy.name)),
        None => Ok(()),
    }
}

fn unique(layout: &Layout) -> Result<(), BootError> {
    let mut names = BTreeSet::new();
    let mut addresses: BTreeMap<Ipv4Addr, &str> = BTreeMap::new();
    for location in &layout.locations {
        for host in &location.hosts {
            let name = host.name.as_str();
            if !names.insert(name) {
                return Err(BootError::Layout(format!("there are two servers \"{name}\"")));
            }
            // Private networks of two locations may look alike; within one they may not.
            let own =
                [host.public.map(|public| (public, None)), Some((host.private, Some(location)))];
            for (address, network) in own.into_iter().flatten() {
                if address.is_loopback() || network.is_some_and(|it| !twice_in(it, address)) {
                    continue;
                }
                let other = addresses.insert(address, name).filter(|other| *other != name);
                if let Some(other) = other {
                    return Err(BootError::Layout(format!(
                        "\"{other}\" and \"{name}\" have the same address {address}"
                    )));
                }
            }
        }
    }
    Ok(())
}

fn twice_in(location: &Location, address: Ipv4Addr) -> bool {
    location.hosts.iter().filter(|host| host.private == address).count() > 1
}

fn roles(location: &Location, settings: &Settings) -> Result<(), BootError> {
    for host in &location.hosts {
        let name = &host.name;
        let wrong = |why: &str| Err(BootError::Layout(format!("the server \"{name}\" {why}")));
        match host.role {
            Role::Haproxy | Role::Dns if host.public.is_none() => {
                return wrong("needs a public address: visitors come from everywhere");
            }
            Role::Dns if settings.dns.is_none() => {
                return wrong("shall answer for a zone, but none is given (dns)");
            }
            Role::Watcher if settings.watcher.is_none() => {
                return wrong("shall run Schwenk, but no configuration is given (watcher)");
            }
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn settings(settings: &Settings) -> Result<(), BootError> {
    let Settings { health, database, application, .. } = settings;
    host_name("host", &settings.host)?;
    if let Some(acme) = &settings.acme {
        let contact = acme.contact.split_once('@');
        let good = contact.is_some_and(|(user, host)| {
            !user.is_empty() && only(user, "._+-") && host_name("", host).is_ok()
        });
        demand(good, "acme.contact", "must be a mail address: hostmaster@example.com")?;
        url("acme.directory", &acme.directory)?;
    }
    let path = health.path.starts_with('/') && only(&health.path, "/._~-?=&%+,:");
    demand(path, "health.path", "must be a path such as /health.php")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || " _.,:;=+-/".contains(c);
    let contains = !health.contains.is_empty() && health.contains.chars().all(plain);
    demand(contains, "health.contains", "must be letters, digits, spaces and _.,:;=+-/")?;
    identifier("database.name", &database.name)?;
    identifier("database.user", &database.user)?;
    let system = ["mysql", "information_schema", "performance_schema", "sys", "schwenk"];
    let free = !system.contains(&database.name.as_str());
    demand(free, "database.name", "must not be one of the server's own databases")?;
    let users = ["root", "mysql", "schwenk_replication", "schwenk_join", "schwenk_monitor"];
    let free = !users.contains(&database.user.as_str());
    demand(free, "database.user", "must not be one of the server's own users")?;
    for file in application.files.keys() {
        relative("application.files", file)?;
    }
    if !application.document_root.is_empty() {
        relative("application.document_root", &application.document_root)?;
    }
    settings.admins.iter().try_for_each(admin)?;
    settings.watcher.as_ref().map_or(Ok(()), watcher)?;
    settings.dns.as_ref().map_or(Ok(()), dns)
}

fn admin(admin: &Admin) -> Result<(), BootError> {
    let user = &admin.user;
    let taken = ["root", "daemon", "nobody", "mysql", "haproxy", "knot", "schwenk", "sshd"];
    let free = !taken.contains(&user.as_str()) && !user.starts_with("www-");
    demand(free, "admins", &format!("\"{user}\" is a user of the system"))?;
    demand(!admin.keys.is_empty(), "admins", &format!("\"{user}\" has no key to log in with"))?;
    let name = Name::parse("key").map_err(|e| BootError::setting("admins", e.to_string()))?;
    for key in &admin.keys {
        let checked = SshKey::new(name.clone(), user, key).check();
        checked.map_err(|failure| {
            BootError::setting("admins", format!("of \"{user}\": {}", failure.message))
        })?;
    }
    Ok(())
}

fn watcher(watcher: &WatcherSettings) -> Result<(), BootError> {
    demand(!watcher.binaries.is_empty(), "watcher.binaries", "are missing")?;
    for binary in &watcher.binaries {
        url("watcher.binaries.url", &binary.url)?;
        let hex = binary.sha256.len() == 64
            && binary.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        demand(hex, "watcher.binaries.sha256", "must be 64 digits from 0 to f, in lower case")?;
    }
    for name in watcher.credentials.keys() {
        let good = !name.is_empty() && !name.starts_with('.') && only(name, "._-");
        let free = name != "schwenk.toml" && name != "db-monitor";
        let why = "must be file names of letters, digits, dots and hyphens, other than schwenk.toml \
                   and db-monitor";
        demand(good && free, "watcher.credentials", why)?;
    }
    Ok(())
}

fn dns(dns: &DnsSettings) -> Result<(), BootError> {
    host_name("dns.zone", &dns.zone)?;
    let kept = dns.primary.is_some() || !dns.content.trim().is_empty();
    demand(kept, "dns.content", "must be a zone file, as there is no dns.primary")?;
    let mut names = BTreeSet::new();
    for peer in dns.primary.iter().chain(&dns.secondaries) {
        let twice = format!("two name servers are called \"{}\"", peer.name);
        demand(names.insert(&peer.name), "dns.secondaries", &twice)?;
    }
    Ok(())
}

fn demand(good: bool, field: &str, why: &str) -> Result<(), BootError> {
    if good { Ok(()) } else { Err(BootError::setting(field, why)) }
}

fn only(text: &str, more: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

fn host_name(field: &str, name: &str) -> Result<(), BootError> {
    let label = |label: &str| {
        let inner = !label.starts_with('-') && !label.ends_with('-');
        (1..=63).contains(&label.len()) && inner && only(label, "-")
    };
    let good = name.len() <= 253 && name.split('.').count() > 1 && name.split('.').all(label);
    demand(good, field, &format!("\"{name}\" must be a host name such as shop.example.com"))
}

fn url(field: &str, url: &str) -> Result<(), BootError> {
    let rest = url.strip_prefix("https://").filter(|rest| !rest.is_empty());
    let good = rest.is_some_and(|rest| only(rest, "/._~-?=&%+,:@"));
    demand(good, field, &format!("\"{url}\" must be an https URL"))
}

fn identifier(field: &str, name: &str) -> Result<(), BootError> {
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 32
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    demand(good, field, &format!("\"{name}\" must be up to 32 of a to z, 0 to 9 and _"))
}

fn relative(field: &str, path: &str) -> Result<(), BootError> {
    let part = |part: &str| !part.is_empty() && part != "." && part != ".." && only(part, "._-");
    let good = path.len() <= 90 && path.split('/').all(part);
    let why = "must be a path of letters, digits, dots, _ and - without / at its ends";
    demand(good, field, &format!("\"{path}\" {why}, of 90 characters at most"))
}
