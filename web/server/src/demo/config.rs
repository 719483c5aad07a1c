//! The emulated clouds and the configuration file that describes them.
use std::fs::OpenOptions;
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use cloud_emulator::{Cloud, Emulator, Info, Options, ResolverOptions, SiteOptions};
use dns_provider::propagation::NameServer;
use serde::Serialize;

/// The file, beside the configuration, that holds the Hetzner token.
pub const TOKEN_FILE: &str = "hetzner.token";
/// The file, beside the configuration, that holds the key messages are signed with.
pub const INBOX_FILE: &str = "inbox.key";
/// The file, beside the configuration, that says where the dead man's switch is.
pub const SWITCH_FILE: &str = "heartbeat.url";

/// Whose the demo's servers are.
pub const OWNER: &str = "demo";

/// How many application servers London shall have: one more than the demo makes, so that there is
/// something to plan and to apply.
pub const APPS: u32 = 2;

const TTL: u32 = 60;

/// Both clouds with one site each.
pub async fn emulator() -> Result<Emulator, String> {
    let site = |name: &str, third, cloud| SiteOptions {
        name: name.to_owned(),
        address: Ipv4Addr::new(127, 0, third, 1).into(),
        port: 0,
        cloud: Some(cloud),
    };
    let resolver =
        |name: &str| ResolverOptions { name: name.to_owned(), ..ResolverOptions::default() };
    // Two keep to the TTL, one does not: with the second move it is found out.
    let stubborn = ResolverOptions { hold: Duration::from_secs(90), ..resolver("stubborn") };
    let options = Options {
        resolvers: vec![resolver("honest"), resolver("fair"), stubborn],
        sites: vec![site("london", 10, Cloud::Google), site("falkenstein", 20, Cloud::Hetzner)],
        ..Options::default()
    };
    Emulator::start(options).await.map_err(|error| error.to_string())
}

/// The configuration of the demo, as a user would write it.
pub fn text(
    info: &Info,
    journal: &Path,
    password_hash: &str,
    token_hash: &str,
    inbox: &str,
) -> Result<String, String> {
    let zone = info.zone.as_ref().map_or("schwenk.example", |zone| zone.name.as_str());
    let port = info.sites.first().map_or(80, |site| site.port);
    let mut text = String::from("# Made by `schwenk demo`; it goes away with the demo.\n");
    let mut line = |key: &str, value: String| text += &format!("{key} = {value}\n");
    line("vantage", quote("here")?);
    line("\n[journal]\npath", quote(&journal.display().to_string())?);
    line("\n[[server.users]]\nname", quote(super::USER)?);
    line("password_hash", quote(password_hash)?);
    line("role", quote("operate")?);
    line("\n[[server.tokens]]\nname", quote("demo-cli")?);
    line("token_hash", quote(token_hash)?);
    line("role", quote("operate")?);
    line("\n[[providers]]\nid", quote("google")?);
    line("kind", quote("google")?);
    line("project", quote(&info.project)?);
    line("credentials", quote(&format!("file:{}", info.key_file.display()))?);
    line("endpoint", quote(&info.google)?);
    line("name_servers", name_servers(info, Cloud::Google)?);
    line("\n[[providers]]\nid", quote("hetzner")?);
    line("kind", quote("hetzner")?);
    line("token", quote(&format!("file:{TOKEN_FILE}"))?);
    line("endpoint", quote(&info.hetzner)?);
    line("name_servers", name_servers(info, Cloud::Hetzner)?);
    // Nobody in the world knows this name: only the demo's own resolvers are asked.
    line("\n[resolvers]\npublic", "false".to_owned());
    for resolver in &info.resolvers {
        line("\n[[resolvers.own]]\nname", quote(&resolver.name)?);
        line("operator", quote("the demo")?);
        line("address", quote(&resolver.address)?);
    }
    text += &people(inbox)?;
    let mut line = |key: &str, value: String| text += &format!("{key} = {value}\n");
    blueprint(&mut line)?;
    line("\n[[services]]\nname", quote("app")?);
    line("record", quote(&format!("app.{zone}"))?);
    line("zone", quote(zone)?);
    line("ttl", TTL.to_string());
    line("preset", quote("fast")?);
    // In a demo nobody wants to wait five minutes for the next failover.
    // A site whose database is gone serves nobody, however well its proxy is.
    line("policy", "{ hold_down = \"10 s\", moves_max = 30, require = \"any\" }".to_owned());
    for site in &info.sites {
        let cloud = match site.cloud {
            Some(Cloud::Google) => "Google",
            Some(Cloud::Hetzner) => "Hetzner",
            None => "nobody's cloud",
        };
        line("\n[[services.sites]]\nname", quote(&site.name)?);
        line("location", quote(&format!("{cloud}, {}", capital(&site.name)))?);
        line("addresses", quote(&[site.address.to_string()])?);
    }
    for (name, path, layer) in [
        ("proxy", "/proxy-alive", "proxy"),
        ("application", "/app-alive", "application"),
        ("database", "/", "database"),
    ] {
        line("\n[[services.checks]]\nname", quote(name)?);
        line("kind", quote("http")?);
        line("layer", quote(layer)?);
        line("port", port.to_string());
        line("path", quote(path)?);
    }
    // The page is made from the database: what it says must come from there.
    line("contains", quote(&["dbworking"])?);
    Ok(text)
}

