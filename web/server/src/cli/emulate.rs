//! `schwenk emulate`: the emulated clouds alone, for anybody's client.
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cloud_emulator::{
    Cloud, Delegation, Dnssec, Emulator, Info, Options, ResolverOptions, SiteOptions, State,
};

use super::exit::{Exit, Failed};
use super::out::{Out, table};
use super::stop::Stop;
use crate::config::duration;

#[derive(Debug, Args)]
pub struct EmulateArgs {
    /// Address of the APIs and the name servers.
    #[arg(long, default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Port of Hetzner's API; 0 for any free one, as with all ports.
    #[arg(long, default_value_t = 0)]
    hetzner_port: u16,
    /// Port of Google's APIs and token endpoint.
    #[arg(long, default_value_t = 0)]
    google_port: u16,
    /// Port of Google's metadata server.
    #[arg(long, default_value_t = 0)]
    metadata_port: u16,
    /// Port of the fault switch.
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Port, UDP and TCP, of Google's name servers.
    #[arg(long, default_value_t = 0)]
    google_dns_port: u16,
    /// Port, UDP and TCP, of Hetzner's name servers.
    #[arg(long, default_value_t = 0)]
    hetzner_dns_port: u16,
    /// Hetzner token that may write; random if not given.
    #[arg(long)]
    hetzner_token: Option<String>,
    /// Hetzner token that may only read; random if not given.
    #[arg(long)]
    hetzner_readonly_token: Option<String>,
    /// Google access token to accept besides those the token endpoint gives out.
    #[arg(long)]
    google_access_token: Option<String>,
    /// How long a Google access token that was given out is accepted.
    #[arg(long, value_parser = duration::parse)]
    token_lifetime: Option<Duration>,
    /// Google project id.
    #[arg(long)]
    project: Option<String>,
    /// Service-account key file: read if it exists, written if not.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Start without any zone.
    #[arg(long, conflicts_with = "state")]
    empty: bool,
    /// Zones to start with, as JSON; what the control endpoint answers at /_state.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The zone that both clouds hold.
    #[arg(long, conflicts_with_all = ["empty", "state"])]
    zone: Option<String>,
    /// A toy site, as name=address, name=address:port or cloud/name=address; repeat for more.
    #[arg(long = "site", value_name = "SITE", value_parser = site)]
    sites: Vec<SiteOptions>,
    /// How long a Hetzner action runs.
    #[arg(long, value_parser = duration::parse)]
    action_delay: Option<Duration>,
    /// How long a Google change is pending.
    #[arg(long, value_parser = duration::parse)]
    change_delay: Option<Duration>,
    /// How long after its operation the name servers answer a change.
    #[arg(long, value_parser = duration::parse)]
    publish_delay: Option<Duration>,
    /// How long a server takes to be created, to start, to stop and to change its type.
    #[arg(long, value_parser = duration::parse)]
    server_delay: Option<Duration>,
    /// How long after its start a server's system is up.
    #[arg(long, value_parser = duration::parse)]
    boot_delay: Option<Duration>,
    /// How long Google lets a `wait` wait before it answers with the operation as it is.
    #[arg(long, value_parser = duration::parse)]
    wait_limit: Option<Duration>,
    /// Size and hourly refill of Hetzner's request bucket.
    #[arg(long)]
    rate_limit_per_hour: Option<u32>,
    /// Port, UDP and TCP, of the name server of the zone above.
    #[arg(long, default_value_t = 0)]
    parent_dns_port: u16,
    /// A name server that the zone above delegates to; repeat for more. Default: those of both
    /// clouds.
    #[arg(long, value_name = "NAME")]
    delegate: Vec<String>,
    /// An address that the zone above gives along, as name=address; repeat for more.
    #[arg(long, value_name = "GLUE", value_parser = glue)]
    glue: Vec<(String, IpAddr)>,
    /// A cloud that signs its zones (DNSSEC): google or hetzner; repeat for both.
    #[arg(long, value_name = "CLOUD", value_parser = cloud)]
    sign: Vec<Cloud>,
    /// Each cloud that signs publishes only its own key.
    #[arg(long, requires = "sign")]
    separate_keys: bool,
    /// A cloud whose signatures have ended already.
    #[arg(long, value_name = "CLOUD", value_parser = cloud, requires = "sign")]
    expired: Vec<Cloud>,
    /// A cloud whose key the zone above vouches for; repeat for more. Default: all that sign.
    #[arg(long, value_name = "CLOUD", value_parser = cloud, requires = "sign")]
    ds: Vec<Cloud>,
    /// The zone above vouches for no key.
    #[arg(long, conflicts_with = "ds")]
    no_ds: bool,
    /// A public resolver, as name, name/floor=300s (no TTL below that), name/hold=300s (kept so much
    /// longer) or name/silent; repeat for more.
    #[arg(long = "resolver", value_name = "RESOLVER", value_parser = resolver)]
    resolvers: Vec<ResolverOptions>,
}