/// Who is told, and who misses the demo: its own receiver of messages.
fn people(inbox: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut line = |key: &str, value: String| text += &format!("{key} = {value}\n");
    for (name, least) in [("inbox", "info"), ("pager", "critical")] {
        line("\n[[notify]]\nname", quote(name)?);
        line("kind", quote("webhook")?);
        line("url", quote(&format!("{inbox}/messages/{name}"))?);
        line("secret", quote(&format!("file:{INBOX_FILE}"))?);
        line("least", quote(least)?);
    }
    line("\n[heartbeat]\nurl", quote(&format!("file:{SWITCH_FILE}"))?);
    line("every", quote("10 s")?);
    Ok(text)
}

/// The name server of the zone above the demo's, which no resolver of the world knows.
pub fn parent(info: &Info) -> Result<Vec<NameServer>, String> {
    let Some(parent) = &info.parent else { return Ok(Vec::new()) };
    let address = parent.address.parse().map_err(|error| format!("{}: {error}", parent.address))?;
    Ok(vec![NameServer { name: parent.server.clone(), addresses: vec![address] }])
}

/// Two small locations where the sites are; the demo has made all of it but one server.
fn blueprint(line: &mut dyn FnMut(&str, String)) -> Result<(), String> {
    line("\n[blueprint]\nowner", quote(OWNER)?);
    line("image", quote("debian-12")?);
    for (name, provider, places, range, machine, apps) in [
        (
            "london",
            "google",
            ["europe-west2-c", "europe-west2-b"],
            "10.154.0.0/24",
            "e2-small",
            APPS,
        ),
        ("falkenstein", "hetzner", ["fsn1", "nbg1"], "10.0.1.0/24", "cx23", 1),
    ] {
        line("\n[[blueprint.locations]]\nname", quote(name)?);
        line("provider", quote(provider)?);
        line("places", quote(&places)?);
        line("range", quote(range)?);
        let servers = [("haproxy", 1), ("app", apps), ("db", 1)].map(|(role, count)| {
            format!("  {{ role = \"{role}\", machine = \"{machine}\", count = {count} }},\n")
        });
        line("servers", format!("[\n{}]", servers.concat()));
    }
    Ok(())
}

fn name_servers(info: &Info, cloud: Cloud) -> Result<String, String> {
    let servers = info.dns.iter().filter(|server| server.provider == cloud).map(|server| {
        let (name, addresses) = (quote(&server.server)?, quote(&[&server.address])?);
        Ok(format!("{{ name = {name}, addresses = {addresses} }}"))
    });
    let servers: Vec<String> = servers.collect::<Result<_, String>>()?;
    Ok(format!("[\n  {},\n]", servers.join(",\n  ")))
}

/// A value as TOML writes it; JSON's strings and lists of strings are valid TOML.
fn quote(value: &(impl Serialize + ?Sized)) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Writes a file that only this user can read.
pub fn write_private(path: &Path, text: &str) -> Result<(), String> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}