pub async fn emulate(args: EmulateArgs, out: Out) -> Result<Exit, Failed> {
    let stop = Stop::on_signal()?;
    let emulator = Emulator::start(options(args)?).await;
    let emulator = emulator.map_err(|error| Failed::input(error.to_string()))?;
    out.print(emulator.info(), || describe(emulator.info()))?;
    stop.requested().await;
    emulator.stop().await;
    Ok(Exit::Done)
}

fn options(args: EmulateArgs) -> Result<Options, Failed> {
    let default = Options::default();
    let state = args.state.as_ref().map(read_state).transpose()?;
    Ok(Options {
        listen: args.listen,
        hetzner_port: args.hetzner_port,
        google_port: args.google_port,
        metadata_port: args.metadata_port,
        control_port: args.control_port,
        google_dns_port: args.google_dns_port,
        hetzner_dns_port: args.hetzner_dns_port,
        hetzner_token: args.hetzner_token,
        hetzner_readonly_token: args.hetzner_readonly_token,
        google_access_token: args.google_access_token,
        token_lifetime: args.token_lifetime.unwrap_or(default.token_lifetime),
        project: args.project.unwrap_or(default.project),
        key_file: args.key_file,
        empty: args.empty,
        state,
        zone: args.zone.unwrap_or(default.zone),
        sites: if args.sites.is_empty() { default.sites } else { args.sites },
        action_delay: args.action_delay.unwrap_or(default.action_delay),
        change_delay: args.change_delay.unwrap_or(default.change_delay),
        publish_delay: args.publish_delay.unwrap_or(default.publish_delay),
        server_delay: args.server_delay.unwrap_or(default.server_delay),
        boot_delay: args.boot_delay.unwrap_or(default.boot_delay),
        wait_limit: args.wait_limit.unwrap_or(default.wait_limit),
        rate_limit_per_hour: args.rate_limit_per_hour.unwrap_or(default.rate_limit_per_hour),
        parent_dns_port: args.parent_dns_port,
        delegation: Delegation {
            name_servers: (!args.delegate.is_empty()).then_some(args.delegate),
            glue: args.glue,
            ds: (args.no_ds || !args.ds.is_empty()).then_some(args.ds),
        },
        dnssec: Dnssec {
            signers: args.sign,
            separate_keys: args.separate_keys,
            expired: args.expired,
        },
        resolvers: args.resolvers,
    })
}

fn read_state(path: &PathBuf) -> Result<State, Failed> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failed::input(format!("--state {shown}: cannot be read: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| Failed::input(format!("--state {shown}: not a state: {error}")))
}

/// `[cloud/]name=address[:port]`.
fn site(text: &str) -> Result<SiteOptions, String> {
    let wrong =
        || "write name=127.0.10.1, name=127.0.10.1:8080 or google/name=127.0.10.1".to_owned();
    let (label, place) = text.split_once('=').ok_or_else(wrong)?;
    let (cloud, name) = match label.split_once('/') {
        Some(("google", name)) => (Some(Cloud::Google), name),
        Some(("hetzner", name)) => (Some(Cloud::Hetzner), name),
        Some(_) => return Err("the cloud is google or hetzner".to_owned()),
        None => (None, label),
    };
    let (address, port) = match place.parse::<std::net::SocketAddr>() {
        Ok(address) => (address.ip(), address.port()),
        Err(_) => (place.parse().map_err(|_| wrong())?, 0),
    };
    Ok(SiteOptions { name: name.to_owned(), address, port, cloud })
}

fn cloud(text: &str) -> Result<Cloud, String> {
    match text {
        "google" => Ok(Cloud::Google),
        "hetzner" => Ok(Cloud::Hetzner),
        _ => Err("the cloud is google or hetzner".to_owned()),
    }
}

/// `name=address`.
fn glue(text: &str) -> Result<(String, IpAddr), String> {
    let wrong = || "write ns1.schwenk.example=192.0.2.53".to_owned();
    let (name, address) = text.split_once('=').ok_or_else(wrong)?;
    Ok((name.to_owned(), address.parse().map_err(|_| wrong())?))
}

/// `name[/floor=DURATION][/hold=DURATION][/silent]`.
fn resolver(text: &str) -> Result<ResolverOptions, String> {
    let mut parts = text.split('/');
    let name = parts.next().unwrap_or_default().to_owned();
    let mut options = ResolverOptions { name, ..ResolverOptions::default() };
    for part in parts {
        match part.split_once('=') {
            Some(("floor", time)) => options.floor = duration::parse(time)?,
            Some(("hold", time)) => options.hold = duration::parse(time)?,
            None if part == "silent" => options.silent = true,
            _ => return Err(format!("{part}: write floor=300s, hold=300s or silent")),
        }
    }
    Ok(options)
}

fn describe(info: &Info) -> String {
    let row = |what: &str, value: &str| vec![what.to_owned(), value.to_owned()];
    let mut rows = vec![
        row("Hetzner API", &info.hetzner),
        row("  token", &info.tokens.hetzner),
        row("  read-only token", &info.tokens.hetzner_readonly),
        row("Google API", &info.google),
        row("  project", &info.project),
        row("  service-account key", &info.key_file.display().to_string()),
        row("  token endpoint", &info.google_token_uri),
        row("  metadata server", &info.metadata),
    ];
    if let Some(zone) = &info.zone {
        rows.push(row("zone", &zone.name));
    }
    for server in &info.dns {
        rows.push(row(&format!("name server of {}", server.provider), &server.address));
        rows.last_mut().into_iter().for_each(|row| row.push(server.server.clone()));
    }
    if let Some(parent) = &info.parent {
        rows.push(row(&format!("name server of {}", parent.zone), &parent.address));
        rows.last_mut().into_iter().for_each(|row| row.push(parent.server.clone()));
    }
    for resolver in &info.resolvers {
        rows.push(row(&format!("resolver {}", resolver.name), &resolver.address));
    }
    for site in &info.sites {
        rows.push(row(&format!("site {}", site.name), &site.url));
    }
    rows.push(row("faults", &info.fault));
    rows.push(row("state", &info.state));
    table(&rows) + "Stop it with Ctrl-C."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_can_name_its_cloud_and_its_port() {
        let read = site("hetzner/falkenstein=127.0.20.1:8080").expect("a site");
        assert_eq!(read.cloud, Some(Cloud::Hetzner));
        assert_eq!((read.name.as_str(), read.port), ("falkenstein", 8080));
        assert_eq!(site("one=127.0.10.1").expect("a site").port, 0);
        assert!(site("one").is_err());
        assert!(site("aws/one=127.0.10.1").is_err());
    }
}
